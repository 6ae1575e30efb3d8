package tui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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
		want(t, x.now(), "ollama +127.0.0.1:11434 +no models yet", "関門-0", "and 17 more; `juxta doctor`", "F8 gets a small model", "Until then two simulated models")
		x.quit()
	})
}

// crowd is the welcome's screen for somebody with that Ollama and these providers,
// each of which fails with an error, or lists one model if that is nil.
func crowd(t *testing.T, w, h int, k kitchen, all []providers.Endpoint, errs map[string]error) *terminal {
	apis := map[string]providers.Builder{
		"demo": demo.New, "ollama": func(providers.Endpoint) (providers.Provider, error) { return k, nil },
		"odd": func(e providers.Endpoint) (providers.Provider, error) {
			odd := newKitchen(t)
			odd.odd = errs[e.Name]
			odd.has.Store(true)
			return odd, nil
		},
	}
	all = append([]providers.Endpoint{{Name: "ollama", API: "ollama", Local: true, BaseURL: "http://127.0.0.1:11434"}, {Name: "demo", API: "demo"}}, all...)
	b := sessions.NewBench(providers.NewRegistry(all, apis, nil), nil)
	for _, m := range []string{"swift", "sage"} {
		b.Add(sessions.Column{Model: providers.Ref{Provider: "demo", Model: m}})
	}
	o := opens(b)
	o.Ollama, o.Missing = func() string { return "ollama serve" }, []string{"A_KEY", "B_KEY", "C_KEY"}
	return start(t, w, h, o)
}

// What to do is what a newcomer reads the welcome for: with many providers and a
// pull that failed at length it is all on the smallest screen, above the columns.
func TestWhatToDoIsNeverCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKitchen(t)
		k.fails = &providers.Error{Ref: providers.Ref{Provider: "ollama", Model: "qwen3-vl:2b"}, Kind: providers.Unreachable, Err: errors.New(strings.Repeat("a long reason ", 30)), Hint: strings.Repeat("see to it ", 20)}
		errs := map[string]error{}
		var all []providers.Endpoint
		for i := range 14 {
			name := fmt.Sprintf("gate-%d", i)
			all = append(all, providers.Endpoint{Name: name, API: "odd", BaseURL: "https://gateway.example.com/v1"})
			errs[name] = &providers.Error{Kind: providers.Auth, Status: 401, Err: errors.New(strings.Repeat("no such key ", 20))}
		}
		x := crowd(t, 80, 24, k, all, errs)
		want(t, x.now(), "gate-0 +gateway.example.com/v1 +the key was not accepted .HTTP 401.", "more; `juxta doctor`", "F8 gets a small model", "remote models: ", "Until then two simulated models", "nothing asked yet")
		x.press("f8", "enter")
		want(t, x.after(8*time.Second), "✗ qwen3-vl:2b: could not connect", "→ see to it", "F8 tries it again", "remote models: ", "Until then two simulated models", "nothing asked yet")
		x.quit()
	})
}

// A service that can't be reached is not "not running", and two ways to speak to one
// service are one line of the welcome.
func TestTheWelcomeSaysWhoFailedAndWhereMoreIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := &providers.Error{Kind: providers.Auth, Status: 401, Err: errors.New("incorrect key, of which there is much to be said at the service's own address")}
		k := newKitchen(t)
		k.there.Store(false)
		x := crowd(t, 80, 24, k, []providers.Endpoint{
			{Name: "openai", API: "odd", BaseURL: "https://api.openai.com/v1", KeyName: "OPENAI_API_KEY"},
			{Name: "openai-chat", API: "odd", BaseURL: "https://api.openai.com/v1", KeyName: "OPENAI_API_KEY"},
			{Name: "far", API: "odd", BaseURL: "https://far.example/v1"},
		}, map[string]error{"openai": refused, "openai-chat": refused, "far": &providers.Error{Kind: providers.Unreachable, Err: errors.New("no route")}})
		screen := x.now()
		want(t, screen, "✗ openai +api.openai.com/v1 +the key was not accepted", "✗ far +far.example/v1 +could not connect", "○ ollama .* not running", "→ `juxta doctor` says why", "local models: `ollama serve`", "Until then")
		lacks(t, screen, "openai-chat")
		x.quit()
	})
}

// Whoever has a model, and a key that is wrong besides, is told where more is said.
func TestAWrongKeyIsSaidBesidesWhatWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKitchen(t)
		k.has.Store(true)
		x := crowd(t, 80, 24, k, []providers.Endpoint{{Name: "far", API: "odd", BaseURL: "https://far.example/v1"}},
			map[string]error{"far": &providers.Error{Kind: providers.Auth, Status: 401}})
		want(t, x.now(), "✓ ollama .* 1 model", "✗ far .* not accepted", "→ `juxta doctor` says why")
		x.quit()
	})
}

// Whoever has set a key has models that may cost, and none of them is chosen for
// anybody: the columns are simulated, and how to get a real one is said.
func TestWhoHasOnlyAKeyIsToldHowToUseIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKitchen(t)
		k.there.Store(false)
		x := crowd(t, 80, 24, k, []providers.Endpoint{{Name: "far", API: "odd", BaseURL: "https://far.example/v1"}}, nil)
		want(t, x.now(), "✓ far .* 1 model", "→ ctrl[+]l gives a column a real model", "Until then two simulated models")
		x.press("ctrl+l", "qwen")
		x.press("enter")
		want(t, x.now(), "1 qwen3-vl:2b", "another column: tab, then h or l; ctrl[+]l gives it a real model, too")
		lacks(t, x.now(), "gives a column a real model|Until then")
		x.press("tab", "l")
		x.press("ctrl+l", "qwen")
		x.press("enter")
		want(t, x.now(), "2 qwen3-vl:2b")
		lacks(t, x.now(), "another column: ")
		x.quit()
	})
}
