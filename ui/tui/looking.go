package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/providers"
)

// patience is the longest wait for a provider's list of models; nothing else waits
// for it.
const patience = 10 * time.Second

// A round is one look at what every provider lists. It ends when the last of
// them has answered, or with end.
type round struct{ end context.CancelFunc }

// lookForModels asks every provider for its models and takes each listing in as
// it comes, unless that is under way.
func (m *Model) lookForModels() tea.Cmd {
	if m.looking != nil {
		return nil
	}
	return m.lookAgain()
}

// lookAgain is lookForModels for somebody who wants it now: a round under way
// ends, so that one dead address does not keep the others from being asked.
func (m *Model) lookAgain() tea.Cmd {
	if m.looking != nil {
		m.looking.end()
	}
	ctx, end := context.WithCancel(m.ctx)
	r, reg := &round{end}, m.bench.Registry
	m.looking, m.silence = r, map[string]bool{}
	for _, e := range m.entries() {
		m.silence[e.Name] = true
	}
	ch := make(chan providers.Listing, len(reg.Entries()))
	find := m.opts.Ollama
	m.spawn(func() { // ends with the last listing, at the latest when patience does
		if find != nil {
			find() // reads the disk, and nobody who draws has to
		}
		defer end()
		defer close(ch)
		for l := range reg.List(ctx, patience) {
			m.witness(l.Err)
			ch <- l
		}
	})
	m.refill()
	return nextListing(r, ch, reg, m.look.ruler)
}

// together is how long listings are waited for to be shown in one frame: the
// local ones answer within a few milliseconds of each other.
const together = 30 * time.Millisecond

func nextListing(of *round, ch <-chan providers.Listing, reg *providers.Registry, r ruler) tea.Cmd {
	return func() tea.Msg {
		l, ok := <-ch
		var found []providers.Listing
		if ok {
			time.Sleep(together)
		}
		for more := ok; more; {
			found = append(found, l)
			select {
			case l, ok = <-ch:
				more = ok
			default:
				more = false
			}
		}
		o := offered(reg, r)
		return action(func(m *Model) tea.Cmd {
			if m.looking != of {
				return nil // a later round tells more
			}
			m.hear(found)
			m.offer(o)
			m.refresh()
			m.refill()
			if ok {
				return nextListing(of, ch, reg, m.look.ruler)
			}
			m.looking, m.looked = nil, o.at
			if m.hoping {
				return tea.Batch(m.keep(), m.hoped())
			}
			return m.keep()
		})
	}
}

// hear takes in listings, each in the place of that provider's last.
func (m *Model) hear(found []providers.Listing) {
	for _, l := range found {
		name := l.Entry.Name
		delete(m.silence, name)
		m.found = append(slices.DeleteFunc(m.found, func(old providers.Listing) bool { return old.Entry.Name == name }), l)
	}
}

// keep has what was found remembered for the next start.
func (m *Model) keep() tea.Cmd {
	keep, found := m.opts.Catalogue.Keep, slices.Clone(m.found)
	if keep == nil {
		return nil
	}
	return func() tea.Msg { keep(found); return nil }
}
