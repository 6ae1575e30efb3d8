package tui

import (
	"maps"
	"slices"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
)

// A search looks for words in all questions and answers of the session. While
// it is typed the status line has the keys; then the panes have them again, and
// the search stays until esc. Texts are looked through off the screen's path:
// those of turns that are not loaded are read from the store, once.
type search struct {
	input  textinput.Model
	typing bool
	needle *needle
	finds  finds
	at     int  // the number of the place that is shown
	busy   bool // somebody looks, perhaps for less than is typed by now
	stale  bool // an answer has come since
	err    error

	shown int  // the transcript's, when it began
	turn  int  // the one that the user was at
	lands bool // the first place from there is gone to once it is found
	back  struct {
		top, skip, chosen, focus int // top is the ID of the turn there
		follow                   bool
	}

	past  []sessions.Turn // those before the first one that was loaded at the beginning
	read  bool            // they are here
	known map[speech]hay  // of what was looked through
}

// search begins one, or goes on typing the one that is there.
func (m *Model) search() tea.Cmd {
	if len(m.tr.turns) == 0 {
		return m.say("nothing was asked yet: ask something first")
	}
	m.toPanes()
	if s := m.searching; s != nil {
		s.typing = true
		s.input.Focus()
		s.input.CursorEnd()
		return nil
	}
	m.beginSearch()
	return nil
}

// beginSearch begins one in which nothing is typed yet. Something was asked.
func (m *Model) beginSearch() *search {
	s := &search{input: newLine("", "", m.look.theme), typing: true, needle: newNeedle(""), shown: m.tr.shown, known: map[speech]hay{}}
	s.input.Focus()
	if _, t := m.current(); t != nil {
		s.turn = t.ID
	}
	m.tr.settle(m.body())
	s.back.top, s.back.skip, s.back.chosen, s.back.follow, s.back.focus = m.tr.turns[m.tr.top].ID, m.tr.skip, m.tr.chosen, m.tr.follow, m.focus
	m.searching = s
	return s
}

// endSearch takes the marks away. Whoever has not left the line yet is back
// where the search began.
func (m *Model) endSearch() {
	s := m.searching
	m.searching = nil
	if !s.typing {
		return
	}
	if i := m.tr.index(s.back.top); i >= 0 {
		m.tr.top, m.tr.skip, m.tr.follow, m.tr.chosen = i, s.back.skip, s.back.follow, s.back.chosen
	}
	m.focus = s.back.focus
	m.refresh()
}

// typeSearch is a key while the search is typed.
func (m *Model) typeSearch(k tea.KeyPressMsg) tea.Cmd {
	s := m.searching
	switch k.String() {
	case "enter":
		if len(s.needle.runes) == 0 {
			m.endSearch()
			return nil
		}
		s.typing = false
		s.input.Blur()
		return nil
	case "down", "ctrl+n":
		return m.searchNext(1)
	case "up", "ctrl+p":
		return m.searchNext(-1)
	}
	var cmd tea.Cmd
	before := s.input.Value()
	s.input, cmd = s.input.Update(k)
	if s.input.Value() != before {
		cmd = tea.Batch(cmd, m.searchFor(s))
	}
	return cmd
}

// pasteSearch is text that is pasted while the search is typed.
func (m *Model) pasteSearch(text string) tea.Cmd {
	s := m.searching
	pasteLine(&s.input, text)
	return m.searchFor(s)
}

// searchFor looks for what is typed.
func (m *Model) searchFor(s *search) tea.Cmd {
	s.needle = newNeedle(s.input.Value())
	if len(s.needle.runes) == 0 {
		s.finds, s.at = finds{}, 0
		return nil
	}
	if s.busy {
		return nil // whoever looks will look again
	}
	return m.lookThrough(s)
}

// lookThrough looks through everything for the needle as it is now.
func (m *Model) lookThrough(s *search) tea.Cmd {
	s.busy, s.stale = true, false
	var columns []int
	for _, p := range m.panes {
		columns = append(columns, p.column.ID)
	}
	var loaded []speech
	for _, t := range m.tr.turns {
		loaded = append(loaded, speeches(t.shown(&m.look), columns, hiddenSeats(&t.Turn))...)
	}
	b, n, first, known, shown := m.bench, s.needle, m.tr.turns[0], s.known, m.session.Columns
	past, read := s.past, s.read || first.Parent == 0
	return func() tea.Msg {
		var err error
		if !read {
			past, err = allBefore(b, first.ID)
		}
		var all []speech
		for i := range past {
			if t := &past[i]; t.ID < first.ID {
				v := t.Veil(shown)
				all = append(all, speeches(&v, columns, hiddenSeats(t))...)
			}
		}
		hays, fresh := haysOf(append(all, loaded...), known)
		var f finds
		f.look(n, hays)
		return action(func(m *Model) tea.Cmd {
			if m.searching != s {
				return nil
			}
			s.busy, s.err, s.past, s.read = false, err, past, err == nil
			maps.Copy(s.known, fresh)
			if s.needle != n || s.stale {
				if len(s.needle.runes) == 0 {
					return nil
				}
				return m.lookThrough(s)
			}
			return m.sighted(s, f)
		})
	}
}

// hiddenSeats are the seats of a turn whose names are hidden; nil for another's.
func hiddenSeats(t *sessions.Turn) []int {
	if t.Hidden() {
		return t.Seats()
	}
	return nil
}

// allBefore are all turns of the branch before one, oldest first.
func allBefore(b *sessions.Bench, before int) ([]sessions.Turn, error) {
	var pages [][]sessions.Turn
	for before > 0 {
		turns, err := b.Turns(before, turnsAtOnce)
		if err != nil {
			return nil, err
		}
		if len(turns) == 0 {
			break
		}
		pages = append(pages, turns)
		if before = turns[0].ID; turns[0].Parent == 0 {
			break
		}
	}
	slices.Reverse(pages)
	return slices.Concat(pages...), nil
}

// searchAgain looks through what has come since.
func (m *Model) searchAgain() tea.Cmd {
	s := m.searching
	switch {
	case s == nil || len(s.needle.runes) == 0:
		return nil
	case s.busy:
		s.stale = true
		return nil
	}
	return m.lookThrough(s)
}

// sighted takes in where the needle stands: while it is typed the screen goes to
// the first place from where the user was.
func (m *Model) sighted(s *search, f finds) tea.Cmd {
	before := s.finds.total
	s.finds = f
	switch {
	case f.total == 0:
		s.at = 0
	case s.typing, s.lands:
		s.at, s.lands = f.from(s.turn), false
		return m.showFind(s)
	case before != f.total:
		s.at = min(s.at, f.total-1)
	}
	return nil
}

// searchNext goes to the next place, or the one before.
func (m *Model) searchNext(by int) tea.Cmd {
	s := m.searching
	if s.finds.total == 0 {
		return nil
	}
	s.at = (s.at + by + s.finds.total) % s.finds.total
	return m.showFind(s)
}

// showFind goes to the place with the number s.at.
func (m *Model) showFind(s *search) tea.Cmd {
	f, nth := s.finds.at(s.at)
	if first := m.tr.turns[0].ID; f.turn < first {
		from := slices.IndexFunc(s.past, func(t sessions.Turn) bool { return t.ID >= f.turn })
		to := slices.IndexFunc(s.past, func(t sessions.Turn) bool { return t.ID >= first })
		if to < 0 {
			to = len(s.past)
		}
		if from >= 0 {
			m.older(s.past[max(from-3, 0):to])
		}
	}
	i := m.tr.index(f.turn)
	if i < 0 {
		return nil
	}
	if f.place >= 0 && f.place != m.focus && f.place < len(m.panes) {
		m.focus = f.place
		m.refresh()
	}
	m.place()
	b := m.body()
	m.tr.open(i, b)
	if k := m.focus - b.first; k >= 0 && k < len(b.columns) {
		m.tr.reveal(i, m.tr.cell(i, k, b).lineOf(s.needle, f.place < 0, nth, b.widths[k], b.look), b)
	}
	return m.loadOlder()
}

// reveal scrolls so that a line of turn i, whose top has been gone to, is in the
// body, with some lines before it.
func (tr *transcript) reveal(i, line int, b body) {
	at := line // in the body
	if tr.top < i || tr.top == i {
		for k := tr.top; k < i; k++ {
			at += tr.heightOf(k, b)
		}
		at -= tr.skip
	}
	if at >= 0 && at < b.height {
		return
	}
	chosen := tr.chosen
	tr.scroll(at-b.height/3, b)
	tr.chosen = chosen
}
