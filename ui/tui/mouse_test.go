package tui

import (
	"fmt"
	"image"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// mouse sends what a terminal tells of the mouse: 0 pressed, 32 dragged, with m
// at the end released. Cells count from 0.
func (x *terminal) mouse(button, col, row int, end string) string {
	x.t.Helper()
	_, _ = fmt.Fprintf(x.keys, "\x1b[<%d;%d;%d%s", button, col+1, row+1, end)
	time.Sleep(60 * time.Millisecond)
	return x.now()
}

// find is where text stands on the screen, in cells.
func (x *terminal) find(text string) (col, row int) {
	x.t.Helper()
	for row, l := range strings.Split(x.now(), "\n") {
		if before, _, ok := strings.Cut(l, text); ok {
			return see(x, func(m *Model) int { return m.look.width(before) }), row
		}
	}
	x.t.Fatalf("no %q on the screen:\n%s", text, x.now())
	return 0, 0
}

func (x *terminal) dragFromTo(fromCol, fromRow, toCol, toRow int) string {
	x.mouse(0, fromCol, fromRow, "M")
	x.mouse(32, (fromCol+toCol)/2, (fromRow+toRow)/2, "M")
	x.mouse(32, toCol, toRow, "M")
	return x.mouse(0, toCol, toRow, "m")
}

func TestAMarkedTextIsCopiedWithoutBordersAndWithItsLinesJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := double{name: "one", stream: saying("This is the first sentence of a text that has to be wrapped here.\n\n- an item\n- 世界 wide\n")}
		two := double{name: "two", stream: saying("the neighbour says something else in its own pane")}
		x := show(t, 80, 24, bench(t, "", []string{"one/m", "two/m"}, one, two))
		x.ask("question", time.Second)
		c, r := x.find("This is")
		_, end := x.find("世界 wide")
		x.dragFromTo(c, r, 79, end) // far into the neighbour
		if got := x.copied(); got != "This is the first sentence of a text that has to be wrapped here.\n\n• an item\n• 世界 wide" {
			t.Errorf("copied %q", got)
		}
		if _, on := x.attrs("This is"); !on {
			t.Error("what is marked does not show")
		}
		if _, on := x.attrs("neighbour"); on {
			t.Error("the neighbour is marked, too")
		}
		x.press("j")
		if _, on := x.attrs("This is"); on {
			t.Error("a key leaves the marks")
		}

		c, r = x.find("neighbour")
		x.dragFromTo(c+8, r, c, r) // backwards
		if got := x.copied(); got != "neighbour" {
			t.Errorf("backwards: copied %q", got)
		}
		c, r = x.find("something")
		x.dragFromTo(c, r, 0, r) // to the left, out of its pane
		if got := x.copied(); got != "the neighbour says s" {
			t.Errorf("out of the pane: copied %q", got)
		}
		x.quit()
	})
}

func TestADoubleClickCopiesAWord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := double{name: "one", stream: saying("call (fooBar_1, 世界) now")}
		x := show(t, 80, 24, bench(t, "", []string{"one/m", "one/m"}, one))
		x.ask("question", time.Second)
		twice := func(text string, off int) {
			c, r := x.find(text)
			for range 2 {
				x.mouse(0, c+off, r, "M")
				x.mouse(0, c+off, r, "m")
			}
		}
		twice("fooBar_1", 3)
		if got := x.copied(); got != "fooBar_1" {
			t.Errorf("copied %q", got)
		}
		time.Sleep(time.Second)
		twice("世界", 1)
		if got := x.copied(); got != "世界" {
			t.Errorf("copied %q", got)
		}
		before := len(x.bytes())
		c, r := x.find("call")
		x.mouse(0, c, r, "M")
		x.mouse(0, c, r, "m")
		time.Sleep(time.Second) // that is no double click
		x.mouse(0, c, r, "M")
		x.mouse(0, c, r, "m")
		if strings.Contains(x.bytes()[before:], "\x1b]52") {
			t.Error("two slow clicks copied something")
		}
		x.quit()
	})
}

func TestHintsTabsAndRowsCanBeClicked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"swift", "sage", "swift"}))
		x.ask("question", 8*time.Second)
		c, r := x.find("2 sage")
		if x.mouse(0, c+2, r, "M"); x.focused() != 1 {
			t.Errorf("a tab: column %d has the focus", x.focused())
		}
		c, r = x.find("panes")
		if x.mouse(0, c, r, "M"); !x.inPanes() {
			t.Error("the hint of the panes does nothing")
		}
		x.press("esc", "f1")
		top := x.line(0)
		c, r = x.find("new line")
		screen := x.mouse(0, c, r, "M")
		if !strings.Contains(screen, "▸ new line") {
			t.Errorf("the first click does not choose:\n%s", screen)
		}
		x.mouse(65, c, r, "M") // the wheel, down
		if screen := x.now(); strings.Contains(screen, "▸ new line") {
			t.Errorf("the wheel does not move:\n%s", screen)
		}
		c, r = x.find("go to the panes")
		x.mouse(0, c, r, "M")
		x.mouse(0, c, r, "M")
		if !x.inPanes() || x.line(0) != top {
			t.Errorf("the second click does not do it:\n%s", x.now())
		}
		x.quit()
	})
}

func TestAClickOnAPillShowsItsPicture(t *testing.T) {
	dir := album(t, map[string]image.Point{"big.png": {2000, 1000}, "small.png": {100, 100}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 36, []string{filepath.Join(dir, "big.png"), filepath.Join(dir, "small.png")})
		x.after(time.Second)
		c, r := x.find("[Image #2]")
		want(t, x.mouse(0, c+3, r, "M"), `small\.png 2 of 2`)
		x.press("esc")
		c, r = x.find("[Image #1]")
		want(t, x.mouse(0, c, r, "M"), `big\.png 1 of 2`)
		x.press("esc")
		c, r = x.find("▣ 2 small.png") // its line above the composer does the same
		want(t, x.mouse(0, c, r, "M"), `small\.png 2 of 2`)
		x.press("esc")
		if x.typed() != "[Image #1] [Image #2] " {
			t.Errorf("typed %q", x.typed())
		}
		x.quit()
	})
}

func TestAClickOnAQuestionsPictureShowsIt(t *testing.T) {
	dir := album(t, map[string]image.Point{"big.png": {2000, 1000}, "small.png": {100, 100}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 36, []string{filepath.Join(dir, "big.png"), filepath.Join(dir, "small.png")})
		x.ask("what are these?", time.Second)
		x.after(time.Second)
		click := func(text string) string {
			c, r := x.find(text)
			x.mouse(0, c, r, "M")
			x.mouse(0, c, r, "m")
			return x.after(time.Second)
		}
		want(t, click("▣ small.png"), `small\.png 2 of 2`)
		lacks(t, x.press("esc"), `2 of 2`)
		want(t, click("▣ 2"), `big\.png 1 of 2`)
		lacks(t, x.press("esc"), `1 of 2`)
		lacks(t, click("what are"), `1 of 2`)
		x.quit()
	})
}
