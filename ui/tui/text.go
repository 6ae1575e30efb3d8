package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// fit is s in exactly w cells: cut with "…", or filled with spaces. s may be
// styled.
func fit(s string, w int) string {
	if w <= 0 {
		return ""
	}
	n := ansi.StringWidth(s)
	if n > w {
		s = ansi.Truncate(s, w, "…")
		n = ansi.StringWidth(s)
	}
	return s + spaces(w-n)
}

// crop is what of s is inside of w×h cells. s may be styled.
func crop(s string, w, h int) string {
	lines := strings.Split(s, "\n")
	lines = lines[:min(len(lines), h)]
	for i, l := range lines {
		lines[i] = ansi.Truncate(l, w, "")
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
func wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	s = strings.ReplaceAll(s, "\t", "    ")
	return strings.Split(ansi.Wrap(s, w, ""), "\n")
}

// spread puts left and right at the two ends of w cells; right goes first when
// there is no room for both.
func spread(left, right string, w int) string {
	l, r := ansi.StringWidth(left), ansi.StringWidth(right)
	if l+r+1 > w {
		if r+8 > w {
			return fit(left, w)
		}
		return fit(left, w-r-1) + " " + right
	}
	return left + spaces(w-l-r) + right
}
