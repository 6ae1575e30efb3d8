package diff

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a word or a sign of a text. White space is neither.
type token struct {
	from, to int   // bytes of the text
	id       int32 // the same for the same word
	folded   int32 // the same for the same word in another case
	word     bool  // and not a sign
}

// A lexicon numbers words, so that texts are compared as numbers. Only tokens of
// one lexicon are comparable.
type lexicon struct {
	ids     map[string]int32
	folds   []int32 // by id
	lengths []int32 // in runes, by id
	steps   int     // of work that may still be done
}

// mostSteps is the work that is done for one result at most. A step takes one
// to three nanoseconds; two texts of 40,000 words each that share all their
// vocabulary and nothing else are within it.
const mostSteps = 1 << 26

func newLexicon() *lexicon { return &lexicon{ids: map[string]int32{}, steps: mostSteps} }

// spend reports whether so much work may be done, and counts it.
func (x *lexicon) spend(steps int) bool {
	if steps > x.steps {
		return false
	}
	x.steps -= steps
	return true
}

// id is the number of a word. An apostrophe is one however it is written.
func (x *lexicon) id(word string) int32 {
	if id, ok := x.ids[word]; ok {
		return id
	}
	if straight := strings.ReplaceAll(word, "’", "'"); straight != word {
		id := x.id(straight)
		x.ids[word] = id
		return id
	}
	id := int32(len(x.folds))
	x.ids[word] = id
	x.folds = append(x.folds, id)
	x.lengths = append(x.lengths, int32(utf8.RuneCountInString(word)))
	if lower := strings.ToLower(word); lower != word {
		fold := x.id(lower)
		x.folds[id] = fold
	}
	return id
}

// tokens are the words and signs of text[from:to].
func (x *lexicon) tokens(text string, from, to int) []token {
	all := make([]token, 0, (to-from)/5+1)
	for at := from; at < to; {
		r, n := utf8.DecodeRuneInString(text[at:to])
		c := classOf(r)
		if c == space || c == attached && !unicode.IsMark(r) {
			at += n
			continue
		}
		end := at + n
		if c == part {
			end = wordEnd(text[:to], end, r)
		} else {
			end = attachedEnd(text[:to], end)
		}
		id := x.id(text[at:end])
		all = append(all, token{from: at, to: end, id: id, folded: x.folds[id], word: c == part || c == alone})
		at = end
	}
	return all
}

type class uint8

const (
	space    class = iota
	part           // of a word: letters, digits
	alone          // a word by itself: a character of a script that puts no space between words
	attached       // to what is before it: marks, joiners
	sign           // everything else
)

func classOf(r rune) class {
	switch {
	case r < utf8.RuneSelf:
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			return part
		case r == ' ', r >= '\t' && r <= '\r':
			return space
		}
		return sign
	case unicode.IsSpace(r):
		return space
	case unicode.IsMark(r), unicode.Is(unicode.Cf, r):
		return attached
	case unicode.IsLetter(r):
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
			return alone
		}
		return part
	case unicode.IsNumber(r):
		return part
	}
	return sign
}

// wordEnd is where the word ends whose first rune, last, ends at at. Inside a
// word stand apostrophes between letters, and what groups the digits of a number.
func wordEnd(text string, at int, last rune) int {
	for at < len(text) {
		r, n := utf8.DecodeRuneInString(text[at:])
		switch classOf(r) {
		case part:
			last = r
		case attached:
		default:
			next, m := utf8.DecodeRuneInString(text[at+n:])
			if classOf(next) != part || !joins(r, last, next, text[at+n:]) {
				return at
			}
			last = next
			n += m
		}
		at += n
	}
	return at
}

// joins reports whether r holds the runes at its sides together; rest begins
// with next.
func joins(r, last, next rune, rest string) bool {
	digits := unicode.IsDigit(last) && unicode.IsDigit(next)
	switch r {
	case '\'', '’':
		return digits || unicode.IsLetter(last) && unicode.IsLetter(next)
	case '.', ',':
		return digits
	case '\u00a0', '\u202f': // between thousands
		return digits && threeDigits(rest)
	}
	return false
}

// threeDigits reports whether text begins with three ASCII digits and no fourth.
func threeDigits(text string) bool {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n == 3
}

// attachedEnd is where the marks and joiners end that follow at.
func attachedEnd(text string, at int) int {
	for at < len(text) {
		r, n := utf8.DecodeRuneInString(text[at:])
		if classOf(r) != attached {
			break
		}
		at += n
	}
	return at
}
