package wire

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression that is compiled when it is first used. There
// are many, for errors that most runs never see, and every start would pay for
// all of them.
func Pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
