package markdown

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// A flow is text whose markup has become looks. A newline in it is a line break
// that stays.
type flow struct {
	buf    []byte
	spans  []span
	method ansi.Method // that the terminal measures text by
}

// A span ends where the next one begins; the first begins at 0.
type span struct {
	end  int
	look look
}

func (f *flow) reset() { f.buf, f.spans = f.buf[:0], f.spans[:0] }

func (f *flow) add(s string, lk look) {
	if s == "" {
		return
	}
	f.buf = append(f.buf, s...)
	if n := len(f.spans); n > 0 && f.spans[n-1].look == lk {
		f.spans[n-1].end = len(f.buf)
		return
	}
	f.spans = append(f.spans, span{len(f.buf), lk})
}

// A row is the part of a flow that one line of the screen shows.
type row struct{ a, b, width int }

// A wrapper cuts flows into rows.
type wrapper struct {
	f     *flow
	width int
	hard  bool // code: cut at the width, and every space counts

	rows  []row
	i     int // the next character
	span  int // that it lies in
	start int // of the row
	col   int // from start to i

	breakable bool // the row can end at cut
	cut, next int  // its text would end at cut, the next row's begin at next
	nextCol   int  // from start to next
	glue      bool // the character before forbids a break
}

// wrap cuts f into rows of at most width cells, at spaces, hyphens and between
// wide characters, and within a word where nothing else helps. The first row
// begins at column col, where an earlier flow has stopped. An empty flow is one
// empty row.
func (w *wrapper) wrap(f *flow, width, col int, hard bool) []row {
	if width < 2 {
		f.narrow()
	}
	*w = wrapper{f: f, width: max(width, 1), hard: hard, rows: w.rows[:0], col: col}
	resumed := col > 0
	for w.i < len(f.buf) {
		switch c := f.buf[w.i]; {
		case c == '\n':
			w.end(w.i, w.i+1)
			w.col, resumed = 0, false
		case c == ' ' && !hard:
			if w.i == w.start && !resumed {
				w.start++
			} else {
				w.space()
			}
			w.i++
		default:
			if w.word() {
				resumed = false
			}
		}
	}
	w.end(len(f.buf), len(f.buf))
	return w.rows
}

// space notes that the row may end before this run of spaces. Spaces past the
// width hang and are not shown.
func (w *wrapper) space() {
	if !w.breakable || w.next != w.i {
		w.cut = w.i
	}
	w.col++
	w.breakable, w.next, w.nextCol, w.glue = true, w.i+1, w.col, false
}

// word takes one character, or ends the row if it has no room; then it returns
// true and the character is looked at again.
func (w *wrapper) word() bool {
	n, wide, r := w.cluster()
	if !w.hard && wide == 2 && !w.glue && w.i > w.start && (han(r) || !strings.ContainsRune(noStart, r)) {
		w.breakHere(w.i, w.col)
	}
	if w.col+wide > w.width {
		if w.breakable {
			w.end(w.cut, w.next)
			w.col -= w.nextCol
			return true
		}
		if w.col > 0 {
			w.end(w.i, w.i)
			w.col = 0
			return true
		}
	}
	before := w.i
	w.i += n
	w.col += wide
	w.glue = r == '(' || r == '[' || r == '{' || r >= utf8.RuneSelf && !han(r) && strings.ContainsRune(noEnd, r)
	if !w.hard && w.i < len(w.f.buf) && w.endsPart(before, r, wide) {
		w.breakHere(w.i, w.col)
	}
	return false
}

func (w *wrapper) breakHere(at, col int) {
	w.breakable, w.cut, w.next, w.nextCol = true, at, at, col
}

// noStart may not begin a row; noEnd may not end one, nor may ( [ {.
const (
	noStart = "、。，．：；！？」』）】〉》〕］｝ー々〻ぁぃぅぇぉっゃゅょァィゥェォッャュョ…‥％)]},.:;!?%'\"”’"
	noEnd   = "「『（【〈《〔［｛“‘"
)

// endsPart reports whether a row may end after the character r at i.
func (w *wrapper) endsPart(i int, r rune, wide int) bool {
	after := w.f.buf[w.i]
	switch {
	case r == '-':
		return i > w.start && alnum(w.f.buf[i-1]) && alnum(after)
	case r == '—' || r == '–':
		return true
	case wide == 2 && !w.glue:
		if after < utf8.RuneSelf {
			return strings.IndexByte(noStart, after) < 0
		}
		next, _ := utf8.DecodeRune(w.f.buf[w.i:])
		return han(next) || !strings.ContainsRune(noStart, next)
	}
	return false
}

// cluster is the length, the width and the first rune of the character at i. It
// ends where its span ends: the sequence written there parts it on the screen.
func (w *wrapper) cluster() (n, wide int, r rune) {
	for w.f.spans[w.span].end <= w.i {
		w.span++
	}
	rest := w.f.buf[w.i:w.f.spans[w.span].end]
	if rest[0] < utf8.RuneSelf && (len(rest) == 1 || rest[1] < utf8.RuneSelf) {
		return 1, 1, rune(rest[0])
	}
	if r, n = utf8.DecodeRune(rest); cjk(r) {
		// Most of what is not ASCII: no need to ask what it combines with.
		if n == len(rest) || rest[n] < utf8.RuneSelf {
			return n, 2, r
		}
		if after, _ := utf8.DecodeRune(rest[n:]); cjk(after) {
			return n, 2, r
		}
	}
	c, wide := ansi.FirstGraphemeCluster(rest, w.f.method)
	return len(c), wide, r
}

// cjk reports whether r is two cells wide and combines with nothing like it.
func cjk(r rune) bool {
	return han(r) || r >= 0x3001 && r <= 0x3029 || r >= 0x3041 && r <= 0x3096 || r >= 0x30a1 && r <= 0x30fa ||
		r >= 0xac00 && r <= 0xd7a3 || r >= 0xff01 && r <= 0xff5e
}

func han(r rune) bool { return r >= 0x3400 && r <= 0x4dbf || r >= 0x4e00 && r <= 0x9fff }

// end ends the row at b; the next one starts at next.
func (w *wrapper) end(b, next int) {
	width := w.col
	if w.breakable && b == w.cut {
		width = w.nextCol - (w.next - w.cut)
	}
	if !w.hard {
		for b > w.start && w.f.buf[b-1] == ' ' {
			b--
			width--
		}
	}
	w.rows = append(w.rows, row{w.start, b, width})
	w.start, w.breakable, w.glue = next, false, false
	w.i = max(w.i, next)
}

// narrow makes every character fit into one cell.
func (f *flow) narrow() {
	g := flow{method: f.method}
	from := 0
	for _, s := range f.spans {
		for rest := f.buf[from:s.end]; len(rest) > 0; {
			c, wide := ansi.FirstGraphemeCluster(rest, f.method)
			if wide > 1 {
				g.add("?", s.look)
			} else {
				g.add(string(c), s.look)
			}
			rest = rest[len(c):]
		}
		from = s.end
	}
	*f = g
}

// paint appends buf[a:b] with its looks; what it appends ends plain.
func (f *flow) paint(dst []byte, st *Styles, a, b int) []byte {
	lo, hi := 0, len(f.spans)
	for lo < hi { // the first span that ends after a
		if mid := (lo + hi) / 2; f.spans[mid].end > a {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	for ; a < b; lo++ {
		to := min(b, f.spans[lo].end)
		if seq := st.begin(f.spans[lo].look); seq != "" {
			dst = append(append(append(dst, seq...), f.buf[a:to]...), end...)
		} else {
			dst = append(dst, f.buf[a:to]...)
		}
		a = to
	}
	return dst
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
