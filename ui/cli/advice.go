package cli

import (
	"errors"
	"io/fs"
	"syscall"

	"juxta/sessions"
)

// adviceOf is what an error says to do, the outermost that says something
// first, else what helps with its cause; "" where the words themselves say it.
func adviceOf(err error) string {
	for rest := err; ; {
		var advised interface {
			error
			Advice() string
		}
		if !errors.As(rest, &advised) {
			return commonAdvice(err)
		}
		if advice := advised.Advice(); advice != "" {
			return advice
		}
		rest = errors.Unwrap(advised)
	}
}

// commonAdvice helps with what can happen to any command.
func commonAdvice(err error) string {
	switch {
	case errors.Is(err, sessions.ErrNotFound):
		return "`juxta sessions list` shows what is there"
	case errors.Is(err, sessions.ErrTaken):
		return "ask again: `juxta sessions list` shows the session as it is now"
	case errors.Is(err, syscall.ENOSPC):
		return "free some space on the disk, then try again"
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return "make it yours and writable, or name another place"
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR), errors.Is(err, fs.ErrNotExist):
		return "check its name"
	}
	return ""
}
