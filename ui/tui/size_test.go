package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"juxta/sessions"
)

// A rehearsal is a model without a program: commands are done one after another by
// whoever asks, so that a test can look between them.
type rehearsal struct {
	m     *Model
	queue []tea.Cmd
}

func newRehearsal(t testing.TB, w, h int, b *sessions.Bench) *rehearsal {
	t.Helper()
	s := &rehearsal{m: newModel(t.Context(), opens(b))}
	s.m.send = func(tea.Msg) {}
	s.tell(tea.WindowSizeMsg{Width: w, Height: h})
	s.later(s.m.open())
	s.run(1000)
	return s
}

func (s *rehearsal) later(c tea.Cmd) {
	if c != nil {
		s.queue = append(s.queue, c)
	}
}

func (s *rehearsal) tell(msg tea.Msg) {
	_, c := s.m.Update(msg)
	s.later(c)
}

// run does up to n commands; the rest wait.
func (s *rehearsal) run(n int) {
	for ; n > 0 && len(s.queue) > 0; n-- {
		c := s.queue[0]
		s.queue = s.queue[1:]
		switch msg := c().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				s.later(c)
			}
		default:
			s.tell(msg)
		}
	}
}

// ask puts a question and takes n steps of its answers.
func (s *rehearsal) ask(text string, n int) {
	s.m.composer.set(text)
	s.later(s.m.ask())
	s.run(n)
}

// fits fails unless the view is inside of w×h cells.
func (s *rehearsal) fits(t *testing.T, what string, w, h int) {
	t.Helper()
	s.tell(tea.WindowSizeMsg{Width: w, Height: h})
	v := s.m.View()
	lines := strings.Split(v.Content, "\n")
	if len(lines) > max(h, 1) {
		t.Errorf("%s at %d×%d has %d lines", what, w, h, len(lines))
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n > w {
			t.Errorf("%s at %d×%d: line %d is %d cells wide: %q", what, w, h, i, n, ansi.Strip(l))
		}
	}
	if c := v.Cursor; c != nil && (c.X < 0 || c.Y < 0 || c.X >= max(w, 1) || c.Y >= max(h, 1)) {
		t.Errorf("%s at %d×%d: the cursor is at %d, %d", what, w, h, c.X, c.Y)
	}
}

func TestEverySizeShowsNothingOutsideAndNeverPanics(t *testing.T) {
	var sizes [][2]int
	for w := 1; w <= 30; w++ {
		for h := 1; h <= 12; h++ {
			sizes = append(sizes, [2]int{w, h})
		}
	}
	some := [][2]int{{1, 1}, {1, 12}, {2, 3}, {3, 7}, {8, 4}, {13, 6}, {20, 16}, {22, 20}, {25, 20}, {30, 1}, {30, 9}}
	others := [][2]int{{0, 0}, {40, 12}, {80, 24}, {200, 60}, {500, 5}, {5, 200}, {34, 14}, {68, 14}, {67, 14}, {1, 300}, {300, 1}}
	sizes, some = append(sizes, others...), append(some, others...)
	for _, columns := range []int{0, 1, 2, 4, 8} {
		synctest.Test(t, func(t *testing.T) {
			var models []string
			for i := range columns {
				models = append(models, [...]string{
					"script:ttft=1,tps=50,think=20,text=md", "script:ttft=1,tps=30,text=cjk", "script:err=auth", "script:ttft=60000",
				}[i%4])
			}
			s := newRehearsal(t, 80, 24, bench(t, "", models))
			all := func(what string) {
				these := some
				if columns == 2 && (what == "streaming" || what == "palette") {
					these = sizes
				}
				for _, x := range these {
					s.fits(t, fmt.Sprintf("%s with %d columns", what, columns), x[0], x[1])
				}
			}
			all("empty")
			s.m.composer.set("a line\nand another\n" + strings.Repeat("long ", 40))
			all("a draft")
			s.m.composer.set("")
			s.ask("What is this?", 30)
			all("streaming")
			s.m.toPanes()
			s.m.zoom = true
			s.m.focus = max(columns-1, 0)
			s.m.refresh()
			all("zoomed")
			s.m.look.thoughts = true
			s.m.zoom = false
			s.m.stopAll()
			s.run(10_000)
			all("ended")
			for name, open := range map[string]func() tea.Cmd{"palette": s.m.palette, "models": s.m.pickModel, "sheet": s.m.system, "settings": s.m.settings, "presets": s.m.pickPreset} {
				s.later(open())
				s.run(100)
				all(name)
				s.m.pop()
			}
			if s.later(s.m.againWith()); columns > 0 {
				s.run(100)
				s.m.pop() // the list of models over it
				f := s.m.overlays[0].(*reaskForm)
				f.field(modelsField).set("demo/swift demo/" + strings.Repeat("a-long-name", 20))
				s.later(f.appraise())
				s.run(100)
				all("asking again")
				s.m.pop()
			}
			s.m.warn(strings.Repeat("a long notice ", 30))
			all("a notice")
			if err := s.m.bench.Close(t.Context()); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Minute)
		})
	}
}

// Layout is a function of numbers: its parts never overlap and are all on the
// screen, and the composer is there at any size.
func TestTheLayoutTilesTheScreen(t *testing.T) {
	for w := 1; w < 120; w++ {
		for h := 1; h < 50; h++ {
			for _, columns := range []int{0, 1, 2, 5, 8} {
				for _, wel := range []int{0, 7} {
					q := wants{w: w, h: h, columns: columns, focus: columns - 1, composer: 1 + w%4, welcome: wel, zoom: w%7 == 0}
					q.focus = max(q.focus, 0)
					f := layout(q)
					used := make([]int, h)
					for _, r := range append(slices.Clone(f.panes[:min(len(f.panes), 1)]), f.header, f.tabs, f.welcome, f.composer, f.status) {
						for y := r.Min.Y; y < r.Max.Y; y++ {
							if y < 0 || y >= h {
								t.Fatalf("%+v: row %d is not on the screen", q, y)
							}
							used[y]++
						}
					}
					for y, n := range used {
						if n != 1 {
							t.Fatalf("%+v: row %d has %d parts", q, y, n)
						}
					}
					x := 0
					for _, r := range f.panes {
						if r.Min.X != x {
							t.Fatalf("%+v: a pane begins at %d, not %d", q, r.Min.X, x)
						}
						x = r.Max.X
					}
					if len(f.panes) > 0 && (x != w || q.focus < f.first || q.focus >= f.first+len(f.panes)) {
						t.Fatalf("%+v: panes end at %d, first is %d", q, x, f.first)
					}
					if f.composer.Dy() < 1 {
						t.Fatalf("%+v: there is nowhere to write", q)
					}
				}
			}
		}
	}
}

func TestResizingWhileAnswersStreamKeepsTheText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 160, 40, bench(t, "", []string{"script:ttft=100,tps=20,n=200", "script:ttft=100,tps=20,n=200,text=md"}))
		x.press("question", "enter")
		x.press("draft")
		for _, size := range [][2]int{{80, 24}, {30, 10}, {1, 1}, {200, 60}, {12, 4}, {80, 24}, {160, 40}} {
			x.resize(size[0], size[1])
			x.after(700 * time.Millisecond)
		}
		want(t, x.after(10*time.Second), "This is a simulated answer in plain", "A simulated answer", "❯ draft", "all 10.1s")
		x.whole()
		x.quit()
	})
}

func TestColumnsThatDoNotFitAreTabs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"script:say=one", "script:say=two", "script:say=three", "script:say=four"}))
		x.ask("question", time.Second)
		screen := x.press("tab")
		want(t, screen, `1 script:say=\S+ +2 script:say=\S+ +3 script`, "│ one", "│ two")
		lacks(t, screen, "│ three")
		want(t, x.press("l", "l"), "│ two", "│ three")
		want(t, x.press("l"), "│ three", "│ four")
		want(t, x.press("l"), "│ one", "│ two")
		zoomed := x.press("l", "z")
		want(t, zoomed, "  two", "2 script:say=two")
		lacks(t, zoomed, "│ one", "three$")
		want(t, x.press("l"), "  three")
		want(t, x.press("z"), "│ three")
		want(t, x.resize(34, 20), "  three")
		want(t, x.resize(160, 30), "one", "two", "three", "four")
		x.quit()
	})
}
