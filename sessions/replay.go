package sessions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"juxta/providers"
)

// A replay is a session that is shown again as it was: its turns are run from
// what was recorded, by the times of their pieces. Nobody is asked, and nothing
// is saved.
type replay struct {
	pace   *Pace
	turns  []Turn // of the branch that was worked on, numbered from 1
	played int
}

// ErrReplay is why nothing can be asked or changed in a replay.
var ErrReplay = errors.New("this is a replay: nothing is asked and nothing is changed in it")

// ErrPlayed is returned by [Bench.Play] when every turn has been played.
var ErrPlayed = errors.New("the replay is over")

// NewReplay is a bench that plays the branch of a session that was worked on, at
// the given pace. Until the first turn is played its session is empty. A session
// with hidden turns is not played, because its columns have names.
func NewReplay(reg *providers.Registry, b Bundle, pace *Pace) (*Bench, error) {
	if len(b.Session.Hidden) > 0 {
		return nil, errHidden
	}
	if len(b.Turns) == 0 {
		return nil, errors.New("there is nothing to replay: nothing was asked in it")
	}
	bench := NewBench(reg, nil)
	p := &replay{pace: pace}
	for s := range b.Session.Path().After(0, len(b.Turns)) {
		for id := s.From; id <= s.To; id++ {
			t := b.Turns[id-1]
			t.ID, t.Parent = len(p.turns)+1, len(p.turns)
			p.turns = append(p.turns, t)
		}
	}
	bench.shelf.add(b.Files)
	bench.replay = p
	s := &bench.desk.session
	*s = b.Session.clone()
	s.Turns, s.Tip, s.Forks, s.Origin, s.Blind, s.Budget = 0, 0, nil, nil, false, nil
	s.Spent, s.Guessed, s.Unpriced = 0, false, 0
	return bench, nil
}

// Replays is how far a replay has come: the number of the turn that was played
// last, of how many, and the clock; nil if this is none.
func (b *Bench) Replays() (played, of int, pace *Pace) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.replay == nil {
		return 0, 0, nil
	}
	return b.replay.played, len(b.replay.turns), b.replay.pace
}

// Breath is how long a replay waits between two turns, by its clock.
const Breath = 1500 * time.Millisecond

// Rest waits between two turns of a replay.
func (b *Bench) Rest(ctx context.Context) error {
	_, _, pace := b.Replays()
	return pace.wait(ctx, pace.now()+Breath)
}

// Play plays the next turn. The run is like one that asks; to stop it, or one of
// its columns, plays the rest of that at once.
func (b *Bench) Play(ctx context.Context) (*Run, error) {
	b.ask.Lock()
	defer b.ask.Unlock()
	b.mu.Lock()
	p := b.replay
	if b.run != nil && !b.run.over() {
		b.mu.Unlock()
		return nil, ErrBusy
	}
	if p.played == len(p.turns) {
		b.mu.Unlock()
		return nil, ErrPlayed
	}
	t := p.turns[p.played].clone()
	p.played++
	d := b.desk
	d.session.Turns = t.ID
	r := b.newRun(t.ID)
	whole := t.Answers
	t.Answers = nil
	var recorded []Answer
	for _, a := range whole {
		if stands, ok := p.turns[t.ID-1].Answer(a.Column); ok && stands.Take == a.Take && slices.ContainsFunc(d.session.Columns, func(c Column) bool { return c.ID == a.Column }) {
			recorded = append(recorded, a)
			r.lanes = append(r.lanes, laneOf(&a))
			a = Answer{Column: a.Column, Take: a.Take, Model: a.Model, System: a.System, Params: a.Params, Local: a.Local, Context: a.Context, Simulated: a.Simulated, Sights: a.Sights}
		}
		a.Timing.Chunks = nil
		t.Answers = append(t.Answers, a)
	}
	d.recent = append(d.recent, &t)
	r.Asked = t.clone()
	r.keep = func(a Answer) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		d.session.count(&a)
		if at, ok := t.Take(Pick{a.Column, a.Take}); ok {
			*at = a
			at.Timing.Chunks = nil
		}
		return nil
	}
	ctxs := r.cancellable(ctx)
	b.run, b.asked = r, d
	b.mu.Unlock()
	from, start := starts(recorded), p.pace.now()
	for i, l := range r.lanes {
		l.pace, l.entered, l.state.Since = p.pace, start, time.Now()
		go r.perform(ctxs[i], l, recorded[i], start+from[i], p.pace)
	}
	if len(r.lanes) == 0 {
		close(r.done)
	}
	return r, nil
}

// laneOf is where a recorded answer is played.
func laneOf(a *Answer) *lane {
	prompt := a.Usage
	prompt.Output, prompt.Reasoning = 0, 0
	model := providers.Model{Ref: a.Model, Price: a.Price, Local: a.Local} // as it is now: the caller strips a
	l := &lane{
		model:  func() providers.Model { return model },
		images: a.Usage.Images, counted: &prompt,
		answer: Answer{Column: a.Column, Take: a.Take, Model: a.Model, System: a.System, Params: a.Params, Local: a.Local, Context: a.Context, Simulated: a.Simulated, Sights: a.Sights, Raced: a.Raced},
	}
	l.fresh = News{Column: a.Column, Take: a.Take}
	return l
}

// starts is when each answer begins, after the first one of them. One that was
// asked again when all others had ended, an hour later perhaps, begins at their
// end.
func starts(recorded []Answer) []time.Duration {
	order := make([]int, len(recorded))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return recorded[x].Timing.Sent.Compare(recorded[y].Timing.Sent) })
	all := make([]time.Duration, len(recorded))
	var first time.Time
	end := time.Duration(0)
	for _, i := range order {
		t := recorded[i].Timing
		if t.Sent.IsZero() {
			continue
		}
		if first.IsZero() {
			first = t.Sent
		}
		all[i] = min(max(t.Sent.Sub(first), 0), end)
		end = max(end, all[i]+longestOf(&recorded[i]))
	}
	return all
}

// longestOf is how long an answer is played.
func longestOf(a *Answer) time.Duration {
	end := max(a.Timing.Total, a.Timing.Last)
	if n := len(a.Timing.Chunks); n > 0 {
		end = max(end, a.Timing.Chunks[n-1].At)
	}
	return min(end, time.Hour)
}

// perform plays one answer to its end, which comes at once when ctx is over.
func (r *Run) perform(ctx context.Context, l *lane, was Answer, from time.Duration, pace *Pace) {
	thoughts, text, refusal := was.Thoughts, was.Text, was.Refusal
	play := func(c providers.Chunk) {
		l.answer.Timing.Last = c.At
		if l.answer.Timing.FirstToken == 0 {
			l.answer.Timing.FirstToken = was.Timing.FirstToken
		}
		at := time.Now()
		switch n := int(c.Bytes); {
		case c.Thought:
			l.answer.Timing.Thoughts = true
			l.record(providers.Thought{At: at, Text: cutOff(&thoughts, n)})
		case text != "":
			if was.Timing.FirstAnswer > 0 && c.At >= was.Timing.FirstAnswer {
				l.answer.Timing.FirstAnswer = was.Timing.FirstAnswer
			}
			l.record(providers.Delta{At: at, Text: cutOff(&text, n)})
		default:
			l.record(providers.Refusal{At: at, Text: cutOff(&refusal, n)})
		}
	}
	_ = r.guarded(func() error { // of what is not played the rest is shown at once
		skipped := pace.wait(ctx, from) != nil
		r.update(l, func() {
			l.enter(Asked, "")
			l.answer.Timing.Sent, l.answer.Timing.Attempts = was.Timing.Sent, was.Timing.Attempts
			l.answer.Build, l.answer.Resident = was.Build, was.Resident
			for _, n := range was.Notices {
				l.record(providers.Notice{Text: n})
			}
		})
		for _, c := range was.Timing.Chunks {
			if skipped = skipped || pace.wait(ctx, from+min(c.At, time.Hour)) != nil; skipped {
				return nil
			}
			r.update(l, func() { play(c) })
		}
		return pace.wait(ctx, from+longestOf(&was))
	})
	l.cancel(nil)
	r.mu.Lock()
	l.text.WriteString(text) // what was left, and all where no times were kept
	l.thoughts.WriteString(thoughts)
	l.refusal.WriteString(refusal)
	l.answer = was
	l.answer.Text, l.answer.Thoughts, l.answer.Refusal = "", "", ""
	final := l.snapshot()
	r.mu.Unlock()
	_ = r.guarded(func() error { return r.keep(final) })
	final.Timing.Chunks = nil
	r.update(l, func() {
		l.enter(Ended, "")
		l.fresh.Final = &final
		if r.ended++; r.ended == len(r.lanes) {
			close(r.done)
		}
	})
}

// cutOff takes the first n bytes off a text.
func cutOff(text *string, n int) string {
	n = min(max(n, 0), len(*text))
	head := (*text)[:n]
	*text = (*text)[n:]
	return head
}

// refused is why a question or a change is not taken in; nil if it is.
func (b *Bench) refused() error {
	if b.replay != nil {
		return fmt.Errorf("%w: fork the session, or open it to go on with it", ErrReplay)
	}
	return nil
}
