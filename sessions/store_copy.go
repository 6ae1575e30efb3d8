package sessions

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Fork saves a new session that begins with the turns of one of the store up to
// and with the given one, 0 for the last, as [Bench.Fork] does, and returns it.
func (s *Store) Fork(id ID, turn int) (Session, error) {
	from, err := s.Session(id)
	if err != nil {
		return Session{}, err
	}
	if turn == 0 {
		turn = from.Last()
	}
	next, path, err := from.forked(turn)
	if err != nil {
		return Session{}, err
	}
	return next, s.copyTurns(id, path, next)
}

// copyTurns saves the session to with the turns of a path of another one,
// numbered anew from 1, and their answers, arrival times, votes and files: in
// one transaction, or with an error nothing.
func (s *Store) copyTurns(from ID, path Path, to Session) error {
	return s.update("forking", func(tx *bolt.Tx) error {
		if _, err := find(tx, from); err != nil {
			return err
		}
		if err := putSession(tx, to); err != nil {
			return err
		}
		n := 0
		for stretch := range path.After(0, path.Len()) {
			for id := stretch.From; id <= stretch.To; id++ {
				n++
				err := copyTurn(tx, from, id, to.ID, func(t *Turn) { t.ID, t.Parent = n, n-1 })
				if err != nil {
					return fmt.Errorf("turn %d: %w", id, err)
				}
			}
		}
		return nil
	})
}

// apart saves a session that begins with the turns of a stored one before the given
// one, as ours is: for what a process has asked since, whose place another one has
// taken. It has ours' columns and settings, and no costs yet. It is [ErrTaken] if
// both have added a column of the same ID, because turns might be told by the wrong
// one then.
func (s *Store) apart(ours Session, before int) (Session, error) {
	next := ours.clone()
	next.ID, next.Origin = NewID(time.Now()), &Origin{ours.ID, before - 1}
	next.Turns, next.Tip, next.Changes, next.Imported = before-1, 0, 0, nil
	next.Forks = slices.DeleteFunc(next.Forks, func(f Fork) bool { return f.Turn >= before })
	next.Hidden = slices.DeleteFunc(next.Hidden, func(id int) bool { return id >= before })
	next.Spent, next.Guessed, next.Unpriced = 0, false, 0
	next.Pinned, next.Archived, next.Binned = false, false, time.Time{}
	return next, s.update("saving", func(tx *bolt.Tx) error {
		var theirs Session
		if err := row(tx, ours.ID, &theirs); err != nil {
			return err
		}
		var moved map[int]int
		if next.Columns, moved = merge(theirs.Columns, ours.Columns); len(moved) > 0 {
			return ErrTaken
		}
		if err := putSession(tx, next); err != nil {
			return err
		}
		for n := 1; n < before; n++ {
			if err := copyTurn(tx, ours.ID, n, next.ID, func(*Turn) {}); err != nil {
				return fmt.Errorf("turn %d: %w", n, err)
			}
		}
		return nil
	})
}

// copyTurn copies turn number id of one session into another, as edit changes it.
func copyTurn(tx *bolt.Tx, from ID, id int, to ID, edit func(*Turn)) error {
	source, err := keyOf(from, id)
	if err != nil {
		return err
	}
	value := tx.Bucket([]byte(inTurns)).Get(source)
	if value == nil {
		return ErrNotFound
	}
	var t Turn
	if err := unpackTurn(value, &t); err != nil {
		return err
	}
	edit(&t)
	if err := putTurn(tx, to, t); err != nil {
		return err
	}
	target, err := keyOf(to, t.ID)
	if err != nil {
		return err
	}
	size := 0
	for _, name := range []string{inAnswers, inChunks, inVotes} {
		for _, kv := range under(tx, name, source) {
			if err := tx.Bucket([]byte(name)).Put(append(bytes.Clone(target), kv[0][len(source):]...), kv[1]); err != nil {
				return err
			}
			size += len(kv[1])
		}
	}
	return freshen(tx, to, t.ID, size)
}
