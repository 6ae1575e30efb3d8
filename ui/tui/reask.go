package tui

import (
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
)

// A reasking is a session being asked again of other models, a run for each
// turn.
type reasking struct {
	*sessions.Reasking
	began    time.Time
	stopping bool // nobody is asked after the run that is under way
	seen     int  // ID of the turn that was put in view for it last; 0 for none
}

// leftover is a reask that was stopped, or in which something failed: it is
// what the form begins with.
type leftover struct {
	session sessions.ID
	reask   sessions.Reask
}

// startReask begins to ask the session again.
func (m *Model) startReask(r sessions.Reask) tea.Cmd {
	m.asking, m.stopped = true, nil
	b := m.bench
	return m.inOrder(func() action {
		a, err := b.Reask(r)
		now := time.Now()
		return func(m *Model) tea.Cmd {
			m.asking = false
			switch {
			case err != nil:
				return m.warn(m.whyNot(err))
			case len(a.Plan.Turns) == 0:
				return m.say("nothing to ask: all was answered, or has a file that the model can't take")
			}
			m.reask = &reasking{Reasking: a, began: now}
			m.left = leftover{m.session.ID, r}
			m.refresh()
			if i := slices.Index(m.session.Places, a.Plan.Columns[0].Column.ID); i >= 0 {
				m.focus = i // where something will be seen
				m.refresh()
			}
			return m.reaskNext(0)
		}
	})
}

// reaskNext asks the next turn, after the one that was asked last.
func (m *Model) reaskNext(last int) tea.Cmd {
	m.asking = true
	a, b, ctx, end := m.reask, m.bench, m.ctx, m.tr.last()
	return m.inOrder(func() action {
		run, err := a.Next(ctx)
		var grown []sessions.Turn
		why := ""
		if run != nil {
			grown, why = reread(b, end, run)
		}
		var before []sessions.Turn // the turn asked last, as it is now
		if last > 0 {
			before, _ = b.Turns(last+1, 1) // else it stays as it is
		}
		return func(m *Model) tea.Cmd {
			m.asking = false
			m.refresh()
			if grown != nil {
				m.showTurns(grown)
				m.say(why)
			}
			m.missed(before)
			switch {
			case err != nil:
				return tea.Batch(m.reaskOver(), m.warn("asking again ended here: "+m.whyNot(err)))
			case run == nil:
				return m.reaskOver()
			}
			m.picks = run.Picks()
			if t := m.tr.find(run.Turn); t != nil {
				m.begin(t, run.Asked, run.Picks())
				m.bringAsked(t)
			}
			if a.stopping {
				m.stopped = run.Columns()
			}
			return m.follow(run)
		}
	})
}

// missed shows what was answered to a turn that was loaded while it was.
func (m *Model) missed(turns []sessions.Turn) {
	for i := range turns {
		t := m.tr.find(turns[i].ID)
		if t == nil || t.changing > 0 || len(t.Answers) == len(turns[i].Answers) {
			continue
		}
		t.Turn = turns[i]
		t.unveil()
		m.retag(t)
	}
}

// bringAsked puts the turn that is asked now in view, unless somebody reads another
// one.
func (m *Model) bringAsked(t *turn) {
	i := slices.Index(m.tr.turns, t)
	if i < 0 || len(m.frame.panes) == 0 {
		return
	}
	b := m.body()
	if now := m.tr.current(b); m.reask.seen > 0 && now != nil && now.ID != m.reask.seen {
		return
	}
	m.tr.open(i, b)
	m.reask.seen = t.ID
}

// stopReask stops the answers under way, and nobody is asked after them.
func (m *Model) stopReask() tea.Cmd {
	m.reask.stopping = true
	if m.run != nil {
		m.run.StopAll()
	}
	return unseen
}

// reaskRan goes on after a run, unless it was to be the last one.
func (m *Model) reaskRan(turn int) tea.Cmd {
	if m.reask.stopping {
		return m.reaskOver()
	}
	return m.reaskNext(turn)
}

// reaskOver says what came of it, and rings if somebody may have looked away.
func (m *Model) reaskOver() tea.Cmd {
	a := m.reask
	m.reask = nil
	m.stale = true
	p := a.Progress()
	said := fmt.Sprintf("asked again: %d of %s", p.Turn, plural(p.Turns, "turn"))
	switch {
	case a.stopping:
		said += ", then stopped; what was said is kept, and " + m.paned("{again_with} goes on from there")
	case p.Failed > 0:
		said += fmt.Sprintf(", %d not answered: ", p.Failed) + m.paned("{again_with} asks those once more")
	case p.Turn == p.Turns:
		m.left = leftover{}
	}
	m.notice = notice{text: said, bad: p.Failed > 0 && !a.stopping}
	return func() tea.Msg {
		long := time.Since(a.began) > longRun
		return action(func(*Model) tea.Cmd {
			if !long || a.stopping {
				return nil
			}
			return tea.Raw("\a")
		})
	}
}

// reaskWords is how far it has come, for the header; "" while nothing is asked
// again. What it cost so far is not told while answers are hidden.
func (m *Model) reaskWords() string {
	if m.reask == nil {
		return ""
	}
	p := m.reask.Progress()
	words := fmt.Sprintf("again %d of %d", max(p.Turn, 1), p.Turns)
	if len(m.session.Hidden) == 0 && p.Spent > 0 {
		words += " · " + sessions.About(p.Guessed) + p.Spent.String() + " spent"
	}
	return words
}

// comesLate reports whether none of the answers that are given has a seat in a
// hidden turn: they change nothing of what is shown.
func (m *Model) comesLate(t *turn) bool {
	return !slices.ContainsFunc(m.picks, func(p sessions.Pick) bool { return !slices.Contains(t.Late, p.Column) })
}
