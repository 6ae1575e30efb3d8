package verdict

import "math"

// A Meeting counts how the comparisons of two models came out, by their indices.
type Meeting struct {
	I, J               int
	WinsI, WinsJ, Ties float64
}

// A Tying is how strong models are and how readily they tie.
type Tying struct {
	Strength, Error []float64 // θ = ln π against the first model's, which is 0; and its standard error
	Ties, TiesError float64   // ln ν, and its standard error
	Likelihood      float64   // the greatest, as its logarithm, without the constant
}

// Davidson is the model of Davidson (1970) for ties:
// P(i wins) ∝ π_i, P(j wins) ∝ π_j, P(tie) ∝ ν·√(π_i·π_j), with the greatest
// likelihood by Newton's method. It is false where there is none: without any
// tie or any win, or for a model that won or lost everything.
//
// Davidson's puddings: .220242, .152978, .175145, .133865, .377135; ν .746823.
func Davidson(models int, meetings []Meeting) (Tying, bool) {
	high := func(at []float64) float64 {
		sum := 0.0
		for _, m := range meetings {
			i, j, tie := tieParts(at, m)
			all := i + j + tie
			sum += m.WinsI*math.Log(i/all) + m.WinsJ*math.Log(j/all)
			if m.Ties > 0 {
				sum += m.Ties * math.Log(tie/all)
			}
		}
		return sum
	}
	// Winning tells 1 about one's own θ, a tie ½ about both and 1 about ln ν; the
	// slope is what was seen less what was to be expected, the curve its variance.
	steep := func(at []float64) ([]float64, matrix) {
		slope, curve := make([]float64, len(at)), newMatrix(len(at))
		for _, m := range meetings {
			i, j, tie := tieParts(at, m)
			all, n := i+j+tie, m.WinsI+m.WinsJ+m.Ties
			p := [3]float64{i / all, j / all, tie / all}
			told := [3][3]float64{{1, 0, 0}, {0, 1, 0}, {.5, .5, 1}}
			seen := [3]float64{m.WinsI, m.WinsJ, m.Ties}
			at := [3]int{m.I - 1, m.J - 1, models - 1} // the first model's is -1: it is fixed
			var mean [3]float64
			for o := range told {
				for k := range mean {
					mean[k] += p[o] * told[o][k]
				}
			}
			for o := range told {
				for k, a := range at {
					if a < 0 {
						continue
					}
					slope[a] += (seen[o] - n*p[o]) * told[o][k]
					for l, b := range at {
						if b >= 0 {
							curve[a][b] += n * p[o] * (told[o][k] - mean[k]) * (told[o][l] - mean[l])
						}
					}
				}
			}
		}
		return slope, curve
	}
	at, ok := climb(make([]float64, models), high, steep)
	if !ok {
		return Tying{}, false
	}
	_, curve := steep(at)
	inv, ok := curve.inverse()
	if !ok {
		return Tying{}, false
	}
	t := Tying{Strength: make([]float64, models), Error: make([]float64, models), Likelihood: high(at)}
	for i := 1; i < models; i++ {
		t.Strength[i], t.Error[i] = at[i-1], math.Sqrt(inv[i-1][i-1])
	}
	t.Ties, t.TiesError = at[models-1], math.Sqrt(inv[models-1][models-1])
	return t, true
}

// tieParts are the shares of i winning, j winning and a tie, up to a common factor.
func tieParts(at []float64, m Meeting) (i, j, tie float64) {
	theta := func(model int) float64 {
		if model == 0 {
			return 0
		}
		return at[model-1]
	}
	a, b := theta(m.I), theta(m.J)
	mid := (a + b) / 2
	return math.Exp(a - mid), math.Exp(b - mid), math.Exp(at[len(at)-1])
}
