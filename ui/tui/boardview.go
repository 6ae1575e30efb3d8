package tui

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"juxta/sessions/verdict"
)

// What a board's bars may take, in cells.
const leastBar, mostBar = 6, 40

// A grid is how wide the parts of a board's lines are; what has no room is 0.
type grid struct{ label, name, bar, main, n, rest int }

// plan divides w cells between the parts. What may be said goes first, then the
// bars.
func (o *board) plan(w int) grid {
	var p grid
	rest := 0
	for i := range o.names {
		p.name = max(p.name, o.look.width(o.name(i, w)))
	}
	for _, g := range o.sums {
		p.label = max(p.label, o.look.width(g.label))
		for _, r := range g.rows {
			p.main = max(p.main, o.look.width(r.main))
			p.n = max(p.n, len("n="+strconv.Itoa(r.n)))
			rest = max(rest, o.look.width(words(r.must, r.may)))
		}
	}
	p.name = min(p.name, max(w/4, 12))
	left := w - p.label - p.name - p.main - p.n - 3
	if left < leastBar+1 {
		p.name = max(p.name+min(left, 0), 1) // the figures stay
		return p
	}
	p.bar = min(max(left-1-rest-2, min(left-1, w/7), leastBar), mostBar)
	p.rest = max(left-1-p.bar-2, 0)
	return p
}

func words(parts ...[]string) string { return strings.Join(slices.Concat(parts...), " · ") }

// name is whom a score is of, in at most w cells; models' names often differ at
// their ends alone.
func (o *board) name(i, w int) string {
	n := o.names[i]
	return n.number + " " + o.look.middle(n.text, max(w-o.look.width(n.number)-1, 1))
}

// draw is the board's lines in w cells.
func (o *board) draw(w int) (lines []string) {
	th := o.look.theme
	o.heads = nil
	switch {
	case o.busy:
		return []string{th.Muted.Render("reading the session")}
	case o.wrong != "":
		for _, l := range o.look.wrap(o.wrong, w) {
			lines = append(lines, th.Warn.Render(l))
		}
		return lines
	case len(o.sums) == 0:
		for _, l := range o.look.wrap("Nothing to score yet: ask a question, and votes, costs and times of the answers stand here.", w) {
			lines = append(lines, th.Muted.Render(l))
		}
		return lines
	}
	p := o.plan(w)
	for i, g := range o.sums {
		if i > 0 && len(o.names) > 1 {
			lines = append(lines, "")
		}
		o.heads = append(o.heads, len(lines))
		most := 0.0
		for _, r := range g.rows {
			most = max(most, r.bar)
		}
		for k, r := range g.rows {
			label := ""
			if k == 0 {
				label = g.label
			}
			line, below := o.line(label, r, most, p)
			lines = append(lines, line)
			for _, l := range o.look.wrap(below, w-p.label-3) {
				if l != "" {
					lines = append(lines, spaces(p.label+3)+th.Muted.Render(l))
				}
			}
		}
	}
	for i, note := range o.notes {
		if i == 0 {
			lines = append(lines, "")
		}
		for _, l := range o.look.wrap(note, w) {
			lines = append(lines, th.Faint.Render(l))
		}
	}
	return lines
}

// line is one score's line of a chart of which most is the longest bar, and what
// had no room in it and must be said.
func (o *board) line(label string, r figure, most float64, p grid) (line, below string) {
	th, lk := o.look.theme, o.look
	line = th.Title.Render(lk.fit(label, p.label)) + " " + lk.fit(o.name(r.of, p.name), p.name) + " "
	if p.bar > 0 {
		bar := ""
		switch {
		case r.won != nil:
			bar = shares(*r.won, p.bar)
		case r.bar > 0:
			bar = bars(r.bar/most, p.bar)
		}
		line += th.Column(o.names[r.of].place).Render(lk.fit(bar, p.bar)) + " "
	}
	line += spaces(p.main-lk.width(r.main)) + r.main + " " + th.Muted.Render(lk.fit("n="+strconv.Itoa(r.n), p.n))
	said := words(r.must)
	if lk.width(said) > p.rest {
		return line, said
	}
	for i := range r.may {
		if more := words(r.must, r.may[:i+1]); lk.width(more) <= p.rest {
			said = more
		}
	}
	return line + "  " + th.Muted.Render(said), ""
}

// bars is a bar of part (0 to 1) of w cells, to an eighth of a cell; what is
// there at all is seen.
func bars(part float64, w int) string {
	eighths := max(int(math.Round(part*float64(w)*8)), 1)
	return strings.Repeat("█", eighths/8) + []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}[eighths%8]
}

// shares is a bar of w cells of what was won, tied and lost, which differ
// without colour, too.
func shares(t verdict.Tally, w int) string {
	n := float64(t.N())
	won := int(math.Round(float64(t.Wins) / n * float64(w)))
	lost := int(math.Round(float64(t.Losses) / n * float64(w)))
	if won+lost > w { // both were rounded up
		lost = w - won
	}
	return strings.Repeat("█", won) + strings.Repeat("▒", w-won-lost) + strings.Repeat("░", lost)
}
