package prices

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"juxta/providers"
)

// A Change is what a newer table says otherwise.
type Change struct {
	Kind           Kind
	Service, Model string
	Old, New       *providers.Price // nil of what was not, or is no longer, there
	Why            string           // of Kept and LeftOut
}

// Kind is what became of a price.
type Kind string

// Kinds of change, in the order in which people want to know of them.
const (
	Dearer  Kind = "dearer"
	Cheaper Kind = "cheaper"
	Changed Kind = "changed" // some of it dearer, some cheaper, or charged otherwise
	Fresh   Kind = "new"
	Gone    Kind = "gone" // from the refreshed list; what is built in stays
	Kept    Kind = "kept" // as it was, because the list has something impossible in its place
	LeftOut Kind = "left out"
)

// An oddity is a row of a list that can't be a price.
type oddity struct{ service, name, why string }

// doubtful is why a list of so many rows is not believed: more than a tenth of
// them are odd, which is how a list looks that lost its prices or changed its
// unit. A few are mistakes of their own, and must not hold the others back.
func doubtful(odd []oddity, rows int) error {
	if 10*len(odd) <= rows {
		return nil
	}
	return fmt.Errorf("%d of its %d prices are none: %s/%s: %s", len(odd), rows, odd[0].service, odd[0].name, odd[0].why)
}

// enough is how many prices a list has at the least: a page that says that the
// service moved has none.
const enough = 20

// Accept tells what would change if t took the place of the list's refreshed
// table, and what of t is to be kept: published lists write 0 for what they
// don't know. A price that fell to 0, which is how a list says that it lost it,
// one of which only a half is 0, and one that is none, stay as they were. The
// error is why t must not take that place: it has too few prices, or too many
// that are none.
func (l *List) Accept(t Table) (kept Table, changes []Change, err error) {
	var rows []row
	odd, total := slices.Clone(t.odd), len(t.odd)
	for r, err := range t.all() {
		if err != nil {
			return Table{}, nil, err
		}
		total++
		if r.target != "" || r.price.Input != 0 && r.price.Output != 0 {
			rows = append(rows, r)
			continue
		}
		before, known := l.lookup(r.service, r.name)
		switch {
		case r.price.Input != r.price.Output:
			odd = append(odd, oddity{r.service, r.name, "one of its input and its output is 0, the other is not"})
		case known && before.price.Input+before.price.Output > 0:
			odd = append(odd, oddity{r.service, r.name, "the price fell to 0"})
		}
	}
	if err := doubtful(odd, total); err != nil {
		return Table{}, nil, err
	}
	if len(rows) < enough {
		return Table{}, nil, fmt.Errorf("it has %d prices of the services that juxta knows, too few for a price list", len(rows))
	}
	var stay []Change
	for _, o := range odd {
		c := Change{Kind: LeftOut, Service: o.service, Model: o.name, Why: o.why}
		if before, ok := l.lookup(o.service, o.name); ok {
			c.Kind, c.Old, c.New = Kept, &before.price, &before.price
		}
		rows = append(rows, l.refreshed(o.service, o.name)...)
		stay = append(stay, c)
	}
	kept = table(unique(rows))
	return kept, append(l.changes(rows, kept), stay...), nil
}

// refreshed are the rows of a model in the refreshed table. What is built in
// need not be copied there to stay.
func (l *List) refreshed(service, name string) (rows []row) {
	s := l.newer().sections[service]
	for line := range s.lines(name) {
		if r, err := s.parse(line); err == nil {
			r.service = service
			rows = append(rows, r)
		}
	}
	return rows
}

func (l *List) changes(rows []row, t Table) (all []Change) {
	next := &List{ours: l.ours, newer: func() Table { return t }}
	seen := map[[2]string]bool{}
	first := func(r row) bool { // a name has a row for each price that ends on a known day
		key := [2]string{r.service, r.name}
		again := seen[key]
		seen[key] = true
		return !again
	}
	for _, r := range rows {
		now, ok := next.lookup(r.service, r.name)
		if !first(r) || !ok {
			continue
		}
		c := Change{Kind: Fresh, Service: r.service, Model: r.name, New: &now.price}
		if before, ok := l.lookup(r.service, r.name); ok {
			c.Old, c.Kind = &before.price, kindOf(before.price, now.price)
		}
		if c.Kind != "" {
			all = append(all, c)
		}
	}
	for r, err := range l.newer().all() {
		if err != nil || !first(r) {
			continue
		}
		if before, ok := l.newer().sections[r.service].find(r.name, today()); ok {
			all = append(all, Change{Kind: Gone, Service: r.service, Model: r.name, Old: &before.price})
		}
	}
	order := []Kind{Dearer, Cheaper, Changed, Fresh, Gone}
	slices.SortStableFunc(all, func(a, b Change) int {
		return cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind))
	})
	return all
}

// kindOf is how a price changed, "" if it did not. A rate that was not known, or
// is no longer, is neither dearer nor cheaper.
func kindOf(old, now providers.Price) Kind {
	up, down, learnt := false, false, false
	rates := func(p providers.Price) []providers.Money {
		return []providers.Money{
			p.Input, p.CacheRead, p.CacheWrite, orElse(p.CacheWriteHour, p.CacheWrite), p.Output,
			orElse(p.Audio, p.Input), p.PerImage, p.PerRequest,
		}
	}
	for i, was := range rates(old) {
		is := rates(now)[i]
		if is == providers.UnknownRate || was == providers.UnknownRate {
			learnt = learnt || is != was
			continue
		}
		up, down = up || is > was, down || is < was
	}
	switch {
	case up && !down:
		return Dearer
	case down && !up:
		return Cheaper
	case up && down, learnt, !slices.Equal(old.Steps, now.Steps), !maps.Equal(old.Tiers, now.Tiers):
		return Changed
	}
	return ""
}
