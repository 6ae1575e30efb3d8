package verdict

import "math"

// Betting is a sharper interval than [Anytime] for scores with many ties: the
// hedged capital of Waudby-Smith and Ramdas (2024):
//
//	λ_t = √(2·ln(2/α)/(t·ln(1+t)·s²_{t-1})), s²_{t-1} = (¼ + Σ_{i<t}(x_i-μ_i)²)/t
//	μ_i = (½ + Σ_{j≤i} x_j)/(i+1), K(m) = Π(1 + min(λ, ½/m)·(x-m))
//
// The lower end is where K(m)/2 = 1/α, the upper one the same of 1-x. It depends
// on the order of the scores, so that the same votes may say different things;
// therefore no verdict rests on it.
//
// 1, 1, 0, 1: .116266 to 1; ten times 1: .528471 to 1.
func Betting(scores []float64) Interval {
	if len(scores) == 0 {
		return Interval{0, 1}
	}
	bets := bets(scores)
	other := make([]float64, len(scores))
	for i, x := range scores {
		other[i] = 1 - unit(x)
	}
	return Interval{worst(scores, bets), 1 - worst(other, bets)}.within(0, 1)
}

// bets are the λ.
func bets(scores []float64) []float64 {
	lambdas := make([]float64, len(scores))
	sum, squares := 0.5, 0.25
	for i, x := range scores {
		t := float64(i + 1)
		lambdas[i] = math.Sqrt(2 * math.Log(2/alpha) / (t * math.Log1p(t) * squares / t))
		sum += unit(x)
		d := unit(x) - sum/(t+1)
		squares += d * d
	}
	return lambdas
}

// worst is the least mean that the bets on a greater one do not speak against.
func worst(scores, bets []float64) float64 {
	return bisect(0, 1, func(m float64) bool {
		if m == 0 {
			return true
		}
		ln := 0.0
		for i, x := range scores {
			ln += math.Log1p(min(bets[i], 0.5/m) * (unit(x) - m))
		}
		return ln-math.Ln2 >= lnOdds
	})
}
