package tui

import (
	"fmt"
	"testing"
	"testing/synctest"

	"juxta/providers"
	"juxta/providers/demo"
	"juxta/sessions"
)

func TestManyProvidersLeaveRoomForWhatToDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKitchen(t)
		odd := newKitchen(t)
		odd.odd = &providers.Error{Kind: providers.NotFound, Status: 404, Err: errFull}
		apis := map[string]providers.Builder{
			"demo": demo.New, "ollama": func(providers.Endpoint) (providers.Provider, error) { return k, nil },
			"odd": func(providers.Endpoint) (providers.Provider, error) { return odd, nil },
		}
		all := []providers.Endpoint{{Name: "ollama", API: "ollama", Local: true, BaseURL: "http://127.0.0.1:11434"}, {Name: "demo", API: "demo"}}
		for i := range 20 {
			all = append(all, providers.Endpoint{Name: fmt.Sprintf("関門-%d", i), API: "odd", BaseURL: "https://gateway.example.com/v1"})
		}
		b := sessions.NewBench(providers.NewRegistry(all, apis, nil), nil)
		for _, m := range []string{"swift", "sage"} {
			b.Add(sessions.Column{Model: providers.Ref{Provider: "demo", Model: m}})
		}
		o := opens(b)
		o.Ollama = func() string { return "ollama serve" }
		x := start(t, 80, 24, o)
		want(t, x.now(), "ollama +127.0.0.1:11434 +no models yet", "関門-0", "and 18 more; `juxta doctor`", "F8 gets a small model")
		x.quit()
	})
}
