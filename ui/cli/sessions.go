package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
)

func (a *app) sessionsCommand() *cobra.Command {
	limit := 0
	list := &cobra.Command{
		Use: "list", Short: "List the sessions, the newest first", Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return a.listSessions(limit) },
	}
	list.Flags().IntVarP(&limit, "limit", "n", 0, "list at most `N`")
	return group("sessions", "See and remove what was asked and answered",
		list,
		&cobra.Command{
			Use: "show SESSION...", Short: "Print a session with all its turns", Args: some("SESSION"), ValidArgsFunction: a.completeSessions,
			Long: "Print sessions with all their turns. The beginning of an id is enough.",
			RunE: func(_ *cobra.Command, args []string) error { return a.showSessions(args) },
		},
		&cobra.Command{
			Use: "rm SESSION...", Short: "Remove sessions for ever", Args: some("SESSION"), ValidArgsFunction: a.completeSessions,
			Long: `Remove sessions for ever, without asking. If one of them is not there, none is
removed. The store's file keeps its size: what was removed stays in it, read by
nobody, until new turns are written over it. To be rid of it at once, delete the
file, with all sessions in it.`,
			RunE: func(_ *cobra.Command, args []string) error { return a.removeSessions(args) },
		},
		a.backupCommand(),
	)
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

// several opens the store and finds the sessions of all the prefixes, before
// anything is done with any of them.
func (a *app) several(prefixes []string) (*sessions.Store, []sessions.ID, error) {
	store, err := sessions.Open(a.storePath())
	if err != nil {
		return nil, nil, err
	}
	var ids []sessions.ID
	for _, p := range prefixes {
		id, err := resolve(store, p)
		if err != nil {
			_ = store.Close()
			return nil, nil, err
		}
		ids = append(ids, id)
	}
	return store, ids, nil
}

func (a *app) showSessions(prefixes []string) error {
	store, ids, err := a.several(prefixes)
	if err != nil {
		return err
	}
	defer store.Close()
	for i, id := range ids {
		s, err := store.Session(id)
		if err != nil {
			return err
		}
		turns, err := store.Turns(id, 0, 0)
		if err != nil {
			return err
		}
		if a.json {
			err = a.printJSON(sessions.NewTranscript(s, turns))
		} else {
			if i > 0 {
				_, _ = fmt.Fprintln(a.out)
			}
			_, err = io.WriteString(a.out, transcript(s, turns))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// transcript is a session for people to read, with nothing in it that a
// terminal would obey.
func transcript(s sessions.Session, turns []sessions.Turn) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	title := plain.Line(s.Title)
	if title == "" {
		title = "(nothing asked yet)"
	}
	line("# %s\n\n%s · %s", title, s.ID, s.Created.Local().Format(time.RFC1123))
	if words := originWords(&s); words != "" {
		line("%s", words)
	}
	for _, t := range turns {
		line("\n## %d. %s%s\n", t.ID, t.Asked.Local().Format("2006-01-02 15:04:05"), branchWords(&s, &t))
		for l := range strings.Lines(plain.Text(t.Text)) {
			line("> %s", strings.TrimRight(l, "\n"))
		}
		for _, f := range t.Files {
			line("> [%s]", plain.Line(kept(f)))
		}
		if t.Prompt != nil {
			line("\n(%s)", plain.Line(t.Prompt.Words()))
		}
		if note := strings.TrimSpace(plain.Text(t.Note)); note != "" {
			line("\nNote: %s", note)
		}
		b.WriteString(t.Said(s.Columns))
	}
	return b.String()
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
