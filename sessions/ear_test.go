package sessions

import (
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"juxta/providers"
)

// An ear is a provider that notes what every column was told, and answers as it
// was planned. It knows a column by the seed it asks with.
type ear struct {
	mu    sync.Mutex
	plan  map[int][]deed   // of answers to come, by seed
	told  map[int][]string // what was asked since take, by seed
	stuck map[int]bool     // who hangs, by seed
}

// A deed is an answer that is planned.
type deed struct {
	way  way
	text string
}

// A way is how an answer goes.
type way int

const (
	tells   way = iota
	long        // to its limit
	refuses     // in words
	empty       // without a word
	fails       // before a word
	cuts        // after words
	hangs       // after words, until it is stopped
	hushes      // before a word, until it is stopped
	ways    = int(iota)
)

// answer is what a deed leaves. It costs, unless nothing was said and nothing
// counted.
func (d deed) answer() plainAnswer {
	a := plainAnswer{text: d.text, cost: earPrice, ended: d.way != hangs && d.way != hushes, whole: d.way <= empty}
	switch d.way {
	case tells, long, refuses, hangs:
		a.told = true
	case empty:
		a.text = ""
	case fails, hushes:
		a.text, a.cost = "", 0
	case cuts:
	}
	return a
}

const earPrice = 3 // for a request, however long it is

// registry has the ear alone. Its models see pictures, unless they are blind.
func (e *ear) registry() *providers.Registry {
	return providers.NewRegistry(
		[]providers.Endpoint{{Name: "ear", API: "ear"}},
		map[string]providers.Builder{"ear": func(providers.Endpoint) (providers.Provider, error) {
			return double{name: "ear", stream: e.stream}, nil
		}},
		func(_ providers.Endpoint, m providers.Model) providers.Model {
			m.Can.Images = providers.Yes
			if strings.HasPrefix(m.Ref.Model, "blind") {
				m.Can.Images = providers.No
			}
			m.Price = &providers.Price{PerRequest: earPrice, Source: providers.Listed}
			return m
		})
}

func (e *ear) stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		id := int(*req.Params.Seed)
		e.mu.Lock()
		if e.told == nil {
			e.told, e.stuck = map[int][]string{}, map[int]bool{}
		}
		e.told[id] = append(e.told[id], show(req))
		d := deed{text: "nobody has planned this answer"}
		if len(e.plan[id]) > 0 {
			d, e.plan[id] = e.plan[id][0], e.plan[id][1:]
		}
		e.stuck[id] = d.way == hangs || d.way == hushes
		e.mu.Unlock()
		if !yield(providers.Sent{At: time.Now(), Params: req.Params}, nil) || !d.speak(yield) {
			return
		}
		stop := providers.Stop{At: time.Now(), Reason: providers.Finished, Usage: &providers.Usage{Input: 1}}
		switch d.way {
		case fails, cuts:
			yield(nil, &providers.Error{Kind: providers.ServerFault})
			return
		case hangs, hushes:
			<-ctx.Done()
			yield(nil, ctx.Err())
			return
		case long:
			stop.Reason = providers.Length
		case refuses:
			stop.Reason = providers.Refused
		}
		yield(stop, nil)
	}
}

// speak says the words of a deed that has some.
func (d deed) speak(yield func(providers.Event, error) bool) bool {
	switch d.way {
	case tells, long, cuts, hangs:
		half := len(d.text) / 2
		return yield(providers.Delta{At: time.Now(), Text: d.text[:half]}, nil) && yield(providers.Delta{At: time.Now(), Text: d.text[half:]}, nil)
	case refuses:
		return yield(providers.Refusal{At: time.Now(), Text: d.text}, nil)
	}
	return true
}

// take is what was told since it was last asked for.
func (e *ear) take() map[int][]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	told := e.told
	e.told = nil
	return told
}

// hanging lists who has to be stopped.
func (e *ear) hanging() (ids []int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, yes := range e.stuck {
		if yes {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
