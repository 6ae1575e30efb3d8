package verdict

import "math"

// AgrestiCoull is the same by Agresti and Coull (1998): of x + z²/2 out of
// n + z² as if it were normal. 18 of 20: .686756 to .984344.
func AgrestiCoull(x, n int) Interval {
	if n <= 0 {
		return Interval{0, 1}
	}
	m := float64(n) + c0
	p := (float64(x) + c0/2) / m
	half := z95 * math.Sqrt(p*(1-p)/m)
	return Interval{p - half, p + half}.within(0, 1)
}
