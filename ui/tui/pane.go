package tui

import (
	"image"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/ui/markdown"
	"juxta/ui/theme"
)

// look is how everything on the screen is drawn.
type look struct {
	ruler
	theme    *theme.Theme
	markdown *markdown.Styles
	keys     *Keymap
	thoughts bool                  // unfolded
	marking  *marking              // nil for nothing
	picked   *selection            // with the mouse; nil for nothing
	models   map[int]providers.Ref // of the columns as they stand
	places   map[int]int           // of those on the screen, from 0
}

// A pane draws one column: a box with the model's name, its share of the
// transcript, and the meters of the current turn.
type pane struct {
	place   int // on the screen, from 0
	column  sessions.Column
	model   providers.Model
	demo    bool
	starred bool   // it is the baseline
	follows string // whose answers it is told: "1"; "" for its own
	alone   bool   // its system prompt is not that of all
	veiled  bool   // the current turn is hidden: the pane is a seat and not a column
	focused bool
	active  bool // the panes have the keys, not the composer
	first   bool // the leftmost on the screen
	last    bool // the rightmost; a pane that is both has no sides, so that its text can be marked and copied
	edge    *edge
	take    string // which of the current turn's takes is shown; "" for the only one
	spared  bool   // the question being written is not for it
	samples string // how many of those asked for have come; "" while none come

	flight  *sessions.Preflight // what it would be sent of the files attached; nil if that is not known
	marks   []mark              // of those files
	of      int                 // how many files are attached, prepared or not
	writing bool                // a question is being written
	warming *sessions.State     // of its model; nil while it is not warmed up
}

// chrome is how many lines of a pane are not transcript.
func chrome(boxed bool) int {
	if boxed {
		return 5 // two rules, two meters, the bottom
	}
	return 2 // the title and one meter
}

// textWidth is how wide a pane's text may be.
func textWidth(r image.Rectangle, boxed bool) int {
	if boxed {
		return max(r.Dx()-3, 1)
	}
	return max(r.Dx()-2, 1)
}

// shape is what a pane's lines depend on besides their text.
type shape struct {
	w                  int
	boxed, first, last bool
	focused, active    bool
	veiled             bool
	take               string
	theme              *theme.Theme
	ruler              ruler
}

// An edge is what is drawn around a pane's text, and the rows that it was drawn
// around lately: most of a frame is the frame before, and measuring and styling
// it anew costs more than all else. Panes share the line between them, and the
// rightmost needs no filling: what is not painted need not be sent.
type edge struct {
	shape             shape
	top, rule, bottom string
	left              string
	inner             int // cells to the right of left
	rows              map[string]string
}

const rowsKept = 512

func (e *edge) row(s string) string {
	if r, ok := e.rows[s]; ok {
		return r
	}
	if len(e.rows) >= rowsKept {
		clear(e.rows)
	}
	r := e.left + s
	switch ruler := e.shape.ruler; {
	case !e.shape.last:
		r = e.left + ruler.fit(s, e.inner)
	case ruler.width(r) > e.shape.w:
		r = ruler.fit(r, e.shape.w)
	}
	e.rows[s] = r
	return r
}

// around is the pane's edge in the given shape, drawn again if that changed.
func (p *pane) around(sh shape, lk *look) *edge {
	if p.edge != nil && p.edge.shape == sh {
		return p.edge
	}
	th, w := lk.theme, sh.w
	e := &edge{shape: sh, rows: map[string]string{}}
	p.edge = e
	if !sh.boxed {
		e.top, e.left, e.inner = lk.fit(" "+p.title(w-2, lk), w), " ", w-1
		return e
	}
	border := th.Border
	if sh.focused && sh.active {
		border = th.BorderFocus
	}
	corners := [...]string{"╭", "├", "╰"}
	if !sh.first {
		corners = [...]string{"┬", "┼", "┴"}
	}
	e.left, e.inner = border.Render("│")+" ", w-2
	if sh.first && sh.last {
		corners, e.left = [...]string{"─", "─", "─"}, "  "
	}
	line := func(corner string) string { return border.Render(corner + strings.Repeat("─", max(w-1, 0))) }
	title := p.title(w-5, lk)
	e.top = border.Render(corners[0]+"─") + " " + title + " " + border.Render(strings.Repeat("─", max(w-4-lk.width(title), 0)))
	e.rule, e.bottom = line(corners[1]), line(corners[2])
	return e
}

// draw is the pane's lines, each exactly as wide as r, or shorter where no
// other pane is beside it.
func (p *pane) draw(r image.Rectangle, boxed bool, lines []string, c *cell, lk *look) []string {
	w, h := r.Dx(), r.Dy()
	e := p.around(shape{w, boxed, p.first, p.last, p.focused, p.active, p.veiled, p.take, lk.theme, lk.ruler}, lk)
	body, inner := max(h-chrome(boxed), 0), textWidth(r, boxed)
	var listing []string
	if c == nil || !c.running {
		for len(lines) > 0 && lines[len(lines)-1] == "" {
			lines = lines[:len(lines)-1]
		}
		if !p.veiled {
			listing = p.listing(body-len(lines), inner, lk)
		}
	}
	one, two := p.below(c, inner, boxed, listing != nil, lk)
	out := append(make([]string, 0, h+4), e.top)
	for i := range body - len(listing) {
		out = append(out, e.row(at(lines, i)))
	}
	for _, l := range listing {
		out = append(out, e.row(l))
	}
	if !boxed {
		return append(out, e.row(one))[:h]
	}
	return append(out, e.rule, e.row(one), e.row(two), e.bottom)[:h]
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// facts are what a pane says before anything was asked.
func (p *pane) facts(w int, lk *look) []string {
	th, m := lk.theme, p.model
	var lines []string
	row := func(label, text string) {
		if text != "" {
			lines = append(lines, th.Faint.Render(lk.fit(label, 9))+th.Muted.Render(lk.cut(text, max(w-9, 1))))
		}
	}
	if p.demo {
		lines = append(lines, th.Warn.Render(lk.cut("Simulated: nothing real answers.", w)))
	}
	row("model", plain.Line(m.Ref.String()))
	if m.Context > 0 {
		row("context", sessions.Count(m.Context)+" tokens")
	}
	row("can", can(m.Can))
	row("size", size(m.Size))
	row("licence", plain.Line(m.Licence))
	row("price", strings.TrimPrefix(price(m), "price "))
	if m.Price != nil && m.Price.Source != providers.Free {
		lines[len(lines)-1] += th.Faint.Render(" per M")
	}
	if s := accepts(m); lk.width(s) <= w-9 { // half of it would be a riddle
		row("accepts", s)
	}
	if words := p.set(); words != nil {
		row("set", strings.Join(words, ", "))
	}
	if p.column.System != "" {
		row("system", plain.Line(p.column.System))
	}
	return lines
}

// accepts names the parameters that are sent to a model.
func accepts(m providers.Model) string {
	var names []string
	for _, k := range m.Accepts {
		names = append(names, plain.Line(k.Name))
	}
	return strings.Join(names, ", ")
}

// can names the abilities a model is known to have, or that it has none; "" if
// that is not known.
func can(a providers.Abilities) string {
	if reads(a) {
		return "text"
	}
	var s []string
	for _, x := range []struct {
		name string
		yes  providers.Support
	}{{"pictures", a.Images}, {"thoughts", a.Thoughts}, {"tools", a.Tools}, {"audio", a.Audio}, {"documents", a.Documents}} {
		if x.yes == providers.Yes {
			s = append(s, x.name)
		}
	}
	return strings.Join(s, ", ")
}

// tabLabel is a column's, in a share of the line: its number and mark alone where
// hardly a letter of the name has room.
func tabLabel(p pane, i int, mark string, share int, lk *look) string {
	number, name := " "+strconv.Itoa(i+1)+" ", mark+plain.Line(p.column.Model.Model)
	if p.veiled {
		number, name = " ", seated(i+1)
	}
	if lk.width(number+name) >= share && share < lk.width(number+mark)+4 {
		return " " + strconv.Itoa(i+1) + strings.TrimSpace(mark) + " "
	}
	return lk.Truncate(number+name+" ", share, "… ")
}

// tabs is the line of all columns where not each has a pane.
func tabs(cols []pane, marks []string, first, shown, w int, lk *look) string {
	th := lk.theme
	var b strings.Builder
	for i, p := range cols {
		label := tabLabel(p, i, marks[i], w/len(cols), lk)
		style := th.Muted
		switch {
		case p.focused:
			style = th.Selection
		case i >= first && i < first+shown:
			style = lipgloss.NewStyle().Bold(true)
		}
		b.WriteString(style.Render(label))
	}
	return lk.fit(b.String(), w)
}
