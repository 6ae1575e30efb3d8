package cli

import (
	"context"
	"errors"
	"iter"

	"juxta/providers"
)

// A provider with a key fetches models as it does without one: whoever has a key
// of Ollama's cloud still has an Ollama on this machine.

// discreetPuller is a provider that fetches models, of whose news no part of the
// key is left.
type discreetPuller struct {
	discreet
	puller providers.Puller
}

// Pull implements [providers.Puller].
func (d discreetPuller) Pull(ctx context.Context, model string) iter.Seq2[providers.Pulled, error] {
	return func(yield func(providers.Pulled, error) bool) {
		for now, err := range d.puller.Pull(ctx, model) {
			now.Doing = d.key.Hide(now.Doing)
			if !yield(now, d.hide(err)) {
				return
			}
		}
	}
}

// keyedPuller is a keyed provider of an API that fetches models.
type keyedPuller struct{ *keyed }

// Pull implements [providers.Puller].
func (k keyedPuller) Pull(ctx context.Context, model string) iter.Seq2[providers.Pulled, error] {
	return func(yield func(providers.Pulled, error) bool) {
		p, err := k.provider(ctx)
		if err != nil {
			yield(providers.Pulled{}, err)
			return
		}
		from, ok := p.(providers.Puller)
		if !ok {
			yield(providers.Pulled{}, &providers.Error{
				Op: "pulling", Ref: providers.Ref{Provider: k.Name(), Model: model}, Kind: providers.Unsupported,
				Err: errors.New("it fetches no models"), Hint: "get the model with that server's own commands",
			})
			return
		}
		for now, err := range from.Pull(ctx, model) {
			if !yield(now, err) {
				return
			}
		}
	}
}
