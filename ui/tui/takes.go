package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/providers"
	"juxta/sessions"
)

// More than one answer of a column to a question, and which of them stands.

// askable is the current turn if its columns can be asked now; else it says why
// not.
func (m *Model) askable() (t *turn, ok bool) {
	_, t = m.current()
	switch {
	case t == nil:
		m.say("nothing was asked yet: ask something first")
	case m.run != nil || m.asking:
		m.still("{back} stops a column, {stop_all} all")
	case m.opening:
		m.say("the session is still opening: a moment")
	case t.Hidden():
		m.say(hidden)
	default:
		return t, true
	}
	return nil, false
}

// hidden is why nothing is done to a turn that would tell who answered what.
const hidden = "the turn is still blind: vote and reveal it first"

// again asks the current column once more.
func (m *Model) again() tea.Cmd {
	t, ok := m.askable()
	if !ok {
		return nil
	}
	return m.retake(t, []int{m.panes[m.focus].column.ID}, 0)
}

// againAll asks every column once more.
func (m *Model) againAll() tea.Cmd {
	t, ok := m.askable()
	if !ok {
		return nil
	}
	return m.retake(t, m.shown(), 0)
}

// shown are the IDs of the columns on the screen.
func (m *Model) shown() []int {
	ids := make([]int, len(m.panes))
	for i, p := range m.panes {
		ids[i] = p.column.ID
	}
	return ids
}

// retry asks those columns once more whose answer failed or is not whole.
func (m *Model) retry() tea.Cmd {
	t, ok := m.askable()
	if !ok {
		return nil
	}
	var ids []int
	for _, id := range m.shown() {
		if a, ok := t.Answer(id); ok && wanting(a) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return m.say(m.keyed("no answer of this turn failed or was cut off; {regenerate} asks a column again"))
	}
	m.say("asking " + plural(len(ids), "column") + " again")
	return m.retake(t, ids, 0)
}

// wanting reports whether an answer failed, was cut off, or was interrupted.
// What somebody stopped, they did not want.
func wanting(a *sessions.Answer) bool {
	return a.Error != nil && a.Finish != providers.Cancelled || a.Finish == providers.Failed || a.Finish == providers.Length || a.Finish == ""
}

// retake asks columns for other takes of their answers to a turn: for one that
// stands from then on, or for samples beside the one that does.
func (m *Model) retake(t *turn, columns []int, samples int) tea.Cmd {
	m.asking, m.stopped = true, nil
	b, ctx, id, last := m.bench, m.ctx, t.ID, m.tr.last()
	return m.inOrder(func() action {
		ask := func() (*sessions.Run, error) { return b.Again(ctx, id, columns...) }
		if samples > 0 {
			ask = func() (*sessions.Run, error) { return b.Sample(ctx, id, samples, columns...) }
		}
		run, err := ask()
		grown, why := reread(b, last, run)
		return func(m *Model) tea.Cmd {
			m.asking = false
			if err != nil {
				return m.warn(m.whyNot(err))
			}
			m.refresh()
			if grown != nil {
				m.showTurns(grown)
				m.say(why)
			}
			if t := m.tr.find(id); t != nil {
				m.begin(t, run.Asked, run.Picks())
			}
			return m.follow(run)
		}
	})
}

// elsewhere is said when turns appear that nobody here has asked.
const elsewhere = "another juxta has continued this session: its turns are shown now, and are told"

// changedElsewhere is said when turns are not what they were.
const changedElsewhere = "another juxta has changed this session: it is shown and told as it is now"

// reread reads the end of the branch that is worked on, if that is another one
// than was shown or something of it was changed, and says why; nil if it is as it
// was. run is nil where none was begun. It reads the disk.
func reread(b *sessions.Bench, shown int, run *sessions.Run) (turns []sessions.Turn, why string) {
	s := b.Session()
	switch {
	case s.Last() != shown:
		why = elsewhere
	case run != nil && run.Foreign:
		why = changedElsewhere
	default:
		return nil, ""
	}
	turns, _ = b.Turns(0, turnsAtOnce) // else it stays as it is
	return turns, why
}

// takes lists the takes of a column's answer.
func (t *turn) takes(column int) (takes []int) {
	for i := range t.Answers {
		if t.Answers[i].Column == column {
			takes = append(takes, t.Answers[i].Take)
		}
	}
	return takes
}

func (m *Model) previousTake() tea.Cmd { return m.takeBy(-1) }
func (m *Model) nextTake() tea.Cmd     { return m.takeBy(1) }

// takeBy has another take of the current column's answer stand: it is the one
// that is told next. It may be done while answers come.
func (m *Model) takeBy(by int) tea.Cmd {
	_, t := m.current()
	switch {
	case t == nil:
		return m.say("nothing was asked yet: ask something first")
	case t.Hidden():
		return m.say(hidden)
	}
	id := m.panes[m.focus].column.ID
	takes := t.takes(id)
	a, ok := t.Answer(id)
	switch {
	case !ok:
		return m.say(m.keyed("this column was not asked in this turn; {regenerate} asks it"))
	case len(takes) == 1:
		return m.say(m.keyed("this is the only take; {regenerate} asks for another"))
	}
	to := slices.Index(takes, a.Take) + by
	switch {
	case to < 0:
		return m.say(m.keyed(fmt.Sprintf("this is the first take of %d; {next_take} goes on", len(takes))))
	case to == len(takes):
		return m.say(m.keyed("this is the newest take; {regenerate} asks for another"))
	}
	p := sessions.Pick{Column: id, Take: takes[to]}
	standing := map[int]int{}
	maps.Copy(standing, t.Takes)
	standing[id] = p.Take
	t.Takes = standing
	m.retag(t)
	turn := t.ID
	return m.change(t, func(b *sessions.Bench) (sessions.Turn, error) { return b.Choose(turn, p) })
}

// change has the bench make a change of a turn that is shown already. When the
// last one that is on its way is made, the turn is shown as it is then: what was
// asked just before may have begun meanwhile, and a change may not be possible.
func (m *Model) change(t *turn, do func(*sessions.Bench) (sessions.Turn, error)) tea.Cmd {
	t.changing++
	b, id := m.bench, t.ID
	return m.inOrder(func() action {
		is, err := do(b)
		if err != nil {
			if found, _ := b.Turns(id+1, 1); len(found) == 1 {
				is = found[0]
			}
		}
		return func(m *Model) tea.Cmd {
			m.flown = false // another answer may be told with other files
			if t.changing--; t.changing == 0 && is.ID == id {
				t.Takes, t.Adopted = is.Takes, is.Adopted
				m.retag(t)
			}
			if err != nil {
				return m.warn(worded(err))
			}
			return nil
		}
	})
}

// Samples of one question: at least two to compare, and not more than a person
// looks through.
const (
	fewestSamples = 2
	mostSamples   = 10
)

// sample asks for several more answers to the current turn, so that one sees how
// much they differ.
func (m *Model) sample() tea.Cmd {
	t, ok := m.askable()
	if !ok {
		return nil
	}
	id, focused := t.ID, m.panes[m.focus].column.ID
	const mine, all = "this column", "every column"
	number := &field{name: "samples", kind: aNumber, value: "5", hint: fmt.Sprintf("%d to %d", fewestSamples, mostSamples), check: func(s string) error {
		_, err := samplesOf(s)
		return err
	}}
	who := &field{name: "of", kind: aChoice, value: mine, options: []string{mine, all}}
	f := newForm(fmt.Sprintf("Samples of turn %d", t.ID), &m.look, func(f *form) action {
		n, _ := samplesOf(f.value("samples")) // as it was checked
		columns := []int{focused}
		if f.value("of") == all {
			columns = m.shown()
		}
		return func(m *Model) tea.Cmd {
			m.pop()
			t := m.tr.find(id)
			if now, ok := m.askable(); !ok || t == nil || now.ID != id {
				return nil
			}
			return m.retake(t, columns, n)
		}
	}, number, who)
	f.note = "Each is another answer to the same question. How alike they are is said when all have come."
	m.push(f)
	return nil
}

func samplesOf(s string) (int, error) {
	n := 0
	if _, err := fmt.Sscanf(strings.TrimSpace(s)+"\n", "%d\n", &n); err != nil || n < fewestSamples || n > mostSamples {
		return 0, fmt.Errorf("a number from %d to %d", fewestSamples, mostSamples)
	}
	return n, nil
}

// progress is how many of a column's samples have come, while they do: "3 of 5
// samples".
func (m *Model) progress(t *turn, column int) string {
	if m.run == nil || t == nil || m.run.Turn != t.ID || t.Hidden() {
		return ""
	}
	n, left := 0, 0
	for _, p := range m.picks {
		if p.Column != column {
			continue
		}
		if n++; t.cells[p] != nil && t.cells[p].running {
			left++
		}
	}
	if n < 2 || left == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d samples", n-left, n)
}
