package wire

import "syscall"

// Windows' sockets have numbers of their own, which Go's portable names are not
// equal to.
const connectionRefused = syscall.Errno(10061) // WSAECONNREFUSED

// What the system says of a connection that it was refused.
func refusals() []error { return []error{connectionRefused} }

// What it says of one that the other side cut.
func cuts() []error {
	return []error{syscall.WSAECONNRESET, syscall.WSAECONNABORTED, syscall.ERROR_BROKEN_PIPE}
}
