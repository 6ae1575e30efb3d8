package report

import (
	"fmt"
	"slices"
	"strings"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// What a report says above its questions, and of where each stands.

// tagsOf are what the model is: baseline, simulated, local.
func (r *Report) tagsOf(m *Model) (all []string) {
	if m.Column == r.Session.Baseline {
		all = append(all, "★ baseline")
	}
	if m.Simulated {
		all = append(all, "simulated")
	} else if m.Asked != nil && m.Asked.Local {
		all = append(all, "local")
	}
	return all
}

// name is the model's, and its column's where the same model stands in two.
func (r *Report) name(column int, ref providers.Ref) string {
	name := plain.Line(ref.String())
	for i := range r.Models {
		if m := &r.Models[i]; m.Model == ref && m.Column != column {
			return fmt.Sprintf("%s (column %d)", name, column)
		}
	}
	return name
}

// asked says what the session is: "3 questions to 2 models".
func (r *Report) asked() string {
	var models []providers.Ref
	for i := range r.Models {
		if !slices.Contains(models, r.Models[i].Model) {
			models = append(models, r.Models[i].Model)
		}
	}
	return times(len(r.Turns), "question") + " to " + times(len(models), "model")
}

// when is the days on which it was asked.
func (r *Report) when() string {
	if len(r.Turns) == 0 {
		return day(r.Session.Created)
	}
	first, last := day(r.Turns[0].Asked), day(r.Turns[len(r.Turns)-1].Asked)
	if first == last {
		return first
	}
	return first + " to " + last
}

// fewVotes is how many questions have to be voted on before anything is more
// than a first impression.
const fewVotes = 20

// won says whom the votes are for, and of how many that is.
func (r *Report) won() Figure {
	kind, of := "blind", func(m *Model) Ballot { return m.Ballots.Blind }
	if !slices.ContainsFunc(r.Models, func(m Model) bool { return m.Ballots.Blind.Votes > 0 }) {
		kind, of = "open", func(m *Model) Ballot { return m.Ballots.Open }
	}
	var best []*Model
	judged := 0
	points := func(m *Model) int { return 2*of(m).Best + of(m).Tied }
	for i := range r.Models {
		m := &r.Models[i]
		n := of(m).Votes
		judged = max(judged, n)
		if n == 0 {
			continue
		}
		if len(best) > 0 { // by share, for not everybody is in every vote
			mine, its := points(m)*of(best[0]).Votes, points(best[0])*n
			if mine < its {
				continue
			}
			if mine > its {
				best = nil
			}
		}
		best = append(best, m)
	}
	voted := 0
	for i := range r.Turns {
		if slices.ContainsFunc(r.Turns[i].Votes, func(v sessions.Vote) bool { return v.Prefers() && v.Blind == (kind == "blind") }) {
			voted++
		}
	}
	caution := ""
	if voted < fewVotes {
		caution = ": too few to be sure"
	}
	switch {
	case judged == 0:
		return Figure{Words: "Nobody yet", Small: "nobody has voted"}
	case points(best[0]) == 0:
		return Figure{Words: "None of them", Small: times(judged, kind+" vote") + ", all bad" + caution}
	case len(best) > 1:
		var names []string
		for _, m := range best {
			names = append(names, r.name(m.Column, m.Model))
		}
		return Figure{Words: "A tie", Small: strings.Join(names, " and ") + ", " + times(judged, kind+" vote") + caution}
	}
	m := best[0]
	b := of(m)
	f := Figure{Words: r.name(m.Column, m.Model), Small: fmt.Sprintf("best in %d of %s", b.Best, times(b.Votes, kind+" vote"))}
	if b.Tied > 0 {
		f.Small += fmt.Sprintf(", tied in %d", b.Tied)
	}
	f.Small += caution
	return f
}

// spent says what everything cost together.
func (r *Report) spent() Figure {
	f := Figure{Words: sessions.About(r.Guessed) + r.Spent.String(), Exact: r.Spent.USD(), Small: "all answers together"}
	local := slices.ContainsFunc(r.Models, func(m Model) bool { return m.Cost.Local > 0 })
	free := slices.ContainsFunc(r.Models, func(m Model) bool { return m.Cost.Free > 0 })
	switch {
	case len(r.Models) == 0: // as where all turns are still blind
		f = Figure{Words: "Unknown", Small: "no answer is here"}
	case r.Spent == 0 && r.Unpriced == 0 && free && !local:
		f = Figure{Words: "Free", Exact: r.Spent.USD(), Small: "nobody is paid for these models"}
	case r.Spent == 0 && r.Unpriced > 0:
		f = Figure{Words: "Unknown"}
	case r.Spent == 0 && local:
		f = Figure{Words: "No fee", Small: "the models run on machines of those who asked"}
	case local:
		f.Small = "all answers together; local models run without a fee"
	}
	if r.Unpriced > 0 {
		f.Small = "the cost of " + times(r.Unpriced, "answer") + " is not known"
	}
	return f
}

// fastest says who began to answer first, in the middle of its answers.
func (r *Report) fastest() Figure {
	var best *Model
	for i := range r.Models {
		if m := &r.Models[i]; m.First.N > 0 && (best == nil || m.First.Median < best.First.Median) {
			best = m
		}
	}
	if best == nil {
		return Figure{Words: nothing, Small: "no times were measured"}
	}
	f := best.waits()
	f.Small = "to the first word of " + r.name(best.Column, best.Model)
	if best.First.N > 1 {
		f.Small += fmt.Sprintf(" (median of %d)", best.First.N)
	}
	return f
}

// remarks are what has to be known of the figures.
func (r *Report) remarks() (lines []string) {
	var guessed, simulated, raced, settings, cold bool
	for i := range r.Models {
		m := &r.Models[i]
		simulated, raced, settings, cold = simulated || m.Simulated, raced || m.Raced > 0, settings || m.Settings > 1, cold || m.Score.Cold.N > 0
	}
	for i := range r.Turns {
		for j := range r.Turns[i].Answers {
			guessed = guessed || r.Turns[i].Answers[j].Usage.Estimated && r.Turns[i].Answers[j].Usage.Output > 0
		}
	}
	for _, x := range []struct {
		is    bool
		words string
	}{
		{simulated, "Simulated models are built into juxta to try it: nothing real answered."},
		{guessed, "~ is an estimate: the service did not say how many tokens that was."},
		{cold, "Cold answers had to wait until their model was loaded. Their times stand with them and are not in the medians."},
		{raced, "Raced answers shared one device at the same time. Their times are in no median."},
		{r.Unpriced > 0, "A cost that is not known is in no sum and no mean."},
		{settings, "The settings of a model changed on the way; all its answers are counted together."},
		{r.Hidden > 0, fmt.Sprintf("%s still blind: who answered what is not known yet, so %s not here.",
			times(r.Hidden, "question")+is(r.Hidden), they(r.Hidden))},
	} {
		if x.is {
			lines = append(lines, x.words)
		}
	}
	return lines
}

func is(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

func they(n int) string {
	if n == 1 {
		return "it is"
	}
	return "they are"
}

// follows says of a turn whose place is not plain what it follows.
func (r *Report) follows(t *Turn) string {
	siblings := r.Session.Siblings(t.ID)
	after := fmt.Sprintf("after question %d", t.Parent)
	if t.Parent == 0 {
		after = "at the beginning"
	}
	switch {
	case len(siblings) > 1:
		return fmt.Sprintf("branch %d of %d %s", slices.Index(siblings, t.ID)+1, len(siblings), after)
	case t.Parent != t.ID-1:
		return after
	}
	return ""
}

// said is what a vote on the turn says.
func (t *Turn) said(v *sessions.Vote) string {
	kind := "Open vote"
	if v.Blind {
		kind = "Blind vote"
	}
	if !v.Judges(t.Turn) {
		kind += " on other takes"
	}
	words := kind + ": " + v.Words(v.Names(t.Turn))
	if price := v.Price(t.Turn); price != "" {
		words += "; " + price
	}
	return plain.Line(words)
}
