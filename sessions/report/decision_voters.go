package report

import (
	"fmt"

	"juxta/sessions"
	"juxta/sessions/verdict"
)

// A Voter is one of those whose votes a decision is made of.
type Voter struct {
	Name  string `json:"name"` // "" is the one who uses this juxta
	Votes int    `json:"votes"`

	// How far they agree with themselves where they were shown a pair twice, with the
	// seats swapped. These second looks are no votes.
	Steady verdict.Agreement `json:"second_looks"`
	Sides  verdict.Sides     `json:"sides"`
}

func voters(t *sessions.Trial) []Voter {
	all := []Voter{}
	for _, name := range t.Voters() {
		v := Voter{Name: name, Steady: t.Steady(name), Sides: t.SidesOf(name)}
		for i := range t.Prompts {
			for _, b := range t.Prompts[i].Ballots {
				if b.Voter == name {
					v.Votes++
				}
			}
		}
		all = append(all, v)
	}
	return all
}

// voters is a table of who voted, where there is more to say of them than that
// they did.
func (d *Decision) voters(line func(string, ...any)) {
	if !d.tellsVoters() {
		return
	}
	line("## Voters\n\n| voter | votes | the same at a second look | preferred the left one |\n|---|---|---|---|")
	for i := range d.Voters {
		v := &d.Voters[i]
		line("| %s | %d | %s | %s |", literal(voter(v.Name)), v.Votes, v.Steadiness(), v.Leaning())
	}
	line("")
}

func (d *Decision) tellsVoters() bool {
	told := len(d.Voters) > 1
	for i := range d.Voters {
		told = told || d.Voters[i].Steady.N > 0
	}
	return told
}

// Steadiness is how far a voter agrees with themselves, in words.
func (v *Voter) Steadiness() string {
	if v.Steady.N == 0 {
		return "not asked"
	}
	return agreed(v.Steady)
}

// fewAgreed is how many pairs make κ and AC1 worth a word; of fewer their errors say
// nothing.
const fewAgreed = 10

// agreed is an agreement in words; κ and AC1 stand together, because either
// misleads alone.
func agreed(a verdict.Agreement) string {
	words := fmt.Sprintf("%.0f%% of %d", 100*a.Agree, a.N)
	if a.Defined && a.N >= fewAgreed {
		words += fmt.Sprintf(" (κ %.2f ± %.2f, AC1 %.2f ± %.2f)", a.Kappa, a.KappaError, a.AC1, a.AC1Error)
	}
	return words
}

// Leaning is how often a voter preferred the answer on the left, in words.
func (v *Voter) Leaning() string {
	s := &v.Sides
	if s.N == 0 {
		return "no blind vote for one of two"
	}
	words := fmt.Sprintf("%d of %d (%.2f [%.2f–%.2f])", s.Left, s.Left+s.Right, s.Mean, s.Interval.Low, s.Interval.High)
	if s.Biased {
		words += ", where an answer stands seems to matter"
	}
	return words
}

// Agreed is how far two voters agree, in words.
func (p *Pair) Agreed() string { return agreed(p.Agreement) }
