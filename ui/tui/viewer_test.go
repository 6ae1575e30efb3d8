package tui

import (
	"context"
	"image"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"juxta/prompts"
	"juxta/ui/picture"
)

// viewing is a viewer of one picture on a screen of w×h cells, of which a cell
// is twice as high as wide.
func viewing(size image.Point, w, h int) *viewer {
	m := newModel(context.Background(), Options{})
	m.stage.gallery.screen.profile = colorprofile.TrueColor
	m.stage.shots = []shot{{name: "pin.png", size: size, ready: &prompts.Attachment{Name: "pin.png", Width: size.X, Height: size.Y}}}
	v := newViewer(m.stage.shots, 0, &m.stage.gallery, &m.look)
	v.view(w, h)
	return v
}

func (v *viewer) presses(keys ...string) {
	for _, k := range keys {
		v.key(keyOf(k))
	}
}

// keyOf is a key as Bubble Tea has it.
func keyOf(name string) tea.KeyPressMsg {
	k := tea.KeyPressMsg{}
	for {
		switch {
		case strings.HasPrefix(name, "shift+"):
			k.Mod |= tea.ModShift
			name = name[len("shift+"):]
			continue
		case strings.HasPrefix(name, "ctrl+"):
			k.Mod |= tea.ModCtrl
			name = name[len("ctrl+"):]
			continue
		case strings.HasPrefix(name, "alt+"):
			k.Mod |= tea.ModAlt
			name = name[len("alt+"):]
			continue
		}
		break
	}
	special := map[string]rune{"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "enter": tea.KeyEnter, "esc": tea.KeyEscape, "space": ' ', "backspace": tea.KeyBackspace, "delete": tea.KeyDelete}
	if r, ok := special[name]; ok {
		if k.Code = r; name == "space" && k.Mod == 0 {
			k.Text = " "
		}
		return k
	}
	k.Code = []rune(name)[0]
	if k.Mod == 0 {
		k.Text = name
	}
	return k
}

func TestZoomIsAboutTheMiddleAndHasBounds(t *testing.T) {
	size := image.Pt(1000, 800)
	v := viewing(size, 100, 42) // 100×80 dots
	if p := v.part(); p != (image.Rectangle{Max: size}) || v.scale() != 0.1 {
		t.Fatalf("at first %v at %g", p, v.scale())
	}
	for range 5 {
		v.presses("+")
		if c := middle(v.part()); c.Sub(image.Pt(500, 400)) != (image.Point{}) && (abs(c.X-500) > 2 || abs(c.Y-400) > 2) {
			t.Fatalf("the middle moved to %v", c)
		}
	}
	v.presses("1")
	if p := v.part(); p.Dx() != 100 || p.Dy() != 80 || v.scale() != 1 {
		t.Errorf("one dot a pixel shows %v at %g", p, v.scale())
	}
	for range 60 {
		v.presses("+")
	}
	if v.scale() != 64 || v.part().Empty() {
		t.Errorf("the most is %g, which shows %v", v.scale(), v.part())
	}
	for range 60 {
		v.presses("-")
	}
	if p := v.part(); p != (image.Rectangle{Max: size}) || v.zoom != 0 {
		t.Errorf("the least is %g, which shows %v", v.zoom, p)
	}
	v.presses("1", "0")
	if v.zoom != 0 {
		t.Error("0 does not fit")
	}
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

func TestPanningEndsAtTheEdges(t *testing.T) {
	size := image.Pt(1000, 800)
	v := viewing(size, 100, 42)
	v.presses("left", "h", "up") // nothing to pan to
	if v.part() != (image.Rectangle{Max: size}) {
		t.Error("the whole picture was moved")
	}
	v.presses("1")
	start := v.part()
	v.presses("l")
	if p := v.part(); p.Min.X != start.Min.X+10 || p.Min.Y != start.Min.Y {
		t.Errorf("a step to the right goes from %v to %v", start, p)
	}
	for range 200 {
		v.presses("right", "j")
	}
	if p := v.part(); p.Max != size {
		t.Errorf("at the end %v", p)
	}
	v.presses("h")
	if p := v.part(); p.Max.X != size.X-10 {
		t.Errorf("the way back begins %v", p)
	}
	for range 200 {
		v.presses("h", "k")
	}
	if p := v.part(); p.Min != (image.Point{}) {
		t.Errorf("at the beginning %v", p)
	}
}

func TestAPartIsChosenInPixelsOfThePicture(t *testing.T) {
	size := image.Pt(1000, 800)
	v := viewing(size, 100, 42)
	v.presses("c")
	if v.crop != image.Rect(250, 200, 750, 600) {
		t.Fatalf("at first %v", v.crop)
	}
	v.presses("right", "l", "down", "shift+left", "H", "J", "shift+up", "K")
	if v.crop != image.Rect(300, 220, 750, 600) {
		t.Errorf("then %v", v.crop)
	}
	if foot := v.foot(200, 1); !strings.Contains(foot, "450×380 at 300, 220 of 1000×800") {
		t.Errorf("the line below says %q", foot)
	}
	for range 100 {
		v.presses("right", "down")
	}
	if v.crop != image.Rect(550, 420, 1000, 800) {
		t.Errorf("at the edge %v", v.crop)
	}
	for range 100 {
		v.presses("H", "K")
	}
	if v.crop.Dx() != 1 || v.crop.Dy() != 1 {
		t.Errorf("the least is %v", v.crop)
	}
	for range 200 {
		v.presses("left", "up", "L", "J", "L", "J")
	}
	if v.crop != (image.Rectangle{Max: size}) {
		t.Errorf("the most is %v", v.crop)
	}
	if !v.escape() || v.cropping() || v.escape() {
		t.Error("esc ends the choosing once")
	}
}

// Pictures of odd shapes do not break anything at any size.
func TestOddPicturesOnOddScreens(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {30000, 10}, {10, 30000}, {1024, 768}} {
		for _, screen := range []image.Point{{1, 1}, {2, 2}, {80, 24}, {300, 3}, {3, 300}} {
			for _, cell := range []image.Point{{}, {9, 21}, {20, 10}} {
				for _, kitty := range []bool{false, true} {
					v := viewing(size, screen.X, screen.Y)
					v.gallery.screen.cell, v.gallery.screen.kitty = cell, kitty
					for _, k := range []string{"+", "+", "1", "l", "j", "-", "c", "L", "J", "0", "+"} {
						v.presses(k)
						v.view(screen.X, screen.Y)
						p := v.part()
						if p.Empty() || !p.In(image.Rectangle{Max: size}) {
							t.Fatalf("%v on %v after %s: %v", size, screen, k, p)
						}
						for _, w := range v.gallery.wishes[fullScreen] {
							if w.cols > screen.X || w.rows > max(screen.Y-1, 1) || w.cols > picture.Spans {
								t.Fatalf("%v on %v after %s: %d×%d cells", size, screen, k, w.cols, w.rows)
							}
						}
					}
				}
			}
		}
	}
}

func TestAPictureOnTheWholeScreen(t *testing.T) {
	dir := album(t, map[string]image.Point{"big.png": {2000, 1000}, "small.png": {100, 100}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 36, []string{filepath.Join(dir, "big.png"), filepath.Join(dir, "small.png")})
		_, _ = x.keys.Write([]byte("\x1bOS")) // F4
		want(t, x.after(time.Second), `big\.png 1 of 2 · 2000×1000 · shown at 6 %`)
		if n := x.grounds(); n != 120*30 {
			t.Errorf("%d cells show the picture", n)
		}
		want(t, x.press("1"), `shown at 100 %`)
		x.after(time.Second)
		if n := x.grounds(); n != 120*34 {
			t.Errorf("%d cells show the pixels", n)
		}
		if !see(x, func(m *Model) bool { return m.stage.gallery.full.img != nil }) {
			t.Error("pixels are shown from the thumbnail")
		}
		want(t, x.press("n"), `small\.png 2 of 2 · 100×100`)
		x.after(time.Second)
		if n := x.grounds(); n != 68*34 {
			t.Errorf("%d cells show the other picture", n)
		}
		for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 60}} {
			want(t, x.resize(size[0], size[1]), `small\.png 2 of 2 · 100×100 · shown at \d+ %`, "n p picture", `\+ - zoom`, "0 fit", "1 full size", "hjkl pan", "c crop", "esc closes")
		}
		want(t, x.press("esc"), `▸ small\.png`, "╭─ 1")
		if see(x, func(m *Model) bool { return m.stage.gallery.full.img != nil }) {
			t.Error("the pixels are kept after the picture was closed")
		}
		x.quit()
	})
}

func TestAPartCanBeAskedAbout(t *testing.T) {
	dir := album(t, map[string]image.Point{"pin.png": {1000, 800}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 36, []string{dir})
		x.ask("what?", time.Second)
		x.press("tab", "enter") // from the panes
		want(t, x.after(time.Second), `pin\.png 1000×800`)
		want(t, x.press("c"), `500×400 at 250, 200`, "┌─+┐")
		want(t, x.press("esc"), `pin\.png 1000×800 ·`)
		x.press("c", "L", "J", "enter")
		want(t, x.after(time.Second), `525×420`, "╭─ 1")
		files := see(x, func(m *Model) []string {
			var all []string
			for _, f := range m.files() {
				all = append(all, pixelsOf(f.ready.Width, f.ready.Height, 0))
			}
			return all
		})
		if len(files) != 1 || files[0] != "525×420" {
			t.Errorf("attached: %q", files)
		}
		if x.inPanes() {
			t.Error("the composer does not have the keys")
		}
		x.quit()
	})
}

// The part of a picture that is still attached is sent beside it, and both cost.
func TestAPartOfWhatIsAttachedSaysThatTheWholeIsSentToo(t *testing.T) {
	dir := album(t, map[string]image.Point{"pin.png": {1000, 800}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 36, []string{dir})
		x.f4()
		x.press("c", "enter")
		want(t, x.after(time.Second), "and the whole still is: ctrl\\+t takes it off", "▣ 1 pin", "▣ 2 pin")
		x.ask("what?", time.Second)
		x.press("tab", "enter", "c", "enter")
		x.after(time.Second)
		lacks(t, x.now(), "the whole still is")
		x.quit()
	})
}

func TestPicturesFitEverySize(t *testing.T) {
	dir := album(t, map[string]image.Point{"a.png": {1000, 800}, "b.png": {30, 900}, "c.png": {900, 30}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 36, []string{dir})
		sizes := [][2]int{{1, 1}, {3, 2}, {8, 4}, {13, 6}, {20, 16}, {34, 14}, {40, 12}, {80, 24}, {120, 36}, {200, 60}, {5, 200}, {300, 5}}
		all := func(what string) {
			for _, size := range sizes {
				x.resize(size[0], size[1])
				x.after(time.Second) // it is drawn
				s := see(x, func(m *Model) *rehearsal { return &rehearsal{m: m} })
				see(x, func(m *Model) bool { s.fits(t, what, size[0], size[1]); return true })
			}
			x.resize(120, 36)
		}
		all("by itself")
		x.m.send(action(func(m *Model) tea.Cmd { m.stage.shown, m.stale = always, true; return nil }))
		all("always")
		_, _ = x.keys.Write([]byte("\x1bOS"))
		all("whole screen")
		x.press("+", "+", "c")
		all("a part")
		x.press("esc", "esc")
		x.m.send(action((*Model).pickFile))
		all("picker")
		x.press("down", " ")
		all("marked")
		x.quit()
	})
}
