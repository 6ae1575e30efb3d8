package sessions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"juxta/providers"
)

// ErrBusy is returned while the last question is still being answered.
var ErrBusy = errors.New("answers are still coming")

// Ask puts text to every column on the screen and returns the run at once
// after the question is saved; a question that can't be saved is asked all the
// same and saved later, see OnTrouble. The run ends with ctx. Ask reads and
// writes the disk.
func (b *Bench) Ask(ctx context.Context, text string) (*Run, error) {
	b.ask.Lock()
	defer b.ask.Unlock()
	s := b.Session()
	if len(s.Places) == 0 {
		return nil, errors.New("there is no column to ask")
	}
	past, err := b.past(s, s.Turns)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	t := &Turn{ID: s.Turns + 1, Parent: s.Turns, Text: text, Asked: now, Columns: s.Places}
	b.mu.Lock()
	if b.session.Turns == 0 {
		b.session.Title = titleOf(text)
	}
	b.session.Turns, b.session.Updated = t.ID, now
	b.recent = append(b.recent, t)
	b.mu.Unlock()
	return b.begin(ctx, s, t, past, s.Shown()), nil
}

// Again asks one column for another take of its answer to a turn. It reads and
// writes the disk.
func (b *Bench) Again(ctx context.Context, turn, column int) (*Run, error) {
	b.ask.Lock()
	defer b.ask.Unlock()
	s := b.Session()
	c, ok := s.Column(column)
	if !ok {
		return nil, fmt.Errorf("there is no column %d", column)
	}
	past, err := b.past(s, turn)
	if err != nil {
		return nil, err
	}
	if len(past) == 0 || past[len(past)-1].ID != turn {
		return nil, fmt.Errorf("there is no turn %d", turn)
	}
	last := len(past) - 1
	return b.begin(ctx, s, past[last], past[:last], []Column{*c}), nil
}

// past lists the session's turns up to and with the given one, oldest first.
// What is in memory wins: it may not be in the store yet. No run may be under
// way, since its turn is returned as it stands.
func (b *Bench) past(s Session, upto int) ([]*Turn, error) {
	b.mu.Lock()
	recent, busy := slices.Clone(b.recent), b.run != nil && !b.run.over()
	b.mu.Unlock()
	if busy {
		return nil, ErrBusy
	}
	var turns []*Turn
	if first := firstOf(recent, s); b.store != nil && first > 1 && upto > 0 {
		kept, err := b.store.Turns(s.ID, 0, min(first-1, upto))
		if err != nil {
			return nil, fmt.Errorf("reading the session's history: %w", err)
		}
		for i := range kept {
			turns = append(turns, &kept[i])
		}
	}
	for _, t := range recent {
		if t.ID <= upto {
			turns = append(turns, t)
		}
	}
	return turns, nil
}

// firstOf is the ID of the oldest turn in memory.
func firstOf(recent []*Turn, s Session) int {
	if len(recent) == 0 {
		return s.Turns + 1
	}
	return recent[0].ID
}

// begin saves the question with a place for every answer, in one commit, and
// starts the run.
func (b *Bench) begin(ctx context.Context, s Session, t *Turn, past []*Turn, columns []Column) *Run {
	r := newRun(t.ID, &b.lines)
	var kept []Kept
	b.mu.Lock()
	for _, c := range columns {
		l := b.lane(s.Kind, t, past, c)
		r.lanes = append(r.lanes, l)
		kept = append(kept, Kept{Session: s.ID, Turn: t.ID, Answer: l.answer})
		t.Answers = append(t.Answers, l.answer)
	}
	slices.SortStableFunc(t.Answers, func(x, y Answer) int { return cmp.Or(x.Column-y.Column, x.Take-y.Take) })
	question := *t
	b.mu.Unlock()
	r.keep = func(a Answer) error { return b.finish(s.ID, t, a) }
	if b.saver != nil {
		b.save(s, Batch{Turn: &question, Answers: kept})
	}
	r.start(ctx)
	b.mu.Lock()
	b.run = r
	b.mu.Unlock()
	if b.saver != nil {
		b.saver.watch(s.ID, r)
	}
	return r
}

// lane is one column's share of turn t, with the history of that column alone.
func (b *Bench) lane(kind Kind, t *Turn, past []*Turn, c Column) *lane {
	take := 1
	if a, ok := t.Answer(c.ID); ok {
		take = a.Take + 1
	}
	entry, err := b.Registry.Find(c.Model)
	if err != nil {
		entry = providers.Entry{Provider: providers.Broken(c.Model.Provider, err)}
	}
	l := &lane{
		entry: entry,
		model: func() providers.Model { return b.Registry.Model(c.Model) },
		request: providers.Request{
			Model: c.Model.Model, System: c.System, Params: c.Params,
			Messages: append(history(past, c.ID, kind), providers.Says(providers.User, t.Text)),
		},
	}
	m := l.model()
	l.answer = Answer{
		Column: c.ID, Take: take, Model: c.Model, System: c.System, Params: c.Params,
		Local: m.Local, Context: m.Context, Simulated: entry.API == "demo",
	}
	return l
}

// history is what a column is told of earlier turns: its own questions and
// answers, text as received and without thoughts, in alternation. A failed
// answer is left out together with its question.
func history(past []*Turn, column int, kind Kind) []providers.Message {
	if kind == Experiment {
		return nil
	}
	var ms []providers.Message
	for _, t := range past {
		a, ok := t.Answer(column)
		if !ok || !a.Remembered() {
			continue
		}
		said := a.Text
		if said == "" {
			said = a.Refusal
		}
		ms = append(ms, providers.Says(providers.User, t.Text), providers.Says(providers.Assistant, said))
	}
	return ms
}

// finish keeps a finished answer in memory and in the store, and lets go of
// turns that the store has.
func (b *Bench) finish(id ID, t *Turn, a Answer) error {
	var err error
	if b.saver != nil {
		err = b.saver.save(Batch{Answers: []Kept{{Session: id, Turn: t.ID, Answer: a}}})
	}
	a.Timing.Chunks = nil // the store has them; nobody here reads them again
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range t.Answers {
		if t.Answers[i].Column == a.Column && t.Answers[i].Take == a.Take {
			t.Answers[i] = a
		}
	}
	if b.saver != nil && b.trouble == nil && err == nil && len(b.recent) > 2*remembered {
		b.recent = slices.Clone(b.recent[len(b.recent)-remembered:])
	}
	return err
}
