package tui

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/diff"
	"juxta/sessions/plain"
)

// What the answers of a turn have in common is found once they are all there,
// off the screen's path, and kept with the turn. Only the turn that is looked at
// is compared, and those that n and N look through.

// A judgement is what the answers of a turn have in common.
type judgement struct {
	of       compared
	known    bool // else it is of fewer than two answers, or they are too long
	figure   float64
	disagree bool
	found    []group
	samples  map[int]string // how alike the samples of a column are
}

// compared says which answers a judgement is of: another take, column or
// mask makes another one.
type compared struct {
	answers []sessions.Pick         // those that stand, from left to right
	samples map[int][]sessions.Pick // the takes of each column that was asked alike several times
	hidden  bool                    // names were masked
}

func (c compared) equal(o compared) bool {
	return c.hidden == o.hidden && slices.Equal(c.answers, o.answers) && maps.EqualFunc(c.samples, o.samples, slices.Equal)
}

// some reports whether there is anything to compare.
func (c compared) some() bool { return len(c.answers) > 1 || len(c.samples) > 0 }

// seats are the columns that were asked in a turn, in the order and with the
// numbers under which they are shown: those of the panes, or while the turn is
// blind of its seats.
func (m *Model) seats(t *turn) (columns []int, number func(column int) int) {
	if t.Hidden() {
		return t.Seats(), t.Seat
	}
	for _, p := range m.panes {
		if slices.Contains(t.Columns, p.column.ID) {
			columns = append(columns, p.column.ID)
		}
	}
	return columns, func(column int) int {
		return slices.IndexFunc(m.panes, func(p pane) bool { return p.column.ID == column }) + 1
	}
}

// whole reports whether all answers of a turn are there that will come by
// themselves.
func (m *Model) whole(t *turn) bool {
	return (m.run == nil || m.run.Turn != t.ID) && !t.Sealed()
}

// toCompare is what of a turn can be compared.
func (m *Model) toCompare(t *turn) compared {
	c := compared{hidden: t.Hidden()}
	if !m.whole(t) {
		return c
	}
	columns, _ := m.seats(t)
	for _, id := range columns {
		a, ok := t.Answer(id)
		if !ok || !speaks(a) {
			continue
		}
		c.answers = append(c.answers, sessions.Pick{Column: id, Take: a.Take})
		if s := samples(&t.Turn, a); len(s) > 1 {
			if c.samples == nil {
				c.samples = map[int][]sessions.Pick{}
			}
			c.samples[id] = s
		}
	}
	return c
}

// speaks reports whether an answer has words that can be compared with others'.
func speaks(a *sessions.Answer) bool { return a.Text+a.Refusal != "" && a.Finish != providers.Failed }

// samples are the whole takes of a column that were asked as a was: by the same
// model with the same settings.
func samples(t *sessions.Turn, a *sessions.Answer) []sessions.Pick {
	var all []sessions.Pick
	for i := range t.Answers {
		o := &t.Answers[i]
		if o.Column == a.Column && speaks(o) && o.Finish != "" && o.Finish != providers.Cancelled &&
			o.Model == a.Model && o.System == a.System && reflect.DeepEqual(o.Params, a.Params) {
			all = append(all, sessions.Pick{Column: o.Column, Take: o.Take})
		}
	}
	return all
}

// A trial is a turn that is to be judged.
type trial struct {
	turn    *turn
	of      compared
	as      sessions.Turn
	columns []sessions.Column
}

func (m *Model) trialOf(t *turn, of compared) trial {
	as := t.Turn
	as.Answers = slices.Clone(as.Answers) // a run writes into them
	return trial{t, of, as, slices.Clone(m.session.Columns)}
}

// judge compares the answers. It is pure, and takes milliseconds.
func (x *trial) judge() *judgement {
	j := &judgement{of: x.of}
	as := x.as.Veil(x.columns)
	texts := func(picks []sessions.Pick) []string {
		var all []string
		for _, p := range picks {
			if a, ok := as.Take(p); ok {
				all = append(all, plain.Text(a.Text+a.Refusal))
			}
		}
		return all
	}
	a := diff.Agree(texts(x.of.answers))
	j.known, j.figure, j.disagree, j.found = a.Known, a.Figure, a.Disagree, grouped(&a)
	for column, picks := range x.of.samples {
		if s := diff.Repeat(texts(picks)); s.Known {
			if j.samples == nil {
				j.samples = map[int]string{}
			}
			j.samples[column] = samplesWords(&s)
		}
	}
	return j
}

// samplesWords is how alike samples are, and in which fields of JSON they are
// not.
func samplesWords(s *diff.Samples) string {
	text := fmt.Sprintf("%d samples: %d agree, spread %s", s.N, s.Alike, hundredths(s.Spread))
	var fields []string
	for _, f := range s.Fields {
		if f.Alike < s.N {
			fields = append(fields, fmt.Sprintf("%s %d", plain.Line(f.Path), f.Alike))
		}
	}
	if fields != nil {
		text += " · " + strings.Join(fields, ", ")
	}
	return text
}

// judgeCurrent has the current turn judged if its answers are all there and it
// is not yet.
func (m *Model) judgeCurrent() tea.Cmd {
	if len(m.panes) == 0 || len(m.tr.turns) == 0 {
		return nil
	}
	m.place() // which turn is the current one depends on it
	t := m.tr.current(m.body())
	if t == nil {
		return nil
	}
	of := m.toCompare(t)
	if t.knows(of) {
		return nil
	}
	t.judged = nil // of other answers
	if !of.some() || t.judging.equal(of) {
		return nil
	}
	t.judging = of
	for column, s := range of.samples { // so that the line is there when the answer is, and nothing moves later
		t.tell(column, fmt.Sprintf("%d samples", len(s)))
	}
	x := m.trialOf(t, of)
	return func() tea.Msg {
		j := x.judge()
		return action(func(*Model) tea.Cmd { x.turn.take(j); return nil })
	}
}

// knows reports whether a turn has been judged by these answers.
func (t *turn) knows(of compared) bool { return t.judged != nil && t.judged.of.equal(of) }

// take keeps a judgement, and has the cells say what it is of samples.
func (t *turn) take(j *judgement) {
	t.judged, t.judging = j, compared{}
	for column, text := range j.samples {
		t.tell(column, text)
	}
}

// tell has the cells of a column say how alike its samples are.
func (t *turn) tell(column int, text string) {
	for p, c := range t.cells {
		if p.Column == column && c.sampled != text {
			c.sampled, c.width = text, 0
		}
	}
}

// sampled is how alike the samples of a column are; "" if there are none or
// that is not known.
func (t *turn) sampled(column int) string {
	if t.judged == nil {
		return ""
	}
	return t.judged.samples[column]
}

func hundredths(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }
