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
		return th.Bad.Render(m.look.fit(" not saved, but kept here and tried again: "+worded(m.trouble), m.w))
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

// worded is an error in a line, with what to do about it: of the store without its
// path, which would take the room of the reason.
func worded(err error) string {
	why := err.Error()
	var store *sessions.StoreError
	if errors.As(err, &store) {
		why = store.Err.Error()
	}
	var advised interface {
		error
		Advice() string
	}
	switch {
	case errors.As(err, &advised) && advised.Advice() != "":
		why += " → " + advised.Advice()
	case errors.Is(err, sessions.ErrNotFound):
		why += " → the list of sessions shows what there is"
	case errors.Is(err, sessions.ErrTaken):
		why += " → open it again from the list of sessions"
	}
	return plain.Line(why)
}
