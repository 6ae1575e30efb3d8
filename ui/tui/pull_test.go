package tui

import (
	"context"
	"errors"
	"iter"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
	"juxta/providers/demo"
	"juxta/sessions"
)

// kitchen is an Ollama of ours: it is there or not, has what was fetched, and
// fetches a tenth of a model a second.
type kitchen struct {
	providers.Provider
	there, has *atomic.Bool
	fails      error // after half of it
	stopped    *atomic.Bool
	odd        error // instead of a list
}

func newKitchen(t *testing.T) kitchen {
	p, err := demo.New(providers.Endpoint{Name: "ollama", API: "ollama"})
	if err != nil {
		t.Fatal(err)
	}
	k := kitchen{Provider: p, there: new(atomic.Bool), has: new(atomic.Bool), stopped: new(atomic.Bool)}
	k.there.Store(true)
	return k
}

func (k kitchen) Models(context.Context) ([]providers.Model, error) {
	switch {
	case k.odd != nil:
		return nil, k.odd
	case !k.there.Load():
		return nil, &providers.Error{Kind: providers.Unreachable}
	case k.has.Load():
		return []providers.Model{{Ref: providers.Ref{Provider: "ollama", Model: "qwen3-vl:2b"}, Local: true}}, nil
	}
	return nil, nil
}

func (k kitchen) Pull(ctx context.Context, model string) iter.Seq2[providers.Pulled, error] {
	return func(yield func(providers.Pulled, error) bool) {
		const whole = 1_880_000_000
		for i := range 11 {
			select {
			case <-ctx.Done():
				k.stopped.Store(true)
				yield(providers.Pulled{}, &providers.Error{Kind: providers.Stopped})
				return
			case <-time.After(990 * time.Millisecond): // never when the screen is told of it
			}
			if k.fails != nil && i == 5 {
				yield(providers.Pulled{}, k.fails)
				return
			}
			if !yield(providers.Pulled{Doing: "pulling", Done: int64(i) * whole / 10, Total: whole}, nil) {
				return
			}
		}
		k.has.Store(model == "qwen3-vl:2b")
	}
}

var errFull = errors.New("write: no space left on device")

// newcomer starts juxta for somebody who has nothing but that Ollama.
func newcomer(t *testing.T, k kitchen, staying Staying) *terminal {
	apis := map[string]providers.Builder{"demo": demo.New, "ollama": func(providers.Endpoint) (providers.Provider, error) { return k, nil }}
	reg := providers.NewRegistry([]providers.Endpoint{
		{Name: "ollama", API: "ollama", Local: true, BaseURL: "http://127.0.0.1:11434"}, {Name: "demo", API: "demo"},
	}, apis, nil)
	b := sessions.NewBench(reg, nil)
	for _, m := range []string{"swift", "sage"} {
		b.Add(sessions.Column{Model: providers.Ref{Provider: "demo", Model: m}})
	}
	o := opens(b)
	o.Ollama, o.Missing, o.Staying = func() string { return "ollama serve" }, []string{"A_KEY", "B_KEY", "C_KEY", "D_KEY", "E_KEY", "F_KEY"}, staying
	return start(t, 80, 24, o)
}

func columnsOn(x *terminal) string {
	return see(x, func(m *Model) string {
		var all []string
		for _, p := range m.panes {
			all = append(all, p.column.Model.String())
		}
		return strings.Join(all, " ")
	})
}

func TestANewcomerGetsAModelAndAsksIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newcomer(t, newKitchen(t), Staying{})
		golden(t, "first-80x24", x.now())
		golden(t, "first-models-80x24", x.press("f8"))
		x.press("enter")
		x.after(5100 * time.Millisecond)
		golden(t, "first-coming-80x24", x.now())
		x.ask("meanwhile", 0)
		x.whole()
		x.press("ctrl+x")
		x.quit()
	})
}

func TestAModelThatCameHasAColumn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newcomer(t, newKitchen(t), Staying{})
		x.press("f8", "enter", "f8")
		want(t, x.after(3*time.Second), "Getting qwen3-vl:2b", "of 1.9 GB", "min left|s left")
		x.press("esc")
		screen := x.after(12 * time.Second)
		want(t, screen, "qwen3-vl:2b is here", "1 model")
		lacks(t, screen, "getting a model")
		if got := columnsOn(x); got != "ollama/qwen3-vl:2b demo/sage" {
			t.Errorf("columns are %s", got)
		}
		want(t, x.press("f8"), "is here ")
		want(t, x.press("enter"), "is here already")
		x.quit()
	})
}

func TestAModelThatCameAfterAQuestionChangesNoColumn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newcomer(t, newKitchen(t), Staying{})
		x.press("f8", "enter")
		x.ask("first", 0)
		want(t, x.after(20*time.Second), "qwen3-vl:2b is here; ctrl.l gives it a column")
		if got := columnsOn(x); got != "demo/swift demo/sage" {
			t.Errorf("columns are %s", got)
		}
		x.quit()
	})
}

func TestAPullIsStoppedAndTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKitchen(t)
		x := newcomer(t, k, Staying{})
		x.press("f8", "enter")
		x.after(3 * time.Second)
		x.press("f8", "x")
		want(t, x.after(time.Second), "stopped; f8 goes on|stopped; F8 goes on")
		if !k.stopped.Load() {
			t.Error("it is still being fetched")
		}
		x.press("f8", "enter")
		want(t, x.after(13*time.Second), "is here, and has a column")
		x.quit()
	})
}

func TestAPullThatFailsSaysWhyAndWhatToDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKitchen(t)
		k.fails = &providers.Error{Ref: providers.Ref{Provider: "ollama", Model: "qwen3-vl:2b"}, Kind: providers.Unsupported, Err: errFull, Hint: "free some space"}
		x := newcomer(t, k, Staying{})
		x.press("f8", "enter")
		screen := x.after(8 * time.Second)
		want(t, screen, "no space", "→ free some space", "tries it again")
		want(t, x.press("f8"), "no space left.*free some|qwen3-vl:2b: not")
		x.press("esc")
		x.quit()
	})
}

// A reader of 80 columns sees the whole of it, wherever it is said.
func TestALongReasonIsReadToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKitchen(t)
		k.fails = &providers.Error{Ref: providers.Ref{Provider: "ollama", Model: "qwen3-vl:2b"}, Kind: providers.Unreachable, Err: errors.New("pull model manifest: Get \"https://registry.ollama.ai/v2/library/qwen3-vl/manifests/2b\": dial tcp: lookup registry.ollama.ai on 127.0.0.53:53: no such host"), Hint: "see whether Ollama may reach ollama.com, or needs HTTPS_PROXY; the next pull goes on there"}
		x := newcomer(t, k, Staying{})
		x.press("f8", "enter")
		x.after(8 * time.Second)
		for _, screen := range []string{x.now(), x.press("f8")} {
			want(t, screen, "could not connect", "no such host", `on[\s│]+there`)
		}
		want(t, x.now(), "qwen3-vl:2b did not come; F8 says why|model +to fetch +licence")
		x.press("esc")
		x.quit()
	})
}

func TestAPullThatHangsDoesNotPromise(t *testing.T) {
	p, at := pulling{stated: 1_900_000_000}, time.Now()
	for i := range 41 { // ten seconds at 40 MB/s, and then nothing
		p.follow(providers.Pulled{Doing: "pulling aa", Done: int64(i) * 10_000_000, Total: 1_880_000_000}, at)
		at = at.Add(pullPace)
	}
	if got := p.words(); !strings.Contains(got, "400 MB of 1.9 GB · 21 % · 40 MB/s · 37 s left") {
		t.Error(got)
	}
	for range 16 {
		p.follow(p.shown, at)
		at = at.Add(pullPace)
	}
	if got := p.words(); !strings.HasSuffix(got, "21 % · nothing for 4 s") {
		t.Error(got)
	}
	for range 8 { // it goes on, at its speed of now
		p.follow(providers.Pulled{Doing: "pulling aa", Done: p.shown.Done + 5_000_000, Total: 1_880_000_000}, at)
		at = at.Add(pullPace)
	}
	if got := p.words(); strings.Contains(got, "nothing") || p.speed() > 15e6 {
		t.Error(got)
	}
	p.follow(providers.Pulled{Doing: "verifying sha256 digest", Done: 1_880_000_000, Total: 1_880_000_000}, at)
	if got := p.words(); got != "1.9 GB fetched · verifying sha256 digest …" {
		t.Error(got)
	}
}

func TestAnOllamaThatDoesNotAnswerNeedNotBeInstalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKitchen(t)
		k.odd = &providers.Error{Kind: providers.Timeout, Err: errors.New("no answer within 10s, and nobody said why")}
		x := newcomer(t, k, Staying{})
		want(t, x.now(), "ollama +127.0.0.1:11434", "within 10s, and nobody said why", "→ ollama: see that Ollama itself answers there")
		lacks(t, x.now(), "local models: ")
		x.press("f8")
		want(t, x.after(time.Second), "does not answer as Ollama does")
		x.quit()
	})
}

func TestWhoStartsOllamaLaterNeedNotStartAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKitchen(t)
		k.there.Store(false)
		x := newcomer(t, k, Staying{})
		want(t, x.now(), "ollama +127.0.0.1:11434 +not running", "local models: `ollama serve`")
		x.press("f8")
		want(t, x.after(time.Second), "no models on this machine: `ollama serve`")
		k.there.Store(true)
		x.press("f8")
		want(t, x.after(time.Second), "Get a small model that sees pictures")
		x.press("esc")
		k.there.Store(false)
		x.press("f8", "enter")
		x.after(15 * time.Second)
		k.there.Store(true)
		k.has.Store(true)
		x.press("ctrl+l", "ctrl+r", "esc")
		x.quit()
	})
}

func TestWhoStaysOnThisMachineFetchesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKitchen(t)
		x := newcomer(t, k, Staying{Reason: "--local-only"})
		x.press("f8")
		want(t, x.after(time.Second), "Ollama has no models: `ollama pull qwen3-vl:2b`")
		lacks(t, x.now(), "Get a small model that sees pictures")
		k.has.Store(true)
		x.press("f8")
		want(t, x.after(time.Second), "1 model of this machine")
		if got := columnsOn(x); got != "ollama/qwen3-vl:2b demo/sage" {
			t.Errorf("columns are %s", got)
		}
		x.quit()
	})
}

// Whoever reads on meets one model to begin with, whoever names it.
func TestTheDemoNamesTheModelThatTheWelcomeOffers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := demo.New(providers.Endpoint{Name: "demo", API: "demo"})
		if err != nil {
			t.Fatal(err)
		}
		for _, model := range []string{"swift", "sage"} {
			told := false
			for _, asked := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
				said := ""
				for ev, err := range p.Stream(t.Context(), providers.Request{Model: model, Messages: []providers.Message{
					{Role: providers.User, Parts: []providers.Part{providers.Text(asked)}},
				}}) {
					if err != nil {
						t.Fatal(err)
					}
					if d, ok := ev.(providers.Delta); ok {
						said += d.Text
					}
				}
				if _, after, ok := strings.Cut(said, "ollama pull "); ok {
					told = true
					if name, _, _ := strings.Cut(after, "`"); name != starters()[0].name {
						t.Errorf("%s names %q, and the welcome %q", model, name, starters()[0].name)
					}
				}
			}
			if !told {
				t.Errorf("%s never says which model to get", model)
			}
		}
	})
}
