//go:build unix

package sessions

import (
	"errors"
	"os"
	"syscall"
)

// noFollow has a file opened that is no link, or none.
const noFollow = syscall.O_NOFOLLOW

// tryLockFile takes the lock that belongs to this opening of the file.
func tryLockFile(f *os.File) (bool, error) {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, syscall.EINTR):
			return false, err
		}
	}
}

func unlockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }

// noSpace is what the system says when a file can't grow.
func noSpace() []error {
	return []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}
}

// alive reports whether a process is there.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return pid > 0 && (err == nil || errors.Is(err, syscall.EPERM))
}
