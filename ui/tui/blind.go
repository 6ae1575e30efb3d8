package tui

import (
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
)

// While a turn is hidden, pane number i shows the answer of seat number i, and
// nothing on the screen may tell which column that is: see [sessions.Turn.Veil]
// for what is shown of the answers. What speaks of the pane's own column, its
// name, its meters, what it would be sent of files, is left out, and so is all
// that changes with one answer before all of them are complete.

// at is the column whose answer the pane at a place shows: the pane's own, or in
// a hidden turn that of the seat; 0 for none.
func (t *turn) at(place, column int) int {
	if !t.Hidden() {
		return column
	}
	if t.seats == nil {
		t.seats = t.Seats()
	}
	if place < len(t.seats) {
		return t.seats[place]
	}
	return 0
}

// shown is the turn as it may be shown.
func (t *turn) shown(look *look) *sessions.Turn {
	if !t.Hidden() {
		return &t.Turn
	}
	if t.veiled == nil {
		var columns []sessions.Column
		for _, ref := range look.models {
			columns = append(columns, sessions.Column{Model: ref})
		}
		v := t.Veil(columns)
		t.veiled = &v
	}
	return t.veiled
}

// unveil has the turn's answers laid out anew: more of them may be shown now, or
// they stand in other panes.
func (t *turn) unveil() {
	t.veiled, t.seats = nil, nil
	clear(t.cells)
}

// veiled reports whether a turn on the screen is hidden: columns are not to be
// meddled with then.
func (m *Model) veiled() bool {
	return slices.ContainsFunc(m.tr.turns, func(t *turn) bool { return t.Hidden() })
}

// unrevealed is the newest turn if it is hidden.
func (m *Model) unrevealed() *turn {
	if n := len(m.tr.turns); n > 0 && m.tr.turns[n-1].Hidden() {
		return m.tr.turns[n-1]
	}
	return nil
}

// blindRun reports whether what is being answered, or about to be, is a blind
// turn: it is stopped as a whole, because one answer that ends early could be
// told from the others.
func (m *Model) blindRun() bool {
	if m.run == nil {
		return m.asking && (m.session.Blind || m.veiled())
	}
	t := m.tr.find(m.run.Turn)
	return t != nil && t.Hidden()
}

// settled does what concerns the session, unless another one is on its way: what
// was meant for the one would come to the other.
func settled(do func(*Model) tea.Cmd) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		if m.opening {
			return m.say("the session is still opening: a moment")
		}
		return do(m)
	}
}

// openly does what concerns one column, unless a turn is hidden, in which the
// panes are not those of the columns.
func openly(do func(*Model) tea.Cmd) func(*Model) tea.Cmd {
	return settled(func(m *Model) tea.Cmd {
		if m.veiled() {
			return m.warn("not while answers are blind: " + m.howToReveal())
		}
		return do(m)
	})
}

// howToReveal says what brings the names back, from where the keys are.
func (m *Model) howToReveal() string {
	words := m.paned("vote, then {reveal} shows the names")
	if !m.panel {
		words = m.keyed("{panes}, ") + words
	}
	return words
}

// paned is words for people with the keys that commands have in the panes.
func (m *Model) paned(words string) string { return m.look.keys.fill(inPanes, words) }

func (m *Model) toggleBlind() tea.Cmd {
	if m.bench == nil {
		return nil
	}
	on := !m.session.Blind
	m.bench.Blindly(on)
	m.refresh()
	switch {
	case on:
		m.aim.only = 0 // one alone can't be asked blind
		m.aimed()
		return m.say("blind: the next answers have no names, times or costs until you have voted")
	case m.veiled():
		return m.say("the next answers come with their names; blind ones stay so until revealed")
	}
	return m.say("the next answers come with their names")
}

// blindfold hides the panes' columns while the current turn is hidden.
func (m *Model) blindfold(current *turn) {
	hidden := current != nil && current.Hidden()
	for i := range m.panes {
		m.panes[i].veiled = hidden
	}
}

// seated is the name of a seat.
func seated(seat int) string { return "Answer " + strconv.Itoa(seat) }

// laySealed stands in the place of an answer of which nothing may be shown. It is
// the same for all of them.
func (c *cell) laySealed(w int, look *look) []string {
	if c.running {
		return c.paragraph("◷ ", "being written; shown when all answers are complete", w, look)
	}
	return c.paragraph("■ ", "not every answer is complete, so none is shown", w, look)
}

// maskedWords is how many names are not shown of an answer.
func maskedWords(n, w int, look *look) []string {
	if n == 0 {
		return nil
	}
	text := "· " + strconv.Itoa(n) + " names masked"
	if n == 1 {
		text = "· 1 name masked"
	}
	return []string{look.theme.Faint.Render(look.fit(text, w))}
}

// elapsed is how long ago a run's question was asked, in whole seconds.
func elapsed(r *sessions.Run, now time.Time) time.Duration {
	return now.Sub(r.Asked.Asked).Truncate(time.Second)
}
