package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"juxta/sessions/plain"
)

func (p *picker) view(w, h int) string {
	th := p.look.theme
	inner := max(w-4, 1)
	side := 0
	if p.wide() && inner >= 70 && h >= 10 {
		side = inner * 2 / 5
	}
	wide := inner - side
	p.input.SetWidth(max(inner-3, 1))
	rows := max(h-3, 1)
	below := th.Warn.Render(p.look.cut(p.note, inner))
	if p.note == "" && side == 0 { // what has no room in the row
		below = th.Muted.Render(p.look.cut(strings.Join(p.chosen().now().notes, " · "), inner))
	}
	note := p.look.width(below) > 0 && h >= 8
	if note {
		rows--
	}
	p.top = max(min(p.top, p.at), p.at-rows+1)
	if p.top == 1 && p.at < rows { // the header above the first row
		p.top = 0
	}
	var list []string
	for i := p.top; i < min(p.top+rows, len(p.rows)); i++ {
		list = append(list, p.line(p.rows[i], i == p.at, max(wide-1, 1)))
	}
	if len(p.rows) > 0 && p.nothing() && len(list) < rows {
		list = append(list, th.Muted.Render(p.look.fit("  "+p.empty(), max(wide-1, 1))))
	}
	var beside []string
	if side > 0 {
		beside = p.preview(side-2, rows)
	} else {
		p.gallery.wish(preview)
	}
	lines := []string{p.input.View()}
	for y := range rows {
		l := at(list, y)
		if side > 0 {
			l = p.look.fit(l, wide) + th.Border.Render("│ ") + at(beside, y)
		}
		lines = append(lines, l)
	}
	if note {
		lines = append(lines, below)
	}
	return p.look.box("Attach files", p.count(), p.hint(), lines, w)
}

// nothing reports whether no file is listed.
func (p *picker) nothing() bool {
	return !slices.ContainsFunc(p.rows, func(r row) bool { return r.kind == fileRow || r.kind == keptRow || r.kind == folderRow && r.name != up })
}

func (p *picker) empty() string {
	text := strings.TrimSpace(p.input.Value())
	switch {
	case p.base == "":
		return "reading"
	case p.folder.err != nil && !isURL(text):
		return "can't be read: " + plain.Line(reasonOf(p.folder.err))
	case text == "":
		return "no files here"
	case isURL(text):
		return "enter fetches it"
	}
	return "nothing matches; enter tries it as a path"
}

func (p *picker) count() string {
	if n := len(p.marked); n > 0 {
		return strconv.Itoa(n) + " marked"
	}
	if n := len(p.pills); n > 0 {
		return strconv.Itoa(n) + " attached"
	}
	return ""
}

// hint is the keys of the moment.
func (p *picker) hint() string {
	text, r := strings.TrimSpace(p.input.Value()), p.chosen()
	mark := "ctrl+space marks"
	if text == "" {
		mark = "space marks"
	}
	switch {
	case p.busy:
		return "fetching · " + p.look.keyed("{back} closes")
	case len(p.marked) > 0:
		return "enter attaches the marked · " + mark + " · " + p.look.keyed("{back} closes")
	case isURL(text):
		return "enter fetches and attaches it · " + p.look.keyed("{back} closes")
	case isGlob(text):
		return "enter attaches all that match · " + mark + " · " + p.look.keyed("{back} closes")
	case r.kind == pillRow:
		return "ctrl+d or delete removes · alt+↑ alt+↓ move · " + p.look.keyed("{back} closes")
	case r.kind == folderRow && r.name == up:
		return "enter or backspace goes out · ↑↓ choose · " + p.look.keyed("{back} closes")
	case r.kind == folderRow:
		return "enter opens · " + mark + " all in it · backspace goes out · " + p.look.keyed("{back} closes")
	case r.kind == fileRow, r.kind == keptRow:
		return "enter attaches · " + mark + " several · backspace goes out · " + p.look.keyed("{back} closes")
	}
	return "enter attaches what is typed · " + p.look.keyed("{back} closes")
}

// line is one row in w cells.
func (p *picker) line(r row, chosen bool, w int) string {
	th := p.look.theme
	if r.kind == header {
		name := r.name
		if over := p.look.width(name) - w; over > 0 { // the end of a path says more than its beginning
			name = p.look.TruncateLeft(name, over+1, "…")
		}
		return th.Faint.Render(p.look.fit(name, w))
	}
	name := r.name
	r = r.now()
	if r.kind == pillRow {
		name = r.name
		if l := r.pill.label; l != "" {
			name = l + " " + name
		}
	}
	at, with := " ", " "
	if chosen {
		at = "▸"
	}
	if slices.ContainsFunc(p.marked, r.same) {
		with = "●"
	}
	right := p.facts(r, max(w/2, 6))
	s := at + with + " " + p.look.fit(name, max(w-4-p.look.width(right), 4))
	if chosen {
		return th.Selection.Render(p.look.fit(s+" "+right, w))
	}
	return p.look.fit(s+" "+th.Muted.Render(right), w)
}

// facts are what is known of a row, as much as fits whole in w cells, and how
// many notes are left.
func (p *picker) facts(r row, w int) string {
	s := p.look.cut(r.right, w)
	for i, n := range r.notes {
		if s != "" {
			n = " · " + n
		}
		more := ""
		if left := len(r.notes) - i - 1; left > 0 {
			more = fmt.Sprintf(" +%d", left)
		}
		if p.look.width(s+n+more) > w {
			return p.look.cut(s+strings.Repeat(" ", min(len(s), 1))+"+"+strconv.Itoa(len(r.notes)-i), w)
		}
		s += n
	}
	return s
}

// preview is what is chosen, w cells wide and h lines high.
func (p *picker) preview(w, h int) []string {
	th := p.look.theme
	r := p.chosen()
	var words []string
	title := p.look.cut(r.name, w)
	if r.kind != header && r.name != up {
		words = append(words, th.Title.Render(title))
	}
	style := th.Muted
	if p.peek.bad {
		style = th.Warn
	}
	if p.peek.of.same(r) {
		lines := p.peek.lines
		if r := r.now(); len(lines) == 0 {
			if r.right != "" {
				lines = append(lines, r.right)
			}
			for _, n := range r.notes {
				lines = append(lines, "· "+n)
			}
		}
		for _, l := range lines {
			for _, l := range p.look.wrap(l, w) {
				words = append(words, style.Render(l))
			}
		}
	}
	words = words[:min(len(words), max(h/2, 1))]
	wi, ok := p.wished(w, h-len(words))
	if !ok {
		p.gallery.wish(preview)
		return words
	}
	p.gallery.wish(preview, wi)
	lines := make([]string, 0, h)
	if d := p.gallery.get(wi); d != nil {
		lines = append(lines, d.lines...)
	} else {
		lines = append(lines, make([]string, wi.rows)...)
	}
	if err := p.gallery.err(wi.shot); err != nil {
		words = append(words, th.Warn.Render(p.look.cut(plain.Line(err.Error()), w)))
	}
	return append(lines, words...)
}
