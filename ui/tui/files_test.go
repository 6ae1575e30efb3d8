package tui

import (
	"image"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
)

// picking starts the program with the picker open on a folder.
func picking(t *testing.T, w, h int, dir string, attached ...string) *terminal {
	t.Helper()
	x := showing(t, w, h, attached)
	x.press("ctrl+t")
	x.m.send(action(func(m *Model) tea.Cmd { return m.overlays[0].(*picker).open(dir) }))
	x.after(time.Second)
	return x
}

// sources are the names of what is attached, in order.
func (x *terminal) sources() string {
	return see(x, func(m *Model) string {
		var all []string
		for _, f := range m.files() {
			all = append(all, f.name())
		}
		return strings.Join(all, " ")
	})
}

func TestFilesArePickedByKeysAlone(t *testing.T) {
	dir := album(t, map[string]image.Point{"a.png": {640, 480}, "b.png": {100, 100}, "c.png": {10, 10}})
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "sub", "deep.txt"), []byte("words"), 0o644); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		x := picking(t, 80, 24, dir)
		want(t, x.now(), "Attach files", `▸  sub/`, `a\.png`, "enter opens", "esc closes")
		want(t, x.press("enter"), `▸  deep\.txt +5 B`, "enter attaches", "backspace goes out")
		want(t, x.press("backspace"), `sub/`)
		x.press("down", " ")                 // a
		want(t, x.press("down"), "1 marked") // past b
		want(t, x.press(" "), "2 marked")    // c
		lacks(t, x.press("enter"), "Attach files")
		if got := x.sources(); got != "a.png c.png" {
			t.Errorf("attached: %s", got)
		}
		x.press("ctrl+t")
		want(t, x.now(), `\[Image #1\] a\.png +640×480`, `\[Image #2\] c\.png`, "2 attached")
		x.press("up", "up", "up", "up", "up", "up", "up", "up")
		want(t, x.now(), `▸  \[Image #1\]`, "ctrl\\+d or delete removes", `alt\+↑ alt\+↓ move`)
		_, _ = x.keys.Write([]byte("\x1b[1;3B")) // alt+down
		want(t, x.after(200*time.Millisecond), `▸  \[Image #\d\] a\.png`)
		if got := x.sources(); got != "c.png a.png" {
			t.Errorf("after moving: %s", got)
		}
		x.press("ctrl+d")
		if got := x.sources(); got != "c.png" {
			t.Errorf("after removing: %s", got)
		}
		want(t, x.now(), "1 attached")
		x.quit()
	})
}

// Whoever removes one attached file after another need not look for the next.
func TestWhatIsRemovedLeavesTheNextOneChosen(t *testing.T) {
	dir := album(t, map[string]image.Point{"a.png": {640, 480}, "b.png": {100, 100}, "c.png": {10, 10}, "d.png": {10, 10}})
	synctest.Test(t, func(t *testing.T) {
		x := picking(t, 80, 24, dir, dir)
		x.press("up", "up", "up", "up", "up", "up", "up", "up")
		want(t, x.press("down"), `▸  \[Image #2\] b\.png`)
		want(t, x.press("ctrl+d"), `▸  \[Image #3\] c\.png`)
		want(t, x.press("ctrl+d"), `▸  \[Image #4\] d\.png`)
		want(t, x.press("ctrl+d"), `▸  \[Image #1\] a\.png`)
		want(t, x.press("ctrl+d"), `▸  a\.png`)
		if got := x.sources(); got != "" {
			t.Errorf("attached: %s", got)
		}
		x.quit()
	})
}

func TestNotesInThePickerAreWhole(t *testing.T) {
	dir := album(t, map[string]image.Point{"a-picture-with-a-name.png": {2000, 1500}})
	synctest.Test(t, func(t *testing.T) {
		x := picking(t, 80, 24, t.TempDir(), dir)
		x.m.send(action(func(m *Model) tea.Cmd { m.edge, m.stale = 1000, true; return m.work() }))
		x.after(time.Second)
		x.press("up", "up")
		want(t, x.now(), `▸  \[Image #1\] a-picture-with-a-name\.png +scaled to 1000×750 of 2000×1500 +│`)
		x.resize(60, 24)
		want(t, x.now(), `▸  \[Image #1\] a-picture-with-a-name\.png +\+1 +│`, `│ scaled to 1000×750 of 2000×1500 +│`)
		x.quit()
	})
}

func TestWhatIsTypedNarrowsOrLeadsElsewhere(t *testing.T) {
	dir := album(t, map[string]image.Point{"apple.png": {64, 48}, "pear.png": {10, 10}, "plum.png": {10, 10}})
	if err := os.Mkdir(filepath.Join(dir, "basket"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "basket", "list.txt"), []byte("words"), 0o644); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		x := picking(t, 80, 24, dir)
		lacks(t, x.press("pea"), "apple", "plum")
		want(t, x.now(), `▸  pear\.png`)
		x.press("backspace", "backspace", "backspace")
		want(t, x.press("ppl"), `▸  apple\.png`)
		x.press("backspace", "backspace", "backspace")
		want(t, x.press("plm"), `▸  plum\.png`) // letters left out
		x.press("backspace", "backspace", "backspace")
		want(t, x.press("basket/"), `▸  list\.txt`)
		x.press("ctrl+u")
		want(t, x.press("zzz"), "nothing matches")
		x.press("ctrl+u")
		want(t, x.press("p*.png"), "enter attaches all that match", "pear", "plum")
		x.press("enter")
		x.after(time.Second)
		if got := x.sources(); got != "pear.png plum.png" {
			t.Errorf("attached: %s", got)
		}
		x.press("ctrl+t", filepath.Join(dir, "apple.png"), "enter")
		x.after(time.Second)
		if got := x.sources(); got != "pear.png plum.png apple.png" {
			t.Errorf("attached by path: %s", got)
		}
		x.press("ctrl+t")
		want(t, x.paste("https://example.org/x.png"), "enter fetches and attaches it")
		x.press("esc")
		x.press("ctrl+t")
		x.paste("'" + filepath.Join(dir, "pear.png") + "' '" + filepath.Join(dir, "plum.png") + "'")
		x.press("enter")
		x.after(time.Second)
		if got := x.sources(); strings.Count(got, "pear") != 2 || strings.Count(got, "plum") != 2 {
			t.Errorf("attached what was dropped: %s", got)
		}
		x.quit()
	})
}

func TestFoldersThatAreEmptyOrClosedSaySo(t *testing.T) {
	empty := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		x := picking(t, 80, 24, empty)
		want(t, x.now(), "no files here", `▸  \.\.`)
		x.press("ctrl+u")
		want(t, x.press(filepath.Join(empty, "not-there")+"/"), "no such file or directory")
		x.press("ctrl+u")
		x.m.send(action(func(m *Model) tea.Cmd { return m.overlays[0].(*picker).open(filepath.Join(empty, "gone")) }))
		want(t, x.after(time.Second), "no such file")
		want(t, x.press("backspace"), "no files here")
		x.quit()
	})
}

func TestHostileNamesAreOnlyNames(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"\x1b]0;owned\x07.png", "\x1b[31mred.png", "new\nline.png", "rtl\u202egnp.exe", "\xff\xfe.png", strings.Repeat("long", 60) + ".png"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("no picture"), 0o644); err != nil {
			t.Skipf("this disk does not take the name %q: %v", name, err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		x := picking(t, 120, 36, dir)
		for range 7 {
			x.press("down")
			x.after(300 * time.Millisecond) // the preview
		}
		want(t, x.now(), "red.png", "longlong")
		for _, bad := range []string{"\x1b]0;", "\x1b[31m", "\u202e", "\xff"} {
			if strings.Contains(x.bytes(), bad) {
				t.Errorf("%q reached the terminal", bad)
			}
		}
		box := regexp.MustCompile(`(?m)^.*│.*│\s*.*$`)
		if !box.MatchString(x.now()) {
			t.Error("no box")
		}
		x.press("esc")
		x.quit()
	})
}

func TestThePictureThatIsChosenIsPreviewed(t *testing.T) {
	dir := album(t, map[string]image.Point{"a.png": {640, 320}, "b.png": {320, 640}})
	if err := os.WriteFile(filepath.Join(dir, "c.png"), []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		x := picking(t, 120, 36, dir)
		want(t, x.after(time.Second), "image/png 640×320")
		a := x.grounds()
		if a == 0 {
			t.Error("no picture")
		}
		want(t, x.press("down"), `▸  b\.png`)
		want(t, x.after(time.Second), "image/png 320×640")
		if b := x.grounds(); b == 0 || b == a {
			t.Errorf("%d cells show one picture and %d the other", a, b)
		}
		x.press("down")
		lacks(t, x.after(time.Second), "image/png")
		if n := x.grounds(); n != 0 {
			t.Errorf("%d cells show what is no picture", n)
		}
		x.resize(99, 30)
		x.press("up")
		if x.after(time.Second); x.grounds() != 0 {
			t.Error("a narrow screen has a preview")
		}
		x.press("esc")
		x.quit()
	})
}

// Whoever goes down a list quickly has no file read but the one they stop at.
func TestNothingIsReadWhileTheChoiceMoves(t *testing.T) {
	dir := album(t, map[string]image.Point{"a.png": {64, 32}, "b.png": {32, 64}, "c.png": {32, 32}, "d.png": {8, 8}})
	synctest.Test(t, func(t *testing.T) {
		x := picking(t, 120, 36, dir)
		x.after(time.Second)
		for range 3 {
			_, _ = x.keys.Write([]byte("\x1b[B"))
			time.Sleep(20 * time.Millisecond)
		}
		if see(x, func(m *Model) bool { return m.overlays[0].(*picker).peek.shot != nil }) {
			t.Error("a file was read while the choice moved")
		}
		want(t, x.after(time.Second), "image/png 8×8")
		x.press("esc")
		x.quit()
	})
}

func TestFilesOfEarlierTurnsAreUsedAgain(t *testing.T) {
	dir := album(t, map[string]image.Point{"pin.png": {1600, 1200}})
	empty := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 36, []string{filepath.Join(dir, "pin.png")})
		x.ask("what?", time.Second)
		x.press("ctrl+t")
		x.m.send(action(func(m *Model) tea.Cmd { return m.overlays[0].(*picker).open(empty) }))
		want(t, x.after(time.Second), "in this session", `▸  pin\.png +1600×1200`)
		if s := x.now(); strings.Index(s, "in this session") > strings.Index(s, filepath.Base(empty)) {
			t.Error("the files of the folder come first")
		}
		if x.grounds() == 0 {
			t.Error("no preview")
		}
		see(x, func(m *Model) bool { m.stage.gallery.thumbs = nil; m.stage.gallery.clear(); return true }) // as after a restart
		x.press("enter")
		want(t, x.after(time.Second), `pin\.png 1600×1200`)
		if n := x.grounds(); n != 29*11 {
			t.Errorf("%d cells show what is attached again", n)
		}
		see(x, func(m *Model) bool {
			for _, th := range m.stage.gallery.thumbs {
				if th.img.Bounds().Dx() > prompts.ThumbEdge {
					t.Errorf("a thumbnail of %v is kept", th.img.Bounds())
				}
			}
			return true
		})
		if got := x.sources(); got != "pin.png" {
			t.Errorf("attached: %s", got)
		}
		x.quit()
	})
}

func TestAFolderThatIsPastedIsListed(t *testing.T) {
	dir := album(t, map[string]image.Point{"deep.png": {64, 48}})
	synctest.Test(t, func(t *testing.T) {
		x := picking(t, 100, 30, filepath.Dir(dir))
		x.paste(dir + "/")
		x.after(time.Second)
		want(t, x.now(), "deep.png")
		x.quit()
	})
}
