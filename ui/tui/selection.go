package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"juxta/ui/markdown"
)

// A selection is text that is marked with the mouse, within one pane. It stays
// with its text when that scrolls.
type selection struct {
	pane     int       // index of the frame's pane
	from, to textPoint // in either order; both ends belong to it
}

// A textPoint is a cell of a line of a turn in one pane.
type textPoint struct{ turn, line, x int }

func (p textPoint) before(o textPoint) bool {
	switch {
	case p.turn != o.turn:
		return p.turn < o.turn
	case p.line != o.line:
		return p.line < o.line
	}
	return p.x < o.x
}

// ends are the ends in their order.
func (s *selection) ends() (from, to textPoint) {
	if s.to.before(s.from) {
		return s.to, s.from
	}
	return s.from, s.to
}

// within is the cells [from, to) of a line that are selected; none if from is
// not below to.
func (s *selection) within(turn, line, wide int) (from, to int) {
	first, last := s.ends()
	here := textPoint{turn, line, 0}
	if at := (textPoint{first.turn, first.line, 0}); here.before(at) {
		return 0, 0
	} else if here == at {
		from = first.x
	}
	if at := (textPoint{last.turn, last.line, 0}); at.before(here) {
		return 0, 0
	} else if here == at {
		wide = min(wide, last.x+1)
	}
	return from, wide
}

// mark draws what is selected of lines of a turn, the first of which is the one
// with the given number.
func (s *selection) mark(turn, first int, lines []string, look *look) {
	for i, l := range lines {
		from, to := s.within(turn, first+i, look.width(strings.TrimRight(ansi.Strip(l), " ")))
		if from < to {
			lines[i] = look.over(l, from, to, look.theme.Selection.Render)
		}
	}
}

// placeAt is the place at a row of the body and a cell of its text in the k-th
// pane, or the nearest one.
func (tr *transcript) placeAt(k, row, x int, b body) (p textPoint, ok bool) {
	tr.settle(b)
	tr.eachInView(k, b, func(i, y, from, room int) {
		if y > row && ok {
			return
		}
		line := from + min(max(row-y, 0), max(room-1, 0))
		line = max(min(line, tr.cell(i, k, b).height(b.widths[k], b.look)-1), 0)
		p, ok = textPoint{tr.turns[i].ID, line, x}, true
	})
	return p, ok
}

// selected is the text of a selection, without borders and indentation of the
// screen's, and with lines that were only wrapped joined again.
func (tr *transcript) selected(s *selection, b body) string {
	if s == nil || s.pane >= len(b.columns) {
		return ""
	}
	first, last := s.ends()
	var out strings.Builder
	begun := false
	for i, t := range tr.turns {
		if t.ID < first.turn || t.ID > last.turn {
			continue
		}
		w := b.widths[s.pane]
		c := tr.cell(i, s.pane, b)
		for n := range c.height(w, b.look) {
			text := ansi.Strip(c.line(n, w, b.look))
			wide := b.look.width(text)
			from, to := s.within(t.ID, n, max(wide, 1))
			if from >= to {
				continue
			}
			fold := c.fold(n, w, b.look)
			from = max(from, min(fold.Lead, wide))
			text = strings.TrimRight(b.look.TruncateLeft(b.look.Truncate(text, max(to, from), ""), from, ""), " ")
			switch {
			case !begun:
			case fold.Join == markdown.Spaced:
				out.WriteByte(' ')
			case fold.Join == markdown.Close:
			default:
				out.WriteByte('\n')
			}
			begun = true
			out.WriteString(text)
		}
	}
	return strings.TrimRight(out.String(), "\n")
}
