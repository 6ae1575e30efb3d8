package anthropic

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"juxta/providers"
)

func TestNamesTellFamilies(t *testing.T) {
	for name, want := range map[string]string{
		"claude-3-opus-20240229":                       "opus 300",
		"claude-3-5-sonnet-latest":                     "sonnet 305",
		"claude-3-7-sonnet-20250219":                   "sonnet 307",
		"claude-opus-4-20250514":                       "opus 400",
		"claude-sonnet-4-0":                            "sonnet 400",
		"claude-opus-4-1@20250805":                     "opus 401",
		"anthropic/claude-haiku-4.5":                   "haiku 405",
		"eu.anthropic.claude-sonnet-4-5-20250929-v1:0": "sonnet 405",
		"us.anthropic.claude-opus-4-6-v1":              "opus 406",
		"Claude-Opus-5":                                "opus 500",
		"claude-sonnet-5-5[1m]":                        "sonnet 505",
		"claude-fable-5-2":                             "fable 502",
		"claude-mythos-preview":                        "mythos 505",
		"claude-opus-latest":                           "opus 505",
		"claude":                                       " 505",
		"glm-4.6":                                      "",
	} {
		line, version, ok := lineage(name)
		got := ""
		if ok {
			got = line + " " + json.Number(asJSON(t, version)).String()
		}
		if got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// The recordings show what was accepted, and the refusals what was not.
func TestFamiliesTakeWhatWasSeenToWork(t *testing.T) {
	for what, holds := range map[string]bool{
		"3-opus samples":              rulesFor("claude-3-opus-20240229").samples,
		"3-7-sonnet budget":           rulesFor("claude-3-7-sonnet-20250219").budget,
		"sonnet-4-6 adaptive":         rulesFor("claude-sonnet-4-6").adaptive,
		"opus-4-6 has no xhigh":       !slices.Contains(rulesFor("claude-opus-4-6").efforts, "xhigh"),
		"opus-4-7 no budget":          !rulesFor("claude-opus-4-7").budget,
		"opus-4-7 no temperature":     !rulesFor("claude-opus-4-7").samples,
		"sonnet-5 disabled":           rulesFor("claude-sonnet-5").off == disabled,
		"haiku-4-5 64,000":            rulesFor("claude-haiku-4-5-20251001").output == 64_000,
		"sonnet-5 128,000":            rulesFor("claude-sonnet-5").output == 128_000,
		"opus-9 as the newest opus":   slices.Equal(rulesFor("claude-opus-9").levels(), rulesFor("claude-opus-5-5").levels()),
		"sonnet-9 as the newest":      rulesFor("claude-sonnet-9").off == betweenTools,
		"a new line as the newest":    !rulesFor("claude-novel-1").samples && rulesFor("claude-novel-1").adaptive,
		"its limit is only a guess":   !rulesFor("claude-novel-1").known && !rulesFor("claude-opus-6").known,
		"others take what they had":   rulesFor("deepseek-chat").samples && rulesFor("deepseek-chat").budget,
		"fable's limit is no guess":   rulesFor("claude-fable-5-2").known,
		"mythos-preview's is neither": rulesFor("claude-mythos-preview").known,
	} {
		if !holds {
			t.Errorf("%s does not hold", what)
		}
	}
}

// What a model is said to accept is sent as it is, without a notice, and what it
// is not said to accept is not sent, with one.
func TestWhatIsSaidToBeAcceptedIsSent(t *testing.T) {
	half, seed := 0.5, int64(1)
	try := map[string]providers.Params{
		"temperature": {Temperature: &half}, "top_p": {TopP: &half}, "max_tokens": {MaxTokens: 100}, "seed": {Seed: &seed},
		"stop": {Stop: []string{"x"}}, "think_budget": {ThinkBudget: 2000}, "context": {Context: 4096},
	}
	for _, f := range append(families, family{rules: imitation}) {
		r := f.rules
		r.known = true
		accepts := r.knobs()
		for name, p := range try {
			said := slices.ContainsFunc(accepts, func(k providers.Knob) bool { return k.Name == name })
			checkKnob(t, r, p, name, said)
		}
		knob := slices.IndexFunc(accepts, func(k providers.Knob) bool { return k.Name == "think" })
		for _, level := range providers.ThinkLevels() {
			said := knob >= 0 && slices.Contains(strings.Split(accepts[knob].Values, ", "), level)
			if knob < 0 && level == "off" || !r.adaptive && said { // off is what it does; efforts stand for budgets
				continue
			}
			checkKnob(t, r, providers.Params{Think: level}, "think="+level, said)
		}
		if !slices.IsSortedFunc(accepts, func(a, b providers.Knob) int { return inParams(a.Name) - inParams(b.Name) }) {
			t.Errorf("%s %d: not in the order of Params: %v", f.lines, f.from, accepts)
		}
	}
}

func inParams(name string) int {
	return slices.Index([]string{"temperature", "top_p", "max_tokens", "seed", "stop", "think", "think_budget", "context"}, name)
}

func checkKnob(t *testing.T, r rules, p providers.Params, name string, said bool) {
	t.Helper()
	req := hello("m")
	req.Params = p
	got, err := encode(req, r)
	if err != nil {
		t.Fatal(err)
	}
	if as := len(got.left) == 0; as != said {
		t.Errorf("%+v: %s is said to be accepted: %t, but: %q", r, name, said, got.left)
	}
}
