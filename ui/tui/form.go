package tui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions/plain"
)

// A form is an overlay of labelled fields. Tab, up and down go between them,
// enter keeps what stands there unless something is wrong with it, and esc
// leaves all as it was.
type form struct {
	look    *look
	title   string
	of      string // what is filled in, for unkept; "" for what esc gives up
	note    string // a line below the fields
	does    string // what enter does; "" for what it mostly does
	fields  []*field
	changed func(*field)            // told of a field whose value has just changed; nil for nobody
	keep    func(*form) action      // what enter does; it also closes the form
	preview func(w, h int) []string // what comes of the values, below the fields; nil for nothing

	at  int // index of the field that has the keys
	top int // first line in view
	cur *tea.Cursor
}

func newForm(title string, lk *look, keep func(*form) action, fields ...*field) *form {
	f := &form{look: lk, title: title, fields: fields, keep: keep}
	for _, x := range fields {
		x.open(lk)
	}
	f.to(0)
	return f
}

// field is the one of that name, which there must be.
func (f *form) field(name string) *field {
	for _, x := range f.fields {
		if x.name == name {
			return x
		}
	}
	panic("a form without a field " + name)
}

// value is what stands in the field of that name.
func (f *form) value(name string) string { return f.field(name).now() }

// to gives a field the keys. The one that is left tells what is wrong with it.
func (f *form) to(i int) {
	if i != f.at {
		f.fields[f.at].verify()
	}
	f.fields[f.at].focus(false)
	f.at = i
	f.fields[i].focus(true)
}

func (f *form) key(k tea.KeyPressMsg) (action, tea.Cmd) {
	n, x := len(f.fields), f.fields[f.at]
	switch s := k.String(); {
	case s == "enter":
		return f.enter(), nil
	case s == "tab":
		f.to((f.at + 1) % n)
	case s == "shift+tab":
		f.to((f.at + n - 1) % n)
	case (s == "down" || s == "ctrl+n") && x.leaves(1):
		f.to(min(f.at+1, n-1))
	case (s == "up" || s == "ctrl+p") && x.leaves(-1):
		f.to(max(f.at-1, 0))
	default:
		before := x.written()
		cmd := x.key(k)
		f.tell(x, before)
		return nil, cmd
	}
	return nil, nil
}

// tell follows a change of a field.
func (f *form) tell(x *field, before string) {
	if x.written() == before {
		return
	}
	if x.err != nil {
		x.verify()
	}
	if f.changed != nil {
		f.changed(x)
	}
}

// enter keeps the values, or goes to the first that can't be kept.
func (f *form) enter() action {
	wrong := -1
	for i, x := range f.fields {
		if !x.verify() && wrong < 0 {
			wrong = i
		}
	}
	if wrong >= 0 {
		f.to(wrong)
		return nil
	}
	return f.keep(f)
}

// putBack puts back what was written in a form of the same and left.
func (f *form) putBack(m *Model) {
	for _, x := range f.fields {
		if text, ok := m.unkept[f.place(x)]; ok {
			x.set(text)
		}
	}
}

// left remembers what was written, for putBack.
func (f *form) left(m *Model) {
	for _, x := range f.fields {
		of := f.place(x)
		if _, again := m.unkept[of]; f.of != "" && (again || x.written() != x.shown) {
			m.unkeep(of, x.now())
		}
	}
}

// kept forgets it.
func (f *form) kept(m *Model) {
	for _, x := range f.fields {
		delete(m.unkept, f.place(x))
	}
}

// place is what a field's text is of, for unkept.
func (f *form) place(x *field) string { return f.of + "\n" + x.name }

func (f *form) paste(text string) {
	x := f.fields[f.at]
	before := x.written()
	x.paste(text)
	f.tell(x, before)
}

func (f *form) restyle() {
	for _, x := range f.fields {
		x.restyle(f.look)
	}
}

func (f *form) cursor() *tea.Cursor { return f.cur }

// numberBox is how wide a number's place is.
const numberBox = 12

// mostPreview is how high what comes of the values is at the most.
const mostPreview = 12

// fewRows and mostRows are how high a text is on the lowest and the highest screen.
const fewRows, mostRows = 3, 6

func (f *form) view(w, h int) string {
	inner := max(w-4, 1)
	room := max(h-2, 1)
	if f.note != "" && room > 6 {
		room--
	}
	lines, from, to := f.rows(inner, room)
	right, under := "", 0
	if f.preview != nil && room >= leastDetail-4 {
		under = max(min(room-len(lines)-1, mostPreview), min(5, room/3))
		room -= under + 1
	}
	if len(lines) > room {
		f.top = max(min(f.top, from), to-room, 0) // all of the current field, or its beginning
		if f.cur != nil {
			f.top = max(min(f.top, f.cur.Y), f.cur.Y-room+1)
		}
		lines = lines[f.top:min(f.top+room, len(lines))]
		right = fieldOf(f.at+1, len(f.fields))
	} else {
		f.top = 0
	}
	if f.cur != nil {
		f.cur.Y += 1 - f.top
	}
	if under > 0 {
		lines = append(lines, f.look.theme.Border.Render(strings.Repeat("─", inner)))
		seen := f.preview(inner, under)
		lines = append(append(lines, seen...), make([]string, max(under-len(seen), 0))...)
	}
	if f.note != "" && h-2 > 6 {
		lines = append(lines, f.look.theme.Faint.Render(f.look.cut(plain.Line(f.note), inner)))
	}
	return f.look.box(f.title, right, f.foot(), lines, w)
}

// rows are the fields in lines of w cells for a screen with room for so many, and
// which of them [from, to) are the current field's. The cursor is put among them.
func (f *form) rows(w, room int) (lines []string, from, to int) {
	label, texts := 0, 0
	for _, x := range f.fields {
		label = max(label, f.look.width(x.label()))
		if x.kind == aText {
			texts++
		}
	}
	label = min(label, w/3)
	high := fewRows
	if texts > 0 {
		high = max(fewRows, min(mostRows, (room-len(f.fields)+texts)/texts))
	}
	f.cur = nil
	for i, x := range f.fields {
		first := len(lines)
		drawn, cur := f.draw(x, i == f.at, max(w-label-4, 1), high)
		for y, l := range drawn {
			name := spaces(label + 4)
			if y == 0 {
				name = f.label(x, i == f.at, label)
			}
			lines = append(lines, name+l)
		}
		if i == f.at {
			from, to = first, len(lines)
			if cur != nil {
				cur.X, cur.Y = cur.X+label+4+2, cur.Y+first
				f.cur = cur
			}
		}
	}
	return lines, from, to
}

func fieldOf(i, n int) string { return strconv.Itoa(i) + " of " + strconv.Itoa(n) }

// foot names the keys that matter where the user is.
func (f *form) foot() string {
	own := ""
	switch f.fields[f.at].kind {
	case aChoice:
		own = "← → chooses · "
	case aText:
		own = "ctrl+j new line · "
	}
	if f.does != "" {
		return f.does + " · " + own + f.look.keyed("tab next · {back} goes back")
	}
	return "enter keeps · " + own + f.look.keyed("tab next · {back} leaves all as it was")
}

// label is a field's name in the given width, and whether it has the keys.
func (f *form) label(x *field, current bool, w int) string {
	name := f.look.fit(x.label(), w) + "  "
	if current {
		return f.look.theme.Title.Render("▸ " + name)
	}
	return f.look.theme.Muted.Render("  " + name)
}

// draw is a field in w cells, and where the cursor is in it if it has one. What
// is wrong stands beside it, or below where there is no room.
func (f *form) draw(x *field, current bool, w, rows int) (lines []string, cur *tea.Cursor) {
	th := f.look.theme
	word, style := x.hint, th.Faint
	if x.err != nil {
		word, style = "✗ "+x.err.Error(), th.Warn
	}
	word = plain.Line(word)
	switch x.kind {
	case aChoice:
		lines = []string{f.choice(x, current, w)}
		if left := w - f.look.width(lines[0]) - 2; x.err == nil && left >= numberBox {
			lines[0] += "  " + style.Render(f.look.cut(word, left))
		}
	case aText:
		x.size(w, rows)
		lines = strings.Split(x.area.View(), "\n")
		if current {
			cur = x.area.Cursor()
		}
	default:
		box := min(numberBox, w)
		if x.kind == aLine {
			if box = w; word != "" && x.err == nil {
				box = max(w-f.look.width(word)-2, w/2)
			}
		}
		text := f.look.fit(x.written(), box)
		switch {
		case current:
			x.line.SetWidth(max(box-1, 1))
			text, cur = f.look.fit(x.line.View(), box), x.line.Cursor()
		case x.written() == "":
			text = th.Faint.Render(f.look.fit(plain.Line(x.empty), box))
		}
		if left := w - box - 2; word != "" && (f.look.width(word) <= left || x.err == nil) {
			text += "  " + style.Render(f.look.cut(word, left))
			word = ""
		}
		lines = []string{text}
	}
	if word == "" || x.err == nil {
		return lines, cur
	}
	for _, l := range f.look.wrap(word, w) {
		lines = append(lines, style.Render(l))
	}
	return lines, cur
}

// choice is all options in a line with the chosen one in brackets, or that one
// alone where there is no room.
func (f *form) choice(x *field, current bool, w int) string {
	th := f.look.theme
	chosen := th.Title
	if current {
		chosen = th.Selection
	}
	var b strings.Builder
	wide := 0
	for i := range x.options {
		s := " " + x.option(i) + " "
		wide += f.look.width(s)
		if i == x.at {
			b.WriteString(chosen.Render("[" + s[1:len(s)-1] + "]"))
		} else {
			b.WriteString(th.Muted.Render(s))
		}
	}
	if wide <= w {
		return b.String()
	}
	more := " " + fieldOf(x.at+1, len(x.options))
	s := f.look.cut(x.option(x.at), max(w-4-f.look.width(more), 1))
	return chosen.Render("‹ "+s+" ›") + th.Faint.Render(more)
}
