package tui

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"math"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/sessions/plain"
	"juxta/ui/picture"
)

// A viewer shows a picture on the whole screen, and a part of it can be chosen.
type viewer struct {
	look    *look
	gallery *gallery
	shots   []shot
	at      int

	zoom   float64     // dots of the screen to a pixel; 0 for as large as fits
	centre image.Point // pixel in the middle of the screen
	crop   image.Rectangle
	busy   bool  // the part is being cut out
	err    error // why it could not be

	w, h  int // cells for the picture, when it was drawn last
	stand *drawn
	drawn struct {
		crop   image.Rectangle
		d      *drawn
		look   *look
		foot   string
		lines  string
		change int
	}
}

// openPicture shows a picture of the stage on the whole screen.
func (m *Model) openPicture() tea.Cmd {
	m.see()
	s := &m.stage
	switch {
	case len(s.shots) == 0:
		return m.say("no picture to show: ctrl+t attaches one")
	case s.shots[s.at].early:
		return m.say("this picture is still being prepared: a moment")
	case s.gallery.screen.mode() == picture.Words:
		return m.say(s.gallery.screen.why())
	}
	m.push(newViewer(s, &m.look))
	return nil
}

func newViewer(s *stage, lk *look) *viewer {
	v := &viewer{look: lk, gallery: &s.gallery}
	for i, sh := range s.shots {
		if i == s.at {
			v.at = len(v.shots)
		}
		if !sh.early {
			v.shots = append(v.shots, sh)
		}
	}
	v.fit()
	return v
}

func (v *viewer) shot() shot { return v.shots[v.at] }

// fit shows the whole picture.
func (v *viewer) fit() { v.zoom, v.centre = 0, v.shot().size.Div(2) }

// grid is the dots of the screen, and how many pixels high a dot is that is one
// wide: those of blocks are not quite square where a cell is not 1:2.
func (v *viewer) grid() (dots image.Point, tall float64) {
	mode := v.gallery.screen.mode()
	d, cell := mode.Dots(v.gallery.screen.cell), picture.Kitty.Dots(v.gallery.screen.cell)
	return image.Pt(v.w*d.X, v.h*d.Y), float64(cell.Y*d.X) / float64(cell.X*d.Y)
}

// fits is the zoom at which the whole picture is seen.
func (v *viewer) fits() float64 {
	dots, tall := v.grid()
	size := v.shot().size
	return min(float64(dots.X)/float64(max(size.X, 1)), float64(dots.Y)*tall/float64(max(size.Y, 1)))
}

// scale is the zoom as a number.
func (v *viewer) scale() float64 {
	if v.zoom == 0 {
		return v.fits()
	}
	return v.zoom
}

// part is the pixels that are seen.
func (v *viewer) part() image.Rectangle {
	size := v.shot().size
	if v.zoom == 0 {
		return image.Rectangle{Max: size}
	}
	dots, tall := v.grid()
	w := max(1, min(size.X, int(math.Ceil(float64(dots.X)/v.zoom))))
	h := max(1, min(size.Y, int(math.Ceil(float64(dots.Y)*tall/v.zoom))))
	x := max(0, min(v.centre.X-w/2, size.X-w))
	y := max(0, min(v.centre.Y-h/2, size.Y-h))
	return image.Rect(x, y, x+w, y+h)
}

// zoomBy enlarges about the middle. As large as fits is on the way when that is
// passed, and the least.
func (v *viewer) zoomBy(f float64) {
	const most = 64
	v.centre = middle(v.part())
	least := min(v.fits(), 1)
	next := min(v.scale()*f, most)
	if next <= least*1.01 {
		v.fit()
		return
	}
	v.zoom = next
}

func middle(r image.Rectangle) image.Point { return r.Min.Add(r.Size().Div(2)) }

// pan moves by a tenth of what is seen.
func (v *viewer) pan(dx, dy int) {
	if v.zoom == 0 {
		return
	}
	p := v.part()
	by := image.Pt(dx*max(p.Dx()/10, 1), dy*max(p.Dy()/10, 1))
	v.centre = middle(p).Add(by)
	v.centre = middle(v.part()) // no further than the edge
}

// turn goes to another picture.
func (v *viewer) turn(by int) action {
	v.at = (v.at + by + len(v.shots)) % len(v.shots)
	v.stand, v.err = nil, nil
	v.fit()
	shot := v.shot()
	return func(m *Model) tea.Cmd {
		s := &m.stage
		if at := slices.IndexFunc(s.shots, shot.is); at >= 0 {
			s.at = at
			s.gallery.change++
		}
		return nil
	}
}

func (v *viewer) key(k tea.KeyPressMsg) (action, tea.Cmd) {
	v.err = nil
	s := k.String()
	if v.cropping() {
		return v.cropKey(s), nil
	}
	switch s {
	case "+", "=":
		v.zoomBy(1.25)
	case "-", "_":
		v.zoomBy(1 / 1.25)
	case "0":
		v.fit()
	case "1":
		v.centre, v.zoom = middle(v.part()), 1
		v.centre = middle(v.part())
	case "left", "h":
		v.pan(-1, 0)
	case "right", "l":
		v.pan(1, 0)
	case "up", "k":
		v.pan(0, -1)
	case "down", "j":
		v.pan(0, 1)
	case "n", "]", "tab":
		return v.turn(1), nil
	case "p", "[", "shift+tab":
		return v.turn(-1), nil
	case "c":
		v.beginCrop()
	case "q", "enter":
		return func(m *Model) tea.Cmd { m.pop(); return nil }, nil
	}
	return nil, nil
}

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
				if !slices.Contains(m.overlays, overlay(v)) {
					return nil // it was closed meanwhile
				}
				if err != nil {
					v.err = err
					return nil
				}
				m.overlays = slices.DeleteFunc(m.overlays, func(o overlay) bool { return o == v })
				m.toComposer()
				return m.attachReady(piece)
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

func (v *viewer) paste(string) {}

func (v *viewer) restyle() {}

func (v *viewer) cursor() *tea.Cursor { return nil }

// view is the picture, and below it what is seen and the keys.
func (v *viewer) view(w, h int) string {
	below := 1
	if w < oneLine && h >= 8 {
		below = 2
	}
	v.w, v.h = w, max(h-below, 0)
	v.centre = middle(v.part()) // another size of the screen may show what is outside
	part := v.part()
	d := v.wish(part)
	foot := v.foot(w, below)
	frame := v.framed(part, d)
	if v.drawn.d == d && v.drawn.crop == frame && v.drawn.foot == foot && v.drawn.change == v.gallery.change && v.drawn.lines != "" {
		return v.drawn.lines
	}
	var rows []string
	if d != nil {
		rows = d.lines
		if !frame.Empty() {
			rows = d.d.Lines(frame)
		}
	}
	lines := make([]string, 0, h)
	above := max(0, (v.h-len(rows))/2)
	for y := range v.h {
		line := ""
		if i := y - above; i >= 0 && i < len(rows) {
			line = spaces((w-d.of.cols)/2) + rows[i]
			if d.of.cols > w { // of before the screen was made smaller
				line = ""
			}
		}
		lines = append(lines, line)
	}
	text := strings.Join(append(lines, foot), "\n")
	v.drawn.d, v.drawn.crop, v.drawn.foot, v.drawn.lines, v.drawn.change = d, frame, foot, text, v.gallery.change
	return text
}

// wish asks for the part, and is the best that is there.
func (v *viewer) wish(part image.Rectangle) *drawn {
	sh := v.shot()
	seen := part.Size()
	cols, rows := picture.Fit(seen, v.w, v.h, v.gallery.screen.cell)
	if v.zoom != 0 { // a part may be smaller than the screen; it is not made larger than it was asked for
		dots, tall := v.grid()
		d := v.gallery.screen.mode().Dots(v.gallery.screen.cell)
		cols = max(1, min(min(dots.X/max(d.X, 1), picture.Spans), int(math.Round(float64(seen.X)*v.zoom/float64(d.X)))))
		rows = max(1, min(min(dots.Y/max(d.Y, 1), picture.Spans), int(math.Round(float64(seen.Y)*v.zoom/tall/float64(d.Y)))))
	}
	rough := wish{shot: sh, part: part, cols: cols, rows: rows}
	fine := rough
	fine.full = true
	if max(sh.size.X, sh.size.Y) <= prompts.ThumbEdge || v.scale()*float64(max(sh.size.X, sh.size.Y)) <= prompts.ThumbEdge {
		v.gallery.wish(fullScreen, rough)
	} else {
		v.gallery.wish(fullScreen, rough, fine)
	}
	if d := v.gallery.get(fine); d != nil {
		v.stand = d
	} else if d := v.gallery.get(rough); d != nil {
		v.stand = d
	}
	return v.stand
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

// oneLine is the width from which what is seen and the keys have room beside
// each other.
const oneLine = 130

// foot is what is seen, and the keys, in one line or two.
func (v *viewer) foot(w, lines int) string {
	th, sh := v.look.theme, v.shot()
	what := fmt.Sprintf("%d×%d · shown at %d %%", sh.size.X, sh.size.Y, int(math.Round(v.scale()*100)))
	if sh.turn > 0 {
		what = fmt.Sprintf("turn %d · ", sh.turn) + what
	}
	keys := "+ - zoom  0 fit  1 full size  ←↓↑→ hjkl pan  c crop  esc closes"
	if len(v.shots) > 1 {
		what = fmt.Sprintf("%d of %d · ", v.at+1, len(v.shots)) + what
		keys = "n p picture  " + keys
	}
	switch {
	case v.busy:
		keys = "cutting out"
	case v.cropping():
		c := v.crop
		what = fmt.Sprintf("%d×%d at %d, %d of %d×%d", c.Dx(), c.Dy(), c.Min.X, c.Min.Y, sh.size.X, sh.size.Y)
		keys = "←↓↑→ hjkl move  HJKL size  0 all  enter asks about it  esc leaves"
	case v.stand == nil:
		what += " · drawing"
	}
	left := " " + th.Title.Render(v.look.cut(sh.name, max(w/3, 8))) + " " + th.Muted.Render(what)
	if err := cmp.Or(v.err, v.gallery.err(sh)); err != nil {
		left = th.Warn.Render(" " + sh.name + ": " + plain.Line(err.Error()))
	}
	keys = th.Faint.Render(keys)
	if lines > 1 {
		return v.look.fit(left, w) + "\n" + v.look.fit(" "+keys, w)
	}
	if room := w - v.look.width(left) - 3; room < v.look.width(keys) {
		keys = v.look.cut(keys, max(room, 0))
	}
	return v.look.spread(left, keys+" ", w)
}
