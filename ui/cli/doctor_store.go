package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// storeFinding is what the doctor finds of the store: what its file is, and
// what is in it, which is null if it could not be read.
type storeFinding struct {
	fileFinding
	Health *sessions.Health `json:"health"`
	Copies []sessions.Copy  `json:"copies"` // beside it, the newest first
}

// examineStore reads the whole store if there is one. It makes none, and
// changes nothing.
func examineStore(ctx context.Context, path string) storeFinding {
	f := storeFinding{fileFinding: examine(path), Copies: []sessions.Copy{}}
	if !f.Exists {
		if f.Problem == nil {
			f.Next = given("nothing: it is made when something is saved")
		}
		return f
	}
	if all, err := sessions.Copies(path); err == nil && len(all) > 0 {
		f.Copies = all
	}
	h, err := sessions.Examine(ctx, path)
	var held *sessions.HeldError
	switch {
	case errors.As(err, &held):
		f.Holder = given(strings.TrimSpace(fmt.Sprintf("%s (process %d)", held.Command, held.Pid)))
	case err == nil && h.Layout > 0:
		f.Sessions, f.Schema = &h.Sessions, &h.Layout
	}
	if err == nil {
		f.Health = &h
		if h.Wrong > 0 {
			f.Problem = given(fmt.Sprintf("%d things are wrong with it", h.Wrong))
			if h.Wrong == 1 {
				f.Problem = given("something is wrong with it")
			}
			f.Next = given("juxta doctor --repair FILE makes a new store of all that can be read; this one stays as it is")
		}
		return f
	}
	f.Problem, f.Next = given(err.Error()), given(adviceOf(err))
	return f
}

// mostSaid is how many of a kind are written for people.
const mostSaid = 12

// atMost writes the first of all, and how many of n there are besides.
func atMost[T any](line func(name, format string, args ...any), all []T, n int, write func(T)) {
	for _, x := range all[:min(len(all), mostSaid)] {
		write(x)
	}
	if n > mostSaid {
		line("", "  … and %d more: juxta doctor --json", n-mostSaid)
	}
}

// write says what is in the store and what is wrong with it, a line at a time.
func (f storeFinding) write(line func(name, format string, args ...any)) {
	if h := f.Health; h != nil {
		if h.Layout > 0 {
			unused := ""
			if h.Unused > 0 {
				unused = fmt.Sprintf(", %d bytes unused", h.Unused)
			}
			line("", "  read through: %s%s", counted(*h), unused)
		}
		if h.Unused > 1<<20 && h.Unused > h.Bytes/4 {
			line("", "  → juxta sessions compact makes its file smaller")
		}
		atMost(line, h.Findings, h.Wrong, func(w sessions.Finding) { line("", "  ✗ %s", w.What) })
	}
	if len(f.Copies) == 0 {
		return
	}
	var bytes int64
	for _, c := range f.Copies {
		bytes += c.Bytes
	}
	line("", "  copies beside it: %d, %d bytes", len(f.Copies), bytes)
	atMost(line, f.Copies, len(f.Copies), func(c sessions.Copy) {
		why := ""
		if c.Automatic {
			why = ", before an upgrade"
		}
		line("", "  · of %s%s, %d bytes: %s", c.Made.Format("2006-01-02 15:04"), why, c.Bytes, homely(c.Path))
	})
}

// counted is what is in a store.
func counted(h sessions.Health) string {
	return strings.Join([]string{things(h.Sessions, "session"), things(h.Turns, "turn"), things(h.Answers, "answer"), things(h.Votes, "vote"), things(h.Files, "file")}, ", ")
}

// repair makes a new store of what can be read of this one.
func (a *app) repair(ctx context.Context, to string) error {
	if to == "" {
		return usage("juxta doctor --repair FILE", "--repair wants the name of a new file")
	}
	s, err := sessions.Repair(ctx, a.storePath(), to)
	if errors.Is(err, fs.ErrExist) {
		return usage("name a new file", "%s is there already, and nothing is written over", plain.Line(to))
	}
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(s)
	}
	_, err = io.WriteString(a.out, repairWords(s))
	return err
}

// repairWords is a repair for people.
func repairWords(s sessions.Salvage) string {
	var b strings.Builder
	list := func(what, none string, n int, all []string) {
		if n == 0 {
			fmt.Fprintf(&b, "%-8s %s\n", what, none)
		}
		for i, text := range all {
			fmt.Fprintf(&b, "%-8s %s\n", what, plain.Line(text))
			what = ""
			if i == 49 && n > 50 {
				fmt.Fprintf(&b, "         … and %d more\n", n-50)
				break
			}
		}
	}
	fmt.Fprintf(&b, "%-8s %s\n", "from", plain.Line(s.From))
	fmt.Fprintf(&b, "%-8s %s, %d bytes: %s\n", "saved", plain.Line(s.To), s.Store.Bytes, counted(s.Store))
	list("lost", "nothing", s.Losses, s.Lost)
	if len(s.Mended) > 0 {
		list("mended", "", len(s.Mended), s.Mended)
	}
	if s.Old {
		fmt.Fprintf(&b, "%-8s %s\n", "note", "what is free could not be told: some of it may be what you deleted or changed before")
	}
	fmt.Fprintf(&b, "%-8s look at it with juxta --db %s; if it is as you want it, put it in the place of the old one, and keep that\n", "next", plain.Line(s.To))
	return b.String()
}
