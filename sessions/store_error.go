package sessions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"time"

	bolterrors "go.etcd.io/bbolt/errors"

	"juxta/prompts"
)

// ErrNotFound is a session, turn or answer that the store does not have, also
// one that another process deleted while it was worked on.
var ErrNotFound = errors.New("not in the store")

// ErrMerged is of turns that are to be appended to a session which has them.
var ErrMerged = errors.New("appended to that session before")

// ErrTaken is a turn whose number has been used by another process that works
// on the same session. Nothing was saved.
var ErrTaken = errors.New("another juxta has continued this session meanwhile")

// A HeldError says that another process had the store for longer than this one
// wanted to wait. Trying again may help.
type HeldError struct {
	Pid     int    // 0 if not known
	Command string // "" if not known
	Waited  time.Duration
}

func (e *HeldError) Error() string {
	who := "another program"
	switch {
	case e.Pid != 0 && e.Command != "":
		who = fmt.Sprintf("%s (process %d)", e.Command, e.Pid)
	case e.Pid != 0:
		who = fmt.Sprintf("process %d", e.Pid)
	}
	return fmt.Sprintf("the store is held by %s; waited %s", who, e.Waited.Round(100*time.Millisecond))
}

// Advice is the next step for a person.
func (e *HeldError) Advice() string {
	return "wait until it is done, or end it; use another store with --db"
}

// A StoreError is a store that can't be used: its file, its folder or its disk.
// What was in it before is still in it.
type StoreError struct {
	Path string
	Op   string // what was being done: "opening", "saving"
	Hint string // the next step for a person
	Err  error
}

func (e *StoreError) Error() string { return e.Op + " " + e.Path + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *StoreError) Unwrap() error { return e.Err }

// Advice is the next step for a person.
func (e *StoreError) Advice() string { return e.Hint }

var (
	errNowhere = errors.New("this is a link to a file that is not there")
	errFolder  = errors.New("this is a folder, not a file")
	errForeign = errors.New("this is not a juxta store, or it is damaged")
	errDamaged = errors.New("the store is damaged")
	errNewer   = errors.New("this store was made by a newer juxta")
	errFull    = errors.New("the disk is full")
	errClosed  = errors.New("the store is closed")
)

// damaged says that what was read can't have been written by juxta.
func damaged(why any) error {
	err, ok := why.(error)
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case ok && errors.Is(err, errDamaged):
		return err
	case ok && errors.As(err, &syntax):
		why = "what is kept is no JSON: " + prompts.NotJSON(syntax)
	case ok && errors.As(err, &typed):
		why = fmt.Sprintf("what is kept has a %s where something else belongs", typed.Value)
	}
	return fmt.Errorf("%w: %v", errDamaged, why)
}

func asDamage(err error) error {
	if err == nil {
		return nil
	}
	return damaged(err)
}

// A Refusal is why something that was asked of the store can't be. Nothing has
// changed, and nothing is wrong with the store.
type Refusal struct {
	Err  error
	Hint string // the next step for a person; "" for none
}

func (r *Refusal) Error() string { return r.Err.Error() }

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Err }

// Advice is the next step for a person.
func (r *Refusal) Advice() string { return r.Hint }

// storeError puts err into words with a next step. What callers decide on
// stays as it is.
func storeError(op, path string, err error) error {
	var held *HeldError
	var refused *Refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &held), errors.As(err, &refused), errors.Is(err, ErrNotFound), errors.Is(err, ErrTaken), errors.Is(err, ErrMerged), errors.Is(err, ErrVoted), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case full(err):
		err = fmt.Errorf("%w: %w", errFull, err)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrVersionMismatch),
		errors.Is(err, bolterrors.ErrChecksum), strings.HasPrefix(err.Error(), "file size too small"):
		err = errForeign
	}
	e := &StoreError{Path: path, Op: op, Hint: hint(op, path, err), Err: err}
	if errors.Is(err, errDamaged) || errors.Is(err, errForeign) {
		if all, err := Copies(path); err == nil && len(all) > 0 {
			e.Hint += "; the newest copy is " + all[0].Path
		}
	}
	return e
}

func hint(op, path string, err error) string {
	var where *fs.PathError
	switch {
	case errors.Is(err, errFolder), errors.Is(err, syscall.ENOTDIR):
		return "name a file: --db FILE"
	case errors.Is(err, errNowhere), errors.Is(err, syscall.ELOOP):
		return "see where the link leads, and bring that back or remove the link; or use another store with --db"
	case errors.Is(err, errFull):
		return "free some space on its disk, then try again; nothing that was saved is lost"
	case errors.Is(err, errForeign):
		return "juxta doctor --repair FILE saves what can be read of it, if it was a store; it was left as it is: use another one with --db"
	case errors.Is(err, errDamaged):
		return "juxta doctor --repair FILE saves what can be read of it, and juxta doctor says what is wrong; it was left as it is"
	case errors.Is(err, errNewer):
		return "update juxta, or use another store with --db"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return "make the file and its folder yours and writable, or use another store with --db"
	case errors.Is(err, fs.ErrNotExist) && (op == "opening" || op == "copying" || op == "repairing") && errors.As(err, &where) && where.Path != path:
		return "no file can be made in that folder: name one in a folder of yours"
	case errors.Is(err, fs.ErrNotExist):
		return "the file has been moved or removed: put it back, or start juxta again for a new one"
	}
	return "check the file, its folder and its disk, or use another store with --db"
}

// full reports whether err is a disk, a quota or a file that may not grow.
// bbolt hands some causes on as text only.
func full(err error) bool {
	return slices.ContainsFunc(noSpace(), func(e error) bool {
		return errors.Is(err, e) || strings.Contains(err.Error(), e.Error())
	})
}
