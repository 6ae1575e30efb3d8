package sessions

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled when it is first used. The
// mask has many, and every start would pay milliseconds for what most sessions
// never look at.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
