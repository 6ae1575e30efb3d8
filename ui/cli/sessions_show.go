package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
)

func (a *app) sessionsShow() *cobra.Command {
	return &cobra.Command{
		Use: "show SESSION...", Short: "Print a session with all its turns", Args: some("SESSION"), ValidArgsFunction: a.completeSessions,
		Long: "Print sessions with all their turns. The beginning of an id is enough.",
		RunE: func(_ *cobra.Command, args []string) error { return a.showSessions(args) },
	}
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

// askedAt is when a question was asked, as far as that is known.
func askedAt(t *sessions.Turn) string {
	if t.Asked.IsZero() {
		return "(time unknown)"
	}
	return t.Asked.Local().Format("2006-01-02 15:04:05")
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
	if from := s.Imported; from != nil && from.Format != "juxta" {
		line("imported from %s, where it is %s", plain.Line(from.Format), plain.Line(from.Key))
	}
	if words := originWords(&s); words != "" {
		line("%s", words)
	}
	for _, t := range turns {
		line("\n## %d. %s%s\n", t.ID, askedAt(&t), branchWords(&s, &t))
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
