package tui

import (
	"errors"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// status is the last line: a notice, trouble, or the keys of the moment.
func (m *Model) status() string {
	th := m.look.theme
	switch {
	case m.trouble != nil:
		return th.Bad.Render(m.look.fit(" not saved, but kept here and tried again: "+plain.Line(cause(m.trouble)), m.w))
	case m.notice.bad:
		return th.Warn.Render(m.look.fit(" "+plain.Line(m.notice.text), m.w))
	case m.notice.text != "":
		return th.Accent.Render(m.look.fit(" "+plain.Line(m.notice.text), m.w))
	case m.searching != nil:
		return m.searchLine()
	}
	s := &m.stage
	k := hinted{
		w: m.w, panel: m.panel, runs: m.run != nil || m.asking, theme: th,
		again: m.reask != nil, pictures: len(s.shots) > 0, attached: s.attached(), staged: m.frame.stage.Dy() > 0, mode: s.gallery.screen.mode(),
	}
	k.stops = len(m.panes) > 0 && (m.asking || m.answering(m.panes[m.focus].column.ID)) && !m.blindRun()
	if m.panel {
		if _, t := m.current(); t != nil {
			k.takes, k.branches = len(t.takes(m.panes[m.focus].column.ID)) > 1, t.branch != ""
		}
	}
	if m.hinted != k {
		m.hinted, m.hints = k, m.drawHints(k)
	}
	return m.hints
}

// cause is why saving fails, without the path, which would take the room of the
// reason, and with what to do about it.
func cause(trouble error) string {
	var e *sessions.StoreError
	if errors.As(trouble, &e) {
		return e.Err.Error() + " → " + e.Advice()
	}
	return trouble.Error()
}
