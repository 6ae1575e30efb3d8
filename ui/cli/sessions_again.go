package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/ui/tui"
)

// What --history may say.
const (
	historyOriginal = "original"
	historyOwn      = "own"
)

// again is the command of that name.
type again struct {
	*app
	models   []string
	history  string
	column   int // 0 for the original
	from, to int // 0 for the branch's
	warm     bool
	budget   budget
	dry      bool
}

func (a *app) sessionsAgain() *cobra.Command {
	g := &again{app: a}
	c := &cobra.Command{
		Use: "again SESSION -m MODEL...", Short: "Ask a session's questions again of other models", Args: one("SESSION"),
		ValidArgsFunction: a.completeSessions,
		Long: fmt.Sprintf(`Ask the questions of a session again, in order, of other models. Each is a new
column of the same session, whose answers stand beside those that were given then;
nothing of these is changed. It is asked as the original column was, with its system
prompt and parameters: the baseline, or the first, or that of --column. Files are sent
again; a model that can't take one fails in that turn, and the others go on.

With --history original (the usual one) each question has the history of then: the
answers of the original column. With --history own each model goes on from its own
answers. The turns are those of the branch in view, which the workbench showed last.

What it would cost is said first, by estimate: what is told by its length, and %d
tokens for an answer, max_tokens, or as many as the model's answers before. --dry-run
says no more than that. What was stopped or failed is asked again by the same
command, and what was answered is not. Answers of blind turns that are not revealed
stay hidden, here too.`, sessions.UsualOutput),
		Example: `juxta sessions again 01J9 -m openai/gpt-5-mini --dry-run
juxta sessions again 01J9 -m ollama/qwen3-vl:2b -m demo/swift --history own --turns 3-7`,
		RunE: func(c *cobra.Command, args []string) error { return g.run(c.Context(), args[0]) },
	}
	f := c.Flags()
	f.StringArrayVarP(&g.models, "model", "m", nil, "ask `MODEL`, named provider/model (may be repeated)")
	_ = c.RegisterFlagCompletionFunc("model", a.completeModels)
	g.history = historyOriginal
	f.Func("history", "`WHICH` answers a model is told of the turns before: original or own (default original)", g.setHistory)
	_ = c.RegisterFlagCompletionFunc("history", cobra.FixedCompletions([]string{historyOriginal, historyOwn}, cobra.ShellCompDirectiveNoFileComp))
	f.Func("column", "the original column is number `N`, as sessions show numbers them", g.setColumn)
	f.Func("turns", "ask only turns `N-M` again; N, N- and -M are possible, too", g.setTurns)
	f.BoolVar(&g.warm, "warm", false, "have the local models loaded before they are asked, by a request that is discarded")
	g.budget.flags(c, "the cost of all these answers together")
	f.BoolVar(&g.dry, "dry-run", false, "print what would be asked and what that would cost, and ask nobody")
	return c
}

func (g *again) setHistory(text string) error {
	if text != historyOriginal && text != historyOwn {
		return errors.New("it is original or own")
	}
	g.history = text
	return nil
}

func (g *again) setColumn(text string) (err error) {
	if g.column, err = strconv.Atoi(text); err != nil || g.column < 1 {
		return errors.New("it is the number of a column, from 1")
	}
	return nil
}

// setTurns is what --turns says.
func (g *again) setTurns(text string) error {
	first, last, several := strings.Cut(text, "-")
	if !several {
		last = first
	}
	read := func(s string, into *int) bool {
		if s == "" {
			return several
		}
		n, err := strconv.Atoi(s)
		*into = n
		return err == nil && n > 0
	}
	g.from, g.to = 0, 0
	if !read(first, &g.from) || !read(last, &g.to) || text == "-" {
		return errors.New("it is turns such as 3-7, 3- or 4")
	}
	return nil
}

func (g *again) run(ctx context.Context, session string) error {
	if err := g.budget.check(); err != nil {
		return err
	}
	if len(g.models) == 0 {
		return usage("name one with -m; `juxta models list` lists them", "there is no model to ask again")
	}
	conf, n, err := g.setup()
	if err != nil {
		return err
	}
	refs, err := g.refs(ctx, n, g.models)
	if err != nil {
		return err
	}
	store, ids, err := g.several([]string{session})
	if err != nil {
		return err
	}
	defer store.Close()
	s, err := store.Session(ids[0])
	if err != nil {
		return err
	}
	r, err := g.reask(&s, refs)
	if err != nil {
		return err
	}
	turns, err := store.Turns(s.ID, 0, 0)
	if err != nil {
		return err
	}
	files := slices.ContainsFunc(turns, func(t sessions.Turn) bool { return len(t.Files) > 0 })
	turns = slices.DeleteFunc(turns, func(t sessions.Turn) bool { return !s.Path().Has(t.ID) })
	reg := g.registry(ctx, conf, n, refs, files, true)
	plan, err := r.Plan(s, turns, reg.Model)
	if err != nil {
		return usage("`juxta sessions show "+string(s.ID)+"` shows its turns and columns", "%w", err)
	}
	if n := plan.Shown(&s); n > tui.MostColumns {
		return usage("remove columns from the screen, or ask fewer models", "the session would have %d columns on the screen, and %d are the most", n, tui.MostColumns)
	}
	if g.dry {
		return g.printPlan(&s, r, plan)
	}
	if len(plan.Turns) == 0 {
		g.say("nothing to ask: every turn was answered, or has a file that the model can't take")
		return nil
	}
	g.writePlan(g.app.err, plan)
	b := sessions.NewBench(reg, store)
	b.Gauge = conf.gauge()
	b.OnFault(g.fault)
	return g.ask(ctx, b, s.ID, r)
}

// reask is what the flags say of a session.
func (g *again) reask(s *sessions.Session, refs []providers.Ref) (sessions.Reask, error) {
	r := sessions.Reask{From: g.from, To: g.to, Most: g.budget.limit, Uncounted: g.budget.uncounted}
	like, ok := s.Original()
	if g.column > 0 {
		c, found := s.Column(g.column)
		if !found {
			return r, usage("`juxta sessions show "+string(s.ID)+"` shows them", "--column: there is no column %d", g.column)
		}
		like, ok = *c, true
	}
	if !ok {
		return r, usage("name one with --column", "the session has no column on the screen to ask like")
	}
	if g.history == historyOriginal {
		r.Follows = like.ID
	}
	for _, ref := range refs {
		r.Columns = append(r.Columns, like.Like(ref))
	}
	return r, nil
}

// ask goes through the session and saves what comes, whatever ends it.
func (g *again) ask(ctx context.Context, b *sessions.Bench, id sessions.ID, r sessions.Reask) error {
	failed := g.through(ctx, b, id, r)
	if err := save(ctx, b); err != nil {
		return err
	}
	if ctx.Err() != nil {
		g.say("stopped; what was answered is kept, and the same command goes on from there")
		return context.Cause(ctx)
	}
	return failed
}

// through goes through the session and prints what comes.
func (g *again) through(ctx context.Context, b *sessions.Bench, id sessions.ID, r sessions.Reask) error {
	if err := b.Resume(id); err != nil {
		return err
	}
	a, err := b.Reask(r)
	if err != nil {
		return g.refuse(err)
	}
	if g.warm {
		var columns []int
		for _, c := range a.Plan.Columns {
			columns = append(columns, c.Column.ID)
		}
		if err := g.warmUp(ctx, b, columns, nil); err != nil {
			return g.refuse(err)
		}
	}
	hidden := 0
	for ctx.Err() == nil {
		run, err := a.Next(ctx)
		if err != nil {
			return g.refuse(err)
		}
		if run == nil {
			break
		}
		printed, err := g.print(a, b, run)
		if err != nil {
			return err
		}
		if !printed {
			hidden += len(run.Picks())
		}
	}
	p := a.Progress()
	if hidden > 0 {
		g.say("%d of the answers are to blind turns: they stay hidden until those are revealed", hidden)
	}
	g.say("%d answered, %d not; %s", p.Answered, p.Failed, spent(p))
	if p.Failed > 0 {
		return &mistake{code: exitFailed}
	}
	return nil
}

// refuse says what to do about what is not asked.
func (g *again) refuse(err error) error {
	var over *sessions.OverBudget
	if !errors.As(err, &over) {
		return err
	}
	hint := "raise --max-cost, or ask fewer turns or models; what was answered is kept, and the same command goes on from there"
	if over.Cost == 0 {
		hint = "set a price in the configuration, or ask all the same with --allow-unknown-cost"
	}
	return &mistake{exitFailed, err, hint}
}

// print hears a turn's answers and prints them when all have ended, unless the
// turn is hidden: then it reports false.
func (g *again) print(a *sessions.Reasking, b *sessions.Bench, run *sessions.Run) (shown bool, err error) {
	finals := map[sessions.Pick]sessions.News{}
	for n := range each(run) {
		if n.Final != nil {
			finals[sessions.Pick{Column: n.Column, Take: n.Take}] = n
		}
		done := a.Progress()
		g.status("%d of %d turns · turn %d is being answered · %s", done.Turn, done.Turns, run.Turn, spent(done))
	}
	g.wipe()
	s := b.Session()
	which := fmt.Sprintf("turn %d", run.Turn)
	for _, p := range inOrder(run, &s) {
		n, ok := finals[p]
		if !ok {
			continue
		}
		if !run.Asked.Hidden() {
			if err := g.printAnswer(s.ID, run, n.Final); err != nil {
				run.StopAll()
				return false, err
			}
		}
		g.warn(n, which)
	}
	return !run.Asked.Hidden(), nil
}

func (g *again) printAnswer(id sessions.ID, run *sessions.Run, f *sessions.Answer) error {
	if g.json {
		return g.printJSON(f.Record(id, run.Turn, run.Asked.Files...))
	}
	text := plain.Text(f.Text + f.Refusal)
	_, err := fmt.Fprintf(g.out, "## turn %d · %d · %s\n\n%s\n\n", run.Turn, f.Column, plain.Line(f.Model.String()), strings.TrimRight(text, "\n"))
	if figures := f.Figures(); err == nil && figures != "" {
		g.say("%d %s turn %d  %s", f.Column, plain.Line(f.Model.String()), run.Turn, figures)
	}
	return err
}

// spent is what was spent so far in words.
func spent(p sessions.Progress) string {
	words := sessions.About(p.Guessed) + p.Spent.String() + " spent"
	if p.Unpriced > 0 {
		words += fmt.Sprintf(" + %d at a cost that is not known", p.Unpriced)
	}
	return words
}

// planJSON is a plan as --dry-run prints it.
type planJSON struct {
	Session  sessions.ID   `json:"session"`
	History  string        `json:"history"`
	Column   *int          `json:"column"` // whose answers are told; null for each its own
	Turns    []int         `json:"turns"`
	Requests int           `json:"requests"`
	Cost     costJSON      `json:"cost_estimate"`
	Models   []plannedJSON `json:"models"`
}

type plannedJSON struct {
	Model    string   `json:"model"`
	Turns    []int    `json:"turns"`
	Requests int      `json:"requests"`
	Answered int      `json:"answered"`
	Barred   int      `json:"barred"`
	Cost     costJSON `json:"cost_estimate"`
}

// costJSON is an estimate: of what is known, null if that is nothing, and of how
// many requests it is not known.
type costJSON struct {
	USD     *string `json:"usd"`
	Unknown int     `json:"unknown"`
}

func costOf(f sessions.Forecast, requests int) costJSON {
	c := costJSON{Unknown: f.Unknown}
	if f.Unknown == 0 || f.Unknown < requests {
		usd := f.Cost.USD()
		c.USD = &usd
	}
	return c
}

// printPlan is what --dry-run prints.
func (g *again) printPlan(s *sessions.Session, r sessions.Reask, p sessions.Plan) error {
	if !g.json {
		g.writePlan(g.out, p)
		return nil
	}
	out := planJSON{Session: s.ID, History: g.history, Turns: append([]int{}, p.Turns...), Requests: p.Sent(), Cost: costOf(p.Total(), p.Sent())}
	if r.Follows > 0 {
		out.Column = &r.Follows
	}
	for _, c := range p.Columns {
		out.Models = append(out.Models, plannedJSON{
			c.Column.Model.String(), append([]int{}, c.Turns...), c.Sent, c.Answered, c.Barred, costOf(c.Forecast, c.Sent),
		})
	}
	return g.printJSON(out)
}

func (g *again) writePlan(to io.Writer, p sessions.Plan) {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "MODEL\tREQUESTS\tANSWERED BEFORE\tCAN'T TAKE A FILE\tESTIMATE")
	for _, c := range p.Columns {
		cost := ""
		if c.Sent > 0 {
			cost = c.Forecast.Words(c.Sent)
		}
		_, _ = fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\n", plain.Line(c.Column.Model.String()), c.Sent, c.Answered, c.Barred, cost)
	}
	if len(p.Columns) > 1 {
		_, _ = fmt.Fprintf(w, "together\t%d\t\t\t%s\n", p.Sent(), p.Total().Words(p.Sent()))
	}
	_ = w.Flush()
}
