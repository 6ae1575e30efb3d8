package tui

import (
	"image"
	"math"
	"slices"

	tea "charm.land/bubbletea/v2"

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
		return m.say(m.keyed("no picture to show: {attach} attaches one"))
	case s.shots[s.at].early:
		return m.say("this picture is still being prepared: a moment")
	case s.gallery.screen.mode() == picture.Words:
		return m.say(s.gallery.screen.why())
	}
	m.push(newViewer(s.shots, s.at, &s.gallery, &m.look))
	return nil
}

// openFile shows a picture of a turn on the whole screen.
func (m *Model) openFile(t *turn, name string) tea.Cmd {
	var shots []shot
	first := 0
	for _, f := range t.Files {
		if !isPicture(f) {
			continue
		}
		if nameOf(f.Name) == name {
			first = len(shots)
		}
		sh := keptShot(f)
		sh.turn = t.ID
		shots = append(shots, sh)
	}
	g := &m.stage.gallery
	switch {
	case len(shots) == 0:
		return nil
	case g.screen.mode() == picture.Words:
		return m.say(g.screen.why())
	}
	m.push(newViewer(shots, first, g, &m.look))
	return nil
}

// newViewer begins with the shot at first; those that are still being prepared
// are left out.
func newViewer(shots []shot, first int, g *gallery, lk *look) *viewer {
	v := &viewer{look: lk, gallery: g}
	for i, sh := range shots {
		if i == first {
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

func (v *viewer) paste(string) {}

func (v *viewer) restyle() {}

func (v *viewer) cursor() *tea.Cursor { return nil }

func (v *viewer) covers() {}
