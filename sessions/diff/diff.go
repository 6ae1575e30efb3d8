// Package diff finds what differs between answers: word by word between two of
// them, and by what they claim among several. It knows texts and nothing of
// models or sessions.
//
// Its model of the world: a text is segments (sentences, lines of code, fields
// of JSON), and a segment is tokens: words and signs. A word is a run of
// letters and digits, with what stands inside of a word ("don't", "1,000.5");
// a character of a script that puts no space between words is a word by itself;
// all punctuation is signs. White space is nothing: two texts that differ in it
// alone are the same.
//
// [Compare] sets two texts beside each other, [Agree] says what several answers
// to one question have in common, [Repeat] how alike the samples of one column
// are. The work is bounded for any input; where a bound is reached the result
// says that it does not know, and holds no figure.
package diff

// A Comparison is two texts beside each other.
type Comparison struct {
	// Known is false for texts that are too large to be compared. Then Rows are
	// the segments in their order with nothing marked, and the counts are zero.
	Known bool

	Rows  []Row
	Words Count // exact, by a shortest edit script of the words of the whole texts
	Signs Count // outside of words, by the script of the words

	// Fields counts those of JSON; they are the same where path and value are.
	// It is nil unless both texts are JSON or have a block of it.
	Fields *Count
}

// A Count says how many of something two texts have, and how many of those in
// common.
type Count struct{ Left, Right, Same int }

// Removed is how many only the left text has.
func (c Count) Removed() int { return c.Left - c.Same }

// Added is how many only the right text has.
func (c Count) Added() int { return c.Right - c.Same }

// Differ is how many have no counterpart in the other text, of Total.
func (c Count) Differ() int { return c.Removed() + c.Added() }

// Total is how many both texts have together.
func (c Count) Total() int { return c.Left + c.Right }

func (c *Count) add(left, right, same int) {
	c.Left += left
	c.Right += right
	c.Same += same
}

// A Row is a segment of each text. The words of similar ones are compared with
// each other, and everything in one that has no counterpart is marked; so a row
// may mark words that the counts, which know no rows, find elsewhere.
type Row struct {
	Left, Right []Span // nil is a gap
	Opens       bool   // a paragraph begins
	Differs     bool   // something is marked
}

// A Span is a piece of a segment. All spans of a side are its segment's text.
type Span struct {
	Text string
	Mark Mark
}

// Mark says what a span has to do with the other text.
type Mark uint8

// Marks of a span.
const (
	Same  Mark = iota
	Only       // the other text's segment has not got it
	Moved      // the other text has the whole segment, elsewhere
)

// Compare sets two texts beside each other, by sentence, line of code and, where
// both hold JSON, field. The texts are Markdown or plain.
func Compare(left, right string) Comparison {
	x := newLexicon()
	l, r, places, isJSON, ok := x.lay(left, right)
	c := Comparison{Known: ok}
	if ok {
		c.Known = c.count(x, x.tokens(left, 0, len(left)), x.tokens(right, 0, len(right)))
	}
	if c.Known {
		c.Known = c.fill(x, l, r, places)
	}
	if !c.Known {
		return unknown(l, r)
	}
	if isJSON {
		c.Fields = countFields(l, r, places)
	}
	return c
}

// countFields counts the fields of JSON among the segments of two texts.
func countFields(left, right []segment, places []place) *Count {
	one := func(s []segment, i int) int {
		if i >= 0 && s[i].kind == field {
			return 1
		}
		return 0
	}
	var c Count
	for _, p := range places {
		l, r, same := one(left, p.left), one(right, p.right), 0
		if l+r == 2 && sameField(left[p.left], right[p.right]) {
			same = 1
		}
		c.add(l, r, same)
	}
	return &c
}

// unknown sets two texts beside each other without comparing them.
func unknown(left, right []segment) Comparison {
	var c Comparison
	none := make([]int, len(left))
	for i := range none {
		none[i] = -1
	}
	for _, p := range arrange(none, len(right)) {
		var row Row
		if p.left >= 0 {
			row.Left, row.Opens = []Span{{Text: left[p.left].text}}, left[p.left].opens
		}
		if p.right >= 0 {
			row.Right, row.Opens = []Span{{Text: right[p.right].text}}, row.Opens || right[p.right].opens
		}
		c.Rows = append(c.Rows, row)
	}
	return c
}

// count counts the words and signs of two texts.
func (c *Comparison) count(x *lexicon, left, right []token) bool {
	l, r, ok := x.script(left, right)
	for i, t := range left {
		switch {
		case t.word && l[i]:
			c.Words.add(1, 0, 0)
		case t.word:
			c.Words.add(1, 0, 1)
		case l[i]:
			c.Signs.add(1, 0, 0)
		default:
			c.Signs.add(1, 0, 1)
		}
	}
	n := words(right)
	c.Words.Right, c.Signs.Right = n, len(r)-n
	return ok
}

// fill makes the rows.
func (c *Comparison) fill(x *lexicon, left, right []segment, places []place) bool {
	elsewhere := [2]map[string]bool{unpaired(left, places, place.ofLeft), unpaired(right, places, place.ofRight)}
	for _, p := range places {
		var row Row
		if p.left >= 0 && p.right >= 0 && p.paired {
			if !row.pair(x, left[p.left], right[p.right]) {
				return false
			}
		} else {
			if p.left >= 0 {
				row.Left, row.Differs = lone(left[p.left], elsewhere[1]), true
			}
			if p.right >= 0 {
				row.Right, row.Differs = lone(right[p.right], elsewhere[0]), true
			}
		}
		row.Opens = p.left >= 0 && left[p.left].opens || p.right >= 0 && right[p.right].opens
		c.Rows = append(c.Rows, row)
	}
	return true
}

// unpaired is the keys of the segments that have no counterpart beside them.
func unpaired(segments []segment, places []place, side func(place) int) map[string]bool {
	keys := map[string]bool{}
	for _, p := range places {
		if i := side(p); i >= 0 && !p.paired {
			keys[keyOf(segments[i].tokens)] = true
		}
	}
	return keys
}

// lone is a segment without a counterpart beside it.
func lone(s segment, elsewhere map[string]bool) []Span {
	mark := Only
	if elsewhere[keyOf(s.tokens)] {
		mark = Moved
	}
	return []Span{{s.text, mark}}
}

// pair compares two wordings of one segment.
func (row *Row) pair(x *lexicon, left, right segment) bool {
	if left.kind == field && sameField(left, right) {
		row.Left, row.Right = []Span{{Text: left.text}}, []Span{{Text: right.text}}
		return true
	}
	l, r, ok := x.script(left.tokens, right.tokens)
	row.Left, row.Right = spans(left, l), spans(right, r)
	for _, s := range append(row.Left[:len(row.Left):len(row.Left)], row.Right...) {
		row.Differs = row.Differs || s.Mark != Same
	}
	return ok
}

// spans are a segment's text, with the tokens marked that are only there. White
// space between two of them is marked with them.
func spans(s segment, only []bool) []Span {
	var all []Span
	from, mark := 0, Same
	cut := func(to int, next Mark) {
		if next != mark {
			if to > from {
				all = append(all, Span{s.text[from:to], mark})
			}
			from, mark = to, next
		}
	}
	for i, t := range s.tokens {
		if only[i] {
			cut(t.from, Only)
		} else if i > 0 {
			cut(s.tokens[i-1].to, Same)
		}
	}
	if n := len(s.tokens); n > 0 {
		cut(s.tokens[n-1].to, Same)
	}
	if from < len(s.text) || all == nil {
		all = append(all, Span{s.text[from:], mark})
	}
	return all
}

// script marks the tokens that only one side has: words by a shortest edit
// script, then signs by one between each two words that are the same.
func (x *lexicon) script(a, b []token) (onlyA, onlyB []bool, ok bool) {
	onlyA, onlyB = make([]bool, len(a)), make([]bool, len(b))
	idsA, atA := pick(a, 0, len(a), true)
	idsB, atB := pick(b, 0, len(b), true)
	pairs, ok := x.common(idsA, idsB)
	if !ok {
		return onlyA, onlyB, false
	}
	for i := range a {
		onlyA[i] = true
	}
	for j := range b {
		onlyB[j] = true
	}
	i, j := 0, 0
	for k, p := range append(pairs, len(atB)) {
		if p < 0 {
			continue
		}
		toA, toB := len(a), len(b)
		if k < len(atA) {
			toA, toB = atA[k], atB[p]
			onlyA[toA], onlyB[toB] = false, false
		}
		signsA, placesA := pick(a, i, toA, false)
		signsB, placesB := pick(b, j, toB, false)
		same, ok := x.common(signsA, signsB)
		if !ok {
			return onlyA, onlyB, false
		}
		for s, o := range same {
			if o >= 0 {
				onlyA[placesA[s]], onlyB[placesB[o]] = false, false
			}
		}
		i, j = toA+1, toB+1
	}
	return onlyA, onlyB, true
}

// pick is the ids and places of the words, or the signs, in tokens[from:to].
func pick(tokens []token, from, to int, word bool) (ids []int32, at []int) {
	for i := from; i < to; i++ {
		if t := tokens[i]; t.word == word {
			ids, at = append(ids, t.id), append(at, i)
		}
	}
	return ids, at
}
