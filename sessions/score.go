package sessions

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"juxta/providers"
	"juxta/sessions/verdict"
)

// A Board is what a whole session tells of its models: every turn of every
// branch, and every take. Turns that were asked blind count once they are
// revealed; before that a board would tell who answered what.
type Board struct {
	Turns  int     // that are counted
	Hidden int     // blind turns that are not, yet
	Scores []Score // those of the columns on the screen first, from left to right
}

// A Score is what a session tells of one model in one column. A column that was
// given another model has a score for each.
//
// Times are those of answers that came to their end; see [verdict.Spread] for
// what is said of how many. Those of a cold answer hold its load and stand
// apart, and those of a raced one are worth nothing.
type Score struct {
	Column    int
	Model     providers.Ref
	Simulated bool
	Settings  int // under how many different ones it answered

	Blind, Open verdict.Tally // of votes, never counted together

	Answers int                    // that came to their end
	Failed  map[providers.Kind]int // those that failed, by why
	Stopped int                    // by the user
	Lost    int                    // that still come, or never ended
	Refused int                    // of Answers, those in which the model declined
	Cut     int                    // of Answers, those that the token limit ended

	Cost Costs

	First, Visible verdict.Spread // seconds to the first token, and to the first visible character
	Speed          verdict.Spread // tokens per second
	Guessed        bool           // some of Speed comes of estimated tokens
	Cold           verdict.Spread // seconds to the first token of cold answers
	Load           verdict.Spread // seconds of their load, where that was told
	Raced          int            // answers whose times are left out
	Untold         int            // local answers of which nobody knows whether they were cold; they count as warm
}

// Costs are what answers that came to their end cost, as far as that is known.
type Costs struct {
	Known   int             // answers whose cost is
	Sum     providers.Money // of those
	Guessed bool            // some of Sum comes of estimated tokens
	Unknown int             // answers whose cost is not, never counted as 0
	Local   int             // answers of models that run here without a price
	Free    int             // of Known, those that nobody is paid for

	// The standing answers of turns in which the baseline's is known, too: what
	// they cost, and what the baseline's did.
	Pairs            int
	Paired, Baseline providers.Money
}

// Share is what the answers cost of the baseline's in the same turns, see
// [Share].
func (c Costs) Share() string { return Share(c.Paired, c.Baseline) }

// Score reads the whole session and says what it tells. It reads the disk.
func (b *Bench) Score() (Board, error) {
	b.mu.Lock()
	d, s := b.desk, b.desk.session.clone()
	b.mu.Unlock()
	t := newScoring(s)
	if err := b.each(d, s.Turns, t.add); err != nil {
		return Board{}, err
	}
	return t.board(), nil
}

// each has do take every one of the first n turns of a desk, in their order.
func (b *Bench) each(d *desk, n int, do func(*Turn)) error {
	all := Path{{1, n}}
	for after := 0; after < n; {
		turns, err := b.some(d, all, after, page)
		if err != nil {
			return err
		}
		if len(turns) == 0 {
			break // the rest is another process's, and not here yet
		}
		for _, turn := range turns {
			b.mu.Lock()
			now := turn.clone() // a run may be changing it
			b.mu.Unlock()
			do(&now)
		}
		after = turns[len(turns)-1].ID
	}
	return nil
}

// A scoring is a board on the way.
type scoring struct {
	session Session
	turns   int
	hidden  int
	scores  map[seat]*sums
	order   []seat // as they first answered
}

// A seat is one model in one column.
type seat struct {
	column int
	model  providers.Ref
}

// sums are what a score is made of.
type sums struct {
	Score
	settings                         map[string]bool
	first, visible, cold, load, rate []float64
}

func newScoring(s Session) *scoring { return &scoring{session: s, scores: map[seat]*sums{}} }

// of is the score of whom an answer is from.
func (t *scoring) of(a *Answer) *sums {
	at := seat{a.Column, a.Model}
	s := t.scores[at]
	if s == nil {
		s = &sums{Score: Score{Column: a.Column, Model: a.Model, Failed: map[providers.Kind]int{}}, settings: map[string]bool{}}
		t.scores[at] = s
		t.order = append(t.order, at)
	}
	return s
}

func (t *scoring) add(turn *Turn) {
	if turn.Hidden() {
		t.hidden++
		return
	}
	t.turns++
	for i := range turn.Answers {
		t.of(&turn.Answers[i]).answer(&turn.Answers[i])
	}
	for i := range turn.Votes {
		if v := &turn.Votes[i]; v.Prefers() {
			t.vote(turn, v)
		}
	}
	base, ok := turn.Answer(t.session.Baseline)
	if !ok {
		return
	}
	for _, id := range turn.Columns {
		if a, ok := turn.Answer(id); ok && id != t.session.Baseline {
			t.of(a).pair(a, base)
		}
	}
}

// vote counts a vote for those whose takes were judged.
func (t *scoring) vote(turn *Turn, v *Vote) {
	for _, p := range v.Takes {
		a, ok := turn.Take(p)
		if !ok {
			continue
		}
		into := &t.of(a).Open
		if v.Blind {
			into = &t.of(a).Blind
		}
		into.Count(v.Seats, v.Best, p.Column)
	}
}

// answer counts an answer.
func (s *sums) answer(a *Answer) {
	s.Simulated = s.Simulated || a.Simulated
	switch {
	case a.Finish == "":
		s.Lost++
		return
	case a.Finish == providers.Cancelled:
		s.Stopped++
	case a.Finish == providers.Failed:
		kind := providers.ServerFault
		if a.Error != nil {
			kind = a.Error.Kind
		}
		s.Failed[kind]++
	default:
		s.Answers++
	}
	if !a.ended() {
		return
	}
	s.settings[settingsOf(a)] = true
	s.Cost.add(a)
	switch a.Finish {
	case providers.Refused:
		s.Refused++
	case providers.Length:
		s.Cut++
	}
	s.time(a)
}

// time takes in the times of an answer that came to its end.
func (s *sums) time(a *Answer) {
	into := func(samples *[]float64, d time.Duration) {
		if d > 0 {
			*samples = append(*samples, d.Seconds())
		}
	}
	cold, told := a.Cold()
	switch {
	case a.Raced:
		s.Raced++
		return
	case cold:
		into(&s.cold, a.Timing.FirstToken)
		if a.Server.Load != nil {
			into(&s.load, *a.Server.Load)
		}
		return
	case a.Local && !told && a.Server.Load == nil && !a.Simulated:
		s.Untold++
	}
	into(&s.first, a.Timing.FirstToken)
	into(&s.visible, a.Timing.FirstAnswer)
	if v := a.Timing.Speed(a.Usage); v > 0 {
		s.rate = append(s.rate, v)
		s.Guessed = s.Guessed || a.Usage.Estimated
	}
}

// settingsOf is what an answer was asked with, as a key. What juxta sets itself
// from question to question, the window of a local model, is not in it.
func settingsOf(a *Answer) string {
	b, err := json.Marshal(struct {
		S string
		P providers.Params
		F json.RawMessage
	}{a.System, a.Params.Without("context"), a.Schema})
	if err != nil { // a schema that is no JSON
		return a.System + string(a.Schema)
	}
	return string(b)
}

func (c *Costs) add(a *Answer) {
	money, source := a.Cost()
	switch {
	case money != nil && c.Sum+*money >= c.Sum: // and no overflow
		c.Known++
		c.Sum += *money
		c.Guessed = c.Guessed || *money > 0 && a.guessed()
		if source == providers.Free {
			c.Free++
		}
	case source == providers.LocalCost:
		c.Local++
	default:
		c.Unknown++
	}
}

// pair takes in what an answer cost beside the baseline's to the same question.
func (s *sums) pair(a, base *Answer) {
	mine, _ := a.Cost()
	other, _ := base.Cost()
	c := &s.Cost
	if mine == nil || other == nil || !a.ended() || !base.ended() || c.Paired+*mine < c.Paired || c.Baseline+*other < c.Baseline {
		return
	}
	c.Pairs++
	c.Paired += *mine
	c.Baseline += *other
}

// board is what was counted, in the order of the screen.
func (t *scoring) board() Board {
	b := Board{Turns: t.turns, Hidden: t.hidden}
	for _, at := range t.order {
		s := t.scores[at]
		s.Settings = len(s.settings)
		s.First, s.Visible, s.Speed = verdict.SpreadOf(s.first), verdict.SpreadOf(s.visible), verdict.SpreadOf(s.rate)
		s.Cold, s.Load = verdict.SpreadOf(s.cold), verdict.SpreadOf(s.load)
		b.Scores = append(b.Scores, s.Score)
	}
	slices.SortStableFunc(b.Scores, func(x, y Score) int {
		return cmp.Or(t.place(x.Column)-t.place(y.Column), t.old(x)-t.old(y))
	})
	return b
}

// place is a column's on the screen, below zero, or else its ID.
func (t *scoring) place(column int) int {
	if i := slices.Index(t.session.Places, column); i >= 0 {
		return i - len(t.session.Places)
	}
	return column
}

// old is 1 for a model that its column does not have any more.
func (t *scoring) old(s Score) int {
	if c, ok := t.session.Column(s.Column); ok && c.Model == s.Model {
		return 0
	}
	return 1
}

// BoardOf is what the given turns of a session tell of its models, as
// [Bench.Score] tells it of all.
func BoardOf(s Session, turns []Turn) Board {
	t := newScoring(s.clone())
	for i := range turns {
		t.add(&turns[i])
	}
	return t.board()
}

// Spent is what the ended answers of turns cost together, whether some of that
// comes of estimated tokens, and how many said something at a cost that is not
// known: what a session has in its fields of these names.
func Spent(turns []Turn) (sum providers.Money, guessed bool, unpriced int) {
	var s Session
	for i := range turns {
		for j := range turns[i].Answers {
			if a := &turns[i].Answers[j]; a.Finish != "" {
				s.count(a)
			}
		}
	}
	return s.Spent, s.Guessed, s.Unpriced
}
