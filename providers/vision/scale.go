package vision

import (
	"fmt"
	"math"
	"math/bits"
	"sort"
	"strconv"
)

// most is the longest side that anything is computed with. What is longer is
// refused by everybody, and nothing that is computed from it overflows.
const most = 1 << 20

func clamp(width, height int) (int, int) {
	return min(max(width, 1), most), min(max(height, 1), most)
}

// ceil is a/b, up.
func ceil(a, b int) int { return (a + b - 1) / b }

// scaled is n·num/den to the nearest pixel, at least 1.
func scaled(n, num, den int) int {
	hi, lo := bits.Mul64(uint64(n), uint64(num))
	lo, carry := bits.Add64(lo, uint64(den)/2, 0)
	q, _ := bits.Div64(hi+carry, lo, uint64(den))
	return max(1, int(q))
}

// within scales a picture down until its longer side is edge.
func within(width, height, edge int) (int, int) {
	long := max(width, height)
	if edge == 0 || long <= edge {
		return width, height
	}
	return scaled(width, edge, long), scaled(height, edge, long)
}

// largest scales a picture down to the most pixels of which fits says yes.
func largest(width, height int, fits func(w, h int) bool) (int, int) {
	if fits(width, height) {
		return width, height
	}
	long := max(width, height)
	at := func(edge int) (int, int) { return scaled(width, edge, long), scaled(height, edge, long) }
	over := sort.Search(long-1, func(i int) bool { return !fits(at(i + 1)) })
	return at(max(1, over))
}

// limits are what a service refuses of a picture; 0 is no limit.
type limits struct {
	side    int // the longest side, in pixels
	short   int // the shortest
	aspect  int // how many times as long as the other a side may be
	patches int // how many squares of 32 pixels
}

// trouble is why a picture is refused, for people.
func (l limits) trouble(width, height int) string {
	long, short := max(width, height), min(width, height)
	switch {
	case l.side > 0 && long > l.side:
		return fmt.Sprintf("a side of %s px is refused, %s at the most", count(long), count(l.side))
	case l.short > 0 && short < l.short:
		return fmt.Sprintf("a side of %s px is refused, %s at the least", count(short), count(l.short))
	case l.aspect > 0 && (long-1)/l.aspect >= short:
		return fmt.Sprintf("a side more than %s times as long as the other is refused", count(l.aspect))
	case l.patches > 0:
		w, h := clamp(width, height)
		if n := ceil(w, 32) * ceil(h, 32); n > l.patches {
			return fmt.Sprintf("%s patches of 32 px are refused, %s at the most", count(n), count(l.patches))
		}
	}
	return ""
}

// count writes a number with commas.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// root is the square root of a·b/c, down, with what floating point loses put
// right.
func root(a, b, c int) int {
	n := int(math.Sqrt(float64(a) * float64(b) / float64(c)))
	for n > 0 && n*n*c > a*b {
		n--
	}
	for (n+1)*(n+1)*c <= a*b {
		n++
	}
	return n
}
