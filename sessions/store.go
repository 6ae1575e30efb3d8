package sessions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"

	"juxta/providers"
)

// A Store keeps sessions in one bbolt file that several processes share. Its
// methods may be called at once; none holds the file longer than it works, and
// everything they return is the caller's own.
//
//	meta      "schema"                            version, decimal
//	sessions  <session>                           Session, without its turns
//	recent    <updated><session>                  nothing: the order of Sessions
//	turns     <session><turn>                     Turn, without its answers
//	answers   <session><turn><column><take>       Answer
//	chunks    <session><turn><column><take>       when what arrived, see packChunks
//
// A session is its 26 characters, a time 8 bytes of milliseconds, every other
// part of a key 4 bytes, all big-endian: keys sort as people count. Values are
// JSON, and behind it the long texts as they are, see pack.
//
// Every moment with the file open lies inside the lock, reads too: a reader
// that shared it could starve the writers, and holds it for less than a
// millisecond. The file is opened anew each time because bbolt locks it for as
// long as it is open.
type Store struct {
	path     string
	lock     lock
	upgrades []upgrade
	patience atomic.Int64 // a time.Duration
}

// How long a call waits for another process that has the store.
const (
	patienceAtOpen = 5 * time.Second
	patienceLater  = 2 * time.Second
)

// The buckets.
const (
	inMeta     = "meta"
	inSessions = "sessions"
	inRecent   = "recent"
	inTurns    = "turns"
	inAnswers  = "answers"
	inChunks   = "chunks"
)

// Batch is something to save. Any part may be missing, but a turn comes with
// its session, and an answer's turn is in the store or saved by the same call.
type Batch struct {
	Session *Session
	Turn    *Turn // its Answers are not looked at
	Answers []Kept
}

// Kept is an answer and where it belongs. Its Timing.Chunks replace those in
// the store unless they are nil.
type Kept struct {
	Session ID
	Turn    int
	Answer  Answer
}

// Path is the store's file.
func (s *Store) Path() string { return s.path }

// SetPatience says how long later calls wait for another process that has the
// store; it is 2 s at first. One that is held longer is a [*HeldError].
func (s *Store) SetPatience(d time.Duration) { s.patience.Store(int64(d)) }

// Close waits for running calls. The store can't be used afterwards.
func (s *Store) Close() error { return s.lock.close() }

// Save writes everything in one transaction: all of it or, with an error,
// nothing. It is on the disk when Save returns.
func (s *Store) Save(batches ...Batch) error {
	if !slices.ContainsFunc(batches, func(b Batch) bool { return b.Session != nil || b.Turn != nil || len(b.Answers) > 0 }) {
		return nil
	}
	return s.update("saving", func(tx *bolt.Tx) error {
		for _, b := range batches {
			if err := putBatch(tx, b); err != nil {
				return err
			}
		}
		return nil
	})
}

func putBatch(tx *bolt.Tx, b Batch) error {
	if b.Session != nil {
		if err := putSession(tx, *b.Session); err != nil {
			return fmt.Errorf("session %.40q: %w", b.Session.ID, err)
		}
	}
	if b.Turn != nil {
		if b.Session == nil {
			return fmt.Errorf("turn %d comes without its session", b.Turn.ID)
		}
		if err := putTurn(tx, b.Session.ID, *b.Turn); err != nil {
			return fmt.Errorf("turn %d of session %s: %w", b.Turn.ID, b.Session.ID, err)
		}
	}
	for _, k := range b.Answers {
		if err := putAnswer(tx, k); err != nil {
			return fmt.Errorf("answer of column %d to turn %d of session %.40q: %w", k.Answer.Column, k.Turn, k.Session, err)
		}
	}
	return nil
}

func putSession(tx *bolt.Tx, ses Session) error {
	key, err := keyOf(ses.ID)
	if err != nil {
		return err
	}
	sessions, recent := tx.Bucket([]byte(inSessions)), tx.Bucket([]byte(inRecent))
	if err := forget(recent, ses.ID, sessions.Get(key)); err != nil {
		return err
	}
	value, err := json.Marshal(ses)
	if err != nil {
		return err
	}
	if err := sessions.Put(key, value); err != nil {
		return err
	}
	return recent.Put(recentKey(ses.Updated, ses.ID), nil)
}

// forget takes the session, as it was kept, out of the list. A nil value was
// not there.
func forget(recent *bolt.Bucket, id ID, value []byte) error {
	if value == nil {
		return nil
	}
	var old struct {
		Updated time.Time `json:"updated"`
	}
	if err := json.Unmarshal(value, &old); err != nil {
		return damaged(err)
	}
	return recent.Delete(recentKey(old.Updated, id))
}

func putTurn(tx *bolt.Tx, id ID, t Turn) error {
	key, err := keyOf(id, t.ID)
	if err != nil {
		return err
	}
	turns := tx.Bucket([]byte(inTurns))
	if value := turns.Get(key); value != nil {
		var old Turn
		if err := unpackTurn(value, &old); err != nil {
			return err
		}
		if !old.Asked.Equal(t.Asked) {
			return ErrTaken
		}
	}
	value, err := packTurn(t)
	if err != nil {
		return err
	}
	return turns.Put(key, value)
}

func putAnswer(tx *bolt.Tx, k Kept) error {
	key, err := keyOf(k.Session, k.Turn, k.Answer.Column, k.Answer.Take)
	if err != nil {
		return err
	}
	if tx.Bucket([]byte(inTurns)).Get(key[:turnKey]) == nil {
		return ErrNotFound
	}
	value, err := packAnswer(k.Answer)
	if err != nil {
		return err
	}
	if err := tx.Bucket([]byte(inAnswers)).Put(key, value); err != nil {
		return err
	}
	if k.Answer.Timing.Chunks == nil {
		return nil
	}
	return tx.Bucket([]byte(inChunks)).Put(key, packChunks(k.Answer.Timing.Chunks))
}

// Session returns one session, or [ErrNotFound].
func (s *Store) Session(id ID) (Session, error) {
	var ses Session
	err := s.view("reading", func(tx *bolt.Tx) error {
		value, err := find(tx, id)
		if err != nil {
			return err
		}
		return asDamage(json.Unmarshal(value, &ses))
	})
	return ses, err
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
// 0 is all.
func (s *Store) Sessions(limit int) ([]Session, error) {
	var list []Session
	err := s.view("listing the sessions", func(tx *bolt.Tx) error {
		sessions, c := tx.Bucket([]byte(inSessions)), tx.Bucket([]byte(inRecent)).Cursor()
		for k, _ := c.Last(); k != nil && (limit <= 0 || len(list) < limit); k, _ = c.Prev() {
			if len(k) != 8+idLen {
				return damaged(errors.New("a key of the list is malformed"))
			}
			var ses Session
			if err := json.Unmarshal(sessions.Get(k[8:]), &ses); err != nil {
				return fmt.Errorf("session %q: %w", k[8:], damaged(err))
			}
			list = append(list, ses)
		}
		return nil
	})
	return list, err
}

// Turns returns the turns of a session that follow turn after (0 for the
// first), at most limit of them (0 is all), oldest first, with their answers,
// whose Timing.Chunks are left out.
func (s *Store) Turns(id ID, after, limit int) ([]Turn, error) {
	var turns []Turn
	err := s.view("reading", func(tx *bolt.Tx) (err error) {
		if _, err := find(tx, id); err != nil {
			return err
		}
		turns, err = turnsFrom(tx, id, max(after, 0)+1, limit)
		return err
	})
	return turns, err
}

// Tail is like [Store.Turns] for the last n turns, and as quick in a long
// session as in a short one.
func (s *Store) Tail(id ID, n int) ([]Turn, error) {
	var turns []Turn
	err := s.view("reading", func(tx *bolt.Tx) error {
		if _, err := find(tx, id); err != nil || n <= 0 {
			return err
		}
		end, err := keyOf(id, math.MaxUint32)
		if err != nil {
			return err
		}
		c, first := tx.Bucket([]byte(inTurns)).Cursor(), 0
		k, _ := c.Seek(end)
		if k == nil {
			k, _ = c.Last()
		} else if !bytes.Equal(k, end) {
			k, _ = c.Prev()
		}
		for left := n; left > 0 && bytes.HasPrefix(k, []byte(id)); left-- {
			first = number(k, 0)
			k, _ = c.Prev()
		}
		turns, err = turnsFrom(tx, id, max(first, 1), 0)
		return err
	})
	return turns, err
}

// turnsFrom walks both buckets once, side by side.
func turnsFrom(tx *bolt.Tx, id ID, first, limit int) ([]Turn, error) {
	start, err := keyOf(id, first)
	if err != nil {
		return nil, err
	}
	var list []Turn
	turns, answers := tx.Bucket([]byte(inTurns)).Cursor(), tx.Bucket([]byte(inAnswers)).Cursor()
	ak, av := answers.Seek(start)
	for tk, tv := turns.Seek(start); bytes.HasPrefix(tk, []byte(id)) && (limit <= 0 || len(list) < limit); tk, tv = turns.Next() {
		var t Turn
		if err := unpackTurn(tv, &t); err != nil {
			return nil, fmt.Errorf("turn %d of session %s: %w", number(tk, 0), id, err)
		}
		for ; bytes.HasPrefix(ak, tk); ak, av = answers.Next() {
			var a Answer
			if err := unpackAnswer(av, &a); err != nil {
				return nil, fmt.Errorf("answer of column %d to turn %d of session %s: %w", number(ak, 1), number(ak, 0), id, err)
			}
			t.Answers = append(t.Answers, a)
		}
		list = append(list, t)
	}
	return list, nil
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

// Delete removes a session with everything that belongs to it, or returns
// [ErrNotFound]. The file keeps its size; the room is used again.
func (s *Store) Delete(id ID) error {
	return s.update("deleting", func(tx *bolt.Tx) error {
		value, err := find(tx, id)
		if err != nil {
			return err
		}
		if err := forget(tx.Bucket([]byte(inRecent)), id, value); err != nil {
			return err
		}
		if err := tx.Bucket([]byte(inSessions)).Delete([]byte(id)); err != nil {
			return err
		}
		for _, name := range []string{inTurns, inAnswers, inChunks} {
			// Seek, because a cursor's place is not sure after Delete.
			c := tx.Bucket([]byte(name)).Cursor()
			for k, _ := c.Seek([]byte(id)); bytes.HasPrefix(k, []byte(id)); k, _ = c.Seek([]byte(id)) {
				if err := c.Delete(); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
