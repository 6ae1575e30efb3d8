package sessions

import (
	"errors"
	"os"
	"syscall"
	"unsafe"
)

// noFollow is nothing here, where making a link takes a right that few have.
const noFollow = 0

const (
	lockFailImmediately = 1
	lockExclusive       = 2

	errLockViolation  = syscall.Errno(33)
	errHandleDiskFull = syscall.Errno(39)
	errDiskFull       = syscall.Errno(112)
)

// lockPlace is a byte far behind the record of the holder: Windows keeps others
// from reading what is locked.
func lockPlace() *syscall.Overlapped { return &syscall.Overlapped{Offset: 1 << 30} }

func kernel(name string) *syscall.LazyProc {
	return syscall.NewLazyDLL("kernel32.dll").NewProc(name)
}

// tryLockFile takes the lock that belongs to this opening of the file.
func tryLockFile(f *os.File) (bool, error) {
	ok, _, err := kernel("LockFileEx").Call(f.Fd(), lockFailImmediately|lockExclusive, 0, 1, 0, uintptr(unsafe.Pointer(lockPlace())))
	switch {
	case ok != 0:
		return true, nil
	case errors.Is(err, errLockViolation):
		return false, nil
	}
	return false, err
}

func unlockFile(f *os.File) error {
	if ok, _, err := kernel("UnlockFileEx").Call(f.Fd(), 0, 1, 0, uintptr(unsafe.Pointer(lockPlace()))); ok == 0 {
		return err
	}
	return nil
}

// noSpace is what the system says when a file can't grow.
func noSpace() []error { return []error{errDiskFull, errHandleDiskFull} }

// alive reports whether a process is there.
func alive(pid int) bool {
	const mayAsk, stillActive = 0x1000, 259
	h, err := syscall.OpenProcess(mayAsk, false, uint32(pid))
	if err != nil {
		return errors.Is(err, syscall.ERROR_ACCESS_DENIED)
	}
	defer func() { _ = syscall.CloseHandle(h) }()
	var code uint32
	return syscall.GetExitCodeProcess(h, &code) == nil && code == stillActive
}
