package sessions

import (
	"slices"

	"juxta/sessions/verdict"
)

// separate leaves the votes of one kind in a trial: those that the plan is about,
// or without one those of pass or fail only where there are no others. What is
// preferred and what passes are two questions, and never counted together.
func (t *Trial) separate(metric string) {
	n := map[bool]int{}
	for i := range t.Prompts {
		for _, b := range t.Prompts[i].Ballots {
			n[b.Pass]++
		}
	}
	t.Pass = metric == Pass || metric == "" && n[true] > 0 && n[false] == 0
	if t.OtherKind = n[!t.Pass]; t.OtherKind == 0 {
		return
	}
	other := func(b verdict.Ballot) bool { return b.Pass != t.Pass }
	for i := range t.Prompts {
		p := &t.Prompts[i]
		p.Ballots = slices.DeleteFunc(slices.Clone(p.Ballots), other)
		p.Again = slices.DeleteFunc(slices.Clone(p.Again), other)
	}
}
