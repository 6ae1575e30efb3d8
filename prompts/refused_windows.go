package prompts

import "syscall"

// refused is what the system says where nobody listens: WSAECONNREFUSED, which
// Go's portable name for it is not equal to.
const refused = syscall.Errno(10061)
