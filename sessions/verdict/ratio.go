package verdict

import (
	"cmp"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"juxta/providers"
)

// How a ratio's interval is drawn: so many resamples of
// the prompts, the pairs kept together, from this seed, and from how many prompts on.
const (
	resamples  = 2000
	ratioSeed  = 1
	fewestOfCI = 20
)

// Most prompts that are resampled one by one. Of more, so many are drawn for
// every resample and the interval is narrowed by the root of their share (the m
// out of n bootstrap of Bickel, Götze and van Zwet 1997), so that a hundred
// thousand prompts take no longer.
const mostResampled = 1000

// A Ratio is the candidate's figure over the baseline's.
type Ratio struct {
	N        int      `json:"n"` // prompts of which both figures are known
	Value    float64  `json:"value"`
	Interval Interval `json:"interval"` // of 95 %, over prompts; zero where Sure is false
	Sure     bool     `json:"sure"`     // there is an interval: from 20 prompts on
}

// CostRatio is what the candidate's answers cost of the baseline's to the same
// prompts: the ratio of the mean costs, with the percentile interval of 2,000
// resamples of the prompts. It is false without prompts, and where the baseline
// cost nothing.
func CostRatio(candidate, baseline []providers.Money) (Ratio, bool) {
	a, b := floats(candidate), floats(baseline)
	return ratio(a, b, func(xs, ys []float64, drawn []int) (float64, float64) {
		x, y := 0.0, 0.0
		for _, i := range drawn {
			x += xs[i]
			y += ys[i]
		}
		return x, y
	})
}

func floats(m []providers.Money) []float64 {
	f := make([]float64, len(m))
	for i, x := range m {
		f[i] = float64(x)
	}
	return f
}

// SpeedRatio is the candidate's median over the baseline's of times, or of any
// other figure, of the same prompts, with the interval as of [CostRatio]. It is
// false without prompts, and where the baseline's is 0.
//
// .485/.775 s to the first token: .625806.
func SpeedRatio(candidate, baseline []float64) (Ratio, bool) {
	x, y := ranksOf(candidate), ranksOf(baseline)
	return ratio(candidate, baseline, func(_, _ []float64, drawn []int) (float64, float64) {
		return x.median(drawn), y.median(drawn)
	})
}

// ratio is that of two figures of the prompts that were drawn.
func ratio(a, b []float64, of func(a, b []float64, drawn []int) (float64, float64)) (Ratio, bool) {
	n := min(len(a), len(b))
	a, b = a[:n], b[:n]
	drawn := make([]int, n)
	for i := range drawn {
		drawn[i] = i
	}
	x, y := of(a, b, drawn)
	if n == 0 || !(y > 0) || !(x >= 0) || math.IsInf(x/y, 0) {
		return Ratio{}, false
	}
	r := Ratio{N: n, Value: x / y}
	if n < fewestOfCI {
		return r, true
	}
	drawn = drawn[:min(n, mostResampled)]
	shrink := math.Sqrt(float64(len(drawn)) / float64(n))
	from := rand.NewPCG(ratioSeed, 0)
	seen := make([]float64, 0, resamples)
	for range resamples {
		for i := range drawn {
			hi, _ := bits.Mul64(from.Uint64(), uint64(n))
			drawn[i] = int(hi)
		}
		if x, y := of(a, b, drawn); y > 0 && !math.IsInf(x/y, 0) {
			seen = append(seen, x/y)
		}
	}
	if len(seen) < resamples { // some have no ratio, which may lie anywhere
		return r, true
	}
	slices.Sort(seen)
	at := func(p float64) float64 { return max(0, r.Value+shrink*(percentile(seen, p)-r.Value)) }
	r.Interval, r.Sure = Interval{at(oneSide), at(1 - oneSide)}, true
	return r, true
}

// ranks let the median of a resample be found without sorting it: by counting
// how many fall into each of some hundred stretches of ranks, and then looking
// into the one or two in the middle.
type ranks struct {
	rising []float64
	of     []int32 // the rank of each sample
	width  uint    // of a stretch, as a power of two
	counts []int32 // by stretch
	middle []int32 // ranks that were drawn in the middle stretches
}

const stretches = 512

func ranksOf(samples []float64) *ranks {
	order := make([]int, len(samples))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(samples[i], samples[j]), i-j) })
	r := &ranks{rising: make([]float64, len(samples)), of: make([]int32, len(samples))}
	for rank, i := range order {
		r.rising[rank], r.of[i] = samples[i], int32(rank)
	}
	for len(samples)>>r.width >= stretches {
		r.width++
	}
	r.counts = make([]int32, stretches)
	return r
}

// median is that of the samples that were drawn, of type 7; NaN of none.
func (r *ranks) median(drawn []int) float64 {
	if len(drawn) == 0 {
		return math.NaN()
	}
	clear(r.counts)
	for _, i := range drawn {
		r.counts[r.of[i]>>r.width]++
	}
	low, high := int32((len(drawn)-1)/2), int32(len(drawn)/2) // places from 0 of the middle two
	from, before := int32(0), int32(0)                        // the stretch of the first, and how many lie below it
	for before+r.counts[from] <= low {
		before += r.counts[from]
		from++
	}
	to, upTo := from, before+r.counts[from]
	for upTo <= high {
		to++
		upTo += r.counts[to]
	}
	r.middle = r.middle[:0]
	for _, i := range drawn {
		if at := r.of[i] >> r.width; from <= at && at <= to {
			r.middle = append(r.middle, r.of[i])
		}
	}
	slices.Sort(r.middle)
	return (r.rising[r.middle[low-before]] + r.rising[r.middle[high-before]]) / 2
}
