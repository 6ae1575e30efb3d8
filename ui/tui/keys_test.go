package tui

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"juxta/sessions"
)

func TestNoKeyMeansTwoThings(t *testing.T) {
	type place struct {
		scope scope
		key   string
	}
	seen := map[place]string{}
	for _, c := range commands() {
		for _, k := range c.keys {
			for _, s := range []scope{c.scope, overAll, anywhere} { // the wider scopes would win
				if before, twice := seen[place{s, k}]; twice {
					t.Errorf("%s: %q and %q", k, before, c.help)
				}
			}
			if c.scope <= anywhere {
				for _, s := range []scope{inComposer, inPanes, inBrowser, inReplay} {
					if before, twice := seen[place{s, k}]; twice {
						t.Errorf("%s: %q hides %q", k, c.help, before)
					}
				}
			}
			seen[place{c.scope, k}] = c.help
			switch k {
			case "ctrl+i", "ctrl+m", "ctrl+b", "ctrl+h":
				t.Errorf("%s is tab, enter, backspace or the multiplexer's own", k)
			}
			if c.scope < inPanes && len([]rune(k)) == 1 {
				t.Errorf("%q must type in the composer, and is %q", k, c.help)
			}
		}
	}
}

func TestEveryCommandIsInTheHelp(t *testing.T) {
	helps, ids := map[string]bool{}, map[string]bool{}
	for _, c := range commands() {
		if c.help == "" || len(c.keys) == 0 {
			t.Errorf("a command without help or key: %+v", c.keys)
		}
		helps[c.help] = !ids[c.id]
		ids[c.id] = true
	}
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 60, bench(t, "", []string{"swift"}))
		seen := x.press("f1")
		for range 12 {
			seen += x.press("pgdown")
		}
		for help, first := range helps {
			if first && !strings.Contains(seen, help[:min(len(help), 38)]) {
				t.Errorf("%q is not in the palette", help)
			}
		}
		x.quit()
	})
}

func TestThePaletteNarrowsAndRunsACommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 30, bench(t, "", []string{"swift"}))
		want(t, x.press("f1", "duplicate"), "duplicate the current column", `1 of \d+|\d of \d+`)
		want(t, x.press("enter"), "1 swift", "2 swift")
		x.press("tab")
		want(t, x.press("?"), "All commands")
		lacks(t, x.press("esc"), "All commands")
		x.quit()
	})
}

// A key that the status line names must do something where it stands.
func TestTheStatusLineNamesKeysThatWork(t *testing.T) {
	for _, c := range commands() {
		if keys, _, ok := strings.Cut(c.short, "  "); ok {
			for k := range strings.FieldsSeq(keys) {
				if keys, _ := Bind(nil); !keys.has(k) {
					t.Errorf("the status line names %q, which is no command", k)
				}
			}
		}
	}
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 200, 30, bench(t, "", []string{"script:ttft=100,tps=5,n=400", "swift"}))
		want(t, x.line(-1), "enter send", "tab panes", "ctrl[+]l models", "F1 all commands")
		x.ask("hello", 5*time.Second)
		want(t, x.line(-1), "esc stop column", "ctrl[+]x stop all")
		x.press("tab")
		want(t, x.press("l"), "stop all")
		lacks(t, x.line(-1), "stop column") // this one has ended
		want(t, x.line(-1), "tab write", "h l column", "j k scroll", "z zoom", "c copy", "m model", "a add")
		x.quit()
	})
}

// printable is every key of a keyboard that prints, and some that many lack.
func printable() string {
	var b strings.Builder
	for r := '!'; r <= '~'; r++ {
		b.WriteRune(r)
	}
	return b.String() + "äöß€日本語é"
}

func TestEveryPrintableKeyTypes(t *testing.T) {
	for _, r := range printable() { // each into the empty composer
		m := newModel(t.Context(), Options{})
		m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
		m.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
		if got := m.composer.text(); got != string(r) {
			t.Errorf("%q typed %q", r, got)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 160, 40, bench(t, "", []string{"script:ttft=100,tps=5,n=400"}))
		x.ask("hello", time.Second)
		x.press(strings.Split(printable(), "")[:8]...)
		x.press(printable()[8:])
		if got := x.typed(); got != printable() {
			t.Errorf("while an answer streams: %q", got)
		}
		if !x.answering(1) {
			t.Error("a typed key stopped the answer")
		}
		x.press("esc")
		x.quit()
	})
}

func TestEscClosesThenStopsThenGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := "script:ttft=100,tps=10,n=300"
		x := show(t, 120, 30, bench(t, "", []string{slow, slow + ",text=md"}))
		x.ask("first", time.Second)
		x.press("half a question")
		x.press("tab", "l", "f1")
		lacks(t, x.press("esc"), "All commands")
		if !x.answering(1) || !x.answering(2) {
			t.Fatal("closing an overlay stopped an answer")
		}
		before := x.after(0)
		screen := x.press("esc")
		if x.answering(2) || !x.answering(1) {
			t.Errorf("esc stops the current column alone; before:\n%s", before)
		}
		want(t, screen, "■ stopped")
		if !x.inPanes() {
			t.Error("the esc that stops must not move the focus, too")
		}
		x.press("esc")
		if x.inPanes() {
			t.Error("the last esc goes back to the composer")
		}
		if got := x.typed(); got != "half a question" {
			t.Errorf("esc lost what was typed: %q", got)
		}
		x.press("esc", "esc", "esc")
		if got := x.typed(); got != "half a question" {
			t.Errorf("esc lost what was typed: %q", got)
		}
		x.press("ctrl+x")
		x.quit()
	})
}

func TestTabGoesToThePanesAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, "", []string{"swift", "sage", "swift"}))
		x.press("text", "tab")
		if !x.inPanes() {
			t.Fatal("tab does not go to the panes")
		}
		x.press("l")
		x.press("l")
		if x.focused() != 2 {
			t.Errorf("column %d has the focus", x.focused())
		}
		x.press("h", "q", "tab")
		if x.inPanes() || x.typed() != "text" {
			t.Errorf("tab does not go back, or typed: %q", x.typed())
		}
		x.press("tab", "i", "i")
		if x.inPanes() || x.typed() != "texti" {
			t.Errorf("i does not go back: %q", x.typed())
		}
		x.quit()
	})
}

func TestCtrlXStopsEveryColumn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := "script:ttft=100,tps=10,n=300"
		x := show(t, 120, 30, bench(t, "", []string{slow, slow, slow}))
		x.ask("first", time.Second)
		screen := x.press("ctrl+x")
		if n := strings.Count(screen, "■ stopped"); n != 3 {
			t.Errorf("%d of 3 columns say that they were stopped:\n%s", n, screen)
		}
		x.quit()
	})
}

// Stopping right after enter reaches answers that have not begun.
func TestStoppingWhileTheQuestionIsOnItsWay(t *testing.T) {
	for _, key := range []string{"\x1b", "\x18"} {
		synctest.Test(t, func(t *testing.T) {
			x := show(t, 120, 30, bench(t, "", []string{"script:ttft=5000", "script:ttft=5000"}))
			x.press("hello")
			_, _ = x.keys.Write([]byte("\r"))
			_, _ = x.keys.Write([]byte(key))
			screen := x.after(300 * time.Millisecond)
			n := 1
			if key == "\x18" {
				n = 2
			}
			if got := strings.Count(screen, "■ stopped"); got != n {
				t.Errorf("%d columns stopped by %q, want %d:\n%s", got, key, n, screen)
			}
			x.press("ctrl+x")
			x.quit()
		})
	}
}

func TestQuittingSavesWhatWasSaid(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, path, []string{"script:ttft=100,tps=10,n=300", "script:say=done"}))
		x.ask("keep me", 2*time.Second)
		x.quit()
		if raw := x.bytes(); !strings.Contains(raw[len(raw)-200:], "\x1b[?1049l") {
			t.Error("the alternate screen is still on")
		}
	})
	s, as := answers(t, path)
	if s.Title != "keep me" || len(as) != 2 {
		t.Fatalf("%q, %d answers", s.Title, len(as))
	}
	if as[0].Finish != "cancelled" || len(as[0].Text) < 40 {
		t.Errorf("the stopped answer: %q, %d bytes", as[0].Finish, len(as[0].Text))
	}
	if as[1].Finish != "stop" || as[1].Text != "done" {
		t.Errorf("the whole answer: %q %q", as[1].Finish, as[1].Text)
	}
}

func TestAskingWhileAnswersComeKeepsTheQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, "", []string{"script:ttft=100,tps=10,n=300"}))
		x.ask("first", time.Second)
		want(t, x.press("second", "enter"), "answers are still coming", "❯ second")
		if got := x.typed(); got != "second" {
			t.Errorf("the composer has %q", got)
		}
		x.press("ctrl+x")
		want(t, x.press("enter"), "❯ second")
		if n := see(x, func(m *Model) int { return m.session.Turns }); n != 2 {
			t.Errorf("%d turns", n)
		}
		x.press("ctrl+x")
		x.quit()
	})
}

func TestAQuestionThatCannotBeAskedComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, "", []string{"script:ttft=100,tps=10,n=300"})
		x := show(t, 120, 30, b)
		if _, err := b.Put(t.Context(), sessions.Question{Text: "somebody else's"}); err != nil {
			t.Fatal(err)
		}
		want(t, x.press("mine", "enter"), "answers are still coming", "❯ mine")
		if got := x.typed(); got != "mine" {
			t.Errorf("the composer has %q", got)
		}
		b.StopAll()
		x.quit()
	})
}

func TestKeysWaitForTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := Options{Open: func(context.Context) (*sessions.Bench, error) {
			time.Sleep(10 * time.Second)
			return bench(t, "", []string{"script:say=done"}), nil
		}}
		x := start(t, 100, 24, o)
		x.press("early")
		for _, k := range []string{"ctrl+l", "ctrl+s", "ctrl+r", "ctrl+x", "pgup", "esc", "tab", "esc"} {
			x.press(k)
		}
		want(t, x.press("enter"), "opening", "still opening the store", "❯ early")
		want(t, x.after(10*time.Second), "❯ early", "new session")
		want(t, x.press("enter"), "done")
		x.quit()
	})
}

func TestTheHintsNeverPassTheEdge(t *testing.T) {
	for w := 1; w < 130; w++ {
		m := newModel(t.Context(), Options{})
		m.w, m.h = w, 24
		for _, m.panel = range []bool{false, true} {
			if got := ansi.StringWidth(m.status()); got != w {
				t.Errorf("width %d: %d cells", w, got)
			}
		}
	}
}

func TestTheWayOutOfAnOverlayIsSaidOnNarrowScreens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 34, 14, bench(t, t.TempDir()+"/db", []string{"script:say=one", "script:say=two"}))
		x.ask("first", time.Second)
		x.press("tab")
		for _, key := range []string{"p", "m", "v", "s", "$", "P", "w", "S", "#", "M", "?", "ctrl+s", "ctrl+t", "f9", "f5"} {
			want(t, x.press(key), "esc (closes|leaves|goes)")
			for range 2 { // some open a list over a form
				if see(x, func(m *Model) bool { return len(m.overlays) > 0 }) {
					x.press("esc")
				}
			}
		}
		x.quit()
	})
}
