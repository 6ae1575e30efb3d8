package transfer

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled when it is first used, and
// not at every start.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
