package report

import (
	_ "embed" // the outline and the style of the page
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

//go:embed decision.css
var decisionStyle string

//go:embed decision.html
var decisionOutline string

// Page writes the decision as one page of HTML that needs nothing else, to be
// attached to a memo: the sentences first, plots, the plan, who answered when and at
// which prices, what was left out, and every prompt with its answers and votes. file
// has the bytes of attachments by SHA-256; nil for one that is not there.
func (d *Decision) Page(w io.Writer, file func(sha256 string) []byte) error {
	p := &deciding{Page: NewPage(w, nil), d: d, turns: map[sessions.Asking]*Turn{}}
	css := style + decisionStyle
	err := pieces().ExecuteTemplate(w, "top", map[string]any{
		"Title": "Verdict: " + d.heading(), "Policy": policy(css), "Style": template.HTML("<style>" + css + "</style>"), "List": nil, //nolint:gosec // ours
	})
	if err != nil {
		return err
	}
	for i := range d.cases {
		r := New(d.cases[i].Session, d.cases[i].Turns, file)
		if d.pooled() {
			r.marks = p.marks()
		}
		p.reports = append(p.reports, r)
		for k := range r.Turns {
			p.turns[sessions.Asking{Session: r.Session.ID, Turn: r.Turns[k].ID}] = &r.Turns[k]
		}
	}
	if err := pieces().ExecuteTemplate(w, "decision", p.lead()); err != nil {
		return err
	}
	for i := range d.Prompts {
		if err := p.prompt(i); err != nil {
			return err
		}
	}
	points := strings.Split(strings.TrimSpace(strings.ReplaceAll("\n"+method, "\n- ", "\n")), "\n")
	if err := pieces().ExecuteTemplate(w, "undecision", points); err != nil {
		return err
	}
	return pieces().ExecuteTemplate(w, "end", nil)
}

// A deciding is the page of a decision on the way.
type deciding struct {
	*Page
	d       *Decision
	reports []*Report
	turns   map[sessions.Asking]*Turn
}

// marks are the colours of models where columns mean nothing.
func (p *deciding) marks() map[providers.Ref]string {
	all := map[providers.Ref]string{}
	for i := range p.d.refs {
		all[p.d.refs[i]] = "c" + strconv.Itoa(i%colours+1)
	}
	return all
}

// colour is that of a candidate.
func (p *deciding) colour(m int) string {
	if p.d.pooled() {
		return "c" + strconv.Itoa(m%colours+1)
	}
	return p.reports[0].colour(p.d.Parties[m].Column)
}

// A ruled is a candidate as the page has it.
type ruled struct {
	Colour, Candidate, Word, Sentence string
	Span                              *span
	Bars                              []bars
	Remarks                           []string
	Rows, Left                        []detail
}

// A grid is a table of the page.
type grid struct {
	Title, Says string
	Head        []string
	Rows        [][]string
}

// Labelled are the rows with the heading of every cell, for narrow screens.
func (g grid) Labelled() (rows [][]detail) {
	for _, row := range g.Rows {
		var cells []detail
		for i, words := range row {
			cells = append(cells, detail{g.Head[i], words})
		}
		rows = append(rows, cells)
	}
	return rows
}

func (p *deciding) lead() map[string]any {
	d := p.d
	exploratory := d.Plan == nil || d.Late
	var all []ruled
	at := map[*Ruling]string{}
	for i := range d.Rulings {
		r := &d.Rulings[i]
		m := i
		if m >= d.base {
			m++
		}
		at[r] = p.colour(m)
		one := ruled{
			Colour: at[r], Candidate: r.Candidate, Word: string(r.Word), Sentence: plain.Line(r.Sentence),
			Span: spanOf(r), Bars: append([]bars{costBars(r, at[r]), timeBars(r, at[r])}, months(r, at[r])...), Rows: lined(r.rows()),
		}
		for _, s := range r.Remarks {
			if !strings.HasPrefix(s, "Left out:") { // which has a table of its own
				one.Remarks = append(one.Remarks, plain.Line(s))
			}
		}
		for _, l := range r.Left {
			one.Left = append(one.Left, detail{times(l.N, "prompt"), l.Why})
		}
		exploratory = exploratory || r.Exploratory
		all = append(all, one)
	}
	return map[string]any{
		"Title": "Verdict: " + d.heading(), "From": fmt.Sprintf("%s · %s, %s", d.from(), times(d.Turns, "turn"), times(len(d.Prompts), "prompt")),
		"Baseline": d.names[d.base], "Exploratory": exploratory, "Plan": d.planned(), "Notes": d.notes(), "Rulings": all,
		"Plot": plotOf(d, func(r *Ruling) string { return at[r] }), "Tables": p.tables(),
	}
}

// lined are details that are safe on a page: each in one line.
func lined(all []detail) []detail {
	for i := range all {
		all[i].Name, all[i].Words = plain.Line(all[i].Name), plain.Line(all[i].Words)
	}
	return all
}

// notes are what has to be known of what is counted.
func (d *Decision) notes() (all []string) {
	if d.Chosen != "" {
		all = append(all, "The sessions are "+plain.Line(d.Chosen)+".")
	}
	if d.Hidden > 0 {
		all = append(all, times(d.Hidden, "turn")+" still blind and not revealed: nothing of that counts.")
	}
	for i := range d.Without {
		w := &d.Without[i]
		all = append(all, fmt.Sprintf("Left out: session %s, %s, because %s.", w.ID, plain.Line(w.Title), plain.Line(w.Why)))
	}
	return all
}

func (p *deciding) tables() (all []grid) {
	d := p.d
	if r := d.Ranking; r != nil {
		g := grid{Title: "Ranking", Says: fmt.Sprintf("By all votes on %s between any two models (Bradley–Terry, errors by prompts).", times(r.Prompts, "prompt")), Head: []string{"model", "Elo", "strength", "95% interval", "place"}}
		for i := range r.Models {
			g.Rows = append(g.Rows, r.Models[i].cells())
		}
		all = append(all, g)
	}
	if says := d.leaning(); says != "" {
		all = append(all, grid{Title: "Left and right", Says: says})
	}
	if d.tellsVoters() {
		g := grid{Title: "Voters", Head: []string{"voter", "votes", "the same at a second look", "preferred the left one"}}
		for i := range d.Voters {
			v := &d.Voters[i]
			g.Rows = append(g.Rows, []string{voter(v.Name), strconv.Itoa(v.Votes), v.Steadiness(), v.Leaning()})
		}
		all = append(all, g)
	}
	g := grid{
		Title: "Models, versions, prices and failures", Says: "Prices are those of the day on which each answer was asked for, in dollars per million tokens.",
		Head: []string{"model", "answers", "asked", "answered by", "price of a million tokens"},
	}
	for i := range d.Parties {
		x := &d.Parties[i]
		g.Rows = append(g.Rows, []string{x.name(), x.ends(), x.asked(), x.version(), x.price()})
	}
	all = append(all, g)
	if d.pooled() {
		g := grid{Title: "Sessions", Head: []string{"session", "title", "turns", "its own plan"}}
		for i := range d.Sessions {
			s := &d.Sessions[i]
			g.Rows = append(g.Rows, []string{string(s.ID), plain.Line(s.Title), strconv.Itoa(s.Turns), s.plan()})
		}
		all = append(all, g)
	}
	return all
}

// prompt writes one prompt with all that was answered to it.
func (p *deciding) prompt(i int) error {
	d := p.d
	q := &d.Prompts[i]
	var scores, parts []detail
	for m := range q.Models {
		x := &q.Models[m]
		if m != d.base {
			scores = append(scores, detail{x.Model, x.counted()})
		}
		parts = append(parts, detail{x.Model, x.words(m == d.base)})
	}
	copies := p.copies(q)
	err := pieces().ExecuteTemplate(p.to, "prompt", map[string]any{
		"Number": i + 1, "Text": beginning(q.Text), "Scores": scores, "Where": where(q, copies), "Parts": lined(parts),
	})
	if err != nil {
		return err
	}
	for n, a := range q.Asked {
		t := p.turns[a]
		if t == nil || copies[n] {
			continue
		}
		for k, r := range p.reports {
			if r.Session.ID == a.Session {
				p.n = k + 1
				err = pieces().ExecuteTemplate(p.to, "turn", p.turn(r, t))
			}
		}
		if err != nil {
			return err
		}
	}
	return pieces().ExecuteTemplate(p.to, "unprompt", nil)
}

// copies says of each turn of a prompt whether all that it has is in one before it:
// a fork has the turns of what it was forked from.
func (p *deciding) copies(q *Prompt) []bool {
	type cast struct {
		at    time.Time
		voter string
	}
	all, met := make([]bool, len(q.Asked)), map[cast]bool{}
	for n, a := range q.Asked {
		t := p.turns[a]
		if t == nil {
			continue
		}
		fresh := slices.ContainsFunc(t.Answers, func(x Answer) bool {
			return !p.d.trial.Copied(a, sessions.Pick{Column: x.Column, Take: x.Take})
		})
		for i := range t.Votes {
			v := cast{t.Votes[i].At, t.Votes[i].Voter}
			fresh = fresh || t.Votes[i].Counts() && !met[v]
			met[v] = true
		}
		all[n] = !fresh
	}
	return all
}

// where is where a prompt was asked, for people.
func where(q *Prompt, copies []bool) string {
	var all []string
	for n, a := range q.Asked {
		words := fmt.Sprintf("session %s, turn %d", a.Session, a.Turn)
		if copies[n] {
			words += " (a copy)"
		}
		all = append(all, words)
	}
	return strings.Join(all, "; ")
}

// words are what a model made of a prompt.
func (p *Part) words(baseline bool) string {
	words := p.State
	if p.Why != "" {
		words += " (" + p.Why + ")"
	}
	if m, ok := amount(p.Cost); ok {
		words += ", " + sessions.About(p.About) + m.String()
	}
	if p.First != nil {
		words += fmt.Sprintf(", first token after %.0f ms", *p.First)
	}
	switch {
	case baseline:
		return words + ", the baseline"
	case p.Score == nil:
		return words + "; left out: " + p.Left
	case p.Votes.N() == 0:
		return words + fmt.Sprintf("; counts %g for a failure", *p.Score)
	}
	return words + fmt.Sprintf("; counts %.3g by %d won, %d tied, %d lost", *p.Score, p.Votes.Wins, p.Votes.Ties, p.Votes.Losses)
}
