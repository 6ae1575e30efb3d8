package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/sessions/verdict"
)

// What is said of a decision in words, by Markdown and the page alike.

// A detail is one figure of a candidate, with its name.
type detail struct{ Name, Words string }

// rows are the figures of a candidate.
func (r *Ruling) rows() (all []detail) {
	row := func(name, format string, args ...any) { all = append(all, detail{name, fmt.Sprintf(format, args...)}) }
	row("verdict", "%s", r.Word)
	row("evidence", "%s", r.Evidence)
	row("prompts that count", "%s of %s", grouped(r.N), grouped(r.all()))
	if r.N > 0 {
		row("matches or beats", "%s", grouped(r.Matched))
		row("mean score", "%.6f", r.Mean)
		row("95% interval", "%.6f–%.6f", r.Interval.Low, r.Interval.High)
		row("margin", "%g", r.Margin)
		row("p non-inferior, superior, inferior", "%.3g, %.3g, %.3g", r.NonInferiority, r.Superiority, r.Inferiority)
		row("p of the sign test", "%.3g", r.Sign)
	}
	row("votes", "%s won, %s tied (%s both bad), %s lost", grouped(r.Votes.Wins), grouped(r.Votes.Ties), grouped(r.Votes.Bad), grouped(r.Votes.Losses))
	row("failed", "%s, the baseline %s", grouped(r.Failed), grouped(r.BaselineFailed))
	all = append(all, r.Figures.rows()...)
	if l := r.Length; l != nil {
		row("mean score if lengths were equal", "%.3f", l.Mean)
	}
	for i := range r.Voters {
		p := &r.Voters[i]
		row("voters "+voter(p.One)+" and "+voter(p.Other), "agree on %s", p.Agreed())
	}
	return all
}

// rows are the costs and times of a candidate.
func (f *Figures) rows() (all []detail) {
	row := func(name, format string, args ...any) { all = append(all, detail{name, fmt.Sprintf(format, args...)}) }
	if f.Mean != nil {
		row("cost of a prompt", "%s%s, the baseline %s, over %s of %s that both answered", sessions.About(f.About), dollars(*f.Mean), dollars(*f.Baseline), grouped(f.Priced), times(f.Both, "prompt"))
	} else {
		row("cost of a prompt", "not known")
	}
	for _, l := range []*Local{f.Local, f.Other} {
		if l == nil {
			continue
		}
		row("a month of "+verdict.Thousands(l.Requests)+" requests of "+l.Model, "%s", l.Words())
		row("on machines of your own", "%s", l.NeedsWords())
	}
	if c := f.Cost; c != nil {
		row("cost against the baseline's", "%s", ratioWords(c))
	}
	if c := f.First; c != nil {
		row("median time to the first token", "%s, over %s", ratioWords(c), times(c.N, "prompt"))
	} else {
		row("median time to the first token", "not known")
	}
	if v := f.Volume; v != nil {
		row("a month of "+verdict.Thousands(v.Requests)+" requests", "%s%s, the baseline %s (%s)", sessions.About(v.About), dollars(v.Candidate), dollars(v.Baseline), v.Counted())
	}
	return all
}

// Counted is how the costs of a month are.
func (v *Volume) Counted() string {
	if v.Other == v.Basis {
		return v.Basis
	}
	return v.Basis + " against " + v.Other
}

// ratioWords are a ratio with its interval.
func ratioWords(x *verdict.Ratio) string {
	words := strconv.FormatFloat(x.Value, 'f', places(x.Value), 64) + "× the baseline's"
	if x.Sure {
		n := places(x.Interval.Low)
		words += fmt.Sprintf(" [%.*f–%.*f]", n, x.Interval.Low, n, x.Interval.High)
	}
	return words
}

// leaning is what the votes say of the left answer and the right one; "" for nothing.
func (d *Decision) leaning() string {
	s := &d.Sides
	if s.N == 0 {
		return ""
	}
	words := fmt.Sprintf("Of two answers of which one was preferred in a blind vote the left one was in %d of %d (%.2f by prompt, 95%% interval %.2f–%.2f).",
		s.Left, s.Left+s.Right, s.Mean, s.Interval.Low, s.Interval.High)
	if s.Biased {
		words += " Where an answer stands seems to matter: the interval leaves out 0.50."
	}
	return words
}

// cells are a model's row of the ranking.
func (m *Placed) cells() []string {
	interval := nothing
	if m.Known && m.Clustered > 0 {
		interval = fmt.Sprintf("%.2f to %.2f", m.Interval.Low, m.Interval.High)
	}
	place := fmt.Sprint(m.Best)
	if m.Worst != m.Best {
		place = fmt.Sprintf("%d–%d", m.Best, m.Worst)
	}
	return []string{m.Model, fmt.Sprintf("%.0f", m.Elo), fmt.Sprintf("%.2f", m.Strength), interval, place}
}

// places are how many decimals show three digits of a ratio, three at least.
func places(x float64) int {
	n := 3
	for limit := 0.1; x > 0 && x < limit && n < 9; limit /= 10 {
		n++
	}
	return n
}

// counted is what a prompt counts for, in a word.
func (p *Part) counted() string {
	switch {
	case p.Score == nil:
		return nothing
	case p.Votes.N() == 0:
		return fmt.Sprintf("%g (failed)", *p.Score)
	}
	return fmt.Sprintf("%.3g", *p.Score)
}

// name is the model's, and what it is.
func (p *Party) name() string {
	name := p.Model
	for _, x := range []struct {
		is    bool
		words string
	}{{p.Baseline, " ★"}, {p.Simulated, " (simulated)"}, {p.Local && !p.Simulated, " (local)"}} {
		if x.is {
			name += x.words
		}
	}
	return name
}

// ends says how many answers came to their end, and what became of the others.
func (p *Party) ends() string {
	words := grouped(p.Answers)
	for _, e := range p.Ends {
		words += ", " + grouped(e.N) + " " + e.Why
	}
	return words
}

// asked is when the model was.
func (p *Party) asked() string {
	switch from, to := day(p.From), day(p.To); {
	case p.From.IsZero():
		return nothing
	case from != to:
		return from + " to " + to
	default:
		return from
	}
}

// version is what says that it answered.
func (p *Party) version() string {
	all := slices.Concat(p.Served, p.Builds)
	for i := range all {
		all[i] = plain.Line(all[i])
	}
	return cmp.Or(strings.Join(all, "; "), nothing)
}

// price is what its tokens were counted at.
func (p *Party) price() string {
	var all []string
	for _, r := range p.Prices {
		all = append(all, r.words())
	}
	return cmp.Or(strings.Join(all, "; "), nothing)
}

func (r *Rate) words() string {
	words := "not known"
	switch r.Source {
	case "billed":
		return "as billed with each answer"
	case "local":
		return "none: it runs on a machine of theirs"
	}
	if r.Input != nil || r.Output != nil {
		amount := func(s *string) string {
			if s == nil {
				return "unknown"
			}
			return dollars(*s)
		}
		words = amount(r.Input) + " in, " + amount(r.Output) + " out"
	} else if r.Source == "free" {
		return "free"
	}
	for _, s := range []string{r.Source, r.AsOf} {
		if s != "" && s != "unknown" {
			words += ", " + plain.Line(s)
		}
	}
	if r.From != "" {
		words += " (" + plain.Line(r.From) + ")"
	}
	return words
}

// all is how many prompts there are, that count and that do not.
func (r *Ruling) all() int {
	n := r.N
	for _, l := range r.Left {
		n += l.N
	}
	return n
}

// grouped is a count with its digits in threes.
func grouped(n int) string { return verdict.Thousands(int64(n)) }

func voter(name string) string {
	if name == "" {
		return "you"
	}
	return plain.Line(name)
}
