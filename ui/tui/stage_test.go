package tui

import (
	"bytes"
	"image"
	"image/color"
	"image/color/palette"
	"image/gif"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/kitty"

	"juxta/ui/picture"
)

// album is a folder with pictures of one colour each, in the sizes given.
func album(t testing.TB, pictures map[string]image.Point) string {
	t.Helper()
	dir := t.TempDir()
	for name, size := range pictures {
		m := image.NewPaletted(image.Rectangle{Max: size}, color.Palette{color.RGBA{200, 30, 30, 255}})
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, m); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// showing starts the program with pictures attached.
func showing(t *testing.T, w, h int, paths []string, opts ...tea.ProgramOption) *terminal {
	t.Helper()
	o := opens(bench(t, "", []string{"script:say=one", "script:say=two"}))
	o.Attach = paths
	x := start(t, w, h, o, opts...)
	x.after(time.Second)
	return x
}

// grounds counts the cells whose background is the album's colour.
func (x *terminal) grounds() (n int) {
	synctest.Wait()
	x.mu.Lock()
	defer x.mu.Unlock()
	for y := range x.em.Height() {
		for cx := range x.em.Width() {
			if c := x.em.CellAt(cx, y); c != nil && c.Style.Bg != nil {
				if r, g, b, _ := c.Style.Bg.RGBA(); r>>8 > 180 && g>>8 < 70 && b>>8 < 70 {
					n++
				}
			}
		}
	}
	return n
}

// stageHigh is how many lines the stage has.
func (x *terminal) stageHigh() int {
	return see(x, func(m *Model) int { m.place(); return m.frame.stage.Dy() })
}

func TestPicturesAreShownAboveThePanes(t *testing.T) {
	dir := album(t, map[string]image.Point{"wide.png": {1024, 512}, "tall.png": {200, 400}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 36, []string{filepath.Join(dir, "wide.png"), filepath.Join(dir, "tall.png")})
		want(t, x.now(), `▸ wide\.png 1024×512 +tall\.png 200×400`)
		// eleven rows: 2:1 is 44 cells wide, 1:2 is 11.
		if n := x.grounds(); n != 11*44+11*11 {
			t.Errorf("%d cells show the pictures", n)
		}
		x.whole()
		want(t, x.ask("what?", time.Second), `▸ wide\.png 1024×512 +tall\.png 200×400`, "one", "two")
		if n := x.grounds(); n != 11*44+11*11 {
			t.Errorf("%d cells show the pictures of the turn", n)
		}
		_, _ = x.keys.Write([]byte("\x1bOQ")) // F2
		lacks(t, x.after(time.Second), `▸ wide\.png`)
		if n := x.grounds(); n != 0 {
			t.Errorf("%d cells still show pictures", n)
		}
		x.quit()
	})
}

// What was shown in an earlier turn is told again with every question: so it is
// there to be looked at.
func TestPicturesOfAnEarlierTurnAreAtHand(t *testing.T) {
	dir := album(t, map[string]image.Point{"first.png": {1000, 500}, "second.png": {800, 800}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 36, []string{filepath.Join(dir, "first.png")})
		lacks(t, x.ask("what?", time.Second), `turn 1`)
		want(t, x.ask("and then?", time.Second), `first\.png 1000×500 · turn 1`)
		if x.grounds() == 0 {
			t.Error("no picture")
		}
		want(t, x.f4(), `first\.png turn 1 · 1000×500`)
		x.press("esc")
		x.press("tab", "enter")
		want(t, x.after(time.Second), `first\.png turn 1 · 1000×500`)
		x.press("esc", "i")
		x.m.send(action(func(m *Model) tea.Cmd { return m.attach(filepath.Join(dir, "second.png")) }))
		x.after(time.Second)
		want(t, x.ask("this?", time.Second), `(?m)^ second\.png 800×800$`)
		lacks(t, x.now(), `(?m)^ first\.png`)
		x.ask("more?", time.Second)
		x.resize(120, 48) // all of it is in view
		want(t, x.after(time.Second), `second\.png 800×800 · turn 3`, "❯ what", "❯ more")
		x.press("tab", "[", "[")
		want(t, x.after(time.Second), `first\.png 1000×500 · turn 1`, "❯ more")
		x.press("]")
		want(t, x.after(time.Second), `second\.png 800×800 · turn 3`)
		x.press("[", "[")
		want(t, x.after(time.Second), `first\.png 1000×500 · turn 1`)
		x.press("G")
		want(t, x.after(time.Second), `second\.png 800×800 · turn 3`)
		x.quit()
	})
}

// f4 opens the chosen picture.
func (x *terminal) f4() string {
	_, _ = x.keys.Write([]byte("\x1bOS"))
	return x.after(time.Second)
}

func TestF2BringsTheStageBackAsItWas(t *testing.T) {
	dir := album(t, map[string]image.Point{"pin.png": {800, 600}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 36, []string{filepath.Join(dir, "pin.png")})
		f2 := func() int {
			_, _ = x.keys.Write([]byte("\x1bOQ"))
			x.after(time.Second)
			return x.stageHigh()
		}
		for _, size := range [][2]int{{120, 36}, {80, 24}} {
			x.resize(size[0], size[1])
			was := x.stageHigh()
			if hidden, again := f2(), f2(); was == 0 || hidden != 0 || again != was {
				t.Errorf("%v: %d lines, hidden %d, then %d", size, was, hidden, again)
			}
		}
		x.ask("what?", time.Second)
		if n := x.stageHigh(); n != 0 {
			t.Errorf("on a low screen the pictures of a turn take %d lines unasked", n)
		}
		asked := f2()
		if hidden, again := f2(), f2(); asked == 0 || hidden != 0 || again != asked {
			t.Errorf("%d lines when asked for, hidden %d, then %d", asked, hidden, again)
		}
		x.quit()
	})
}

// A newcomer sees the first picture, and the panes keep their boxes.
func TestALowScreenShowsWhatIsAttached(t *testing.T) {
	dir := album(t, map[string]image.Point{"pin.png": {800, 600}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 80, 24, []string{filepath.Join(dir, "pin.png")})
		want(t, x.now(), `pin\.png 800×600`, "╭─ 1", "╰─")
		lacks(t, x.now(), "Ask several models at once;")
		if x.grounds() == 0 {
			t.Error("no picture")
		}
		x.quit()
	})
}

// Whoever has pictures before them is told the keys for them.
func TestTheStatusLineNamesTheKeysForPictures(t *testing.T) {
	dir := album(t, map[string]image.Point{"pin.png": {800, 600}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 80, 24, nil)
		lacks(t, x.line(-1), "F2", "F3", "F4")
		x.m.send(action(func(m *Model) tea.Cmd { return m.attach(dir) }))
		x.after(time.Second)
		for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 60}} {
			x.resize(size[0], size[1])
			want(t, x.line(-1), "enter send  tab panes  F2 hide pictures  F3 same pixels  F4 large")
		}
		want(t, x.line(-1), "ctrl[+]t attach  ctrl[+]l models  ctrl[+]s sessions  F1 all commands")
		_, _ = x.keys.Write([]byte("\x1bOQ"))
		want(t, x.after(time.Second), "F2 show pictures  F3 same pixels  F4 large")
		_, _ = x.keys.Write([]byte("\x1bOQ"))
		x.ask("what?", time.Second)
		want(t, x.line(-1), "F2 hide pictures  F4 large  ctrl[+]t attach") // there is nothing to scale
		x.resize(80, 24)
		want(t, x.line(-1), "F2 show pictures  F4 large")
		x.quit()
	})
}

func TestACaptionStandsBelowItsPicture(t *testing.T) {
	dir := album(t, map[string]image.Point{"a.png": {800, 400}, "b.png": {800, 400}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 36, []string{filepath.Join(dir, "a.png"), filepath.Join(dir, "b.png")})
		at := func(n int) int { // column of the n-th picture
			return see(x, func(m *Model) int {
				i, line := 0, ansi.Strip(strings.ReplaceAll(m.stage.lines[0], "\x1b[48;2;", "#\x1b[48;2;"))
				for ; n > 0; n-- {
					i += strings.IndexByte(line[i:], '#') + 1
				}
				return i - 1 - strings.Count(line[:i], "#") + 1
			})
		}
		caption := x.line(x.stageHigh())
		if a, b := strings.Index(caption, "▸"), ansi.StringWidth(caption[:strings.Index(caption, "b.png")]); a != at(1) || b != at(2) {
			t.Errorf("pictures at %d and %d, and below them %q", at(1), at(2), caption)
		}
		x.quit()
	})
}

func TestTheStageTakesRoomOnlyWhereThereIsSome(t *testing.T) {
	dir := album(t, map[string]image.Point{"pin.png": {800, 600}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 80, 24, []string{filepath.Join(dir, "pin.png")})
		for _, s := range []struct{ w, h, auto, forced int }{
			{80, 24, 6, 10}, {120, 36, 12, 16}, {200, 60, 20, 28}, {80, 29, 8, 12}, {80, 21, 0, 8}, {40, 12, 0, 2}, {20, 6, 0, 0}, {3, 2, 0, 0},
		} {
			x.m.send(action(func(m *Model) tea.Cmd { m.stage.shown, m.stale = asFits, true; return nil }))
			x.resize(s.w, s.h)
			if n := x.stageHigh(); n != s.auto {
				t.Errorf("%d×%d: %d lines unasked, not %d", s.w, s.h, n, s.auto)
			}
			if s.auto == 0 {
				x.m.send(action(func(m *Model) tea.Cmd { return m.toggleStage() }))
			} else {
				x.m.send(action(func(m *Model) tea.Cmd { m.stage.shown, m.stale = always, true; return nil }))
			}
			x.after(time.Second)
			n := x.stageHigh()
			if n > (s.h+1)/2 || n < s.forced-2 || n > s.forced+2 {
				t.Errorf("%d×%d: %d lines when asked for, not about %d", s.w, s.h, n, s.forced)
			}
		}
		x.resize(80, 24)
		x.quit()
	})
}

// With pictures, too, the parts of the screen tile it.
func TestTheLayoutTilesTheScreenWithPictures(t *testing.T) {
	for w := 1; w < 130; w += 3 {
		for h := 1; h < 70; h++ {
			for _, shown := range []shown{asFits, always} {
				for _, n := range []int{1, 3} {
					q := wants{w: w, h: h, columns: 1 + w%4, composer: 1 + w%3, strip: w % 5, stage: stageHeight(h, n == 1, shown, picture.Blocks)}
					f := layout(q)
					used := make([]int, h)
					parts := append(slices.Clone(f.panes[:1]), f.header, f.tabs, f.stage, f.strip, f.composer, f.status)
					for _, r := range parts {
						for y := r.Min.Y; y < r.Max.Y; y++ {
							used[y]++
						}
					}
					for y, n := range used {
						if n != 1 {
							t.Fatalf("%+v: row %d has %d parts", q, y, n)
						}
					}
					if s := f.stage.Dy(); s > 0 && (s < minStage || f.panes[0].Dy() < s) {
						t.Fatalf("%+v: %d lines of pictures above %d of panes", q, s, f.panes[0].Dy())
					}
				}
			}
		}
	}
}

// An overlay covers a part of a picture that the terminal draws: the rest of its
// placeholders stay what they are.
func TestAnOverlayCoversAPartOfAPicture(t *testing.T) {
	dir := album(t, map[string]image.Point{"pin.png": {2400, 600}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 36, []string{dir})
		x.answer(saysKitty)
		x.answer(saysYes)
		before := strings.Split(x.after(time.Second), "\n")
		over := strings.Split(x.press("f1"), "\n")
		covered := 0
		for y := 1; y <= 11; y++ {
			a, b := []rune(before[y]), []rune(over[y])
			if n := strings.Count(over[y], string(kitty.Placeholder)); n < strings.Count(before[y], string(kitty.Placeholder)) {
				covered++
			}
			if len(a) < 8 || string(a[:8]) != string(b[:8]) {
				t.Errorf("row %d begins %U, not %U", y, b[:8], a[:8])
			}
		}
		if covered == 0 {
			t.Error("the overlay covers nothing")
		}
		for y, l := range over {
			if n := ansi.StringWidth(l); n > 120 {
				t.Errorf("row %d is %d cells wide", y, n)
			}
		}
		x.press("esc")
		if got := strings.Split(x.after(time.Second), "\n"); !slices.Equal(got[1:12], before[1:12]) {
			t.Error("the picture is not whole again")
		}
		x.quit()
	})
}

func TestAPictureIsSeenWhileItIsSavedAnew(t *testing.T) {
	var data bytes.Buffer
	if err := gif.Encode(&data, image.NewPaletted(image.Rect(0, 0, 60, 30), palette.Plan9), nil); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(filled(t, map[string][]byte{"small.gif": data.Bytes()}), "small.gif")
	s := newRehearsal(t, 120, 36, bench(t, "", []string{"swift"}))
	glimpses := make(chan tea.Msg, 1)
	s.m.send = func(msg tea.Msg) {
		if act, ok := msg.(action); ok {
			select {
			case glimpses <- act:
			default:
			}
		}
	}
	s.tell(tea.PasteMsg{Content: path})
	for len(s.m.files()) == 0 || s.m.files()[0].file == nil {
		s.run(1)
	}
	var saved tea.Msg // what preparing brings, held back
	for saved == nil {
		if len(s.queue) == 0 {
			t.Fatal("nothing prepares the file")
		}
		c := s.queue[0]
		s.queue = s.queue[1:]
		switch msg := c().(type) {
		case tea.BatchMsg:
			s.queue = append(s.queue, msg...)
		case action:
			if s.m.files()[0].job != 0 {
				saved = msg
			}
		}
	}
	s.tell(<-glimpses)
	s.m.see()
	if len(s.m.stage.shots) != 1 || !s.m.stage.shots[0].early || s.m.stage.shots[0].size != image.Pt(60, 30) {
		t.Fatalf("before it is saved the stage has %+v", s.m.stage.shots)
	}
	if s.m.openPicture(); len(s.m.overlays) > 0 {
		t.Error("it was opened on the whole screen, where its pixels are not there yet")
	}
	s.tell(saved)
	s.m.see()
	if len(s.m.stage.shots) != 1 || s.m.stage.shots[0].early {
		t.Errorf("once it is saved the stage has %+v", s.m.stage.shots)
	}
}
