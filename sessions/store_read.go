package sessions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	bolt "go.etcd.io/bbolt"

	"juxta/providers"
)

// Session returns one session, or [ErrNotFound].
func (s *Store) Session(id ID) (Session, error) {
	var ses Session
	err := s.view("reading", func(tx *bolt.Tx) error { return row(tx, id, &ses) })
	return ses, err
}

// row reads a session of the store, or is [ErrNotFound].
func row(tx *bolt.Tx, id ID, ses *Session) error {
	value, err := find(tx, id)
	if err != nil {
		return err
	}
	*ses = Session{}
	return asDamage(json.Unmarshal(value, ses))
}

// find is the kept form of a session, or [ErrNotFound].
func find(tx *bolt.Tx, id ID) ([]byte, error) {
	key, err := keyOf(id)
	if err != nil {
		return nil, err
	}
	value := tx.Bucket([]byte(inSessions)).Get(key)
	if value == nil {
		return nil, fmt.Errorf("session %s: %w", id, ErrNotFound)
	}
	return value, nil
}

// Resolve is the session whose ID is, or alone begins with, prefix, in
// whichever case. It is [ErrNotFound] if there is none, and an error that names
// some of them if there are several.
func (s *Store) Resolve(prefix string) (ID, error) {
	prefix = strings.ToUpper(strings.TrimSpace(prefix))
	if prefix == "" || len(prefix) > idLen || !crockford(prefix) {
		return "", fmt.Errorf("session %.40q: %w", prefix, ErrNotFound)
	}
	var found []string
	err := s.view("reading", func(tx *bolt.Tx) error {
		c := tx.Bucket([]byte(inSessions)).Cursor()
		for k, _ := c.Seek([]byte(prefix)); bytes.HasPrefix(k, []byte(prefix)) && len(found) < 4; k, _ = c.Next() {
			found = append(found, string(k))
		}
		return nil
	})
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", fmt.Errorf("session %s: %w", prefix, ErrNotFound)
	case len(found) == 1:
		return ID(found[0]), nil
	case len(found) > 3:
		found[3] = "…"
	}
	return "", fmt.Errorf("several sessions begin with %s: %s", prefix, strings.Join(found, ", "))
}

// Sessions lists sessions, the one updated last first, at most limit of them;
// 0 is all. Those that wait to be deleted are left out.
func (s *Store) Sessions(limit int) ([]Session, error) {
	const op = "listing the sessions"
	var values [][]byte
	err := s.view(op, func(tx *bolt.Tx) error {
		sessions, c := tx.Bucket([]byte(inSessions)), tx.Bucket([]byte(inRecent)).Cursor()
		for k, v := c.Last(); k != nil && (limit <= 0 || len(values) < limit); k, v = c.Prev() {
			if len(k) != 8+idLen {
				return damaged("a key of the list is malformed")
			}
			if !Every.has(marksOf(v)) {
				continue
			}
			values = append(values, bytes.Clone(sessions.Get(k[8:])))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	list := make([]Session, len(values))
	for i, value := range values {
		if err := json.Unmarshal(value, &list[i]); err != nil {
			return nil, storeError(op, s.path, damaged(err))
		}
	}
	return list, nil
}

// Turns returns the turns of a session that follow turn after (0 for the
// first), at most limit of them (0 is all), oldest first, with their answers,
// whose Timing.Chunks are left out.
func (s *Store) Turns(id ID, after, limit int) ([]Turn, error) {
	if limit <= 0 {
		limit = math.MaxInt
	}
	var list []Turn
	for len(list) < limit {
		n := min(limit-len(list), pageTurns)
		page, err := s.page(id, n, func(*bolt.Tx) int { return max(after, 0) + 1 })
		if err != nil {
			return nil, err
		}
		list = append(list, page...)
		if len(page) < n {
			break
		}
		after = page[n-1].ID
	}
	return list, nil
}

// Tail is like [Store.Turns] for the last n turns, and as quick in a long
// session as in a short one.
func (s *Store) Tail(id ID, n int) ([]Turn, error) {
	return s.page(id, max(n, 0), func(tx *bolt.Tx) int { return firstOfLast(tx, id, n) })
}

// firstOfLast is the number of the first of the last n turns; 0 if there is
// none.
func firstOfLast(tx *bolt.Tx, id ID, n int) (first int) {
	// No turn has the last number of all, see keyOf.
	c, behind := tx.Bucket([]byte(inTurns)).Cursor(), append([]byte(id), 0xff, 0xff, 0xff, 0xff)
	k, _ := c.Seek(behind)
	if k == nil {
		k, _ = c.Last()
	} else {
		k, _ = c.Prev()
	}
	for ; n > 0 && bytes.HasPrefix(k, []byte(id)); n-- {
		first = number(k, 0)
		k, _ = c.Prev()
	}
	return first
}

// A keptTurn is a turn and its answers as they are kept.
type keptTurn struct {
	number  int
	value   []byte
	answers [][]byte
	votes   [][]byte
}

// pageTurns is how many turns are read at once at the most when all are wanted,
// so that nobody waits long for the lock and no second copy of all is needed.
// Turns are only ever added at the end, so the pages fit together.
const pageTurns = 256

// page reads n turns from the number that first returns. They are copied inside
// the lock and decoded outside, because decoding takes several times as long.
func (s *Store) page(id ID, n int, first func(*bolt.Tx) int) ([]Turn, error) {
	const op = "reading"
	var kept []keptTurn
	err := s.view(op, func(tx *bolt.Tx) error {
		if _, err := find(tx, id); err != nil {
			return err
		}
		start, err := keyOf(id, max(first(tx), 1))
		if err != nil {
			return err
		}
		kept = turnsFrom(tx, id, start, n)
		return nil
	})
	if err != nil {
		return nil, err
	}
	list := make([]Turn, len(kept))
	for i, k := range kept {
		if list[i], err = k.decode(); err != nil {
			return nil, storeError(op, s.path, fmt.Errorf("turn %d of session %s: %w", k.number, id, err))
		}
	}
	return list, nil
}

// turnsFrom walks the buckets once, side by side.
func turnsFrom(tx *bolt.Tx, id ID, start []byte, n int) (list []keptTurn) {
	turns, answers, votes := tx.Bucket([]byte(inTurns)).Cursor(), tx.Bucket([]byte(inAnswers)).Cursor(), tx.Bucket([]byte(inVotes)).Cursor()
	ak, av := answers.Seek(start)
	vk, vv := votes.Seek(start)
	for tk, tv := turns.Seek(start); bytes.HasPrefix(tk, []byte(id)) && len(list) < n; tk, tv = turns.Next() {
		kept := keptTurn{number: number(tk, 0), value: bytes.Clone(tv)}
		for ; bytes.HasPrefix(ak, tk); ak, av = answers.Next() {
			kept.answers = append(kept.answers, bytes.Clone(av))
		}
		for ; bytes.HasPrefix(vk, tk); vk, vv = votes.Next() {
			kept.votes = append(kept.votes, bytes.Clone(vv))
		}
		list = append(list, kept)
	}
	return list
}

func (k keptTurn) decode() (t Turn, err error) {
	if err := unpackTurn(k.value, &t); err != nil {
		return Turn{}, err
	}
	t.ID = k.number // on which the walk to the next page relies
	for _, value := range k.answers {
		var a Answer
		if err := unpackAnswer(value, &a); err != nil {
			return Turn{}, fmt.Errorf("answer %d: %w", len(t.Answers)+1, err)
		}
		t.Answers = append(t.Answers, a)
	}
	for _, value := range k.votes {
		var v Vote
		if err := json.Unmarshal(value, &v); err != nil {
			return Turn{}, fmt.Errorf("vote %d: %w", len(t.Votes)+1, damaged(err))
		}
		t.Votes = append(t.Votes, v)
	}
	return t, nil
}

// Chunks returns when the pieces of an answer arrived: nil if that was not
// kept, [ErrNotFound] if there is no such answer.
func (s *Store) Chunks(id ID, turn, column, take int) ([]providers.Chunk, error) {
	var chunks []providers.Chunk
	err := s.view("reading", func(tx *bolt.Tx) error {
		key, err := keyOf(id, turn, column, take)
		if err != nil {
			return err
		}
		if tx.Bucket([]byte(inAnswers)).Get(key) == nil {
			return fmt.Errorf("take %d of column %d, turn %d, session %s: %w", take, column, turn, id, ErrNotFound)
		}
		chunks, err = unpackChunks(tx.Bucket([]byte(inChunks)).Get(key))
		return err
	})
	return chunks, err
}
