package openai

import (
	"fmt"
	"slices"

	"juxta/providers"
)

// A plan is what of a request's parameters goes out: those that the model takes,
// in values that it takes, and a sentence for each difference from what was
// asked.
type plan struct {
	providers.Params
	menu       menu
	notes      []string
	summarised bool // thoughts are asked for, which nobody typed
}

// settle plans p by the menu.
func (m menu) settle(p providers.Params) *plan {
	out := &plan{Params: p, menu: m}
	out.Think = "" // the sampling knobs depend on it, but are told of first
	level, note := m.nearest(p.Think)
	out.sample(level)
	switch {
	case p.MaxTokens != 0 && m.noMost:
		out.leave("max_tokens")
		out.MaxTokens = 0
	case p.MaxTokens != 0 && p.MaxTokens < m.least:
		out.note("max_tokens=%d was sent as %d, the least that is taken here", p.MaxTokens, m.least)
		out.MaxTokens = m.least
	}
	if p.Seed != nil && !m.seed {
		out.leave("seed")
		out.Seed = nil
	}
	switch n := len(p.Stop); {
	case n > 0 && m.stops == 0:
		out.leave("stop")
		out.Stop = nil
	case n > m.stops:
		out.note("stop takes %d sequences at most here: the first %d of %d were sent", m.stops, m.stops, n)
		out.Stop = slices.Clone(p.Stop[:m.stops])
	}
	if out.Think = level; note != "" {
		out.note("%s", note)
	}
	out.budget()
	if p.Context != 0 {
		out.note("context is fixed where the model is served and was left out")
		out.Context = 0
	}
	out.forgo()
	return out
}

func (p *plan) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

func (p *plan) leave(name string) { p.note("%s is not supported here and was left out", name) }

// sample settles temperature and top_p for a model that thinks as told.
func (p *plan) sample(level string) {
	if p.menu.sampling == always || p.menu.sampling == unthinking && level == "off" {
		return
	}
	tell := func(name string) {
		if p.menu.sampling == unthinking {
			p.note("%s is only taken with think=off and was left out", name)
			return
		}
		p.leave(name)
	}
	if p.Temperature != nil {
		tell("temperature")
	}
	if p.TopP != nil {
		tell("top_p")
	}
	p.Temperature, p.TopP = nil, nil
}

// budget settles think_budget, which says what Think says in another way.
func (p *plan) budget() {
	switch {
	case p.ThinkBudget == 0:
	case !p.menu.budget:
		p.leave("think_budget")
		p.ThinkBudget = 0
	case p.Think == "off":
		p.note("think_budget is nothing to a model that does not think and was left out")
		p.ThinkBudget = 0
	case p.Think != "" && p.Think != "on":
		p.note("think=%s can't be sent beside think_budget and was left out", p.Think)
		p.Think = ""
	}
}

// scale orders the levels. On is no effort: it is what the model does by itself,
// which is in the middle.
var scale = map[string]int{"off": 0, "minimal": 1, "low": 2, "medium": 3, "on": 3, "high": 4, "xhigh": 5}

// nearest is the level that the model has for the one that was asked, "" for
// none, and a sentence if it is another one.
func (m menu) nearest(asked string) (level, note string) {
	switch {
	case asked == "" || slices.Contains(m.say, asked):
		return asked, ""
	case len(m.say) == 0 && m.thinks && asked == "on":
		return "", "think=on was left out: the model always thinks"
	case len(m.say) == 0 && m.thinks:
		return "", fmt.Sprintf("think=%s was left out: the model always thinks, and how much can't be set", asked)
	case len(m.say) == 0 || m.exact:
		return "", fmt.Sprintf("think=%s is not supported here and was left out", asked)
	}
	efforts := slices.DeleteFunc(slices.Clone(m.say), func(l string) bool { return l == "on" || l == "off" })
	switch {
	case len(efforts) > 0:
	case asked == "off":
		return "", "think=off was left out: the model can't be kept from thinking"
	case slices.Contains(m.say, "on"):
		efforts = []string{"on"}
	default:
		return "", fmt.Sprintf("think=%s is not supported here and was left out", asked)
	}
	for _, has := range efforts { // the higher of two that are as near
		if level == "" || near(has, asked) <= near(level, asked) {
			level = has
		}
	}
	return level, fmt.Sprintf("think=%s was sent as %s, the nearest that the model has", asked, level)
}

func near(a, b string) int {
	d := scale[a] - scale[b]
	return max(d, -d)
}
