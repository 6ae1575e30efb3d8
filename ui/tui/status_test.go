package tui

import (
	"errors"
	"fmt"
	"testing"

	"juxta/providers"
	"juxta/sessions"
)

// An error that is told in a line ends with what to do about it.
func TestAnErrorInALineSaysWhatToDo(t *testing.T) {
	full := &sessions.StoreError{Path: "/home/ann/juxta.db", Op: "saving", Err: errors.New("the disk is full"), Hint: "free some space"}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{full, "the disk is full → free some space"},
		{fmt.Errorf("deleting sessions: %w", full), "the disk is full → free some space"},
		{&sessions.Refusal{Err: errors.New("it has a vote"), Hint: "choose another"}, "it has a vote → choose another"},
		{sessions.ErrNotFound, "not in the store → the list of sessions shows what there is"},
		{fmt.Errorf("voting: %w", sessions.ErrTaken), "voting: another juxta has continued this session meanwhile → open it again from the list of sessions"},
		{&providers.Error{Kind: providers.NotFound, Err: errors.New("there is no provider x"), Hint: "see \x1b[2J`juxta doctor`"}, "not found: there is no provider x → see ␛[2J`juxta doctor`"},
		{errors.New("the model's name is missing"), "the model's name is missing"},
	} {
		if got := worded(tt.err); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
