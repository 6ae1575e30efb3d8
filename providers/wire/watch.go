package wire

import (
	"context"
	"fmt"
	"io"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"

	"juxta/providers"
)

// phase is what a request is waiting for.
type phase uint8

const (
	paused     phase = iota // nobody waits: the reader is busy with what came
	connecting              // until the connection stands
	sending                 // until the request's last byte is written
	awaiting                // until the answer's headers
	answering               // until the answer's first byte
	streaming               // until the next chunk
)

// A watch bounds the waits of one request: whoever waits too long finds the
// request's context cancelled, with the reason as its cause. It owns no
// goroutine; the runtime's timer runs expire.
type watch struct {
	limits providers.Timeouts
	host   string
	cancel context.CancelCauseFunc
	timer  *time.Timer

	mu     sync.Mutex
	phase  phase
	until  time.Time
	closed bool
	reused bool // the request went out on a kept connection
}

func newWatch(limits providers.Timeouts, u *url.URL, cancel context.CancelCauseFunc) *watch {
	w := &watch{limits: limits, host: u.Host, cancel: cancel}
	w.timer = time.AfterFunc(time.Hour, w.expire)
	w.timer.Stop()
	return w
}

// clientTrace follows net/http, which calls from goroutines of its own. It
// dials again when a kept connection turns out dead, hence the way back from
// sending to connecting.
func (w *watch) clientTrace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { w.advance(connecting) },
		WroteRequest: func(i httptrace.WroteRequestInfo) {
			if i.Err == nil { // else it was cut off while sending
				w.advance(awaiting)
			}
		},
		GotConn: func(i httptrace.GotConnInfo) {
			w.advance(sending)
			w.mu.Lock()
			w.reused = i.Reused
			w.mu.Unlock()
		},
	}
}

// stale reports whether the request went out on a connection that was kept from
// an earlier one.
func (w *watch) stale() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.reused
}

// sends reports whether the request is not written to its end.
func (w *watch) sends() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.phase == sending
}

// advance enters p unless the answer has begun, as it may before the request is
// written.
func (w *watch) advance(p phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.phase != paused && w.phase <= awaiting {
		w.set(p)
	}
}

// enter begins to wait for p. The wait for the answer's first byte began with
// awaiting and goes on through answering.
func (w *watch) enter(p phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p == answering && w.phase == awaiting {
		w.phase = answering
		return
	}
	w.set(p)
}

func (w *watch) set(p phase) {
	w.phase = p
	limit := w.limit()
	w.until = time.Now().Add(limit)
	w.timer.Reset(limit)
}

func (w *watch) limit() time.Duration {
	switch w.phase {
	case connecting:
		return w.limits.Connect
	case streaming:
		return w.limits.Idle
	}
	return w.limits.FirstByte
}

// pause ends a wait. The timer runs on and finds nobody waiting, which is
// cheaper than to stop and restart it around every read.
func (w *watch) pause() {
	w.mu.Lock()
	w.phase = paused
	w.mu.Unlock()
}

// resume waits for the next chunk, and lets the timer run where it stands: when
// it fires early, expire sets it anew.
func (w *watch) resume(now time.Time) {
	w.mu.Lock()
	w.phase, w.until = streaming, now.Add(w.limits.Idle)
	w.mu.Unlock()
}

// close ends the watch and, if it is not over, the request.
func (w *watch) close() {
	w.mu.Lock()
	w.phase, w.closed = paused, true
	w.timer.Stop()
	w.mu.Unlock()
	w.cancel(context.Canceled)
}

// setIdle changes the bound between chunks from the next read on.
func (w *watch) setIdle(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.limits.Idle = d; !w.closed {
		w.timer.Reset(d)
	}
}

func (w *watch) expire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	if w.phase == paused {
		w.timer.Reset(w.limits.Idle) // a reader may come back
		return
	}
	if early := time.Until(w.until); early > 0 {
		w.timer.Reset(early)
		return
	}
	e := &providers.Error{Kind: providers.Timeout}
	switch w.phase {
	case connecting:
		e.Kind = providers.Unreachable
		e.Err = fmt.Errorf("no connection to %s within %s", w.host, w.limits.Connect)
		e.Hint = "check that it runs and is reachable; to wait longer, raise timeout.connect of the provider in the configuration"
	case sending:
		e.Err = fmt.Errorf("%s did not take the whole request within %s", w.host, w.limits.FirstByte)
		e.Hint = "to wait longer, raise timeout.first_byte of the provider in the configuration"
	case streaming:
		e.Err = fmt.Errorf("%s fell silent for %s in the middle of the answer", w.host, w.limits.Idle)
		e.Hint = "to wait longer, raise timeout.idle of the provider in the configuration"
	default:
		e.Err = fmt.Errorf("%s sent no first byte within %s", w.host, w.limits.FirstByte)
		e.Hint = "to wait longer, raise timeout.first_byte of the provider in the configuration"
	}
	w.phase = paused
	w.cancel(e)
}

// A body stamps and bounds the reads of an answer.
type body struct {
	from  io.ReadCloser
	watch *watch
	cause func() error // what cancelled the request; nil while nothing did
	url   *url.URL
	key   providers.Secret

	at      time.Time
	started bool
	over    func(error) // tells the log of the end, once; nil for no log
	ended   bool        // io.EOF was seen, so the connection is free again
}

func (b *body) Read(p []byte) (int, error) {
	if b.ended {
		return 0, io.EOF
	}
	if b.started {
		b.watch.resume(time.Now())
	}
	n, err := b.from.Read(p)
	b.at = time.Now()
	if n > 0 && !b.started {
		b.started = true
		b.watch.enter(streaming)
	}
	if b.started || err != nil {
		b.watch.pause()
	}
	if err == io.EOF {
		b.ended = true
		b.watch.close() // the connection is free already; only the timer is not
		b.tell(nil)
		return n, io.EOF
	}
	if err != nil {
		e := hushed(explain(b.cause(), b.url, err, midAnswer), b.key)
		b.tell(e)
		return n, e
	}
	return n, nil
}

// tell tells the log that the answer is over.
func (b *body) tell(err error) {
	if b.over != nil {
		b.over(err)
		b.over = nil
	}
}

// Close closes the connection at once if the answer is not over: cancelling
// comes first, because closing alone may drain what is still to come.
func (b *body) Close() error {
	b.watch.close()
	b.tell(nil)
	return b.from.Close()
}
