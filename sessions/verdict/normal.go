package verdict

import "math"

// Every interval here is of 95 %, which is a one-sided error of 2.5 %.
const (
	alpha   = 0.05               // of both sides together
	oneSide = alpha / 2          // of a claim in one direction
	z95     = 1.959963984540054  // Φ(z95) = 0.975
	c0      = 3.8414588206941245 // z95², by which a variance is held up, see [Sample]
	lnOdds  = 2.9957322735539909 // ln(1/alpha)
	power80 = 0.8                // of a plan, unless another is asked for
)

// An Interval is where something lies with a confidence of 95 %.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// within cuts an interval off at what its value can be.
func (i Interval) within(least, most float64) Interval {
	return Interval{min(max(i.Low, least), most), max(min(i.High, most), least)}
}

// above is the probability that a standard normal value is greater than z:
// 1 - Φ(z) = erfc(z/√2)/2.
func above(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// point is where a standard normal value is below with probability p:
// Φ⁻¹(p) = √2·erf⁻¹(2p-1).
func point(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// bisect is where yes turns from true at one end to false at the other, to the
// last bits of a float64.
func bisect(yes, no float64, is func(float64) bool) float64 {
	for range 100 {
		mid := yes + (no-yes)/2
		if mid == yes || mid == no {
			break
		}
		if is(mid) {
			yes = mid
		} else {
			no = mid
		}
	}
	return yes + (no-yes)/2
}
