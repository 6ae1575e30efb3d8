package verdict

import (
	"cmp"
	"slices"
)

// Judge is what a trial says of every model but the baseline, in their order: the
// rules are at [Word]. With several candidates the claims are corrected by
// [Holm], each kind on its own: what a claim takes is then more than its interval,
// which is that of one.
//
// The interval is [Sample.Interval] where the prompts are as many as were planned,
// or nobody looked before, and else [Anytime]. It costs time in proportion to the
// votes and the candidates.
func Judge(t Trial) []Verdict {
	var vs []Verdict
	for m := range t.Models {
		if m != t.Baseline && t.Baseline >= 0 && t.Baseline < len(t.Models) {
			vs = append(vs, t.against(m))
		}
	}
	var scored []*Verdict // nothing is claimed of the others
	for i := range vs {
		if vs[i].N > 0 {
			scored = append(scored, &vs[i])
		}
	}
	for _, p := range []func(*Verdict) *float64{
		func(v *Verdict) *float64 { return &v.NonInferiority },
		func(v *Verdict) *float64 { return &v.Superiority },
		func(v *Verdict) *float64 { return &v.Inferiority },
		func(v *Verdict) *float64 { return &v.below },
	} {
		var raw []float64
		for _, v := range scored {
			raw = append(raw, *p(v))
		}
		for i, x := range Holm(raw) {
			*p(scored[i]) = x
		}
	}
	for i := range vs {
		vs[i].Candidates = max(len(scored), 1)
		vs[i].Word = vs[i].word()
		vs[i].Next = vs[i].need()
	}
	return vs
}

// against is what is known of one candidate before the claims are corrected.
func (t *Trial) against(one int) Verdict {
	c := t.count(one)
	v := Verdict{
		Candidate: t.Models[one], Baseline: t.Models[t.Baseline],
		Margin: DefaultMargin, Exploratory: true, Unplanned: t.Unplanned,
		Sample: SampleOf(c.scores), Votes: c.tally,
		Failed: c.failed[0], BaselineFailed: c.failed[1], Lost: c.lost[0], Won: c.lost[1], Apart: c.apart,
	}
	if t.Plan != nil && t.Plan.Check() == nil {
		v.Margin, v.Planned, v.Exploratory, v.Unplanned = t.Plan.Margin, t.Plan.N, false, ""
	}
	switch {
	case c.tally.N() > 0 && c.blind:
		v.Evidence = Blind
	case c.tally.N() > 0:
		v.Evidence = Open
	case v.N > 0:
		v.Evidence = Failures
	default:
		v.Evidence = None
	}
	wins, losses := 0, 0
	for _, x := range c.scores {
		switch {
		case x >= 0.5:
			v.Matched++
			if x > 0.5 {
				wins++
			}
		default:
			losses++
		}
	}
	v.Sign = SignTest(wins, losses)
	if v.OtherKind = t.OtherKind; t.Pass {
		v.Passed = c.passed()
	}
	for why, n := range c.left {
		v.Left = append(v.Left, Left{why, n})
	}
	slices.SortFunc(v.Left, func(a, b Left) int { return cmp.Or(b.N-a.N, cmp.Compare(a.Why, b.Why)) })
	v.measure()
	return v
}

// measure takes the interval and the p-values that go with it. Those for a fixed
// number of prompts hold at the number that was planned alone: votes are counted
// on the screen as they come, so without a plan they have been looked at.
func (v *Verdict) measure() {
	edge := 0.5 - v.Margin
	v.Fixed = v.N > 0 && v.N == v.Planned
	if v.Fixed {
		v.Interval = v.Sample.Interval()
		v.NonInferiority, v.Superiority = v.Above(edge), v.Above(0.5)
		v.Inferiority, v.below = v.Below(0.5), v.Below(edge)
		if v.Passed != nil && v.Passed.Table != nil {
			v.test(*v.Passed.Table)
		}
		return
	}
	at := sharpAt(v.Planned)
	v.Interval = Anytime(v.Mean*float64(v.N), v.N, at)
	v.NonInferiority, v.Superiority = v.anytimeP(edge, at, true), v.anytimeP(0.5, at, true)
	v.Inferiority, v.below = v.anytimeP(0.5, at, false), v.anytimeP(edge, at, false)
}

// level is at which a claim is declared.
func (v *Verdict) level() float64 {
	if v.Fixed {
		return oneSide
	}
	return alpha
}

func (v *Verdict) word() Word {
	is := func(p float64) bool { return p <= v.level() }
	switch {
	case v.N < Fewest:
		return TooFew
	case is(v.Superiority):
		return Better
	case is(v.NonInferiority) && is(v.Inferiority):
		return WithinMargin
	case is(v.NonInferiority):
		return NonInferior
	case is(v.below):
		return ClearlyInferior
	case is(v.Inferiority):
		return Inferior
	}
	return Inconclusive
}

// need is what more prompts would settle; nil where nothing is open.
func (v *Verdict) need() *Need {
	edge := 0.5 - v.Margin
	switch {
	case v.Word == TooFew:
		return &Need{AnyVerdict, Fewest - v.N}
	case v.Word == Inconclusive && v.Mean > edge:
		return &Need{ClaimNonInferior, v.more(edge)}
	case v.Word == Inconclusive:
		return &Need{ClaimInferior, v.more(0.5)}
	case v.Word == NonInferior && v.Mean > 0.5:
		return &Need{ClaimSuperior, v.more(0.5)}
	}
	return nil
}

// more is how many more prompts a claim about an edge takes: to the planned
// number, if that is enough, or until the anytime interval leaves the edge out.
func (v *Verdict) more(edge float64) int {
	fixed, ok := needed(v.Mean, v.heldUp(), edge, power80, v.Candidates)
	if !ok {
		return 0
	}
	total := 0
	if n, ok := neededAnytime(v.Mean, edge, sharpAt(v.Planned), v.Candidates); ok {
		total = max(n, fixed)
	}
	if v.Planned > v.N && fixed <= v.Planned && (total == 0 || v.Planned < total) {
		total = v.Planned
	}
	if total == 0 {
		return 0
	}
	return max(total-v.N, 1)
}
