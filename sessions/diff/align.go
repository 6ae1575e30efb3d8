package diff

import "slices"

// similar is the likeness from which on two sentences are taken for two
// wordings of one.
const similar = 0.5

// A bag is the words of a segment without their order and case; of one that has
// no words, its signs.
type bag struct {
	words  []int32 // sorted
	weight int     // their length in runes: "the" says less than "Armstrong"
}

func (x *lexicon) bag(tokens []token) bag {
	var b bag
	for _, t := range tokens {
		if t.word {
			b.words = append(b.words, t.folded)
		}
	}
	if b.words == nil {
		for _, t := range tokens {
			b.words = append(b.words, t.folded)
		}
	}
	for _, w := range b.words {
		b.weight += int(x.lengths[w])
	}
	slices.Sort(b.words)
	return b
}

// likeness is Dice's coefficient of two bags, each word weighed by its length:
// 2·|common| / (|a|+|b|), in [0,1]. It is 0 where it is below similar.
func (x *lexicon) likeness(a, b bag) float64 {
	sum := a.weight + b.weight
	if sum == 0 || float64(2*min(a.weight, b.weight)) < similar*float64(sum) {
		return 0
	}
	in, i, j := 0, 0, 0
	for i < len(a.words) && j < len(b.words) {
		switch v, w := a.words[i], b.words[j]; {
		case v < w:
			i++
		case v > w:
			j++
		default:
			in += int(x.lengths[v])
			i, j = i+1, j+1
		}
	}
	if d := float64(2*in) / float64(sum); d >= similar {
		return d
	}
	return 0
}

// mostPairs is how many pairs of segments are weighed against each other in one
// table: 1,500 segments a side.
const mostPairs = 1 << 21

// An aligner pairs the segments of two texts.
type aligner struct {
	lexicon     *lexicon
	left, right []segment
	keys        [2][]int32 // the same for segments of the same words and signs
	bags        [2][]bag
	pairs       []int // index in right of each of left, or -1
}

// align pairs segments in order, so that the pairs have as much in common as
// can be: the same ones, and similar ones. It is false if the texts are too
// large for that.
func align(x *lexicon, left, right []segment) ([]int, bool) {
	a := &aligner{lexicon: x, left: left, right: right, pairs: make([]int, len(left))}
	numbers := map[string]int32{}
	for side, segments := range [][]segment{left, right} {
		for _, s := range segments {
			key := keyOf(s.tokens)
			n, ok := numbers[key]
			if !ok {
				n = int32(len(numbers))
				numbers[key] = n
			}
			a.keys[side] = append(a.keys[side], n)
			a.bags[side] = append(a.bags[side], x.bag(s.tokens))
		}
	}
	for i := range a.pairs {
		a.pairs[i] = -1
	}
	return a.pairs, a.part(0, len(left), 0, len(right), false)
}

// keyOf is a string that is the same for the same tokens.
func keyOf(tokens []token) string {
	b := make([]byte, 0, 4*len(tokens))
	for _, t := range tokens {
		b = append(b, byte(t.id), byte(t.id>>8), byte(t.id>>16), byte(t.id>>24))
	}
	return string(b)
}

// part pairs left[l:toL] and right[r:toR]. What is equal at the ends belongs
// together in any case. A table that would be too large is divided at equal
// segments, once.
func (a *aligner) part(l, toL, r, toR int, divided bool) bool {
	for l < toL && r < toR && a.keys[0][l] == a.keys[1][r] {
		a.pairs[l] = r
		l, r = l+1, r+1
	}
	for l < toL && r < toR && a.keys[0][toL-1] == a.keys[1][toR-1] {
		toL, toR = toL-1, toR-1
		a.pairs[toL] = toR
	}
	n, m := toL-l, toR-r
	switch {
	case n == 0 || m == 0:
		return true
	case n <= mostPairs/m && a.lexicon.spend(a.steps(l, toL, r, toR)):
		a.weigh(l, toL, r, toR)
		return true
	case divided:
		return false
	}
	anchors, ok := a.lexicon.common(a.keys[0][l:toL], a.keys[1][r:toR])
	if !ok {
		return false
	}
	from, fromR := l, r
	for i, j := range anchors {
		if j < 0 {
			continue
		}
		a.pairs[l+i] = r + j
		if !a.part(from, l+i, fromR, r+j, true) {
			return false
		}
		from, fromR = l+i+1, r+j+1
	}
	return a.part(from, toL, fromR, toR, true)
}

// steps is about how many words are compared to weigh all pairs.
func (a *aligner) steps(l, toL, r, toR int) int {
	var words [2]int
	for _, b := range a.bags[0][l:toL] {
		words[0] += len(b.words)
	}
	for _, b := range a.bags[1][r:toR] {
		words[1] += len(b.words)
	}
	return words[0]*(toR-r) + words[1]*(toL-l)
}

// weigh pairs so that the sum of what the pairs have in common is greatest.
func (a *aligner) weigh(l, toL, r, toR int) {
	const (
		up   = iota // the left one has no counterpart
		back        // the right one has none
		pair
	)
	m := toR - r
	moves := make([]uint8, (toL-l)*m)
	last, row := make([]float64, m+1), make([]float64, m+1)
	for i := l; i < toL; i++ {
		for j := r; j < toR; j++ {
			best, move := last[j-r+1], uint8(up)
			if row[j-r] > best {
				best, move = row[j-r], back
			}
			if w := a.weight(i, j); w > 0 && last[j-r]+w >= best {
				best, move = last[j-r]+w, pair
			}
			row[j-r+1], moves[(i-l)*m+j-r] = best, move
		}
		last, row = row, last
	}
	for i, j := toL-1, toR-1; i >= l && j >= r; {
		switch moves[(i-l)*m+j-r] {
		case pair:
			a.pairs[i] = j
			i, j = i-1, j-1
		case up:
			i--
		default:
			j--
		}
	}
}

// weight is what two segments have in common, more of it in a better pair; 0 if
// they are not similar.
func (a *aligner) weight(i, j int) float64 {
	x, y := a.bags[0][i], a.bags[1][j]
	switch d := a.lexicon.likeness(x, y); {
	case a.keys[0][i] == a.keys[1][j]:
		return float64(x.weight) + 1
	case (a.left[i].kind == code) != (a.right[j].kind == code):
		return 0
	default:
		return d * d * float64(x.weight+y.weight) / 2
	}
}

// A place is a row to be: indexes of left and right, -1 for a gap.
type place struct {
	left, right int
	paired      bool // they are wordings of one
}

func (p place) ofLeft() int  { return p.left }
func (p place) ofRight() int { return p.right }

// arrange puts pairs beside each other. What has no counterpart stands beside
// what has none either, so that two texts that share nothing are still read side
// by side, and beside a gap where the other side has nothing left.
func arrange(pairs []int, right int) []place {
	var all []place
	l, r := 0, 0
	between := func(toL, toR int) {
		for l < toL || r < toR {
			p := place{left: -1, right: -1}
			if l < toL {
				p.left = l
				l++
			}
			if r < toR {
				p.right = r
				r++
			}
			all = append(all, p)
		}
	}
	for i, j := range pairs {
		if j >= 0 {
			between(i, j)
			all = append(all, place{i, j, true})
			l, r = i+1, j+1
		}
	}
	between(len(pairs), right)
	return all
}
