package cli

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"juxta/providers"
	"juxta/sessions/plain"
)

// crashes are the faults of juxta's own that were caught in this process. Each
// is described in a file for whoever mends it: at once, because nobody knows
// whether there will be a later.
type crashes struct {
	mu     sync.Mutex
	stacks []string // that were described
	files  []string
	failed error // why one was not
}

// mostCrashes is how many are described: what goes wrong a thousand times goes
// wrong in the same way.
const mostCrashes = 4

// fault describes a panic in a file. It may be called on any goroutine.
func (a *app) fault(p *providers.Panic) {
	c := a.crashes
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.Contains(c.stacks, p.Stack) || len(c.stacks) == mostCrashes {
		return
	}
	c.stacks = append(c.stacks, p.Stack)
	if a.log != nil {
		a.log.Error("fault", "what", p.What)
	}
	now := time.Now().UTC()
	name := fmt.Sprintf("crash-%s-%d-%d.txt", now.Format("20060102T150405Z"), os.Getpid(), len(c.stacks))
	path := noted.in(a.getenv, name)
	if err := replace(path, []byte(a.crashText(p, now))); err != nil {
		c.failed = err
		return
	}
	c.files = append(c.files, path)
}

// crashText is what the file holds: nothing that a person wrote, or a model.
func (a *app) crashText(p *providers.Panic, now time.Time) string {
	return fmt.Sprintf(`juxta met a fault of its own. This file says where. It holds no question, no
answer, no name of a file of yours and no key: the numbers are addresses in memory.

juxta     %s
built     %s, %s/%s
when      %s
terminal  %s
what      %s

%s`, a.version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, now.Format(time.RFC3339), plain.Line(a.getenv("TERM")), p.What, p.Stack)
}

// sayFaults names the files at the end, when the terminal is in order again.
func (a *app) sayFaults() {
	c := a.crashes
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed != nil {
		a.say("juxta: a fault of juxta's own could not be described in a file: %s", plain.Line(c.failed.Error()))
	}
	for _, f := range c.files {
		a.say("juxta: a fault of juxta's own is described in %s", plain.Line(homely(f)))
	}
	if len(c.files) > 0 {
		a.say("  → report it with that file: nothing you wrote and no key is in it; `juxta -c` goes on with the last session")
	}
}

// attempt is what a goroutine of a command's does for it; a panic there is its
// error, or it would end the process while the terminal is not as it was.
func attempt[T any](do func() (T, error)) (v T, err error) {
	defer providers.Catch(&err)
	return do()
}
