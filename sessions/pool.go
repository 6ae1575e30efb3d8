package sessions

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"juxta/providers"
	"juxta/sessions/plain"
	"juxta/sessions/verdict"
)

// A Case is a session with all of its turns.
type Case struct {
	Session Session
	Turns   []Turn
}

// base is the model that the session is measured against: its plan's or its own
// baseline.
func (c *Case) base() (providers.Ref, bool) {
	for _, id := range []int{c.planned(), c.Session.Baseline} {
		if column, ok := c.Session.Column(id); ok {
			return column.Model, true
		}
	}
	return providers.Ref{}, false
}

func (c *Case) planned() int {
	if p := c.Session.Plan; p != nil {
		return p.Baseline
	}
	return 0
}

// ColumnOf is the column of a model: the one that the session is measured against, if
// that has it, else the first.
func (c *Case) ColumnOf(model providers.Ref) (int, bool) {
	for _, id := range []int{c.planned(), c.Session.Baseline} {
		if column, ok := c.Session.Column(id); ok && column.Model == model {
			return id, true
		}
	}
	for _, column := range c.Session.Columns {
		if column.Model == model {
			return column.ID, true
		}
	}
	return 0, false
}

// Late reports whether the session has a plan that came after a vote, so that it
// is none.
func (c *Case) Late() bool { return c.Session.Plan != nil && !c.Session.Plan.precedes(c.Turns) }

// Has reports whether a model stands in a column of the session, or answered in it.
func (c *Case) Has(model providers.Ref) bool {
	return slices.ContainsFunc(c.Session.Columns, func(x Column) bool { return x.Model == model }) ||
		slices.ContainsFunc(c.Turns, func(t Turn) bool {
			return slices.ContainsFunc(t.Answers, func(a Answer) bool { return a.Model == model })
		})
}

// A BaselinesError says that sessions are measured against different models, so
// that they can't be pooled before somebody says which.
type BaselinesError struct {
	Models   []providers.Ref
	Sessions [][]ID // by model
}

func (e *BaselinesError) Error() string {
	var parts []string
	for i, m := range e.Models {
		first := string(e.Sessions[i][0])
		if n := len(e.Sessions[i]) - 1; n > 0 {
			first += fmt.Sprintf(" and %d more", n)
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", plain.Line(m.String()), first))
	}
	return "the sessions are measured against different models: " + strings.Join(parts, ", ")
}

// BaselineOf is the model that all sessions are measured against that say so. It
// is a [BaselinesError] where they differ, and [ErrNoBaseline] where none does.
func BaselineOf(cases []Case) (providers.Ref, error) {
	var e BaselinesError
	for i := range cases {
		model, ok := cases[i].base()
		if !ok {
			continue
		}
		at := slices.Index(e.Models, model)
		if at < 0 {
			at = len(e.Models)
			e.Models, e.Sessions = append(e.Models, model), append(e.Sessions, nil)
		}
		e.Sessions[at] = append(e.Sessions[at], cases[i].Session.ID)
	}
	switch len(e.Models) {
	case 0:
		return providers.Ref{}, ErrNoBaseline
	case 1:
		return e.Models[0], nil
	}
	return providers.Ref{}, &e
}

// Pool is what several sessions tell of their models against one of them, by
// model, whatever columns it stood in. It is [ErrNoBaseline] where no session has
// that one.
//
// What was asked in two sessions under the same circumstances is one prompt: the
// same text and files, as a first question or in an experiment, or behind the same
// questions asked at the same moments, as in a fork and what it was forked from.
// A vote or an answer that was copied with its turn counts once. A vote among several columns of
// one model is one for each of them. A plan holds for its own session alone, so that
// there is none.
func Pool(cases []Case, baseline providers.Ref) (Trial, error) {
	t := Trial{}
	switch {
	case len(cases) > 1:
		t.Unplanned = "Several sessions are counted together, and a plan holds for its own alone"
	case len(cases) == 1 && cases[0].Session.Plan != nil:
		t.Unplanned = "The plan has another baseline"
	}
	b := trying{trial: &t, seats: map[Seat]int{}, prompts: map[string]int{}, pool: &pooling{cast: map[string]ID{}, given: map[string]ID{}}}
	if !slices.ContainsFunc(cases, func(c Case) bool { return c.Has(baseline) }) {
		return Trial{}, ErrNoBaseline
	}
	for i := range cases {
		for _, c := range cases[i].Session.Shown() {
			b.seat(c.ID, c.Model)
		}
	}
	t.Baseline = b.seat(0, baseline)
	for i := range cases {
		b.session = &cases[i].Session
		b.pool.begin(&cases[i])
		b.addAll(cases[i].Turns)
	}
	b.finish()
	t.separate("")
	t.name()
	return t, nil
}

// Copied reports whether an answer of one of several sessions is one that a session
// before it has too, as a fork has those of what it was forked from: it counts
// once, there.
func (t *Trial) Copied(at Asking, p Pick) bool { return t.copies[at][p] }

// copied notes an answer that was counted before.
func (t *Trial) copied(at Asking, p Pick) {
	if t.copies == nil {
		t.copies = map[Asking]map[Pick]bool{}
	}
	if t.copies[at] == nil {
		t.copies[at] = map[Pick]bool{}
	}
	t.copies[at][p] = true
}

// A pooling is what is remembered of one session for the next.
type pooling struct {
	paths map[int]string // what led to each turn and with it, in the session that is being added
	cast  map[string]ID  // votes, and the session each was first met in
	given map[string]ID  // the same of answers
}

// begin works out what leads to each turn of a session.
func (p *pooling) begin(c *Case) {
	p.paths = make(map[int]string, len(c.Turns))
	for i := range c.Turns { // by ID, so that a parent comes first
		t := &c.Turns[i]
		h := sha256.New()
		fmt.Fprintf(h, "%s\n%d\n%q", p.before(&c.Session, t), t.Asked.UnixNano(), t.Text)
		for _, f := range t.Files {
			fmt.Fprintf(h, "\n%s", f.SHA256)
		}
		p.paths[t.ID] = string(h.Sum(nil))
	}
}

// before tells what led to a turn from what led to others; "" for nothing.
func (p *pooling) before(s *Session, t *Turn) string {
	if s.Kind == Experiment || t.Parent == 0 {
		return ""
	}
	if path, ok := p.paths[t.Parent]; ok {
		return path
	}
	return fmt.Sprintf("%s %d", s.ID, t.Parent)
}

// counted reports whether a vote was taken from another session before.
func (p *pooling) counted(in ID, prompt int, v *Vote, of verdict.Ballot) bool {
	return metBefore(p.cast, fmt.Sprintf("%d %d %q %t %v %v", prompt, v.At.UnixNano(), v.Voter, v.Blind, of.Seats, of.Best), in)
}

// copied reports whether an answer was taken from another session before: to the
// same question of the same moment, and sent at the same one.
func (p *pooling) copied(in ID, t *Turn, a *Answer) bool {
	if t.Asked.IsZero() {
		return false // another program's, which tells no times
	}
	return metBefore(p.given, fmt.Sprintf("%x %d %d %d", p.paths[t.ID], a.Column, a.Take, a.Timing.Sent.UnixNano()), in)
}

// metBefore reports whether something was first met in another session, and notes
// where it was.
func metBefore(met map[string]ID, key string, in ID) bool {
	first, ok := met[key]
	if !ok {
		met[key] = in
	}
	return ok && first != in
}

// apart is a vote as one for each choice of a seat where a model had several.
func apart(v verdict.Ballot, best []bool) []verdict.Ballot {
	all := []verdict.Ballot{{Turn: v.Turn, Voter: v.Voter, Blind: v.Blind, Pass: v.Pass}}
	for i, seat := range v.Seats {
		if slices.Contains(v.Seats[:i], seat) {
			continue // with the first of them
		}
		var next []verdict.Ballot
		for _, b := range all {
			for k := i; k < len(v.Seats); k++ {
				if v.Seats[k] != seat {
					continue
				}
				one := b
				one.Seats = append(slices.Clip(b.Seats), seat)
				if best[k] {
					one.Best = append(slices.Clip(b.Best), seat)
				}
				next = append(next, one)
			}
		}
		all = next
	}
	if len(v.Best) > 0 { // one in which the best is not says nothing, and not that all are bad
		all = slices.DeleteFunc(all, func(b verdict.Ballot) bool { return len(b.Best) == 0 })
	}
	return all
}
