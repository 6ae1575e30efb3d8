package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// removed is a column that was taken off the screen.
type removed struct {
	session sessions.ID
	column  int
	place   int
	starred bool // it was the baseline
}

// restore brings back the column that was removed last, to where it stood: one
// of this session that was removed since juxta started, or else the newest of
// those that it has and that are not on the screen.
func (m *Model) restore() tea.Cmd {
	if m.bench == nil {
		return nil
	}
	var gone []removed
	for _, c := range m.session.Columns {
		if !slices.Contains(m.session.Places, c.ID) {
			gone = append(gone, removed{session: m.session.ID, column: c.ID, place: len(m.session.Places)})
		}
	}
	switch {
	case len(gone) == 0:
		return m.say(m.keyed("no column of this session was removed; {add} adds one"))
	case m.most():
		return m.warn(m.keyed("8 columns are the most; {remove} removes one"))
	}
	last := gone[len(gone)-1]
	for i, r := range slices.Backward(m.removed) {
		if slices.ContainsFunc(gone, func(g removed) bool { return g.session == r.session && g.column == r.column }) {
			last = r
			m.removed = slices.Delete(m.removed, i, i+1)
			break
		}
	}
	b, n := m.bench, len(gone)-1
	return m.inOrder(func() action {
		b.Restore(last.column, last.place)
		return func(m *Model) tea.Cmd { return m.restored(last, n) }
	})
}

// restored says which column is back, and of how many others the key would say so.
func (m *Model) restored(r removed, others int) tea.Cmd {
	m.refresh()
	i := slices.Index(m.session.Places, r.column)
	if i < 0 || m.session.ID != r.session {
		return nil // another session was opened meanwhile
	}
	words := plain.Line(m.look.models[r.column].Model) + " is back"
	if r.starred && m.session.Baseline == 0 {
		m.measureBy(r.column, true)
		words += ", as the baseline " + star
	}
	m.focus = i
	m.refresh()
	if others > 0 {
		words += fmt.Sprintf("; %d more: ", others) + m.keyed("{restore}")
	}
	return m.say(words)
}
