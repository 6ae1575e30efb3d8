package diff

import "math/bits"

// mostKept is how many words of bits are kept at a time: 8 MB.
const mostKept = 1 << 20

// common pairs two sequences by one of their longest common subsequences: the
// index in b of each element of a, or -1. The number of pairs is exact. It is
// false if that would take more than mostSteps.
//
// What both begin or end with is paired and what only one of them has is left
// out first, neither of which changes the length. The rest is the bit-parallel
// algorithm of Hyyrö ("Bit-parallel LCS-length computation revisited", 2004):
// a row of the table is a bit per element of b, set where the length does not
// grow. All rows are kept and followed back, or, where they are too many, the
// sequences are halved as Hirschberg does (CACM 18:6, 1975).
func (x *lexicon) common(a, b []int32) ([]int, bool) {
	pairs := make([]int, len(a))
	for i := range pairs {
		pairs[i] = -1
	}
	lo := 0
	for lo < len(a) && lo < len(b) && a[lo] == b[lo] {
		pairs[lo] = lo
		lo++
	}
	ha, hb := len(a), len(b)
	for ha > lo && hb > lo && a[ha-1] == b[hb-1] {
		ha, hb = ha-1, hb-1
		pairs[ha] = hb
	}
	if lo == ha || lo == hb {
		return pairs, true
	}
	s := newSearch(a[lo:ha], b[lo:hb])
	n, m := len(s.a), len(s.b)
	if n == 0 || m == 0 {
		return pairs, true
	}
	if !x.spend(2 * n * rows(m)) { // halving computes twice as many as there are
		return pairs, false
	}
	s.pair(0, n, 0, m, func(i, j int) { pairs[lo+s.fromA[i]] = lo + s.fromB[j] })
	return pairs, true
}

// rows is how many words n bits take.
func rows(n int) int { return (n + 63) / 64 }

// A search pairs what two sequences have both, numbered from 0.
type search struct {
	a, b         []int32
	fromA, fromB []int   // their indexes in the sequences
	heads, tails []int32 // by number: its first and last set of places in the part of b, or -1
	sets         []places
	kept         []uint64
}

// places are up to 64 places in a part of b where a number stands.
type places struct {
	word int32 // of a row
	next int32 // set of the same number, or -1
	bits uint64
}

func newSearch(a, b []int32) *search {
	s := &search{}
	numbers := make(map[int32]int32, len(a))
	for _, v := range a {
		if _, ok := numbers[v]; !ok {
			numbers[v] = int32(len(numbers))
		}
	}
	both := make([]bool, len(numbers))
	for j, v := range b {
		if n, ok := numbers[v]; ok {
			both[n] = true
			s.b, s.fromB = append(s.b, n), append(s.fromB, j)
		}
	}
	for i, v := range a {
		if n := numbers[v]; both[n] {
			s.a, s.fromA = append(s.a, n), append(s.fromA, i)
		}
	}
	s.heads, s.tails = make([]int32, len(numbers)), make([]int32, len(numbers))
	return s
}

// pair reports the pairs of a[fromA:toA] and b[fromB:toB].
func (s *search) pair(fromA, toA, fromB, toB int, report func(i, j int)) {
	n, m := toA-fromA, toB-fromB
	switch {
	case n == 0 || m == 0:
	case n > 1 && n*rows(m) > mostKept:
		middle := fromA + n/2
		cut := s.cut(fromA, middle, toA, fromB, toB)
		s.pair(fromA, middle, fromB, cut, report)
		s.pair(middle, toA, cut, toB, report)
	default:
		s.follow(fromA, toA, fromB, toB, report)
	}
}

// follow keeps all rows and goes back through them.
func (s *search) follow(fromA, toA, fromB, toB int, report func(i, j int)) {
	w := rows(toB - fromB)
	s.place(fromB, toB, false)
	if need := (toA - fromA) * w; cap(s.kept) < need {
		s.kept = make([]uint64, need)
	}
	last := ones(make([]uint64, w))
	for i := fromA; i < toA; i++ {
		row := s.kept[(i-fromA)*w : (i-fromA+1)*w]
		copy(row, last)
		s.step(row, s.a[i])
		last = row
	}
	for i, j := toA, toB; i > fromA && j > fromB; {
		switch {
		case s.a[i-1] == s.b[j-1]: // always part of a longest one
			i, j = i-1, j-1
			report(i, j)
		case s.kept[(i-1-fromA)*w+(j-1-fromB)/64]>>((j-1-fromB)%64)&1 == 1:
			j-- // as long without it
		default:
			i--
		}
	}
}

// cut is where b is divided so that the halves of a and of b together have a
// common subsequence as long as the whole.
func (s *search) cut(fromA, middle, toA, fromB, toB int) int {
	m := toB - fromB
	row := ones(make([]uint64, rows(m)))
	s.place(fromB, toB, false)
	for i := fromA; i < middle; i++ {
		s.step(row, s.a[i])
	}
	before := lengths(row, m)
	ones(row)
	s.place(fromB, toB, true)
	for i := toA - 1; i >= middle; i-- {
		s.step(row, s.a[i])
	}
	after := lengths(row, m)
	best := 0
	for j := range m + 1 {
		if before[j]+after[m-j] > before[best]+after[m-best] {
			best = j
		}
	}
	return fromB + best
}

func ones(row []uint64) []uint64 {
	for i := range row {
		row[i] = ^uint64(0)
	}
	return row
}

// lengths are those of the common subsequences with the first 0 to m elements.
func lengths(row []uint64, m int) []int32 {
	all := make([]int32, m+1)
	for j := range m {
		all[j+1] = all[j] + int32(^row[j/64]>>(j%64)&1)
	}
	return all
}

// place notes where each number stands in b[from:to], read forwards or
// backwards.
func (s *search) place(from, to int, backwards bool) {
	for i := range s.heads {
		s.heads[i], s.tails[i] = -1, -1
	}
	s.sets = s.sets[:0]
	for j := range to - from {
		v := s.b[from+j]
		if backwards {
			v = s.b[to-1-j]
		}
		word, bit := int32(j/64), uint64(1)<<(j%64)
		tail := s.tails[v]
		if tail >= 0 && s.sets[tail].word == word {
			s.sets[tail].bits |= bit
			continue
		}
		at := int32(len(s.sets))
		s.sets = append(s.sets, places{word: word, next: -1, bits: bit})
		s.tails[v] = at
		if tail < 0 {
			s.heads[v] = at
		} else {
			s.sets[tail].next = at
		}
	}
}

// step makes a row the next one, by an element of a. In formulas
// V' = (V + (V & M)) | (V &^ M), where M is the places of the element. A word
// without any changes only by a carry.
func (s *search) step(row []uint64, v int32) {
	var carry uint64
	w := 0
	for at := s.heads[v]; at >= 0; at = s.sets[at].next {
		p := &s.sets[at]
		w, carry = ripple(row, w, int(p.word), carry)
		var sum uint64
		sum, carry = bits.Add64(row[w], row[w]&p.bits, carry)
		row[w] = sum | row[w]&^p.bits
		w++
	}
	ripple(row, w, len(row), carry)
}

// ripple takes a carry through the words [w, to).
func ripple(row []uint64, w, to int, carry uint64) (int, uint64) {
	for ; carry != 0 && w < to; w++ {
		var sum uint64
		sum, carry = bits.Add64(row[w], 0, carry)
		row[w] |= sum
	}
	if w < to {
		return to, 0
	}
	return w, carry
}
