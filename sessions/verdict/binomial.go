package verdict

import "math"

// Wilson is where a share lies of which x out of n were seen, by Wilson's score
// interval (1927). 18 of 20: .698966 to .972134. Of none it is 0 to 1.
func Wilson(x, n int) Interval {
	if n <= 0 {
		return Interval{0, 1}
	}
	return wilson(float64(x)/float64(n), float64(n))
}

// wilson is Wilson's interval of a share p of n, which may be no whole number.
func wilson(p, n float64) Interval {
	whole := 1 + c0/n
	centre := (p + c0/(2*n)) / whole
	half := z95 / whole * math.Sqrt(p*(1-p)/n+c0/(4*n*n))
	i := Interval{centre - half, centre + half}.within(0, 1)
	if p == 0 { // exactly, and not but for the last bit
		i.Low = 0
	}
	if p == 1 {
		i.High = 1
	}
	return i
}

// Exact is the same by Clopper and Pearson (1934), which covers at least 95 %
// whatever the share is, and mostly more: where P(X ≥ x) and P(X ≤ x) are 2.5 %.
// 18 of 20: .683017 to .987651.
func Exact(x, n int) Interval {
	i := Interval{0, 1}
	if n <= 0 {
		return i
	}
	if x > 0 {
		i.Low = bisect(0, float64(x)/float64(n), func(p float64) bool { return 1-atMost(x-1, n, p) < oneSide })
	}
	if x < n {
		i.High = bisect(1, float64(x)/float64(n), func(p float64) bool { return atMost(x, n, p) < oneSide })
	}
	return i
}

// lnChoose is ln C(n, k).
func lnChoose(n, k int) float64 {
	all, _ := math.Lgamma(float64(n + 1))
	in, _ := math.Lgamma(float64(k + 1))
	out, _ := math.Lgamma(float64(n - k + 1))
	return all - in - out
}

// atMost is P(X ≤ k) of X binomial of n and p, 0 < p < 1.
func atMost(k, n int, p float64) float64 {
	sum, lp, lq := 0.0, math.Log(p), math.Log1p(-p)
	for j := range k + 1 {
		sum += math.Exp(lnChoose(n, j) + float64(j)*lp + float64(n-j)*lq)
	}
	return min(sum, 1)
}
