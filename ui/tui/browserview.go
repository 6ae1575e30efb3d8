package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/ui/theme"
)

// browsed is what the browser's lines depend on, besides what is typed.
type browsed struct {
	w, h, change, gallery int
	theme                 *theme.Theme
}

// The least width of a list beside which the chosen session is told of, and the
// least height of one below which it is.
const (
	leastBeside = 100
	leastBelow  = 18
)

func (b *browser) view(w, h int) string {
	now := browsed{w, h, b.change, b.gallery.change, b.look.theme}
	if b.lines == nil || b.drawn != now {
		b.drawn, b.lines = now, b.draw(max(w-4, 1), max(h-2, 3))
	}
	b.input.SetWidth(max(w-7, 1))
	lines := append([]string{b.input.View()}, b.lines...)
	return b.look.box(b.title(), b.counted(), b.foot(w), lines, w)
}

// draw is everything below the line that is typed in: h-1 lines of w cells.
func (b *browser) draw(w, h int) []string {
	th := b.look.theme
	h-- // the line
	side, under := 0, 0
	switch {
	case w >= leastBeside:
		side = min(max(w/3, 36), 76)
	case h >= leastBelow:
		under = max(h/3, 6)
	}
	wide := w // of the list
	if side > 0 {
		wide = w - side - 1
	}
	rows := h - 1 - under
	if under > 0 {
		rows--
	}
	b.rowsAt, b.rows = 3, max(rows, 1)
	lines := []string{b.heading(wide)}
	if side > 0 {
		lines[0] = b.look.fit(lines[0], wide) + th.Border.Render(" │ ")
	}
	list := b.body(max(wide, 1), b.rows)
	var beside []string
	switch {
	case side > 0:
		beside = b.detail(side-2, b.rows+1)
	case under == 0:
		b.gallery.wish(preview)
	}
	for y := range b.rows {
		l := at(list, y)
		if side > 0 {
			l = b.look.fit(l, wide) + th.Border.Render(" │ ") + at(beside, y+1)
		}
		lines = append(lines, l)
	}
	if side > 0 {
		lines[0] += at(beside, 0)
	}
	if under > 0 {
		lines = append(lines, th.Border.Render(strings.Repeat("─", w)))
		below := b.detail(w, under)
		for y := range under {
			lines = append(lines, at(below, y))
		}
	}
	return lines
}

func (b *browser) title() string {
	switch b.shelf {
	case sessions.Archived:
		return "Archived sessions"
	case sessions.Bin:
		return "Deleted sessions"
	}
	return "Sessions"
}

// counted is how many sessions there are.
func (b *browser) counted() string {
	var words []string
	if n := len(b.marked); n > 0 {
		words = append(words, fmt.Sprintf("%d marked", n))
	}
	more := ""
	if b.shown().more {
		more = "+"
	}
	switch {
	case b.busy && b.query != "":
		words = append(words, "looking")
	case b.query != "":
		words = append(words, fmt.Sprintf("%d%s found", len(b.found.all), more))
	case b.total >= 0:
		words = append(words, strconv.Itoa(b.total))
	}
	return strings.Join(words, " · ")
}

// foot is what the keys do, or what there is to say.
func (b *browser) foot(w int) string {
	keys := b.look.keys
	if !b.panel {
		return "enter opens · ↑↓ choose · tab commands · " + b.look.keyed("{back} closes")
	}
	end := " · " + keys.nameIn(inBrowser, "commands") + " all · " + b.look.keyed("{back} closes")
	words := "enter opens"
	for _, c := range keys.commands {
		if c.scope != inBrowser || c.short == "" || len(c.keys) == 0 {
			continue
		}
		next := " · " + name(c.keys[0]) + " " + c.short
		if b.look.width(words+next+end) > w-5 {
			break
		}
		words += next
	}
	return words + end
}

// A column of the list.
type shelfColumn struct {
	name  string
	wide  int
	right bool
	of    func(*entry) string
}

func numberOr(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// columns are those that have room in w cells, from left to right, and what is
// left for the title. What no session has takes no room.
func (b *browser) columns(w int) (shown []shelfColumn, title int) {
	all := []shelfColumn{ // as they stand
		{"models", 30, false, func(s *entry) string { return s.models }},
		{"tags", 20, false, func(s *entry) string { return s.tags }},
		{"▣", 3, true, func(s *entry) string { return numberOr(s.pictures) }},
		{"turns", 5, true, func(s *entry) string { return numberOr(s.turns) }},
		{"votes", 5, true, func(s *entry) string { return numberOr(s.votes) }},
		{"cost", 9, true, func(s *entry) string { return s.cost }},
		{"last", 12, true, func(s *entry) string { return s.age }},
	}
	title = w - 4
	least := min(max(w*2/5, 20), 36)
	keep := make([]bool, len(all))
	for _, i := range []int{6, 3, 5, 4, 2, 1, 0} { // what is left out last first
		c := &all[i]
		widest := 0
		for _, s := range b.shown().all {
			widest = max(widest, b.look.width(c.of(s)))
		}
		if widest == 0 {
			continue
		}
		c.wide = max(min(c.wide, widest), b.look.width(c.name))
		if title-c.wide-2 < least {
			continue
		}
		title -= c.wide + 2
		keep[i] = true
	}
	for i, c := range all {
		if keep[i] {
			shown = append(shown, c)
		}
	}
	return shown, title
}

// heading names the columns, or says what is wrong with what is typed.
func (b *browser) heading(w int) string {
	th := b.look.theme
	switch {
	case b.note != "" && b.bad:
		return th.Warn.Render(b.look.cut(b.note, w))
	case b.note != "":
		return th.Accent.Render(b.look.cut(b.note, w))
	case b.wrong != "":
		return th.Warn.Render(b.look.cut(b.wrong, w))
	}
	columns, title := b.columns(w)
	s := spaces(4) + b.look.fit("session", title)
	for _, c := range columns {
		s += "  " + b.cell(c, c.name)
	}
	return th.Faint.Render(s)
}

func (b *browser) cell(c shelfColumn, text string) string {
	if c.right {
		text = spaces(c.wide-b.look.width(text)) + text
	}
	return b.look.fit(text, c.wide)
}

// body is the list in at most h lines of w cells.
func (b *browser) body(w, h int) []string {
	l := b.shown()
	if len(l.places) == 0 {
		return b.empty(w)
	}
	b.top = max(min(b.top, b.at), b.at-h+1, 0)
	columns, title := b.columns(w)
	var lines []string
	for i := b.top; i < min(b.top+h, len(l.places)); i++ {
		p := l.places[i]
		if p.hit < 0 {
			lines = append(lines, b.row(p.of, i == b.at, columns, title, w))
		} else {
			lines = append(lines, b.hit(p, i == b.at, w))
		}
	}
	return lines
}

// row is a session in w cells.
func (b *browser) row(s *entry, chosen bool, columns []shelfColumn, title, w int) string {
	th := b.look.theme
	mark := []string{" ", " "}
	if chosen {
		mark[0] = "▸"
	}
	if b.markOf(s.ID) >= 0 {
		mark[1] = "●"
	}
	pin := "  "
	if s.Pinned {
		pin = "◆ "
	}
	text, muted, match := th.Text, th.Muted, th.Match
	if chosen {
		text, muted, match = th.Selection, th.Selection, th.MatchHere
	}
	var rest strings.Builder
	for _, c := range columns {
		rest.WriteString("  " + b.cell(c, c.of(s)))
	}
	name := b.look.fit(highlit(s.title, s.marks, text, match), title)
	if n := b.look.width(s.title); n < title { // the filling has the row's ground
		name = highlit(s.title, s.marks, text, match) + text.Render(spaces(title-n))
	}
	return text.Render(mark[0]+mark[1]+pin) + name + muted.Render(rest.String()+spaces(w-4-title-b.look.width(rest.String())))
}

// hit is a place in a session in w cells: where it stands, and the words around
// what was found.
func (b *browser) hit(p spotted, chosen bool, w int) string {
	th := b.look.theme
	h := p.of.hits[p.hit]
	faint, text, match := th.Faint, th.Muted, th.Match
	mark := "  "
	if chosen {
		faint, text, match, mark = th.Selection, th.Selection, th.MatchHere, "▸ "
	}
	where := whereOf(h, " ")
	more := ""
	if p.of.more && p.hit == len(p.of.hits)-1 {
		more = " +"
	}
	const whereWide = 22
	line := faint.Render(mark+"  "+b.look.fit(where, min(whereWide, w/3))+"  ") + highlit(h.Text, h.Marks, text, match)
	if n := b.look.width(line); n > w-len(more) {
		line = b.look.cut(line, w-len(more))
	} else if chosen {
		line += text.Render(spaces(w - len(more) - n))
	}
	return line + faint.Render(more)
}

// whereOf says where a hit stands, with what between the turn and the rest. Of
// a hidden answer it says no more than its seat.
func whereOf(h sessions.Hit, between string) string {
	what := string(h.Part)
	switch _, model, ok := strings.Cut(h.Model, "/"); {
	case h.Part != sessions.InAnswer:
	case h.Seat > 0:
		what = "answer " + strconv.Itoa(h.Seat)
	case ok:
		what = plain.Line(model)
	}
	if h.Turn == 0 {
		return what
	}
	return strconv.Itoa(h.Turn) + between + what
}

// highlit is text with marks, in two styles.
func highlit(text string, marks []sessions.Mark, style, match lipgloss.Style) string {
	if len(marks) == 0 {
		return style.Render(text)
	}
	var s strings.Builder
	at := 0
	for _, m := range marks {
		if m.From < at || m.To > len(text) {
			continue
		}
		if m.From > at {
			s.WriteString(style.Render(text[at:m.From]))
		}
		s.WriteString(match.Render(text[m.From:m.To]))
		at = m.To
	}
	if at < len(text) {
		s.WriteString(style.Render(text[at:]))
	}
	return s.String()
}

// empty says why the list is.
func (b *browser) empty(w int) []string {
	th := b.look.theme
	var text string
	switch {
	case b.busy:
		text = "reading"
	case b.query != "" && b.shelf == sessions.Archived:
		text = "Nothing archived has that."
	case b.query != "" && b.none == nil:
		text = "nothing found"
	case b.query != "" && len(b.none) == 0:
		text = "Nothing has all of that in one turn. Each part by itself is found."
	case b.query != "":
		text = "No session has " + strings.Join(quotedParts(b.none), ", nor ") + "."
	case b.shelf == sessions.Archived:
		text = b.look.keyed("Nothing is archived: {archive_sessions} in the list archives a session.")
	case b.shelf == sessions.Bin:
		text = "Nothing waits to be deleted."
	default:
		text = "No session yet: ask something, and it stands here."
	}
	var lines []string
	for _, l := range append([]string{""}, b.look.wrap("    "+text, w)...) {
		lines = append(lines, th.Muted.Render(l))
	}
	return lines
}

func quotedParts(parts []string) []string {
	all := slices.Clone(parts)
	for i, p := range all {
		all[i] = "“" + clip(plain.Line(p), 60) + "”"
	}
	return all
}
