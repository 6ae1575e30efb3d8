package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"juxta/sessions/diff"
)

// besides is the width from which two answers stand beside each other; on a
// narrower screen what differs stands below each other.
const besides = 60

// contrasted is two answers that have been compared, in lines.
type contrasted struct {
	key   contrastKey
	found diff.Comparison
	lines []contrastLine
	marks []int // the first line of each row that differs
}

// A contrastLine is a line of the screen: two halves, or one of all its width.
type contrastLine struct {
	left, right string // the left half is filled with spaces
	mark        int    // index of the difference that it belongs to; -1 for none
}

// sideWidths are the widths of the two sides.
func sideWidths(w int) (left, right int) {
	left = (w - 4) / 2
	return left, w - 4 - left
}

// lay makes the lines.
func (d *contrasted) lay() {
	th := d.key.theme
	for i, row := range d.found.Rows {
		if row.Opens && i > 0 {
			d.lines = append(d.lines, contrastLine{left: d.filled(""), mark: -1})
		}
		mark := -1
		if row.Differs {
			mark = len(d.marks)
			d.marks = append(d.marks, len(d.lines))
		}
		if d.key.w < besides {
			d.stack(row, mark)
			continue
		}
		lw, rw := sideWidths(d.key.w)
		l := wrapSpans(row.Left, lw, th.OnlyLeft, th, d.key.ruler)
		r := wrapSpans(row.Right, rw, th.OnlyRight, th, d.key.ruler)
		for k := range max(len(l), len(r)) {
			d.lines = append(d.lines, contrastLine{d.filled(at(l, k)), at(r, k), mark})
		}
	}
}

func (d *contrasted) filled(left string) string {
	if d.key.w < besides {
		return left
	}
	w, _ := sideWidths(d.key.w)
	return left + spaces(w-d.key.ruler.width(left))
}

// stack puts the sides of a row below each other, once if they are the same.
func (d *contrasted) stack(row diff.Row, mark int) {
	th, w := d.key.theme, max(d.key.w-4, 1)
	put := func(sign string, spans []diff.Span, only lipgloss.Style) {
		for _, l := range wrapSpans(spans, w, only, th, d.key.ruler) {
			d.lines = append(d.lines, contrastLine{left: only.Render(sign) + " " + l, mark: mark})
		}
	}
	if !row.Differs && row.Left != nil {
		put(" ", row.Left, th.Text)
		return
	}
	put("‹", row.Left, th.OnlyLeft)
	put("›", row.Right, th.OnlyRight)
}

// view is the contrast in w×h cells.
func (c *contrast) view(w, h int) string {
	th := c.look.theme
	c.w, c.h = w, h
	lines := c.heads(w, h)
	body := c.body()
	switch {
	case c.made == nil:
		lines = append(lines, th.Muted.Render(c.look.fit(" comparing", w)))
	default:
		c.top = c.within(c.top)
		for i := c.top; i < min(c.top+body, len(c.made.lines)); i++ {
			lines = append(lines, c.line(c.made.lines[i], w))
		}
	}
	for len(lines) < h-1 {
		lines = append(lines, "")
	}
	if h > 1 {
		lines = append(lines, c.foot(w))
	}
	return c.look.crop(strings.Join(lines, "\n"), w, h)
}

// line is a line with what stands between its halves.
func (c *contrast) line(l contrastLine, w int) string {
	th := c.look.theme
	sign := th.Border.Render("│")
	if c.made.key.w < besides {
		sign = " "
	}
	switch {
	case l.mark >= 0 && l.mark == c.at:
		sign = th.Selection.Render("≠")
	case l.mark >= 0:
		sign = th.Warn.Render("≠")
	}
	if c.made.key.w < besides {
		return sign + " " + l.left
	}
	if c.made.key.w != w { // of another size of the screen, for a moment
		return ""
	}
	return " " + l.left + " " + sign + " " + l.right
}

// heads are the lines above the texts.
func (c *contrast) heads(w, h int) []string {
	th := c.look.theme
	l, r := c.sides[c.left], c.sides[c.right]
	right := fmt.Sprintf("turn %d ", c.turn.ID)
	if c.made != nil && len(c.made.marks) > 0 {
		n := plural(len(c.made.marks), "difference")
		if c.at >= 0 {
			n = fmt.Sprintf("%d of ", c.at+1) + n
		}
		right = n + " · " + right
	}
	title := " " + th.Title.Render("Differences") + th.Muted.Render(" · ")
	if n := c.counts(); w < 100 && n != "" { // the figures say what this is
		title = " " + n
	} else {
		title += n
	}
	lines := []string{c.look.spread(title, th.Muted.Render(right), w)}
	if j := c.turn.judged; j != nil && j.known && h >= 12 {
		if seats := c.seats(j); seats != nil {
			lines = append(lines, " "+c.look.ribbon(j, seats, w-2))
		}
	}
	head := func(s side, style lipgloss.Style, w int) string {
		number := strconv.Itoa(s.number)
		if c.hidden {
			return style.Render(c.look.cut(s.name, w))
		}
		return th.Column(s.number-1).Bold(true).Render(number) + " " + style.Render(c.look.cut(s.name, max(w-2, 0)))
	}
	if w < besides {
		lines = append(lines, "  "+th.OnlyLeft.Render("‹")+" "+head(l, th.OnlyLeft, w-4), "  "+th.OnlyRight.Render("›")+" "+head(r, th.OnlyRight, w-4))
		return append(lines, th.Border.Render(strings.Repeat("─", max(w, 0))))
	}
	lw, rw := sideWidths(w)
	lines = append(lines, " "+c.look.fit(head(l, th.OnlyLeft, lw), lw)+th.Border.Render(" │ ")+head(r, th.OnlyRight, rw))
	return append(lines, th.Border.Render(strings.Repeat("─", lw+2)+"┼"+strings.Repeat("─", max(rw+1, 0))))
}

// seats are the numbers of the answers that a judgement is of; nil if not all
// can be compared here.
func (c *contrast) seats(j *judgement) []int {
	var seats []int
	for _, p := range j.of.answers {
		n := 0
		for _, s := range c.sides {
			if s.pick.Column == p.Column {
				n = s.number
			}
		}
		if n == 0 {
			return nil
		}
		seats = append(seats, n)
	}
	return seats
}

// counts says how much differs.
func (c *contrast) counts() string {
	th := c.look.theme
	if c.made == nil {
		return ""
	}
	d := &c.made.found
	number := func(i int) string { return strconv.Itoa(c.sides[i].number) }
	if l, r := c.sides[c.left], c.sides[c.right]; l.number == r.number {
		number = func(i int) string { return fmt.Sprintf("take %d", c.sides[i].pick.Take) }
	}
	of := func(n diff.Count, what string) string {
		return fmt.Sprintf("%d of %d %s differ", n.Differ(), n.Total(), what) +
			th.Muted.Render(fmt.Sprintf(" · %d only in %s, %d only in %s", n.Removed(), number(c.left), n.Added(), number(c.right)))
	}
	switch f := d.Fields; {
	case !d.Known:
		return th.Warn.Render("too long to compare: nothing is marked")
	case f != nil && f.Differ() > 0:
		return of(*f, "fields")
	case f != nil && len(c.made.marks) > 0:
		return "the same " + plural(f.Same, "field") + ", and words around it"
	case f != nil:
		return "the same " + plural(f.Same, "field")
	case d.Words.Differ() > 0:
		return of(d.Words, "words")
	case d.Signs.Differ() > 0:
		return "the same words, " + signsWords(d.Signs.Differ())
	}
	return "the same, word for word"
}

func signsWords(n int) string {
	if n == 1 {
		return "1 sign differs"
	}
	return fmt.Sprintf("%d signs differ", n)
}

func (c *contrast) foot(w int) string {
	th := c.look.theme
	if c.note != "" {
		return th.Warn.Render(c.look.fit(" "+c.note, w))
	}
	keys := [][2]string{
		{"n N", "difference"}, {"j k", "scroll"}, {"h l", "right one"}, {"tab", "left one"}, {"s", "sides"}, {"[ ]", "turn"}, {"1-9", "with"},
	}
	if len(c.sides) == 2 {
		keys = slices.Concat(keys[:2], keys[4:6])
	}
	hint := func(k [2]string) string { return th.KeyHint.Render(k[0]) + th.Faint.Render(" "+k[1]) }
	s, last := " ", hint([2]string{c.look.keyed("{back}"), "closes"})
	for _, k := range keys {
		if next := s + hint(k) + "  "; c.look.width(next)+c.look.width(last) <= w {
			s = next
		}
	}
	return c.look.fit(s+last, w)
}

// body is how many lines of text are in view.
func (c *contrast) body() int { return max(c.h-len(c.heads(c.w, c.h))-1, 0) }

// within is a first line that leaves no empty lines below the last one.
func (c *contrast) within(top int) int {
	if c.made == nil {
		return 0
	}
	return max(0, min(top, len(c.made.lines)-c.body()))
}

// scrollKey scrolls, if it is one of the keys that do.
func (c *contrast) scrollKey(s string) bool {
	by, ok := scrolled(s, max(c.body()-2, 1))
	c.scroll(by)
	return ok
}

func (c *contrast) scroll(by int) { c.top = c.within(c.top + by) }

// step goes to the next difference or the one before, and on from the other end:
// from the one gone to last, or if that was scrolled out of view, from what is
// in view.
func (c *contrast) step(by int) {
	if c.made == nil {
		return
	}
	marks, n := c.made.marks, len(c.made.marks)
	if n == 0 {
		c.note = "nothing differs"
		return
	}
	below := slices.IndexFunc(marks, func(line int) bool { return line >= c.top }) // the first one
	if below < 0 {
		below = n
	}
	switch seen := c.at >= 0 && marks[c.at] >= c.top && marks[c.at] < c.top+c.body(); {
	case seen:
		c.at = (c.at + by + n) % n
	case by > 0:
		c.at = below % n
	default:
		c.at = (below + n - 1) % n
	}
	if line := marks[c.at]; line < c.top || line > c.top+c.body()*2/3 {
		c.top = c.within(line - c.body()/3)
	}
}
