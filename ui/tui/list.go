package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"juxta/sessions/plain"
)

// An action is what an overlay wants done. The model does it, in one place.
type action func(*Model) tea.Cmd

// An overlay is drawn over the workbench and has all keys while it is on top.
type overlay interface {
	// key handles a key; a nil action changes nothing but the overlay.
	key(tea.KeyPressMsg) (action, tea.Cmd)
	paste(text string)
	// view is the overlay in at most w×h cells.
	view(w, h int) string
	// cursor is where the text cursor is in the view, if it has one.
	cursor() *tea.Cursor
	restyle() // the theme has changed
}

// An item is a row of a list: what is searched and shown, and what is done
// when it is chosen.
type item struct {
	title string // sanitised
	cells []string
	value any
}

// A list is an overlay to choose from: type to narrow, enter to choose.
type list struct {
	look   *look
	title  string
	hint   string // the keys below
	empty  string // said when there is nothing to choose from
	input  textinput.Model
	items  []item
	match  []fuzzy.Match // of what is typed, best first
	at     int           // index in match
	top    int           // first one in view
	widest []int         // of each column of cells
	busy   string        // said while items are still coming

	choose func(it item, k string) action // k is the key: enter, or one of also
	also   []string
}

func newList(title, hint string, lk *look) *list {
	in := textinput.New()
	in.Prompt = "❯ "
	in.Placeholder = "type to search"
	in.SetVirtualCursor(false)
	in.Focus()
	l := &list{look: lk, title: title, hint: hint, input: in}
	l.restyle()
	return l
}

func (l *list) restyle() {
	th := l.look.theme
	s := l.input.Styles()
	for _, st := range []*textinput.StyleState{&s.Focused, &s.Blurred} {
		st.Prompt, st.Text, st.Placeholder = th.Prompt, th.Text, th.Faint
	}
	s.Cursor.Blink, s.Cursor.Color = false, nil
	l.input.SetStyles(s)
}

// fill replaces the items, keeping the chosen one chosen if it is still there.
func (l *list) fill(items []item) {
	var title string
	if l.at < len(l.match) {
		title = l.items[l.match[l.at].Index].title
	}
	l.items, l.widest = items, nil
	for _, it := range items {
		for i, c := range it.cells {
			if i == len(l.widest) {
				l.widest = append(l.widest, 0)
			}
			l.widest[i] = max(l.widest[i], l.look.width(c))
		}
	}
	l.narrow()
	for i, m := range l.match {
		if l.items[m.Index].title == title {
			l.at = i
		}
	}
}

// narrow keeps the items that match what is typed.
func (l *list) narrow() {
	l.at, l.top = 0, 0
	query := strings.TrimSpace(l.input.Value())
	if query == "" {
		l.match = make([]fuzzy.Match, len(l.items))
		for i := range l.items {
			l.match[i].Index = i
		}
		return
	}
	l.match = fuzzy.FindFrom(query, (*titles)(l))
}

// titles is a list as the fuzzy search reads it.
type titles list

func (t *titles) String(i int) string {
	return t.items[i].title + " " + strings.Join(t.items[i].cells, " ")
}
func (t *titles) Len() int { return len(t.items) }

func (l *list) key(k tea.KeyPressMsg) (action, tea.Cmd) {
	s := k.String()
	switch s {
	case "up", "ctrl+p":
		l.at--
	case "down", "ctrl+n":
		l.at++
	case "pgup":
		l.at -= 10
	case "pgdown":
		l.at += 10
	default:
		if s == "enter" || slices.Contains(l.also, s) {
			var it item // none, where only another key than enter makes sense
			if l.at < len(l.match) {
				it = l.items[l.match[l.at].Index]
			} else if s == "enter" {
				return nil, nil
			}
			return l.choose(it, s), nil
		}
		before := l.input.Value()
		var cmd tea.Cmd
		l.input, cmd = l.input.Update(k)
		if l.input.Value() != before {
			l.narrow()
		}
		return nil, cmd
	}
	l.at = max(0, min(l.at, len(l.match)-1))
	return nil, nil
}

func (l *list) paste(text string) {
	l.input.SetValue(l.input.Value() + plain.Line(text))
	l.input.CursorEnd()
	l.narrow()
}

func (l *list) cursor() *tea.Cursor {
	c := l.input.Cursor()
	if c != nil {
		c.X += 2
		c.Y++
	}
	return c
}

func (l *list) view(w, h int) string {
	th := l.look.theme
	inner, rows := max(w-4, 1), max(h-4, 1)
	rows = min(rows, max(len(l.items), 6))
	if l.at < l.top {
		l.top = l.at
	}
	l.top = max(l.top, l.at-rows+1)
	l.input.SetWidth(max(inner-3, 1))
	lines := []string{l.input.View()}
	for i := l.top; i < min(l.top+rows, len(l.match)); i++ {
		lines = append(lines, l.row(l.match[i], i == l.at, inner))
	}
	switch {
	case len(l.items) == 0 && l.busy == "":
		lines = append(lines, th.Muted.Render(l.look.fit(l.empty, inner)))
	case len(l.match) == 0 && len(l.items) > 0:
		lines = append(lines, th.Muted.Render(l.look.fit("nothing matches", inner)))
	}
	for len(lines) < rows+1 {
		lines = append(lines, "")
	}
	foot := l.hint
	if l.busy != "" {
		foot = l.busy + " · " + foot
	}
	count := fmt.Sprintf("%d", len(l.items))
	if len(l.match) != len(l.items) {
		count = fmt.Sprintf("%d of %d", len(l.match), len(l.items))
	}
	return l.look.box(l.title, count, foot, lines, w)
}

// row is one item: the title in the room that the cells leave.
func (l *list) row(m fuzzy.Match, chosen bool, w int) string {
	it := l.items[m.Index]
	title := w - 2
	shown := 0
	for i, c := range l.widest { // cells go from the right while the title keeps its room
		if title-c-2 < min(w/2, 40) {
			break
		}
		title -= c + 2
		shown = i + 1
	}
	mark := "  "
	if chosen {
		mark = "▸ "
	}
	s := mark + l.look.fit(it.title, title)
	var rest string
	for i := range shown {
		cell := ""
		if i < len(it.cells) {
			cell = it.cells[i]
		}
		rest += "  " + l.look.fit(cell, l.widest[i])
	}
	if chosen {
		return l.look.theme.Selection.Render(s + rest)
	}
	return s + l.look.theme.Muted.Render(rest)
}

// box frames lines in w cells, with a title, a word at its right, and hints in
// the lower rule.
func (lk *look) box(title, right, foot string, lines []string, w int) string {
	th := lk.theme
	inner := max(w-4, 1)
	var b strings.Builder
	head := lk.cut(title, max(inner-lk.width(right)-5, 1))
	if right != "" {
		right = " " + right + " "
	}
	rule := max(w-5-lk.width(head)-lk.width(right), 0)
	b.WriteString(th.BorderFocus.Render("╭─ ") + th.Title.Render(head) + th.BorderFocus.Render(" "+strings.Repeat("─", rule)) + th.Muted.Render(right) + th.BorderFocus.Render("╮") + "\n")
	for _, l := range lines {
		b.WriteString(th.BorderFocus.Render("│") + " " + lk.fit(l, inner) + " " + th.BorderFocus.Render("│") + "\n")
	}
	foot = lk.cut(foot, w-5)
	b.WriteString(th.BorderFocus.Render("╰─") + " " + th.Faint.Render(foot) + " " + th.BorderFocus.Render(strings.Repeat("─", max(w-5-lk.width(foot), 0))+"╯"))
	return b.String()
}
