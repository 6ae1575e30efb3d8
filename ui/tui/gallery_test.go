package tui

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

func TestWhatIsNoLongerWantedIsNotDrawn(t *testing.T) {
	dir := album(t, map[string]image.Point{"a.png": {640, 320}, "b.png": {320, 640}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 36, []string{filepath.Join(dir, "a.png"), filepath.Join(dir, "b.png")})
		see(x, func(m *Model) bool {
			g := &m.stage.gallery
			g.clear()
			shots := m.stage.shots
			g.wish(aboveThePanes, wish{shot: shots[0], part: image.Rectangle{Max: shots[0].size}, cols: 10, rows: 3})
			g.tend(m)
			if g.job == nil || g.job.cancel == nil {
				t.Error("no job was begun")
				return false
			}
			cancelled := false
			cancel := g.job.cancel
			g.job.cancel = func() { cancelled = true; cancel() }
			g.wish(aboveThePanes)
			g.tend(m)
			if !cancelled {
				t.Error("the job of a picture that nobody wants goes on")
			}
			return true
		})
		x.after(time.Second)
		want(t, x.now(), `a\.png 640×320`)
		x.quit()
	})
}

// Whatever was shown before, only a few pictures are kept.
func TestMemoryDoesNotGrowWithTurns(t *testing.T) {
	dir := t.TempDir()
	for i := range 30 {
		m := image.NewGray(image.Rect(0, 0, 64, 64))
		m.SetGray(0, 0, color.Gray{uint8(i)})
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%02d.png", i)))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, m); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 160, 48, bench(t, "", []string{"script:say=one"}))
		for i := range 30 {
			x.m.send(action(func(m *Model) tea.Cmd { return m.attach(filepath.Join(dir, fmt.Sprintf("%02d.png", i))) }))
			x.after(500 * time.Millisecond)
			x.ask("what?", time.Second)
		}
		see(x, func(m *Model) bool {
			g := &m.stage.gallery
			cells := 0
			for _, d := range g.drawn {
				cells += d.of.cols * d.of.rows
			}
			if len(g.thumbs) > thumbsKept+1 || cells > cellsKept+2000 || len(g.shas) > 1 || g.full.img != nil {
				t.Errorf("%d thumbnails, %d cells, %d files, %v", len(g.thumbs), cells, len(g.shas), g.full.img != nil)
			}
			return true
		})
		x.quit()
	})
}
