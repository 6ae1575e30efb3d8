package ollama

import (
	"fmt"

	"juxta/providers"
)

// A knob is a parameter that is sent: as which option, and what it may be.
type knob struct {
	name   string // in [providers.Params]
	option string // in the request's options; "" for think, which stands beside them
	value  func(providers.Params) (v any, set bool)
	values func(card) string         // for people; nil for any
	taken  func(card) (accepts bool) // nil for by every model
}

// knobs are all of them, in the order of [providers.Params]. What a model is
// listed to accept and what is written into a request both follow from it;
// think_budget is not among them, because Ollama has none.
func knobs() []knob {
	text := func(s string) func(card) string { return func(card) string { return s } }
	return []knob{
		{name: "temperature", option: "temperature", values: text("0 or more"), value: func(p providers.Params) (any, bool) { return pointed(p.Temperature) }},
		{name: "top_p", option: "top_p", values: text("0 to 1"), value: func(p providers.Params) (any, bool) { return pointed(p.TopP) }},
		{name: "max_tokens", option: "num_predict", values: text("1 or more"), value: func(p providers.Params) (any, bool) { return p.MaxTokens, p.MaxTokens > 0 }},
		{name: "seed", option: "seed", value: func(p providers.Params) (any, bool) { return pointed(p.Seed) }},
		{name: "stop", option: "stop", value: func(p providers.Params) (any, bool) { return p.Stop, len(p.Stop) > 0 }},
		{
			name: "think",
			values: func(m card) string {
				return map[bool]string{true: "on, off, low, medium, high", false: "on, off"}[m.efforts]
			},
			taken: func(m card) bool { return m.can.Thoughts != providers.No },
		},
		{name: "context", option: "num_ctx", values: upToWindow, value: func(p providers.Params) (any, bool) { return p.Context, p.Context > 0 }},
	}
}

func pointed[T any](p *T) (any, bool) {
	if p == nil {
		return nil, false
	}
	return *p, true
}

func upToWindow(m card) string {
	if m.context == 0 {
		return ""
	}
	return fmt.Sprintf("up to %d", m.context)
}

// accepts are the parameters that are sent to a model.
func (m card) accepts() []providers.Knob {
	var all []providers.Knob
	for _, k := range knobs() {
		if k.taken != nil && !k.taken(m) {
			continue
		}
		one := providers.Knob{Name: k.name}
		if k.values != nil {
			one.Values = k.values(m)
		}
		all = append(all, one)
	}
	return all
}

// options are the parameters that were set, under Ollama's names.
func options(p providers.Params) map[string]any {
	o := map[string]any{}
	for _, k := range knobs() {
		if k.option == "" {
			continue
		}
		if v, set := k.value(p); set {
			o[k.option] = v
		}
	}
	return o
}
