package cli

import (
	"github.com/spf13/cobra"

	"juxta/sessions"
)

func (a *app) sessionsPin() *cobra.Command {
	return a.marking("pin", "Pin sessions ahead of the others, or no longer",
		`Pin sessions: in the list of the workbench they stand ahead of the others, and
search finds them with is:pinned. With --off they are no longer pinned.`,
		"pinned", "not pinned", (*sessions.Store).Pin)
}

func (a *app) sessionsArchive() *cobra.Command {
	return a.marking("archive", "Take sessions out of the list, or put them back",
		`Archive sessions: nothing of them is lost, and they are listed and found only
when one asks for archived ones: with juxta sessions list --archived, is:archived in
a search, A in the list of the workbench. With --off they are put back.`,
		"archived", "not archived", (*sessions.Store).Archive)
}

// marking is a command that marks sessions, all of them or none.
func (a *app) marking(name, short, long, on, off string, set func(*sessions.Store, []sessions.ID, bool) error) *cobra.Command {
	undo := false
	c := &cobra.Command{
		Use: name + " SESSION...", Short: short, Args: some("SESSION"), Long: long, ValidArgsFunction: a.completeSessions,
		RunE: func(_ *cobra.Command, prefixes []string) error {
			store, ids, err := a.several(prefixes)
			if err != nil {
				return err
			}
			defer store.Close()
			if err := set(store, ids, !undo); err != nil {
				return err
			}
			is := on
			if undo {
				is = off
			}
			return a.summaries(store, ids, func(s *sessions.Session) string { return string(s.ID) + "  " + is + "  " + s.Words() })
		},
	}
	c.Flags().BoolVar(&undo, "off", false, "undo it")
	return c
}
