package cli

import (
	"context"
	"errors"
	"fmt"

	"juxta/providers"
	"juxta/providers/keys"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// Exit codes.
const (
	exitFailed      = 1 // an answer failed
	exitUsage       = 2
	exitStore       = 3
	exitInterrupted = 130
)

// A mistake is an error of the person at the keyboard, or any other that knows
// its exit code. One without an err has been reported already.
type mistake struct {
	code int
	err  error
	hint string
}

func (m *mistake) Error() string {
	if m.err == nil {
		return "failed"
	}
	return m.err.Error()
}

// Unwrap returns the cause.
func (m *mistake) Unwrap() error { return m.err }

// Advice is the next step for a person.
func (m *mistake) Advice() string { return m.hint }

// usage is a mistake on the command line and what to do instead.
func usage(hint, format string, args ...any) error {
	return &mistake{exitUsage, fmt.Errorf(format, args...), hint}
}

// report says what went wrong and what to do, and returns the exit code.
func (a *app) report(ctx context.Context, err error) int {
	if err == nil {
		return 0
	}
	if errors.Is(err, errUnread) && ctx.Err() == nil {
		return 0
	}
	var fault *providers.Panic
	if errors.As(err, &fault) {
		a.fault(fault)
	}
	code := codeOf(ctx, err)
	var m *mistake
	if errors.As(err, &m) && m.err == nil || code == exitInterrupted {
		return code // reported already, or known to whoever did it
	}
	a.say("juxta: %s", plain.Line(err.Error()))
	if advice := adviceOf(err); fault == nil && advice != "" { // what to do about a fault comes last
		a.say("  → %s", plain.Line(advice))
	}
	return code
}

// codeOf is the exit code of an error. That something was not saved outranks an
// interruption, and an interruption whatever failed because of it.
func codeOf(ctx context.Context, err error) int {
	var (
		m       *mistake
		config  *configError
		index   *keys.IndexError
		held    *sessions.HeldError
		store   *sessions.StoreError
		stopped interruption
		refused *sessions.Refusal
	)
	switch {
	case errors.As(err, &held), errors.As(err, &store), errors.Is(err, sessions.ErrTaken), errors.As(err, &m) && m.code == exitStore:
		return exitStore
	case errors.As(err, &stopped), errors.As(context.Cause(ctx), &stopped):
		return exitInterrupted
	case errors.As(err, &m):
		return m.code
	case errors.As(err, &config), errors.As(err, &index), errors.As(err, &refused), errors.Is(err, sessions.ErrNotFound):
		return exitUsage
	}
	return exitFailed
}

// say writes a line to the standard error. Whoever cannot be told cannot be
// told that either.
func (a *app) say(format string, args ...any) { _, _ = fmt.Fprintf(a.err, format+"\n", args...) }

// status tells somebody at a terminal how far it is, on a line of the standard
// error that the next status takes the place of, and wipe takes away.
func (a *app) status(format string, args ...any) {
	if a.errTerm {
		_, _ = fmt.Fprintf(a.err, "\r\x1b[K"+format, args...)
	}
}

func (a *app) wipe() { a.status("") }
