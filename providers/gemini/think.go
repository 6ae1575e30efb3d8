package gemini

import (
	"fmt"
	"slices"
	"strings"

	"juxta/providers"
)

// thinking is how much a model is to think. A level and a budget together are
// an error, and so is to ask for the thoughts of a model that is not to think.
type thinking struct {
	Include bool   `json:"includeThoughts,omitempty"`
	Budget  *int   `json:"thinkingBudget,omitempty"`
	Level   string `json:"thinkingLevel,omitempty"`
}

// dynamic is the budget that leaves it to the model.
const dynamic = -1

// budgets are what an effort comes to in tokens, by Google's own table for
// clients of OpenAI's protocol; xhigh is all there is.
var budgets = map[string]int{"minimal": 512, "low": 1024, "medium": 8192, "high": 24576, "xhigh": 1 << 20}

// think writes how much to think in the model's own terms: into p what is sent,
// and a notice for each difference to what was asked. Thoughts are asked for
// whenever the model has any.
func (r rules) think(model string, p *providers.Params) (t *thinking, notices []string, err error) {
	how, budget := p.Think, p.ThinkBudget
	p.Think, p.ThinkBudget = "", 0
	if how != "" && !slices.Contains(providers.ThinkLevels(), how) {
		return nil, nil, unsupported("think is one of %s, not %q", strings.Join(providers.ThinkLevels(), ", "), how)
	}
	note := func(format string, args ...any) { notices = append(notices, fmt.Sprintf(format, args...)) }
	if budget > 0 && r.most == 0 {
		note("%s takes no think_budget: it was left out", model)
		budget = 0
	}
	switch {
	case !r.thinks():
		if how != "" && how != "off" {
			note("%s takes no word on thinking: think=%s was left out", model, how)
		}
		return nil, notices, nil
	case how == "" && budget == 0 && r.asked:
		return nil, notices, nil
	case how == "" && budget == 0:
		return &thinking{Include: true}, notices, nil
	case r.most > 0:
		return r.byBudget(model, how, budget, p, note), notices, nil
	}
	return r.byLevel(model, how, p, note), notices, nil
}

// byBudget is for models that count the tokens they think with.
func (r rules) byBudget(model, how string, budget int, p *providers.Params, note func(string, ...any)) *thinking {
	switch {
	case how == "off" && budget > 0:
		note("think_budget was left out beside think=off")
	case budget > 0 && how != "" && how != "on":
		note("think_budget was sent, and think=%s left out beside it", how)
	}
	switch {
	case how == "off" && r.off:
		p.Think = how
		return &thinking{Budget: new(int)}
	case how == "off":
		budget = r.least
		note("%s can't stop thinking: think=off was sent as its least budget, %d tokens", model, budget)
	case budget > 0:
		if asked := budget; asked < r.least || asked > r.most {
			budget = min(max(asked, r.least), r.most)
			note("%s thinks with %d to %d tokens: think_budget=%d was sent as %d", model, r.least, r.most, asked, budget)
		}
	case how == "on":
		p.Think, budget = how, dynamic
		return &thinking{Include: true, Budget: &budget}
	default:
		budget = min(max(budgets[how], r.least), r.most)
		note("%s thinks by a budget: think=%s was sent as %d tokens", model, how, budget)
	}
	p.ThinkBudget = budget
	return &thinking{Include: true, Budget: &budget}
}

// byLevel is for models that know efforts.
func (r rules) byLevel(model, how string, p *providers.Params, note func(string, ...any)) *thinking {
	least, most := r.levels[0], r.levels[len(r.levels)-1]
	p.Think = how
	level := how
	switch {
	case how == "off" && r.off:
		return &thinking{Level: wireLevel(least)}
	case how == "on" && r.asked:
		level = most
	case how == "on": // as it does anyhow
		return &thinking{Include: true}
	case how == "off":
		level, p.Think = least, least
		note("%s can't stop thinking: think=off was sent as %s", model, least)
	case !slices.Contains(r.levels, how):
		level = nearest(r.levels, how)
		p.Think = level
		note("%s does not know think=%s: it was sent as %s", model, how, level)
	}
	return &thinking{Include: true, Level: wireLevel(level)}
}

func wireLevel(level string) string { return strings.ToUpper(level) }

// nearest is the level that is fewest steps away, the higher of two.
func nearest(levels []string, want string) string {
	order := providers.ThinkLevels()
	at := slices.Index(order, want)
	best, steps := "", len(order)
	for _, l := range levels {
		d := slices.Index(order, l) - at
		if d = max(d, -d); d <= steps {
			best, steps = l, d
		}
	}
	return best
}
