package transfer

import (
	"context"
	"errors"
	"fmt"

	"juxta/sessions"
)

// What one transaction adds at the most: with more, whoever else uses the store
// would wait too long for it.
const (
	mostAtOnce   = 256
	mostTogether = 16 << 20 // bytes of text
)

// A load is sessions on their way into a store, a few at a time.
type load struct {
	store *sessions.Store
	dry   bool // nothing is added
	put   func(context.Context, ...sessions.Bundle) ([]sessions.Arrival, error)
	held  []sessions.Bundle
	bytes int
	all   []sessions.Arrival
}

func (l *load) take(ctx context.Context, b sessions.Bundle) error {
	l.held = append(l.held, b)
	l.bytes += weight(&b)
	if len(l.held) >= mostAtOnce || l.bytes >= mostTogether {
		if err := l.unload(ctx); err != nil {
			return &storeFailed{err}
		}
	}
	return nil
}

// weight is about how much text and files a session has.
func weight(b *sessions.Bundle) int {
	n := 0
	for i := range b.Turns {
		n += len(b.Turns[i].Text)
		for j := range b.Turns[i].Answers {
			a := &b.Turns[i].Answers[j]
			n += len(a.Text) + len(a.Thoughts) + len(a.Refusal) + len(a.Raw)
		}
	}
	for _, data := range b.Files {
		n += len(data)
	}
	return n
}

func (l *load) unload(ctx context.Context) error {
	if len(l.held) == 0 {
		return nil
	}
	added, err := l.put(ctx, l.held...)
	l.held, l.bytes = nil, 0
	l.all = append(l.all, added...)
	return err
}

// undo takes what was added out of the store again.
func (l *load) undo(cause error) error {
	if l.dry {
		return cause
	}
	left := 0
	var why error
	for _, a := range l.all {
		if a.Fate != sessions.Added && a.Fate != sessions.Apart { // what grew is whole, and was there before
			continue
		}
		if err := l.store.Delete(a.ID); err != nil && !errors.Is(err, sessions.ErrNotFound) {
			left, why = left+1, err
		}
	}
	if left > 0 {
		return fmt.Errorf("%w; and %d sessions that had been added could not be taken back: %w", cause, left, why)
	}
	return cause
}

// storeFailed is a fault of the store, and not of what is read.
type storeFailed struct{ err error }

func (e *storeFailed) Error() string { return e.err.Error() }
func (e *storeFailed) Unwrap() error { return e.err }
