package gemini_test

import (
	"slices"
	"strings"
	"testing"

	"juxta/providers"
)

func TestEveryModelIsToldToThinkInItsOwnTerms(t *testing.T) {
	const shown = `{"includeThoughts":true}`
	for _, tt := range []struct {
		model  string
		think  string
		budget int
		want   string // thinkingConfig; "" for none
		sent   string // think of what was sent
		tokens int    // think_budget of what was sent
		notice string // "" for none
	}{
		// By a budget.
		{"gemini-2.5-flash", "", 0, shown, "", 0, ""},
		{"models/gemini-2.5-flash", "on", 0, `{"includeThoughts":true,"thinkingBudget":-1}`, "on", 0, ""},
		{"gemini-2.5-flash", "off", 0, `{"thinkingBudget":0}`, "off", 0, ""},
		{"gemini-2.5-flash", "low", 0, `{"includeThoughts":true,"thinkingBudget":1024}`, "", 1024, "thinks by a budget: think=low was sent as 1024 tokens"},
		{"gemini-2.5-flash", "xhigh", 0, `{"includeThoughts":true,"thinkingBudget":24576}`, "", 24576, "think=xhigh was sent as 24576 tokens"},
		{"gemini-2.5-flash", "", 500, `{"includeThoughts":true,"thinkingBudget":500}`, "", 500, ""},
		{"gemini-2.5-flash", "on", 500, `{"includeThoughts":true,"thinkingBudget":500}`, "", 500, ""},
		{"gemini-2.5-flash", "high", 500, `{"includeThoughts":true,"thinkingBudget":500}`, "", 500, "think=high left out beside it"},
		{"gemini-2.5-flash", "off", 500, `{"thinkingBudget":0}`, "off", 0, "think_budget was left out beside think=off"},
		{"gemini-2.5-pro", "off", 0, `{"includeThoughts":true,"thinkingBudget":128}`, "", 128, "gemini-2.5-pro can't stop thinking: think=off was sent as its least budget, 128 tokens"},
		{"gemini-2.5-pro", "off", 500, `{"includeThoughts":true,"thinkingBudget":128}`, "", 128, "think_budget was left out beside think=off"},
		{"gemini-2.5-pro", "", 1, `{"includeThoughts":true,"thinkingBudget":128}`, "", 128, "think_budget=1 was sent as 128"},
		{"gemini-2.5-pro", "", 99999, `{"includeThoughts":true,"thinkingBudget":32768}`, "", 32768, "think_budget=99999 was sent as 32768"},
		{"gemini-2.5-pro", "xhigh", 0, `{"includeThoughts":true,"thinkingBudget":32768}`, "", 32768, "was sent as 32768 tokens"},
		{"gemini-2.5-flash-lite", "", 0, "", "", 0, ""}, // it does not think unasked, and refuses to show what is not there
		{"gemini-2.5-flash-lite", "minimal", 0, `{"includeThoughts":true,"thinkingBudget":512}`, "", 512, "was sent as 512 tokens"},

		// By levels.
		{"gemini-3-pro-preview", "", 0, shown, "", 0, ""},
		{"gemini-3-pro-preview", "on", 0, shown, "on", 0, ""},
		{"gemini-3-pro-preview", "low", 0, `{"includeThoughts":true,"thinkingLevel":"LOW"}`, "low", 0, ""},
		{"gemini-3-pro-preview", "medium", 0, `{"includeThoughts":true,"thinkingLevel":"HIGH"}`, "high", 0, "does not know think=medium: it was sent as high"},
		{"gemini-3-pro-preview", "off", 0, `{"includeThoughts":true,"thinkingLevel":"LOW"}`, "low", 0, "can't stop thinking: think=off was sent as low"},
		{"gemini-3.1-pro-preview", "medium", 0, `{"includeThoughts":true,"thinkingLevel":"MEDIUM"}`, "medium", 0, ""},
		{"gemini-3-flash-preview", "minimal", 0, `{"includeThoughts":true,"thinkingLevel":"MINIMAL"}`, "minimal", 0, ""},
		{"gemini-3.5-flash-lite", "off", 0, `{"includeThoughts":true,"thinkingLevel":"MINIMAL"}`, "minimal", 0, "sent as minimal"},
		{"gemini-3.8-flash", "minimal", 0, `{"includeThoughts":true,"thinkingLevel":"LOW"}`, "low", 0, "does not know think=minimal: it was sent as low"},
		{"gemini-3.8-flash", "", 500, shown, "", 0, "takes no think_budget: it was left out"},
		{"gemini-pro-latest", "xhigh", 0, `{"includeThoughts":true,"thinkingLevel":"HIGH"}`, "high", 0, "it was sent as high"},
		{"gemini-4-argon", "xhigh", 0, `{"includeThoughts":true,"thinkingLevel":"HIGH"}`, "high", 0, "it was sent as high"},
		{"gemini-4-hydrogen", "xhigh", 0, `{"includeThoughts":true,"thinkingLevel":"XHIGH"}`, "xhigh", 0, ""},
		{"gemini-9-unheard-of", "xhigh", 0, `{"includeThoughts":true,"thinkingLevel":"XHIGH"}`, "xhigh", 0, ""},

		// As a switch.
		{"gemma-4-31b-it", "", 0, "", "", 0, ""},
		{"gemma-4-31b-it", "on", 0, `{"includeThoughts":true,"thinkingLevel":"HIGH"}`, "on", 0, ""},
		{"gemma-4-31b-it", "off", 0, `{"thinkingLevel":"MINIMAL"}`, "off", 0, ""},
		{"gemma-4-31b-it", "medium", 0, `{"includeThoughts":true,"thinkingLevel":"HIGH"}`, "high", 0, "it was sent as high"},

		// Not at all.
		{"gemini-2.0-flash", "", 0, "", "", 0, ""},
		{"gemini-2.0-flash", "off", 0, "", "", 0, ""},
		{"gemini-2.0-flash", "high", 0, "", "", 0, "takes no word on thinking: think=high was left out"},
		{"gemini-2.0-flash", "", 500, "", "", 0, "takes no think_budget"},
		{"gemini-2.5-flash-image", "on", 0, "", "", 0, "think=on was left out"},
		{"gemma-3-27b-it", "high", 0, "", "", 0, "think=high was left out"},
	} {
		req := hello(tt.model)
		req.Params = providers.Params{Think: tt.think, ThinkBudget: tt.budget}
		body, _, got := asked(t, home, req)
		name := tt.model + " " + tt.think
		config, _ := body["generationConfig"].(map[string]any)
		if tt.want == "" {
			if config["thinkingConfig"] != nil {
				t.Errorf("%s: %v", name, config)
			}
		} else {
			same(t, name, config["thinkingConfig"], tt.want)
		}
		if got.params.Think != tt.sent || got.params.ThinkBudget != tt.tokens {
			t.Errorf("%s: told as sent: %q, %d", name, got.params.Think, got.params.ThinkBudget)
		}
		if (tt.notice == "") != (len(got.notices) == 0) || !strings.Contains(strings.Join(got.notices, ""), tt.notice) {
			t.Errorf("%s: notices %q, want %q", name, got.notices, tt.notice)
		}
	}
}

// What a model is said to accept is sent to it without a word, and what it is
// not said to accept never is.
func TestAModelAcceptsWhatIsSentToIt(t *testing.T) {
	names := []string{"gemini-2.0-flash", "gemini-2.5-pro", "gemini-2.5-flash-lite", "gemini-3-flash-preview", "gemini-3.7-flash", "gemini-4-neon", "gemma-3-27b-it", "gemma-4-31b-it", "gemini-flash-latest"}
	var list []string
	for _, n := range names {
		list = append(list, `{"name":"models/`+n+`","supportedGenerationMethods":["generateContent"]}`)
	}
	models, err := provider(t, home, &replay{status: 200, body: `{"models":[` + strings.Join(list, ",") + `]}`}).Models(t.Context())
	if err != nil || len(models) != len(names) {
		t.Fatal(models, err)
	}
	for _, m := range models {
		values := map[string]string{}
		for _, k := range m.Accepts {
			values[k.Name] = k.Values
		}
		for knob, p := range map[string]providers.Params{
			"temperature": {Temperature: ptr(1.0)}, "top_p": {TopP: ptr(0.5)}, "max_tokens": {MaxTokens: 9}, "seed": {Seed: ptr(int64(1))},
			"stop": {Stop: []string{"x"}}, "think_budget": {ThinkBudget: 1000}, "context": {Context: 1000},
		} {
			req := hello(m.Ref.Model)
			req.Params = p
			_, _, got := asked(t, home, req)
			if _, accepts := values[knob]; accepts != (len(got.notices) == 0) {
				t.Errorf("%s accepts %s: %t, but was sent with %q", m.Ref.Model, knob, accepts, got.notices)
			}
		}
		for _, level := range providers.ThinkLevels() {
			req := hello(m.Ref.Model)
			req.Params.Think = level
			_, _, got := asked(t, home, req)
			accepts := slices.Contains(strings.Split(values["think"], ", "), level)
			exact := len(got.notices) == 0 && got.params.Think == level
			if accepts != exact && !(m.Ref.Model == "gemma-4-31b-it" && (level == "minimal" || level == "high")) {
				t.Errorf("%s accepts think=%s: %t, but was sent %q with %q", m.Ref.Model, level, accepts, got.params.Think, got.notices)
			}
		}
	}
}
