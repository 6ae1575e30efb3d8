package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"juxta/sessions"
)

func (a *app) sessionsFork() *cobra.Command {
	turn := 0
	c := &cobra.Command{
		Use: "fork SESSION", Short: "Make a session that begins with the turns of another one", Args: one("SESSION"),
		ValidArgsFunction: a.completeOneSession,
		Long: `Make a new session that begins with the turns of another one, with their answers,
votes and files: those up to the end of the branch in view, or up to and with --turn.
The other one stays as it is, and so does what it has cost.`,
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("turn") && turn < 1 {
				return usage("juxta sessions fork --turn 2 SESSION", "--turn is the number of a turn, from 1")
			}
			return a.forkSession(args[0], turn)
		},
	}
	c.Flags().IntVar(&turn, "turn", 0, "the last turn that it begins with, `N`")
	return c
}

func (a *app) forkSession(prefix string, turn int) error {
	store, ids, err := a.several([]string{prefix})
	if err != nil {
		return err
	}
	defer store.Close()
	from, err := store.Session(ids[0])
	switch {
	case err != nil:
		return err
	case from.Turns == 0:
		return usage("ask something in it first, or name another session", "session %s has no turns to begin with", from.ID)
	case turn > from.Turns:
		return usage("`juxta sessions show "+string(from.ID)+"` shows them", "--turn %d: session %s has %s", turn, from.ID, things(from.Turns, "turn"))
	}
	fork, err := store.Fork(from.ID, turn)
	if err != nil {
		return err
	}
	return a.summaries(store, []sessions.ID{fork.ID}, func(s *sessions.Session) string {
		return fmt.Sprintf("%s  %s  (%s)", s.ID, s.Words(), things(s.Turns, "turn"))
	})
}
