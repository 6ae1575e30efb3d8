//go:build !windows

package prompts

import "syscall"

// refused is what the system says where nobody listens.
const refused = syscall.ECONNREFUSED
