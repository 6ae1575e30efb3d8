package cli

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/providers/keys"
)

// cellar is a parrot that fetches models, and says its key while it does.
type cellar struct{ parrot }

func (cellar) Pull(_ context.Context, model string) iter.Seq2[providers.Pulled, error] {
	return func(yield func(providers.Pulled, error) bool) {
		_ = yield(providers.Pulled{Doing: "pulling " + model + " with sk-test-0123456789", Done: 1, Total: 2}, nil) &&
			yield(providers.Pulled{}, &providers.Error{Kind: providers.Auth, Err: errors.New("sk-test-0123456789 is wrong")})
	}
}

func TestWhoHasAKeyIsOfferedModelsToFetch(t *testing.T) {
	build := func(providers.Endpoint) (providers.Provider, error) { return cellar{}, nil }
	key := providers.NewSecret("sk-test-0123456789")
	n := &network{
		sources: map[string]keys.Source{"late": keys.Keyring},
		late: map[string]lateKey{
			"late":   {"the keyring", func(context.Context) (providers.Secret, error) { return key, nil }},
			"locked": {"the keyring", func(context.Context) (providers.Secret, error) { return providers.Secret{}, errors.New("locked") }},
			"other":  {"", func(context.Context) (providers.Secret, error) { return key, nil }},
		},
	}
	for _, tt := range []struct {
		e    providers.Endpoint
		want string
	}{
		{providers.Endpoint{Name: "ours", API: "ollama"}, "sk-test-0123456789"}, // it has no key to hide
		{providers.Endpoint{Name: "at once", API: "ollama", Key: key}, "[secret]"},
		{providers.Endpoint{Name: "at once", API: "ollama", Key: key, BaseURL: "http://me:pass-1234567@127.0.0.1"}, "[secret]"},
		{providers.Endpoint{Name: "late", API: "ollama"}, "[secret]"},
		{providers.Endpoint{Name: "locked", API: "ollama"}, "locked"},
	} {
		p, err := n.build(tt.e, build)
		if err != nil {
			t.Fatal(err)
		}
		from, ok := p.(providers.Puller)
		if !ok {
			t.Errorf("%s fetches nothing", tt.e.Name)
			continue
		}
		var said []string
		for now, err := range from.Pull(t.Context(), "m") {
			if said = append(said, now.Doing); err != nil {
				said = append(said, err.Error())
			}
		}
		if got := strings.Join(said, ", "); !strings.Contains(got, tt.want) || tt.want == "[secret]" && strings.Contains(got, "sk-test") {
			t.Errorf("%s: %s", tt.e.Name, got)
		}
	}
	for _, e := range []providers.Endpoint{{Name: "other", API: "openai-chat"}, {Name: "at once", API: "openai-chat", Key: key}} {
		p, err := n.build(e, func(providers.Endpoint) (providers.Provider, error) { return parrot{}, nil })
		if _, ok := p.(providers.Puller); err != nil || ok {
			t.Errorf("%s: %v, and fetches models: %t", e.API, err, ok)
		}
	}
	// Whoever says that it speaks Ollama's API and fetches nothing says so.
	p, err := n.build(providers.Endpoint{Name: "late", API: "ollama"}, func(providers.Endpoint) (providers.Provider, error) { return parrot{}, nil })
	if err != nil {
		t.Fatal(err)
	}
	var kinds []providers.Kind
	for _, err := range p.(providers.Puller).Pull(t.Context(), "m") {
		kinds = append(kinds, providers.AsError(err).Kind)
	}
	if !slices.Equal(kinds, []providers.Kind{providers.Unsupported}) {
		t.Errorf("%v", kinds)
	}
}
