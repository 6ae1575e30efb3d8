package sessions

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"juxta/providers"
)

// A Reask is a session asked again of other models: each turn of the branch that
// is worked on, in order, in columns beside those that answered it then. What
// was answered stays as it is.
//
// Everybody is told each turn's history as it stands: the answers of a column
// that answered then, so that all go on from the same, or their own, which a
// model that lost its way does not find back from. Files are sent again.
type Reask struct {
	Columns  []Column // who is asked: a model and its settings; one that was added for the same before goes on where it stopped
	Follows  int      // ID of the column whose answers everybody is told; 0 for each its own
	From, To int      // IDs of the first turn and the last; 0 for those of the branch

	Most      *providers.Money // what its answers may cost together, besides the session's own budget; nil for no limit
	Uncounted bool             // models whose cost can't be told are asked under it
}

// A Plan is what a [Reask] comes to.
type Plan struct {
	Turns   []int     // IDs of those that somebody is asked in, in order
	Columns []Planned // those of the Reask, in their order
}

// A Planned is one column's share of a [Plan]: what it is asked, and what that
// would cost by estimate.
type Planned struct {
	Column   Column // its ID is 0 until it is added
	Turns    []int  // IDs of those that it is asked in
	Sent     int    // of Turns, those in which something is sent
	Answered int    // turns that it has answered before: they are not asked
	Barred   int    // turns in which nothing is sent, because of a file that its model can't take
	Forecast        // of what is sent
}

// Total is what everybody's answers would cost together.
func (p Plan) Total() Forecast {
	var f Forecast
	for _, s := range p.Columns {
		f.Cost, f.Unknown = plus(f.Cost, s.Cost), f.Unknown+s.Unknown
	}
	return f
}

// Sent is how many requests are sent.
func (p Plan) Sent() (n int) {
	for _, s := range p.Columns {
		n += s.Sent
	}
	return n
}

// Shown is how many columns of the session will be on the screen, once those of
// the plan are there.
func (p Plan) Shown(s *Session) int {
	n := len(s.Places)
	for _, c := range p.Columns {
		if !slices.Contains(s.Places, c.Column.ID) {
			n++
		}
	}
	return n
}

// Like is a column as another one, with another model.
func (c Column) Like(ref providers.Ref) Column {
	return Column{Model: ref, System: c.System, Params: c.Params, Schema: c.Schema, Preset: c.Preset}
}

// Original is the column whose answers a reask follows unless somebody wants
// another one: the baseline, or the first on the screen. Columns that were added
// to ask again come last.
func (s *Session) Original() (Column, bool) {
	shown := s.Shown()
	if len(shown) == 0 {
		return Column{}, false
	}
	rank := func(c Column) int {
		switch {
		case c.Again:
			return 2
		case c.ID == s.Baseline:
			return 0
		}
		return 1
	}
	return slices.MinFunc(shown, func(x, y Column) int { return rank(x) - rank(y) }), true
}

// Plan is what the reask comes to in a session. turns are all of the branch that
// is worked on, model is what is known of one. Its error says what can't be.
func (r Reask) Plan(s Session, turns []Turn, model func(providers.Ref) providers.Model) (Plan, error) {
	var p Plan
	if err := r.check(&s); err != nil {
		return p, err
	}
	if !slices.ContainsFunc(turns, func(t Turn) bool { return r.has(t.ID) }) {
		return p, errors.New("no turn of the branch in view is among those")
	}
	asked := map[int]bool{}
	for _, c := range r.Columns {
		one := r.planned(&s, r.in(&s, c), turns, model(c.Model))
		p.Columns = append(p.Columns, one)
		for _, t := range one.Turns {
			asked[t] = true
		}
	}
	for _, t := range turns {
		if asked[t.ID] {
			p.Turns = append(p.Turns, t.ID)
		}
	}
	return p, nil
}

// check says what of the reask can't be, whatever the turns are.
func (r Reask) check(s *Session) error {
	if len(r.Columns) == 0 {
		return errors.New("there is no model to ask")
	}
	for i, c := range r.Columns {
		if slices.ContainsFunc(r.Columns[:i], func(o Column) bool { return sameAs(o, c) }) {
			return fmt.Errorf("%s is named twice", c.Model)
		}
	}
	if _, ok := s.Column(r.Follows); r.Follows != 0 && !ok {
		return fmt.Errorf("there is no column %d", r.Follows)
	}
	for _, id := range []int{r.From, r.To} {
		switch {
		case id < 0 || id > s.Turns:
			return fmt.Errorf("there is no turn %d: the session has %d", id, s.Turns)
		case id > 0 && !s.Path().Has(id):
			return fmt.Errorf("turn %d is not on the branch in view", id)
		}
	}
	if r.To > 0 && r.From > r.To {
		return fmt.Errorf("turn %d comes after turn %d", r.From, r.To)
	}
	return nil
}

// has reports whether a turn of the branch is asked again.
func (r Reask) has(turn int) bool { return turn >= r.From && (r.To == 0 || turn <= r.To) }

// sameAs reports whether two columns have the same model and settings, see
// [Preset.Is].
func sameAs(x, y Column) bool {
	return x.Model == y.Model && Preset{System: x.System, Params: x.Params, Schema: x.Schema}.Is(y)
}

// in is the column of the session that answers for c: the one that was added for
// the same before, or one of ID 0.
func (r Reask) in(s *Session, c Column) Column {
	for _, o := range s.Columns {
		if o.Again && o.Follows == r.Follows && sameAs(o, c) {
			return o
		}
	}
	c.ID, c.Again, c.Follows = 0, true, r.Follows
	return c
}

// planned goes through the turns as they will be asked. Answers to come are told
// as long as they are expected to be.
func (r Reask) planned(s *Session, c Column, turns []Turn, m providers.Model) Planned {
	one := Planned{Column: c}
	var said story // for its measure
	var told []earlier
	past := load{runes: utf8.RuneCountInString(c.System)}
	for i := range turns {
		t := &turns[i]
		said.measure(t, c.ID)
		own, has := t.Answer(c.ID)
		comes := false // an answer is expected
		switch barred := blind(m, told, t.Files) != (obstacle{}); {
		case !r.has(t.ID):
		case has && own.ended():
			one.Answered++
		case barred && has && own.Error != nil && own.Error.Kind == providers.Unsupported:
			one.Barred++ // as it was found before
		case barred:
			one.Barred++
			one.Turns = append(one.Turns, t.ID)
		default:
			comes = true
			one.Sent++
			one.Turns = append(one.Turns, t.ID)
			l := past
			l.runes += utf8.RuneCountInString(t.Text)
			for _, f := range append(slices.Clip(told), t.files(nil)...) {
				l.file(m, f.Attachment, f.tokens)
			}
			one.add(l.cost(m, said.given.expects(m, c.Model, c.Params)))
		}
		if s.Kind == Experiment {
			continue
		}
		switch a, ok := t.Told(t.Lead(c.ID, c.Follows)); {
		case comes && (!ok || a.Column == c.ID):
			past.runes += utf8.RuneCountInString(t.Text)
			past.tokens += said.given.expects(m, c.Model, c.Params)
			told = append(told, t.files(nil)...)
		case ok && a.Remembered() && t.Hidden(): // how long it is would tell whose
			past.runes += utf8.RuneCountInString(t.Text)
			past.tokens += UsualOutput
			told = append(told, t.files(a)...)
		case ok && a.Remembered():
			past.runes += utf8.RuneCountInString(t.Text + a.Text + a.Refusal)
			told = append(told, t.files(a)...)
		}
	}
	return one
}
