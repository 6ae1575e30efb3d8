package verdict

import "fmt"

// A Passed is what votes of pass or fail say of a candidate and the baseline.
type Passed struct {
	Votes    int `json:"votes"` // that judged both
	Passed   int `json:"passed"`
	Baseline int `json:"baseline_passed"`

	// Where every prompt has one vote at the most: the prompts on which only one
	// passed, with the difference of the shares that pass, Tango's interval of it, and
	// McNemar's exact p-value. A failed answer does not pass. Else it is nil, and the
	// prompts' mean scores are what there is.
	Table      *PassFail `json:"table"`
	Difference float64   `json:"difference"`
	Interval   Interval  `json:"interval"`
	McNemar    float64   `json:"p_mcnemar"`
}

// passed counts votes of which the best are those that pass.
func (c *counted) passed() *Passed {
	both := c.tally.Ties - c.tally.Bad
	p := &Passed{Votes: c.tally.N(), Passed: c.tally.Wins + both, Baseline: c.tally.Losses + both, Interval: Interval{-1, 1}, McNemar: 1}
	if n := len(c.scores); n == 0 || c.tally.N()+c.lost[0]+c.lost[1] != n {
		return p
	}
	table := PassFail{N: len(c.scores)}
	for _, x := range c.scores {
		switch x {
		case 1:
			table.A++
		case 0:
			table.B++
		}
	}
	p.Table, p.Difference = &table, float64(table.A-table.B)/float64(table.N)
	p.Interval, p.McNemar = table.Interval(), table.McNemar()
	return p
}

// test takes the interval and the p-values of a fixed number of prompts from
// Tango's score, on the scale of the mean score: a difference d of the shares that
// pass is a mean of (1 + d)/2, and a margin δ of the mean is one of 2δ.
func (v *Verdict) test(p PassFail) {
	of := func(d float64) float64 { return (1 + d) / 2 }
	i := p.Interval()
	v.Interval = Interval{of(i.Low), of(i.High)}
	margin := 2 * v.Margin
	v.NonInferiority, v.Superiority = above(p.tango(-margin)), above(p.tango(0))
	v.Inferiority, v.below = above(-p.tango(0)), above(-p.tango(-margin))
}

// PassWords are what votes of pass or fail say; "" without any.
func (v *Verdict) PassWords() string {
	p := v.Passed
	if p == nil {
		return ""
	}
	s := fmt.Sprintf("These votes are of pass or fail: by %s, %s passes %d times and %s %d times.", many(p.Votes, "vote"), v.Candidate, p.Passed, v.Baseline, p.Baseline)
	if t := p.Table; t != nil {
		s += fmt.Sprintf(" Only %s passes on %d of %s, only %s on %d: a difference of %+.3f (95%% interval %+.3f to %+.3f by Tango, McNemar p %.3g).",
			v.Candidate, t.A, many(t.N, "prompt"), v.Baseline, t.B, p.Difference, p.Interval.Low, p.Interval.High, p.McNemar)
	}
	return s + fmt.Sprintf(" A prompt scores 1 where only the candidate passes, ½ where both do or neither, and 0 where only the baseline does; the margin of %s is one of %s in the share that passes.", percent(v.Margin), percent(2*v.Margin))
}
