package cli

import (
	"github.com/spf13/cobra"

	"juxta/sessions"
)

func (a *app) sessionsRename() *cobra.Command {
	return &cobra.Command{
		Use: "rename SESSION TITLE", Short: "Give a session another title", ValidArgsFunction: a.completeOneSession,
		Long: `Give a session a title of your own. With "" it is called by the beginning of its
first question again.`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) < 2:
				return usage(`juxta sessions rename SESSION "the title"`, "juxta sessions rename needs SESSION and TITLE")
			case len(args) > 2:
				return usage("write the title in quotes", "%d titles are too many", len(args)-1)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.renameSession(args[0], args[1]) },
	}
}

func (a *app) renameSession(prefix, title string) error {
	store, ids, err := a.several([]string{prefix})
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.Rename(ids[0], title); err != nil {
		return err
	}
	return a.summaries(store, ids, func(s *sessions.Session) string { return string(s.ID) + "  " + s.Words() })
}

// completeOneSession offers sessions for the first argument alone.
func (a *app) completeOneSession(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.completeSessions(c, args, begun)
}
