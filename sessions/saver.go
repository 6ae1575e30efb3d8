package sessions

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"juxta/providers"
)

// checkpoint is how often the partial answers of all running columns are
// saved, in one transaction.
const checkpoint = time.Second

// A saver is the one writer of a process. It commits in the order in which
// things happened: what is urgent (a question, a finished answer) at once,
// together with whatever else waits by then; running answers once a second.
// What could not be saved is kept, and tried again ahead of everything newer,
// so that nothing old ever replaces it.
type saver struct {
	store   *Store
	trouble func(error)             // told when saving begins to fail, and with nil when it works again
	stored  func(map[string][]byte) // told which files are in the store now
	fault   func(*providers.Panic)  // told of those that were caught
	wake    chan struct{}           // holds a token when the queue has something new
	quit    chan struct{}
	ended   chan struct{}
	closing sync.Once

	mu    sync.Mutex // guards what follows, never held while the disk is used
	queue []*job
	runs  []watch
	over  bool // the loop takes nothing more

	// the loop's alone, and after ended anybody's
	unsure []*job // could not be saved yet
	last   error  // of the last commit
}

type job struct {
	batch Batch
	run   *Run // whose partial answers these are; nil for what must not be lost
	done  chan error
	err   error
}

type watch struct {
	id  ID
	run *Run
}

func newSaver(s *Store, trouble func(error), stored func(map[string][]byte), fault func(*providers.Panic)) *saver {
	v := &saver{
		store: s, trouble: trouble, stored: stored, fault: fault, wake: make(chan struct{}, 1),
		quit: make(chan struct{}), ended: make(chan struct{}),
	}
	go v.loop()
	return v
}

// put has b saved after everything that was put before. It does not wait; the
// channel brings how that went, or how it failed for now.
func (v *saver) put(b Batch) <-chan error {
	done := make(chan error, 1)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.over {
		go func() { // a straggler after close
			done <- v.caught(func() error {
				err := v.store.Save(b)
				if err == nil {
					v.stored(b.Files)
				}
				return err
			})
		}()
		return done
	}
	v.queue = append(v.queue, &job{batch: b, done: done})
	v.rouse()
	return done
}

// watch saves r's answers once a second until it has ended.
func (v *saver) watch(id ID, r *Run) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.runs = append(v.runs, watch{id, r})
	v.rouse()
}

func (v *saver) rouse() {
	select {
	case v.wake <- struct{}{}:
	default: // the loop has been told already
	}
}

// close saves what waits and what is still being said, and ends the saver. Its
// error is why something remained unsaved, or where it is if that is another place
// than it was meant for.
func (v *saver) close() error {
	v.closing.Do(func() {
		close(v.quit)
		<-v.ended
		if errors.Is(v.last, ErrTaken) {
			v.last = v.caught(v.rescue)
		}
	})
	return v.last
}

// rescue saves what another juxta has taken the place of in a session of its own,
// behind the turns that both had: until the end there was hope that it could be
// saved where it belongs, and now memory goes. Its error says which session that is.
func (v *saver) rescue() error {
	var all []error
	var unsure []*job
	for _, group := range bySession(v.unsure) {
		err := v.try(group)
		if errors.Is(err, ErrTaken) {
			if id, lost := v.apart(group); lost == nil {
				all = append(all, fmt.Errorf("%w: what was asked here since is kept as session %s", err, id))
				continue
			}
		}
		if err != nil {
			all, unsure = append(all, err), append(unsure, group...)
		}
	}
	v.unsure = unsure
	return errors.Join(all...)
}

// apart saves jobs of one session in a new one.
func (v *saver) apart(group []*job) (ID, error) {
	var ours *Session // as it was saved last
	first := 0        // turn that is somebody else's
	for _, j := range group {
		if j.batch.Session != nil {
			ours = j.batch.Session
		}
		if t := j.batch.Turn; t != nil && (first == 0 || t.ID < first) {
			kept, err := v.store.Turns(j.batch.session(), t.ID-1, 1)
			if err != nil {
				return "", err
			}
			if len(kept) > 0 && !kept[0].Asked.Equal(t.Asked) {
				first = t.ID
			}
		}
	}
	if ours == nil || first == 0 {
		return "", ErrTaken
	}
	next, err := v.store.apart(*ours, first)
	if err != nil {
		return "", err
	}
	for _, j := range group {
		j.batch = j.batch.of(next)
	}
	if err := v.try(group); err != nil {
		_ = v.store.Delete(next.ID)
		return "", err
	}
	return next.ID, nil
}

// of is the batch as one of another session.
func (b Batch) of(other Session) Batch {
	if b.Session != nil {
		s := b.Session.clone()
		s.ID, s.Origin, s.Imported = other.ID, other.Origin, nil
		b.Session = &s
	}
	b.Answers, b.Votes = slices.Clone(b.Answers), slices.Clone(b.Votes)
	for i := range b.Answers {
		b.Answers[i].Session = other.ID
	}
	for i := range b.Votes {
		b.Votes[i].Session = other.ID
	}
	return b
}

// mostFaults is after how many panics a saver gives up.
const mostFaults = 8

// loop ends with close. A panic that is not one of writing loses nothing either:
// what was being committed waits in unsure.
func (v *saver) loop() {
	defer close(v.ended)
	for range mostFaults {
		fault := v.serve()
		if fault == nil {
			return
		}
		v.last = fault
		v.fault(fault)
	}
	v.mu.Lock()
	v.over = true
	v.mu.Unlock()
	for _, j := range append(v.unsure, v.take()...) {
		j.err = v.last
		j.tell()
	}
}

// serve is the loop until it ends or panics. Its timer runs only while there is
// something to save.
func (v *saver) serve() (fault *providers.Panic) {
	defer func() {
		if p := recover(); p != nil {
			fault = providers.Caught(p)
		}
	}()
	timer := time.NewTimer(checkpoint)
	timer.Stop()
	ticking := false
	for {
		if !ticking && v.waits() {
			timer.Reset(checkpoint)
			ticking = true
		}
		select {
		case <-v.wake:
			if jobs := v.take(); len(jobs) > 0 {
				v.commit(jobs)
			}
		case <-timer.C:
			ticking = false
			v.commit(append(v.partial(), v.take()...))
		case <-v.quit:
			partial := v.partial()
			v.mu.Lock()
			v.over = true
			v.mu.Unlock()
			v.commit(append(partial, v.take()...))
			return nil
		}
	}
}

// waits reports whether the next checkpoint will have something to do.
func (v *saver) waits() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.runs) > 0 || len(v.unsure) > 0
}

func (v *saver) take() []*job {
	v.mu.Lock()
	defer v.mu.Unlock()
	jobs := v.queue
	v.queue = nil
	return jobs
}

// partial is what the watched runs have said since the last checkpoint.
func (v *saver) partial() []*job {
	v.mu.Lock()
	defer v.mu.Unlock()
	var jobs []*job
	for _, w := range v.runs {
		var kept []Kept
		for _, a := range w.run.snapshots() {
			kept = append(kept, Kept{Session: w.id, Turn: w.run.Turn, Answer: a})
		}
		if len(kept) > 0 {
			jobs = append(jobs, &job{batch: Batch{Answers: kept}, run: w.run})
		}
	}
	v.runs = slices.DeleteFunc(v.runs, func(w watch) bool { return w.run.over() })
	return jobs
}

// commit saves, in one transaction, what failed before and then the jobs.
// Partial answers that fail are not kept, because the run still has them.
func (v *saver) commit(jobs []*job) {
	jobs = append(v.unsure, jobs...)
	if len(jobs) == 0 {
		return
	}
	v.unsure = jobs
	err := v.try(jobs)
	if errors.Is(err, ErrTaken) || errors.Is(err, ErrNotFound) || errors.As(err, new(*providers.Panic)) {
		// Another process has continued or deleted one of the sessions, or one
		// can't be written: that must not keep the others from being saved.
		err = nil
		for _, group := range bySession(jobs) {
			if e := v.try(group); e != nil {
				err = e
			}
		}
	}
	var unsure []*job
	newer := map[ID]bool{} // sessions of which a newer state waits
	for _, j := range slices.Backward(jobs) {
		switch {
		case j.err == nil:
			v.stored(j.batch.Files)
		case j.run != nil:
			j.run.unsaved()
		case newer[j.batch.session()] && j.batch.Turn == nil && len(j.batch.Answers)+len(j.batch.Votes) == 0 && j.batch.spent == 0:
		default:
			newer[j.batch.session()] = true
			unsure = append(unsure, &job{batch: j.batch})
		}
	}
	slices.Reverse(unsure)
	v.unsure = unsure
	defer func() { // whatever comes of telling others
		for _, j := range jobs {
			j.tell()
		}
	}()
	if (err != nil) != (v.last != nil) {
		v.trouble(err)
	}
	v.last = err
}

// tell tells whoever waits for the job how it went.
func (j *job) tell() {
	if j.done != nil {
		j.done <- j.err
	}
}

// try saves the jobs, all of them or none, and notes in each how that went.
func (v *saver) try(jobs []*job) error {
	var batches []Batch
	for _, j := range jobs {
		batches = append(batches, j.batch)
	}
	err := v.caught(func() error { return v.store.Save(batches...) })
	for _, j := range jobs {
		j.err = err
	}
	return err
}

// caught makes a panic the error of what is done: the saver lives on, and tries
// again.
func (v *saver) caught(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			caught := providers.Caught(p)
			v.fault(caught)
			err = caught
		}
	}()
	return do()
}

// bySession keeps the order within each session.
func bySession(jobs []*job) [][]*job {
	var groups [][]*job
	at := map[ID]int{}
	for _, j := range jobs {
		id := j.batch.session()
		i, ok := at[id]
		if !ok {
			i = len(groups)
			at[id], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], j)
	}
	return groups
}

// session is what all of a job belongs to.
func (b Batch) session() ID {
	switch {
	case b.Session != nil:
		return b.Session.ID
	case len(b.Answers) > 0:
		return b.Answers[0].Session
	}
	return ""
}
