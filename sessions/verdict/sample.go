package verdict

import "math"

// A Sample is how the scores of prompts lie, each in [0, 1]: 1 where the
// candidate won, ½ for a tie, 0 where it lost, and the mean of them where a
// prompt has several votes, so that every prompt weighs the same and none
// counts as several.
//
// Of two paired measures m in [0, 1] the scores are (1 + m_A - m_B)/2; their
// difference is then 2·Mean - 1, and a margin on it twice the margin on Mean.
type Sample struct {
	N    int     `json:"n"`    // prompts
	Mean float64 `json:"mean"` // w, "win + ½ tie"; 0 without any

	// Var is v = Σ(x-w)²/n. Held up it is v' = (n·v + c0·b)/(n + c0) with
	// b = w(1-w), that of scores which are 0 or 1, and c0 = z²: equal scores
	// do not make an interval collapse.
	Var float64 `json:"var"`

	// Effective is n_eff = n·b/v', the number of scores of 0 or 1 that tell as
	// much; n where b is 0. Ties and several votes make it greater than n.
	Effective float64 `json:"effective"`

	squares float64 // Σ(x-w)²
}

// SampleOf is how scores lie. What is not within [0, 1] counts as its nearest end.
//
// 21 wins, 26 ties and 13 losses: mean .566667, variance .137222, effective
// number 102.499285.
func SampleOf(scores []float64) Sample {
	s := Sample{N: len(scores)}
	if s.N == 0 {
		return s
	}
	n, sum := float64(s.N), 0.0
	for _, x := range scores {
		sum += unit(x)
	}
	s.Mean = unit(sum / n)
	for _, x := range scores {
		s.squares += (unit(x) - s.Mean) * (unit(x) - s.Mean)
	}
	s.Var, s.Effective = s.squares/n, n
	if b := s.binary(); b > 0 {
		s.Effective = n * b / s.heldUp()
	}
	return s
}

// unit is x as a score; no number is a tie.
func unit(x float64) float64 {
	if math.IsNaN(x) {
		return 0.5
	}
	return min(max(x, 0), 1)
}

// binary is b, the variance of scores of 0 or 1 with this mean.
func (s Sample) binary() float64 { return s.Mean * (1 - s.Mean) }

// heldUp is v'.
func (s Sample) heldUp() float64 { return (s.squares + c0*s.binary()) / (float64(s.N) + c0) }

// Error is the standard error of the mean, s/√n with s² = Σ(x-w)²/(n-1), as
// AlpacaEval and most leaderboards print it; 0 of fewer than two.
func (s Sample) Error() float64 {
	if s.N < 2 {
		return 0
	}
	return math.Sqrt(s.squares / float64(s.N-1) / float64(s.N))
}

// Interval is where the mean lies, by Wilson's score interval of the effective
// number of scores:
//
//	centre = (w + z²/2n)/(1 + z²/n), half = z/(1 + z²/n)·√(b/n + z²/4n²), n = n_eff
//
// Of scores that are all 0 or 1 it is Wilson's. It holds for a number of prompts
// that was fixed beforehand; whoever looks after every vote wants [Anytime].
// Without scores it is everything, 0 to 1.
//
// 21 wins, 26 ties, 13 losses: .470044 to .658472. 10 ties: .344805 to .655195.
func (s Sample) Interval() Interval {
	if s.N == 0 {
		return Interval{0, 1}
	}
	return wilson(s.Mean, s.Effective)
}

// Above is the p-value of "the mean is at most edge" (by the
// variance under that edge, so that it agrees with Interval):
// Z = (w - w0)/√(w0(1-w0)/n_eff), p = 1 - Φ(Z).
// Non-inferiority has the edge ½ - margin, superiority ½. It is 1 without scores.
//
// 21 wins, 26 ties, 13 losses: .000286 above .4, .088525 above .5.
func (s Sample) Above(edge float64) float64 {
	if s.N == 0 || edge <= 0 || edge >= 1 {
		return 1
	}
	return above((s.Mean - edge) / math.Sqrt(edge*(1-edge)/s.Effective))
}

// Below is the p-value of "the mean is at least edge", see [Sample.Above].
func (s Sample) Below(edge float64) float64 {
	if s.N == 0 || edge <= 0 || edge >= 1 {
		return 1
	}
	return above((edge - s.Mean) / math.Sqrt(edge*(1-edge)/s.Effective))
}
