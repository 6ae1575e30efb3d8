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
	l := newList("Scale pictures once, the same bytes to every model", m.keyed("enter chooses · {back} closes"), &m.look)
	at, most, label := 0, m.largestWhole(), m.look.width("as they are · now")
	room := m.w - 6 - label - 2 // of a list's row
	if m.w > 90 {
		room -= m.w - max(m.w*4/5, 80)
	}
	add := func(edge int) {
		size := "as they are"
		if edge > 0 {
			size = fmt.Sprintf("%d px", edge)
		}
		title := size
		if edge == m.edge {
			title += " · now"
			at = len(l.items)
		}
		what := m.outcome(edge, room, edge > 0 && edge == most)
		l.items = append(l.items, item{title: m.look.fit(title, label) + "  " + what, find: size, value: edge})
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
// what becomes of all of them then, in w cells if it can be: who may refuse one
// goes before who scales one; largest says that it is the largest edge with which
// every model sees all of them unscaled.
func (m *Model) outcome(edge, w int, largest bool) string {
	pictures, marks := m.wholes()
	switch {
	case len(pictures) == 0 && edge == 0:
		return "each model's service scales them its own way"
	case len(pictures) == 0:
		return "same bytes to each"
	}
	var refusers, scalers affected
	seers, unknown := 0, 0
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
		case v.Trouble != "":
			refusers.add(p.column.Model, i, v)
		default:
			scalers.add(p.column.Model, i, v)
		}
	}
	var who []string
	switch {
	case len(refusers.models) > 0:
		who = refusers.words("may refuse", "may refuse", marks, false, m.look.ruler)
	case len(scalers.models) > 0:
		who = scalers.words("scales", "scale", marks, true, m.look.ruler)
	case seers == 0:
		who = []string{""}
	case unknown > 0:
		who = []string{" · unscaled where that is known"}
	case largest:
		who = []string{" · the largest that all see unscaled"}
	default:
		who = []string{" · every model sees it unscaled"}
	}
	for _, end := range who {
		for _, size := range sizes(pictures, edge) {
			if m.look.width(size+end) <= w {
				return size + end
			}
		}
	}
	all := sizes(pictures, edge)
	return all[len(all)-1] + who[len(who)-1]
}

// sizes say what the first picture is with an edge, and how many there are
// besides; the longest first.
func sizes(pictures []*prompts.Attachment, edge int) []string {
	w, h := fitted(pictures[0].Width, pictures[0].Height, edge)
	size := fmt.Sprintf("%d×%d", w, h)
	switch n := len(pictures) - 1; n {
	case 0:
		return []string{size}
	case 1:
		return []string{size + " and 1 more picture", size + " and 1 more", size}
	default:
		return []string{fmt.Sprintf("%s and %d more pictures", size, n), fmt.Sprintf("%s and %d more", size, n), size}
	}
}

// affected are the models, each once, to which the same happens with some
// picture, and what happens to the first.
type affected struct {
	models  []providers.Ref
	picture int  // which picture of all
	differ  bool // another model's is another picture
	view    providers.View
}

func (a *affected) add(model providers.Ref, picture int, v providers.View) {
	if len(a.models) == 0 {
		a.picture, a.view = picture, v
	}
	a.differ = a.differ || picture != a.picture
	if !slices.Contains(a.models, model) {
		a.models = append(a.models, model)
	}
}

// words say what the models do, with a figure for the first if it is sized: the
// longest first, then with less and less of it. The verb is for one model and for
// several.
func (a *affected) words(one, several string, marks []mark, sized bool, r ruler) (all []string) {
	it, size := "it", fmt.Sprintf("%d×%d", a.view.Width, a.view.Height)
	if len(marks) > 1 {
		it = marks[a.picture].String()
	}
	what, to := it, " (to "+size+")"
	if a.differ {
		what, to = "some", " ("+it+" to "+size+")"
	}
	more := []string{""}
	switch n := len(a.models) - 1; {
	case n == 1:
		more = []string{" and 1 more model", " and 1 more"}
	case n > 1:
		more = []string{fmt.Sprintf(" and %d more models", n), fmt.Sprintf(" and %d more", n)}
	}
	for _, figure := range []bool{true, false} {
		for _, room := range []int{20, 12} {
			name := r.middle(plain.Line(a.models[0].Model), room)
			for _, more := range more {
				switch {
				case figure && !sized:
				case more == "" && figure:
					all = append(all, fmt.Sprintf(" · %s %s %s to %s", name, one, it, size))
				case more == "":
					all = append(all, fmt.Sprintf(" · %s %s %s", name, one, it))
				case figure:
					all = append(all, fmt.Sprintf(" · %s%s%s %s %s", name, to, more, several, what))
				default:
					all = append(all, fmt.Sprintf(" · %s%s %s %s", name, more, several, what))
				}
			}
		}
	}
	return all
}

// scales is the first of the pictures that the pane's model may refuse with an
// edge, or else the first that it would not see as it is, and how it would; -1
// for none. It is false where nobody knows.
func (p *pane) scales(pictures []*prompts.Attachment, edge int) (first int, how providers.View, known bool) {
	if p.model.Vision == nil {
		return -1, how, false
	}
	first, known = -1, true
	for i, a := range pictures {
		w, h := fitted(a.Width, a.Height, edge)
		v := p.model.Vision.See(w, h)
		switch {
		case v.Trouble != "":
			return i, v, true
		case first >= 0:
		case v.Width > 0 && v.Width < w, v.Height > 0 && v.Height < h:
			first, how = i, v
		case v.Width <= 0:
			known = false
		}
	}
	return first, how, known || first >= 0
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
