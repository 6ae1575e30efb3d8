package verdict

import "math"

// More prompts than anybody votes on: what would need them is not settled by voting.
const mostNeeded = 1_000_000

// Needed is how many prompts a claim about the mean takes, when it is tested
// once: n = (z_.975 + z_power)²·v/(w - edge)², rounded up. The
// edge is ½ - margin for non-inferiority and ½ for superiority, w the true mean,
// v the variance of the scores, w(1-w) - ties/4 of single votes with that share
// of ties. It is false where nothing would settle it: w on the edge, or more than
// a million prompts.
//
// Equal models without ties, margin .10, power .8: 197; with 40 % ties 118.
func Needed(w, v, edge, power float64) (int, bool) {
	return needed(w, v, edge, power, 1)
}

// needed is the same for one of so many candidates, each at its share of the error.
func needed(w, v, edge, power float64, candidates int) (int, bool) {
	z := -point(oneSide/float64(candidates)) + point(power)
	n := math.Ceil(z * z * v / ((w - edge) * (w - edge)))
	if math.IsNaN(n) || n > mostNeeded {
		return 0, false
	}
	return max(int(n), 1), true
}

// NeededAnytime is how many prompts it takes until the anytime interval that is
// at its sharpest at t leaves out the edge, if the mean stays w. It is false
// where a million is too few.
//
// All wins, margin .10, t = 50: 6.
func NeededAnytime(w, edge, t float64) (int, bool) {
	return neededAnytime(w, edge, t, 1)
}

func neededAnytime(w, edge, t float64, candidates int) (int, bool) {
	odds := lnOdds + math.Log(float64(candidates))
	settles := func(n int) bool { return lnMixture(edge, w*float64(n), float64(n), t) >= odds }
	if edge <= 0 || edge >= 1 || w == edge || !settles(mostNeeded) {
		return 0, false
	}
	low, high := 0, mostNeeded // it does so from some number on, of which this finds the first or a later one
	for high-low > 1 {
		if mid := low + (high-low)/2; settles(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high, true
}

// SmallestMean is the least mean of n scores without ties that settles a claim
// about the edge: as many as were planned, or looked at any time. It is false
// where not even all wins do.
//
// n = 60, margin .10: .533333, and .60 looked at any time.
func SmallestMean(n int, edge float64, anytime bool) (float64, bool) {
	for wins := range n + 1 {
		i := Wilson(wins, n)
		if anytime {
			i = Anytime(float64(wins), n, sharpAt(n))
		}
		if i.Low > edge {
			return float64(wins) / float64(n), true
		}
	}
	return 0, false
}
