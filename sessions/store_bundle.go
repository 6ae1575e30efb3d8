package sessions

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Fate is what became of a session that was to be imported.
type Fate string

// What becomes of an imported session.
const (
	Added Fate = "added" // under the ID that it brought, or that its source gives it
	Known Fate = "known" // nothing was added: it is there already
	Back  Fate = "back"  // it was there, and no longer waits to be deleted
	Apart Fate = "apart" // the store has another session of its ID, and it was added under a new one
	Grown Fate = "grown" // it was there, and its new turns and takes were added
)

// An Arrival says what became of one session that was to be imported.
type Arrival struct {
	ID    ID       `json:"session"`       // under which it is in the store
	Was   ID       `json:"was,omitempty"` // that it brought, where that is another one
	Title string   `json:"title"`         // as it brought it
	Fate  Fate     `json:"fate"`
	Lacks []string `json:"lacks,omitempty"` // SHA-256 of the files that it names and does not bring
}

// Bundle reads one session with everything that the store has of it, or returns
// [ErrNotFound]. Its files are read one after the other once its turns are, so
// that nobody waits for the store meanwhile.
func (s *Store) Bundle(id ID) (Bundle, error) {
	var b Bundle
	err := s.view("reading", func(tx *bolt.Tx) (err error) {
		b, err = bundleIn(tx, id)
		return err
	})
	if err != nil {
		return Bundle{}, err
	}
	b.Session = b.Session.portable()
	for _, sum := range b.Lacks() {
		data, err := s.file(sum)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return Bundle{}, err
		}
		if b.Files == nil {
			b.Files = map[string][]byte{}
		}
		b.Files[sum] = data
	}
	return b, nil
}

// bundleIn is a session without its files.
func bundleIn(tx *bolt.Tx, id ID) (b Bundle, err error) {
	if err := row(tx, id, &b.Session); err != nil {
		return b, err
	}
	start, err := keyOf(id, 1)
	if err != nil {
		return b, err
	}
	chunks := tx.Bucket([]byte(inChunks))
	for _, k := range turnsFrom(tx, id, start, math.MaxInt) {
		t, err := k.decode()
		if err != nil {
			return b, fmt.Errorf("turn %d of session %s: %w", k.number, id, err)
		}
		for i := range t.Answers {
			a := &t.Answers[i]
			key, err := keyOf(id, t.ID, a.Column, a.Take)
			if err != nil {
				return b, damaged(err)
			}
			if a.Timing.Chunks, err = unpackChunks(chunks.Get(key)); err != nil {
				return b, err
			}
		}
		b.Turns = append(b.Turns, t)
	}
	return b, nil
}

// Import adds sessions from elsewhere, in one transaction: all of them or, with
// an error, none; large files go ahead, as in [Store.Save]. Of each it says what
// became of it, in their order. The same again adds nothing, and of what is in the
// store nothing is changed but what another program's conversation has grown by,
// see importGrown.
func (s *Store) Import(ctx context.Context, bundles ...Bundle) ([]Arrival, error) {
	return s.importAll(ctx, false, bundles)
}

// Rehearse says what Import would do, and does nothing.
func (s *Store) Rehearse(ctx context.Context, bundles ...Bundle) ([]Arrival, error) {
	return s.importAll(ctx, true, bundles)
}

// errRehearsed takes back a transaction that went well.
var errRehearsed = errors.New("rehearsed")

func (s *Store) importAll(ctx context.Context, rehearse bool, bundles []Bundle) ([]Arrival, error) {
	sums := make([]string, len(bundles))
	var ahead []Batch
	for i := range bundles {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b := &bundles[i]
		if err := b.Check(); err != nil {
			return nil, fmt.Errorf("session %s: %w", b.name(), err)
		}
		sum, err := b.Sum()
		if err != nil {
			return nil, fmt.Errorf("session %s: %w", b.name(), err)
		}
		sums[i] = sum
		ahead = append(ahead, Batch{Files: b.Files})
	}
	if !rehearse {
		if err := s.saveAhead(ahead); err != nil {
			return nil, err
		}
	}
	var all []Arrival
	err := s.update("importing into", func(tx *bolt.Tx) error {
		all = nil
		for i := range bundles {
			if err := ctx.Err(); err != nil {
				return err
			}
			a, err := importOne(tx, bundles[i], sums[i])
			if err != nil {
				return fmt.Errorf("session %s: %w", bundles[i].name(), err)
			}
			all = append(all, a)
		}
		if rehearse {
			return errRehearsed
		}
		return nil
	})
	if err != nil && !errors.Is(err, errRehearsed) {
		return nil, err
	}
	return all, nil
}

// name is what a bundle is called in an error.
func (b *Bundle) name() string {
	if b.Session.ID != "" {
		return fmt.Sprintf("%.40s", string(b.Session.ID))
	}
	return quoted(b.Session.Title)
}

// importOne adds a session unless it is there. sum is that of the bundle as it
// came.
func importOne(tx *bolt.Tx, b Bundle, sum string) (Arrival, error) {
	brought := b.Session.ID
	a := Arrival{Title: b.Session.Title, Lacks: b.Lacks()}
	from := Source{Format: ours, Key: string(brought), Taken: sum}
	if b.Session.Imported != nil {
		from.Format, from.Key = b.Session.Imported.Format, b.Session.Imported.Key
	}
	b.Session.Imported, b.Session.Binned = &from, time.Time{}
	if brought == "" {
		return importGrown(tx, b, a, time.Now())
	}
	a.ID, a.Fate = b.Session.ID, Added
	switch same, err := isThere(tx, a.ID, sum); {
	case errors.Is(err, ErrNotFound):
		if into := mergedInto(tx, a.ID, sum); into != "" {
			a.ID, a.Was, a.Fate = into, brought, Known
			return a, nil
		}
	case err != nil:
		return a, err
	case same:
		a.Fate, err = bringBack(tx, a.ID)
		return a, err
	default:
		a.Was, a.ID = brought, idFrom(b.Session.Created, ours, string(brought)+" "+sum)
		if _, err := find(tx, a.ID); err == nil {
			a.Fate, err = bringBack(tx, a.ID)
			return a, err
		}
		a.Fate, b.Session.ID = Apart, a.ID
	}
	if err := putAll(tx, b.batches()); err != nil {
		return a, err
	}
	return a, closed(tx, a.ID)
}

// closed has nobody wait for the answers of an imported session that have not
// ended: it was another store's process that gave them, and it counted them.
func closed(tx *bolt.Tx, id ID) error {
	var ses Session
	if err := row(tx, id, &ses); err != nil || len(ses.Underway) == 0 {
		return err
	}
	ses.Underway = nil
	return putRow(tx, []byte(id), ses)
}

// bringBack is the fate of what the store has already. If it waits to be deleted
// there, it is brought back.
func bringBack(tx *bolt.Tx, id ID) (Fate, error) {
	var ses Session
	if err := row(tx, id, &ses); err != nil {
		return Known, err
	}
	if ses.Binned.IsZero() {
		return Known, nil
	}
	ses.Binned = time.Time{}
	return Back, putRow(tx, []byte(id), ses)
}

// isThere reports whether a session of the store is the one with the given sum:
// it was imported from that, or has the same in it now.
func isThere(tx *bolt.Tx, id ID, sum string) (bool, error) {
	b, err := bundleIn(tx, id)
	if err != nil {
		return false, err
	}
	if b.Session.Imported != nil && b.Session.Imported.Taken == sum {
		return true, nil
	}
	now, err := b.Sum()
	return now == sum, err
}
