package tui

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
)

// How the browser is left for a session.

// leaveForNew begins a new session.
func (m *Model) leaveForNew(b *browser) tea.Cmd {
	if why := m.whyStay(); why != "" {
		b.say(why, true)
		return nil
	}
	m.closeBrowser()
	return m.newSession()
}

func (m *Model) closeBrowser() {
	if b := m.browser(); b != nil {
		b.left(m)
		m.drop(b)
	}
}

// left remembers what somebody looked for.
func (b *browser) left(m *Model) {
	m.shelving.query, m.shelving.at = b.input.Value(), b.chosen()
	if b.stop != nil {
		b.stop()
	}
}

// whyStay is why no other session can be gone to now; "" if one can.
func (m *Model) whyStay() string {
	switch {
	case m.warm != nil:
		return m.keyed("models are still warming up: {stop_all} stops them all")
	case m.run != nil || m.asking || m.reask != nil:
		return m.keyed("answers are still coming: {stop_all} stops them all")
	case m.opening:
		return "a session is still opening: a moment"
	case m.ballot.saving:
		return "your vote is being saved: a moment"
	}
	return ""
}

// openSession works on a session, at a turn if that is not 0, where words are
// marked.
func (m *Model) openSession(b *browser, id sessions.ID, turn int, words string) tea.Cmd {
	if id == m.session.ID && m.tr.find(turn) != nil {
		m.closeBrowser()
		return m.land(turn, words)
	}
	if why := m.whyStay(); why != "" {
		b.say(why, true)
		return nil
	}
	m.closeBrowser()
	return m.resumeAt(id, turn, func(m *Model) tea.Cmd { return m.land(turn, words) })
}

// againInBrowser opens a session to ask it again of other models.
func (m *Model) againInBrowser(b *browser) tea.Cmd {
	p := b.chosen()
	if p.of == nil {
		return nil
	}
	if why := m.whyStay(); why != "" {
		b.say(why, true)
		return nil
	}
	m.closeBrowser()
	if p.of.ID == m.session.ID {
		return settled((*Model).againWith)(m)
	}
	return m.resumeAt(p.of.ID, 0, settled((*Model).againWith))
}

func (m *Model) resume(id sessions.ID) tea.Cmd {
	return m.resumeAt(id, 0, func(*Model) tea.Cmd { return nil })
}

// resumeAt works on a session of the store, on the branch that a turn is on if
// that is not 0. Once it is there, then is done.
func (m *Model) resumeAt(id sessions.ID, turn int, then func(*Model) tea.Cmd) tea.Cmd {
	if why := m.whyStay(); why != "" {
		return m.say(why)
	}
	m.opening = true // a question asked meanwhile would go to the one or the other
	b := m.bench
	return func() tea.Msg {
		err := b.Resume(id)
		if s := b.Session(); err == nil && turn > 0 && !s.Path().Has(turn) {
			err = b.Go(turn)
		}
		var turns []sessions.Turn
		switch {
		case err != nil:
		case turn == 0:
			turns, err = b.Turns(0, turnsAtOnce)
		default:
			turns, err = upTo(b, turn)
		}
		return action(func(m *Model) tea.Cmd {
			m.opening = false
			if errors.Is(err, sessions.ErrNotFound) {
				return m.warn("it is no longer there, somebody has deleted it: choose another")
			}
			if err != nil {
				return m.warn(worded(err))
			}
			m.showSession(turns)
			return then(m)
		})
	}
}

// land brings a turn into view, with words marked in it.
func (m *Model) land(id int, words string) tea.Cmd {
	if id == 0 || !m.bring(id) {
		return nil
	}
	if words == "" {
		return m.loadOlder()
	}
	s := m.beginSearch()
	s.input.SetValue(words)
	s.input.Blur()
	s.turn, s.typing, s.lands = id, false, true
	return tea.Batch(m.searchFor(s), m.loadOlder())
}
