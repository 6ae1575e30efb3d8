package tui

import (
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
)

const (
	closing = 5 * time.Second  // the longest wait for saving at the end
	longRun = 10 * time.Second // a bell tells the end of a run that took longer
)

// newsMsg is what a run reports; more is false when it is over.
type newsMsg struct {
	run  *sessions.Run
	news []sessions.News
	more bool
}

// listen waits for a run's next report. One listen is outstanding per run.
func listen(r *sessions.Run) tea.Cmd {
	return func() tea.Msg {
		news, more := r.Next()
		return newsMsg{r, news, more}
	}
}

// open opens the bench and reads the newest turns of its session.
func (m *Model) open() tea.Cmd {
	ctx, open, send, fault := m.ctx, m.opts.Open, m.send, m.opts.Fault
	return func() tea.Msg {
		b, err := open(ctx)
		var turns []sessions.Turn
		if err == nil {
			b.OnTrouble(func(error) { // whichever message comes first, it brings the truth
				go send(action(func(m *Model) tea.Cmd { m.saving(b.Trouble()); return nil }))
			})
			if fault != nil {
				b.OnFault(fault)
			}
			turns, err = b.Turns(0, turnsAtOnce)
		}
		return action(func(m *Model) tea.Cmd {
			m.bench = b
			if err != nil {
				m.fatal = err
				return tea.Sequence(m.gauge.leave, tea.Quit)
			}
			m.showSession(turns)
			if m.replaying() {
				m.toPanes()
				return m.play()
			}
			var look tea.Cmd
			if !m.opts.Within {
				look = m.lookForModels()
			}
			if m.opts.Browse {
				return tea.Batch(m.browse(), look)
			}
			if p := m.opts.Prompt; p != nil {
				return tea.Batch(m.fillIn(p, m.opts.Values, m.opts.KeepSystem), look)
			}
			return look
		})
	}
}

// saving takes in that saving fails, or with nil that it works again: then
// everything is saved.
func (m *Model) saving(trouble error) {
	m.trouble = trouble
	if trouble != nil {
		return
	}
	for _, t := range m.tr.turns {
		for _, c := range t.cells {
			c.unsaved, c.metered = nil, 0
		}
	}
}

// showSession shows the bench's session with its newest turns.
func (m *Model) showSession(turns []sessions.Turn) {
	m.focus, m.edge = 0, 0
	m.endAim()
	m.showTurns(turns)
	for _, t := range turns {
		m.composer.remember(recalled(&t))
	}
}

// showTurns shows the end of the branch that is worked on.
func (m *Model) showTurns(turns []sessions.Turn) {
	m.tr.show(turns)
	m.refresh()
	m.retag(m.tr.turns...)
}

// thrift has the collector come when the heap has grown by half and not when it
// has doubled. A long session is mostly text that stays: that is 7 KB a turn of two
// columns instead of 12, for 2 to 5 % of the time that streaming takes. The start,
// which throws nothing away, does not pay for it; GOGC is somebody's own choice.
var thrift = sync.OnceFunc(func() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
})

// put asks the question. If it could not be asked it goes back to the composer.
func (m *Model) put(d *draft, q sessions.Question, to aim) tea.Cmd {
	b, ctx, last := m.bench, m.ctx, m.tr.last()
	return m.inOrder(func() action {
		thrift()
		run, err := b.Put(ctx, q)
		var path []sessions.Turn // that it follows, if that is not what was shown
		var unread error
		if err == nil && (run.Asked.Parent != last || run.Foreign) {
			path, unread = b.Turns(run.Turn, turnsAtOnce)
		}
		return func(m *Model) tea.Cmd {
			m.asking = false
			if err != nil {
				m.unasked(d, to)
				return m.warn(m.whyNot(err))
			}
			m.refresh()
			d.keep(run.Asked.Files)
			switch {
			case run.Asked.Parent == last && !run.Foreign:
			case unread != nil:
				m.warn("the turns before could not be read: " + worded(unread))
			case run.Asked.Parent == last:
				m.say(changedElsewhere)
			case q.Instead == 0:
				m.say(elsewhere)
			default:
				m.say(m.keyed("a branch of its own; in the panes {previous_branch} {next_branch} go back and forth"))
			}
			if run.Asked.Parent != last || run.Foreign && unread == nil {
				m.showTurns(path)
			}
			m.begin(m.tr.add(run.Asked), run.Asked, run.Picks())
			return m.follow(run)
		}
	})
}

// unasked puts a question that could not be asked back, unless something else
// was written meanwhile.
func (m *Model) unasked(d *draft, to aim) {
	if m.composer.empty() || to.before != nil && m.composer.text() == to.before.text {
		m.composer.show(d)
		m.aim = to
		m.aimed()
	}
	m.stale = true
}

// begin makes a place in turn t, as it is now, for each answer that is going to
// be given.
func (m *Model) begin(t *turn, as sessions.Turn, picks []sessions.Pick) {
	t.Turn, t.veiled = as, nil
	for _, p := range picks {
		t.cells[p] = t.lay(p, true, &m.look)
		delete(t.cells, sessions.Pick{Column: p.Column})
	}
	m.picks = picks
	m.retag(t)
}

// follow listens to a run, after stopping what was stopped before it began.
func (m *Model) follow(run *sessions.Run) tea.Cmd {
	m.run, m.stale, m.elapsed = run, true, 0
	m.gauge.stream(true)
	for _, id := range m.stopped {
		run.Stop(id)
	}
	m.stopped = nil
	return tea.Batch(listen(run), watch(run))
}

// watch counts the seconds in which a run's columns say nothing: a run reports
// words, and of a column that answers already no silence.
func watch(r *sessions.Run) tea.Cmd {
	return tea.Tick(time.Second, func(now time.Time) tea.Msg {
		return action(func(m *Model) tea.Cmd {
			if m.run != r {
				return nil
			}
			m.elapsed = elapsed(r, now)
			if t := m.tr.find(r.Turn); t != nil {
				for _, c := range t.cells {
					if c.running && !m.replaying() { // whose silences are those of then
						c.rest(c.quiet + time.Second)
					}
				}
			}
			return watch(r)
		})
	})
}

// report hands a run's news to the cells and asks for more.
func (m *Model) report(msg newsMsg) tea.Cmd {
	if msg.run != m.run {
		return nil // of a session that is no longer shown
	}
	if m.warm != nil {
		m.warm.hear(msg.news)
		m.heat()
	}
	t := m.tr.find(msg.run.Turn)
	for _, n := range msg.news {
		if t == nil {
			break
		}
		if c := t.cells[sessions.Pick{Column: n.Column, Take: n.Take}]; c != nil {
			c.hear(n)
		}
		if n.Final != nil {
			m.tally()
			for i := range t.Answers {
				if a := &t.Answers[i]; a.Column == n.Column && a.Take == n.Final.Take {
					*a = *n.Final
				}
			}
		}
	}
	if t != nil && t.Hidden() && (!t.Sealed() || !msg.more) && !m.comesLate(t) { // all at once
		t.unveil()
		m.tr.begin(t)
	}
	if msg.more {
		return listen(msg.run)
	}
	warm := m.warm
	m.run, m.warm = nil, nil
	again := tea.Batch(m.searchAgain(), m.judgeAgain())
	m.gauge.stream(false)
	m.refresh()
	switch {
	case warm != nil:
		return m.over(warm)
	case m.replaying():
		return tea.Batch(again, m.breathe())
	case m.reask != nil:
		return tea.Batch(again, m.reaskRan(msg.run.Turn))
	}
	if t != nil && tookLong(t, m.picks) {
		return tea.Batch(again, tea.Raw("\a"))
	}
	return again
}

// tookLong reports whether somebody may have looked away while answers came.
func tookLong(t *turn, picks []sessions.Pick) bool {
	return slices.ContainsFunc(picks, func(p sessions.Pick) bool {
		a, ok := t.Take(p)
		return ok && a.Timing.Wall > longRun
	})
}

// loadOlder reads earlier turns when the top comes near.
func (m *Model) loadOlder() tea.Cmd {
	before, ok := m.tr.wantsOlder()
	if !ok {
		return nil
	}
	m.tr.loading = true
	b, id := m.bench, m.session.ID
	return func() tea.Msg {
		turns, err := b.Turns(before, turnsAtOnce)
		return action(func(m *Model) tea.Cmd {
			if m.session.ID != id {
				return nil // another one is shown by now
			}
			m.older(turns)
			if err != nil {
				return m.warn("earlier turns could not be read: " + worded(err))
			}
			return nil
		})
	}
}

// older puts earlier turns in front of those that are shown.
func (m *Model) older(turns []sessions.Turn) { m.retag(m.tr.older(turns)...) }
