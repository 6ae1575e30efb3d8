package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/sessions/transfer"
)

func (a *app) sessionsImport() *cobra.Command {
	var formats strings.Builder
	for _, r := range transfer.Readers() {
		fmt.Fprintf(&formats, "  %-10s %s\n", r.Name, r.Says)
	}
	return &cobra.Command{
		Use: "import FILE...", Short: "Add sessions from files", Args: some("FILE"),
		Long: `Add the sessions of files to the store. What a file is, is found by looking into
it:

` + formats.String() + `
Of each file all sessions are added, or with an error none. What is in the store
is never changed: the same file again adds nothing, and a session that differs
from the one of its id in the store is added beside it under a new id.`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.importSessions(cmd.Context(), args) },
	}
}

func (a *app) importSessions(ctx context.Context, files []string) error {
	store, err := sessions.Open(a.storePath())
	if err != nil {
		return err
	}
	defer store.Close()
	for _, file := range files {
		r, err := transfer.Import(ctx, store, file)
		var unreadable *transfer.Unreadable
		if errors.As(err, &unreadable) {
			return usage(unreadable.Advice(), "importing %w", err)
		}
		if err != nil {
			return err
		}
		if err := a.tellImport(r); err != nil {
			return err
		}
	}
	return nil
}

// tellImport says what became of a file: a line for each session as data, and
// beside it what there is to know of the whole.
func (a *app) tellImport(r transfer.Report) error {
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
	a.say("%s, %s: %d added, %d there already, %d added apart", name, r.Format, count[sessions.Added], count[sessions.Known], count[sessions.Apart])
	if lacks > 0 {
		a.say("%s: %d files are missing in it, and in the sessions", name, lacks)
	}
	for _, l := range r.Left {
		a.say("%s: left out %d × %s", name, l.Times, plain.Line(l.What))
	}
	return nil
}
