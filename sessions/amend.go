package sessions

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"juxta/providers"
)

// What is changed of turns that were asked. Each of these methods returns the
// turn as it stands afterwards, and reads the disk where memory has let it go.

// amend applies edit to a turn and has it saved: it is in the store when amend
// returns, unless saving fails for now, which is told by OnTrouble. What columns
// are told next follows before the next question can be asked.
func (b *Bench) amend(turn int, edit func(*Session, *Turn) error) (Turn, error) {
	t, saved, err := b.edit(turn, edit)
	if err == nil {
		<-saved
	}
	return t, err
}

func (b *Bench) edit(turn int, edit func(*Session, *Turn) error) (Turn, <-chan error, error) {
	b.ask.Lock() // no question is being told meanwhile
	defer b.ask.Unlock()
	if err := b.refused(); err != nil {
		return Turn{}, nil, err
	}
	b.mu.Lock()
	d := b.desk
	b.mu.Unlock()
	t, err := b.turn(d, turn)
	if err != nil {
		return Turn{}, nil, err
	}
	if err := b.meet(d, t); err != nil {
		return Turn{}, nil, err
	}
	b.mu.Lock()
	next := t.clone()
	if err := edit(&d.session, &next); err != nil {
		b.mu.Unlock()
		return Turn{}, nil, err
	}
	var cast []KeptVote
	for i, v := range next.Votes {
		if i >= len(t.Votes) || !v.Undone.Equal(t.Votes[i].Undone) {
			cast = append(cast, KeptVote{Session: d.session.ID, Turn: turn, Vote: v})
		}
	}
	d.retell(t, &next)
	*t = next
	d.hold(t)
	d.session.Updated = time.Now()
	kept := t.clone()
	saved := b.put(d, Batch{Turn: &kept, Votes: cast})
	b.mu.Unlock()
	return kept, saved, nil
}

// retell has a turn told as it is now instead of as it was: it forgets the
// stories of columns that it changes. b.ask and b.mu are held.
func (d *desk) retell(was, is *Turn) {
	for _, told := range d.remembers {
		delete(told, is.ID)
	}
	for _, c := range d.session.Columns {
		old, _ := was.Told(d.session.leads(c.ID, was))
		now, ok := is.Told(d.session.leads(c.ID, is))
		d.remember(c.ID, is, now, ok)
		if old == nil && now == nil || old != nil && now != nil && old.Column == now.Column && old.Take == now.Take && old.Finish == now.Finish {
			continue
		}
		d.forget(&d.session, c.ID, is.ID)
	}
}

// errHidden is why a hidden turn stays as it is.
var errHidden = errors.New("the turn is still blind: vote and reveal it first")

// Choose has one take of a column's answer stand: it is shown, and the column is
// told that it gave it.
func (b *Bench) Choose(turn int, p Pick) (Turn, error) {
	return b.amend(turn, func(_ *Session, t *Turn) error {
		if t.Hidden() {
			return errHidden
		}
		if _, ok := t.Take(p); !ok {
			return fmt.Errorf("column %d has no take %d in turn %d", p.Column, p.Take, turn)
		}
		if t.Takes == nil {
			t.Takes = map[int]int{}
		}
		t.Takes[p.Column] = p.Take
		if a, ok := t.Newest(p.Column); ok && a.Take == p.Take {
			delete(t.Takes, p.Column)
		}
		return nil
	})
}

// Adopt has every column be told one answer of a turn as its own, so that all go
// on from it; nil gives each its own back.
func (b *Bench) Adopt(turn int, p *Pick) (Turn, error) {
	return b.amend(turn, func(_ *Session, t *Turn) error {
		if t.Hidden() {
			return errHidden
		}
		t.Adopted = nil
		if p == nil {
			return nil
		}
		switch a, ok := t.Take(*p); {
		case !ok:
			return fmt.Errorf("column %d has no take %d in turn %d", p.Column, p.Take, turn)
		case !a.Remembered() || a.Finish == "":
			return errors.New("that answer has nothing to go on from: choose one that was answered")
		}
		adopted := *p
		t.Adopted = &adopted
		return nil
	})
}

// Note keeps a note of the user's with a turn; "" removes it.
func (b *Bench) Note(turn int, text string) (Turn, error) {
	return b.amend(turn, func(_ *Session, t *Turn) error {
		t.Note = text
		return nil
	})
}

// Vote keeps a vote for the answers of a turn that stand; best are the columns
// of the best answer, as in [Vote]. It takes back the voter's earlier vote, but
// never a blind one whose turn was revealed: then it is an open vote beside it.
func (b *Bench) Vote(turn int, voter string, best ...int) (Turn, error) {
	return b.amend(turn, func(s *Session, t *Turn) error {
		v := Vote{ID: len(t.Votes) + 1, At: time.Now(), Voter: voter, Blind: t.Hidden(), Seats: t.Seats(), Best: best}
		if !v.Blind {
			v.Seats = slices.DeleteFunc(slices.Clone(s.Places), func(id int) bool { return !slices.Contains(t.Columns, id) })
		}
		if t.Sealed() {
			return errors.New("not every answer of the blind turn is complete")
		}
		for _, id := range v.Seats {
			a, ok := t.Answer(id)
			if !ok || a.Finish == "" {
				return errors.New("not every answer is complete yet")
			}
			v.Takes = append(v.Takes, Pick{id, a.Take})
		}
		for _, id := range best {
			if !slices.Contains(v.Seats, id) {
				return fmt.Errorf("column %d has no answer in turn %d", id, turn)
			}
			if a, ok := t.Answer(id); ok && a.Finish == providers.Failed {
				return errors.New("an answer that failed is not among the best: vote for the others, or for all being bad")
			}
		}
		if len(v.Seats) < 2 {
			return errors.New("a vote needs two answers")
		}
		for unvote(t, voter, v.At) { // of pairs there are several
		}
		t.Votes = append(t.Votes, v)
		return nil
	})
}

// Unvote takes back a voter's vote on a turn. A blind one can't be taken back
// once the names were shown.
func (b *Bench) Unvote(turn int, voter string) (Turn, error) {
	return b.amend(turn, func(_ *Session, t *Turn) error {
		if !unvote(t, voter, time.Now()) {
			return errors.New("there is no vote to take back")
		}
		return nil
	})
}

func unvote(t *Turn, voter string, now time.Time) bool {
	v, ok := t.Vote(voter)
	if !ok || v.Blind && !t.Hidden() {
		return false
	}
	v.Undone = now
	return true
}

// Reveal shows who answered what in a blind turn. It can't be undone.
func (b *Bench) Reveal(turn int) (Turn, error) {
	return b.amend(turn, func(s *Session, t *Turn) error {
		if t.Hidden() {
			t.Revealed = time.Now()
		}
		s.Hidden = slices.DeleteFunc(s.Hidden, func(id int) bool { return id == turn })
		return nil
	})
}

// Go works on the branch that a turn is on, to its end, see [Session.End]. It
// reads the disk where the session has files; a history that can't be read now
// is told of by the next question.
func (b *Bench) Go(turn int) error {
	b.ask.Lock()
	defer b.ask.Unlock()
	d, s, err := b.free()
	if err != nil {
		return err
	}
	if turn < 1 || turn > s.Turns {
		return fmt.Errorf("there is no turn %d", turn)
	}
	b.mu.Lock()
	d.session.Tip = s.End(turn)
	d.stories, d.remembers = nil, nil
	b.put(d, Batch{})
	s = d.session.clone()
	b.mu.Unlock()
	if d.files { // preflight tells of them
		_, _ = b.told(d, s, s.Path(), s.Places)
	}
	return nil
}

// Fork works on a new session that begins with the turns up to and with the
// given one, answers and votes included. What they cost stays with the session
// they are from. It reads and writes the disk.
func (b *Bench) Fork(turn int) error {
	b.ask.Lock()
	defer b.ask.Unlock()
	d, s, err := b.free()
	if err != nil {
		return err
	}
	if err := b.settle(); err != nil {
		return fmt.Errorf("forking: %w", err)
	}
	next, path, err := s.forked(turn)
	if err != nil {
		return err
	}
	to := &desk{session: next, files: d.files}
	if b.store == nil {
		turns, err := b.past(d, path)
		if err != nil {
			return err
		}
		for i, t := range turns {
			c := t.clone()
			c.ID, c.Parent = i+1, i
			to.recent = append(to.recent, &c)
		}
	} else if err := b.store.copyTurns(s.ID, path, next); err != nil {
		return err
	}
	if d.files {
		_, _ = b.told(to, next, next.Path(), next.Places) // as in Go
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.desk = to
	return nil
}

// forked is a new session that begins with the turns up to and with the given
// one, which are those of the path.
func (s *Session) forked(turn int) (Session, Path, error) {
	path := s.PathTo(turn)
	if len(path) == 0 || turn > s.Turns {
		return Session{}, nil, fmt.Errorf("there is no turn %d", turn)
	}
	next := s.clone()
	now := time.Now()
	next.ID, next.Seed, next.Created, next.Updated = NewID(now), newSeed(), now, now
	next.Turns, next.Tip, next.Forks, next.Hidden = path.Len(), 0, nil, path.renumber(s.Hidden)
	next.Origin = &Origin{s.ID, turn}
	next.Spent, next.Guessed, next.Unpriced, next.Underway = 0, false, 0, nil
	next.Pinned, next.Archived, next.Binned, next.Imported = false, false, time.Time{}, nil
	return next, path, nil
}

// Configure gives the column of the same ID other settings from the next turn
// on: model, system prompt, parameters, schema.
func (b *Bench) Configure(c Column) {
	b.change(func(s *Session) {
		if old, ok := s.Column(c.ID); ok {
			c.Added, c.Again, c.Follows = old.Added, old.Again, old.Follows
			*old = c
		}
	})
}

// Measure makes a column the baseline, or with 0 none.
func (b *Bench) Measure(column int) { b.change(func(s *Session) { s.Baseline = column }) }

// Blindly has the next questions asked with the names hidden, or not.
func (b *Bench) Blindly(on bool) { b.change(func(s *Session) { s.Blind = on }) }

// Race has local models answer at once, or one after the other.
func (b *Bench) Race(on bool) { b.change(func(s *Session) { s.Race = on }) }

// Limit sets what the session may cost, nil for no limit, and whether models
// whose cost can't be told are asked under it. It holds at once, for what waits
// in line as well.
func (b *Bench) Limit(budget *providers.Money, uncounted bool) {
	b.change(func(s *Session) { s.Budget, s.Uncounted = budget, uncounted })
}
