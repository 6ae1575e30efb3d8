package openai

import (
	"slices"

	"juxta/providers"
)

// A refusal is a parameter that a model did not take.
type refusal struct{ model, name string }

// learnable are the parameters without which a question is still the same
// question, by the options that set them. A limit of tokens and a schema are
// not among them: who sets those does not want an answer without.
var learnable = map[string]string{
	"-o temperature": "temperature", "-o top_p": "top_p", "-o seed": "seed", "-o stop": "stop",
	"-o think": "think", "-o think_budget": "think_budget", thoughts: thoughts,
}

// learn remembers that a model did not take an option that was sent, and has
// the error tell so: the next request leaves it out, with a notice.
func (s *service) learn(model string, p *plan, err error, option string) error {
	name := learnable[option]
	if !p.sends(name) {
		return err
	}
	s.untaken.Store(refusal{model, name}, true) // another column may have learnt it meanwhile, and this one sent it all the same
	e := *providers.AsError(err)
	e.Without = name
	return &e
}

// refuses reports whether a model was asked for something and did not take it.
func (s *service) refuses(model, name string) bool {
	_, ok := s.untaken.Load(refusal{model, name})
	return ok
}

// sends reports whether a parameter goes out.
func (p *plan) sends(name string) bool {
	switch name {
	case "temperature":
		return p.Temperature != nil
	case "top_p":
		return p.TopP != nil
	case "seed":
		return p.Seed != nil
	case "stop":
		return len(p.Stop) > 0
	case "think":
		return p.Think != ""
	case "think_budget":
		return p.ThinkBudget > 0
	case thoughts:
		return p.summarised
	}
	return false
}

// forgo takes out what the model has refused before.
func (p *plan) forgo() {
	for _, name := range p.menu.refused {
		if !p.sends(name) {
			continue
		}
		p.note("%s was refused by the service and was left out", name)
		p.Params = p.Without(name)
	}
}

// without is the knobs that the model has not refused.
func (m menu) without(knobs []providers.Knob) []providers.Knob {
	return slices.DeleteFunc(knobs, func(k providers.Knob) bool { return slices.Contains(m.refused, k.Name) })
}
