package tui

import (
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
)

// styleOf is the style of the first cell of text on the screen.
func (x *terminal) styleOf(text string) uv.Style {
	x.t.Helper()
	synctest.Wait()
	x.mu.Lock()
	defer x.mu.Unlock()
	for y := range x.em.Height() {
		for cx := range x.em.Width() {
			row := ""
			for i := cx; i < x.em.Width() && len(row) < len(text); i++ {
				if c := x.em.CellAt(i, y); c != nil {
					row += c.Content
				}
			}
			if strings.HasPrefix(row, text) {
				return x.em.CellAt(cx, y).Style
			}
		}
	}
	x.t.Fatalf("no %q on the screen:\n%s", text, x.em.String())
	return uv.Style{}
}

// colours finds a sequence that sets a colour.
var colours = regexp.MustCompile(`\x1b\[([0-9;:]*;)?(3[0-8]|4[0-8]|9[0-7]|10[0-7])([;:][0-9;:]*)?m`)

func TestWithoutColourEverythingIsStillToldApart(t *testing.T) {
	for name, opts := range map[string][]tea.ProgramOption{
		"ascii": {tea.WithColorProfile(colorprofile.ASCII)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				x := show(t, 120, 30, bench(t, "", []string{"script:err=auth", "script:say=fine", "script:ttft=100,tps=10,n=50"}), opts...)
				x.ask("question", time.Second)
				want(t, x.now(), "✗ the key was not accepted", "→ check", "❯ question")
				x.press("tab")
				one, two := x.styleOf("script:err"), x.styleOf("script:say")
				if one.Equal(&two) {
					t.Error("the pane with the keys looks like the others")
				}
				x.press("l")
				if now := x.styleOf("script:say"); !now.Equal(&one) {
					t.Error("the focus does not move")
				}
				want(t, x.press("f1", "down"), "▸ ")
				chosen, other := x.styleOf("▸ "), x.styleOf("send the question")
				if chosen.Equal(&other) {
					t.Error("the chosen line looks like the others")
				}
				x.press("esc", "ctrl+x")
				x.quit()
				if found := colours.FindString(x.bytes()); found != "" {
					t.Errorf("%q reached the terminal", found)
				}
			})
		})
	}
}

func TestALightTerminalGetsALightTheme(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lab := double{name: "lab", stream: saying("some `code` here")}
		x := show(t, 120, 30, bench(t, "", []string{"lab/model", "swift"}, lab))
		x.ask("question", 5*time.Second)
		dark := x.styleOf("❯ question")
		code := x.styleOf("code")
		x.press("\x1b]11;rgb:ffff/ffff/ffff\x07")
		light := x.styleOf("❯ question")
		if light.Equal(&dark) {
			t.Error("the question looks as on a dark terminal")
		}
		if now := x.styleOf("code"); now.Equal(&code) {
			t.Error("the answer looks as on a dark terminal")
		}
		x.press("\x1b]11;rgb:0000/0000/0000\x07")
		if now := x.styleOf("❯ question"); !now.Equal(&dark) {
			t.Error("back on a dark terminal it stays light")
		}
		x.quit()
	})
}
