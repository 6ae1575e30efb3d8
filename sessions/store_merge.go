package sessions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Merge appends the turns of sessions to those of another one, in the order in
// which they are given, with all branches, answers, arrival times, votes and files:
// in one transaction, or with an error nothing. A column goes on in that of the
// same model and settings, or becomes one more. The sessions stay as they are,
// and so does what they cost, unless they are to be deleted: then they wait for
// that, see [Store.Bin], and their costs move, too. One whose turns were appended
// before is [ErrMerged], because a merge can't be undone.
func (s *Store) Merge(into ID, from []ID, bin bool) (Session, error) {
	var all Session
	for i, id := range from {
		if id == into || slices.Contains(from[:i], id) {
			return all, errors.New("a session can't be merged with itself")
		}
	}
	now := time.Now()
	err := s.update("merging", func(tx *bolt.Tx) error {
		if err := row(tx, into, &all); err != nil {
			return err
		}
		was := all.Updated
		for _, id := range from {
			if err := mergeOne(tx, &all, id, bin, now); err != nil {
				return fmt.Errorf("session %s: %w", id, err)
			}
		}
		all.Binned, all.Updated = time.Time{}, now
		all.Changes++
		if err := tx.Bucket([]byte(inRecent)).Delete(recentKey(was, into)); err != nil {
			return err
		}
		return putRow(tx, []byte(into), all)
	})
	return all, err
}

// mergeOne appends one session to another one, whose own row is left to the
// caller.
func mergeOne(tx *bolt.Tx, to *Session, id ID, bin bool, now time.Time) error {
	var from Session
	if err := row(tx, id, &from); err != nil {
		return err
	}
	meta, sewn := tx.Bucket([]byte(inMeta)), []byte("sewn "+string(to.ID)+" "+string(id))
	if n, err := strconv.Atoi(string(meta.Get(sewn))); err == nil && n > 0 {
		what := "its turn was"
		if n > 1 {
			what = fmt.Sprintf("its first %d turns were", n)
		}
		return fmt.Errorf("%s %w", what, ErrMerged)
	}
	m, err := to.sew(&from)
	if err != nil {
		return err
	}
	if err := meta.Put(sewn, []byte(strconv.Itoa(from.Turns))); err != nil {
		return err
	}
	for n := 1; n <= from.Turns; n++ {
		if err := moveTurn(tx, m, id, n, to.ID, bin, now); err != nil {
			return err
		}
	}
	if !bin {
		return nil
	}
	if err := noteMerged(tx, id, to.ID); err != nil {
		return err
	}
	if to.Spent+from.Spent >= to.Spent { // and no overflow
		to.Spent += from.Spent
	}
	to.Guessed, to.Unpriced = to.Guessed || from.Guessed, to.Unpriced+from.Unpriced
	from.Spent, from.Guessed, from.Unpriced = 0, false, 0
	from.Binned = now
	return putRow(tx, []byte(id), from)
}

// moveTurn puts turn n of a session behind the seam. Whoever still answers it
// would write into a session that is to be deleted.
func moveTurn(tx *bolt.Tx, m seam, id ID, n int, to ID, bin bool, now time.Time) error {
	source, err := keyOf(id, n)
	if err != nil {
		return err
	}
	value := tx.Bucket([]byte(inTurns)).Get(source)
	if value == nil {
		return fmt.Errorf("turn %d: %w", n, ErrNotFound)
	}
	var t Turn
	if err := unpackTurn(value, &t); err != nil {
		return err
	}
	t.ID = n
	moved, err := m.turn(t)
	if err != nil {
		return fmt.Errorf("turn %d: %w", n, err)
	}
	if err := putTurn(tx, to, moved); err != nil {
		return err
	}
	for _, kv := range under(tx, inAnswers, source) {
		var a Answer
		if err := unpackAnswer(kv[1], &a); err != nil {
			return err
		}
		if err := t.unended(&a, now); err != nil && bin {
			return err
		}
		if chunks := tx.Bucket([]byte(inChunks)).Get(kv[0]); chunks != nil {
			key, err := keyOf(to, moved.ID, m.column(a.Column), a.Take)
			if err != nil {
				return err
			}
			if err := tx.Bucket([]byte(inChunks)).Put(key, bytes.Clone(chunks)); err != nil {
				return err
			}
		}
		a.Column, a.Follows = m.column(a.Column), m.column(a.Follows)
		if err := putAnswer(tx, Kept{to, moved.ID, a}); err != nil {
			return err
		}
	}
	for _, kv := range under(tx, inVotes, source) {
		var v Vote
		if err := json.Unmarshal(kv[1], &v); err != nil {
			return damaged(err)
		}
		if err := putVote(tx, KeptVote{to, moved.ID, m.vote(v)}); err != nil {
			return err
		}
	}
	return nil
}

// under copies what a bucket has under the keys that begin with prefix, first
// all, because Put disturbs a cursor.
func under(tx *bolt.Tx, bucket string, prefix []byte) (found [][2][]byte) {
	c := tx.Bucket([]byte(bucket)).Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		found = append(found, [2][]byte{bytes.Clone(k), bytes.Clone(v)})
	}
	return found
}

// mergedKey is a key of meta: where a session that was deleted lives on. Its value
// is the ID of that one, and the sums by which an import would know it.
func mergedKey(id ID) []byte { return []byte("merged " + string(id)) }

// noteMerged keeps that a session has become a part of another one and goes.
func noteMerged(tx *bolt.Tx, id, into ID) error {
	b, err := bundleIn(tx, id)
	if err != nil {
		return err
	}
	sums := make([]string, 0, 2)
	if b.Session.Imported != nil {
		sums = append(sums, b.Session.Imported.Taken)
	}
	sum, err := b.Sum()
	if err != nil {
		return err
	}
	value := strings.Join(append([]string{string(into)}, append(sums, sum)...), " ")
	return tx.Bucket([]byte(inMeta)).Put(mergedKey(id), []byte(value))
}

// mergedInto finds the session that one with the given sum was made a part of
// before it was deleted; "" if there is none.
func mergedInto(tx *bolt.Tx, id ID, sum string) ID {
	parts := strings.Fields(string(tx.Bucket([]byte(inMeta)).Get(mergedKey(id))))
	if len(parts) < 2 || !slices.Contains(parts[1:], sum) {
		return ""
	}
	for range mostVersions { // which may have become a part of another one in its turn
		into := ID(parts[0])
		if _, err := find(tx, into); err == nil {
			return into
		}
		if parts = strings.Fields(string(tx.Bucket([]byte(inMeta)).Get(mergedKey(into)))); len(parts) < 2 {
			break
		}
	}
	return ""
}
