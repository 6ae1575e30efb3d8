package verdict

import (
	"math"
	"slices"
)

// percentile is the p-th quantile (0 to 1) of samples in rising order, type 7 of
// Hyndman and Fan (1996), which numpy and most benchmarks of models use:
// with h = (n-1)p it is x[⌊h⌋] + (h-⌊h⌋)·(x[⌊h⌋+1]-x[⌊h⌋]). It has the samples'
// unit, and is NaN without samples.
func percentile(rising []float64, p float64) float64 {
	if len(rising) == 0 {
		return math.NaN()
	}
	h := float64(len(rising)-1) * p
	below := int(h)
	if below >= len(rising)-1 {
		return rising[len(rising)-1]
	}
	return rising[below] + (h-float64(below))*(rising[below+1]-rising[below])
}

// medianRanks are the ranks, counted from 1, of the two samples between which
// the median of what they are from lies with a confidence of at least 95 %,
// whatever its distribution: (k, n+1-k) with the largest k for which
// 2·P(B ≤ k-1) ≤ 0.05, B binomial of n and ½ (Conover, Practical Nonparametric
// Statistics). It is false where so few samples allow no interval: below 6.
func medianRanks(n int) (low, high int, ok bool) {
	k, tail := 0, 0.0
	for k < n {
		tail += math.Exp(lnChoose(n, k) - float64(n)*math.Ln2) // P(B ≤ k)
		if 2*tail > 0.05 {
			break
		}
		k++
	}
	return k, n + 1 - k, k > 0
}

// A Spread is how samples lie. Its values have the samples' unit.
type Spread struct {
	N      int
	Median float64

	// The median's interval of 95 %, see medianRanks; both 0 without one.
	Low, High float64

	// The highest percentile that so many samples allow: "p99" from 100, "p95"
	// from 20, else the greatest of them, "max".
	Tail   float64
	TailOf string
}

// Fewest samples of which a percentile is one.
const (
	fewestOf95 = 20
	fewestOf99 = 100
)

// SpreadOf is how samples lie, in whatever order they are; zero without any.
func SpreadOf(samples []float64) Spread {
	n := len(samples)
	if n == 0 {
		return Spread{}
	}
	x := slices.Sorted(slices.Values(samples))
	s := Spread{N: n, Median: percentile(x, 0.5), Tail: x[n-1], TailOf: "max"}
	switch {
	case n >= fewestOf99:
		s.Tail, s.TailOf = percentile(x, 0.99), "p99"
	case n >= fewestOf95:
		s.Tail, s.TailOf = percentile(x, 0.95), "p95"
	}
	if low, high, ok := medianRanks(n); ok {
		s.Low, s.High = x[low-1], x[high-1]
	}
	return s
}
