package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// Branches: an earlier question asked in other words, the ways that lead on from
// a turn, and sessions that begin with the turns of another.

func (m *Model) previousBranch() tea.Cmd { return m.branchBy(-1) }
func (m *Model) nextBranch() tea.Cmd     { return m.branchBy(1) }

// branchBy goes on with another of the turns that follow the same one as the
// current turn does.
func (m *Model) branchBy(by int) tea.Cmd {
	_, t := m.current()
	switch {
	case t == nil:
		return m.say("nothing was asked yet: ask something first")
	case m.run != nil || m.asking:
		return m.still("{back} stops a column, {stop_all} all")
	case m.opening:
		return m.say("the session is still opening: a moment")
	}
	all := m.session.Siblings(t.ID)
	to := slices.Index(all, t.ID) + by
	switch {
	case len(all) < 2:
		return m.say(m.keyed("no other branch begins at this turn: {edit} begins one; ⑂ marks such turns"))
	case to < 0:
		return m.say(m.keyed(fmt.Sprintf("this is the first branch of %d; {next_branch} goes on", len(all))))
	case to >= len(all):
		return m.say(m.keyed("this is the newest branch: {edit} begins another"))
	}
	return m.goTo(all[to])
}

// goTo works on the branch of a turn, and shows that turn.
func (m *Model) goTo(turn int) tea.Cmd {
	m.opening = true
	b := m.bench
	return m.inOrder(func() action {
		err := b.Go(turn)
		var turns []sessions.Turn
		if err == nil {
			turns, err = upTo(b, turn)
		}
		return func(m *Model) tea.Cmd {
			m.opening = false
			if err != nil {
				return m.warn(worded(err))
			}
			focus := m.focus
			m.showTurns(turns)
			m.focus = min(focus, max(len(m.panes)-1, 0))
			m.refresh()
			m.bring(turn)
			return nil
		}
	})
}

// upTo reads the end of the branch that is worked on, from a few turns before
// the given one. It reads the disk.
func upTo(b *sessions.Bench, turn int) ([]sessions.Turn, error) {
	turns, err := b.Turns(0, turnsAtOnce)
	for err == nil && len(turns) > 0 && turns[0].ID > turn && turns[0].Parent > 0 {
		var more []sessions.Turn
		if more, err = b.Turns(turns[0].ID, turnsAtOnce); len(more) == 0 {
			break
		}
		turns = append(more, turns...)
	}
	return turns, err
}

// bring brings a turn into view, and reports whether it is loaded.
func (m *Model) bring(id int) bool {
	m.place()
	i := m.tr.index(id)
	if i < 0 || len(m.frame.panes) == 0 {
		return false
	}
	m.tr.open(i, m.body())
	return true
}

// fork goes on in a session of its own that begins with the turns up to the
// current one.
func (m *Model) fork() tea.Cmd {
	t, ok := m.askable()
	if !ok {
		return nil
	}
	m.opening = true
	b, turn := m.bench, t.ID
	return m.inOrder(func() action {
		err := b.Fork(turn)
		var turns []sessions.Turn
		if err == nil {
			turns, err = b.Turns(0, turnsAtOnce)
		}
		return func(m *Model) tea.Cmd {
			m.opening = false
			if err != nil {
				return m.warn(worded(err))
			}
			m.endAim()
			m.showTurns(turns)
			m.toComposer()
			m.say(m.keyed("a session of its own from here on; {sessions} has the other one, as it was"))
			return nil
		}
	})
}

// origin is where the session is from, in few words; "" if it is no fork.
func (m *Model) origin() string {
	o := m.session.Origin
	switch {
	case o == nil:
		return ""
	case m.w < 110:
		return fmt.Sprintf(" ⑂ from turn %d", o.Turn)
	}
	return fmt.Sprintf(" ⑂ from turn %d of %.10s…", o.Turn, plain.Line(string(o.Session)))
}

// adopt has all columns go on from the answer of the current one, or each from
// its own again.
func (m *Model) adopt() tea.Cmd {
	_, t := m.current()
	switch {
	case t == nil:
		return m.say("nothing was asked yet: ask something first")
	case m.opening:
		return m.say("the session is still opening: a moment")
	case t.Hidden():
		return m.say(hidden)
	}
	id := m.panes[m.focus].column.ID
	a, ok := t.Answer(id)
	p := sessions.Pick{Column: id}
	switch {
	case ok && t.Adopted != nil && *t.Adopted == sessions.Pick{Column: id, Take: a.Take}:
		p = sessions.Pick{}
	case !ok:
		return m.say("this column was not asked in this turn: choose one that was")
	case t.cell(id, &m.look).running:
		return m.say(m.keyed("this answer is still coming: {stop} stops it"))
	case !a.Remembered():
		return m.say("there is nothing to go on from: choose one that was answered")
	default:
		p.Take = a.Take
	}
	var to *sessions.Pick
	if p.Take > 0 {
		to = &p
		m.say(m.keyed(fmt.Sprintf("every column is told %d's answer as its own now; {adopt} takes that back", m.focus+1)))
	} else {
		m.say("every column goes on from its own answer again")
	}
	t.Adopted = to
	m.retag(t)
	turn := t.ID
	return m.change(t, func(b *sessions.Bench) (sessions.Turn, error) { return b.Adopt(turn, to) })
}
