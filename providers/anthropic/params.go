package anthropic

import (
	"fmt"
	"slices"
	"strings"

	"juxta/providers"
)

// A tuning writes the knobs into a body and keeps account of it.
type tuning struct {
	rules rules
	model string
	body  *body
	sent  providers.Params // as they are written
	left  []string         // what was left out or changed, in words
}

func (t *tuning) note(format string, args ...any) {
	t.left = append(t.left, fmt.Sprintf(format, args...))
}

// params writes the knobs that the model takes. Thinking comes before
// temperature, which it excludes, and after max_tokens, which bounds it.
func (t *tuning) params(req providers.Request) error {
	p := req.Params
	t.maxTokens(p.MaxTokens)
	if err := t.think(req); err != nil {
		return err
	}
	t.sampling(p)
	for _, s := range p.Stop {
		if strings.TrimSpace(s) == "" { // the service refuses the whole request
			t.note("the stop sequence %q is only space and was left out", s)
			continue
		}
		t.body.Stop = append(t.body.Stop, s)
	}
	t.sent.Stop = t.body.Stop
	if p.Seed != nil {
		t.note("seed is not known to Anthropic's API and was left out")
	}
	if p.Context != 0 {
		t.note("context is the model's own here and was left out")
	}
	return nil
}

// maxTokens writes the limit, which the service wants in every request.
func (t *tuning) maxTokens(n int) {
	switch {
	case n <= 0 && !t.rules.known:
		n = t.rules.output
		t.note("the API wants a limit, and that of %s is not known: max_tokens is %d", t.model, n)
	case n <= 0:
		n = t.rules.output
	case n > t.rules.output && t.rules.known:
		t.note("%s writes at most %d tokens: max_tokens=%d was sent as that", t.model, t.rules.output, n)
		n = t.rules.output
	}
	t.body.MaxTokens, t.sent.MaxTokens = n, n
}

// budgets are the tokens to think with that stand for an effort.
var budgets = map[string]int{"minimal": 1024, "low": 4096, "on": 8192, "medium": 8192, "high": 16_384, "xhigh": 32_768}

// think writes how much to think.
func (t *tuning) think(req providers.Request) error {
	how, budget, r := req.Params.Think, req.Params.ThinkBudget, t.rules
	if how != "" && !slices.Contains(providers.ThinkLevels(), how) {
		return unsupported("think is one of %s, not %q", strings.Join(providers.ThinkLevels(), ", "), how)
	}
	if budget > 0 && (how == "off" || !r.budget) {
		why := "does not take a budget of tokens to think with"
		if how == "off" {
			why = "is not to think"
		}
		t.note("%s %s: think_budget was left out", t.model, why)
		budget = 0
	}
	switch {
	case how == "off":
		t.dontThink(len(req.Tools) > 0)
	case !r.thinks():
		if how != "" {
			t.note("%s can't think: think=%s was left out", t.model, how)
		}
	case budget > 0 || !r.adaptive && how != "":
		t.thinkWithin(budget, req)
	case r.adaptive && (how != "" || r.unasked):
		t.body.Thinking = &thinking{Type: "adaptive", Display: t.display()}
		t.effort(how)
	}
	return nil
}

// display asks for thoughts in words where they stay hidden otherwise.
func (t *tuning) display() string {
	if t.rules.hidden {
		return "summarized"
	}
	return ""
}

// effort writes the one that how stands for: itself, or the nearest.
func (t *tuning) effort(how string) {
	t.sent.Think = how
	if how == "" || how == "on" {
		return
	}
	near := nearest(t.rules.efforts, how)
	switch near {
	case "":
		t.sent.Think = "on"
		t.note("%s thinks without degrees: think=%s was sent as on", t.model, how)
		return
	case how:
	default:
		t.note("%s has no effort named %s: think=%s was sent as %s", t.model, how, how, near)
	}
	t.sent.Think = near
	t.body.output().Effort = near
}

// nearest is the effort closest to the wanted one, the lower of two.
func nearest(efforts []string, want string) string {
	all := providers.ThinkLevels()
	best, at := "", len(all)
	for _, e := range efforts {
		d := slices.Index(all, e) - slices.Index(all, want)
		if d = max(d, -d); d < at {
			best, at = e, d
		}
	}
	return best
}

// dontThink keeps the model from thinking, or from thinking more than it must.
func (t *tuning) dontThink(tools bool) {
	t.sent.Think = "off"
	switch r := t.rules; {
	case !r.thinks() || !r.unasked:
	case r.off != "":
		t.body.Thinking = &thinking{Type: r.off}
		if r.off == betweenTools && tools {
			t.note("%s thinks a little between tool calls all the same", t.model)
		}
	default:
		t.body.Thinking = &thinking{Type: "adaptive", Display: t.display()}
		least := nearest(r.efforts, "minimal")
		if t.sent.Think = least; least == "" {
			t.sent.Think = "on"
		} else {
			t.body.output().Effort = least
		}
		t.note("%s always thinks: think=off was sent as %s", t.model, t.sent.Think)
	}
}

// thinkWithin writes a budget: the one asked for, or the one that stands for an
// effort.
func (t *tuning) thinkWithin(budget int, req providers.Request) {
	how, limit := req.Params.Think, t.body.MaxTokens
	switch {
	case limit <= minThinking:
		t.note("max_tokens=%d leaves no room to think: %s was left out", limit, thinkName(how))
		return
	case resumes(req.Messages):
		// The service wants the thoughts that led to the call, signed, before
		// its result. What a model is told next holds no thoughts.
		t.note("%s can't think on about a tool's result: %s was left out", t.model, thinkName(how))
		return
	case budget == 0:
		budget = min(budgets[how], max(limit/2, minThinking))
		if how != "on" {
			t.note("%s thinks within a budget: think=%s was sent as one of %d tokens", t.model, how, budget)
		}
	default:
		if fits := max(min(budget, limit-1), minThinking); fits != budget {
			t.note("think_budget is at least %d and below max_tokens=%d: %d was sent as %d", minThinking, limit, budget, fits)
			budget = fits
		}
		if how != "" && how != "on" && !t.rules.adaptive {
			t.note("%s takes a budget or an effort: think=%s was left out", t.model, how)
		}
	}
	t.body.Thinking = &thinking{Type: "enabled", Budget: budget}
	if t.rules.adaptive {
		t.effort(how)
	}
	if t.sent.Think == "" {
		t.sent.Think = "on"
	}
	t.sent.ThinkBudget = budget
}

func thinkName(how string) string {
	if how == "" {
		return "think_budget"
	}
	return "think=" + how
}

// resumes reports whether the last word to the model is a tool's result.
func resumes(history []providers.Message) bool {
	if len(history) == 0 {
		return false
	}
	return slices.ContainsFunc(history[len(history)-1].Parts, func(p providers.Part) bool {
		_, ok := p.(providers.ToolResult)
		return ok
	})
}

// sampling writes temperature and top_p. A model that thinks takes no other
// temperature than 1, and no top_p below 0.95.
func (t *tuning) sampling(p providers.Params) {
	think := t.body.Thinking
	thinks := think != nil && (think.Type == "enabled" || think.Type == "adaptive")
	leave := func(name, why string) { t.note("%s was left out: %s %s", name, t.model, why) }
	if v := p.Temperature; v != nil {
		switch {
		case !t.rules.samples:
			leave("temperature", "does not take it")
		case thinks && *v != 1:
			leave("temperature", "does not take it while it thinks")
		default:
			t.body.Temperature = t.within("temperature", *v)
		}
	}
	if v := p.TopP; v != nil {
		switch {
		case !t.rules.samples:
			leave("top_p", "does not take it")
		case t.rules.either && t.body.Temperature != nil:
			leave("top_p", "does not take it beside temperature")
		case thinks && *v < 0.95:
			leave("top_p", "takes none below 0.95 while it thinks")
		default:
			t.body.TopP = t.within("top_p", *v)
		}
	}
	t.sent.Temperature, t.sent.TopP = t.body.Temperature, t.body.TopP
}

// within is v, moved into the range from 0 to 1.
func (t *tuning) within(name string, v float64) *float64 {
	fits := max(0, min(v, 1))
	if v < 0 || v > 1 {
		t.note("%s is between 0 and 1: %v was sent as %v", name, v, fits)
	}
	return &fits
}
