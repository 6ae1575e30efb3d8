package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/sessions"
)

func TestExitCodes(t *testing.T) {
	interrupted, cancel := context.WithCancelCause(t.Context())
	cancel(interruption{os.Interrupt})
	full := &sessions.StoreError{Path: "/x", Op: "saving", Err: errors.New("the disk is full"), Hint: "free some space"}
	for _, tt := range []struct {
		ctx  context.Context
		err  error
		code int
		said string
	}{
		{t.Context(), nil, 0, ""},
		{t.Context(), &mistake{code: exitFailed}, exitFailed, ""},
		{t.Context(), &providers.Error{Kind: providers.Auth}, exitFailed, "check the provider's key"},
		{t.Context(), usage("do this", "wrong \x1b[2J"), exitUsage, "juxta: wrong ␛[2J\n  → do this\n"},
		{t.Context(), fmt.Errorf("closing: %w", full), exitStore, "free some space"},
		{t.Context(), &sessions.HeldError{Pid: 7, Command: "juxta ask"}, exitStore, "juxta ask (process 7)"},
		{t.Context(), fmt.Errorf("not everything could be saved: %w", sessions.ErrTaken), exitStore, "another juxta"},
		{t.Context(), sessions.ErrNotFound, exitUsage, "not in the store"},
		{t.Context(), fmt.Errorf("reading: %w", interruption{os.Interrupt}), exitInterrupted, ""},
		{interrupted, &mistake{code: exitFailed}, exitInterrupted, ""},
		{interrupted, context.Canceled, exitInterrupted, ""},
		{interrupted, &mistake{exitStore, full, "free some space"}, exitStore, "the disk is full"},
	} {
		var said bytes.Buffer
		a := &app{err: &said}
		if code := a.report(tt.ctx, tt.err); code != tt.code {
			t.Errorf("%v: exit code %d, want %d", tt.err, code, tt.code)
		}
		if !strings.Contains(said.String(), tt.said) || tt.said == "" && said.Len() > 0 {
			t.Errorf("%v: said %q", tt.err, &said)
		}
	}
}
