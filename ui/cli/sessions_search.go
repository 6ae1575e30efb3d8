package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
)

func (a *app) sessionsSearch() *cobra.Command {
	limit := 20
	c := &cobra.Command{
		Use: "search QUERY...", Short: "Find sessions by what was asked and answered", Args: some("QUERY"),
		Long: `Find sessions by what was asked and answered, the newest first. Case and accents
do not matter. All words of a query stand in one turn (its question, answers and
note), or in the session's title or tags.

  walnut sideboard           both words
  walnut*                    words that begin so
  '"walnut sideboard"'       the words in a row (the shell takes one pair of quotes)
  'walnut -oak'              turns without a word
  model:qwen  tag:pins       sessions with such a model, with a tag
  has:image                  turns with a picture; has:vote, has:note, too
  vote:qwen                  turns won by such a model; or vote:blind, open, tie, bad
  after:2026-03-01           last used then or later; 2026, today, yesterday, 7d, too
  before:2026-03             last used before
  'cost>0.05'  'cost<1'      dollars that a session cost
  is:pinned  is:archived     archived sessions are left out without that

A minus before a filter turns it round. Write -- before a query that begins with one.`,
		RunE: func(c *cobra.Command, args []string) error {
			return a.searchSessions(c.Context(), strings.Join(args, " "), limit)
		},
	}
	c.Flags().IntVarP(&limit, "limit", "n", limit, "find at most `N` sessions; 0 is all")
	return c
}

// hitRecord is a session that was found as the commands print it.
type hitRecord struct {
	sessions.Summary
	Hits []sessions.Hit `json:"hits"`
	More bool           `json:"more_hits"`
}

func (a *app) searchSessions(ctx context.Context, text string, limit int) error {
	if limit < 0 {
		return usage("juxta sessions search -n 20 WORDS", "--limit is a number from 0, which is all")
	}
	q, err := sessions.ParseQuery(text)
	if err != nil {
		return usage("", "%w", err)
	}
	store, err := a.openStore()
	if err != nil {
		return err
	}
	defer store.Close()
	r, err := store.Search(ctx, q, sessions.Page{Limit: limit})
	if err != nil {
		return err
	}
	for _, f := range r.Found {
		if a.json {
			err = a.printJSON(hitRecord{f.Session.Summary(), append([]sessions.Hit{}, f.Hits...), f.More})
		} else {
			_, err = fmt.Fprint(a.out, foundWords(&f))
		}
		if err != nil {
			return err
		}
	}
	switch {
	case len(r.Found) == 0 && !a.json:
		a.say("nothing was found")
	case r.Next != "":
		a.say("there are more: juxta sessions search -n 0")
	}
	return nil
}

// foundWords is a session that was found, and below it where.
func foundWords(f *sessions.Found) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  %s\n", f.Session.ID, f.Session.Updated.Local().Format("2006-01-02 15:04"), f.Session.Words())
	for _, h := range f.Hits {
		where := string(h.Part)
		switch {
		case h.Seat > 0:
			where = fmt.Sprintf("%d. answer %d", h.Turn, h.Seat)
		case h.Part == sessions.InAnswer:
			where = fmt.Sprintf("%d. %s", h.Turn, plain.Line(h.Model))
		case h.Turn > 0:
			where = fmt.Sprintf("%d. %s", h.Turn, h.Part)
		}
		fmt.Fprintf(&b, "    %s: %s\n", where, h.Text)
	}
	if f.More {
		b.WriteString("    …\n")
	}
	return b.String()
}
