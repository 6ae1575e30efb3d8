package verdict

import "math"

// An Agreement is how far two voters agree about the same pairs of answers,
// beyond chance.
type Agreement struct {
	N     int     `json:"n"`           // pairs that both judged
	Agree float64 `json:"agree"`       // share on which they say the same
	Error float64 `json:"agree_error"` // of Agree

	// Cohen's κ and Gwet's AC1 with their standard errors; where Defined is
	// false chance alone would have them always agree, and there are none. Where
	// nearly everything has one outcome κ is small in spite of agreement: both
	// are to be shown.
	Kappa      float64 `json:"kappa"`
	KappaError float64 `json:"kappa_error"`
	AC1        float64 `json:"ac1"`
	AC1Error   float64 `json:"ac1_error"`
	Defined    bool    `json:"defined"`
}

// AgreementOf counts in table[k][l] the pairs that one voter gave outcome k and
// the other l; it is square. With p_kl shares of all (Gwet as in
// irrCAC):
//
//	pa = Σ p_kk; κ = (pa - pe)/(1 - pe) with pe = Σ p_k.·p_.k
//	AC1 with π_k = (p_k. + p_.k)/2 and pe = Σ π_k(1-π_k)/(q-1)
//
// [[13 0 0] [0 20 7] [0 4 56]]: κ .796409 ± .058911, AC1 .849331 ± .043217.
// It is zero without pairs.
func AgreementOf(table [][]int) Agreement {
	q, n := len(table), 0
	for _, row := range table {
		for _, x := range row {
			n += x
		}
	}
	if n == 0 {
		return Agreement{}
	}
	p, rows, cols := newMatrix(q), make([]float64, q), make([]float64, q)
	for k, row := range table {
		for l, x := range row {
			p[k][l] = float64(x) / float64(n)
			rows[k] += p[k][l]
			cols[l] += p[k][l]
		}
	}
	a := Agreement{N: n}
	chance, gwet := 0.0, 0.0
	for k := range q {
		a.Agree += p[k][k]
		chance += rows[k] * cols[k]
		pi := (rows[k] + cols[k]) / 2
		gwet += pi * (1 - pi) / float64(q-1)
	}
	a.Error = math.Sqrt(max(a.Agree*(1-a.Agree), 0) / float64(n))
	if q < 2 || 1-chance < 1e-12 || 1-gwet < 1e-12 {
		return a
	}
	a.Defined = true
	a.Kappa, a.AC1 = (a.Agree-chance)/(1-chance), (a.Agree-gwet)/(1-gwet)
	var forKappa, forAC1 float64
	for k := range q {
		for l := range q {
			same := 0.0
			if k == l {
				same = 1
			}
			x := same - (1-a.Kappa)*(cols[k]+rows[l])
			y := same - 2*(1-a.AC1)*(1-(rows[k]+cols[k]+rows[l]+cols[l])/4)/float64(q-1)
			forKappa += p[k][l] * x * x
			forAC1 += p[k][l] * y * y
		}
	}
	a.KappaError = spreadOf(forKappa, a.Agree, a.Kappa, chance, n)
	a.AC1Error = spreadOf(forAC1, a.Agree, a.AC1, gwet, n)
	return a
}

// spreadOf is √((Σ - (pa - 2(1-κ)pe)²)/(n(1-pe)²)).
func spreadOf(sum, agree, k, chance float64, n int) float64 {
	d := agree - 2*(1-k)*chance
	return math.Sqrt(max(sum-d*d, 0)/float64(n)) / (1 - chance)
}
