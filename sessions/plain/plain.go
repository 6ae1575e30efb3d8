// Package plain is the one sanitiser: it turns what a model, a server, a file
// or the clipboard said into text that a terminal shows and never obeys.
//
// Its model of the world: every character has one of four fates.
//
//   - It is kept: what prints, and newline and tab. Tabs are for whoever lays
//     the text out to expand, since only he knows the column.
//   - It is made a newline: CR, CRLF, NEL, and the line and paragraph separators.
//   - It is replaced by a sign: a control by its picture (ESC becomes "␛"), C1
//     controls and whatever is not UTF-8 by "�". Without its introducer the rest
//     of an escape sequence is inert text, so nothing is hidden from the reader
//     and an unterminated one swallows nothing.
//   - It is dropped: what has no width of its own and changes its neighbours'.
//     That is every bidi control, joiner, selector, tag and filler.
//
// Width decides the doubtful cases, because panes stand side by side and one
// cell of disagreement with the terminal tears the grid. Emoji joined by ZWJ,
// coloured by a skin tone or widened by a variation selector measure 1 to 8
// cells, depending on the terminal, and are taken apart; joiners stay between
// the letters of scripts that are spelled with them.
package plain

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks one character may carry. Hebrew with
// vowels and accents needs three; stacks beyond that paint over other rows.
const maxMarks = 4

// dotted carries a mark that has nothing to sit on: at the start of a line it
// would join whatever the screen shows to its left.
const dotted = "\u25cc"

// Text is s without anything that acts on a terminal. It keeps newlines and
// tabs, is valid UTF-8, and Text(Text(s)) == Text(s). A text with nothing to
// change is returned as it is, without allocating.
func Text(s string) string {
	var st Stream
	out := st.Add(s)
	if st.held == "" {
		return out
	}
	return out + st.Flush()
}

// Line is Text on one line, for titles, names and notices: every run of white
// space is one space, and there is none at the ends.
func Line(s string) string {
	// The second pass looks at marks that trimming has brought to the front.
	return Text(strings.Join(strings.Fields(Text(s)), " "))
}

// A Stream is Text for a text that comes in chunks: wherever it is cut, in the
// middle of a character, a line end or an escape sequence, the concatenation of
// all results is Text of the whole. The zero value is ready.
type Stream struct {
	held  string // the first bytes of a character whose rest has not come
	cr    bool   // the last character was a CR, whose LF is part of it
	base  base
	marks int // on the current base
}

// A base is what a combining mark would sit on.
type base uint8

const (
	nothing base = iota // the start of a line
	joining             // a letter of a script that is spelled with joiners
	other
)

// Add returns what the chunk makes certain.
func (s *Stream) Add(chunk string) string {
	if s.held != "" {
		chunk = s.held + chunk
		s.held = ""
	}
	var out []byte // nil while nothing had to change
	done := 0      // chunk[:done] is in out
	for i := 0; i < len(chunk); {
		if n := ascii(chunk[i:]); n > 0 && (chunk[i] != '\n' || !s.cr) {
			i += n
			s.cr, s.marks, s.base = false, 0, other
			if chunk[i-1] < ' ' {
				s.base = nothing
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(chunk[i:])
		if r == utf8.RuneError && size == 1 && !utf8.FullRuneInString(chunk[i:]) {
			s.held = strings.Clone(chunk[i:])
			chunk = chunk[:i]
			break
		}
		if with, kept := s.next(r, size); !kept {
			out = append(append(out, chunk[done:i]...), with...)
			done = i + size
		}
		i += size
	}
	if done == 0 {
		return chunk
	}
	return string(append(out, chunk[done:]...))
}

// Flush ends the text: it returns what was held back and makes s as new.
func (s *Stream) Flush() string {
	out := strings.Repeat(string(utf8.RuneError), len(s.held))
	*s = Stream{}
	return out
}

// ascii is the length of what s begins with that is always kept.
func ascii(s string) int {
	for i := range len(s) {
		if c := s[i]; (c < ' ' && c != '\n' && c != '\t') || c >= 0x7f {
			return i
		}
	}
	return len(s)
}

// next decides on one character: kept, or what stands in its place. Dropped
// characters leave no trace in the state, or a second pass would see another
// text than the first one did.
func (s *Stream) next(r rune, size int) (with string, kept bool) {
	cr := s.cr
	s.cr = r == '\r'
	switch {
	case r == '\n' && cr:
		return "", false
	case r == '\r', r == 0x85, r == 0x2028, r == 0x2029:
		s.base, s.marks = nothing, 0
		return "\n", false
	case r < ' ':
		s.base, s.marks = other, 0
		return string(0x2400 + r), false
	case r == 0x7f:
		s.base, s.marks = other, 0
		return "\u2421", false
	case r < 0xa0, r == utf8.RuneError && size == 1, r&0xfffe == 0xfffe, unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		s.base, s.marks = other, 0
		return string(utf8.RuneError), false
	case r < 0x300 && r != 0xad, common(r):
		s.base, s.marks = other, 0
		return "", true
	case ignorable(r):
		if joiner(r) && s.base == joining && s.marks < maxMarks {
			s.marks++
			return "", true
		}
		s.cr = cr
		return "", false
	case combining(r):
		return s.mark(r, cr)
	}
	s.base, s.marks = other, 0
	if r >= 0x590 && unicode.IsLetter(r) {
		s.base = joining
	}
	return "", true
}

// mark decides on a combining mark.
func (s *Stream) mark(r rune, cr bool) (with string, kept bool) {
	switch {
	case s.base == nothing:
		s.base, s.marks = other, 1
		return dotted + string(r), false
	case s.marks == maxMarks:
		s.cr = cr
		return "", false
	}
	s.marks++
	return "", true
}

// common spares most of what is written from the tables: signs, boxes, kana,
// Han and Hangul, none of which combine.
func common(r rune) bool {
	return r >= 0x2100 && r <= 0x2bff || r >= 0x3001 && r <= 0x3029 || r >= 0x3041 && r <= 0x3096 ||
		r >= 0x30a1 && r <= 0x30fa || r >= 0x3400 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7a3
}

func joiner(r rune) bool { return r == 0x200c || r == 0x200d }

// ignorable reports whether r has no glyph and acts on its neighbours.
func ignorable(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) ||
		r >= 0x1f3fb && r <= 0x1f3ff || // skin tones
		r >= 0xe0000 && r <= 0xe0fff
}

// combining reports whether r joins the character before it, so that any number
// of them would still be one cell to those who count characters.
func combining(r rune) bool {
	switch {
	case r >= 0x1160 && r <= 0x11ff, r >= 0xd7b0 && r <= 0xd7ff: // vowels and finals of Hangul
		return true
	case r == 0xff9e, r == 0xff9f, r == 0xe33, r == 0xeb3:
		return true
	}
	return unicode.Is(unicode.M, r)
}
