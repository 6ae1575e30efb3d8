package sessions

import (
	"bytes"
	"fmt"

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
				if err := copyTurn(tx, from, id, to.ID, n); err != nil {
					return fmt.Errorf("turn %d: %w", id, err)
				}
			}
		}
		return nil
	})
}

// copyTurn makes turn number id of one session the n-th of another.
func copyTurn(tx *bolt.Tx, from ID, id int, to ID, n int) error {
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
	t.ID, t.Parent = n, n-1
	if err := putTurn(tx, to, t); err != nil {
		return err
	}
	target, err := keyOf(to, n)
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
	return freshen(tx, to, n, size)
}
