package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/sessions/transfer"
)

func (a *app) sessionsImport() *cobra.Command {
	var formats strings.Builder
	for _, r := range transfer.Readers() {
		fmt.Fprintf(&formats, "  %-12s %s\n", r.Name, r.Says)
	}
	dry, skip := false, false
	c := &cobra.Command{
		Use: "import FILE...", Short: "Add sessions from files, also of other programs", Args: some("FILE"),
		Long: `Add the sessions of files to the store. What a file is, is found by looking into
it:

` + formats.String() + `
Of each file all sessions are added, or with an error none, and what is left out
is counted. The same file again adds nothing. A conversation of another program
that has grown since gets its new turns, if what it had is the same there and
nobody worked on it here; a session that differs from the one in the store
otherwise is added beside it under a new id, and nothing is overwritten.

With - a file comes by the standard input, and waits in the folder for temporary
files until it is read. Nothing is fetched from the net. Models are called by where
they come from, as chatgpt/gpt-4o, and what a file does not tell is unknown.`,
		Example: `juxta sessions import --dry-run chatgpt-export.zip
llm logs -n 0 --json | juxta sessions import -`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.importSessions(cmd.Context(), args, dry, skip) },
	}
	c.Flags().BoolVar(&dry, "dry-run", false, "say what would be added and left out, and add nothing")
	c.Flags().BoolVar(&skip, "skip-broken", false, "leave out conversations of other programs that have a fault, and add the others")
	return c
}

func (a *app) importSessions(ctx context.Context, files []string, dry, skip bool) error {
	var modes []transfer.Mode
	if dry {
		modes = append(modes, transfer.DryRun)
	}
	if skip {
		modes = append(modes, transfer.SkipBroken)
	}
	store, err := a.openStore()
	if err != nil {
		return err
	}
	defer store.Close()
	for _, file := range files {
		r, err := a.importFile(ctx, store, file, append(modes, a.importProgress(file)))
		a.wipe()
		var unreadable *transfer.Unreadable
		if errors.As(err, &unreadable) {
			return usage(unreadable.Advice(), "importing %w", err)
		}
		if err != nil {
			return err
		}
		if err := a.tellImport(r, dry); err != nil {
			return err
		}
	}
	return nil
}

// importFile imports a file, or what comes by the standard input.
func (a *app) importFile(ctx context.Context, store *sessions.Store, file string, modes []transfer.Mode) (transfer.Report, error) {
	if file != "-" {
		return transfer.Import(ctx, store, file, modes...)
	}
	path, err := a.spool(ctx)
	if err != nil {
		return transfer.Report{}, err
	}
	defer os.Remove(path)
	r, err := transfer.Import(ctx, store, path, modes...)
	var unreadable *transfer.Unreadable
	if errors.As(err, &unreadable) {
		unreadable.Path = "-"
	}
	r.File = "-"
	return r, err
}

// spool writes the standard input into a file, because an import reads twice. The
// caller removes it.
func (a *app) spool(ctx context.Context) (path string, err error) {
	if a.inTerm {
		return "", usage("name a file, or pipe one in", "nothing is piped in that could be imported")
	}
	f, err := os.CreateTemp("", "juxta-import-*")
	if err != nil {
		return "", fmt.Errorf("the standard input has to wait in a file: %w", err)
	}
	_, err = interruptibly(ctx, func() (int64, error) { return io.Copy(f, a.in) })
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return "", fmt.Errorf("keeping the standard input in %s: %w", plain.Line(f.Name()), err)
	}
	return f.Name(), nil
}

// importProgress tells somebody at a terminal how far a long import has come.
func (a *app) importProgress(file string) transfer.Mode {
	began, last := time.Now(), -1
	return transfer.Progress(func(done float64) {
		if percent := int(100 * done); a.errTerm && percent != last && time.Since(began) > time.Second {
			last = percent
			a.status("%s: %d %%", plain.Line(file), percent)
		}
	})
}

// tellImport says what became of a file: a line for each session as data, and
// beside it what there is to know of the whole.
func (a *app) tellImport(r transfer.Report, dry bool) error {
	if a.json {
		return a.printJSON(r)
	}
	count := map[sessions.Fate]int{}
	lacks := 0
	for _, s := range r.Sessions {
		count[s.Fate]++
		lacks += len(s.Lacks)
		line := fmt.Sprintf("%s %s  %s", s.Fate, s.ID, plain.Line(s.Title))
		if s.Was != "" {
			line += fmt.Sprintf("  (another session is there as %s)", s.Was)
		}
		if _, err := fmt.Fprintln(a.out, line); err != nil {
			return err
		}
	}
	name := plain.Line(r.File)
	a.say("%s, %s: %s", name, r.Format, fates(count))
	if lacks > 0 {
		a.say("%s: missing in it, and in the sessions: %s", name, things(lacks, "file"))
	}
	for _, n := range r.Notes {
		a.say("  %s", plain.Line(n))
	}
	for _, l := range r.Left {
		a.say("  left out %d × %s; the first: %s", l.Times, plain.Line(l.What), plain.Line(l.First))
	}
	if dry {
		a.say("  nothing was added, because of --dry-run")
	}
	return nil
}

// fates is how many sessions had which fate.
func fates(count map[sessions.Fate]int) string {
	words := fmt.Sprintf("%d added, %d there already", count[sessions.Added], count[sessions.Known])
	if n := count[sessions.Grown]; n > 0 {
		words += fmt.Sprintf(", %d grown", n)
	}
	if n := count[sessions.Back]; n > 0 {
		words += fmt.Sprintf(", %d back", n)
	}
	if n := count[sessions.Apart]; n > 0 {
		words += fmt.Sprintf(", %d added apart", n)
	}
	return words
}
