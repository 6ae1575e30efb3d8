package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
)

func (a *app) sessionsRm() *cobra.Command {
	return &cobra.Command{
		Use: "rm SESSION...", Short: "Remove sessions for ever", Args: some("SESSION"), ValidArgsFunction: a.completeSessions,
		Long: `Remove sessions for ever, without asking. If one of them is not there, none is
removed. The store's file keeps its size: what was removed stays in it, read by
nobody, until new turns are written over it. To be rid of it at once, compact the
store: juxta sessions compact.`,
		RunE: func(_ *cobra.Command, args []string) error { return a.removeSessions(args) },
	}
}

func (a *app) removeSessions(prefixes []string) error {
	store, ids, err := a.several(prefixes)
	if err != nil {
		return err
	}
	defer store.Close()
	gone := map[sessions.ID]bool{}
	for _, id := range ids {
		if gone[id] {
			continue // named twice
		}
		s, err := store.Session(id)
		if err != nil {
			return err
		}
		if err := store.Delete(id); err != nil {
			return err
		}
		gone[id] = true
		if a.json {
			err = a.printJSON(map[string]sessions.ID{"removed": id})
		} else {
			_, err = fmt.Fprintf(a.out, "removed %s  %s\n", id, plain.Line(s.Title))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
