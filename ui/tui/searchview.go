package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// point says what is marked in the panes: the words, and the place that was gone
// to.
func (m *Model) point(b body) {
	s := m.searching
	if s == nil || len(s.needle.runes) == 0 {
		m.look.marking = nil
		return
	}
	k := &marking{needle: s.needle}
	if s.finds.total > 0 {
		f, nth := s.finds.at(s.at)
		place := f.place
		if place < 0 { // the question stands in every pane
			place = m.focus
		}
		if t := m.tr.find(f.turn); t != nil && place >= b.first && place < b.first+len(b.columns) {
			k.cell, k.asking, k.nth = t.cell(t.at(place, b.columns[place-b.first]), &m.look), f.place < 0, nth
		}
	}
	m.look.marking = k
}

// searchPrompt stands before what is searched.
const searchPrompt = " / "

// searchLine is the status line while something is searched.
func (m *Model) searchLine() string {
	th, s := m.look.theme, m.searching
	var right []string
	switch {
	case len(s.needle.runes) == 0:
		right = append(right, m.keyed("every question and answer of the session"))
	case s.err != nil:
		right = append(right, th.Warn.Render("earlier turns could not be read: "+worded(s.err)))
	case s.busy:
		right = append(right, th.Faint.Render("looking"))
	case s.finds.total == 0:
		right = append(right, th.Warn.Render("not found"))
	default:
		right = append(right, th.Accent.Render(fmt.Sprintf("%d of %d", s.at+1, s.finds.total)))
	}
	hint := func(keys, what string) { right = append(right, th.KeyHint.Render(keys)+th.Faint.Render(" "+what)) }
	switch {
	case s.typing && len(s.needle.runes) > 0:
		hint("enter", "stays")
		hint("↑ ↓", "places")
		hint(m.look.keys.name("back"), "goes back")
	case s.typing:
		hint(m.look.keys.name("back"), "goes back")
	case !m.panel:
		hint(m.look.keys.name("panes"), "panes")
		hint(m.look.keys.name("back"), "ends")
	default:
		keys := m.look.keys
		hint(keys.nameIn(inPanes, "next_disagreement")+" "+keys.nameIn(inPanes, "previous_disagreement"), "places")
		hint(keys.nameIn(inPanes, "search"), "other words")
		hint(keys.name("back"), "ends")
	}
	words := strings.Join(right, "  ")
	room := max(m.w-len(searchPrompt)-m.look.width(words)-3, min(m.w-len(searchPrompt)-1, 12))
	s.input.SetWidth(max(room-1, 1))
	return m.look.fit(th.Prompt.Render(searchPrompt)+m.look.fit(strings.TrimRight(s.input.View(), " "), room)+" "+words, m.w)
}

func (m *Model) searchCursor() *tea.Cursor {
	c := m.searching.input.Cursor()
	if c == nil || m.frame.status.Dy() == 0 {
		return nil
	}
	c.X, c.Y = min(c.X+len(searchPrompt), m.w-1), m.frame.status.Min.Y
	return c
}
