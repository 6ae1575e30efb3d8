package verdict

import (
	"slices"

	"juxta/providers"
)

// Ratios keeps what resampling found, which takes most of the time of a verdict and
// does not change with a vote. It is of no use to two trials in turn, and not safe
// for concurrent use. The zero value is empty.
type Ratios struct {
	costs map[int]kept[providers.Money]
	times map[int]kept[float64]
}

// kept is a ratio with all that it was made of.
type kept[T comparable] struct {
	a, b  []T
	ratio Ratio
	ok    bool
}

// Figures are [Trial.Figures] of a candidate. What was found for the very same
// costs, or times, is not looked for again.
func (k *Ratios) Figures(t Trial, candidate int) Figures {
	if k.costs == nil {
		k.costs, k.times = map[int]kept[providers.Money]{}, map[int]kept[float64]{}
	}
	return t.figures(candidate,
		func(a, b []providers.Money) (Ratio, bool) { return again(k.costs, candidate, a, b, CostRatio) },
		func(a, b []float64) (Ratio, bool) { return again(k.times, candidate, a, b, SpeedRatio) })
}

func again[T comparable](all map[int]kept[T], candidate int, a, b []T, of func(a, b []T) (Ratio, bool)) (Ratio, bool) {
	if k, found := all[candidate]; found && slices.Equal(k.a, a) && slices.Equal(k.b, b) {
		return k.ratio, k.ok
	}
	r, ok := of(a, b)
	all[candidate] = kept[T]{a, b, r, ok}
	return r, ok
}
