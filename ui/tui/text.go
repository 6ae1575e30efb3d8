package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// A ruler measures text as the terminal does. What a letter of Hindi or Thai
// takes, terminals do not agree on: those with mode 2027 count grapheme
// clusters, the others characters. Bubble Tea's renderer asks, and this follows
// its answer; measured in the other way, such a letter would push a pane's
// border aside.
type ruler struct{ ansi.Method }

func (r ruler) width(s string) int { return r.StringWidth(s) }

// cut is s in at most w cells, with "…" where something is missing.
func (r ruler) cut(s string, w int) string { return r.Truncate(s, max(w, 0), "…") }

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
