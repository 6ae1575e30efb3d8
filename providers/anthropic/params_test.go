package anthropic

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"juxta/providers"
)

// A tuned request is what becomes of some knobs.
type tuned struct {
	model   string
	params  providers.Params
	body    string // all but model, messages and stream
	sent    providers.Params
	notices []string
}

func num(v float64) *float64 { return &v }

func TestKnobsAreSentOrMissedAloud(t *testing.T) {
	seed := int64(7)
	for name, tt := range map[string]tuned{
		"nothing": {"claude-haiku-4-5", providers.Params{}, `{"max_tokens":64000}`, providers.Params{MaxTokens: 64000}, nil},
		"not here": {
			"claude-haiku-4-5",
			providers.Params{Seed: &seed, Context: 8192, Stop: []string{"\n\n", "###"}, MaxTokens: 9},
			`{"max_tokens":9,"stop_sequences":["###"]}`,
			providers.Params{Stop: []string{"###"}, MaxTokens: 9},
			[]string{"seed", "context", `"\n\n" is only space`},
		},
		"too long": {
			"claude-haiku-4-5",
			providers.Params{MaxTokens: 100_000},
			`{"max_tokens":64000}`,
			providers.Params{MaxTokens: 64000},
			[]string{"max_tokens=100000 was sent as that"},
		},
		"of the future": {
			"claude-opus-9",
			providers.Params{MaxTokens: 1_000_000},
			`{"max_tokens":1000000,"thinking":{"type":"adaptive","display":"summarized"}}`,
			providers.Params{MaxTokens: 1_000_000},
			nil,
		},
		"of the future, unlimited": {
			"claude-novel-7",
			providers.Params{},
			`{"max_tokens":128000,"thinking":{"type":"adaptive","display":"summarized"}}`,
			providers.Params{MaxTokens: 128_000},
			[]string{"that of claude-novel-7 is not known: max_tokens is 128000"},
		},
		"of others": {
			"glm-4.6",
			providers.Params{Temperature: num(0), TopP: num(0.9), Think: "off"},
			`{"max_tokens":8192,"temperature":0,"top_p":0.9,"thinking":{"type":"disabled"}}`,
			providers.Params{Temperature: num(0), TopP: num(0.9), MaxTokens: 8192, Think: "off"},
			[]string{"is not known"},
		},
	} {
		t.Run(name, func(t *testing.T) { tt.check(t) })
	}
}

func TestOnlyTheTemperatureThatAModelTakesIsSent(t *testing.T) {
	for name, tt := range map[string]tuned{
		"a temperature": {
			"claude-haiku-4-5",
			providers.Params{Temperature: num(0.2), MaxTokens: 9},
			`{"max_tokens":9,"temperature":0.2}`,
			providers.Params{Temperature: num(0.2), MaxTokens: 9},
			nil,
		},
		"too hot": {
			"claude-haiku-4-5",
			providers.Params{Temperature: num(1.5), MaxTokens: 9},
			`{"max_tokens":9,"temperature":1}`,
			providers.Params{Temperature: num(1), MaxTokens: 9},
			[]string{"temperature is between 0 and 1: 1.5 was sent as 1"},
		},
		"one of two": {
			"claude-sonnet-4-5",
			providers.Params{Temperature: num(0), TopP: num(0.9), MaxTokens: 9},
			`{"max_tokens":9,"temperature":0}`,
			providers.Params{Temperature: num(0), MaxTokens: 9},
			[]string{"top_p was left out"},
		},
		"both": {
			"claude-3-7-sonnet-20250219",
			providers.Params{Temperature: num(0), TopP: num(0.9), MaxTokens: 9},
			`{"max_tokens":9,"temperature":0,"top_p":0.9}`,
			providers.Params{Temperature: num(0), TopP: num(0.9), MaxTokens: 9},
			nil,
		},
		"none": {
			"claude-opus-4-7",
			providers.Params{Temperature: num(0), TopP: num(0.9), MaxTokens: 9},
			`{"max_tokens":9}`,
			providers.Params{MaxTokens: 9},
			[]string{"temperature was left out", "top_p was left out"},
		},
		"hot thoughts": {
			"claude-opus-4-6",
			providers.Params{Think: "on", Temperature: num(0.5), TopP: num(0.5), MaxTokens: 9},
			`{"max_tokens":9,"thinking":{"type":"adaptive"}}`,
			providers.Params{Think: "on", MaxTokens: 9},
			[]string{"temperature was left out", "top_p was left out"},
		},
		"fitting thoughts": {
			"claude-opus-4-6",
			providers.Params{Think: "on", TopP: num(0.97), MaxTokens: 9},
			`{"max_tokens":9,"thinking":{"type":"adaptive"},"top_p":0.97}`,
			providers.Params{Think: "on", TopP: num(0.97), MaxTokens: 9},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) { tt.check(t) })
	}
	req := hello("claude-haiku-4-5")
	req.Params.Temperature = num(math.NaN())
	listen(t, behind(t, replying(200, "")), req).failed(t, providers.Unsupported)
}

func (tt tuned) check(t *testing.T) {
	t.Helper()
	req := hello(tt.model)
	req.Params = tt.params
	body, got := asked(t, req)
	if body, want := without(t, body, "model", "messages", "stream"), without(t, tt.body); body != want {
		t.Errorf("asked\n%s, want\n%s", body, want)
	}
	if sent, want := asJSON(t, got.sent.Params), asJSON(t, tt.sent); sent != want {
		t.Errorf("says that it sent %s, want %s", sent, want)
	}
	if len(got.notices) != len(tt.notices) {
		t.Errorf("notices %q, want %q", got.notices, tt.notices)
	}
	got.noticed(t, tt.notices...)
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestThinkingIsAskedForAsEachModelWants(t *testing.T) {
	const haiku, opus46, opus48, opus5, opus55, sonnet55, haiku55, old = "claude-haiku-4-5", "claude-opus-4-6", "claude-opus-4-8", "claude-opus-5", "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-3-5-haiku-latest"
	shown := `"thinking":{"type":"adaptive","display":"summarized"}`
	for _, tt := range []struct {
		model   string
		think   string
		budget  int
		max     int
		body    string // beside max_tokens
		sent    string // think and think_budget
		notices []string
	}{
		{haiku, "", 0, 64000, ``, ` 0`, nil},
		{haiku, "on", 0, 64000, `"thinking":{"type":"enabled","budget_tokens":8192}`, `on 8192`, nil},
		{haiku, "off", 0, 64000, ``, `off 0`, nil},
		{haiku, "low", 0, 64000, `"thinking":{"type":"enabled","budget_tokens":4096}`, `on 4096`, []string{"think=low was sent as one of 4096 tokens"}},
		{haiku, "xhigh", 0, 10000, `"thinking":{"type":"enabled","budget_tokens":5000}`, `on 5000`, []string{"think=xhigh"}},
		{haiku, "minimal", 0, 1500, `"thinking":{"type":"enabled","budget_tokens":1024}`, `on 1024`, []string{"think=minimal"}},
		{haiku, "high", 0, 1024, ``, ` 0`, []string{"leaves no room to think: think=high was left out"}},
		{haiku, "", 3000, 64000, `"thinking":{"type":"enabled","budget_tokens":3000}`, `on 3000`, nil},
		{haiku, "", 100, 64000, `"thinking":{"type":"enabled","budget_tokens":1024}`, `on 1024`, []string{"100 was sent as 1024"}},
		{haiku, "on", 9000, 4000, `"thinking":{"type":"enabled","budget_tokens":3999}`, `on 3999`, []string{"9000 was sent as 3999"}},
		{haiku, "low", 2000, 64000, `"thinking":{"type":"enabled","budget_tokens":2000}`, `on 2000`, []string{"think=low was left out"}},
		{haiku, "off", 2000, 64000, ``, `off 0`, []string{"think_budget was left out"}},
		{old, "on", 0, 8192, ``, ` 0`, []string{"can't think: think=on was left out"}},
		{old, "off", 2000, 8192, ``, `off 0`, []string{"think_budget was left out"}},
		{old, "", 2000, 8192, ``, ` 0`, []string{"think_budget was left out"}},
		{opus46, "", 0, 9000, ``, ` 0`, nil},
		{opus46, "medium", 0, 9000, `"thinking":{"type":"adaptive"},"output_config":{"effort":"medium"}`, `medium 0`, nil},
		{opus46, "xhigh", 0, 9000, `"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}`, `high 0`, []string{"think=xhigh was sent as high"}},
		{opus46, "low", 2000, 9000, `"thinking":{"type":"enabled","budget_tokens":2000},"output_config":{"effort":"low"}`, `low 2000`, nil},
		{opus48, "", 0, 9000, ``, ` 0`, nil},
		{opus48, "off", 0, 9000, ``, `off 0`, nil},
		{opus48, "xhigh", 0, 9000, shown + `,"output_config":{"effort":"xhigh"}`, `xhigh 0`, nil},
		{opus48, "minimal", 0, 9000, shown + `,"output_config":{"effort":"low"}`, `low 0`, []string{"think=minimal was sent as low"}},
		{opus48, "on", 2000, 9000, shown, `on 0`, []string{"think_budget was left out"}},
		{opus5, "", 0, 9000, shown, ` 0`, nil},
		{opus5, "off", 0, 9000, `"thinking":{"type":"disabled"}`, `off 0`, nil},
		{haiku55, "off", 0, 9000, `"thinking":{"type":"disabled"}`, `off 0`, nil},
		{sonnet55, "off", 0, 9000, `"thinking":{"type":"between_tools"}`, `off 0`, nil},
		{opus55, "off", 0, 9000, shown + `,"output_config":{"effort":"low"}`, `low 0`, []string{"always thinks: think=off was sent as low"}},
		{opus55, "", 2000, 9000, shown, ` 0`, []string{"think_budget was left out"}},
	} {
		t.Run(fmt.Sprintf("%s %s %d of %d", tt.model, tt.think, tt.budget, tt.max), func(t *testing.T) {
			body := fmt.Sprintf(`{"max_tokens":%d`, tt.max)
			if tt.body != "" {
				body += "," + tt.body
			}
			sent := providers.Params{MaxTokens: tt.max}
			think, budget, _ := strings.Cut(tt.sent, " ")
			sent.Think = think
			_, _ = fmt.Sscan(budget, &sent.ThinkBudget)
			tuned{tt.model, providers.Params{Think: tt.think, ThinkBudget: tt.budget, MaxTokens: tt.max}, body + "}", sent, tt.notices}.check(t)
		})
	}
	req := hello(haiku)
	req.Params.Think = "a lot"
	listen(t, behind(t, replying(200, "")), req).failed(t, providers.Unsupported, "a lot")
}

func TestAToolsResultIsNotThoughtAboutWithoutTheThoughtsBefore(t *testing.T) {
	req := providers.Request{Model: "claude-haiku-4-5", Params: providers.Params{Think: "on"}, Messages: []providers.Message{
		providers.Says(providers.User, "a"),
		{Role: providers.Assistant, Parts: []providers.Part{providers.ToolCall{ID: "1", Name: "f"}}},
		{Parts: []providers.Part{providers.ToolResult{ID: "1", Text: "x"}}},
	}}
	body, got := asked(t, req)
	if strings.Contains(body, "thinking") || got.sent.Params.Think != "" {
		t.Errorf("asked %s", body)
	}
	got.noticed(t, "think=on was left out")

	req.Model, req.Params.Think, req.Tools = "claude-sonnet-5-5", "off", []providers.Tool{{Name: "f"}}
	_, got = asked(t, req)
	got.noticed(t, "between tool calls")
}
