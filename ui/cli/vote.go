package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/ui/tui"
)

// A polling is the vote command with its flags.
type polling struct {
	*app
	voter            string
	baseline, column string
	limit            int
	metric           string
	all              bool
}

func (a *app) voteCommand() *cobra.Command {
	p := &polling{app: a}
	c := &cobra.Command{
		Use: "vote SESSION", Short: "Vote blind on a session's answers, pair by pair",
		Long: `Go through the answers of a session, pair by pair and without names, times and
costs: one key a vote. Each vote is saved at once; whoever stops goes on there with
the next start. With --voter several people vote, each in an order of their own, and
nobody sees another's votes. The order and the sides follow from the seed of the
plan (juxta plan) or the session. Of three models and more each is compared with the
baseline.

Between 5 and 10% of the pairs come a second time, with the sides swapped. That says
how steady a voter is, and counts for nothing else. Failed answers are not voted on:
they count as lost anyway.

With --metric pass, or a plan with that metric, what is asked is not which answer is
better but which of the two pass: one of them, both or none.

With --json it opens no screen and prints how far the voter has come.`,
		Example: `juxta vote 01KB
juxta vote 01KB --voter ann --limit 20
juxta vote 01KB --json`,
		Args: one("SESSION"), ValidArgsFunction: a.completeSessions,
		RunE: func(c *cobra.Command, args []string) error { return p.run(c.Context(), args[0]) },
	}
	f := c.Flags()
	f.StringVar(&p.voter, "voter", "", "vote as `NAME` (by default as the one who uses this juxta)")
	f.StringVar(&p.baseline, "baseline", "", "the `COLUMN` or model that the others are compared with (by default that of the plan or the session)")
	f.StringVar(&p.column, "column", "", "only the answers of this `COLUMN` or model, against the baseline's")
	f.StringVar(&p.metric, "metric", "", "what is asked, `METRIC`: votes, which answer is better, or pass, which answers pass (by default that of the plan, or else votes)")
	f.IntVar(&p.limit, "limit", 0, "stop after `N` votes")
	f.BoolVar(&p.all, "all", false, "vote on the prompts beyond the planned number, too")
	return c
}

// longestVoter is how many letters a voter's name may have.
const longestVoter = 60

func (p *polling) run(ctx context.Context, prefix string) error {
	name := strings.TrimSpace(p.voter)
	switch {
	case name != plain.Line(name) || utf8.RuneCountInString(name) > longestVoter:
		return usage("a name in one line, such as --voter ann", "--voter %q is no name of a voter", plain.Line(name))
	case p.limit < 0:
		return usage("--limit 20, or leave it out", "--limit %d: a number of votes is meant", p.limit)
	case p.metric != "" && !slices.Contains(sessions.Metrics(), p.metric):
		return usage("leave --metric out for the plan's own", "--metric %q: what can be asked is %s", plain.Line(p.metric), strings.Join(sessions.Metrics(), " or "))
	case !p.json && (!p.inTerm || !p.outTerm):
		return usage("--json prints how far the voter has come", "votes are cast on a screen, and this is a pipe")
	}
	store, ids, err := p.several([]string{prefix})
	if err != nil {
		return err
	}
	defer store.Close()
	s, err := store.Session(ids[0])
	if err != nil {
		return err
	}
	o := sessions.PollOptions{Voter: name, All: p.all, Pass: p.metric == sessions.Pass}
	if o.Baseline, err = p.against(&s); err != nil {
		return err
	}
	if s.Plan != nil && p.metric != "" && p.metric != s.Plan.Metric {
		return usage("leave --metric out", "the session's plan is about %s, and not about %s", s.Plan.Metric, p.metric)
	}
	if p.column != "" {
		if o.Column, err = columnOf(&s, p.column); err != nil {
			return err
		}
	}
	poll, err := store.Poll(s.ID, o)
	switch {
	case errors.Is(err, sessions.ErrNoBaseline):
		_, err = columnOf(&s, "") // says which columns there are
		return err
	case errors.Is(err, sessions.ErrNoPairs):
		return usage("ask its questions of a second model: juxta sessions again", "there is nothing to vote on: %w", err)
	case err != nil:
		return err
	case p.json:
		return p.printJSON(poll.Progress())
	}
	return p.booth(ctx, poll)
}

// against is the column of --baseline; 0 without it.
func (p *polling) against(s *sessions.Session) (int, error) {
	if p.baseline == "" {
		return 0, nil
	}
	base, err := columnOf(s, p.baseline)
	if err == nil && s.Plan != nil && s.Plan.Baseline != base {
		return 0, usage("leave --baseline out", "the session's plan compares with column %d, and not with column %d", s.Plan.Baseline, base)
	}
	return base, err
}

// booth has the voter vote, and says how the poll goes on.
func (p *polling) booth(ctx context.Context, poll *sessions.Poll) error {
	conf, _, err := p.setup()
	if err != nil {
		return err
	}
	look, err := p.theme(conf)
	if err != nil {
		return err
	}
	err = p.screen(ctx, tui.Options{
		Version: p.version(), Keys: conf.keys, Theme: look, Themes: p.themes,
		Vote: &tui.Voting{Limit: p.limit, Open: func(context.Context) (*sessions.Poll, error) { return poll, nil }},
	})
	if err != nil {
		return err
	}
	again := ""
	if poll.Voter != "" {
		again = fmt.Sprintf(" --voter %q", poll.Voter)
	}
	if g := poll.Progress(); g.Voted < g.Pairs {
		p.say("%d of %d pairs are voted on; `juxta vote %s%s` goes on there", g.Voted, g.Pairs, poll.Session.ID, again)
	} else {
		p.say("every pair is voted on; `juxta report %s` says what came of it", poll.Session.ID)
	}
	return nil
}
