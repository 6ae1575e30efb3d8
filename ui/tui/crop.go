package tui

import (
	"context"
	"image"
	"slices"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
)

func (v *viewer) cropping() bool { return !v.crop.Empty() }

// beginCrop chooses the middle half of what is seen.
func (v *viewer) beginCrop() {
	p := v.part()
	w, h := max(p.Dx()/2, 1), max(p.Dy()/2, 1)
	at := p.Min.Add(p.Size().Sub(image.Pt(w, h)).Div(2))
	v.crop = image.Rectangle{Min: at, Max: at.Add(image.Pt(w, h))}
}

// cropKey moves the part that is chosen, or its lower right corner; it is never
// outside the picture, and never empty.
func (v *viewer) cropKey(s string) action {
	p, size := v.part(), v.shot().size
	dx, dy := max(p.Dx()/40, 1), max(p.Dy()/40, 1)
	move := func(x, y int) {
		x = max(-v.crop.Min.X, min(x, size.X-v.crop.Max.X))
		y = max(-v.crop.Min.Y, min(y, size.Y-v.crop.Max.Y))
		v.crop = v.crop.Add(image.Pt(x, y))
	}
	grow := func(x, y int) {
		v.crop.Max.X = max(v.crop.Min.X+1, min(v.crop.Max.X+x, size.X))
		v.crop.Max.Y = max(v.crop.Min.Y+1, min(v.crop.Max.Y+y, size.Y))
	}
	if v.busy {
		return nil
	}
	switch s {
	case "left", "h":
		move(-dx, 0)
	case "right", "l":
		move(dx, 0)
	case "up", "k":
		move(0, -dy)
	case "down", "j":
		move(0, dy)
	case "shift+left", "H":
		grow(-dx, 0)
	case "shift+right", "L":
		grow(dx, 0)
	case "shift+up", "K":
		grow(0, -dy)
	case "shift+down", "J":
		grow(0, dy)
	case "0", "a":
		v.crop = image.Rectangle{Max: size}
	case "enter":
		v.busy = true
		return v.cut()
	}
	return nil
}

// cut cuts the chosen part out and attaches it to the question.
func (v *viewer) cut() action {
	shot, part := v.shot(), v.crop
	return func(m *Model) tea.Cmd {
		b := m.bench
		ctx, cancel := context.WithCancel(m.ctx)
		return func() tea.Msg {
			defer cancel()
			a, err := shot.load(b)
			var piece *prompts.Attachment
			if err == nil {
				piece, err = a.Crop(ctx, part)
			}
			return action(func(m *Model) tea.Cmd {
				v.busy = false
				if !m.shows(v) {
					return nil // it was closed meanwhile
				}
				if err != nil {
					v.err = err
					return nil
				}
				m.drop(v)
				m.toComposer()
				m.attachReady(piece)
				if slices.ContainsFunc(m.files(), func(f *attached) bool { return f.ready != nil && f.ready == shot.ready }) {
					m.say(m.keyed("the part is attached, and the whole still is: {attach} takes it off"))
				}
				return nil
			})
		}
	}
}

// escape ends the choosing of a part, and is false where there is none.
func (v *viewer) escape() bool {
	was := v.cropping()
	v.crop, v.busy, v.err = image.Rectangle{}, false, nil
	return was
}

// framed is the chosen part in cells of what is drawn.
func (v *viewer) framed(part image.Rectangle, d *drawn) image.Rectangle {
	if !v.cropping() || d == nil || part.Empty() {
		return image.Rectangle{}
	}
	x := func(p int) int { return (p - part.Min.X) * d.of.cols / part.Dx() }
	y := func(p int) int { return (p - part.Min.Y) * d.of.rows / part.Dy() }
	r := image.Rect(x(v.crop.Min.X), y(v.crop.Min.Y), x(v.crop.Max.X), y(v.crop.Max.Y))
	r.Max.X, r.Max.Y = max(r.Max.X, r.Min.X+1), max(r.Max.Y, r.Min.Y+1)
	return r
}
