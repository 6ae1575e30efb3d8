package tui

import tea "charm.land/bubbletea/v2"

// A seek goes from turn to turn until the answers of one disagree. It judges
// turns that nobody has looked at yet, and loads earlier ones.
type seek struct {
	by   int // 1 for later turns, -1 for earlier ones
	from int // ID of the turn that it is at
	went int // how often it was not found in what was at hand
}

// seekAtOnce is how many turns are judged before the screen hears of it.
const seekAtOnce = 16

func (m *Model) nextDisagreement() tea.Cmd     { return m.seekBy(1) }
func (m *Model) previousDisagreement() tea.Cmd { return m.seekBy(-1) }

func (m *Model) seekBy(by int) tea.Cmd {
	if m.searching != nil { // its places are what is gone through
		return m.searchNext(by)
	}
	_, t := m.current()
	switch {
	case t == nil:
		return m.say("nothing was asked yet: ask something first")
	case len(m.panes) < 2:
		return m.say(m.keyed("one column agrees with itself: {add} adds another"))
	}
	m.seeking = &seek{by: by, from: t.ID}
	return m.seekOn(m.seeking)
}

// seekOn goes as far as turns are judged, and has the next ones judged.
func (m *Model) seekOn(s *seek) tea.Cmd {
	if m.seeking != s {
		return nil
	}
	at := m.tr.index(s.from)
	if at < 0 { // of a session that is no longer shown
		m.seeking = nil
		return nil
	}
	var trials []trial
	for i := at + s.by; i >= 0 && i < len(m.tr.turns) && len(trials) < seekAtOnce; i += s.by {
		t := m.tr.turns[i]
		of := m.toCompare(t)
		switch {
		case len(of.answers) < 2:
		case !t.knows(of):
			trials = append(trials, m.trialOf(t, of))
			continue
		case t.judged.disagree && len(trials) == 0:
			m.seeking = nil
			m.tr.open(i, m.body())
			return m.loadOlder()
		}
		if len(trials) == 0 {
			s.from = t.ID
		}
	}
	if s.went++; s.went > 2 { // it takes a while
		m.say(m.keyed("looking for a turn in which they disagree: {back} stops"))
	}
	switch {
	case len(trials) > 0:
		return m.seekJudged(s, trials)
	case s.by < 0 && m.tr.turns[0].Parent != 0:
		return m.seekOlder(s)
	}
	m.seeking = nil
	if s.by > 0 {
		return m.say(m.keyed("no later turn in which the answers disagree; {previous_disagreement} looks at earlier ones"))
	}
	return m.say(m.keyed("no earlier turn in which the answers disagree; {next_disagreement} looks at later ones"))
}

// seekJudged judges turns until one disagrees.
func (m *Model) seekJudged(s *seek, trials []trial) tea.Cmd {
	return func() tea.Msg {
		var found []*judgement
		for i := range trials {
			j := trials[i].judge()
			if found = append(found, j); j.disagree {
				break
			}
		}
		return action(func(m *Model) tea.Cmd {
			for i, j := range found {
				trials[i].turn.take(j)
			}
			return m.seekMore(s)
		})
	}
}

// seekOlder loads turns before the first one that is loaded.
func (m *Model) seekOlder(s *seek) tea.Cmd {
	b, id, before := m.bench, m.session.ID, m.tr.turns[0].ID
	return func() tea.Msg {
		turns, err := b.Turns(before, turnsAtOnce)
		return action(func(m *Model) tea.Cmd {
			switch {
			case m.seeking != s:
				return nil
			case err != nil:
				m.seeking = nil
				return m.warn("earlier turns could not be read: " + worded(err))
			case m.session.ID != id || len(turns) == 0:
				m.seeking = nil
				return nil
			}
			m.older(turns)
			return m.seekMore(s)
		})
	}
}

// seekMore goes on, unless somebody has pressed esc meanwhile.
func (m *Model) seekMore(s *seek) tea.Cmd {
	if m.seeking != s {
		return nil
	}
	m.notice = notice{}
	return m.seekOn(s)
}
