package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"syscall"
)

// errUnread is the error of writing to a pipe that nobody reads any more, as in
// `juxta models list | head -1`. Whoever closed it has what they wanted.
var errUnread = errors.New("nobody reads what is written")

// An outlet is the standard output. It tells a pipe that was closed there from
// one of the network.
type outlet struct{ io.Writer }

func (o outlet) Write(b []byte) (int, error) {
	n, err := o.Writer.Write(b)
	var pe *fs.PathError
	switch {
	case err == nil:
		return n, nil
	case unread(runtime.GOOS, err):
		return n, errUnread
	case errors.As(err, &pe):
		err = pe.Err // the path is /dev/stdout, and no name of theirs
	}
	return n, fmt.Errorf("writing the output: %w", err)
}

// unread reports whether a system says so: Windows has numbers of its own.
func unread(system string, err error) bool {
	const brokenPipe, noData = 109, 232
	var number syscall.Errno
	return errors.Is(err, syscall.EPIPE) ||
		system == "windows" && errors.As(err, &number) && (number == brokenPipe || number == noData)
}
