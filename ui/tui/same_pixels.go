package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
)

// samePixels chooses the size to which pictures are scaled before they are sent
// to all columns alike. It holds for the session; what a picture is scaled from
// is always the whole of it, so that choosing again loses nothing.
func (m *Model) samePixels() tea.Cmd {
	l := newList("Pixels that every model gets", "enter chooses · esc closes", &m.look)
	at := 0
	add := func(edge int, title, what string) {
		if edge == m.edge {
			title += " · now"
			at = len(l.items)
		}
		l.items = append(l.items, item{title: title, cells: []string{what}, value: edge})
	}
	add(0, "as they are", "each scales them its own way")
	if edge, known := m.largestWhole(); edge > 0 {
		what := "nobody scales it" + m.became(edge)
		if !known {
			what = "of those that are known"
		}
		add(edge, fmt.Sprintf("%d px: the largest all models see whole", edge), what)
	}
	for _, edge := range []int{2048, 1536, 1024, 768, 512} {
		if slices.ContainsFunc(l.items, func(it item) bool { return it.value == edge }) {
			continue
		}
		add(edge, fmt.Sprintf("%d px", edge), "same bytes to each"+m.became(edge))
	}
	l.choose = func(it item, _ string) action {
		return func(m *Model) tea.Cmd {
			m.pop()
			m.edge, m.stale, m.flown = it.value.(int), true, false
			if m.edge == 0 {
				return m.say("pictures are sent as they are")
			}
			return m.say(fmt.Sprintf("every model gets the same pixels, at most %d wide and high, in this session", m.edge))
		}
	}
	l.fill(l.items)
	l.at = at
	m.push(l)
	return nil
}

// became is what the first picture would be with an edge.
func (m *Model) became(edge int) string {
	for _, f := range m.files() {
		if f.whole != nil && f.kind() == prompts.Picture {
			w, h := fitted(f.whole.Width, f.whole.Height, edge)
			return fmt.Sprintf(": %d×%d", w, h)
		}
	}
	return ""
}

// fitted is a picture's size once it is at most edge wide and high, as Fit has
// it.
func fitted(w, h, edge int) (int, int) {
	long := max(w, h)
	if long <= edge {
		return w, h
	}
	scale := func(n int) int { return max((n*edge+long/2)/long, 1) }
	return scale(w), scale(h)
}

// largestWhole is the largest edge at which no service scales the pictures
// attached any further, 0 if there is none, and whether that is known of every
// model that would be asked.
func (m *Model) largestWhole() (edge int, known bool) {
	var pictures []*prompts.Attachment
	top := 0
	for _, f := range m.files() {
		if f.whole != nil && f.kind() == prompts.Picture {
			pictures = append(pictures, f.whole)
			top = max(top, f.whole.Width, f.whole.Height)
		}
	}
	known = true
	seers := 0
	for _, p := range m.panes {
		switch {
		case p.flight != nil && p.flight.Trouble != "":
		case p.model.Vision == nil:
			known = false
		default:
			seers++
		}
	}
	if len(pictures) == 0 || seers == 0 {
		return 0, false
	}
	whole := func(edge int) bool {
		for _, p := range m.panes {
			if p.model.Vision == nil || p.flight != nil && p.flight.Trouble != "" {
				continue
			}
			for _, a := range pictures {
				w, h := fitted(a.Width, a.Height, edge)
				if v := p.model.Vision.See(w, h); v.Trouble != "" || v.Width > 0 && v.Width < w || v.Height > 0 && v.Height < h {
					return false
				}
			}
		}
		return true
	}
	const least = 64
	if !whole(least) || top < least {
		return 0, known
	}
	low, high := least, top+1 // whole at low, not known to be at high
	for low+1 < high {
		if mid := (low + high) / 2; whole(mid) {
			low = mid
		} else {
			high = mid
		}
	}
	return low, known
}
