package verdict

import "math"

// A matrix is square, by rows.
type matrix [][]float64

func newMatrix(n int) matrix {
	cells := make([]float64, n*n)
	m := make(matrix, n)
	for i := range m {
		m[i] = cells[i*n : (i+1)*n]
	}
	return m
}

// inverse is m⁻¹ by Gauss and Jordan, with the greatest pivot of each column. It
// is false for a matrix that has none, as far as float64 can tell.
func (m matrix) inverse() (matrix, bool) {
	n := len(m)
	a, out := newMatrix(n), newMatrix(n)
	for i := range m {
		copy(a[i], m[i])
		out[i][i] = 1
	}
	for c := range n {
		p := c
		for r := c + 1; r < n; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[p][c]) {
				p = r
			}
		}
		if !(math.Abs(a[p][c]) > 1e-12) { // no number is no pivot either
			return nil, false
		}
		a[c], a[p], out[c], out[p] = a[p], a[c], out[p], out[c]
		f := a[c][c]
		for j := range n {
			a[c][j] /= f
			out[c][j] /= f
		}
		for r := range n {
			if f := a[r][c]; r != c && f != 0 {
				for j := range n {
					a[r][j] -= f * a[c][j]
					out[r][j] -= f * out[c][j]
				}
			}
		}
	}
	return out, true
}

// times is m·x.
func (m matrix) times(x []float64) []float64 {
	out := make([]float64, len(m))
	for i, row := range m {
		for j, v := range row {
			out[i] += v * x[j]
		}
	}
	return out
}

// between is m·v·m of symmetric matrices: the middle of a sandwich.
func (m matrix) between(v matrix) matrix {
	n := len(m)
	mv, out := newMatrix(n), newMatrix(n)
	for i := range n {
		for k := range n {
			for j := range n {
				mv[i][j] += m[i][k] * v[k][j]
			}
		}
	}
	for i := range n {
		for k := range n {
			for j := range n {
				out[i][j] += mv[i][k] * m[k][j]
			}
		}
	}
	return out
}

// climb finds where a concave function is greatest, by Newton's method from at
// on: its slope and its negative curvature are given by steep, its height by
// high. A step that leads down is halved. It is false where the curve is flat or
// rises without end.
func climb(at []float64, high func([]float64) float64, steep func([]float64) ([]float64, matrix)) ([]float64, bool) {
	const most, far = 100, 50 // steps, and a parameter that only a rise without end reaches
	here := high(at)
	for range most {
		slope, curve := steep(at)
		inv, ok := curve.inverse()
		if !ok {
			return at, false
		}
		step, biggest := inv.times(slope), 0.0
		for _, s := range step {
			biggest = max(biggest, math.Abs(s))
		}
		next := make([]float64, len(at))
		for f := 1.0; ; f /= 2 {
			for i := range at {
				next[i] = at[i] + f*step[i]
			}
			if h := high(next); h >= here || f*biggest < 1e-10 {
				here = h
				break
			}
		}
		at = next
		for _, x := range at {
			if math.Abs(x) > far || math.IsNaN(x) {
				return at, false
			}
		}
		if biggest < 1e-11 {
			return at, true
		}
	}
	return at, false
}
