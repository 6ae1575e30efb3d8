package providers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Builder makes a provider for an endpoint of its API.
type Builder func(Endpoint) (Provider, error)

// An Entry is one provider that the registry knows.
type Entry struct {
	Endpoint
	Provider Provider
}

// Policy is how often the entry's requests are sent again.
func (e Entry) Policy() Policy { return Policy{Retries: e.Retries} }

// A Completion adds to a model of an endpoint what its provider does not say:
// a price, a window, abilities.
type Completion func(Endpoint, Model) Model

// A Registry knows the configured providers and their models as last listed.
// It is safe for concurrent use.
type Registry struct {
	entries  []Entry
	complete Completion

	mu     sync.Mutex
	known  map[Ref]Model
	listed map[string]bool // providers whose models in known are those of this process's own look
}

// NewRegistry builds a provider for every endpoint with the builder of its
// API. An API without a builder, or a builder's error, becomes the answer of
// that provider alone: the others work. Every model passes through complete,
// which may be nil.
func NewRegistry(endpoints []Endpoint, apis map[string]Builder, complete Completion) *Registry {
	if complete == nil {
		complete = func(_ Endpoint, m Model) Model { return m }
	}
	r := &Registry{complete: complete, known: map[Ref]Model{}, listed: map[string]bool{}}
	for _, e := range endpoints {
		p, err := build(e, apis[e.API])
		if err != nil {
			p = Broken(e.Name, err)
		}
		r.entries = append(r.entries, Entry{e, p})
	}
	return r
}

func build(e Endpoint, b Builder) (Provider, error) {
	if b == nil {
		return nil, &Error{
			Ref: Ref{Provider: e.Name}, Kind: Unsupported,
			Err:  fmt.Errorf("api %s is not built into this juxta yet", e.API),
			Hint: "choose a model of another provider",
		}
	}
	return b(e)
}

// Entries lists the providers in the order of the configuration.
func (r *Registry) Entries() []Entry { return slices.Clone(r.entries) }

// Find returns the entry that a model belongs to. Its error is an [*Error] of
// kind NotFound that names the providers there are.
func (r *Registry) Find(ref Ref) (Entry, error) {
	for _, e := range r.entries {
		if e.Name == ref.Provider {
			return e, nil
		}
	}
	var names []string
	for _, e := range r.entries {
		names = append(names, e.Name)
	}
	return Entry{}, &Error{
		Ref: ref, Kind: NotFound, Err: fmt.Errorf("there is no provider %q", ref.Provider),
		Hint: "providers here: " + strings.Join(names, ", ") + "; others need a key or a row in the configuration, see `juxta doctor`",
	}
}

// A Listing is what one provider answered when asked for its models.
type Listing struct {
	Entry  Entry
	Models []Model // sorted by name
	Said   []Model // the same as the provider described them, for who keeps them: what completes them may change
	Err    error
	Took   time.Duration
}

// List asks all providers for their models at once and yields each listing as
// it comes; one that takes longer than patience yields an error of kind
// Timeout. Leaving the loop early abandons the rest.
func (r *Registry) List(ctx context.Context, patience time.Duration) iter.Seq[Listing] {
	return func(yield func(Listing) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		out := make(chan Listing, len(r.entries)) // so that no lister outlives its send
		for _, e := range r.entries {
			go func() { out <- r.list(ctx, e, patience) }()
		}
		for range r.entries {
			if !yield(<-out) {
				return
			}
		}
	}
}

func (r *Registry) list(ctx context.Context, e Entry, patience time.Duration) Listing {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	began := time.Now()
	models, err := models(ctx, e.Provider)
	took := time.Since(began)
	if err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = &Error{
				Op: "listing models", Ref: Ref{Provider: e.Name}, Kind: Timeout, Err: fmt.Errorf("no answer within %s", patience),
				Hint: "it may be starting, or busy: look again in a while; a model whose name you know can be asked meanwhile",
			}
		}
		return Listing{Entry: e, Err: err, Took: took}
	}
	said := slices.Clone(models) // never the provider's own slice, which another look may share
	for i := range said {
		said[i].Seen = began.Add(took)
	}
	slices.SortFunc(said, func(a, b Model) int { return strings.Compare(a.Ref.Model, b.Ref.Model) })
	models = slices.Clone(said)
	for i, m := range models {
		models[i] = r.complete(e.Endpoint, m)
	}
	r.take(e.Name, models)
	return Listing{Entry: e, Models: models, Said: said, Took: took}
}

// models asks a provider; a panic of its is an error, as elsewhere it would end
// the process with the terminal in disorder.
func models(ctx context.Context, p Provider) (all []Model, err error) {
	defer Catch(&err)
	return p.Models(ctx)
}

// take makes models all that is known of a provider.
func (r *Registry) take(provider string, models []Model) {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.known, func(ref Ref, _ Model) bool { return ref.Provider == provider })
	for _, m := range models {
		r.known[m.Ref] = m
	}
	r.listed[provider] = true
}

// Recall takes in models that were listed before, as in Said, with the time in
// Seen. A provider that has been asked by now knows better, and one that is not
// configured has none.
func (r *Registry) Recall(models []Model) {
	byName := map[string]Entry{}
	for _, e := range r.entries {
		byName[e.Name] = e
	}
	var all []Model
	for _, m := range models {
		if e, ok := byName[m.Ref.Provider]; ok {
			all = append(all, r.complete(e.Endpoint, m))
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range all {
		if !r.listed[m.Ref.Provider] {
			r.known[m.Ref] = m
		}
	}
}

// Model is what is known of a model without asking anyone: as last listed, or
// else its name, its locality and what the completion knows.
func (r *Registry) Model(ref Ref) Model {
	r.mu.Lock()
	m, ok := r.known[ref]
	if !ok { // the tag that Ollama means where none is written
		m, ok = r.known[Ref{ref.Provider, ref.Model + ":latest"}]
	}
	r.mu.Unlock()
	if ok {
		return m
	}
	m = Model{Ref: ref}
	e, err := r.Find(ref)
	if err != nil {
		return m
	}
	m.Local = e.Local
	return r.complete(e.Endpoint, m)
}

// Known lists every model that a provider has listed, or has been recalled, by
// provider and name.
func (r *Registry) Known() []Model {
	r.mu.Lock()
	all := slices.Collect(maps.Values(r.known))
	r.mu.Unlock()
	slices.SortFunc(all, func(a, b Model) int {
		return cmp.Or(strings.Compare(a.Ref.Provider, b.Ref.Provider), strings.Compare(a.Ref.Model, b.Ref.Model))
	})
	return all
}

// Broken stands for a provider that is not there or could not be built: it
// answers everything with the reason.
func Broken(name string, reason error) Provider { return broken{name, reason} }

type broken struct {
	name string
	err  error
}

func (b broken) Name() string                            { return b.name }
func (b broken) Models(context.Context) ([]Model, error) { return nil, b.err }
func (b broken) Stream(context.Context, Request) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) { yield(nil, b.err) }
}
