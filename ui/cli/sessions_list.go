package cli

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// listing is what `sessions list` lists.
type listing struct {
	limit    int
	tags     []string // that a session has all of
	archived bool     // the archived ones, too
}

func (a *app) sessionsList() *cobra.Command {
	var l listing
	list := &cobra.Command{
		Use: "list", Short: "List the sessions, the newest first", Args: noArgs,
		Long: `List the sessions, the newest first. Archived ones are left out unless --archived
is given.`,
		RunE: func(*cobra.Command, []string) error { return a.listSessions(l) },
	}
	f := list.Flags()
	f.IntVarP(&l.limit, "limit", "n", 0, "list at most `N`")
	f.StringArrayVar(&l.tags, "tag", nil, "list those with `TAG` (repeat it for those that have all)")
	f.BoolVar(&l.archived, "archived", false, "list the archived ones, too")
	_ = list.RegisterFlagCompletionFunc("tag", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return a.knownTags(), cobra.ShellCompDirectiveNoFileComp
	})
	return list
}

func (a *app) listSessions(l listing) error {
	if l.limit < 0 {
		return usage("juxta sessions list -n 20", "--limit is a number from 0, which is all")
	}
	var tags []string
	for _, word := range l.tags {
		tag, err := sessions.Tag(word)
		if err != nil {
			return usage("", "--tag: %w", err)
		}
		tags = append(tags, tag)
	}
	store, err := a.openStore()
	if err != nil {
		return err
	}
	defer store.Close()
	q := sessions.Listing{ByTime: true, Limit: l.limit}
	if l.archived {
		q.Shelf = sessions.Every
	}
	if len(tags) > 0 {
		q.Keep = func(s *sessions.Session) bool {
			return !slices.ContainsFunc(tags, func(t string) bool { return !slices.Contains(s.Tags, t) })
		}
	}
	all, err := store.List(q)
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
		a.say("%s", a.nothingListed(store, l))
		return nil
	}
	return a.tableOf(all)
}

// nothingListed is why the list is empty.
func (a *app) nothingListed(store *sessions.Store, l listing) string {
	switch n, err := store.Count(sessions.Every); {
	case err == nil && n == 0:
		return "nothing has been asked yet"
	case len(l.tags) > 0:
		return "no session has the tag " + plain.Line(strings.Join(l.tags, " and "))
	}
	return "all sessions are archived: juxta sessions list --archived"
}

func (a *app) tableOf(all []sessions.Session) error {
	tagged := slices.ContainsFunc(all, func(s sessions.Session) bool { return len(s.Tags) > 0 })
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	head := "SESSION\tLAST\tTURNS\tTITLE\tMODELS"
	if tagged {
		head += "\tTAGS"
	}
	_, _ = fmt.Fprintln(w, head)
	for _, s := range all {
		var models []string
		for _, c := range s.Shown() {
			models = append(models, c.Model.String())
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s", s.ID, s.Updated.Local().Format("2006-01-02 15:04"), s.Turns,
			plain.Line(s.Title), plain.Line(strings.Join(models, ", ")))
		if tagged {
			_, _ = fmt.Fprint(w, "\t"+tagWords(&s))
		}
		_, _ = fmt.Fprintln(w)
	}
	return w.Flush() // of everything above
}

// tagWords are a session's tags as people write them.
func tagWords(s *sessions.Session) string {
	var words []string
	for _, t := range s.Tags {
		words = append(words, "#"+plain.Line(t))
	}
	return strings.Join(words, " ")
}
