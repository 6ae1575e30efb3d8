// Package prices is the price list: what the services that juxta knows ask for
// their models, since which day that is known, and where it is written.
//
// Its model of the world: a [Table] is text that people review. It has a
// section for each service, with the addresses that its prices are from and a
// row for each model. The table that is built in is one file a service, in the
// folder table; a refreshed one is a file of the user's. A [List] looks a model
// up in both and parses only the row that it finds, so that a start costs
// microseconds.
//
// A model is priced by the host that serves it and by its own name: an endpoint
// that is called openai and points elsewhere has none of OpenAI's prices, and a
// name that the tables don't have has no relative's price. What is not known
// stays unknown, which is never 0.
package prices

import (
	"embed"
	"slices"
	"strings"
	"sync"
	"time"

	"juxta/providers"
)

//go:embed table/*.txt
var builtIn embed.FS

// A List knows prices. It is safe for concurrent use.
type List struct {
	overrides map[providers.Ref]providers.Price
	hosts     map[string]string         // the service of each
	ours      map[string]func() section // what is built in, by service
	newer     func() Table              // what a refresh brought
}

// New is a list that says what overrides say, then what the service itself
// says, then what newer says, then what is built in. newer is the text of a
// refreshed table, or "", and is asked once, when it is first needed.
func New(overrides map[providers.Ref]providers.Price, newer func() string) *List {
	l := &List{overrides, services(), map[string]func() section{}, sync.OnceValue(func() Table { return split(newer()) })}
	for _, name := range l.hosts {
		l.ours[name] = sync.OnceValue(func() section { return builtInSection(name) })
	}
	return l
}

// Complete is a [providers.Completion]: it adds a price, and what a table knows
// of the window, the longest answer and the abilities where m does not say.
func (l *List) Complete(e providers.Endpoint, m providers.Model) providers.Model {
	if s := l.service(e); s != "" {
		if r, ok := l.lookup(s, m.Ref.Model); ok {
			fill(&m, r)
		}
	}
	if p, ok := l.overrides[m.Ref]; ok {
		m.Price = &p
	}
	return m
}

func fill(m *providers.Model, r row) {
	if m.Price == nil {
		m.Price = &r.price
	}
	if m.Context == 0 {
		m.Context = r.context
	}
	if m.Output == 0 {
		m.Output = r.answer
	}
	for _, x := range [...]struct {
		to   *providers.Support
		told providers.Support
	}{
		{&m.Can.Images, r.can.Images},
		{&m.Can.Thoughts, r.can.Thoughts},
		{&m.Can.Tools, r.can.Tools},
		{&m.Can.Audio, r.can.Audio},
	} {
		if *x.to == providers.Unknown {
			*x.to = x.told
		}
	}
}

// lookup is what the tables say of a service's model today. The name as it is
// goes first in both tables, then what it is another name for.
func (l *List) lookup(service, model string) (row, bool) {
	ours, newer := l.ours[service](), l.newer().sections[service]
	day := today()
	for name := range names(service, model) {
		a, known := ours.find(name, day)
		b, told := newer.find(name, day)
		switch {
		case known && told:
			return merge(a, b), true
		case known:
			return a, true
		case told:
			return b, true
		}
	}
	return row{}, false
}

func today() string { return time.Now().UTC().Format(time.DateOnly) }

// merge is what is known of a model that both tables have. A list that was
// refreshed before ours was written is the older one. Most published lists know
// nothing of steps, tiers or writes for an hour, so while newer agrees about the
// two prices that all of them have, what it leaves out is ours. Where it does
// not, what ours tells apart is no longer known.
func merge(ours, newer row) row {
	if newer.price.AsOf < ours.price.AsOf {
		return ours
	}
	a, b := &ours.price, &newer.price
	if a.Input == b.Input && a.Output == b.Output {
		b.Rates = complete(b.Rates, a.Rates)
		b.PerImage, b.PerRequest = orElse(b.PerImage, a.PerImage), orElse(b.PerRequest, a.PerRequest)
		if b.Steps == nil {
			b.Steps = a.Steps
		}
		for i, s := range b.Steps {
			if at := slices.IndexFunc(a.Steps, func(t providers.Step) bool { return t.Above == s.Above }); at >= 0 {
				b.Steps[i].Rates = complete(s.Rates, a.Steps[at].Rates)
			}
		}
		if b.Tiers == nil {
			b.Tiers = a.Tiers
		}
	} else {
		for _, x := range [...]struct {
			ours  providers.Money
			newer *providers.Money
		}{{a.Audio, &b.Audio}, {a.PerImage, &b.PerImage}, {a.PerRequest, &b.PerRequest}} {
			if x.ours != 0 {
				*x.newer = orElse(*x.newer, providers.UnknownRate)
			}
		}
		if a.Steps != nil && b.Steps == nil {
			b.Steps = []providers.Step{unknownStep(a.Steps[0].Above)}
		}
	}
	newer.context, newer.answer = orElse(newer.context, ours.context), orElse(newer.answer, ours.answer)
	newer.can.Images = orElse(newer.can.Images, ours.can.Images)
	newer.can.Thoughts = orElse(newer.can.Thoughts, ours.can.Thoughts)
	newer.can.Tools = orElse(newer.can.Tools, ours.can.Tools)
	newer.can.Audio = orElse(newer.can.Audio, ours.can.Audio)
	return newer
}

// complete is newer with the rates that it does not say as they are in ours, if
// the two agree about input and output.
func complete(newer, ours providers.Rates) providers.Rates {
	if newer.Input != ours.Input || newer.Output != ours.Output {
		return newer
	}
	for _, x := range [...]struct {
		to   *providers.Money
		ours providers.Money
	}{
		{&newer.CacheRead, ours.CacheRead},
		{&newer.CacheWrite, ours.CacheWrite},
		{&newer.CacheWriteHour, ours.CacheWriteHour},
		{&newer.Audio, ours.Audio},
	} {
		if *x.to == providers.UnknownRate {
			*x.to = x.ours
		}
	}
	newer.Audio = orElse(newer.Audio, ours.Audio)
	return newer
}

func orElse[T comparable](v, other T) T {
	var zero T
	if v != zero {
		return v
	}
	return other
}

// builtInSection is the table that is built in for a service.
func builtInSection(service string) section {
	b, err := builtIn.ReadFile("table/" + service + ".txt")
	if err != nil {
		return section{}
	}
	_, text, _ := strings.Cut(string(b), "\n") // the line that names the service
	return cut(text)
}
