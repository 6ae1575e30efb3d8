package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions/plain"
)

// samePixels chooses the size to which pictures are scaled before they are sent
// to all columns alike. It holds for the questions that are asked from then on;
// what a picture is scaled from is always the whole of it, so that choosing again
// loses nothing.
func (m *Model) samePixels() tea.Cmd {
	l := newList("Scale pictures once, the same bytes to every model", "enter chooses · esc closes", &m.look)
	at, most := 0, m.largestWhole()
	add := func(edge int) {
		size := "as they are"
		if edge > 0 {
			size = fmt.Sprintf("%d px", edge)
		}
		label := size
		if edge == m.edge {
			label += " · now"
			at = len(l.items)
		}
		what := m.outcome(edge, edge > 0 && edge == most)
		l.items = append(l.items, item{title: m.look.fit(label, len("as they are · now")) + "  " + what, find: size, value: edge})
	}
	add(0)
	edges := []int{2048, 1536, 1024, 768, 512, most, m.edge}
	slices.Sort(edges)
	for _, edge := range slices.Backward(slices.Compact(edges)) {
		if edge > 0 {
			add(edge)
		}
	}
	l.choose = func(it item, _ string) action {
		return func(m *Model) tea.Cmd {
			m.pop()
			m.edge, m.stale, m.flown = it.value.(int), true, false
			return m.say(m.scaledWords())
		}
	}
	l.fill(l.items)
	l.at = at
	m.push(l)
	return nil
}

// scaledWords say what holds from now on.
func (m *Model) scaledWords() string {
	s := "pictures are sent as they are"
	if m.edge > 0 {
		s = fmt.Sprintf("every model is sent the same bytes, at most %d px", m.edge)
	}
	if m.pictured() {
		s += "; earlier turns stay as sent"
	}
	return s
}

// wholes are the pictures attached, before any scaling, and how panes call them.
func (m *Model) wholes() (pictures []*prompts.Attachment, marks []mark) {
	for _, f := range m.files() {
		if f.whole != nil && f.kind() == prompts.Picture {
			pictures, marks = append(pictures, f.whole), append(marks, mark{sign(prompts.Picture), f.number})
		}
	}
	return pictures, marks
}

// outcome is what the first picture would be with an edge, 0 for as it is, and
// whether every model would then see all of them unscaled; largest says that it is the largest edge
// of which that is true.
func (m *Model) outcome(edge int, largest bool) string {
	pictures, marks := m.wholes()
	switch {
	case len(pictures) == 0 && edge == 0:
		return "each model's service scales them its own way"
	case len(pictures) == 0:
		return "same bytes to each"
	}
	w, h := fitted(pictures[0].Width, pictures[0].Height, edge)
	s := fmt.Sprintf("%d×%d", w, h)
	if n := len(pictures) - 1; n > 0 {
		s += fmt.Sprintf(" +%d more", n)
	}
	first, others, seers, unknown := "", 0, 0, 0
	for _, p := range m.panes {
		if p.flight != nil && p.flight.Trouble != "" {
			continue // it is not asked
		}
		i, v, known := p.scales(pictures, edge)
		switch {
		case !known:
			unknown++
		case i < 0:
			seers++
		case first != "":
			others++
		default:
			it := "it"
			if len(pictures) > 1 {
				it = marks[i].String()
			}
			first = fmt.Sprintf("%s scales %s to %d×%d", m.look.middle(plain.Line(p.column.Model.Model), 20), it, v.Width, v.Height)
			if v.Trouble != "" {
				first = m.look.middle(plain.Line(p.column.Model.Model), 20) + " may not take " + it
			}
		}
	}
	switch {
	case others > 0:
		return fmt.Sprintf("%s · %s +%d", s, first, others)
	case first != "":
		return s + " · " + first
	case seers == 0:
		return s
	case unknown > 0:
		return s + " · unscaled where that is known"
	case largest:
		return s + " · the largest that all see unscaled"
	}
	return s + " · every model sees it unscaled"
}

// scales is the first of the pictures that the pane's model would not see as it
// is with an edge, and how it would; -1 for none. It is false where nobody knows.
func (p *pane) scales(pictures []*prompts.Attachment, edge int) (i int, v providers.View, known bool) {
	if p.model.Vision == nil {
		return -1, v, false
	}
	for i, a := range pictures {
		w, h := fitted(a.Width, a.Height, edge)
		v := p.model.Vision.See(w, h)
		switch {
		case v.Trouble != "", v.Width > 0 && v.Width < w, v.Height > 0 && v.Height < h:
			return i, v, true
		case v.Width <= 0:
			return -1, v, false
		}
	}
	return -1, v, true
}

// fitted is a picture's size once it is at most edge wide and high, as Fit has
// it; 0 is no bound.
func fitted(w, h, edge int) (int, int) {
	long := max(w, h)
	if edge <= 0 || long <= edge {
		return w, h
	}
	scale := func(n int) int { return max((n*edge+long/2)/long, 1) }
	return scale(w), scale(h)
}

// largestWhole is the largest edge at which every model that would be asked sees
// the pictures attached unscaled; 0 if there is none, or if that is not known of
// some model.
func (m *Model) largestWhole() int {
	pictures, _ := m.wholes()
	top := 0
	for _, a := range pictures {
		top = max(top, a.Width, a.Height)
	}
	whole := func(edge int) bool {
		seers := 0
		for i := range m.panes {
			p := &m.panes[i]
			if p.flight != nil && p.flight.Trouble != "" {
				continue
			}
			if scaled, _, known := p.scales(pictures, edge); !known || scaled >= 0 {
				return false
			}
			seers++
		}
		return seers > 0
	}
	const least = 64
	if top < least || !whole(least) {
		return 0
	}
	low, high := least, top+1 // whole at low, not known to be at high
	for low+1 < high {
		if mid := (low + high) / 2; whole(mid) {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}
