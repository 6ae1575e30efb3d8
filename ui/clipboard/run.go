package clipboard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

const (
	mostWords = 64 << 10 // of what a program says on its standard error
	patience  = 2 * time.Second
)

// run is what a program writes: all of it, or an error. It is killed with ctx,
// when its time is over, and when it writes more than so many bytes.
func run(ctx context.Context, patience time.Duration, most int, program string, args ...string) ([]byte, error) {
	timed, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out := &bounded{most: most}
	said := &bounded{most: mostWords}
	c := exec.CommandContext(timed, program, args...)
	c.Stdout, c.Stderr = out, said
	c.WaitDelay = 100 * time.Millisecond // children of its own may hold its pipes
	err := c.Run()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case out.over:
		return nil, &trouble{errors.New("what is on the clipboard is too large"), "attach it as a file, in a smaller size"}
	case timed.Err() != nil:
		return nil, &trouble{fmt.Errorf("%s did not hand out the clipboard within %v", program, patience), "copy the picture again, or " + byPath}
	case err != nil:
		return nil, &exit{program, strings.TrimSpace(said.kept.String()), err}
	}
	return out.kept.Bytes(), nil
}

// An exit is a program that ended in an error.
type exit struct {
	program, said string
	err           error
}

func (e *exit) Error() string {
	if first, _, _ := strings.Cut(e.said, "\n"); first != "" {
		return fmt.Sprintf("%s: %s", e.program, first)
	}
	return fmt.Sprintf("%s: %v", e.program, e.err)
}

// Unwrap returns the cause.
func (e *exit) Unwrap() error { return e.err }

// Advice is the next step for a person.
func (e *exit) Advice() string { return byPath }

// nothing reports whether the program only says that the clipboard is empty.
// wl-paste and xclip have no exit code for that.
func (e *exit) nothing() bool {
	said := strings.ToLower(e.said)
	return strings.Contains(said, "target targets not available") ||
		strings.Contains(said, "nothing is copied") || strings.Contains(said, "no selection")
}

// bounded keeps so many bytes and then refuses to take more, which closes the
// pipe of whoever writes them.
type bounded struct {
	kept bytes.Buffer // not embedded: its ReadFrom knows no bound
	most int
	over bool
}

var errFull = errors.New("too much")

// Write implements [io.Writer].
func (b *bounded) Write(p []byte) (int, error) {
	if b.kept.Len()+len(p) > b.most {
		b.over = true
		return 0, errFull
	}
	return b.kept.Write(p)
}
