//go:build !windows

package cli

import "os"

// obey does nothing: terminals do what escape sequences say.
func obey(*os.File) (done func()) { return func() {} }
