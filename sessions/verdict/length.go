package verdict

import "math"

// Fewest prompts from which on a sensitivity to length is worth a word.
const fewestOfLength = 100

// A Length is what would be of the mean if all answers were equally long.
type Length struct {
	N     int     `json:"n"`
	Mean  float64 `json:"mean"` // of scores, if lengths were equal: 1/(1 + e^-θ)
	Theta float64 `json:"theta"`
	Error float64 `json:"theta_error"` // of Theta, by the sandwich
	Slope float64 `json:"slope"`       // β: above 0 the longer answer is liked more
}

// LengthOf fits scores ~ 1/(1 + e^-(θ + βx)) with x = tanh(Δ/sd(Δ)) with sd
// over n-1, and Δ how many more characters the candidate's answer has
// (AlpacaEval's length-controlled win rate without its terms for difficulty and
// baseline). It is a sensitivity, never the headline, and false below 100
// prompts, where all answers are equally long, and where the scores allow no
// such fit.
//
// AlpacaEval's claude: raw .915528, here .735561 with β 3.067161.
func LengthOf(scores, longer []float64) (Length, bool) {
	n := len(scores)
	if n < fewestOfLength || len(longer) != n {
		return Length{}, false
	}
	x, ok := tanhs(longer)
	if !ok {
		return Length{}, false
	}
	high := func(at []float64) float64 {
		sum := 0.0
		for i, s := range scores {
			eta := at[0] + at[1]*x[i]
			sum -= unit(s)*softplus(-eta) + (1-unit(s))*softplus(eta)
		}
		return sum
	}
	sandwich := newMatrix(2)
	steep := func(at []float64) ([]float64, matrix) {
		slope, curve := make([]float64, 2), newMatrix(2)
		sandwich = newMatrix(2)
		for i, s := range scores {
			p := logistic(at[0] + at[1]*x[i])
			z := [2]float64{1, x[i]}
			for a := range z {
				slope[a] += (unit(s) - p) * z[a]
				for b := range z {
					curve[a][b] += p * (1 - p) * z[a] * z[b]
					sandwich[a][b] += (unit(s) - p) * (unit(s) - p) * z[a] * z[b]
				}
			}
		}
		return slope, curve
	}
	at, ok := climb(make([]float64, 2), high, steep)
	if !ok || math.Abs(at[0]) > 20 { // all won or lost: it only grows
		return Length{}, false
	}
	_, curve := steep(at)
	inv, ok := curve.inverse()
	if !ok {
		return Length{}, false
	}
	v := inv.between(sandwich)
	return Length{N: n, Mean: logistic(at[0]), Theta: at[0], Error: math.Sqrt(max(v[0][0], 0)), Slope: at[1]}, true
}

// tanhs are tanh(Δ/sd(Δ)), sd with n-1 in its denominator.
func tanhs(longer []float64) ([]float64, bool) {
	n, sum, squares := float64(len(longer)), 0.0, 0.0
	for _, d := range longer {
		sum += d
	}
	for _, d := range longer {
		squares += (d - sum/n) * (d - sum/n)
	}
	sd := math.Sqrt(squares / (n - 1))
	if !(sd > 0) || math.IsInf(sd, 0) {
		return nil, false
	}
	x := make([]float64, len(longer))
	for i, d := range longer {
		x[i] = math.Tanh(d / sd)
	}
	return x, true
}
