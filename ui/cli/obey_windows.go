package cli

import (
	"os"
	"syscall"
)

// obey has a console do what escape sequences say, as terminals elsewhere do
// unasked, until the function that it returns is called. What is no console
// stays as it is.
func obey(f *os.File) (done func()) {
	const sequences = 0x4 // ENABLE_VIRTUAL_TERMINAL_PROCESSING
	handle := syscall.Handle(f.Fd())
	var before uint32
	if err := syscall.GetConsoleMode(handle, &before); err != nil {
		return func() {}
	}
	set := syscall.NewLazyDLL("kernel32.dll").NewProc("SetConsoleMode")
	_, _, _ = set.Call(uintptr(handle), uintptr(before|sequences))
	return func() { _, _, _ = set.Call(uintptr(handle), uintptr(before)) }
}
