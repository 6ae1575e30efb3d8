package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"juxta/providers"
)

// An interruption is a signal that ends juxta. To the answers it is somebody
// who stopped them.
type interruption struct{ signal os.Signal }

func (i interruption) Error() string { return "interrupted (" + i.signal.String() + ")" }

// Unwrap returns [providers.ErrStopped].
func (i interruption) Unwrap() error { return providers.ErrStopped }

// untilSignal is a context that ends with the first signal. A second one kills
// as if nobody caught it, so that nobody is kept waiting, but for SIGHUP: of a
// terminal that closes, the system and the shell both tell.
func untilSignal() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	// Unread, so that a closed pipe is an error of the write, not a death in the
	// middle of an answer. Ignoring it instead would be passed on to commands.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		select {
		case s := <-caught:
			// Into nobody's ear first: while Ignore takes it from one to the other,
			// the next hangup kills.
			signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
			signal.Stop(caught)
			cancel(interruption{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil); signal.Stop(caught) }
}

// interruptibly does what may never end, such as reading a pipe that nobody
// closes, until ctx ends. Then its goroutine ends with the process, and what has
// come is not used: the same ctrl+c may have ended whoever was writing.
func interruptibly[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	got := make(chan result, 1)
	go func() {
		value, err := attempt(do)
		got <- result{value, err}
	}()
	var none T
	select {
	case r := <-got:
		if ctx.Err() == nil {
			return r.value, r.err
		}
	case <-ctx.Done():
	}
	return none, context.Cause(ctx)
}
