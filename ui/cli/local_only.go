package cli

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"

	"juxta/providers"
	"juxta/ui/tui"
)

// stay makes n refuse whatever is not on a device of ours, for a reason that
// ends the sentence "juxta was told to stay on this machine". What is refused
// stays known, so that the reason can be given instead of a riddle.
func (n *network) stay(reason string) {
	n.reason = reason
	n.refused = slices.DeleteFunc(slices.Clone(n.all), here)
	n.keep(here)
	for i := range n.endpoints {
		n.endpoints[i].Direct = true // a proxy would see what is asked, and be somebody else
	}
	n.missing = nil
}

// refusal is the answer of a model that runs elsewhere.
func (n *network) refusal(provider, model string) *providers.Error {
	return &providers.Error{
		Ref: providers.Ref{Provider: provider, Model: model}, Kind: providers.Unsupported,
		Err: errors.New(n.elsewhere()), Hint: n.stayHint(),
	}
}

// forScreen tells the workbench what is refused and why.
func (n *network) forScreen() tui.Staying {
	s := tui.Staying{Reason: n.reason}
	for _, e := range n.refused {
		s.Refused = append(s.Refused, e.Name)
	}
	return s
}

func (n *network) elsewhere() string {
	return "runs elsewhere, and juxta was told to stay on this machine (" + n.reason + ")"
}

func (n *network) stayHint() string {
	return "choose a model on this machine, or leave " + strings.Fields(n.reason)[0] + " out"
}

// refusing is a provider that is not asked for anything.
type refusing struct {
	name string
	err  error
}

// Name implements [providers.Provider].
func (r refusing) Name() string { return r.name }

// Models implements [providers.Provider]: there are none here.
func (r refusing) Models(context.Context) ([]providers.Model, error) { return nil, nil }

// Stream implements [providers.Provider].
func (r refusing) Stream(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) { yield(nil, r.err) }
}

// staying builds providers that refuse what a server here would pass on to a
// service elsewhere.
func (n *network) staying(build providers.Builder) providers.Builder {
	return func(e providers.Endpoint) (providers.Provider, error) {
		p, err := build(e)
		if err != nil {
			return nil, err
		}
		return &resident{Provider: p, network: n, api: e.API}, nil
	}
}

// A resident answers with what runs on its own device only.
type resident struct {
	providers.Provider
	network *network
	api     string

	mu    sync.Mutex
	known map[string]bool // names of models that were seen to run here
}

// Models implements [providers.Provider].
func (r *resident) Models(ctx context.Context) ([]providers.Model, error) {
	models, err := r.Provider.Models(ctx)
	return slices.DeleteFunc(slices.Clone(models), r.passesOn), err
}

// passesOn reports whether a listed model runs elsewhere. A name alone does not
// tell: Ollama lets people give a model of its cloud any.
func (r *resident) passesOn(m providers.Model) bool {
	return inCloud("ollama", m.Ref.Model) || r.api == "ollama" && !m.Local
}

// Stream implements [providers.Provider].
func (r *resident) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		if err := r.check(ctx, req.Model); err != nil {
			yield(nil, err)
			return
		}
		for ev, err := range r.Provider.Stream(ctx, req) {
			if !yield(ev, err) {
				return
			}
		}
	}
}

// check asks an Ollama server whether it runs the model itself, once for each.
func (r *resident) check(ctx context.Context, model string) error {
	if inCloud("ollama", model) { // other servers may have Ollama behind them
		return r.network.refusal(r.Name(), model)
	}
	if r.api != "ollama" {
		return nil
	}
	r.mu.Lock()
	known := r.known[model]
	r.mu.Unlock()
	if known {
		return nil
	}
	models, err := r.Provider.Models(ctx)
	if err != nil {
		return err
	}
	for _, m := range models {
		if strings.EqualFold(m.Ref.Model, model) || strings.EqualFold(m.Ref.Model, model+":latest") {
			if r.passesOn(m) {
				return r.network.refusal(r.Name(), model)
			}
			r.mu.Lock()
			if r.known == nil {
				r.known = map[string]bool{}
			}
			r.known[model] = true
			r.mu.Unlock()
		}
	}
	return nil // what the server does not have it can't pass on
}
