package sessions

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"slices"

	bolt "go.etcd.io/bbolt"

	"juxta/providers"
)

// A Shelf is which sessions a [Listing] is of.
type Shelf uint8

// The shelves. A session that waits to be deleted is on no other than its own.
const (
	Current  Shelf = iota // neither archived nor waiting to be deleted
	Archived              // archived
	Bin                   // waiting to be deleted
	Every                 // current and archived
)

func (s Shelf) has(marks byte) bool {
	switch {
	case marks&markBinned != 0:
		return s == Bin
	case marks&markArchived != 0:
		return s == Archived || s == Every
	}
	return s == Current || s == Every
}

// A Listing is a page of the list of sessions: the pinned ones first, and then
// the one that was worked on last first.
type Listing struct {
	Shelf  Shelf
	ByTime bool // the pinned ones stand where they would without that

	Limit int                 // at most so many; 0 for all
	After *Session            // the page begins behind this one, as it was listed; nil for the first page
	Keep  func(*Session) bool // nil keeps all; it is called with the store locked, and must not use it
}

// List reads a page. It costs what the page is long, and with Keep what it
// leaves out.
func (s *Store) List(l Listing) ([]Session, error) {
	var list []Session
	err := s.view("listing the sessions", func(tx *bolt.Tx) error {
		list = nil
		sessions, recent := tx.Bucket([]byte(inSessions)), tx.Bucket([]byte(inRecent))
		full := func() bool { return l.Limit > 0 && len(list) >= l.Limit }
		take := func(id []byte) error {
			var ses Session
			if err := json.Unmarshal(sessions.Get(id), &ses); err != nil {
				return damaged(err)
			}
			if l.Keep == nil || l.Keep(&ses) {
				list = append(list, ses)
			}
			return nil
		}
		if !l.ByTime && (l.After == nil || l.After.Pinned) {
			for _, key := range pinnedKeys(tx) {
				if l.After != nil && bytes.Compare(key, recentKey(l.After.Updated, l.After.ID)) >= 0 || !l.Shelf.has(marksOf(recent.Get(key))) {
					continue
				}
				if full() {
					return nil
				}
				if err := take(key[8:]); err != nil {
					return err
				}
			}
		}
		c := recent.Cursor()
		k, v := c.Last()
		if l.After != nil && (l.ByTime || !l.After.Pinned) {
			from := recentKey(l.After.Updated, l.After.ID)
			if k, v = c.Seek(from); k == nil {
				k, v = c.Last()
			}
			for k != nil && bytes.Compare(k, from) >= 0 {
				k, v = c.Prev()
			}
		}
		for ; k != nil && !full(); k, v = c.Prev() {
			if len(k) != 8+idLen {
				return damaged("a key of the list is malformed")
			}
			if m := marksOf(v); m&markPinned != 0 && !l.ByTime || !l.Shelf.has(m) {
				continue
			}
			if err := take(k[8:]); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// listEntry is what the list says of a session, so that nobody needs to read its
// row to leave it out: its shelfmarks, its number in the index, and if it is not
// hidden, what was spent.
func listEntry(tx *bolt.Tx, ses *Session) ([]byte, error) {
	n, err := numberOf(tx, ses.ID)
	if err != nil || n == 0 {
		return ses.shelfmarks(), err
	}
	e := binary.AppendUvarint([]byte{marksOf(ses.shelfmarks())}, uint64(n))
	if len(ses.Hidden) == 0 {
		e = binary.AppendUvarint(e, uint64(ses.Spent))
	}
	return e, nil
}

// listed is what listEntry says; spent is nil if that is hidden. A zero number is
// not known, and the rest neither.
func listed(e []byte) (number uint32, spent *providers.Money) {
	if len(e) < 2 {
		return 0, nil
	}
	n, width := binary.Uvarint(e[1:])
	if width <= 0 {
		return 0, nil
	}
	if m, w := binary.Uvarint(e[1+width:]); w > 0 {
		money := providers.Money(m)
		spent = &money
	}
	return uint32(n), spent
}

// pinnedKeys are the keys in the list of the pinned sessions, newest first.
func pinnedKeys(tx *bolt.Tx) [][]byte {
	var keys [][]byte
	for _, id := range pinnedIDs(tx) {
		var ses Session
		if json.Unmarshal(tx.Bucket([]byte(inSessions)).Get([]byte(id)), &ses) == nil {
			keys = append(keys, recentKey(ses.Updated, id))
		}
	}
	slices.SortFunc(keys, func(a, b []byte) int { return bytes.Compare(b, a) })
	return keys
}

// Count is how many sessions are on a shelf. It reads no session.
func (s *Store) Count(shelf Shelf) (n int, err error) {
	err = s.view("counting the sessions", func(tx *bolt.Tx) error {
		n = 0
		return tx.Bucket([]byte(inRecent)).ForEach(func(_, v []byte) error {
			if shelf.has(marksOf(v)) {
				n++
			}
			return nil
		})
	})
	return n, err
}
