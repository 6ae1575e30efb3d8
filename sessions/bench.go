package sessions

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"juxta/providers"
)

// remembered is how many turns a Bench keeps in memory when they are in the
// store as well.
const remembered = 8

// A Bench holds the session that is worked on, asks its questions and keeps
// what is said. Its methods may be called from any goroutine; those that read
// or write the store take as long as a disk does, and say so.
type Bench struct {
	Registry *providers.Registry
	Gauge    Gauge // nil measures no energy

	name   string  // by which it is told from those of other processes
	store  *Store  // nil keeps nothing
	saver  *saver  // nil with the store
	replay *replay // nil unless it plays what was recorded; see NewReplay
	shelf  shelf
	lines  devices

	ask sync.Mutex // held while a question is prepared and saved; taken before mu

	mu      sync.Mutex // guards what follows, never held while the disk is used
	desk    *desk      // what is worked on
	run     *Run       // the one that was started last
	asked   *desk      // what that run belongs to
	trouble error      // why saving fails at the moment
	alarm   func(error)
	witness func(*providers.Panic)
}

// A Gauge is told when a local model of an endpoint begins to answer, and the
// function that it returns once it has ended: that tells what it took, or nil where
// nobody knows. Both return at once.
type Gauge func(providers.Endpoint) (end func() *providers.Energy)

// A desk is a session with its newest turns. One that was put away lives on
// while its answers come.
type desk struct {
	session Session
	recent  []*Turn        // the newest turns by ID, complete; all turns where nothing is kept
	held    map[int]*Turn  // older ones that were changed since they were read, by ID
	changed []int          // turns, in the order in which they were; see [Bench.Whole]
	foreign bool           // another process has changed it since a run began last
	stories map[int]*story // by column

	templates map[string]bool // SHA-256 of those that an answer has whole, see spare

	files     bool                      // some turn has files, on whichever branch
	remembers map[int]map[int][]earlier // by column and turn: the files that it is told again; of column 0 those that all are told, also who joins
}

// NewBench works on a new session without columns. A nil store keeps nothing.
func NewBench(reg *providers.Registry, store *Store) *Bench {
	b := &Bench{name: rand.Text(), Registry: reg, store: store, shelf: shelf{store: store}, desk: &desk{session: newSession()}}
	if store != nil {
		b.saver = newSaver(store, func(err error) {
			b.mu.Lock()
			b.trouble = err
			alarm := b.alarm
			b.mu.Unlock()
			if alarm != nil {
				alarm(err)
			}
		}, b.shelf.stored, b.fault)
	}
	return b
}

// OnFault has f told of every panic that a goroutine of the bench caught. f is
// called on that goroutine, and with no mutex held.
func (b *Bench) OnFault(f func(*providers.Panic)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.witness = f
}

func (b *Bench) fault(p *providers.Panic) {
	b.mu.Lock()
	witness := b.witness
	b.mu.Unlock()
	if witness != nil {
		witness(p)
	}
}

func newSession() Session {
	now := time.Now()
	return Session{ID: NewID(now), Kind: Chat, Created: now, Updated: now, Seed: newSeed()}
}

// Trouble is why saving fails at the moment; nil while it works.
func (b *Bench) Trouble() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.trouble
}

// OnTrouble has f told when saving begins to fail, and with nil when it works
// again. f must not block.
func (b *Bench) OnTrouble(f func(error)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.alarm = f
}

// Keeps reports whether anything is saved at all.
func (b *Bench) Keeps() bool { return b.store != nil }

// Store is where the sessions are kept; nil for nowhere.
func (b *Bench) Store() *Store { return b.store }

// Session is the session as it stands.
func (b *Bench) Session() Session {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.desk.session.clone()
}

// Begin puts the session away and works on a new one with the same columns.
func (b *Bench) Begin() {
	b.mu.Lock()
	defer b.mu.Unlock()
	next := newSession()
	old := &b.desk.session
	next.Blind, next.Race, next.Budget, next.Uncounted = old.Blind, old.Race, old.Budget, old.Uncounted
	for i, c := range old.Shown() {
		if c.ID == old.Baseline {
			next.Baseline = i + 1
		}
		c.ID, c.Again, c.Follows = i+1, false, 0 // nobody has answered before it
		next.Columns = append(next.Columns, c)
		next.Places = append(next.Places, c.ID)
	}
	b.desk = &desk{session: next}
	if b.store == nil {
		b.shelf.clear() // nobody comes back to what is not kept
	}
}

// Resume works on a session of the store. It reads the disk.
func (b *Bench) Resume(id ID) error {
	if b.store == nil {
		return errors.New("nothing is kept with --no-save")
	}
	b.ask.Lock() // and nothing is changed meanwhile
	defer b.ask.Unlock()
	_ = b.settle()
	if b.reopen(id) {
		return nil
	}
	s, err := b.store.Session(id)
	if err != nil {
		return err
	}
	s = b.countCut(s)
	d := &desk{session: s}
	if d.files, err = b.store.hasBlobs(id); err == nil && d.files {
		// Preflight tells who can't be asked because of them. A history that
		// can't be read now is told of by the next question.
		_, _ = b.told(d, s, s.Path(), s.Places)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.desk = d
	return nil
}

// reopen works on a session of which memory knows more than the store: its
// answers are still coming, or could not be saved.
func (b *Bench) reopen(id ID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, d := range []*desk{b.desk, b.asked} {
		if d != nil && d.session.ID == id && (b.trouble != nil || b.asked == d && !b.run.over()) {
			b.desk = d
			return true
		}
	}
	return false
}

// change applies edit to the session and, once it has been saved at all, has
// it saved again.
func (b *Bench) change(edit func(*Session)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.replay != nil {
		return
	}
	edit(&b.desk.session)
	if b.desk.session.Turns > 0 {
		b.put(b.desk, Batch{})
	}
}

// put has d's session saved as it is now, with the rest of the batch. b.mu is
// held, so that things are saved in the order in which they happened. Failing
// is told by OnTrouble, too, and the saver tries again.
func (b *Bench) put(d *desk, with Batch) <-chan error {
	if with.changes() {
		d.note(&with)
	}
	if b.saver == nil {
		done := make(chan error)
		close(done)
		return done
	}
	if with.changes() {
		d.session.Changes++
	}
	s := d.session.clone()
	with.Session, with.again = &s, with.Turn == nil && len(with.Answers) == 0
	return b.saver.put(with)
}

// Add puts a column with the given settings on the right and returns its ID;
// c.ID and c.Added are ignored.
func (b *Bench) Add(c Column) (id int) {
	b.change(func(s *Session) {
		c.ID, c.Added = len(s.Columns)+1, time.Now()
		id = c.ID
		s.Columns = append(s.Columns, c)
		s.Places = append(s.Places, id)
	})
	return id
}

// Remove takes a column off the screen. Its answers stay in the session, but
// nothing is measured against it any more.
func (b *Bench) Remove(id int) {
	b.change(func(s *Session) {
		s.Places = slices.DeleteFunc(s.Places, func(p int) bool { return p == id })
		if s.Baseline == id {
			s.Baseline = 0
		}
	})
}

// Restore puts a column that was removed on the screen again, with its answers
// and settings, at a place from 0 or at the right end. It is told what it said
// before; of the turns that it was not asked in, nothing. It does nothing if there
// is no such column, or it is there. It reads the disk where the session has
// files.
func (b *Bench) Restore(id, place int) {
	b.ask.Lock()
	defer b.ask.Unlock()
	b.change(func(s *Session) {
		if _, ok := s.Column(id); ok && !slices.Contains(s.Places, id) {
			s.Places = slices.Insert(s.Places, min(max(place, 0), len(s.Places)), id)
		}
	})
	if d, s, err := b.free(); err == nil && d.files { // preflight tells of them
		_, _ = b.told(d, s, s.Path(), s.Places)
	}
}

// Move puts a column by places to the right, or left if by is negative.
func (b *Bench) Move(id, by int) {
	b.change(func(s *Session) {
		at := slices.Index(s.Places, id)
		to := min(max(at+by, 0), len(s.Places)-1)
		if at < 0 || to == at {
			return
		}
		s.Places = slices.Insert(slices.Delete(s.Places, at, at+1), to, id)
	})
}

// SetModel has a column answered by another model from the next turn on. Its
// history stays, and each answer names the model that gave it.
func (b *Bench) SetModel(id int, ref providers.Ref) {
	b.change(func(s *Session) {
		if c, ok := s.Column(id); ok {
			c.Model = ref
		}
	})
}

// SetSystem gives every column on the screen the same system prompt.
func (b *Bench) SetSystem(text string) {
	b.change(func(s *Session) {
		for _, id := range s.Places {
			if c, ok := s.Column(id); ok && c.System != text {
				c.System, c.Preset = text, ""
			}
		}
	})
}

// Turns lists up to limit turns of the branch that is worked on that come before
// the given one, oldest first; before 0 is its end. It reads the disk.
func (b *Bench) Turns(before, limit int) ([]Turn, error) {
	b.mu.Lock()
	d, path := b.desk, b.desk.session.Path()
	if before == 0 {
		before = d.session.Last() + 1
	}
	b.mu.Unlock()
	found, err := b.some(d, path, path.Before(before, limit), limit)
	b.mu.Lock()
	defer b.mu.Unlock()
	var turns []Turn
	for _, t := range found {
		if t.ID < before {
			turns = append(turns, t.clone())
		}
	}
	return turns, err
}

// Stop ends one column's answer.
func (b *Bench) Stop(column int) {
	if r := b.running(); r != nil {
		r.Stop(column)
	}
}

// StopAll ends every column's answer.
func (b *Bench) StopAll() {
	if r := b.running(); r != nil {
		r.StopAll()
	}
}

func (b *Bench) running() *Run {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.run
}

// Close stops what runs, keeping what it has said, and saves everything. It
// waits for the answers to end as long as ctx allows. Its error is why
// something could not be saved.
func (b *Bench) Close(ctx context.Context) error {
	b.ask.Lock() // a question on its way is asked, so that it can be stopped and saved
	defer b.ask.Unlock()
	var late, unsaved error
	if r := b.running(); r != nil {
		r.StopAll()
		if err := r.Wait(ctx); err != nil {
			late = fmt.Errorf("waiting for the answers to end: %w", err)
		}
	}
	if b.saver != nil {
		unsaved = b.saver.close()
	}
	return errors.Join(late, unsaved)
}
