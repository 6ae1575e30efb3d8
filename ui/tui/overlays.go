package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
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

// A cover is an overlay that has the whole screen.
type cover interface {
	overlay
	covers()
}

func (m *Model) push(o overlay) { m.overlays = append(m.overlays, o) }

func (m *Model) pop() {
	if n := len(m.overlays); n > 0 {
		m.overlays = m.overlays[:n-1]
	}
}

// shows reports whether an overlay is still there, on top or below others.
func (m *Model) shows(o overlay) bool { return slices.Contains(m.overlays, o) }

// drop takes an overlay away, wherever it is.
func (m *Model) drop(o overlay) {
	m.overlays = slices.DeleteFunc(m.overlays, func(x overlay) bool { return x == o })
}

// closeTop is esc on the top overlay: it goes back a step within it, if there is
// one (escape), or closes it, which it may have something to do for (left).
func (m *Model) closeTop() tea.Cmd {
	top := m.overlays[len(m.overlays)-1]
	if o, ok := top.(interface{ escape() bool }); ok && o.escape() {
		return nil
	}
	if _, ok := top.(*booth); ok {
		return m.leaveBooth()
	}
	m.pop()
	if o, ok := top.(interface{ left(*Model) }); ok {
		o.left(m)
	}
	return nil
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
	side := th.BorderFocus.Render("│")
	for _, l := range lines {
		b.WriteString(side + " " + lk.fit(l, inner) + " " + side + "\n")
	}
	foot = lk.hints(foot, w-5)
	b.WriteString(th.BorderFocus.Render("╰─") + " " + th.Faint.Render(foot) + " " + th.BorderFocus.Render(strings.Repeat("─", max(w-5-lk.width(foot), 0))+"╯"))
	return b.String()
}

// hints are words about keys, with points between them, in w cells at the most: of
// those that have no room together the last stays, which is the way out.
func (lk *look) hints(words string, w int) string {
	const point = " · "
	all := strings.Split(words, point)
	last := all[len(all)-1]
	for i := len(all) - 2; i >= 0 && lk.width(words) > w; i-- {
		words = strings.Join(append(slices.Clone(all[:i]), last), point)
	}
	return lk.cut(words, w)
}
