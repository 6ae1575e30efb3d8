package verdict

import "slices"

// Holm corrects p-values for being several (Holm 1979): in
// rising order p~_(j) = max_{i ≤ j} min(1, (k-i+1)·p_(i)). They come back in the
// order they were given. Whoever declares those at or below a level is wrong in
// any of them with no greater probability than that level.
//
// .001, .004, .05 become .003, .008, .05.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case p[i] < p[j]:
			return -1
		case p[i] > p[j]:
			return 1
		}
		return 0
	})
	out, most := make([]float64, len(p)), 0.0
	for rank, i := range order {
		most = max(most, min(1, float64(len(p)-rank)*p[i]))
		out[i] = most
	}
	return out
}
