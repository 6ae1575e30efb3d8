package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"juxta/sessions/plain"
)

// patienceToMaintain is how long copying and compacting wait for others who have
// the store.
const patienceToMaintain = 10 * time.Second

func (a *app) sessionsCompact() *cobra.Command {
	return &cobra.Command{
		Use: "compact", Short: "Give back the room that the store does not use", Args: noArgs,
		Long: `Write the store anew without the room that nothing uses, also what removed
sessions have left in it. The new file takes the place of the old one at once,
after both were compared; copies are not touched. Others wait meanwhile, and keep
what they want to save until then.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.compact(c.Context()) },
	}
}

func (a *app) compact(ctx context.Context) error {
	store, err := a.openStore()
	if err != nil {
		return err
	}
	defer store.Close()
	store.SetPatience(patienceToMaintain)
	before, after, err := store.Compact(ctx)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"path": store.Path(), "before": before, "after": after})
	}
	_, err = fmt.Fprintf(a.out, "%s  %d bytes before, %d bytes after\n", plain.Line(store.Path()), before, after)
	return err
}
