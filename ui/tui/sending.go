package tui

import tea "charm.land/bubbletea/v2"

// submit sends the question, as soon as all that is attached is ready.
func (m *Model) submit() tea.Cmd {
	if m.unready() > 0 {
		m.waiting, m.stale = true, true
		return nil
	}
	if why := m.without(); why != "" {
		return m.say(m.keyed(why))
	}
	text, files := m.composer.question(), m.files()
	if text == "" && len(files) == 0 {
		return nil
	}
	m.asking, m.stopped, m.stale = true, nil, true
	m.forget()
	m.told, m.flown = nil, false
	q := m.aim.question(text, readied(files))
	q.Prompt = m.composer.using.of(text)
	d, to := m.composer.take(), m.aim
	m.aim = aim{}
	if to.before != nil {
		m.composer.show(to.before)
	}
	m.aimed()
	return m.put(d, q, to)
}

// unready is how many of the files attached can't be sent yet.
func (m *Model) unready() int {
	n := 0
	for _, f := range m.files() {
		if !f.settled(m.edge) {
			n++
		}
	}
	return n
}

// submitReady sends the question that was waiting for its files.
func (m *Model) submitReady() tea.Cmd {
	if !m.waiting || m.unready() > 0 {
		return nil
	}
	m.waiting = false
	if m.run != nil || m.asking || m.opening {
		return m.still("{send} sends the question then")
	}
	return m.submit()
}

// changed is said where a question that was waiting is no longer the one that
// enter was pressed for.
const changed = "not sent, as it was changed: {send} sends it"

// hold keeps a question that was waiting for its files.
func (m *Model) hold(why string) tea.Cmd {
	m.waiting, m.stale = false, true
	return m.say(m.keyed(why))
}
