package sessions

import (
	"errors"
	"slices"
)

// A Snapshot is a session with all of its turns, of every branch, as they stood at a
// moment, and the plan that the store has of it. Nothing in it is changed later, so
// that the next one shares what stayed the same.
type Snapshot struct {
	Session Session
	Turns   []Turn

	of      *desk
	upto    int  // of the desk's changes that it has
	ours    bool // nobody but this bench had changed the session when it was copied
	changes int  // of the session in the store, by whichever process; see [Session.Changes]
}

// Whole copies the session. With a copy of before only the turns that were changed
// since are read, if nobody but this bench changed any; nil reads all of them. It
// reads the disk.
func (b *Bench) Whole(before *Snapshot) (*Snapshot, error) {
	if b.store != nil {
		_ = b.settle() // what can't be saved is not in the store's count, and all is read
	}
	b.mu.Lock()
	d, s, upto := b.desk, b.desk.session.clone(), len(b.desk.changed)
	b.mu.Unlock()
	c := &Snapshot{Session: s, of: d, upto: upto, changes: s.Changes}
	if b.store != nil {
		kept, err := b.store.Session(s.ID)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		if err == nil {
			c.Session.Plan, c.changes = kept.Plan, kept.Changes
		}
	}
	c.ours = c.changes == s.Changes
	if before.follows(c) {
		if changed := b.since(before, c); !slices.Contains(changed, severalTurns) {
			return c, b.readOn(before, c, changed)
		}
	}
	err := b.each(d, s.Turns, func(t *Turn) { c.Turns = append(c.Turns, *t) })
	return c, err
}

// follows reports whether what c has more than an older copy is what this bench
// changed, and all of that is in the store: its count of changes is the same as ours.
func (c *Snapshot) follows(next *Snapshot) bool {
	return c != nil && c.of == next.of && c.Session.ID == next.Session.ID && c.ours && next.ours && c.upto <= next.upto && next.changes-c.changes == next.upto-c.upto
}

// since are the turns that were changed between two copies, each once.
func (b *Bench) since(before, c *Snapshot) []int {
	b.mu.Lock()
	changed := slices.Clone(c.of.changed[before.upto:c.upto])
	b.mu.Unlock()
	slices.Sort(changed)
	return slices.Compact(changed)
}

// readOn fills a copy in from the one before and the turns that were changed since.
func (b *Bench) readOn(before, c *Snapshot, changed []int) error {
	c.Turns = slices.Clone(before.Turns)
	for _, id := range changed {
		t, err := b.turn(c.of, id)
		if err != nil {
			return err
		}
		b.mu.Lock()
		now := t.clone() // a run may be changing it
		b.mu.Unlock()
		at, found := slices.BinarySearchFunc(c.Turns, id, func(t Turn, id int) int { return t.ID - id })
		if found {
			c.Turns[at] = now
		} else {
			c.Turns = slices.Insert(c.Turns, at, now)
		}
	}
	return nil
}

// severalTurns stands in a desk's changes for one of more than a turn.
const severalTurns = -1

// note keeps which turn a batch changes: an entry for each change that the store
// counts, see [Session.Changes].
func (d *desk) note(with *Batch) {
	var ids []int
	if with.Turn != nil {
		ids = append(ids, with.Turn.ID)
	}
	for _, a := range with.Answers {
		ids = append(ids, a.Turn)
	}
	for _, v := range with.Votes {
		ids = append(ids, v.Turn)
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) > 1 {
		ids[0] = severalTurns
	}
	d.changed = append(d.changed, ids[0])
}
