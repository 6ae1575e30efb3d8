package tui

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// A ruler measures text as the terminal does. What a letter of Hindi or Thai
// takes, terminals do not agree on: those with mode 2027 count grapheme
// clusters, the others characters. Bubble Tea's renderer asks, and this follows
// its answer; measured in the other way, such a letter would push a pane's
// border aside.
type ruler struct{ ansi.Method }

func (r ruler) width(s string) int {
	if ascii(s) {
		return len(s)
	}
	return r.StringWidth(s)
}

// ascii reports whether each byte of s is a character in a cell of its own.
// Lists are mostly that, and measuring them by cluster takes 30 times as long.
func ascii(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// cut is s in at most w cells, with "…" where something is missing.
func (r ruler) cut(s string, w int) string {
	if w = max(w, 0); w > 0 && ascii(s) {
		if len(s) <= w {
			return s
		}
		return s[:w-1] + "…"
	}
	return r.Truncate(s, w, "…")
}

// head is as much of the beginning of s, which is plain text, as w cells hold. It
// looks at no more than it needs: whoever takes a long word apart line by line
// would otherwise measure what is left of it each time.
func (r ruler) head(s string, w int) string {
	for n := 8*max(w, 0) + 64; n < len(s); n *= 2 {
		for !utf8.RuneStart(s[n]) && n < len(s)-1 {
			n++
		}
		if r.width(s[:n]) > w { // so the cluster that is cut is behind what has room
			return r.Truncate(s[:n], w, "")
		}
	}
	if r.width(s) > w {
		return r.Truncate(s, w, "")
	}
	return s
}

// middle is s in at most w cells, with "…" in its middle: the names of a
// folder's files often differ at their ends alone. s is plain text.
func (r ruler) middle(s string, w int) string {
	n := r.width(s)
	if n <= w || w < 5 {
		return r.cut(s, w)
	}
	tail := r.TruncateLeft(s, n-w/2, "")
	for i := 1; r.width(tail) > w/2; i++ { // half a wide character is none
		tail = r.TruncateLeft(s, n-w/2+i, "")
	}
	return r.Truncate(s, w-1-w/2, "") + "…" + tail
}

// fit is s in exactly w cells: cut with "…", or filled with spaces. s may be
// styled.
func (r ruler) fit(s string, w int) string {
	if w <= 0 {
		return ""
	}
	n := r.width(s)
	if n > w {
		s = r.cut(s, w)
		n = r.width(s)
	}
	return s + spaces(w-n)
}

// crop is what of s is inside of w×h cells. s may be styled.
func (r ruler) crop(s string, w, h int) string {
	lines := strings.Split(s, "\n")
	lines = lines[:min(len(lines), h)]
	for i, l := range lines {
		lines[i] = r.Truncate(l, w, "")
	}
	return strings.Join(lines, "\n")
}

// splice puts over in place of the cells [x, x+w) of line, of which a screen of
// all cells shows the rest. Both may be styled. Lip Gloss's compositor takes
// ten times as long, as it parses every line of the screen.
func (r ruler) splice(line, over string, x, w, all int) string {
	over = r.fit(over, w)
	if x <= 0 && w >= all {
		return over
	}
	rest := all - x - w
	right := r.TruncateLeft(line, x+w, "")
	if n := r.width(right); n > rest { // half a wide character is none
		right = r.TruncateLeft(right, n-rest, "")
	}
	if n := r.width(right); r.width(line) >= all || n > 0 {
		right = spaces(rest-n) + right
	}
	const plainly = "\x1b[m"
	left := r.Truncate(line, x, "")
	return left + plainly + spaces(x-r.width(left)) + over + plainly + right
}

const blank = "                                                                                                                                "

func spaces(n int) string {
	switch {
	case n <= 0:
		return ""
	case n <= len(blank):
		return blank[:n]
	}
	return strings.Repeat(" ", n)
}

// wrap is s in lines of at most w cells, broken between words where there are
// any. s is plain text; tabs become spaces.
func (r ruler) wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	s = strings.ReplaceAll(s, "\t", "    ")
	return strings.Split(r.Wrap(s, w, ""), "\n")
}

// first wraps a text into the given number of lines at the most; the last one is
// full, and ends with an ellipsis where that is not all.
func (r ruler) first(text string, w, most int) []string {
	lines := r.wrap(text, w)
	if len(lines) <= most {
		return lines
	}
	return append(lines[:most-1], r.cut(strings.Join(lines[most-1:], " "), w))
}

// spread puts left and right at the two ends of w cells; right goes first when
// there is no room for both.
func (r ruler) spread(left, right string, w int) string {
	l, n := r.width(left), r.width(right)
	if l+n+1 > w {
		if n+8 > w {
			return r.fit(left, w)
		}
		return r.fit(left, w-n-1) + " " + right
	}
	return left + spaces(w-l-n) + right
}

// plural is a number of things, of which the word is that of one.
func plural(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}
