package tui

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"juxta/ui/theme"
)

// built is a built-in theme.
func built(t *testing.T, name string) *theme.Set {
	t.Helper()
	s, ok := theme.Builtin(name)
	if !ok {
		t.Fatalf("no theme %s", name)
	}
	return s
}

func TestAThemeIsShownWhileItIsChosenAndKeptByEnterAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"swift"}), tea.WithColorProfile(colorprofile.TrueColor))
		x.ask("question", 2*time.Second)
		usual := x.styleOf("question")
		want(t, x.press("f9"), "Themes", "▸ auto", "contrast", "plain", "high contrast")
		x.press("contrast")
		bold := x.styleOf("juxta")
		x.press("esc")
		if now := x.styleOf("juxta"); now.Equal(&bold) {
			t.Error("the chosen theme was not shown at once, or not left")
		}
		if now := x.styleOf("question"); !now.Equal(&usual) {
			t.Error("esc left another theme")
		}
		x.press("f9", "down", "down", "down", "down")
		want(t, x.press("enter"), "theme: plain in the configuration keeps it")
		if now := x.styleOf("juxta"); now.Fg != nil {
			t.Errorf("plain has a colour: %v", now.Fg)
		}
		want(t, x.press("f9"), "▸ plain")
		x.press("esc")
		if now := x.styleOf("juxta"); now.Fg != nil {
			t.Error("esc took the theme away that was kept")
		}
		x.quit()
	})
}

func TestThePlainThemeSendsNoColour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := opens(bench(t, "", []string{"script:err=auth", "script:say=`code` and **words**"}))
		o.Theme = built(t, "plain")
		x := start(t, 80, 24, o, tea.WithColorProfile(colorprofile.TrueColor))
		x.ask("question", time.Second)
		x.press("f1", "down", "esc", "tab")
		x.quit()
		if found := colours.FindString(x.bytes()); found != "" {
			t.Errorf("%q reached the terminal", found)
		}
	})
}

func TestThemesOfOnesOwnAreListedAndBrokenOnesSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mine, err := theme.Parse("mine\x1b[2J", "mine.theme", []byte("[dark]\nblue = #123456\n[light]\nblue = #123456\n"))
		if err != nil {
			t.Fatal(err)
		}
		o := opens(bench(t, "", []string{"swift"}))
		o.Themes = func() ([]*theme.Set, error) {
			return []*theme.Set{mine}, errors.New("broken.theme:3: there is no colour \"bleu\"")
		}
		x := start(t, 80, 24, o, tea.WithColorProfile(colorprofile.TrueColor))
		want(t, x.press("f9"), "mine", "your own", `broken[.]theme:3: there is no colour`)
		want(t, x.press("mine", "enter"), "theme: mine")
		if r, g, b, _ := x.styleOf("juxta").Fg.RGBA(); r>>8 != 0x12 || g>>8 != 0x34 || b>>8 != 0x56 {
			t.Errorf("juxta is drawn in %x %x %x", r>>8, g>>8, b>>8)
		}
		x.inert()
		x.quit()
	})
}

func TestTheMouseShowsAThemeAsTheKeysDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"swift"}), tea.WithColorProfile(colorprofile.TrueColor))
		usual := x.styleOf("juxta")
		x.press("f9")
		for range 2 {
			x.m.send(tea.MouseWheelMsg{X: 40, Y: 10, Button: tea.MouseWheelDown})
		}
		want(t, x.after(100*time.Millisecond), "▸ plain")
		if now := x.styleOf("juxta"); now.Fg != nil {
			t.Errorf("the wheel chose plain, which has no colour: %v", now.Fg)
		}
		x.press("esc")
		if now := x.styleOf("juxta"); !now.Equal(&usual) {
			t.Error("esc left another theme")
		}
		x.quit()
	})
}
