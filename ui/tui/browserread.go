package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// What the browser reads from the store: always in a command, and what comes for
// an older question is dropped.

const (
	pageOfList   = 64                    // sessions read at once
	pageOfSearch = 40                    // sessions found at once
	typingPause  = 60 * time.Millisecond // a search waits so long for the next key
	peekPause    = 90 * time.Millisecond // a session is chosen so long before it is read
)

// An entry is a session as it is listed, in words.
type entry struct {
	sessions.Session
	hits  []sessions.Hit // without those of the title, whose marks are those of title
	more  bool           // there are more places in it
	first sessions.Hit   // the first one in a turn; zero for none

	title    string
	marks    []sessions.Mark
	models   string // in alphabetical order where names are hidden
	tags     string
	turns    int
	votes    int
	pictures int
	cost     string
	age      string
	began    string
}

// shelve puts a session into words.
func shelve(s sessions.Session, g sessions.Glance, now time.Time) *entry {
	r := &entry{Session: s, title: s.Words(), turns: s.Turns, votes: g.Votes, pictures: g.Pictures, age: ago(s.Updated.Local(), now), began: s.Created.Local().Format("2 Jan 2006, 15:04")}
	r.models = strings.Join(namesOf(&s), ", ")
	for _, t := range s.Tags {
		r.tags += " #" + plain.Line(t)
	}
	r.tags = strings.TrimPrefix(r.tags, " ")
	switch {
	case len(s.Hidden) > 0:
		r.cost = "hidden"
	case s.Spent > 0:
		r.cost = sessions.About(s.Guessed) + s.Spent.String()
	case s.Unpriced > 0:
		r.cost = "unknown"
	}
	return r
}

// namesOf are the models of a session, each once. Where a turn is blind, or the
// next one is going to be, their order tells nothing.
func namesOf(s *sessions.Session) []string {
	var names []string
	for _, c := range s.Shown() {
		if name := plain.Line(c.Model.Model); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(s.Hidden) > 0 || s.Blind {
		slices.Sort(names)
	}
	return names
}

// glanced puts sessions into words, with what a glance tells of each.
func glanced(store *sessions.Store, all []sessions.Session) ([]*entry, error) {
	ids := make([]sessions.ID, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	glances, err := store.Glances(ids)
	now := time.Now()
	rows := make([]*entry, len(all))
	for i := range all {
		rows[i] = shelve(all[i], glances[i], now)
	}
	return rows, err
}

// load reads the next page of the list.
func (b *browser) load() tea.Cmd {
	l := sessions.Listing{Shelf: b.shelf, Limit: pageOfList}
	if n := len(b.list.all); n > 0 {
		l.After = &b.list.all[n-1].Session
	}
	return b.read(l)
}

// read reads a page of the list: the one that follows, or without After all
// that is there anew.
func (b *browser) read(l sessions.Listing) tea.Cmd {
	b.busy = true
	n, store := b.now, b.store
	return func() tea.Msg {
		all, err := store.List(l)
		var rows []*entry
		if err == nil {
			rows, err = glanced(store, all)
		}
		return action(func(m *Model) tea.Cmd {
			if b.now != n || !b.open(m) {
				return nil
			}
			b.busy = false
			b.change++
			if err != nil {
				b.list.more = false
				b.say(worded(err), true)
				return nil
			}
			was := b.chosen()
			if was.of == nil && b.query == "" {
				was, b.back = b.back, spotted{}
			}
			if l.After == nil {
				b.list.all = nil
			}
			b.list.all = append(b.list.all, rows...)
			b.list.more = len(rows) == l.Limit
			b.list.lay()
			return b.stay(was)
		})
	}
}

// count counts the sessions of the shelf.
func (b *browser) count() tea.Cmd {
	store, shelf := b.store, b.shelf
	return func() tea.Msg {
		total, err := store.Count(shelf)
		return action(func(*Model) tea.Cmd {
			if b.shelf == shelf && err == nil {
				b.total = total
				b.change++
			}
			return nil
		})
	}
}

// again reads anew what stands in the list, after something was done with
// sessions.
func (b *browser) again() tea.Cmd {
	b.now++
	cmds := []tea.Cmd{b.read(sessions.Listing{Shelf: b.shelf, Limit: max(len(b.list.all), pageOfList)}), b.count()}
	if b.query != "" {
		cmds = append(cmds, b.seek(b.query, "", max(len(b.found.all), pageOfSearch)))
	}
	return tea.Batch(cmds...)
}

// typed follows what is typed: after a moment it is searched.
func (b *browser) typed() tea.Cmd {
	text := strings.TrimSpace(b.input.Value())
	b.now++
	if b.stop != nil {
		b.stop()
		b.stop = nil
	}
	b.busy, b.none, b.wrong = false, nil, ""
	q, err := sessions.ParseTyping(b.input.Value())
	if wrong := (*sessions.QueryError)(nil); errors.As(err, &wrong) {
		b.wrong = plain.Line(wrong.Error())
		return nil // what was found before stays
	}
	if text == "" || q.Empty() {
		if b.query != "" {
			b.query, b.found, b.at, b.top = "", listing{}, 0, 0
		}
		if len(b.list.all) == 0 && b.list.more {
			return b.load()
		}
		return b.peer()
	}
	if b.shelf == sessions.Bin { // which is not searched
		b.shelf, b.list, b.total = sessions.Current, listing{more: true}, -1
	}
	b.busy = true
	n := b.now
	return tea.Tick(typingPause, func(time.Time) tea.Msg {
		return action(func(m *Model) tea.Cmd {
			if b.now != n || !b.open(m) {
				return nil
			}
			return b.seek(text, "", pageOfSearch)
		})
	})
}

// seek searches the store: the first page of what a query finds, or the one
// behind a place.
func (b *browser) seek(text string, after sessions.Cursor, limit int) tea.Cmd {
	q, err := sessions.ParseTyping(scoped(text, b.shelf))
	if err != nil {
		return nil // it was looked at while it was typed
	}
	if limit == 0 {
		limit = pageOfSearch
	}
	b.busy = true
	if b.stop != nil {
		b.stop()
	}
	ctx, stop := context.WithCancel(b.ctx)
	b.stop = stop
	n, store := b.now, b.store
	return func() tea.Msg {
		defer stop()
		r, err := store.Search(ctx, q, sessions.Page{After: after, Limit: limit})
		var rows []*entry
		if err == nil {
			rows, err = unearthed(store, r.Found)
		}
		return action(func(m *Model) tea.Cmd {
			if b.now != n || !b.open(m) {
				return nil
			}
			b.busy = false
			b.change++
			if err != nil {
				b.say(worded(err), true)
				return nil
			}
			was := b.chosen()
			if after == "" {
				b.found = listing{}
			}
			if b.query != text {
				b.at, b.top, was = 0, 0, b.back
			}
			b.back = spotted{}
			b.query = text
			b.found.all = append(b.found.all, rows...)
			b.found.next, b.found.more = r.Next, r.Next != ""
			b.found.lay()
			if b.eager {
				b.eager = false
				if act := b.enter(); act != nil {
					return act(m)
				}
			}
			return tea.Batch(b.stay(was), b.nowhere())
		})
	}
}

// scoped is a query of what is on a shelf.
func scoped(text string, shelf sessions.Shelf) string {
	if shelf == sessions.Archived {
		return "is:archived " + text
	}
	return text
}

// unearthed puts what was found into words.
func unearthed(store *sessions.Store, found []sessions.Found) ([]*entry, error) {
	all := make([]sessions.Session, len(found))
	for i := range found {
		all[i] = found[i].Session
	}
	rows, err := glanced(store, all)
	for i, f := range found {
		r := rows[i]
		r.more = f.More
		for _, h := range f.Hits {
			if h.Turn > 0 && r.first.Turn == 0 {
				r.first = h
			}
			if (h.Part == sessions.InTitle || h.Part == sessions.InQuestion) && h.Text == r.title {
				r.marks = h.Marks
				continue
			}
			r.hits = append(r.hits, h)
		}
	}
	return rows, err
}

// nowhere asks which part of a query finds nothing, where it finds nothing.
func (b *browser) nowhere() tea.Cmd {
	if len(b.found.all) > 0 || b.found.more || b.shelf != sessions.Current {
		return nil
	}
	ctx, stop := context.WithCancel(b.ctx)
	b.stop = stop
	n, store, text := b.now, b.store, b.query
	return func() tea.Msg {
		defer stop()
		parts, err := store.Nowhere(ctx, text)
		return action(func(m *Model) tea.Cmd {
			if err == nil && b.now == n && b.open(m) {
				b.none = append([]string{}, parts...)
				b.change++
			}
			return nil
		})
	}
}
