package cli

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/sessions/verdict"
)

// A planning is the plan command with its flags.
type planning struct {
	*app
	margin   float64
	n        int
	metric   string
	baseline string
	seed     uint32
}

func (a *app) planCommand() *cobra.Command {
	p := &planning{app: a}
	c := &cobra.Command{
		Use: "plan SESSION", Short: "Say what a session is to test, before its first vote",
		Long: `Say what a session is to test: how many prompts, and by how much a model may be
worse than the baseline and still be good enough. With a plan a verdict is a test;
without one it is a hint, and says so. A plan is stored before the first vote, or
not at all. Until then another one takes its place. Without a flag the plan that
is there is printed.

A margin of 0.10 means that the baseline may be preferred in up to 60 of 100
prompts, ties counted half.`,
		Example: `juxta plan 01KB --margin 0.10 --n 60
juxta plan 01KB --baseline openai/gpt-5.1`,
		Args: one("SESSION"), ValidArgsFunction: a.completeSessions,
		RunE: func(c *cobra.Command, args []string) error {
			set := false
			for _, name := range []string{"margin", "n", "metric", "baseline", "seed"} {
				set = set || c.Flags().Changed(name)
			}
			if !c.Flags().Changed("seed") {
				p.seed = rand.Uint32()
			}
			return p.run(args[0], set)
		},
	}
	f := c.Flags()
	f.Float64Var(&p.margin, "margin", verdict.DefaultMargin, "how much worse than 0.5 the mean score may be, `M` above 0 and below 0.5")
	f.IntVar(&p.n, "n", 60, "after how many prompts it is tested, `N` from 20 on")
	f.StringVar(&p.metric, "metric", sessions.Votes, "what is tested, `METRIC`: votes, on which answer is better, or pass, on which answers pass")
	f.StringVar(&p.baseline, "baseline", "", "the `COLUMN` or model that the others are measured against (by default the session's)")
	f.Uint32Var(&p.seed, "seed", 0, "the `NUMBER` that the order in which prompts are voted on follows from (by default a random one)")
	return c
}

func (p *planning) run(prefix string, set bool) error {
	store, ids, err := p.several([]string{prefix})
	if err != nil {
		return err
	}
	defer store.Close()
	s, err := store.Session(ids[0])
	if err != nil {
		return err
	}
	if s.Plan != nil && !set {
		return p.print(&s)
	}
	base, err := columnOf(&s, p.baseline)
	if err != nil {
		return err
	}
	plan := sessions.TestPlan{At: time.Now(), Metric: p.metric, Margin: p.margin, N: p.n, Baseline: base, Seed: p.seed}
	if !slices.Contains(sessions.Metrics(), p.metric) {
		return usage("leave --metric out for votes", "--metric %q: what can be tested is %s", plain.Line(p.metric), strings.Join(sessions.Metrics(), " or "))
	}
	if err := plan.Test().Check(); err != nil {
		return usage("see `juxta plan --help`", "%w", err)
	}
	if err := store.Plan(s.ID, plan); errors.Is(err, sessions.ErrVoted) {
		return usage("ask the questions again in a new session, and plan that one", "%w", err)
	} else if err != nil {
		return err
	}
	s.Plan = &plan
	if !p.json {
		p.foresee(plan)
	}
	return p.print(&s)
}

// foresee says what the plan can be hoped to find.
func (p *planning) foresee(plan sessions.TestPlan) {
	if good, ok := verdict.SmallestMean(plan.N, 0.5-plan.Margin, false); ok && plan.Metric == sessions.Votes {
		better, _ := verdict.SmallestMean(plan.N, 0.5, false)
		p.say("without ties, %d wins on %d prompts show that a model is good enough, and %d that it is better", wins(good, plan.N), plan.N, wins(better, plan.N))
	}
	if n, ok := verdict.Suggest(plan.Margin, 0.2); ok && plan.N < n {
		p.say("%d prompts may be too few: if the models are equally good and a fifth of the votes ties, %d show it in four of five such tests", plan.N, n)
	}
}

// wins is how many of n make a mean score, without ties.
func wins(mean float64, n int) int { return int(math.Round(mean * float64(n))) }

func (p *planning) print(s *sessions.Session) error {
	if p.json {
		return p.printJSON(struct {
			Session sessions.ID `json:"session"`
			*sessions.TestPlan
		}{s.ID, s.Plan})
	}
	_, err := fmt.Fprintf(p.out, "%s  %s\n%s\n", s.ID, plain.Line(s.Title), planWords(s))
	return err
}

// planWords is the plan in a line.
func planWords(s *sessions.Session) string {
	p := s.Plan
	return fmt.Sprintf("planned %s: %s on %d prompts against %s, margin %s, seed %d",
		p.At.Local().Format("2006-01-02 15:04"), p.Metric, p.N, columnName(s, p.Baseline), strconv.FormatFloat(p.Margin, 'f', -1, 64), p.Seed)
}

func columnName(s *sessions.Session, id int) string {
	if c, ok := s.Column(id); ok {
		return fmt.Sprintf("column %d, %s", id, plain.Line(c.Model.String()))
	}
	return fmt.Sprintf("column %d", id)
}

// columnOf is the column that text names, by its number or by the name of its
// model; "" is the baseline of the session.
func columnOf(s *sessions.Session, text string) (int, error) {
	var names []string
	for _, c := range s.Columns {
		names = append(names, fmt.Sprintf("%d (%s)", c.ID, plain.Line(c.Model.String())))
	}
	hint := "the columns are " + strings.Join(names, ", ")
	if text == "" {
		base := s.Baseline
		if s.Plan != nil {
			base = cmp.Or(base, s.Plan.Baseline)
		}
		if _, ok := s.Column(base); !ok {
			return 0, usage(hint, "the session has no baseline: name one with --baseline COLUMN")
		}
		return base, nil
	}
	var found []int
	id, err := strconv.Atoi(text)
	for _, c := range s.Columns {
		if err == nil && c.ID == id || c.Model.String() == text {
			found = append(found, c.ID)
		}
	}
	switch len(found) {
	case 0:
		return 0, usage(hint, "the session has no column %q", plain.Line(text))
	case 1:
		return found[0], nil
	}
	return 0, usage(hint, "--baseline %q stands in several columns: name one by its number", plain.Line(text))
}
