package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"juxta/sessions"
)

func (a *app) sessionsMerge() *cobra.Command {
	remove := false
	c := &cobra.Command{
		Use: "merge INTO SESSION...", Short: "Append the turns of sessions to those of another one", ValidArgsFunction: a.completeSessions,
		Long: `Append the turns of sessions to those of the session INTO, in the order in which
they are named, with all branches, answers, votes and files. A column goes on in that
of the same model and settings, or becomes one more. The sessions stay, and what they
cost stays with them, unless --remove is given.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usage("juxta sessions merge INTO SESSION...", "juxta sessions merge needs the session that gets the turns, and another one")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.mergeSessions(args, remove) },
	}
	c.Flags().BoolVar(&remove, "remove", false, "remove the sessions afterwards, for ever")
	return c
}

func (a *app) mergeSessions(prefixes []string, remove bool) error {
	store, ids, err := a.several(prefixes)
	if err != nil {
		return err
	}
	defer store.Close()
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			return usage("name each session once", "session %s can't be merged with itself", id)
		}
	}
	into, from := ids[0], ids[1:]
	switch _, err := store.Merge(into, from, remove); {
	case errors.Is(err, sessions.ErrMerged):
		return usage("to have them twice, fork the session and merge the fork", "%w", err)
	case err != nil:
		return err
	}
	if remove {
		if err := store.Empty(from); err != nil {
			return err
		}
	}
	return a.summaries(store, []sessions.ID{into}, func(s *sessions.Session) string {
		return fmt.Sprintf("%s  %s  (%s)", s.ID, s.Words(), things(s.Turns, "turn"))
	})
}
