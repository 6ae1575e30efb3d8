package sessions

import (
	"context"
	"iter"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"juxta/providers"
)

// Frame is the shortest time between two reports of [Run.Next].
const Frame = 33 * time.Millisecond

// heartbeat is how often Next reports a column that waits in silence, so that
// its clock is seen to run.
const heartbeat = 100 * time.Millisecond

// A Run is a question being answered: one goroutine per column does nothing
// but read and append, so that nobody's slowness delays a stamp, and Next
// tells one caller what all columns have said since it last asked.
type Run struct {
	Turn  int  // ID of the turn being answered
	Asked Turn // the same as it was begun, with a place for each answer

	Foreign bool // another process has changed the session: what is shown of its turns is not what they are

	news  chan struct{} // holds a token when there is something to report
	last  time.Time     // when Next last returned; its caller's alone, like told
	told  bool          // all of it was reported
	done  chan struct{} // closed when every lane has ended
	lines *devices
	keep  func(Answer) error     // saves an answer that has ended
	allow func(*lane) error      // says why a request may not leave after all
	fault func(*providers.Panic) // told of those that its goroutines caught
	limit limit                  // besides the session's
	gauge Gauge                  // of what local answers take; nil for nobody
	heard func(*Answer)          // told of each answer that has ended, with the bench's mutex held; nil for nobody

	mu    sync.Mutex
	lanes []*lane
	queue []*lane // the same in the order in which they stand in line
	ended int     // lanes that are over
	sent  int     // bytes of their requests
}

// Phase is what a column is doing.
type Phase uint8

// Phases of a column, in the order they come.
const (
	Queued    Phase = iota // waits for its device
	Asked                  // the request is on its way, or waits to be sent again
	Thinking               // thoughts are arriving
	Answering              // the answer is arriving
	Ended
)

// State is what a column is doing and for how long.
type State struct {
	Phase Phase
	Text  string        // "2nd in line", "loading"; "" if the phase says all
	Since time.Time     // when the phase or the text began
	For   time.Duration // since then, at the time of the report
}

// Live is a running answer's figures so far; the counts are estimates until
// the provider reports.
type Live struct {
	FirstToken, FirstAnswer time.Duration // 0: not yet
	Usage                   providers.Usage
	Speed                   float64          // tokens per second; 0: not yet known
	Cost                    *providers.Money // nil: not known
	Price                   *providers.Price // by which that is; nil: not known
	Attempts                int
	Context                 int // window in tokens; 0: not known
}

// News is what one column said since the last report.
type News struct {
	Column, Take            int
	Text, Thoughts, Refusal string // received since, as received
	State                   State
	Live                    Live
	Notices                 []string // what was done differently from what was asked
	Final                   *Answer  // in the column's last news
	Unsaved                 error    // beside Final: why it is not in the store yet
}

func (b *Bench) newRun(turn int) *Run {
	return &Run{Turn: turn, lines: &b.lines, fault: b.fault, news: make(chan struct{}, 1), done: make(chan struct{})}
}

// cancellable gives every lane a context that Stop ends.
func (r *Run) cancellable(ctx context.Context) []context.Context {
	ctxs := make([]context.Context, len(r.lanes))
	for i, l := range r.lanes {
		ctxs[i], l.cancel = context.WithCancelCause(ctx)
	}
	return ctxs
}

// start sends every lane's request. The run ends when all lanes have.
func (r *Run) start(ctxs []context.Context) {
	for _, l := range r.queue { // all stand in line before anyone is asked
		if l.vain != nil {
			l.device = "" // nobody waits for one who is not asked
		}
		r.update(l, func() { l.enter(Asked, "") })
		l.ticket = r.lines.join(l.device, func(ahead int) {
			r.update(l, func() { l.enter(Queued, ordinal(ahead+1)+" in line") })
		})
	}
	for i, l := range r.lanes {
		go r.follow(ctxs[i], l)
	}
}

// follow reads one lane to its end.
func (r *Run) follow(ctx context.Context, l *lane) {
	sent := weight(l.request)
	if err := r.guarded(func() error { r.read(ctx, l); return nil }); err != nil {
		r.update(l, func() { l.fail(err) })
	}
	l.cancel(nil)
	r.lines.leave(l.ticket)
	r.mu.Lock()
	l.close()
	final := l.snapshot()
	r.mu.Unlock()
	unsaved := r.guarded(func() error { return r.keep(final) })
	final.Timing.Chunks = nil // more than the text, and nobody but the store needs them
	heavy := false
	r.update(l, func() {
		l.enter(Ended, "")
		l.fresh.Final, l.fresh.Unsaved = &final, unsaved
		r.sent += sent
		if r.ended++; r.ended == len(r.lanes) {
			close(r.done)
			heavy = r.sent > heavyRun
		}
	})
	if heavy {
		debug.FreeOSMemory()
	}
}

// guarded does what a lane's goroutine does, and makes a panic on the way its
// error: it is no reason to lose the other columns, and here it would end the
// process with the terminal in disorder.
func (r *Run) guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			caught := providers.Caught(p)
			r.fault(caught)
			err = caught
		}
	}()
	return do()
}

// heavyRun is how many bytes a run must have sent for the memory that this took,
// several times as much, to be given back at once: else it would stay until
// somebody asks again.
const heavyRun = 4 << 20

// weight is about how many bytes a request is.
func weight(req providers.Request) int {
	n := len(req.System)
	for _, m := range req.Messages {
		for _, p := range m.Parts {
			switch p := p.(type) {
			case providers.Text:
				n += len(p)
			case providers.Blob:
				n += len(p.Data)
			}
		}
	}
	return n
}

// read waits for the device, asks, and records what comes.
func (r *Run) read(ctx context.Context, l *lane) {
	err := l.ticket.wait(ctx)
	if err == nil && l.vain != nil {
		err = l.vain
	}
	if err != nil {
		r.update(l, func() { l.fail(err) })
		return
	}
	if r.gauge != nil && l.answer.Local {
		end := r.gauge(l.entry.Endpoint)
		defer func() { // while the device is still its own
			took := end()
			r.update(l, func() { l.answer.Energy = took })
		}()
	}
	var t providers.Timing
	provider := attempts{l.entry.Provider, func() error {
		r.update(l, func() { l.enter(Asked, "") })
		return r.allow(l)
	}}
	for ev, err := range providers.Meter(providers.Retry(ctx, provider, l.request, l.entry.Policy()), &t) {
		r.update(l, func() {
			l.answer.Timing = t
			if err != nil {
				if ctx.Err() != nil {
					err = context.Cause(ctx) // whatever the closed connection looked like
				}
				l.fail(err)
				return
			}
			l.record(ev)
		})
	}
}

// attempts tells when a request is about to be sent, because that ends the wait
// that [providers.Retry] announced, and because it may not be any more. A Sent
// can't: "loading" goes on after it.
type attempts struct {
	providers.Provider
	begins func() error
}

func (a attempts) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	if err := a.begins(); err != nil {
		return func(yield func(providers.Event, error) bool) { yield(nil, err) }
	}
	return a.Provider.Stream(ctx, req)
}

func (r *Run) update(l *lane, change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
	l.changed = true
	select {
	case r.news <- struct{}{}:
	default: // Next has been told already
	}
}

// Columns lists the IDs of the columns that were asked.
func (r *Run) Columns() []int {
	var ids []int
	for _, p := range r.Picks() {
		if !slices.Contains(ids, p.Column) {
			ids = append(ids, p.Column)
		}
	}
	return ids
}

// Picks lists the answers that are given.
func (r *Run) Picks() []Pick {
	r.mu.Lock()
	defer r.mu.Unlock()
	picks := make([]Pick, len(r.lanes))
	for i, l := range r.lanes {
		picks[i] = Pick{l.answer.Column, l.answer.Take}
	}
	return picks
}

// Stop ends one column's answers at once, keeping what it has said; a column
// that still waits in line is skipped.
func (r *Run) Stop(column int) {
	picks := r.Picks()
	r.stop(func(i int) bool { return picks[i].Column == column })
}

// StopAll ends every column's answer.
func (r *Run) StopAll() {
	r.stop(func(int) bool { return true })
}

// stop ends lanes all at once: none has its turn because one before it was
// stopped first.
func (r *Run) stop(those func(lane int) bool) {
	r.lines.still(func() {
		for i, l := range r.lanes {
			if those(i) {
				l.cancel(providers.ErrStopped)
			}
		}
	})
}

// over reports whether every lane has ended and was saved.
func (r *Run) over() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// Wait returns when every lane has ended and was saved, or ctx is over.
func (r *Run) Wait(ctx context.Context) error {
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Next waits for news and returns all of it: at once if the last report is
// older than [Frame], else when it is, so that nobody paints more often. It
// returns false after every column's Final has been reported. It must not be
// called concurrently with itself.
func (r *Run) Next() ([]News, bool) {
	for !r.told {
		time.Sleep(Frame - time.Since(r.last))
		news, over := r.take()
		r.told = over
		if len(news) > 0 {
			r.last = time.Now()
			return news, true
		}
		beat := time.NewTimer(heartbeat - Frame) // a frame of it has passed
		select {
		case <-r.news:
		case <-beat.C:
		}
		beat.Stop()
	}
	return nil, false
}

// All iterates over the run's reports until it ends.
func (r *Run) All() iter.Seq[[]News] {
	return func(yield func([]News) bool) {
		for {
			news, ok := r.Next()
			if !ok || !yield(news) {
				return
			}
		}
	}
}

func (r *Run) take() (all []News, over bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	for _, l := range r.lanes {
		if n, ok := l.report(now); ok {
			all = append(all, n)
		}
	}
	return all, r.ended == len(r.lanes)
}

// snapshots returns the answers that changed since the last call and are not
// over: what the saver keeps once a second.
func (r *Run) snapshots() []Answer {
	r.mu.Lock()
	defer r.mu.Unlock()
	var as []Answer
	for _, l := range r.lanes {
		if l.changed && l.answer.Finish == "" {
			as = append(as, l.snapshot())
			l.changed = false
		}
	}
	return as
}

// unsaved has snapshots return everything again.
func (r *Run) unsaved() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.lanes {
		l.changed = true
	}
}
