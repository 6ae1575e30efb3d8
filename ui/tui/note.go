package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// note opens a sheet for the note on the current turn.
func (m *Model) note() tea.Cmd {
	_, t := m.current()
	if m.bench == nil || t == nil {
		return m.say("nothing was asked yet: ask something first")
	}
	id := t.ID
	before := plain.Text(t.Note)
	title := fmt.Sprintf("Note on turn %d", id)
	m.write(title+" of "+string(m.session.ID), title, "what you want to remember of it; empty for nothing", before, func(text string) action {
		return func(m *Model) tea.Cmd {
			t := m.tr.find(id)
			if text = strings.TrimSpace(text); t == nil || text == strings.TrimSpace(before) {
				return nil
			}
			return m.after(func(m *Model) tea.Cmd {
				return m.amend(t, func(b *sessions.Bench) (sessions.Turn, error) { return b.Note(id, text) }, nil)
			})
		}
	})
	return nil
}

// layNote is the turn's note, below its question.
func (c *cell) layNote(w int, look *look) []string {
	if c.note == "" {
		return nil
	}
	lines := c.paragraph("✎ ", c.note, w, look)
	if len(lines) > longQuestion {
		lines = append(lines[:longQuestion], look.theme.Faint.Render(look.fit("  …", w)))
	}
	return lines
}
