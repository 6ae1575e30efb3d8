package sessions

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
)

// settled fills in what a session from elsewhere can leave out: an ID, a title, and
// when it was. One without a date counts as of today, and its ID does not depend
// on that.
func (b *Bundle) settled(now time.Time) {
	s := &b.Session
	if s.Title == "" && len(b.Turns) > 0 {
		t := &b.Turns[0]
		s.Title = cmp.Or(titleOf(t.Text), titleOfFiles(t.Files))
	}
	s.ID = idFrom(s.born(), s.Imported.Format, s.Imported.Key)
	if s.Created.IsZero() {
		s.Created = now.UTC()
	}
	if s.Updated.IsZero() {
		s.Updated = s.Created
	}
	for i := range s.Columns {
		if c := &s.Columns[i]; c.Added.IsZero() {
			c.Added = s.Created
		}
	}
}

// born is the time in the ID of a session from elsewhere.
func (s *Session) born() time.Time {
	if s.Created.IsZero() {
		return time.UnixMilli(0)
	}
	return s.Created
}

// mostVersions is how many sessions of one source are looked at.
const mostVersions = 100

// importGrown adds a session of another program, to which the store may have what
// it was at an earlier import. If all of that is still what it was, both here and
// there, the new turns and takes are added to it. Otherwise the session is added
// beside it, and nothing that was worked on here is touched.
func importGrown(tx *bolt.Tx, b Bundle, a Arrival, now time.Time) (Arrival, error) {
	from, born := *b.Session.Imported, b.Session.born()
	b.settled(now)
	a.Title = b.Session.Title
	first := b.Session.ID
	for n := 1; n <= mostVersions; n++ {
		if n > 1 {
			b.Session.ID = idFrom(born, from.Format, fmt.Sprintf("%s #%d", from.Key, n))
			a.Was = first
		}
		a.ID = b.Session.ID
		kept, err := bundleIn(tx, b.Session.ID)
		switch {
		case errors.Is(err, ErrNotFound):
			if into := mergedInto(tx, a.ID, from.Taken); into != "" {
				a.ID, a.Was, a.Fate = into, a.ID, Known
				return a, nil
			}
			if a.Fate = Added; n > 1 {
				a.Fate = Apart
			}
			return a, putAll(tx, b.batches())
		case err != nil:
			return a, err
		}
		known := kept.Session.Imported != nil && kept.Session.Imported.Taken == from.Taken
		if !known {
			if known, err = b.partOf(&kept); err != nil {
				return a, err
			}
		}
		if known {
			a.Fate, err = bringBack(tx, a.ID)
			return a, err
		}
		switch grown, err := kept.startOf(&b); {
		case err != nil:
			return a, err
		case grown:
			if _, err := bringBack(tx, a.ID); err != nil {
				return a, err
			}
			kept.Session.Binned = time.Time{}
			a.Fate = Grown
			return a, putGrown(tx, &kept, &b)
		}
	}
	return a, &Refusal{fmt.Errorf("there are %d sessions of it already, all different", mostVersions), "delete some of them first"}
}

func putAll(tx *bolt.Tx, batches []Batch) error {
	for _, batch := range batches {
		if err := putBatch(tx, batch); err != nil {
			return err
		}
	}
	return nil
}

// partOf reports whether more has all that b would bring, whatever else was done
// with it.
func (b *Bundle) partOf(more *Bundle) (bool, error) {
	if len(b.Turns) > len(more.Turns) {
		return false, nil
	}
	for i := range b.Turns {
		t, other := &b.Turns[i], &more.Turns[i]
		if t.Text != other.Text || t.Parent != other.Parent || !t.Asked.Equal(other.Asked) || !sameFiles(t.Files, other.Files) {
			return false, nil
		}
		for _, a := range t.Answers {
			there, ok := other.Take(Pick{a.Column, a.Take})
			if !ok {
				return false, nil
			}
			if same, err := samePacked(packAnswer, a, *there); !same {
				return false, err
			}
		}
	}
	return true, nil
}

func sameFiles(x, y []Attachment) bool {
	return slices.EqualFunc(x, y, func(x, y Attachment) bool { return x.SHA256 == y.SHA256 })
}

// startOf reports whether more begins with all that b has, and b has nothing that
// was done with it here: no votes, notes, columns or takes of its own.
func (b *Bundle) startOf(more *Bundle) (bool, error) {
	if len(b.Turns) > len(more.Turns) {
		return false, nil
	}
	for i := range b.Turns {
		t, other := b.Turns[i], more.Turns[i]
		if len(t.Answers) > len(other.Answers) || len(t.Votes) > 0 {
			return false, nil
		}
		for n := range t.Answers {
			if same, err := samePacked(packAnswer, t.Answers[n], other.Answers[n]); !same {
				return false, err
			}
		}
		t.Takes, other.Takes = nil, nil // with another take, another one may stand
		if same, err := samePacked(packTurn, t, other); !same {
			return false, err
		}
	}
	return true, nil
}

func samePacked[T any](pack func(T) ([]byte, error), x, y T) (bool, error) {
	p, err := pack(x)
	if err != nil {
		return false, err
	}
	q, err := pack(y)
	return bytes.Equal(p, q), err
}

// putGrown adds to a session what it has grown by. How it is labelled, its columns
// and which takes stand of those that it had stay as they are here.
func putGrown(tx *bolt.Tx, kept, b *Bundle) error {
	s := kept.Session.clone()
	s.Turns, s.Tip, s.Forks, s.Updated = b.Session.Turns, b.Session.Tip, b.Session.Forks, b.Session.Updated
	s.Spent, s.Guessed, s.Unpriced = b.Session.Spent, b.Session.Guessed, b.Session.Unpriced
	from := *b.Session.Imported
	s.Imported = &from
	grown := Bundle{Session: s, Files: b.Files}
	for i, t := range b.Turns {
		if i < len(kept.Turns) && len(kept.Turns[i].Answers) == len(t.Answers) {
			continue
		}
		grown.Turns = append(grown.Turns, t)
	}
	return putAll(tx, grown.batches())
}
