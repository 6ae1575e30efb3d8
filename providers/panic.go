package providers

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// A Panic is a fault of juxta itself that was caught where it happened, so that
// the rest goes on and the terminal is left in order.
type Panic struct {
	What  string // the runtime's own words; of any other panic only its type, for it may hold somebody's text
	Stack string // of the goroutine: functions, files and numbers
}

// Caught is what recover returned as a [*Panic]. It is called in the deferred
// function itself, or the stack would be another one.
func Caught(value any) *Panic {
	switch v := value.(type) {
	case *Panic: // thrown on by who waited for another goroutine
		return v
	case runtime.Error:
		return &Panic{v.Error(), shorten(debug.Stack())}
	}
	return &Panic{fmt.Sprintf("a panic with a %T", value), shorten(debug.Stack())}
}

// shorten leaves of each file its folder and name: where juxta was built is
// nobody's business.
func shorten(stack []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(stack)) {
		if path, ok := strings.CutPrefix(line, "\t"); ok {
			parts := strings.Split(path, "/")
			line = "\t" + strings.Join(parts[max(len(parts)-3, 0):], "/")
		}
		b.WriteString(line)
	}
	return b.String()
}

// Catch makes a panic the error of the function that defers it.
func Catch(err *error) {
	if p := recover(); p != nil {
		*err = Caught(p)
	}
}

func (p *Panic) Error() string { return "a fault in juxta: " + p.What }

// Advice is the next step for a person.
func (p *Panic) Advice() string {
	return "ask again; if it stays, report it with the file that juxta names when it ends"
}
