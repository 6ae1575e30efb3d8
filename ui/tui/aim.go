package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// An aim is where the question that is being written goes, and to whom. The
// zero value is every column, after all that was asked before.
type aim struct {
	instead int    // ID of the turn in whose place it is asked; 0 for none
	was     string // that turn's question, as it was put into the composer
	before  *draft // what stood there before it came
	only    int    // ID of the only column that is asked; 0 for all
}

// question is what is asked with this aim.
func (a aim) question(text string, files []*prompts.Attachment) sessions.Question {
	q := sessions.Question{Text: text, Files: files, Instead: a.instead}
	if a.only > 0 {
		q.Columns = []int{a.only}
	}
	return q
}

// edit puts the current turn's question into the composer, to be asked in its
// place: that begins a branch. What stood there comes back after it.
func (m *Model) edit() tea.Cmd {
	_, t := m.current()
	switch {
	case t == nil:
		return m.say("nothing was asked yet: ask something first")
	case m.opening:
		return m.say("the session is still opening: a moment")
	case m.waiting:
		return m.say(m.keyed("a question waits for its files: {back} keeps it here"))
	case m.aim.instead != t.ID:
		before := m.composer.written()
		if m.aim.instead > 0 {
			m.keepEdit()
			before = m.aim.before
		}
		m.composer.show(recalled(&t.Turn))
		m.aim.instead, m.aim.was, m.aim.before = t.ID, m.composer.text(), before
		m.aimed()
	}
	m.toComposer()
	return nil
}

// keepEdit keeps what was made of an earlier question, among those that were
// asked.
func (m *Model) keepEdit() {
	if now := m.composer.written(); m.aim.instead > 0 && !m.composer.empty() && now.text != m.aim.was {
		m.composer.remember(now)
	}
}

// endEdit leaves the earlier question as it was and gives back what was being
// written before.
func (m *Model) endEdit() tea.Cmd {
	changed := m.composer.text() != m.aim.was && !m.composer.empty()
	m.keepEdit()
	m.composer.show(m.aim.before)
	m.aim = aim{only: m.aim.only}
	m.aimed()
	if changed {
		return m.say("the question stays as it was; what you made of it is one up")
	}
	return nil
}

// endAim has the next question go to every column, after all others, as in a
// session that has just begun. Nothing that was typed is lost.
func (m *Model) endAim() {
	if m.aim.before != nil && m.aim.before.text != "" {
		m.composer.remember(m.aim.before)
	}
	m.aim = aim{}
	m.aimed()
}

// onlyNext asks only the current column, then only the next one, and after the
// last all again.
func (m *Model) onlyNext() tea.Cmd {
	if !m.mayBeOnly() {
		return nil
	}
	at := slices.IndexFunc(m.panes, func(p pane) bool { return p.column.ID == m.aim.only })
	switch next := (at + 1) % len(m.panes); {
	case at < 0:
		m.aim.only = m.panes[m.focus].column.ID
	case next == m.focus:
		m.aim.only = 0
	default:
		m.aim.only = m.panes[next].column.ID
	}
	m.aimed()
	return nil
}

// onlyThis asks only the current column, or all again.
func (m *Model) onlyThis() tea.Cmd {
	if !m.mayBeOnly() {
		return nil
	}
	if id := m.panes[m.focus].column.ID; m.aim.only == id {
		m.aim.only = 0
	} else {
		m.aim.only = id
		m.toComposer()
	}
	m.aimed()
	return nil
}

// mayBeOnly says why not, if a question can't go to one column alone.
func (m *Model) mayBeOnly() bool {
	switch {
	case len(m.panes) == 0:
		return false
	case len(m.panes) == 1:
		m.say(m.keyed("there is only one column; {add} adds another"))
	case m.session.Blind:
		m.say("a blind question goes to every column: nothing else could be compared")
	case m.waiting:
		m.say(m.keyed("a question waits for its files: {back} keeps it here"))
	default:
		return true
	}
	return false
}

// aimed follows a change of the aim: it is seen in the composer and
// above it.
func (m *Model) aimed() {
	sign := "❯ "
	switch place, ok := m.look.places[m.aim.only]; {
	case m.aim.instead > 0:
		sign = "⑂ "
	case ok:
		sign = fmt.Sprintf("%d❯", (place+1)%10)
	}
	m.composer.sign, m.composer.stale = sign, true
	m.flown, m.stale = false, true // it is told something else
	m.guess.dirty, m.guess.renew = true, true
	m.brief()
}

// aimLines are what the strip says of the aim.
func (m *Model) aimLines(w int) (lines []string) {
	th := m.look.theme
	line := func(head, text string) {
		s := th.Accent.Render(m.look.cut(head, w))
		lines = append(lines, s+th.Muted.Render(m.look.cut(text, max(w-m.look.width(head), 0))))
	}
	if m.aim.instead > 0 {
		what, _, _ := strings.Cut(strings.TrimSpace(plain.Text(m.aim.was)), "\n")
		head := " ⑂ in place of “" + m.look.cut(what, max(w/3, 10)) + "”"
		line(head, m.look.keyed(" · a branch begins, nothing is lost · {back} leaves it as it was"))
	}
	if place, ok := m.look.places[m.aim.only]; ok {
		head := fmt.Sprintf(" → only %d %s is asked", place+1, plain.Line(m.look.models[m.aim.only].Model))
		line(m.look.cut(head, max(w*2/3, 10)), m.look.keyed(" · {only} the next one, then all · {back} all"))
	}
	return lines
}
