package tui

import (
	"cmp"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
)

func (l *list) view(w, h int) string {
	th := l.look.theme
	inner := max(w-4, 1)
	p := l.plan(inner)
	note, style := l.below()
	head, below := l.head != nil && len(l.items) > 0 && h >= 8, (l.note != "" || l.about != nil) && h >= 10
	rows := h - 4
	var foot []string
	if below {
		foot = l.look.first(note, inner, max(1, min(5, h-9)))
	}
	if rows -= len(foot); head {
		rows--
	}
	under := 0 // lines for the detail of the chosen item
	if l.detail != nil && h >= leastDetail {
		under = max(rows-max(len(l.items), 3), rows/2) - 1
		rows -= under + 1
	}
	rows = min(max(rows, 1), max(len(l.items), 6))
	l.top = max(min(l.top, l.at), l.at-rows+1)
	l.input.SetWidth(max(inner-3, 1))
	lines := []string{l.input.View()}
	if head {
		lines = append(lines, l.names(p))
	}
	full := len(lines) + rows
	l.rowsAt, l.rows = len(lines)+1, rows // below the upper border
	for i := l.top; i < min(l.top+rows, len(l.match)); i++ {
		lines = append(lines, l.row(l.items[l.match[i]], i == l.at, p))
	}
	switch {
	case len(l.items) == 0 && l.busy == "" && l.note == "":
		lines = append(lines, th.Muted.Render(l.look.fit(l.empty, inner)))
	case len(l.match) == 0 && len(l.items) > 0:
		lines = append(lines, th.Muted.Render(l.look.fit("nothing matches", inner)))
	}
	for len(lines) < full {
		lines = append(lines, "")
	}
	if under > 0 {
		lines = append(lines, th.Border.Render(strings.Repeat("─", inner)))
		lines = append(lines, l.details(inner, under)...)
	}
	for _, line := range foot {
		lines = append(lines, style.Render(line))
	}
	hint := l.hint
	if l.busy != "" {
		hint = l.busy + " · " + hint
	}
	return l.look.box(l.title, l.count(), hint, lines, w)
}

// leastDetail is the lowest list with room for the detail of an item.
const leastDetail = 12

// detailed is what was shown of an item, and which that was.
type detailed struct {
	item, w, h int
	lines      []string
}

// details is what is shown of the chosen item, in exactly h lines.
func (l *list) details(w, h int) []string {
	if l.at >= len(l.match) {
		return make([]string, h)
	}
	i := l.match[l.at]
	if s := l.shown; s.lines == nil || s.item != i || s.w != w || s.h != h {
		lines := l.detail(l.items[i], w, h)
		lines = append(lines[:min(len(lines), h):min(len(lines), h)], make([]string, max(h-len(lines), 0))...)
		l.shown = detailed{i, w, h, lines}
	}
	return l.shown.lines
}

// below is the line below the items.
func (l *list) below() (string, lipgloss.Style) {
	switch {
	case l.bad:
		return l.note, l.look.theme.Warn
	case l.about != nil && l.at < len(l.match):
		return l.about(l.items[l.match[l.at]]), l.look.theme.Faint
	}
	return l.note, l.look.theme.Muted
}

// count is how many items there are, and in which order.
func (l *list) count() string {
	n := strconv.Itoa(len(l.items))
	if len(l.match) != len(l.items) {
		n = strconv.Itoa(len(l.match)) + " of " + n
	}
	if l.sorts != nil {
		n = "by " + l.sorts[l.by].name + " · " + n
	}
	return n
}

// A plan is how a row's cells share its width.
type plan struct {
	w, title, shown int // title's width; cells shown
}

// plan leaves out cells from the right while the title has no room.
func (l *list) plan(w int) plan {
	p := plan{w, w - 2, 0}
	room := w / 2
	if l.head != nil { // figures are what such a list is read for
		room = min(w*3/8, l.longest) // more than the longest needs is nobody's
	}
	for i, c := range l.widest {
		if c > 0 {
			if p.title-c-2 < min(room, 40) {
				break
			}
			p.title -= c + 2
		}
		p.shown = i + 1
	}
	p.title = min(p.title, l.longest) // cells stand beside what they are of
	return p
}

// names is the row that names the columns; the one that sorts stands out.
func (l *list) names(p plan) string {
	th := l.look.theme
	style := func(column int) lipgloss.Style {
		if l.sorts != nil && l.sorts[l.by].column == column {
			return th.Title
		}
		return th.Faint
	}
	s := "  " + style(-1).Render(l.look.fit(cmp.Or(l.first, "model"), p.title))
	for i := range p.shown {
		if l.widest[i] > 0 {
			s += "  " + style(i).Render(l.cell(l.head[i].name, i))
		}
	}
	return s
}

// cell is text in the width of column i.
func (l *list) cell(text string, i int) string {
	if i < len(l.head) && l.head[i].right {
		text = spaces(l.widest[i]-l.look.width(text)) + text
	}
	return l.look.fit(text, l.widest[i])
}

// row is one item: the title in the room that the cells leave.
func (l *list) row(it item, chosen bool, p plan) string {
	mark := "  "
	if chosen {
		mark = "▸ "
	}
	s := mark + l.look.fit(it.title, p.title)
	var rest strings.Builder
	for i := range p.shown {
		if l.widest[i] > 0 {
			rest.WriteString("  " + l.cell(at(it.cells, i), i))
		}
	}
	if chosen {
		return l.look.theme.Selection.Render(l.look.fit(s+rest.String(), p.w))
	}
	return s + l.look.theme.Muted.Render(rest.String())
}
