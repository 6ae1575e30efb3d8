package cli

import (
	"context"
	"iter"
	"testing"

	"juxta/providers"
)

// parrot is a service that says what it was built with.
type parrot struct{ models []providers.Model }

func (p parrot) Name() string { return "parrot" }

func (p parrot) Models(context.Context) ([]providers.Model, error) { return p.models, nil }

func (p parrot) Stream(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		yield(providers.Stop{Raw: []byte(`{"prompt_tokens":3,"key":"sk-test-****\u20266789"}`), Model: "m-sk-...6789"}, nil)
	}
}

func TestWhatAServiceMasksItselfIsKeptNowhere(t *testing.T) {
	var models []providers.Model
	for _, name := range []string{"m", "sk-test-0123456789", "SK-TEST-0123456789", "of-st-01234567", "ft:sk-te***6789"} {
		models = append(models, providers.Model{Ref: providers.Ref{Provider: "parrot", Model: name}})
	}
	build := discreetly(func(providers.Endpoint) (providers.Provider, error) { return parrot{models}, nil })
	p, err := build(providers.Endpoint{Key: providers.NewSecret("sk-test-0123456789")})
	if err != nil {
		t.Fatal(err)
	}
	if listed, err := p.Models(t.Context()); err != nil || len(listed) != 1 || listed[0].Ref.Model != "m" {
		t.Errorf("listed: %v, %v", listed, err)
	}
	for ev := range p.Stream(t.Context(), providers.Request{}) {
		if s := ev.(providers.Stop); string(s.Raw) != `{"prompt_tokens":3,"key":"[secret]"}` || s.Model != "m-[secret]" {
			t.Errorf("%s, %s", s.Raw, s.Model)
		}
	}
}
