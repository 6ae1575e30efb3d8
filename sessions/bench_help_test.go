package sessions

import (
	"context"
	"iter"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"juxta/providers"
	"juxta/providers/demo"
)

// double is a provider whose answers a test writes itself.
type double struct {
	name   string
	models []providers.Model
	local  bool
	again  int // retries
	stream func(context.Context, providers.Request) iter.Seq2[providers.Event, error]
}

func (d double) Name() string                                      { return d.name }
func (d double) Models(context.Context) ([]providers.Model, error) { return d.models, nil }
func (d double) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return d.stream(ctx, req)
}

// bench works on a session with the given models as columns. The providers are
// demo and paid (remote; paid costs a dollar per million tokens read and ten per
// million written, and paid-again, which asks again twice, the same), here and
// also-here (local, on one device), gpu (local, on another), eager (asks again
// twice) and the doubles.
func bench(t testing.TB, store *Store, models []string, doubles ...double) *Bench {
	t.Helper()
	apis := map[string]providers.Builder{"demo": demo.New}
	endpoints := []providers.Endpoint{
		{Name: "demo", API: "demo"},
		{Name: "paid", API: "demo"},
		{Name: "paid-again", API: "demo", Retries: 2},
		{Name: "here", API: "demo", Local: true, BaseURL: "http://localhost:1"},
		{Name: "also-here", API: "demo", Local: true, BaseURL: "http://127.0.0.1:2"},
		{Name: "gpu", API: "demo", Local: true, BaseURL: "http://gpu:1"},
		{Name: "eager", API: "demo", Retries: 2},
	}
	for _, d := range doubles {
		apis[d.name] = func(providers.Endpoint) (providers.Provider, error) { return d, nil }
		endpoints = append(endpoints, providers.Endpoint{Name: d.name, API: d.name, Local: d.local, Retries: d.again})
	}
	var refs []providers.Ref
	for _, m := range models {
		ref, err := providers.ParseRef(m)
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, ref)
	}
	b := NewBench(providers.NewRegistry(endpoints, apis, priced), store)
	b.desk.session.Seed = columnsInOrder
	for _, ref := range refs {
		b.Add(Column{Model: ref})
	}
	t.Cleanup(func() { _ = b.Close(context.Background()) })
	return b
}

// columnsInOrder is a seed with which the local columns of a first turn answer
// in the order of their IDs.
const columnsInOrder = 69

// heard is what a run told.
type heard struct {
	text, thoughts, refusal map[int]string
	states                  map[int][]State
	final                   map[int]Answer
	unsaved                 map[int]error
	at                      []time.Duration // of the reports, since the run was heard
	news                    [][]News
}

// hear listens to a run until it ends, and takes as long as pause for every
// report.
func hear(r *Run, pause time.Duration) heard {
	h := heard{
		text: map[int]string{}, thoughts: map[int]string{}, refusal: map[int]string{},
		states: map[int][]State{}, final: map[int]Answer{}, unsaved: map[int]error{},
	}
	began := time.Now()
	for news := range r.All() {
		h.at = append(h.at, time.Since(began))
		h.news = append(h.news, news)
		for _, n := range news {
			h.text[n.Column] += n.Text
			h.thoughts[n.Column] += n.Thoughts
			h.refusal[n.Column] += n.Refusal
			h.states[n.Column] = append(h.states[n.Column], n.State)
			if n.Final != nil {
				h.final[n.Column], h.unsaved[n.Column] = *n.Final, n.Unsaved
			}
		}
		time.Sleep(pause)
	}
	return h
}

// ask puts a question and hears all of its answers.
func ask(t testing.TB, b *Bench, text string) heard {
	t.Helper()
	r, err := b.Put(context.Background(), Question{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return hear(r, 0)
}

// waits is what a column's states said one after the other, before it spoke.
func (h heard) waits(column int) string {
	var all []string
	for _, s := range h.states[column] {
		if len(all) == 0 || all[len(all)-1] != s.Text {
			all = append(all, s.Text)
		}
	}
	return strings.Trim(strings.Join(all, "|"), "|")
}

// saying is the name of a scripted model that answers with text.
func saying(text string) string { return "script:say=" + url.QueryEscape(text) }

// keptSession reads a whole session from the store.
func keptSession(t testing.TB, s *Store, id ID) (Session, []Turn) {
	t.Helper()
	ses, err := s.Session(id)
	if err != nil {
		t.Fatal(err)
	}
	turns, err := s.Turns(id, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return ses, turns
}

// commits is how many transactions the store's file has seen.
func commits(t testing.TB, s *Store) (n int) {
	t.Helper()
	if err := transact(s.Path(), false, func(tx *bolt.Tx) error { n = tx.ID(); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

// obstruct keeps everybody from using the store, until the returned function
// is called. Those who want it are told so at once.
func obstruct(t testing.TB, s *Store) (letGo func()) {
	t.Helper()
	s.SetPatience(0)
	f, err := os.OpenFile(s.Path()+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	for {
		if ok, err := tryLockFile(f); ok || err != nil {
			want(t, "locking", err, nil)
			break
		}
		time.Sleep(lockPoll)
	}
	return func() { _ = f.Close() }
}

// want fails unless got is want.
func want[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// speaker is a provider that says one word n times as fast as it can.
func speaker(name string, n int) double {
	return double{name: name, stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
		return func(yield func(providers.Event, error) bool) {
			yield(providers.Sent{At: time.Now()}, nil)
			var ev providers.Event = providers.Delta{At: time.Now(), Text: "word "}
			for range n {
				if !yield(ev, nil) {
					return
				}
			}
			yield(providers.Stop{At: time.Now(), Reason: providers.Finished}, nil)
		}
	}}
}

// priced is what the providers whose names begin with paid cost.
func priced(_ providers.Endpoint, m providers.Model) providers.Model {
	if strings.HasPrefix(m.Ref.Provider, "paid") {
		m.Price = &providers.Price{Rates: providers.Rates{Input: 1_000_000, Output: 10_000_000}, Source: providers.Overridden}
	}
	return m
}
