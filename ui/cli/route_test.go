package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/report"
)

// routed is a decision on 60 prompts that a candidate wins, with a plan or without.
func routed(t *testing.T, candidate providers.Ref, plan bool) *report.Decision {
	t.Helper()
	base := providers.Ref{Provider: "openai", Model: "gpt-5.1"}
	s := sessions.Session{ID: "01KAAAAAAAAAAAAAAAAAAAAAAA", Title: "pins", Kind: sessions.Experiment, Baseline: 2, Places: []int{1, 2}, Columns: []sessions.Column{{ID: 1, Model: candidate}, {ID: 2, Model: base}}}
	if plan {
		s.Plan = &sessions.TestPlan{At: time.Unix(2000, 0), Metric: sessions.Votes, Margin: .1, N: 60, Baseline: 2}
	}
	cheap, dear := providers.Dollar/1000, providers.Dollar/100
	var turns []sessions.Turn
	for i := range 60 {
		x := sessions.Turn{ID: i + 1, Parent: i, Text: fmt.Sprint("question ", i), Columns: []int{1, 2}}
		x.Answers = []sessions.Answer{
			{Column: 1, Take: 1, Model: candidate, Text: "x", Finish: providers.Finished, Billed: &cheap},
			{Column: 2, Take: 1, Model: base, Text: "x", Finish: providers.Finished, Billed: &dear},
		}
		if i < 6 { // a tenth fails, and the baseline answers then
			x.Answers[0].Finish, x.Answers[0].Error, x.Answers[0].Billed = providers.Failed, &sessions.Failure{Kind: providers.ServerFault}, nil
		} else {
			x.Votes = []sessions.Vote{{ID: 1, At: time.Unix(3000, 0), Blind: true, Seats: []int{1, 2}, Best: []int{1}, Takes: []sessions.Pick{{Column: 1, Take: 1}, {Column: 2, Take: 1}}}}
		}
		turns = append(turns, x)
	}
	d, err := report.Decide(s, turns, 0, report.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func yamlOf(t *testing.T, write func(*strings.Builder) error) (map[string]any, string) {
	t.Helper()
	var b strings.Builder
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := yaml.Unmarshal([]byte(b.String()), &doc); err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	return doc, b.String()
}

func TestARoutingRuleHoldsWhateverAModelIsCalled(t *testing.T) {
	for _, name := range []string{
		"qwen3-vl:8b", "a\"\n  api_key: stolen", "x: y # z", "{a: [b]}", "&anchor *alias !!tag", "- item", "'%s'", "\x1b]52;c;aGk=\x07", "\u202eevil", "null", "ünïcode 漢字",
	} {
		ref := providers.Ref{Provider: "lab", Model: name}
		d := routed(t, ref, true)
		doc, text := yamlOf(t, func(b *strings.Builder) error { return d.Route().LiteLLM(b) })
		list := doc["model_list"].([]any)
		first := list[0].(map[string]any)
		params := first["litellm_params"].(map[string]any)
		if len(doc) != 2 || len(list) != 2 || len(first) != 2 || len(params) != 3 || params["api_key"] != "os.environ/LAB_API_KEY" || params["api_base"] != "os.environ/LAB_BASE_URL" || !strings.HasPrefix(params["model"].(string), "openai/") {
			t.Errorf("%q: %s", name, text)
		}
		if strings.ContainsAny(text, "\x1b\x07\u202e") {
			t.Errorf("%q: a control character is in it", name)
		}
		doc, text = yamlOf(t, func(b *strings.Builder) error { return d.Route().YAML(b) })
		if len(doc) != 3 || len(doc["route"].([]any)) != 2 {
			t.Errorf("%q: %s", name, text)
		}
	}
}

func TestARoutingRuleSaysWhatIsExpectedOfIt(t *testing.T) {
	d := routed(t, providers.Ref{Provider: "ollama", Model: "qwen3-vl:8b"}, true)
	doc, text := yamlOf(t, func(b *strings.Builder) error { return d.Route().YAML(b) })
	e := doc["expected"].(map[string]any)
	// 54 of 60 won and 6 failed, which the baseline answers: (54 + 6·½)/60, and $.001 + a tenth of $.01.
	if fmt.Sprint(e["score"]) != "0.95" || e["usd_per_request"] != "0.002000000000" || e["baseline_usd_per_request"] != "0.010000000000" || fmt.Sprint(e["fallback_share"]) != "0.1" {
		t.Errorf("%s", text)
	}
	doc, text = yamlOf(t, func(b *strings.Builder) error { return d.Route().LiteLLM(b) })
	fallbacks := doc["router_settings"].(map[string]any)["fallbacks"]
	if fmt.Sprint(fallbacks) != "[map[juxta:[juxta-fallback]]]" || !strings.Contains(text, `model: "ollama_chat/qwen3-vl:8b"`) || !strings.Contains(text, `api_key: "os.environ/OPENAI_API_KEY"`) {
		t.Errorf("%s", text)
	}
	var memo strings.Builder
	if err := d.Memo(&memo); err != nil || !strings.Contains(memo.String(), "send requests to ollama/qwen3-vl:8b, and to openai/gpt-5.1 where that fails") {
		t.Errorf("%v\n%s", err, memo.String())
	}
}

func TestAHintMovesNoRequests(t *testing.T) {
	d := routed(t, providers.Ref{Provider: "ollama", Model: "qwen3-vl:8b"}, false)
	doc, text := yamlOf(t, func(b *strings.Builder) error { return d.Route().LiteLLM(b) })
	if list := doc["model_list"].([]any); len(list) != 1 || doc["router_settings"] != nil || !strings.Contains(text, `"openai/gpt-5.1"`) {
		t.Errorf("%s", text)
	}
	var memo strings.Builder
	if err := d.Memo(&memo); err != nil || !strings.Contains(memo.String(), "stay with openai/gpt-5.1: ollama/qwen3-vl:8b may be good enough, and that is a hint without a plan") {
		t.Errorf("%v\n%s", err, memo.String())
	}
}
