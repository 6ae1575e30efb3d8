package tui

import (
	tea "charm.land/bubbletea/v2"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// What commands do. Each returns what must be done outside of the model, which
// comes back as a message of flow.go.

func (m *Model) say(text string) tea.Cmd {
	m.notice = notice{text: text}
	return nil
}

func (m *Model) warn(text string) tea.Cmd {
	m.notice = notice{text: text, bad: true}
	return nil
}

func suspend(m *Model) tea.Cmd { return tea.Sequence(m.gauge.leave, tea.Suspend) }

func quit(m *Model) tea.Cmd { return tea.Sequence(m.gauge.leave, m.stage.takeBack(), tea.Quit) }

func (m *Model) ask() tea.Cmd {
	switch {
	case m.composer.empty():
		return nil
	case m.bench == nil:
		return m.say("still opening the store: a moment, your question stays here")
	case m.checking || m.waiting:
		return nil
	}
	if may := m.typedFiles(); len(may) > 0 {
		return m.lookFirst(may)
	}
	return m.dispatch()
}

// dispatch sends the question, if there is somebody to send it to now.
func (m *Model) dispatch() tea.Cmd {
	switch {
	case m.run != nil || m.asking:
		return m.still("{back} stops a column, {stop_all} all")
	case m.opening:
		return m.say("the session is still opening: a moment, your question stays here")
	case m.unrevealed() != nil:
		return m.warn("the last answers are blind: " + m.howToReveal())
	case len(m.panes) == 0:
		return m.pickModel()
	}
	return m.submit()
}

func (m *Model) newline() tea.Cmd {
	m.composer.area.InsertString("\n")
	m.composer.stale, m.stale = true, true
	if m.waiting {
		m.hold(changed)
	}
	return nil
}

// current is the cell and turn that commands on an answer mean; nil for none.
func (m *Model) current() (*cell, *turn) {
	if len(m.panes) == 0 || len(m.frame.panes) == 0 {
		return nil, nil
	}
	t := m.tr.current(m.body())
	if t == nil {
		return nil, nil
	}
	return t.cell(m.speaker(t), &m.look), t
}

// speaker is the column whose answer to t the current pane shows; 0 for none.
func (m *Model) speaker(t *turn) int { return t.at(m.focus, m.panes[m.focus].column.ID) }

// answering reports whether a column's answer is still coming.
func (m *Model) answering(column int) bool {
	switch {
	case m.run == nil:
		return false
	case m.warm != nil:
		_, warming := m.warm.states[column]
		return warming && !m.session.Blind && !m.veiled() // which would tell that it is local
	}
	t := m.tr.find(m.run.Turn)
	return t != nil && (t.running(column) || t.Hidden())
}

func (m *Model) escape() tea.Cmd {
	switch {
	case len(m.overlays) > 0:
		return m.closeTop()
	case m.waiting:
		return m.hold("not sent: {send} sends it")
	case m.searching != nil:
		m.endSearch()
		return nil
	case m.seeking != nil:
		m.seeking = nil
		return m.say("stopped looking")
	case m.reask != nil:
		return m.stopReask()
	case len(m.panes) > 0 && (m.asking || m.answering(m.panes[m.focus].column.ID)):
		return m.stopCurrent()
	case len(m.failed) > 0 && !m.panel:
		m.failed, m.stale = nil, true
	case m.aim.instead > 0 && !m.panel:
		return m.endEdit()
	case m.aim.only > 0 && !m.panel:
		m.aim.only = 0
		m.aimed()
	}
	m.toComposer()
	return nil
}

func (m *Model) stopCurrent() tea.Cmd {
	if len(m.panes) == 0 {
		return nil
	}
	if m.blindRun() {
		return m.stopAll()
	}
	id := m.panes[m.focus].column.ID
	switch {
	case m.run == nil && !m.asking:
		return m.say("nothing is being answered")
	case m.asking:
		m.stopped = append(m.stopped, id)
	}
	if m.run != nil {
		m.run.Stop(id)
	}
	return unseen
}

func (m *Model) stopAll() tea.Cmd {
	if m.run == nil && !m.asking {
		return m.say("nothing is being answered")
	}
	if m.reask != nil {
		return m.stopReask()
	}
	for _, p := range m.panes {
		if m.asking {
			m.stopped = append(m.stopped, p.column.ID)
		}
	}
	if m.run != nil {
		m.run.StopAll()
	}
	return unseen
}

func (m *Model) toPanes() tea.Cmd {
	if len(m.panes) > 0 {
		m.panel = true
		m.composer.focus(false)
		m.refresh()
	}
	return nil
}

func (m *Model) toComposer() {
	if m.panel {
		m.panel = false
		m.composer.focus(true)
		m.refresh()
	}
}

func (m *Model) toComposerCmd() tea.Cmd { m.toComposer(); return nil }

func (m *Model) focusBy(n int) tea.Cmd {
	if len(m.panes) == 1 {
		return m.say(m.keyed("there is one column; {add} adds another"))
	}
	if len(m.panes) > 0 {
		m.focus = (m.focus + n + len(m.panes)) % len(m.panes)
		m.refresh()
	}
	return nil
}

func (m *Model) nextPane() tea.Cmd     { return m.focusBy(1) }
func (m *Model) previousPane() tea.Cmd { return m.focusBy(-1) }

func (m *Model) scroll(lines int) tea.Cmd {
	m.tr.scroll(lines, m.body())
	return m.loadOlder()
}

func (m *Model) lineDown() tea.Cmd { return m.scroll(1) }
func (m *Model) lineUp() tea.Cmd   { return m.scroll(-1) }
func (m *Model) pageUp() tea.Cmd   { return m.scroll(-max(m.body().height-2, 1)) }
func (m *Model) pageDown() tea.Cmd { return m.scroll(max(m.body().height-2, 1)) }

func (m *Model) jump(turns int) tea.Cmd {
	m.tr.jump(turns, m.body())
	return m.loadOlder()
}

func (m *Model) turnBefore() tea.Cmd { return m.jump(-1) }
func (m *Model) turnAfter() tea.Cmd  { return m.jump(1) }
func (m *Model) first() tea.Cmd      { return m.jump(-len(m.tr.turns)) }
func (m *Model) last() tea.Cmd       { m.tr.end(); return nil }

func (m *Model) toggleZoom() tea.Cmd {
	m.zoom, m.stale = !m.zoom, true
	return nil
}

func (m *Model) toggleThoughts() tea.Cmd {
	m.look.thoughts = !m.look.thoughts
	return nil
}

func (m *Model) most() bool { return len(m.panes) >= MostColumns }

// MostColumns is how many models are worth comparing at once.
const MostColumns = 8

func (m *Model) addColumn() tea.Cmd {
	if m.most() {
		return m.warn(m.keyed("8 columns are the most; {remove} removes one"))
	}
	return m.choose("Add a column", "enter adds", "", func(ref providers.Ref) action {
		return func(m *Model) tea.Cmd {
			m.bench.Add(sessions.Column{Model: ref, System: m.systemPrompt()})
			m.focus = len(m.panes)
			m.refresh()
			return nil
		}
	})
}

// systemPrompt is the one that a new column gets: that of the others.
func (m *Model) systemPrompt() string {
	if len(m.panes) == 0 {
		return ""
	}
	return m.panes[m.focus].column.System
}

func (m *Model) duplicate() tea.Cmd {
	switch {
	case len(m.panes) == 0:
		return nil
	case m.most():
		return m.warn(m.keyed("8 columns are the most; {remove} removes one"))
	}
	id := m.bench.Add(m.panes[m.focus].column)
	m.bench.Move(id, m.focus+1-len(m.panes))
	m.focus++
	m.refresh()
	return nil
}

func (m *Model) remove() tea.Cmd {
	switch {
	case len(m.panes) == 0:
		return nil
	case m.answering(m.panes[m.focus].column.ID):
		return m.warn(m.keyed("it is still answering: {stop} stops it"))
	case len(m.panes) == 1:
		return m.warn(m.keyed("one column stays; {model} gives it another model"))
	}
	id := m.panes[m.focus].column.ID
	r := removed{session: m.session.ID, column: id, place: m.focus, starred: m.session.Baseline == id}
	m.removed = append(m.removed, r)
	m.bench.Remove(id)
	m.refresh()
	words := plain.Line(m.look.models[id].Model) + " is removed"
	if r.starred {
		words += ", and nothing is measured against it any more"
	}
	return m.say(words + m.keyed("; {restore} brings it back"))
}

func (m *Model) move(by int) tea.Cmd {
	if len(m.panes) == 1 {
		return m.say(m.keyed("there is one column; {add} adds another"))
	}
	if len(m.panes) > 0 {
		m.bench.Move(m.panes[m.focus].column.ID, by)
		m.focus = max(0, min(m.focus+by, len(m.panes)-1))
		m.refresh()
	}
	return nil
}

func (m *Model) moveLeft() tea.Cmd  { return m.move(-1) }
func (m *Model) moveRight() tea.Cmd { return m.move(1) }

func (m *Model) newSession() tea.Cmd {
	switch {
	case m.bench == nil:
		return nil
	case m.run != nil || m.asking:
		return m.still("{stop_all} stops them all")
	case m.opening:
		return m.say("a session is still opening: a moment")
	case m.ballot.saving:
		return m.say("your vote is being saved: a moment")
	}
	m.bench.Begin()
	m.edge = 0
	m.endAim()
	m.showTurns(nil)
	m.toComposer()
	return m.say("a new session")
}
