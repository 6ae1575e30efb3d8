package tui

import (
	"image"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi/kitty"

	"juxta/ui/picture"
)

// answer is what a terminal sends by itself.
func (x *terminal) answer(words string) string {
	_, _ = x.keys.Write([]byte(words))
	return x.after(200 * time.Millisecond)
}

const (
	saysKitty = "\x1bP>|kitty(0.43.1)\x1b\\"
	saysYes   = "\x1b_Gi=1;OK\x1b\\"
	saysCell  = "\x1b[6;20;10t"
)

func TestATerminalThatAnswersDrawsThePicturesItself(t *testing.T) {
	dir := album(t, map[string]image.Point{"pin.png": {640, 320}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 36, []string{dir})
		raw := x.bytes()
		if strings.Contains(raw, "\x1b_") || strings.Contains(raw, "\x1bP") {
			t.Error("an APC was sent to a terminal that has not told its name")
		}
		if !strings.Contains(raw, "\x1b[>0q") && !strings.Contains(raw, "\x1b[>q") {
			t.Error("the terminal was not asked for its name")
		}
		x.answer(saysKitty)
		if raw := x.bytes(); !strings.Contains(raw, picture.Query(false)) || !strings.Contains(raw, askCell) {
			t.Error("a terminal that tells its name is not asked the rest")
		}
		x.answer(saysCell)
		x.answer(saysYes)
		x.after(time.Second)
		raw = x.bytes()
		if n := strings.Count(raw, "\x1b_Ga=T,U=1,"); n != 1 {
			t.Errorf("the picture was sent %d times", n)
		}
		if n := strings.Count(x.now(), string(kitty.Placeholder)); n != 11*44 {
			t.Errorf("%d placeholders are on the screen", n)
		}
		sent := len(x.bytes())
		x.ask("what?", 3*time.Second)
		if raw := x.bytes()[sent:]; strings.Contains(raw, "\x1b_Ga=T") {
			t.Error("a picture that is there already was sent again")
		}
		x.resize(120, 48)
		x.after(time.Second)
		if n := strings.Count(x.bytes(), "\x1b_Ga=T,U=1,"); n != 2 {
			t.Errorf("sent %d times after a resize", n)
		}
		x.m.send(tea.ResumeMsg{})
		x.after(time.Second)
		raw = x.bytes()
		if n := strings.Count(raw, "\x1b_Ga=T,U=1,"); n != 3 {
			t.Errorf("sent %d times after the program was suspended", n)
		}
		if s := x.typed(); s != "" {
			t.Errorf("%q was typed by the terminal", s)
		}
		x.quit()
		if raw := x.bytes(); strings.Count(raw, "\x1b_Ga=d,d=I,") != 3 {
			t.Errorf("%d of 3 pictures were taken back", strings.Count(raw, "\x1b_Ga=d,d=I,"))
		}
	})
}

func TestAnswersThatMeanNoLeaveHalfBlocks(t *testing.T) {
	dir := album(t, map[string]image.Point{"pin.png": {640, 320}})
	for what, answers := range map[string][]string{
		"an error":               {saysKitty, "\x1b_Gi=1;ENOTSUPPORTED:no\x1b\\"},
		"nothing":                {saysKitty},
		"not even a name":        {},
		"an answer unasked":      {saysYes},
		"another's":              {saysKitty, "\x1b_Gi=77;OK\x1b\\"},
		"no number":              {saysKitty, "\x1b_Gi=;OK\x1b\\"},
		"empty":                  {saysKitty, "\x1b_G\x1b\\"},
		"no words":               {saysKitty, "\x1b_Gi=1\x1b\\"},
		"cut off":                {saysKitty, "\x1b_Gi=1;O\x18"},
		"one that draws boxes":   {"\x1bP>|WezTerm 20240203\x1b\\", saysYes},
		"another such":           {"\x1bP>|iTerm2 3.6.1\x1b\\", saysYes},
		"a cell of no size":      {saysKitty, "\x1b[6;0;0t"},
		"a cell without measure": {saysKitty, "\x1b[6;99999;99999t"},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				x := showing(t, 120, 36, []string{dir})
				for _, a := range answers {
					x.answer(a)
				}
				x.after(time.Second)
				if n := x.grounds(); n != 11*44 {
					t.Errorf("%d cells show the picture", n)
				}
				if screen := x.now(); strings.Contains(screen, string(kitty.Placeholder)) || strings.Contains(screen, "Gi=") {
					t.Errorf("the screen:\n%s", screen)
				}
				if s := strings.ReplaceAll(x.typed(), "[Image #1] ", ""); s != "" {
					t.Errorf("%q was typed by the terminal", s)
				}
				x.quit()
			})
		})
	}
}

// An answer may come in pieces, wherever it is cut, but not so that the reader
// takes its last byte for a key: that one is Bubble Tea's.
func TestAnAnswerInPiecesIsOne(t *testing.T) {
	dir := album(t, map[string]image.Point{"pin.png": {640, 320}})
	for cut := 1; cut < len(saysYes)-1; cut++ {
		synctest.Test(t, func(t *testing.T) {
			x := showing(t, 120, 36, []string{dir})
			x.answer(saysKitty)
			_, _ = x.keys.Write([]byte(saysYes[:cut]))
			time.Sleep(20 * time.Millisecond)
			_, _ = x.keys.Write([]byte(saysYes[cut:]))
			x.after(time.Second)
			if s := x.typed(); s != "[Image #1] " {
				t.Errorf("cut at %d: %q was typed", cut, s)
			}
			if !strings.Contains(x.now(), string(kitty.Placeholder)) {
				t.Errorf("cut at %d: not heard", cut)
			}
			x.quit()
		})
	}
}

func TestBehindTmuxEverythingIsWrapped(t *testing.T) {
	dir := album(t, map[string]image.Point{"pin.png": {640, 320}})
	for what, o := range map[string]struct {
		env  []string
		name string
	}{
		"the environment says so": {[]string{"TERM=tmux-256color", "TMUX=/tmp/tmux,1,0"}, "\x1bP>|tmux 3.3a\x1b\\"},
		"only its name does":      {[]string{"TERM=xterm-256color"}, "\x1bP>|tmux 3.3a\x1b\\"},
	} {
		synctest.Test(t, func(t *testing.T) {
			x := showing(t, 120, 36, []string{dir}, tea.WithEnvironment(o.env))
			x.answer(o.name)
			x.answer(saysYes)
			x.after(time.Second)
			raw := x.bytes()
			if !strings.Contains(raw, picture.Query(true)) || !strings.Contains(raw, "\x1bPtmux;\x1b\x1b_Ga=T,U=1,") {
				t.Errorf("%s: not wrapped", what)
			}
			if strings.Contains(strings.ReplaceAll(raw, "\x1b\x1b_", ""), "\x1b_") {
				t.Errorf("%s: tmux itself was sent an APC, which it takes for a title", what)
			}
			x.quit()
		})
	}
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 36, []string{dir}, tea.WithEnvironment([]string{"TERM=tmux-256color", "TMUX=x", "WEZTERM_PANE=0"}))
		x.answer("\x1bP>|tmux 3.3a\x1b\\")
		x.answer(saysYes)
		if raw := x.bytes(); strings.Contains(raw, "\x1b_") {
			t.Error("a terminal that draws boxes was asked through tmux")
		}
		x.quit()
	})
}

// A terminal that answers nothing has the first screen as soon as any other.
func TestNobodyWaitsForTheTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		x := &terminal{t: t}
		m := newModel(t.Context(), opens(bench(t, "", []string{"swift"})))
		x.m = m
		m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
		m.Update(m.stage.ask()())
		if v := m.View(); !strings.Contains(v.Content, "juxta") || time.Since(began) > 0 {
			t.Errorf("%v after the start: %q", time.Since(began), v.Content)
		}
	})
}

func TestWithoutColoursPicturesAreWords(t *testing.T) {
	dir := album(t, map[string]image.Point{"pin.png": {800, 600}, "other.png": {10, 10}})
	for _, profile := range []colorprofile.Profile{colorprofile.Ascii, colorprofile.ANSI} {
		synctest.Test(t, func(t *testing.T) {
			x := showing(t, 120, 40, []string{dir}, tea.WithColorProfile(profile))
			want(t, x.now(), `▣ other\.png 10×10  ▣ pin\.png 800×600`, "F2 hide pictures  F3 same pixels  ctrl")
			if n := x.stageHigh(); n != 1 {
				t.Errorf("%d lines say so", n)
			}
			if raw := x.bytes(); strings.ContainsAny(raw, "▀\U0010EEEE") || strings.Contains(raw, "48;2;") {
				t.Errorf("profile %v draws pictures", profile)
			}
			_, _ = x.keys.Write([]byte("\x1bOS")) // F4
			want(t, x.after(time.Second), "pictures need 256 colours")
			x.quit()
		})
	}
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 40, []string{dir}, tea.WithColorProfile(colorprofile.Ascii), tea.WithEnvironment([]string{"TERM=xterm-256color", "NO_COLOR=1"}))
		_, _ = x.keys.Write([]byte("\x1bOS"))
		want(t, x.after(time.Second), "NO_COLOR is set.*start juxta without it")
		x.quit()
	})
}

func TestIn256ColoursPicturesAreBlocksOfThem(t *testing.T) {
	dir := album(t, map[string]image.Point{"pin.png": {800, 600}})
	synctest.Test(t, func(t *testing.T) {
		x := showing(t, 120, 40, []string{dir}, tea.WithColorProfile(colorprofile.ANSI256))
		if n := x.grounds(); n == 0 {
			t.Error("no picture")
		}
		if raw := x.bytes(); strings.Contains(raw, "8;2;") {
			t.Error("true colour in a terminal that has 256")
		}
		x.quit()
	})
}
