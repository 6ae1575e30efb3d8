package sessions

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

// A lock is the right to open the store's file, for one caller of one process
// at a time. It is a file of its own beside the store, never renamed or
// removed, so that waiting for it outlasts any replacing of the store's file.
// The system lets go of it when its holder ends, however that ends.
type lock struct {
	path string

	mu     sync.Mutex // held as long as the lock, and while waiting for it
	file   *os.File   // nil until it is needed
	closed bool
	began  time.Time // of a row of holds with next to no time between them
	ended  time.Time // of the last hold
}

const (
	lockPoll = 2 * time.Millisecond // between two tries

	// The system gives a lock to whoever asks at the right moment, so one
	// process that saves without a break would keep all others out. After a row
	// of holds of this length it leaves the lock alone for longer than the
	// others wait between two tries.
	lockRow   = 50 * time.Millisecond
	lockBreak = 2 * lockPoll
)

// hold calls do while this process has the lock, and waits at most patience for
// another to let go, with a [*HeldError] after that.
func (l *lock) hold(patience time.Duration, do func() error) error {
	return l.holdUnless(context.Background(), patience, do)
}

// holdUnless is hold for somebody who may not want to wait any longer: it ends with
// the error of ctx then.
func (l *lock) holdUnless(ctx context.Context, patience time.Duration, do func() error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	start := time.Now()
	if start.Sub(l.ended) > lockPoll/2 {
		l.began = start
	} else if start.Sub(l.began) > lockRow {
		time.Sleep(lockBreak)
		l.began = time.Now()
	}
	for {
		ok, err := l.try()
		if err != nil {
			return err
		}
		if ok {
			break
		}
		if waited := time.Since(start); waited >= patience {
			pid, command := l.holder()
			return &HeldError{Pid: pid, Command: command, Waited: waited}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lockPoll):
		}
	}
	defer func() {
		_ = unlockFile(l.file)
		l.ended = time.Now()
	}()
	// Who can't be told the holder's name still knows that it is held.
	_, _ = l.file.WriteAt(holderRecord(), 0)
	return do()
}

// try takes the lock if nobody has it. A lock file that somebody removed or
// replaced by hand keeps nobody out, so the one that was opened must still be
// the one that others find. A link in its place is not followed: somebody else may
// have put it there, and the holder's name would be written over what it leads to.
func (l *lock) try() (bool, error) {
	if l.closed {
		return false, errClosed
	}
	if l.file == nil {
		f, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE|noFollow, 0o600)
		if info, lost := os.Lstat(l.path); err != nil && lost == nil && info.Mode()&os.ModeSymlink != 0 {
			return false, fmt.Errorf("%s is a link, and is not followed: remove it", l.path)
		}
		if err != nil {
			return false, err
		}
		l.file = f
	}
	if ok, err := tryLockFile(l.file); err != nil || !ok {
		if err != nil {
			err = fmt.Errorf("locking %s: %w", l.path, err)
		}
		return false, err
	}
	mine, err := l.file.Stat()
	if err != nil {
		_ = unlockFile(l.file)
		return false, err
	}
	if there, err := os.Lstat(l.path); err != nil || !os.SameFile(mine, there) {
		err := l.file.Close()
		l.file = nil
		return false, err
	}
	return true, nil
}

func (l *lock) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}

// holderLen is the size of the whole lock file: a record of one size replaces
// the one before in one write.
const holderLen = 128

// holderRecord names this process: its number, its program and, if it is a
// plain word, its command, with what it does to sessions. Other arguments may be
// somebody's text.
func holderRecord() []byte {
	command := filepath.Base(os.Args[0])
	for i, arg := range os.Args[1:] {
		if i > 0 && os.Args[1] != "sessions" || i > 1 || strings.Trim(arg, "abcdefghijklmnopqrstuvwxyz") != "" {
			break
		}
		command += " " + arg
	}
	record := fmt.Sprintf("%d %.90s", os.Getpid(), strings.ToValidUTF8(command, ""))
	return fmt.Appendf(nil, "%-*.*s\n", holderLen-1, holderLen-1, record)[:holderLen]
}

// holder reads who has the lock: zero and "" if that can't be read.
func (l *lock) holder() (int, string) {
	b := make([]byte, holderLen)
	n, err := l.file.ReadAt(b, 0)
	if n == 0 && err != nil && !errors.Is(err, os.ErrClosed) {
		return 0, ""
	}
	number, command, _ := strings.Cut(strings.TrimSpace(string(b[:n])), " ")
	pid, err := strconv.Atoi(number)
	if err != nil || pid <= 0 {
		return 0, ""
	}
	return pid, strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, command)
}
