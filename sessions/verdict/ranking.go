package verdict

import (
	"iter"
	"math"
)

// A Comparison is what one vote says of two models, by their indices: Score is 1
// where I won, ½ for a tie and 0 where J won.
type Comparison struct {
	I, J  int
	Score float64
}

// Ghost is the weight of the half wins and half losses that every model is
// given against one of strength 0, so that a model that never lost is not
// infinitely strong (as PlackettLuce's npseudo).
const Ghost = 0.5

// A Ranking is how strong models are by what was voted between any two of them.
type Ranking struct {
	Base    int      `json:"-"`       // the model that the others are measured against
	Prompts int      `json:"prompts"` // with a comparison
	Rated   []Rating `json:"models"`
}

// A Rating is how strong one model is.
type Rating struct {
	Strength float64 `json:"strength"` // θ, against the base's, which is 0
	Elo      float64 `json:"elo"`      // 1000 + 400/ln 10·Strength

	// The standard errors of Strength: that of the model, as if every vote
	// stood alone, and that by prompts. Both are 0 for the base, and where
	// Known is false.
	Model     float64  `json:"model_error"`
	Clustered float64  `json:"error"`
	Interval  Interval `json:"interval"` // of Strength
	Known     bool     `json:"known"`    // that there are errors: from two prompts with a comparison on

	// The best and the worst place, from 1, that the intervals leave to it; all
	// places below 20 prompts.
	Best  int `json:"best"`
	Worst int `json:"worst"`
}

// Rank is the model of Bradley and Terry (1952) with ties as half wins: P(i
// over j) = 1/(1 + e^(θ_j - θ_i)), the θ of the greatest likelihood by Newton's
// method, with a ghost of the given weight, or none for 0. prompts yields all
// comparisons of one prompt at a time, any number of times over; the slice need
// not last. It is false where there is no such θ, which a ghost prevents.
//
// The errors are those of a sandwich clustered by prompts:
// V = H⁻¹·(C/(C-1)·Σ_c u_c·u_cᵀ)·H⁻¹ with u_c = Σ (y-p)(e_i-e_j) over the
// comparisons of prompt c and H = Σ p(1-p)(e_i-e_j)(e_i-e_j)ᵀ. The interval is of
// (C·V + c0·H⁻¹)/(C + c0), held up like [Sample]'s so that it does not collapse
// where all prompts agree.
//
// Of A-B 2:3, A-D 1:4, B-C 5:3, C-D 1:3 the e^θ with a geometric mean of 1 are
// .639835, 1.043314, .659810, 2.270377.
func Rank(models, base int, ghost float64, prompts iter.Seq[[]Comparison]) (Ranking, bool) {
	r := Ranking{Base: base, Rated: make([]Rating, models)}
	wins := newMatrix(models)
	for cs := range prompts {
		if len(cs) > 0 {
			r.Prompts++
		}
		for _, c := range cs {
			wins[c.I][c.J] += c.Score
			wins[c.J][c.I] += 1 - c.Score
		}
	}
	f := strengths{wins: wins, ghost: ghost, place: make([]int, models)}
	for i := range models {
		f.place[i] = -1
		if ghost > 0 || i != base { // without a ghost only differences tell anything
			f.place[i] = len(f.free)
			f.free = append(f.free, i)
		}
	}
	at, ok := climb(make([]float64, len(f.free)), f.high, f.steep)
	if !ok {
		return r, false
	}
	theta := f.all(at)
	for i := range r.Rated {
		d := theta[i] - theta[base]
		r.Rated[i] = Rating{Strength: d, Elo: 1000 + 400/math.Ln10*d, Best: 1, Worst: models}
	}
	_, curve := f.steep(at)
	if inv, ok := curve.inverse(); ok && r.Prompts > 1 {
		r.errors(&f, inv, f.middle(theta, prompts))
		r.places()
	}
	return r, true
}

// strengths is the likelihood of the θ of those that are free; of the others it is 0.
type strengths struct {
	wins  matrix
	ghost float64
	free  []int // models
	place []int // of every model among them, or -1
}

func (f *strengths) all(at []float64) []float64 {
	theta := make([]float64, len(f.wins))
	for k, i := range f.free {
		theta[i] = at[k]
	}
	return theta
}

func (f *strengths) high(at []float64) float64 {
	theta, sum := f.all(at), 0.0
	for i := range theta {
		for j := range theta {
			if w := f.wins[i][j]; w > 0 {
				sum -= w * softplus(theta[j]-theta[i])
			}
		}
		sum -= f.ghost * (softplus(theta[i]) + softplus(-theta[i]))
	}
	return sum
}

func (f *strengths) steep(at []float64) ([]float64, matrix) {
	theta := f.all(at)
	slope, curve := make([]float64, len(at)), newMatrix(len(at))
	for k, i := range f.free {
		p := logistic(theta[i])
		slope[k] += f.ghost * (1 - 2*p)
		curve[k][k] += 2 * f.ghost * p * (1 - p)
		for j := range theta {
			n := f.wins[i][j] + f.wins[j][i]
			if n == 0 || i == j {
				continue
			}
			p := logistic(theta[i] - theta[j])
			slope[k] += f.wins[i][j] - n*p
			curve[k][k] += n * p * (1 - p)
			if l := f.place[j]; l >= 0 {
				curve[k][l] -= n * p * (1 - p)
			}
		}
	}
	return slope, curve
}

// middle is C/(C-1)·Σ u_c·u_cᵀ.
func (f *strengths) middle(theta []float64, prompts iter.Seq[[]Comparison]) matrix {
	k := len(f.free)
	sum, u, clusters := newMatrix(k), make([]float64, k), 0.0
	p := newMatrix(len(theta))
	for i := range p {
		for j := range p {
			p[i][j] = logistic(theta[i] - theta[j])
		}
	}
	for cs := range prompts {
		if len(cs) == 0 {
			continue
		}
		clusters++
		clear(u)
		for _, c := range cs {
			d := c.Score - p[c.I][c.J]
			if i := f.place[c.I]; i >= 0 {
				u[i] += d
			}
			if j := f.place[c.J]; j >= 0 {
				u[j] -= d
			}
		}
		for i := range u {
			for j := range u {
				sum[i][j] += u[i] * u[j]
			}
		}
	}
	for i := range sum {
		for j := range sum {
			sum[i][j] *= clusters / (clusters - 1)
		}
	}
	return sum
}

// errors fills in what is known of every strength against the base's.
func (r *Ranking) errors(f *strengths, inv, middle matrix) {
	v := inv.between(middle)
	against := func(m matrix, i int) float64 { // the variance of θ_i - θ_base
		a, b := f.place[i], f.place[r.Base]
		if b < 0 {
			return max(m[a][a], 0)
		}
		return max(m[a][a]+m[b][b]-2*m[a][b], 0)
	}
	c := float64(r.Prompts)
	for i := range r.Rated {
		x := &r.Rated[i]
		x.Known = true
		if i == r.Base {
			continue
		}
		x.Model, x.Clustered = math.Sqrt(against(inv, i)), math.Sqrt(against(v, i))
		half := z95 * math.Sqrt((c*x.Clustered*x.Clustered+c0*x.Model*x.Model)/(c+c0))
		x.Interval = Interval{x.Strength - half, x.Strength + half}
	}
}

// places says between which places the intervals leave each model.
func (r *Ranking) places() {
	if r.Prompts < Fewest {
		return
	}
	for i := range r.Rated {
		x := &r.Rated[i]
		x.Best, x.Worst = 1, 1
		for j, y := range r.Rated {
			if j != i && y.Interval.Low > x.Interval.High {
				x.Best++
			}
			if j != i && y.Interval.High > x.Interval.Low {
				x.Worst++
			}
		}
		x.Worst = max(x.Worst, x.Best)
	}
}

// logistic is 1/(1 + e^-x).
func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// softplus is ln(1 + e^x), for any x.
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }
