package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"juxta/providers"
	"juxta/sessions/plain"
)

// The log is for a bug report: what juxta is, where it runs, whom it asked and
// how that went, how long the store took, which commands were given. Whatever a
// person or a model wrote is not in it, nor a path, a query or a key: what may be
// logged is named where it is logged, and errors are told by their kind.

// mostLogged is how large the file may get, in bytes; then an older half is in
// FILE.1, and what comes after that is left out.
const mostLogged = 8 << 20

// openLog begins the log, if somebody wants one.
func (a *app) openLog(c *cobra.Command) error {
	if a.logFile == "" {
		return nil
	}
	var level slog.Level
	switch a.logLevel {
	case "debug", "info", "warn", "error":
		_ = level.UnmarshalText([]byte(a.logLevel))
	default:
		return usage("--log-level info", "--log-level: %q is none of debug, info, warn and error", plain.Line(a.logLevel))
	}
	f, size, err := openLogFile(a.logFile)
	if err != nil {
		return usage("name a file that is new or a log of juxta's", "--log: %w", err)
	}
	a.logbook = newLogbook(f, mostLogged-size)
	a.log = slog.New(slog.NewTextHandler(a.logbook, &slog.HandlerOptions{Level: level}))
	a.log.Info("juxta", "version", a.version(), "go", runtime.Version(), "os", runtime.GOOS, "arch", runtime.GOARCH,
		"command", c.CommandPath(), "term", plain.Line(a.getenv("TERM")), "colours", a.colours(), "tmux", a.getenv("TMUX") != "",
		"ssh", a.getenv("SSH_TTY") != "", "input", tty(a.inTerm), "output", tty(a.outTerm))
	return nil
}

// openLogFile opens a regular file that is no link, for its owner alone; one that
// is full becomes FILE.1 first. What was there is looked at before it is opened,
// for a pipe would keep juxta waiting, and after that, for it may have been exchanged.
func openLogFile(path string) (f *os.File, size int64, err error) {
	before, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
		return f, 0, err
	case err != nil:
		return nil, 0, err
	case !before.Mode().IsRegular():
		return nil, 0, irregular(path)
	}
	if f, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND|noFollow, 0); err != nil {
		return nil, 0, err
	}
	now, err := f.Stat()
	switch {
	case err == nil && !now.Mode().IsRegular():
		err = irregular(path)
	case err == nil && noFollow == 0 && !os.SameFile(before, now):
		err = fmt.Errorf("%s was exchanged while it was opened", plain.Line(path))
	}
	if err == nil && runtime.GOOS != "windows" {
		err = f.Chmod(0o600)
	}
	if err != nil {
		_ = f.Close()
		return nil, 0, err
	}
	if now.Size() < mostLogged/2 {
		return f, now.Size(), nil
	}
	_ = f.Close()
	if err := os.Rename(path, path+".1"); err != nil {
		return nil, 0, err
	}
	return openLogFile(path)
}

func irregular(path string) error { return fmt.Errorf("%s is no regular file", plain.Line(path)) }

// A logbook writes lines into a file on a goroutine of its own: the screen never
// waits for a disk. What it can't keep up with, or has no room for, is counted.
type logbook struct {
	lines chan []byte
	ended chan struct{}

	mu   sync.Mutex
	shut bool
	left int // lines that were left out
}

func newLogbook(f *os.File, room int64) *logbook {
	b := &logbook{lines: make(chan []byte, 1024), ended: make(chan struct{})}
	go func() { // ends with close
		defer close(b.ended)
		_, _ = attempt(func() (any, error) {
			for line := range b.lines {
				if room -= int64(len(line)); room < 0 {
					b.leaveOut()
					continue
				}
				if _, err := f.Write(line); err != nil {
					b.leaveOut()
				}
			}
			return nil, nil
		})
		_ = f.Close()
	}()
	return b
}

func (b *logbook) leaveOut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left++
}

// Write implements [io.Writer].
func (b *logbook) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shut {
		return len(line), nil
	}
	select {
	case b.lines <- append([]byte(nil), line...):
	default:
		b.left++
	}
	return len(line), nil
}

// close waits until all is written.
func (b *logbook) close() (left int) {
	b.mu.Lock()
	if !b.shut {
		b.shut = true
		close(b.lines)
	}
	b.mu.Unlock()
	<-b.ended
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.left
}

// logNetwork tells who may be asked.
func (a *app) logNetwork(n *network) {
	if a.log == nil {
		return
	}
	for _, e := range n.endpoints {
		host := ""
		if u, err := url.Parse(e.BaseURL); err == nil {
			host = u.Host
		}
		a.log.Info("provider", "name", e.Name, "api", e.API, "host", host, "local", e.Local, "key", string(n.sources[e.Name]),
			"looked_for", n.guessed[e.Name], "retries", e.Retries)
	}
	a.log.Info("network", "local_only", n.reason != "", "keys_missing", len(n.missing))
}

// observer logs what the store does; nil for nobody.
func (a *app) observer() func(op string, took time.Duration, err error) {
	if a.log == nil {
		return nil
	}
	return func(op string, took time.Duration, err error) {
		level, failed := slog.LevelDebug, ""
		if err != nil {
			level, failed = slog.LevelWarn, kindOf(err)
		} else if took > 100*time.Millisecond {
			level = slog.LevelInfo
		}
		a.log.LogAttrs(context.Background(), level, "store", slog.String("op", op), slog.Float64("ms", float64(took.Microseconds())/1000), slog.String("failed", failed))
	}
}

// kindOf is what sort of error it is: its words may be somebody's own.
func kindOf(err error) string {
	var e *providers.Error
	if errors.As(err, &e) {
		return string(e.Kind)
	}
	for {
		under := errors.Unwrap(err)
		if under == nil {
			return fmt.Sprintf("%T", err)
		}
		err = under
	}
}

// logEnd closes the log.
func (a *app) logEnd(code int) {
	if a.logbook == nil {
		return
	}
	a.log.Info("end", "code", code)
	if left := a.logbook.close(); left > 0 {
		a.say("juxta: --log: left out %s: the file is full or could not be written; free some space, or name another file", things(left, "line"))
	}
}
