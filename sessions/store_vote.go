package sessions

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
)

// cast keeps one vote on a turn, a new one or one that was changed, in one
// transaction: whoever votes at the same time in another process votes before it
// or after it. make is given the turn as it is, without its answers. The turn that
// is returned has the vote; after an error of make it is as it was found.
func (s *Store) cast(id ID, turn int, make func(*Turn) (*Vote, error)) (*Turn, error) {
	var t *Turn
	err := s.update("voting", func(tx *bolt.Tx) error {
		var ses Session
		var err error
		if ses, t, err = turnIn(tx, id, turn); err != nil {
			return err
		}
		v, err := make(t)
		if err != nil {
			return err
		}
		if v.ID == len(t.Votes)+1 {
			t.Votes = append(t.Votes, *v)
		} else {
			t.Votes[v.ID-1] = *v
		}
		ses.Updated = time.Now()
		return putBatch(tx, Batch{Session: &ses, Votes: []KeptVote{{id, turn, *v}}})
	})
	return t, err
}

// turnIn is a turn with its session and votes, and without answers.
func turnIn(tx *bolt.Tx, id ID, turn int) (ses Session, t *Turn, err error) {
	if err := row(tx, id, &ses); err != nil {
		return ses, nil, err
	}
	key, err := keyOf(id, turn)
	if err != nil {
		return ses, nil, err
	}
	value := tx.Bucket([]byte(inTurns)).Get(key)
	if value == nil {
		return ses, nil, fmt.Errorf("turn %d of session %s: %w", turn, id, ErrNotFound)
	}
	t = &Turn{}
	if err := unpackTurn(value, t); err != nil {
		return ses, nil, err
	}
	for _, kv := range under(tx, inVotes, key) {
		var v Vote
		if err := json.Unmarshal(kv[1], &v); err != nil {
			return ses, nil, damaged(err)
		}
		t.Votes = append(t.Votes, v)
	}
	return ses, t, nil
}

// reveal shows who answered what in blind turns of a session, in one transaction.
func (s *Store) reveal(id ID, turns []int, at time.Time) error {
	return s.update("revealing", func(tx *bolt.Tx) error {
		for _, turn := range turns {
			ses, t, err := turnIn(tx, id, turn)
			if err != nil {
				return err
			}
			if !t.Hidden() {
				continue
			}
			t.Revealed, ses.Updated = at, time.Now()
			ses.Hidden = slices.DeleteFunc(ses.Hidden, func(id int) bool { return id == turn })
			if err := putBatch(tx, Batch{Session: &ses, Turn: t}); err != nil {
				return err
			}
		}
		return nil
	})
}
