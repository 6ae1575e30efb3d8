package sessions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
)

// searchSlice is how long a search has the store at the most before it lets
// others to it: nobody's saving waits for somebody's looking.
const searchSlice = 20 * time.Millisecond

// errCursor is a cursor that no search has given.
var errCursor = errors.New("this is no place in a list of sessions")

// Search finds the sessions of a query, the one that was updated last first, a
// page at a time. It reads no more than it needs for the page, and ends with the
// error of ctx when that ends.
func (s *Store) Search(ctx context.Context, q Query, p Page) (Results, error) {
	const op = "searching"
	var r Results
	if p.After != "" && len(p.After) != 8+idLen {
		return r, storeError(op, s.path, errCursor)
	}
	find := newSearch(q)
	for after, more := p.After, true; more; {
		if err := ctx.Err(); err != nil {
			return Results{}, err
		}
		err := s.view(op, func(tx *bolt.Tx) (err error) {
			after, more, err = find.slice(tx, after, p.Limit, &r)
			return err
		})
		if err != nil {
			return Results{}, err
		}
	}
	return r, nil
}

// slice looks through the sessions behind a place until the page is full, the
// list or the slice is over. It returns where it is then, and whether there is
// more to look through.
func (s *search) slice(tx *bolt.Tx, after Cursor, limit int, r *Results) (Cursor, bool, error) {
	until := time.Now().Add(searchSlice)
	sessions, c := tx.Bucket([]byte(inSessions)), tx.Bucket([]byte(inRecent)).Cursor()
	for k := behind(c, after); k != nil; k, _ = c.Prev() {
		if len(k) != 8+idLen {
			return "", false, damaged("a key of the list is malformed")
		}
		var ses Session
		if err := json.Unmarshal(sessions.Get(k[8:]), &ses); err != nil {
			return "", false, damaged(err)
		}
		f, ok, err := s.look(tx, ses)
		if err != nil {
			return "", false, err
		}
		if ok && limit > 0 && len(r.Found) == limit {
			r.Next = after
			return "", false, nil
		}
		if after = Cursor(k); ok {
			r.Found = append(r.Found, f)
		}
		if time.Now().After(until) {
			return after, true, nil
		}
	}
	return "", false, nil
}

// behind moves to the first session of the list behind a place.
func behind(c *bolt.Cursor, after Cursor) []byte {
	if after == "" {
		k, _ := c.Last()
		return k
	}
	k, _ := c.Seek([]byte(after))
	if k == nil {
		k, _ = c.Last()
	}
	for k != nil && bytes.Compare(k, []byte(after)) >= 0 {
		k, _ = c.Prev()
	}
	return k
}

// look looks at one session.
func (s *search) look(tx *bolt.Tx, ses Session) (Found, bool, error) {
	l, ok := s.begin(ses)
	if !ok || l.done() {
		return l.found, ok && l.is, nil
	}
	start, err := keyOf(ses.ID, 1)
	if err != nil {
		return Found{}, false, damaged(err)
	}
	for _, kept := range slices.Backward(turnsFrom(tx, ses.ID, start, ses.Turns)) {
		t, err := kept.decode()
		if err != nil {
			return Found{}, false, err
		}
		if l.turn(&t); l.done() {
			break
		}
	}
	return l.found, l.is, nil
}
