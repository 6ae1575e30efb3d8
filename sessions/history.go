package sessions

import (
	"errors"
	"fmt"
	"slices"

	"juxta/providers"
)

// page is how many turns are read from the store together.
const page = 256

// A story is what a column is told of turns 1 to upto. It is kept from question
// to question, because reading 10,000 turns anew takes most of a second.
//
// Of files it has no bytes: those are put in when it is told, see briefing.
type story struct {
	upto int
	told []providers.Message
	with map[int]attached // the files of questions, by their place in told
}

// attached are the files of one turn.
type attached struct {
	turn  int
	files []Attachment
}

// told is what each of the session's columns is told of all its turns so far.
// It reads the disk for what it has not read before, and is the asker's alone:
// b.ask is held.
func (b *Bench) told(d *desk, s Session) (map[int]*story, error) {
	if s.Kind == Experiment {
		return nil, nil
	}
	if d.stories == nil {
		d.stories = map[int]*story{}
	}
	from := s.Turns
	for _, id := range s.Places {
		if d.stories[id] == nil {
			d.stories[id] = &story{}
		}
		from = min(from, d.stories[id].upto)
	}
	for from < s.Turns {
		turns, err := b.some(d, from, min(page, s.Turns-from))
		if err != nil {
			return nil, err
		}
		if len(turns) == 0 {
			return nil, fmt.Errorf("turn %d of the session is missing", from+1)
		}
		for _, t := range turns {
			for _, id := range s.Places {
				st := d.stories[id]
				if t.ID <= st.upto || !st.add(t, id) || len(t.Files) == 0 {
					continue
				}
				if a, ok := t.Answer(id); ok {
					b.mu.Lock()
					d.remember(t, a)
					b.mu.Unlock()
				}
			}
		}
		from = turns[len(turns)-1].ID
	}
	return d.stories, nil
}

// past lists d's turns up to and with the given one, oldest first.
func (b *Bench) past(d *desk, upto int) ([]*Turn, error) {
	var turns []*Turn
	for from := 0; from < upto; {
		more, err := b.some(d, from, upto-from)
		if err != nil || len(more) == 0 {
			return turns, err
		}
		turns = append(turns, more...)
		from = more[len(more)-1].ID
	}
	return turns, nil
}

// some lists at most n of d's turns after the given one, oldest first. What is
// in memory wins: it may not be in the store yet.
func (b *Bench) some(d *desk, after, n int) ([]*Turn, error) {
	b.mu.Lock()
	id, first, recent := d.session.ID, d.first(), slices.Clone(d.recent)
	b.mu.Unlock()
	var turns []*Turn
	if b.store != nil && after+1 < first {
		kept, err := b.store.Turns(id, after, min(n, first-1-after))
		if err != nil {
			return nil, fmt.Errorf("reading the session's history: %w", err)
		}
		for i := range kept {
			turns = append(turns, &kept[i])
		}
		return turns, nil
	}
	for _, t := range recent {
		if t.ID > after && len(turns) < n {
			turns = append(turns, t)
		}
	}
	return turns, nil
}

// first is the ID of the oldest turn in memory.
func (d *desk) first() int {
	if len(d.recent) == 0 {
		return d.session.Turns + 1
	}
	return d.recent[0].ID
}

// history is what a column is told of earlier turns.
func history(past []*Turn, column int, kind Kind) *story {
	st := &story{}
	if kind == Experiment {
		return st
	}
	for _, t := range past {
		st.add(t, column)
	}
	return st
}

// add continues the story with a column's own question and answer, text as
// received and without thoughts, in alternation. A failed answer is left out
// together with its question and the question's files: then it is false.
func (st *story) add(t *Turn, column int) bool {
	st.upto = t.ID
	a, ok := t.Answer(column)
	if !ok || !a.Remembered() {
		return false
	}
	said := a.Text
	if said == "" {
		said = a.Refusal
	}
	if len(t.Files) > 0 {
		if st.with == nil {
			st.with = map[int]attached{}
		}
		st.with[len(st.told)] = attached{t.ID, t.Files}
	}
	st.told = append(st.told, providers.Says(providers.User, t.Text), providers.Says(providers.Assistant, said))
	return true
}

// catchUp takes in what another juxta has asked in the same session meanwhile,
// so that the next question follows it instead of claiming its place. The
// columns on this screen stay; one whose ID stands for another model over there
// gets a new one.
func (b *Bench) catchUp(d *desk, s Session) (Session, error) {
	if b.store == nil || s.Turns == 0 {
		return s, nil
	}
	kept, err := b.store.Session(s.ID)
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case errors.Is(err, ErrNotFound) && b.trouble == nil:
		return s, fmt.Errorf("another juxta has removed this session: start a new one; %w", err)
	case err != nil, b.trouble != nil, kept.Turns <= s.Turns:
		return s, nil // nothing newer, or none to be had: it goes on from memory
	}
	next := kept.clone()
	next.Places = nil
	for _, c := range s.Shown() {
		if there, ok := next.Column(c.ID); ok && there.Model == c.Model {
			*there = c
		} else {
			c.ID = len(next.Columns) + 1
			next.Columns = append(next.Columns, c)
		}
		next.Places = append(next.Places, c.ID)
	}
	d.session, d.recent, d.stories, d.remembers = next, nil, nil, nil
	return next.clone(), nil
}
