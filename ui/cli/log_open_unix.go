//go:build unix

package cli

import "syscall"

// noFollow has a file opened that is no link, or none.
const noFollow = syscall.O_NOFOLLOW
