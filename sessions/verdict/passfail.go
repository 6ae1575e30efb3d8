package verdict

import "math"

// A PassFail is what a check that both answers pass or fail says of N prompts,
// each answered once by both.
type PassFail struct {
	A int `json:"only_a"` // prompts on which only the candidate passed
	B int `json:"only_b"` // only the baseline
	N int `json:"n"`      // all prompts
}

// McNemar is the exact two-sided p-value of "both pass equally often": the sign
// test of the prompts on which they differ. 6 against 4: .753906.
func (p PassFail) McNemar() float64 { return SignTest(p.A, p.B) }

// MidP is McNemar's mid-p-value, which is less strict than the exact one and
// still holds its level nearly always (Fagerland, Lydersen and Laake 2013):
// the exact one less C(b+c, b)/2^(b+c), and 1 for b = c. 3 against 12: .021271.
func (p PassFail) MidP() float64 {
	if p.A == p.B {
		return 1
	}
	n := p.A + p.B
	return max(0, p.McNemar()-math.Exp(lnChoose(n, p.A)-float64(n)*math.Ln2))
}

// ChiSquared is McNemar's statistic (b-c)²/(b+c) and its p-value by the
// distribution χ² of one degree; corrected for continuity it is (|b-c|-1)²/(b+c).
// 121 against 59: 21.35556 and 3.815136e-06.
func (p PassFail) ChiSquared(corrected bool) (statistic, value float64) {
	n := float64(p.A + p.B)
	if n <= 0 {
		return 0, 1
	}
	d := math.Abs(float64(p.A - p.B))
	if corrected {
		d = max(d-1, 0)
	}
	statistic = d * d / n
	return statistic, 2 * above(math.Sqrt(statistic))
}

// tango is Tango's score statistic of a difference d of the two shares
// (Tango 1998), with b = A, c = B and n = N:
//
//	T(d) = (b - c - n·d)/√(n(2q + d(1-d)))
//	q = (√(β² - 8nγ) - β)/4n, β = -b - c + (2n - b + c)d, γ = -c·d(1-d)
func (p PassFail) tango(d float64) float64 {
	b, c, n := float64(p.A), float64(p.B), float64(p.N)
	beta, gamma := -b-c+(2*n-b+c)*d, -c*d*(1-d)
	q := (math.Sqrt(max(beta*beta-8*n*gamma, 0)) - beta) / (4 * n)
	over, under := b-c-n*d, n*(2*q+d*(1-d))
	switch {
	case under > 0:
		return over / math.Sqrt(under)
	case over == 0:
		return 0
	}
	return math.Copysign(math.MaxFloat64, over)
}

// Interval is where the difference lies between the shares of prompts that the
// candidate and the baseline pass: {d : |T(d)| ≤ z} by [PassFail.tango], found by
// bisection. 16 against 8 of 86: -.019659 to .206911. Without
// prompts it is -1 to 1.
func (p PassFail) Interval() Interval {
	i := Interval{-1, 1}
	if p.N <= 0 {
		return i
	}
	at := float64(p.A-p.B) / float64(p.N)
	if p.B < p.N {
		i.Low = bisect(-1, at, func(d float64) bool { return p.tango(d) > z95 })
	}
	if p.A < p.N {
		i.High = bisect(1, at, func(d float64) bool { return p.tango(d) < -z95 })
	}
	return i
}

// NonInferior is the p-value of "the candidate passes less often by margin or
// more": 1 - Φ(T(-margin)). The margin is one of the difference of the shares.
// 6 against 4 of 60 at .1: .011616. It is 1 without prompts.
func (p PassFail) NonInferior(margin float64) float64 {
	if p.N <= 0 || margin <= 0 || margin >= 1 {
		return 1
	}
	return above(p.tango(-margin))
}
