package sessions

import (
	"context"
	"errors"
	"slices"
	"time"

	"juxta/providers"
)

// ErrElsewhere is returned where a session was asked again and another one is
// worked on by now.
var ErrElsewhere = errors.New("another session was opened meanwhile; what was answered is kept, and asking again goes on from there")

// errWhole is why nobody is asked: all have answered.
var errWhole = errors.New("every column has answered")

// A Reasking is a [Reask] under way: one run after the other, a turn each. To
// stop it is to stop its run and not to ask for the next; what was said is kept,
// and the same Reask goes on from there.
type Reasking struct {
	Plan Plan // what was to be asked when it began

	bench   *Bench
	session ID
	added   []time.Time // when the plan's columns were, by which they are known
	limit   limit
	last    int // the turn asked last; 0 for none

	at   int      // how many of the plan's turns are behind; guarded by the bench's mutex, like tally
	tell Progress // so far
	sum  Session  // what its answers cost
}

// Progress is how far a [Reasking] has come.
type Progress struct {
	Turn     int // how many turns were begun
	Turns    int // of how many
	Answered int // answers that are whole
	Failed   int // answers that failed or were stopped
	Spent    providers.Money
	Guessed  bool // some of Spent comes of estimated tokens
	Unpriced int  // answers that cost nobody knows how much
}

// Reask begins to ask a session again: it adds the columns that are not there
// yet and puts them on the screen. Nobody is asked before Next. Its error says
// what can't be, or is an [*OverBudget] if all of it is more than may be spent;
// nothing has changed then. It reads and writes the disk.
func (b *Bench) Reask(r Reask) (*Reasking, error) {
	b.ask.Lock()
	defer b.ask.Unlock()
	d, s, err := b.free()
	if err != nil {
		return nil, err
	}
	if s, _, err = b.catchUp(d, s); err != nil {
		return nil, err
	}
	past, err := b.past(d, s.Path())
	if err != nil {
		return nil, err
	}
	turns := make([]Turn, len(past))
	for i, t := range past {
		turns[i] = *t
	}
	plan, err := r.Plan(s, turns, b.Registry.Model)
	if err != nil {
		return nil, err
	}
	a := &Reasking{
		Plan: plan, bench: b, session: s.ID, tell: Progress{Turns: len(plan.Turns)},
		limit: limit{most: r.Most, since: s.Spent, uncounted: r.Uncounted},
	}
	for _, bound := range []limit{s.limit(), a.limit} {
		if err := bound.afford(plan.Total(), plan.Sent(), s.Spent); err != nil {
			return nil, err
		}
	}
	if len(plan.Turns) == 0 {
		return a, nil // nothing changes
	}
	b.mu.Lock()
	for i := range a.Plan.Columns {
		c := &a.Plan.Columns[i].Column
		if c.ID == 0 {
			c.ID, c.Added = len(d.session.Columns)+1, d.session.addition()
			d.session.Columns = append(d.session.Columns, *c)
		}
		if !slices.Contains(d.session.Places, c.ID) {
			d.session.Places = append(d.session.Places, c.ID)
		}
		a.added = append(a.added, c.Added)
	}
	b.put(d, Batch{})
	s = d.session.clone()
	b.mu.Unlock()
	if d.files && r.Follows > 0 { // preflight tells of those
		_, _ = b.told(d, s, s.Path(), s.Places)
	}
	return a, nil
}

// addition is when a column that is added now is: after all others, however
// coarse the clock is, so that it is known by that.
func (s *Session) addition() time.Time {
	now := time.Now()
	for _, c := range s.Columns {
		if !now.After(c.Added) {
			now = c.Added.Add(1)
		}
	}
	return now
}

// Next asks the next turn of those columns that have not answered it, unless
// they were taken off the screen, and returns nil if there is none. The run
// before must have ended. Its error is [ErrElsewhere], an [*OverBudget], or says
// why the turn could not be asked: then Next may be called again. It reads and
// writes the disk.
func (a *Reasking) Next(ctx context.Context) (*Run, error) {
	b := a.bench
	if b.Session().ID != a.session {
		return nil, ErrElsewhere
	}
	b.letGo(a.session, a.last)
	for a.at < len(a.Plan.Turns) {
		turn := a.Plan.Turns[a.at]
		var who []int
		for i, one := range a.Plan.Columns {
			if slices.Contains(one.Turns, turn) {
				who = b.onScreen(who, a.added[i])
			}
		}
		if len(who) == 0 { // and nil would be everybody
			a.pass()
			continue
		}
		run, err := b.retake(ctx, turn, who, task{samples: 1, session: a.session, lacking: true, limit: a.limit, heard: a.heard})
		if err != nil && !errors.Is(err, errWhole) {
			return nil, err
		}
		a.pass()
		if err == nil {
			a.last = turn
			return run, nil
		}
	}
	return nil, nil
}

// Progress is how far it has come.
func (a *Reasking) Progress() Progress {
	a.bench.mu.Lock()
	defer a.bench.mu.Unlock()
	t := a.tell
	t.Spent, t.Guessed, t.Unpriced = a.sum.Spent, a.sum.Guessed, a.sum.Unpriced
	return t
}

// pass goes on to the next turn.
func (a *Reasking) pass() {
	a.bench.mu.Lock()
	defer a.bench.mu.Unlock()
	a.at++
	a.tell.Turn = a.at
}

// heard counts an answer that has ended. The bench's mutex is held.
func (a *Reasking) heard(said *Answer) {
	a.sum.count(said)
	if said.ended() {
		a.tell.Answered++
	} else {
		a.tell.Failed++
	}
}

// onScreen adds the ID of the column that was added at a time, which another
// process may have had moved to another one, to ids.
func (b *Bench) onScreen(ids []int, at time.Time) []int {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.desk.session.Shown() {
		if c.Again && c.Added.Equal(at) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// letGo has memory let a turn go that the store has as it is, so that asking
// 10,000 turns again does not keep all of them.
func (b *Bench) letGo(of ID, turn int) {
	if b.store == nil || turn == 0 {
		return
	}
	b.ask.Lock() // nothing is changed meanwhile
	defer b.ask.Unlock()
	if b.settle() != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if d := b.desk; d.session.ID == of && b.trouble == nil {
		delete(d.held, turn)
	}
}
