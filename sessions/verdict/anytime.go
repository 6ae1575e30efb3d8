package verdict

import "math"

// Least number of scores at which [Anytime] is at its sharpest, unless a plan
// says another.
const sharpest = 50

// sharpAt is the number of scores at which the anytime interval of a plan is at
// its sharpest: half of those that are planned, and 50 at least.
func sharpAt(planned int) float64 { return max(sharpest, float64(planned)/2) }

// Anytime is where the mean of scores in [0, 1] lies at whatever moment one
// looks, however often, as long as the prompts come in random order: the
// beta-binomial mixture of Howard, Ramdas, McAuliffe and Sekhon (2021), as in
// confseq. Of n scores with the given sum it is
//
//	{p : ln M(p) < ln(1/α)}, found by bisection on either side of sum/n
//	ln M(p) = -s·ln p - (n-s)·ln(1-p) + lnB(kp + s, k(1-p) + n - s) - lnB(kp, k(1-p))
//	k = max(t/(2L + ln(1+2L)) - 1, 0.001), L = ln(1/0.05)
//
// with t the number at which it is at its sharpest, fixed beforehand. It is wider
// than [Sample.Interval], the more so with ties. Without scores it is 0 to 1.
//
// 700 of 1000, t = 100: .651630 to .745950; 12.5 of 20, t = 50: .287308 to .896860.
func Anytime(sum float64, n int, t float64) Interval {
	i := Interval{0, 1}
	if n <= 0 {
		return i
	}
	s, N := min(max(sum, 0), float64(n)), float64(n)
	out := func(p float64) bool { return lnMixture(p, s, N, t) >= lnOdds }
	const edge = 1e-12 // below it the mixture is taken for what it is there
	if out(edge) {
		i.Low = bisect(edge, s/N, out)
	}
	if out(1 - edge) {
		i.High = bisect(1-edge, s/N, out)
	}
	return i
}

// lnMixture is ln M(p), see [Anytime]; 0 < p < 1.
func lnMixture(p, s, n, t float64) float64 {
	k := max(t/(2*lnOdds+math.Log1p(2*lnOdds))-1, 0.001)
	return -s*math.Log(p) - (n-s)*math.Log1p(-p) + lnBeta(k*p+s, k*(1-p)+n-s) - lnBeta(k*p, k*(1-p))
}

func lnBeta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	both, _ := math.Lgamma(a + b)
	return x + y - both
}

// anytimeP is the smallest α at which the anytime interval of both sides leaves
// out edge, for a mean on the given side of it: min(1, 1/M(edge)). It may be
// looked at after every score, like the interval.
func (s Sample) anytimeP(edge, t float64, over bool) float64 {
	if s.N == 0 || edge <= 0 || edge >= 1 || over && s.Mean <= edge || !over && s.Mean >= edge {
		return 1
	}
	n := float64(s.N)
	return min(1, math.Exp(-lnMixture(edge, s.Mean*n, n, t)))
}
