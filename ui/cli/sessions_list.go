package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
)

func (a *app) sessionsList() *cobra.Command {
	limit := 0
	list := &cobra.Command{
		Use: "list", Short: "List the sessions, the newest first", Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return a.listSessions(limit) },
	}
	list.Flags().IntVarP(&limit, "limit", "n", 0, "list at most `N`")
	return list
}

func (a *app) listSessions(limit int) error {
	if limit < 0 {
		return usage("", "--limit is a number from 0, which is all")
	}
	store, err := sessions.Open(a.storePath())
	if err != nil {
		return err
	}
	defer store.Close()
	all, err := store.Sessions(limit)
	if err != nil {
		return err
	}
	if a.json {
		for _, s := range all {
			if err := a.printJSON(s.Summary()); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		a.say("nothing has been asked yet")
		return nil
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "SESSION\tLAST\tTURNS\tTITLE\tMODELS")
	for _, s := range all {
		var models []string
		for _, c := range s.Shown() {
			models = append(models, c.Model.String())
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", s.ID, s.Updated.Local().Format("2006-01-02 15:04"), s.Turns,
			plain.Line(s.Title), plain.Line(strings.Join(models, ", ")))
	}
	return w.Flush() // of everything above
}
