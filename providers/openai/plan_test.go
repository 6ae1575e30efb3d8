package openai

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"juxta/providers"
)

const (
	openaiBase     = "https://api.openai.com/v1"
	azureBase      = "https://mine.openai.azure.com/openai/v1"
	openRouterBase = "https://openrouter.ai/api/v1"
	mistralBase    = "https://api.mistral.ai/v1"
	deepSeekBase   = "https://api.deepseek.com"
	dashScopeBase  = "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"
	xAIBase        = "https://api.x.ai/v1"
	groqBase       = "https://api.groq.com/openai/v1"
	togetherBase   = "https://api.together.xyz/v1"
	fireworksBase  = "https://api.fireworks.ai/inference/v1"
	cerebrasBase   = "https://api.cerebras.ai/v1"
	huggingBase    = "https://router.huggingface.co/v1"
	localBase      = "http://10.0.0.5:8000/v1"
	genericBase    = "https://service.test/v1"
)

func every() providers.Params {
	half, seed := 0.5, int64(7)
	return providers.Params{
		Temperature: &half, TopP: &half, MaxTokens: 99, Seed: &seed, Stop: []string{"A", "B", "C", "D", "E"},
		Think: "low", ThinkBudget: 2048, Context: 4096,
	}
}

// sentences tells the notes by the knob that each begins with.
func sentences(notes []string) string {
	var names []string
	for _, n := range notes {
		name, _, _ := strings.Cut(n, " ")
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func TestKnobsAreWrittenInTheDialectOfTheHost(t *testing.T) {
	half, seed := 0.5, int64(7)
	think := func(how string) providers.Params { return providers.Params{Think: how} }
	for _, tt := range []struct {
		name, base, model string
		params            providers.Params
		want              string // without what every request has
		notes             string
	}{
		{"unknown host", genericBase, "m", every(), `{"temperature":0.5,"top_p":0.5,"max_tokens":99,"seed":7,"stop":["A","B","C","D","E"],"reasoning_effort":"low"}`, "think_budget context"},
		{"unknown host, switch", genericBase, "m", think("off"), `{}`, "think=off"},
		{"OpenAI, older", openaiBase, "gpt-4o", every(), `{"temperature":0.5,"top_p":0.5,"max_tokens":99,"seed":7,"stop":["A","B","C","D"]}`, "stop think=low think_budget context"},
		{"OpenAI, thinking", openaiBase, "gpt-5-mini", every(), `{"max_completion_tokens":99,"seed":7,"reasoning_effort":"low"}`, "temperature top_p stop think_budget context"},
		{"OpenAI, o3", openaiBase, "o3", providers.Params{MaxTokens: 9}, `{"max_completion_tokens":9}`, ""},
		{"OpenAI, chat", openaiBase, "gpt-5-chat-latest", providers.Params{Temperature: &half, MaxTokens: 9}, `{"temperature":0.5,"max_tokens":9}`, ""},
		{"OpenAI, switched off", openaiBase, "gpt-5.1", providers.Params{Temperature: &half, Think: "off"}, `{"temperature":0.5,"reasoning_effort":"none"}`, ""},
		{"OpenAI, not switched off", openaiBase, "gpt-5.6-luna", providers.Params{Temperature: &half, TopP: &half}, `{}`, "temperature top_p"},
		{"Azure", azureBase, "gpt-5-nano", providers.Params{MaxTokens: 9, Temperature: &half}, `{"max_completion_tokens":9}`, "temperature"},
		{"same name elsewhere", "https://notopenai.com/v1", "gpt-5", providers.Params{Temperature: &half, MaxTokens: 9}, `{"temperature":0.5,"max_tokens":9}`, ""},
		{"Mistral", mistralBase, "ministral-3b-latest", every(), `{"temperature":0.5,"top_p":0.5,"max_tokens":99,"random_seed":7,"stop":["A","B","C","D","E"],"stream_options":null}`, "think=low think_budget context"},
		{"Mistral, adjustable", mistralBase, "mistral-small-latest", think("off"), `{"reasoning_effort":"none","stream_options":null}`, ""},
		{"Mistral, always", mistralBase, "magistral-medium-latest", think("off"), `{"stream_options":null}`, "think=off"},
		{"OpenRouter on", openRouterBase, "m", think("on"), `{"reasoning":{"enabled":true}}`, ""},
		{"OpenRouter off", openRouterBase, "m", think("off"), `{"reasoning":{"enabled":false}}`, ""},
		{"OpenRouter effort", openRouterBase, "m", think("xhigh"), `{"reasoning":{"effort":"xhigh"}}`, ""},
		{"OpenRouter budget", openRouterBase, "m", providers.Params{ThinkBudget: 2048}, `{"reasoning":{"max_tokens":2048}}`, ""},
		{"OpenRouter budget and effort", openRouterBase, "m", providers.Params{Think: "low", ThinkBudget: 2048}, `{"reasoning":{"max_tokens":2048}}`, "think=low"},
		{"OpenRouter budget for nothing", openRouterBase, "m", providers.Params{Think: "off", ThinkBudget: 2048}, `{"reasoning":{"enabled":false}}`, "think_budget"},
		{"DeepSeek", deepSeekBase, "deepseek-v4-flash", every(), `{"max_tokens":99,"stop":["A","B","C","D","E"],"reasoning_effort":"low"}`, "temperature top_p seed think_budget context"},
		{"DeepSeek off", deepSeekBase, "deepseek-v4-flash", providers.Params{Think: "off", Temperature: &half}, `{"temperature":0.5,"thinking":{"type":"disabled"}}`, ""},
		{"DeepSeek on", deepSeekBase, "deepseek-v4-pro", think("on"), `{"thinking":{"type":"enabled"}}`, ""},
		{"DashScope", dashScopeBase, "qwen3-max", providers.Params{Think: "on", ThinkBudget: 512, Seed: &seed}, `{"enable_thinking":true,"thinking_budget":512,"seed":7}`, ""},
		{"DashScope off", dashScopeBase, "qwen3-max", providers.Params{Think: "off", ThinkBudget: 512}, `{"enable_thinking":false}`, "think_budget"},
		{"xAI, thinking", xAIBase, "grok-4-fast", every(), `{"temperature":0.5,"top_p":0.5,"max_completion_tokens":99,"seed":7}`, "stop think=low think_budget context"},
		{"xAI, effort", xAIBase, "grok-4.3", think("off"), `{"reasoning_effort":"none"}`, ""},
		{"xAI, not thinking", xAIBase, "grok-4-1-fast-non-reasoning", every(), `{"temperature":0.5,"top_p":0.5,"max_completion_tokens":99,"seed":7,"stop":["A","B","C","D"]}`, "stop think=low think_budget context"},
		{"Groq, gpt-oss", groqBase, "openai/gpt-oss-120b", every(), `{"temperature":0.5,"top_p":0.5,"max_completion_tokens":99,"seed":7,"stop":["A","B","C","D"],"reasoning_effort":"low"}`, "stop think_budget context"},
		{"Groq, qwen", groqBase, "qwen/qwen3-32b", think("off"), `{"reasoning_effort":"none","reasoning_format":"parsed"}`, ""},
		{"Groq, qwen on", groqBase, "qwen/qwen3-32b", think("on"), `{"reasoning_effort":"default","reasoning_format":"parsed"}`, ""},
		{"Groq, qwen unasked", groqBase, "qwen/qwen3-32b", think(""), `{"reasoning_format":"parsed"}`, ""},
		{"Groq, llama", groqBase, "llama-3.3-70b-versatile", think("high"), `{}`, "think=high"},
		{"Together, hybrid", togetherBase, "zai-org/GLM-5.1", think("off"), `{"reasoning":{"enabled":false}}`, ""},
		{"Together, gpt-oss", togetherBase, "openai/gpt-oss-20b", every(), `{"temperature":0.5,"top_p":0.5,"max_tokens":99,"seed":7,"stop":["A","B","C","D","E"],"reasoning_effort":"low"}`, "think_budget context"},
		{"Fireworks", fireworksBase, "accounts/fireworks/models/deepseek-v4-pro", think("off"), `{"reasoning_effort":"none"}`, ""},
		{"Fireworks, not thinking", fireworksBase, "accounts/fireworks/models/llama-v3p3-70b-instruct", every(), `{"temperature":0.5,"top_p":0.5,"max_tokens":99,"seed":7,"stop":["A","B","C","D"]}`, "stop think=low think_budget context"},
		{"Cerebras, gpt-oss", cerebrasBase, "gpt-oss-120b", every(), `{"temperature":0.5,"top_p":0.5,"max_completion_tokens":99,"seed":7,"stop":["A","B","C","D"],"reasoning_effort":"low"}`, "stop think_budget context"},
		{"Cerebras, switched off", cerebrasBase, "zai-glm-4.7", think("off"), `{"reasoning_effort":"none"}`, ""},
		{"Hugging Face", huggingBase, "openai/gpt-oss-120b:cerebras", every(), `{"temperature":0.5,"top_p":0.5,"max_tokens":99,"seed":7,"stop":["A","B","C","D","E"],"reasoning_effort":"low"}`, "think_budget context"},
		{"local off", localBase, "m", think("off"), `{"chat_template_kwargs":{"enable_thinking":false}}`, ""},
		{"local effort", localBase, "m", think("high"), `{"reasoning_effort":"high"}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, notes := written(t, New, tt.base, tt.base == localBase, providers.Request{Model: tt.model, Messages: hello("").Messages, Params: tt.params})
			compareKnobs(t, m, notes, map[string]any{"stream_options": map[string]any{"include_usage": true}}, tt.want, tt.notes)
		})
	}
}

func TestKnobsAreWrittenForResponses(t *testing.T) {
	half := 0.5
	think := func(how string) providers.Params { return providers.Params{Think: how} }
	for _, tt := range []struct {
		name, base, model string
		params            providers.Params
		want, notes       string
	}{
		{"OpenAI, older", openaiBase, "gpt-4o", every(), `{"temperature":0.5,"top_p":0.5,"max_output_tokens":99}`, "seed stop think=low think_budget context"},
		{"OpenAI, thinking", openaiBase, "gpt-5", every(), `{"max_output_tokens":99,"reasoning":{"effort":"low","summary":"auto"}}`, "temperature top_p seed stop think_budget context"},
		{"OpenAI, thinking unasked", openaiBase, "o4-mini", think(""), `{"reasoning":{"summary":"auto"}}`, ""},
		{"OpenAI, without a summary", openaiBase, "o1", think("high"), `{"reasoning":{"effort":"high"}}`, ""},
		{"OpenAI, switched off", openaiBase, "gpt-5.6-terra", providers.Params{Think: "off", Temperature: &half}, `{"temperature":0.5,"reasoning":{"effort":"none"}}`, ""},
		{"OpenAI, too few tokens", openaiBase, "gpt-4.1", providers.Params{MaxTokens: 5}, `{"max_output_tokens":16}`, "max_tokens=5"},
		{"xAI", xAIBase, "grok-4.3", think("medium"), `{"reasoning":{"effort":"medium"}}`, ""},
		{"xAI, always", xAIBase, "grok-4-fast", every(), `{"temperature":0.5,"top_p":0.5,"max_output_tokens":99}`, "seed stop think=low think_budget context"},
		{"DeepSeek off", deepSeekBase, "deepseek-v4-flash", think("off"), `{"reasoning":{"effort":"none"}}`, ""},
		{"DeepSeek on", deepSeekBase, "deepseek-v4-flash", think("on"), `{"reasoning":{"effort":"high"}}`, "think=on"},
		{"OpenRouter", openRouterBase, "anthropic/claude", providers.Params{ThinkBudget: 2048, MaxTokens: 5}, `{"max_output_tokens":5,"reasoning":{"max_tokens":2048}}`, ""},
		{"OpenRouter to OpenAI", openRouterBase, "openai/gpt-5-nano", think("minimal"), `{"reasoning":{"effort":"minimal","summary":"auto"}}`, ""},
		{"DashScope", dashScopeBase, "qwen3-max", think("off"), `{"enable_thinking":false}`, ""},
		{"Groq", groqBase, "openai/gpt-oss-20b", think("xhigh"), `{"reasoning":{"effort":"high"}}`, "think=xhigh"},
		{"local", localBase, "m", think("low"), `{"reasoning":{"effort":"low"}}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, notes := written(t, NewResponses, tt.base, tt.base == localBase, providers.Request{Model: tt.model, Messages: hello("").Messages, Params: tt.params})
			if m["store"] != false {
				t.Errorf("store is %v: the service would keep the question", m["store"])
			}
			compareKnobs(t, m, notes, map[string]any{}, tt.want, tt.notes)
		})
	}
}

func compareKnobs(t *testing.T, m map[string]any, notes []string, want map[string]any, more, wantNotes string) {
	t.Helper()
	if err := json.Unmarshal([]byte(more), &want); err != nil {
		t.Fatal(err)
	}
	for name, v := range want {
		if v == nil {
			delete(want, name)
		}
	}
	for _, name := range []string{"model", "messages", "input", "stream", "store"} {
		delete(m, name)
	}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("\n got %v\nwant %v", m, want)
	}
	if sentences(notes) != wantNotes {
		t.Errorf("notes %q, want %q", notes, wantNotes)
	}
}

func TestEveryLevelGoesToTheNearestThatTheModelHas(t *testing.T) {
	for _, tt := range []struct {
		base, model string
		want        string // for each of providers.ThinkLevels, - for what was left out
	}{
		{openaiBase, "gpt-4o", "- - - - - - -"},
		{openaiBase, "o3", "medium low low low medium high high"},
		{openaiBase, "gpt-5", "medium minimal minimal low medium high high"},
		{openaiBase, "gpt-5-pro", "high high high high high high high"},
		{openaiBase, "gpt-5-codex", "medium low low low medium high high"},
		{openaiBase, "gpt-5.1", "medium off low low medium high high"},
		{openaiBase, "gpt-5.1-codex-max", "medium low low low medium high xhigh"},
		{openaiBase, "gpt-5.1-chat-latest", "medium medium medium medium medium medium medium"},
		{openaiBase, "gpt-5.2-pro", "medium medium medium medium medium high xhigh"},
		{openaiBase, "gpt-5.5-2026-04-23", "medium off low low medium high xhigh"},
		{openaiBase, "gpt-6-luna", "medium off low low medium high xhigh"},
		{openaiBase, "gpt-6-astra", "medium low low low medium high xhigh"},
		{openaiBase, "gpt-6.1-sol", "medium low low low medium high xhigh"},
		{openRouterBase, "any", "on off minimal low medium high xhigh"},
		{mistralBase, "mistral-medium-3-5", "high off high high high high high"},
		{mistralBase, "mistral-large-latest", "- - - - - - -"},
		{deepSeekBase, "deepseek-v4-pro", "on off low low high high high"},
		{dashScopeBase, "qwen-plus", "on off on on on on on"},
		{xAIBase, "grok-3-mini", "high low low low high high high"},
		{xAIBase, "grok-4.3", "medium off low low medium high high"},
		{xAIBase, "grok-4.7", "medium low low low medium high high"},
		{xAIBase, "grok-4.20-reasoning", "- - - - - - -"},
		{groqBase, "qwen/qwen3-32b", "on off on on on on on"},
		{groqBase, "openai/gpt-oss-20b", "medium low low low medium high high"},
		{cerebrasBase, "gpt-oss-120b", "medium low low low medium high high"},
		{fireworksBase, "accounts/fireworks/models/glm-5p1", "high off high high high high high"},
		{togetherBase, "moonshotai/Kimi-K2.6", "on off on on on on on"},
		{togetherBase, "MiniMaxAI/MiniMax-M2.7", "- - - - - - -"},
		{genericBase, "any", "- - minimal low medium high xhigh"},
	} {
		p, err := New(providers.Endpoint{Name: "lab", BaseURL: tt.base})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, level := range providers.ThinkLevels() {
			plan := p.(*service).menu(tt.model).settle(providers.Params{Think: level})
			if changed := plan.Think != level; changed != (len(plan.notes) == 1) {
				t.Errorf("%s: think=%s became %q, noted %q", tt.model, level, plan.Think, plan.notes)
			}
			got = append(got, strings.ReplaceAll("<"+plan.Think+">", "<>", "-"))
		}
		if got := strings.NewReplacer("<", "", ">", "").Replace(strings.Join(got, " ")); got != tt.want {
			t.Errorf("%s at %s:\n got %s\nwant %s", tt.model, tt.base, got, tt.want)
		}
	}
}

// What the list of models says is accepted, the encoder sends as it was asked
// for; what it does not say, the encoder leaves out and notes.
func TestWhatIsAcceptedIsWhatIsSent(t *testing.T) {
	models := []string{
		"gpt-4o", "gpt-5", "gpt-5.6-luna", "o3", "grok-4", "grok-4.3", "deepseek-chat", "deepseek-v4-flash", "deepseek-reasoner",
		"qwen/qwen3-32b", "openai/gpt-oss-120b", "zai-glm-4.7", "magistral-medium-latest", "mistral-small-latest", "llama",
	}
	for _, base := range []string{
		openaiBase, azureBase, openRouterBase, mistralBase, deepSeekBase, dashScopeBase, xAIBase, groqBase,
		togetherBase, fireworksBase, cerebrasBase, huggingBase, localBase, genericBase,
	} {
		for protocol, build := range map[string]providers.Builder{"chat": New, "responses": NewResponses} {
			p, err := build(providers.Endpoint{Name: "lab", BaseURL: base, Local: base == localBase})
			if err != nil {
				t.Fatal(err)
			}
			for _, model := range models {
				t.Run(fmt.Sprintf("%s %s %s", protocol, base, model), func(t *testing.T) { compareAccepted(t, p.(*service), model) })
			}
		}
	}
}

func compareAccepted(t *testing.T, s *service, model string) {
	accepted := map[string]string{}
	order := []string{"temperature", "top_p", "max_tokens", "seed", "stop", "think", "think_budget", "context"}
	last := -1
	for _, k := range s.menu(model).knobs() {
		accepted[k.Name] = k.Values
		if at := slices.Index(order, k.Name); at <= last {
			t.Errorf("%s is out of order", k.Name)
		} else {
			last = at
		}
	}
	levels := strings.Split(accepted["think"], ", ")
	all := every()
	plain := encoded(t, s, model, providers.Params{})
	for name, params := range map[string]providers.Params{
		"temperature": {Temperature: all.Temperature}, "top_p": {TopP: all.TopP}, "max_tokens": {MaxTokens: 99}, "seed": {Seed: all.Seed},
		"stop": {Stop: all.Stop[:1]}, "think": {Think: levels[len(levels)-1]}, "think_budget": {ThinkBudget: 2048}, "context": {Context: 4096},
	} {
		values, ok := accepted[name]
		if name == "think" && !ok {
			params.Think = "high"
		}
		if strings.HasSuffix(values, "only with think=off") {
			if plan := s.menu(model).settle(params); len(plan.notes) != 1 {
				t.Errorf("%s without think=off: %q", name, plan.notes)
			}
			params.Think = "off"
		}
		plan := s.menu(model).settle(params)
		sent := encoded(t, s, model, params) != plain
		silently := name == "think" && s.dialect == cerebras // on is what it does anyway
		if ok && (len(plan.notes) > 0 || !sent && !silently || !reflect.DeepEqual(plan.Params, params)) {
			t.Errorf("%s is accepted, but %q was noted, sent is %t as %+v", name, plan.notes, sent, plan.Params)
		}
		if !ok && (len(plan.notes) != 1 || sent || !reflect.DeepEqual(plan.Params, providers.Params{})) {
			t.Errorf("%s is not accepted, but %q was noted, sent is %t as %+v", name, plan.notes, sent, plan.Params)
		}
	}
	for _, level := range providers.ThinkLevels() {
		plan := s.menu(model).settle(providers.Params{Think: level})
		if slices.Contains(levels, level) != (plan.Think == level) {
			t.Errorf("think=%s became %q, accepted are %q", level, plan.Think, levels)
		}
	}
}

func encoded(t *testing.T, s *service, model string, params providers.Params) string {
	t.Helper()
	req := hello(model)
	parcel, err := s.encode(req, s.menu(model).settle(params))
	return string(unpacked(t, parcel, err))
}

func TestSentTellsTheParametersAsTheyWentOut(t *testing.T) {
	for name, build := range map[string]providers.Builder{"chat": New, "responses": NewResponses} {
		p := built(t, build, providers.Endpoint{Name: "openai", BaseURL: openaiBase}, replay{200, nil, nil, whole})
		req := hello("gpt-5.1")
		req.Params = every()
		req.Params.MaxTokens, req.Params.Think = 8, "xhigh"
		var sent *providers.Sent
		notes := 0
		for ev, err := range p.Stream(t.Context(), req) {
			switch ev := ev.(type) {
			case providers.Sent:
				sent = &ev
			case providers.Notice:
				if notes++; sent != nil || ev.At.IsZero() || ev.Wait {
					t.Errorf("%s: %+v", name, ev)
				}
			}
			_ = err
		}
		want := providers.Params{MaxTokens: 8, Seed: req.Params.Seed, Think: "high"}
		wantNotes := 6
		if name == "responses" {
			want = providers.Params{MaxTokens: 16, Think: "high"}
			wantNotes = 8
		}
		if sent == nil || !reflect.DeepEqual(sent.Params, want) || notes != wantNotes {
			t.Errorf("%s: sent %+v with %d notices, want %+v with %d", name, sent, notes, want, wantNotes)
		}
	}
}

func TestTheListOfARouterSaysWhatEachModelTakes(t *testing.T) {
	list := `{"data":[
		{"id":"full","supported_parameters":["temperature","top_p","max_tokens","seed","stop","reasoning"],"reasoning":{"mandatory":true,"supported_efforts":["high","low"],"supports_max_tokens":true}},
		{"id":"plain","supported_parameters":["max_tokens","temperature"]},
		{"id":"free","supported_parameters":["reasoning"],"reasoning":{"mandatory":false,"supported_efforts":null}},
		{"id":"untold"}]}`
	p := over(t, providers.Endpoint{Name: "router", BaseURL: openRouterBase}, replay{200, nil, []byte(list), whole})
	listed, err := p.Models(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"full":   "[{temperature 0 to 2} {top_p 0 to 1} {max_tokens } {seed } {stop up to 4} {think on, low, high} {think_budget }]",
		"plain":  "[{temperature 0 to 2} {top_p 0 to 1} {max_tokens }]",
		"free":   "[{think on, off, minimal, low, medium, high, xhigh}]",
		"untold": "[{temperature 0 to 2} {top_p 0 to 1} {max_tokens } {seed } {stop up to 4} {think on, off, minimal, low, medium, high, xhigh} {think_budget }]",
	}
	for _, m := range listed {
		if got := fmt.Sprint(m.Accepts); got != want[m.Ref.Model] {
			t.Errorf("%s accepts\n     %s\nwant %s", m.Ref.Model, got, want[m.Ref.Model])
		}
		compareAccepted(t, p.(*service), m.Ref.Model)
	}
}
