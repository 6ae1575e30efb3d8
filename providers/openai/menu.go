package openai

import (
	"fmt"
	"slices"
	"strings"

	"juxta/providers"
)

// A menu is what a model takes where it is served. The encoders send by it and
// the list of models tells of it, so that the two can't differ.
type menu struct {
	dialect dialect
	levels
	exact    bool   // a level that the model has not is left out, not replaced by the nearest
	sampling when   // temperature and top_p
	hottest  string // temperature's range, for people; "" if unknown
	least    int    // of max_tokens; 0 for none
	noMost   bool   // max_tokens is not taken
	seed     bool
	stops    int      // how many sequences; 0 for none
	budget   bool     // think_budget
	refused  []string // what the service did not take when it was sent
}

// when says whether the knobs of sampling are taken.
type when uint8

const (
	never when = iota
	always
	unthinking // with think=off
)

const anyNumber = 1 << 20

// A claim is what a service's list says of a model's parameters, beyond what is
// known of all its models.
type claim struct {
	parameters []string // nil if not said
	reasoning  *listedReasoning
}

// menu is what the model of the given name takes.
func (s *service) menu(model string) menu {
	m := menu{
		dialect: s.dialect, levels: s.dialect.levels(model),
		sampling: always, hottest: "0 to 2", seed: true, stops: anyNumber,
	}
	switch s.dialect {
	case own:
		m.stops = 4
		if m.thinks {
			m.stops, m.sampling = 0, never
			if slices.Contains(m.say, "off") {
				m.sampling = unthinking
			}
		}
	case openRouter:
		m.stops, m.budget = 4, true
	case mistral:
		m.hottest = "0 to 1.5"
	case deepSeek: // takes temperature while it thinks, and does not mind it
		m.stops, m.seed = 16, false
		switch {
		case m.thinks && slices.Contains(m.say, "off"):
			m.sampling = unthinking
		case m.thinks:
			m.sampling = never
		}
	case dashScope:
		m.budget = true
	case xAI:
		m.stops = 4
		if m.thinks {
			m.stops = 0
		}
	case groq, fireworks:
		m.stops = 4
	case cerebras:
		m.stops, m.hottest = 4, "0 to 1.5"
	case generic, local:
		m.hottest, m.exact = "", s.dialect == generic
	}
	s.protocol.limit(&m)
	if c, ok := s.claims.Load(model); ok {
		m.heed(c.(claim))
	}
	for _, name := range []string{"temperature", "top_p", "seed", "stop", "think", "think_budget"} {
		if s.refuses(model, name) {
			m.refused = append(m.refused, name)
		}
	}
	return m
}

// heed takes off the menu what the service's list does not name.
func (m *menu) heed(c claim) {
	if c.parameters != nil {
		has := func(names ...string) bool {
			return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(c.parameters, n) })
		}
		if !has("temperature") && !has("top_p") {
			m.sampling = never
		}
		m.noMost = !has("max_tokens", "max_completion_tokens", "max_output_tokens")
		m.seed = m.seed && has("seed")
		if !has("stop") {
			m.stops = 0
		}
		if !has("reasoning", "include_reasoning", "reasoning_effort") {
			m.levels, m.budget = silent, false
		}
	}
	r := c.reasoning
	if r == nil {
		return
	}
	m.budget = m.budget && r.Budget
	m.say = slices.DeleteFunc(slices.Clone(m.say), func(level string) bool {
		effort := level
		switch level {
		case "on":
			return false
		case "off":
			if effort = "none"; !r.Mandatory && !slices.Contains(r.Efforts, effort) {
				return false // the switch does it
			}
		}
		return r.Mandatory && level == "off" || len(r.Efforts) > 0 && !slices.Contains(r.Efforts, effort)
	})
}

// knobs tells what is on the menu, in the order of [providers.Params].
func (m menu) knobs() []providers.Knob {
	var list []providers.Knob
	add := func(ok bool, name, values string) {
		if ok {
			list = append(list, providers.Knob{Name: name, Values: values})
		}
	}
	only := func(values string) string {
		if m.sampling == unthinking {
			return strings.TrimPrefix(values+", only with think=off", ", ")
		}
		return values
	}
	add(m.sampling != never, "temperature", only(m.hottest))
	add(m.sampling != never, "top_p", only("0 to 1"))
	least, most := "", ""
	if m.least > 0 {
		least = fmt.Sprintf("%d or more", m.least)
	}
	add(!m.noMost, "max_tokens", least)
	add(m.seed, "seed", "")
	if m.stops < anyNumber {
		most = fmt.Sprintf("up to %d", m.stops)
	}
	add(m.stops > 0, "stop", most)
	add(len(m.say) > 0, "think", strings.Join(m.say, ", "))
	add(m.budget, "think_budget", "")
	return m.without(list)
}
