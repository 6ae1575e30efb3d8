package cli

import (
	"os"
	"syscall"
)

// silence keeps a console from showing what is typed at it, until the function
// that it returns is called.
func silence(f *os.File) (show func(), err error) {
	const echo = 0x4 // ENABLE_ECHO_INPUT
	set := syscall.NewLazyDLL("kernel32.dll").NewProc("SetConsoleMode")
	handle := syscall.Handle(f.Fd())
	var before uint32
	if err := syscall.GetConsoleMode(handle, &before); err != nil {
		return nil, err
	}
	if ok, _, err := set.Call(uintptr(handle), uintptr(before&^echo)); ok == 0 {
		return nil, err
	}
	return func() { _, _, _ = set.Call(uintptr(handle), uintptr(before)) }, nil
}
