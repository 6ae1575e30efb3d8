package demo

import (
	"strings"

	"juxta/providers"
)

// A dial is a parameter as swift and sage see it.
type dial struct {
	providers.Knob
	turns func(thinks bool) bool // whether it makes a difference to one that thinks, or does not; nil for neither
	set   func(p *providers.Params) bool
	clear func(p *providers.Params)
}

// dials are all parameters, in the order of [providers.Params]: what is listed
// of a model and what is left out of a request both follow from them.
func dials() []dial {
	always := func(bool) bool { return true }
	thinks := func(yes bool) bool { return yes }
	return []dial{
		{providers.Knob{Name: "temperature"}, nil, func(p *providers.Params) bool { return p.Temperature != nil }, func(p *providers.Params) { p.Temperature = nil }},
		{providers.Knob{Name: "top_p"}, nil, func(p *providers.Params) bool { return p.TopP != nil }, func(p *providers.Params) { p.TopP = nil }},
		{providers.Knob{Name: "max_tokens", Values: "1 or more"}, always, func(p *providers.Params) bool { return p.MaxTokens > 0 }, func(p *providers.Params) { p.MaxTokens = 0 }},
		{providers.Knob{Name: "seed"}, nil, func(p *providers.Params) bool { return p.Seed != nil }, func(p *providers.Params) { p.Seed = nil }},
		{providers.Knob{Name: "stop"}, nil, func(p *providers.Params) bool { return len(p.Stop) > 0 }, func(p *providers.Params) { p.Stop = nil }},
		{providers.Knob{Name: "think", Values: "on, off"}, thinks, func(p *providers.Params) bool { return p.Think != "" }, func(p *providers.Params) { p.Think = "" }},
		{providers.Knob{Name: "think_budget"}, nil, func(p *providers.Params) bool { return p.ThinkBudget > 0 }, func(p *providers.Params) { p.ThinkBudget = 0 }},
		{providers.Knob{Name: "context"}, nil, func(p *providers.Params) bool { return p.Context > 0 }, func(p *providers.Params) { p.Context = 0 }},
	}
}

// accepts are the parameters that make a difference.
func accepts(thinks bool) []providers.Knob {
	var all []providers.Knob
	for _, d := range dials() {
		if d.turns != nil && d.turns(thinks) {
			all = append(all, d.Knob)
		}
	}
	return all
}

// settle leaves of a request's parameters what makes a difference, and says
// what it left out or changed; "" for nothing.
func settle(req providers.Request, thinks bool) (p providers.Params, notice string) {
	p = req.Params
	var names, notes []string
	for _, d := range dials() {
		if !d.set(&p) || d.turns != nil && d.turns(thinks) {
			continue
		}
		if d.Name != "think" || p.Think != "off" { // not to think is what it does anyway
			names = append(names, d.Name)
		}
		d.clear(&p)
	}
	if len(req.Tools) > 0 {
		names = append(names, "tools")
	}
	if names != nil {
		notes = append(notes, strings.Join(names, ", ")+" not supported by a simulated model and left out")
	}
	if p.Think != "" && p.Think != "on" && p.Think != "off" {
		notes = append(notes, "a simulated model thinks without degrees: think="+p.Think+" was sent as on")
		p.Think = "on"
	}
	return p, strings.Join(notes, "; ")
}
