package tui

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"juxta/ui/markdown"
)

// A marking is what stands out in the answers: where a needle stands, and which
// of the places is the current one.
type marking struct {
	needle *needle
	cell   *cell // with the current place; nil for none in view
	asking bool  // it is in the question
	nth    int
}

// A stretched is cells [from, to) of a line of a cell, a part of the place with the
// number nth in its question or its answer.
type stretched struct {
	line, from, to int
	asking         bool
	nth            int
}

// marked are the places of a needle in a cell, for what they were found in.
type marked struct {
	needle   *needle
	w, lines int
	running  bool
	found    []stretched
}

// places are where n stands in the cell's question and answer at width w, line by
// line.
func (c *cell) places(n *needle, w int, look *look) []stretched {
	c.lay(w, look)
	m := &c.marked
	if lines := c.height(w, look); m.needle != n || m.w != w || m.lines != lines || c.running || m.running {
		*m = marked{needle: n, w: w, lines: lines, running: c.running}
		m.found = c.find(n, 0, min(len(c.asking), longQuestion), true, w, look)
		m.found = append(m.found, c.find(n, len(c.head), len(c.head)+c.doc.Height(w), false, w, look)...)
	}
	return m.found
}

// A spot of a line that was cut into rows: which row, and which cells.
type cellSpot struct{ line, from, to int }

// find looks through the lines [first, last) of the cell.
func (c *cell) find(n *needle, first, last int, asking bool, w int, look *look) (found []stretched) {
	var text []rune
	var spots []cellSpot
	nth := 0
	flush := func() {
		for i := 0; i+len(n.runes) <= len(text); {
			if !n.stands(text[i:]) {
				i++
				continue
			}
			for _, s := range spots[i : i+len(n.runes)] {
				if k := len(found) - 1; k >= 0 && found[k].line == s.line && found[k].nth == nth && found[k].asking == asking {
					found[k].to = max(found[k].to, s.to)
				} else if s.to > s.from {
					found = append(found, stretched{s.line, s.from, s.to, asking, nth})
				}
			}
			nth++
			i += len(n.runes)
		}
		text, spots = text[:0], spots[:0]
	}
	for i := first; i < last; i++ {
		switch fold := c.fold(i, w, look); {
		case fold.Join == markdown.Apart:
			flush()
		case fold.Join == markdown.Spaced:
			text, spots = append(text, ' '), append(spots, cellSpot{line: i})
		}
		text, spots = c.letters(i, w, look, text, spots)
	}
	flush()
	return found
}

// letters appends the runes of a line of the cell, and where they stand.
func (c *cell) letters(line, w int, look *look, text []rune, spots []cellSpot) ([]rune, []cellSpot) {
	lead, at := c.fold(line, w, look).Lead, 0
	rest := ansi.Strip(c.line(line, w, look))
	for rest != "" {
		cluster, wide := ansi.FirstGraphemeCluster(rest, look.Method)
		if rest = rest[len(cluster):]; at >= lead {
			for _, r := range cluster {
				text, spots = append(text, r), append(spots, cellSpot{line, at, at + wide})
			}
		}
		at += wide
	}
	return text, spots
}

// stands reports whether the text begins with the needle.
func (n *needle) stands(text []rune) bool {
	for i, r := range n.runes {
		if t := text[i]; t != r && (n.exact || unicode.ToLower(t) != r) {
			return false
		}
	}
	return len(n.runes) > 0
}

// lineOf is the line of the cell in which a place begins; the last one found if
// there are fewer, and 0 if there is none.
func (c *cell) lineOf(n *needle, asking bool, nth, w int, look *look) int {
	line := 0
	for _, s := range c.places(n, w, look) {
		if s.asking == asking && s.nth <= nth {
			if line = s.line; s.nth == nth {
				break
			}
		}
	}
	return line
}

// mark draws the places over lines of the cell, the first of which is the one
// with the given number.
func (k *marking) mark(c *cell, first int, lines []string, w int, look *look) {
	found := c.places(k.needle, w, look)
	for i := len(found) - 1; i >= 0; i-- { // from the right
		s := found[i]
		if s.line < first || s.line >= first+len(lines) {
			continue
		}
		style := look.theme.Match
		if k.cell == c && s.asking == k.asking && s.nth == k.nth {
			style = look.theme.MatchHere
		}
		l := &lines[s.line-first]
		*l = look.over(*l, s.from, s.to, style.Render)
	}
}

// over draws the cells [from, to) of a line anew, in one style.
func (r ruler) over(line string, from, to int, style func(...string) string) string {
	left, right := r.Truncate(line, from, ""), r.TruncateLeft(line, to, "")
	middle := ansi.Strip(r.TruncateLeft(r.Truncate(line, to, ""), from, ""))
	if middle == "" {
		return line
	}
	const plainly = "\x1b[m"
	return left + plainly + style(middle) + plainly + right
}

// line is a line of the cell.
func (c *cell) line(i, w int, look *look) string {
	c.lay(w, look)
	switch n := c.doc.Height(w); {
	case i < len(c.head):
		return c.head[i]
	case i < len(c.head)+n:
		return at(c.doc.Rows(w, i-len(c.head), i-len(c.head)+1), 0)
	default:
		return at(c.foot, i-len(c.head)-n)
	}
}

// fold is how a line of the cell stands in its text.
func (c *cell) fold(i, w int, look *look) markdown.Fold {
	c.lay(w, look)
	switch {
	case i < min(len(c.asking), longQuestion):
		if c.askingJoins == nil {
			c.askingJoins = joins(c.question, c.asking)
		}
		return markdown.Fold{Join: c.askingJoins[i], Lead: 2}
	case i >= len(c.head) && i < len(c.head)+c.doc.Height(w):
		return c.doc.Fold(w, i-len(c.head))
	}
	return markdown.Fold{}
}

// joins are how rows that plain text was wrapped into go on from each other.
func joins(text string, rows []string) []markdown.Join {
	text = strings.ReplaceAll(text, "\t", "    ")
	all := make([]markdown.Join, len(rows))
	for i, row := range rows {
		if i > 0 {
			trimmed := strings.TrimLeft(text, " ")
			switch {
			case strings.HasPrefix(text, "\n"):
				text = text[1:]
			case strings.HasPrefix(trimmed, "\n"):
				text = trimmed[1:]
			case len(trimmed) < len(text) && !strings.HasPrefix(text, row):
				all[i], text = markdown.Spaced, trimmed
			default:
				all[i] = markdown.Close
			}
		}
		text = strings.TrimPrefix(text, row)
	}
	return all
}
