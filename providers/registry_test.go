package providers_test

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
	"juxta/providers/demo"
)

// lister answers only what models it has, after a while.
type lister struct {
	name   string
	models []string
	delay  time.Duration
	err    error
}

func (l lister) Name() string { return l.name }

func (l lister) Models(ctx context.Context) ([]providers.Model, error) {
	select {
	case <-time.After(l.delay):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	var models []providers.Model
	for _, m := range l.models {
		models = append(models, providers.Model{Ref: providers.Ref{Provider: l.name, Model: m}})
	}
	return models, l.err
}

func (l lister) Stream(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	panic("not asked in these tests")
}

func endpoints(names ...string) []providers.Endpoint {
	var out []providers.Endpoint
	for _, n := range names {
		out = append(out, providers.Endpoint{Name: n, API: n})
	}
	return out
}

func building(ls ...lister) map[string]providers.Builder {
	apis := map[string]providers.Builder{"demo": demo.New}
	for _, l := range ls {
		apis[l.name] = func(providers.Endpoint) (providers.Provider, error) { return l, nil }
	}
	return apis
}

func TestASlowProviderDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := providers.NewRegistry(endpoints("slow", "quick", "broken"), building(
			lister{name: "slow", delay: time.Hour},
			lister{name: "quick", delay: 10 * ms, models: []string{"b", "a"}},
			lister{name: "broken", delay: 20 * ms, err: errors.New("odd")},
		), nil)
		began := time.Now()
		var order []string
		for l := range r.List(t.Context(), 2*time.Second) {
			order = append(order, l.Entry.Name)
			switch l.Entry.Name {
			case "quick":
				if l.Err != nil || len(l.Models) != 2 || l.Models[0].Ref.Model != "a" || l.Took != 10*ms || time.Since(began) != 10*ms {
					t.Errorf("%+v after %s", l, time.Since(began))
				}
			case "slow":
				var e *providers.Error
				if !errors.As(l.Err, &e) || e.Kind != providers.Timeout || !strings.Contains(e.Error(), "2s") || time.Since(began) != 2*time.Second {
					t.Errorf("%v after %s", l.Err, time.Since(began))
				}
			case "broken":
				if l.Err == nil || time.Since(began) != 20*ms {
					t.Errorf("%v after %s", l.Err, time.Since(began))
				}
			}
		}
		if !slices.Equal(order, []string{"quick", "broken", "slow"}) {
			t.Errorf("listings came as %q", order)
		}
	})
}

func TestLeavingAListingEndsItsLookups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // a goroutine that stays behind fails the bubble
		r := providers.NewRegistry(endpoints("slow", "quick"), building(
			lister{name: "slow", delay: time.Hour}, lister{name: "quick", models: []string{"a"}},
		), nil)
		began := time.Now()
		for range r.List(t.Context(), 2*time.Hour) {
			break
		}
		synctest.Wait()
		if time.Since(began) != 0 {
			t.Errorf("leaving took %s", time.Since(began))
		}
	})
}

// changing lists what its own list holds at the moment.
type changing struct {
	lister
	models *[]providers.Model
}

func (c changing) Models(context.Context) ([]providers.Model, error) { return *c.models, nil }

func TestWhatWasListedBeforeLastsUntilItsProviderAnswers(t *testing.T) {
	ref := func(name string) providers.Ref { return providers.Ref{Provider: "lab", Model: name} }
	long := time.Now().Add(-time.Hour)
	now := []providers.Model{{Ref: ref("a"), Context: 2}}
	apis := building()
	apis["lab"] = func(providers.Endpoint) (providers.Provider, error) {
		return changing{lister{name: "lab"}, &now}, nil
	}
	price := providers.Price{Rates: providers.Rates{Input: 7}, Source: providers.Listed}
	r := providers.NewRegistry(endpoints("lab"), apis, func(_ providers.Endpoint, m providers.Model) providers.Model {
		m.Price = &price
		return m
	})
	recalled := []providers.Model{
		{Ref: ref("a"), Context: 1, Seen: long},
		{Ref: ref("gone"), Seen: long},
		{Ref: providers.Ref{Provider: "other", Model: "x"}, Seen: long},
	}
	known := func() (s string) {
		for _, m := range r.Known() {
			s += " " + m.Ref.String()
		}
		return s
	}
	r.Recall(recalled)
	if m := r.Model(ref("a")); known() != " lab/a lab/gone" || m.Context != 1 || m.Price == nil || !m.Seen.Equal(long) {
		t.Errorf("recalled:%s, %+v", known(), m)
	}
	if recalled[0].Price != nil {
		t.Error("recalling completed the caller's own models")
	}
	for l := range r.List(t.Context(), time.Minute) {
		if len(l.Said) != 1 || l.Said[0].Price != nil || l.Said[0].Seen.IsZero() || l.Models[0].Price == nil {
			t.Errorf("said %+v, listed %+v", l.Said, l.Models)
		}
	}
	r.Recall(recalled) // late: who has answered knows better
	if m := r.Model(ref("a")); known() != " lab/a" || m.Context != 2 || !m.Seen.After(long) {
		t.Errorf("listed:%s, %+v", known(), m)
	}
	now = []providers.Model{{Ref: ref("b")}}
	for range r.List(t.Context(), time.Minute) {
	}
	if known() != " lab/b" {
		t.Errorf("a model that is no longer listed is still known:%s", known())
	}
}

func TestAnUnknownProviderNamesThoseThereAre(t *testing.T) {
	r := providers.NewRegistry(endpoints("ollama", "lab"), building(lister{name: "ollama"}, lister{name: "lab"}), nil)
	_, err := r.Find(providers.Ref{Provider: "olama", Model: "x"})
	var e *providers.Error
	if !errors.As(err, &e) || e.Kind != providers.NotFound || !strings.Contains(e.Advice(), "ollama, lab") || !strings.Contains(e.Error(), "olama") {
		t.Errorf("%v; %s", err, e.Advice())
	}
	if got, err := r.Find(providers.Ref{Provider: "lab", Model: "x"}); err != nil || got.Provider.Name() != "lab" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAnAPIThatIsNotBuiltFailsItsOwnColumnOnly(t *testing.T) {
	refused := errors.New("no such address")
	apis := building()
	apis["picky"] = func(providers.Endpoint) (providers.Provider, error) { return nil, refused }
	r := providers.NewRegistry(endpoints("future", "picky", "demo"), apis, nil)
	for name, want := range map[string]string{"future": "not built", "picky": refused.Error()} {
		e, err := r.Find(providers.Ref{Provider: name, Model: "x"})
		if err != nil || e.Provider.Name() != name {
			t.Fatalf("%s is not found: %v", name, err)
		}
		n := 0
		for ev, err := range e.Provider.Stream(t.Context(), providers.Request{Model: "x"}) {
			if n++; ev != nil || err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s answers %v, %v", name, ev, err)
			}
		}
		if _, err := e.Provider.Models(t.Context()); n != 1 || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s lists with %v", name, err)
		}
	}
	listed := map[string]bool{}
	for l := range r.List(t.Context(), time.Minute) {
		listed[l.Entry.Name] = l.Err == nil
	}
	if !listed["demo"] || listed["future"] || listed["picky"] || len(listed) != 3 {
		t.Errorf("listed: %v", listed)
	}
}

func TestAnOverridePricesAModelBeforeAndAfterItIsListed(t *testing.T) {
	swift := providers.Ref{Provider: "demo", Model: "swift"}
	price := providers.Price{Rates: providers.Rates{Input: 7, Output: 9}, Source: providers.Overridden}
	r := providers.NewRegistry(
		[]providers.Endpoint{{Name: "demo", API: "demo", Local: true, Retries: 4}},
		building(), func(_ providers.Endpoint, m providers.Model) providers.Model {
			if m.Ref == swift {
				m.Price = &price
			}
			return m
		},
	)
	if m := r.Model(swift); m.Price == nil || !reflect.DeepEqual(*m.Price, price) || m.Context != 0 || !m.Local {
		t.Errorf("unlisted: %+v", m)
	}
	if len(r.Known()) != 0 {
		t.Errorf("known before anyone was asked: %v", r.Known())
	}
	for l := range r.List(t.Context(), time.Minute) {
		if l.Err != nil {
			t.Fatal(l.Err)
		}
	}
	if m := r.Model(swift); m.Price == nil || !reflect.DeepEqual(*m.Price, price) || m.Context == 0 || !m.Local {
		t.Errorf("listed: %+v", m)
	}
	var names []string
	for _, m := range r.Known() {
		names = append(names, m.Ref.String())
	}
	if !slices.Equal(names, []string{"demo/sage", "demo/swift"}) {
		t.Errorf("known: %q", names)
	}
	if m := r.Model(providers.Ref{Provider: "demo", Model: "third"}); m.Price != nil || !m.Local {
		t.Errorf("without a price: %+v", m)
	}
	if m := r.Model(providers.Ref{Provider: "gone", Model: "x"}); m.Ref.Model != "x" || m.Price != nil || m.Local {
		t.Errorf("of no provider: %+v", m)
	}
	if e := r.Entries(); len(e) != 1 || e[0].Policy().Retries != 4 {
		t.Errorf("entries: %+v", e)
	}
}

func TestRefsSplitAtTheirFirstSlash(t *testing.T) {
	for in, want := range map[string]providers.Ref{
		"ollama/gemma3:4b":             {Provider: "ollama", Model: "gemma3:4b"},
		"openrouter/qwen/qwen3-vl-8b":  {Provider: "openrouter", Model: "qwen/qwen3-vl-8b"},
		"demo/script:say=a/b,c=d;@x y": {Provider: "demo", Model: "script:say=a/b,c=d;@x y"},
		"lab//x":                       {Provider: "lab", Model: "/x"},
	} {
		got, err := providers.ParseRef(in)
		if err != nil || got != want || got.String() != in {
			t.Errorf("%q is %+v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "gemma3", "/gemma3", "ollama/", "/"} {
		if got, err := providers.ParseRef(in); err == nil {
			t.Errorf("%q is %+v", in, got)
		}
	}
}

func TestPartsOfARequest(t *testing.T) {
	m := providers.Says(providers.Assistant, "one ")
	m.Parts = append(m.Parts, providers.Blob{MIME: "image/png"}, providers.Text("two"))
	if m.Role != providers.Assistant || m.Written() != "one two" {
		t.Errorf("%v wrote %q", m.Role, m.Written())
	}
	if u := (providers.Usage{Input: 1, CacheRead: 2, CacheWrite: 4, Output: 8}); u.Prompt() != 7 {
		t.Errorf("a prompt of %d tokens", u.Prompt())
	}
	for runes, want := range map[int]int{0: 0, 1: 1, 4: 1, 5: 2} {
		if got := providers.EstimateTokens(runes); got != want {
			t.Errorf("%d characters are about %d tokens, want %d", runes, got, want)
		}
	}
	got := providers.Timeouts{Idle: time.Second}.Or(providers.DefaultTimeouts)
	if got.Idle != time.Second || got.Connect != providers.DefaultTimeouts.Connect || got.FirstByte != providers.DefaultTimeouts.FirstByte {
		t.Errorf("%+v", got)
	}
}
