//go:build !windows

package wire

import "syscall"

// What the system says of a connection that it was refused.
func refusals() []error { return []error{syscall.ECONNREFUSED} }

// What it says of one that the other side cut.
func cuts() []error { return []error{syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED} }
