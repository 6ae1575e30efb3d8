package verdict

// SignTest is the exact two-sided p-value of so many wins and losses if both
// were equally likely, ties left out:
//
//	p = min(1, 2·Σ_{k ≤ min(W, L)} C(W+L, k)/2^(W+L))
//
// 21 to 13: .229481; 13 to 3: .021271. It is 1 where there are neither.
func SignTest(wins, losses int) float64 {
	n, k := wins+losses, min(wins, losses)
	if n <= 0 || k < 0 {
		return 1
	}
	return min(1, 2*atMost(k, n, 0.5))
}
