package tui

import tea "charm.land/bubbletea/v2"

// race has the local models of a device answer at once from the next question
// on, or one after the other again.
func (m *Model) race() tea.Cmd {
	if m.bench == nil {
		return nil
	}
	on := !m.session.Race
	m.bench.Race(on)
	m.refresh()
	if on {
		return m.say("race: local models answer at once; their times are contended and not counted")
	}
	return m.say("local models answer one after the other again")
}
