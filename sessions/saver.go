package sessions

import "time"

// checkpoint is how often the partial answers of all running columns are
// saved, in one transaction.
const checkpoint = time.Second

// A saver is the one writer of a process. What is urgent (a question, a
// finished answer) is committed at once, together with whatever else is
// waiting by then; running answers are committed once a second. What could not
// be saved is kept and tried again with every checkpoint.
type saver struct {
	store   *Store
	jobs    chan job
	watched chan watch
	quit    chan struct{}
	ended   chan struct{}
	trouble func(error) // told when saving begins to fail, and with nil when it works again

	// the loop's alone, and after ended anybody's
	runs   []watch
	unsure []Batch // could not be saved yet
	last   error   // of the last commit
}

type job struct {
	batch Batch
	done  chan error // holds one
}

type watch struct {
	id  ID
	run *Run
}

func newSaver(s *Store, trouble func(error)) *saver {
	v := &saver{
		store: s, trouble: trouble,
		jobs: make(chan job), watched: make(chan watch),
		quit: make(chan struct{}), ended: make(chan struct{}),
	}
	go v.loop()
	return v
}

// save commits b, and returns when that is done or has failed for now.
func (v *saver) save(b Batch) error {
	j := job{b, make(chan error, 1)}
	select {
	case v.jobs <- j:
		return <-j.done
	case <-v.ended:
		return v.store.Save(b) // a straggler after close
	}
}

// watch saves r's answers once a second until it has ended.
func (v *saver) watch(id ID, r *Run) {
	select {
	case v.watched <- watch{id, r}:
	case <-v.ended:
	}
}

// close tries once more to save what waits, and ends the saver. Its error is
// why something remained unsaved.
func (v *saver) close() error {
	close(v.quit)
	<-v.ended
	if len(v.unsure) == 0 {
		return nil
	}
	return v.last
}

// loop ends with close. Its timer runs only while there is something to save.
func (v *saver) loop() {
	defer close(v.ended)
	timer := time.NewTimer(checkpoint)
	timer.Stop()
	ticking := false
	for {
		if idle := len(v.runs) == 0 && len(v.unsure) == 0; !idle && !ticking {
			timer.Reset(checkpoint)
			ticking = true
		}
		select {
		case w := <-v.watched:
			v.runs = append(v.runs, w)
		case j := <-v.jobs:
			v.commit(nil, v.gather(j)...)
		case <-timer.C:
			ticking = false
			v.commit(v.partial())
		case <-v.quit:
			v.commit(nil)
			return
		}
	}
}

// gather takes the jobs that wait by now, so that they share a commit.
func (v *saver) gather(first job) []job {
	jobs := []job{first}
	for {
		select {
		case j := <-v.jobs:
			jobs = append(jobs, j)
		default:
			return jobs
		}
	}
}

// partial is what the watched runs have said since the last checkpoint.
func (v *saver) partial() []Batch {
	var b []Batch
	going := v.runs[:0]
	for _, w := range v.runs {
		var kept []Kept
		for _, a := range w.run.snapshots() {
			kept = append(kept, Kept{Session: w.id, Turn: w.run.Turn, Answer: a})
		}
		if len(kept) > 0 {
			b = append(b, Batch{Answers: kept})
		}
		select {
		case <-w.run.done:
		default:
			going = append(going, w)
		}
	}
	v.runs = going
	return b
}

// commit saves, in one transaction, what failed before, then the partial
// answers, then the jobs. Partial answers that fail are not kept: the next
// checkpoint has newer ones.
func (v *saver) commit(partial []Batch, jobs ...job) {
	batches := append(v.unsure[:len(v.unsure):len(v.unsure)], partial...)
	for _, j := range jobs {
		batches = append(batches, j.batch)
	}
	if len(batches) == 0 {
		return
	}
	err := v.store.Save(batches...)
	for _, j := range jobs {
		if err != nil {
			v.unsure = append(v.unsure, j.batch)
		}
		j.done <- err
	}
	if err == nil {
		v.unsure = nil
	}
	if (err != nil) != (v.last != nil) {
		v.trouble(err)
	}
	v.last = err
}
