package theme

import (
	"image/color"
	"slices"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
)

const whole = `# mine
muted = #aaaaaa	# second
faint = 244
border = none
blue = #0000ff
green = 2
yellow = 3
red = 1
purple = 5
cyan = 6
orange = 208
magenta = 13
`

func TestAThemeFileSaysColours(t *testing.T) {
	s, err := Parse("mine", "mine.theme", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	for _, dark := range []bool{true, false} {
		th := s.On(dark)
		for name, c := range map[string]struct{ got, want color.Color }{
			"muted": {th.Muted.GetForeground(), lipgloss.Color("#aaaaaa")}, "faint": {th.Faint.GetForeground(), lipgloss.Color("244")},
			"border": {th.Border.GetForeground(), lipgloss.NoColor{}}, "column 1": {th.Column(0).GetForeground(), lipgloss.Color("#0000ff")},
		} {
			if c.got != c.want {
				t.Errorf("dark %v: %s is %v", dark, name, c.got)
			}
		}
	}
}

func TestWhatAThemeLeavesOutOfAGroundIsAsUsual(t *testing.T) {
	s, err := Parse("mine", "mine.theme", []byte("[light]\r\nblue = #000080\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.On(false); got.Accent.GetForeground() != lipgloss.Color("#000080") || got.Bad.GetForeground() != build(usual("light")).Bad.GetForeground() {
		t.Errorf("on a light terminal: %v, %v", got.Accent.GetForeground(), got.Bad.GetForeground())
	}
	if got := s.On(true); got.Accent.GetForeground() != build(usual("dark")).Accent.GetForeground() {
		t.Errorf("on a dark terminal: %v", got.Accent.GetForeground())
	}
}

func TestAMistakeInAThemeNamesItsLine(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"blue #0000ff\n", "a.theme:1: a line is: name = colour"},
		{"[dark]\n\nbleu = #0000ff\n", `a.theme:3: there is no colour "bleu"; there are muted, faint, border, blue`},
		{"[dark]\nblue = 1\nblue = 2\n", "a.theme:3: there are two lines for blue"},
		{"[dark]\nblue = #00f\n", "a.theme:2: blue: a colour is #rrggbb, a number from 0 to 255, or none"},
		{"[dark]\nblue = 256\n", "a.theme:2: blue: a colour"},
		{"[dark]\nblue = 007\n", "a.theme:2: blue: a colour"},
		{"[dark]\nblue = +7\n", "a.theme:2: blue: a colour"},
		{"[dark]\nblue =\n", "a.theme:2: blue: a colour"},
		{"[dark]\nblue = \x1b[31m\n", `a.theme:2: blue: a colour is #rrggbb, a number from 0 to 255, or none; not "\x1b[31m"`},
		{"[dark]\n[grey]\n", `a.theme:2: there is [dark] and [light], and no "[grey]"`},
		{"[dark]\nblue = 1\n[light]\n[dark]\n", "a.theme:4: there are two of [dark]"},
		{"# nothing\n", "a.theme: no line says what muted is"},
		{strings.Replace(whole, "orange = 208\n", "", 1), "a.theme: no line says what orange is"},
		{"blue = 1\n[dark]\n", "a.theme:1: this stands before [dark] and [light], and would be for neither"},
	} {
		if _, err := Parse("a", "a.theme", []byte(tt.text)); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q:\n got %v\nwant %s", tt.text, err, tt.want)
		}
	}
}

func TestEveryFileIsOneOfTheNames(t *testing.T) {
	all, err := files.ReadDir("themes")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if name, ok := strings.CutSuffix(f.Name(), ".theme"); !ok || !slices.Contains(Names(), name) {
			t.Errorf("%s is no theme that can be chosen", f.Name())
		}
	}
	if _, ok := Builtin("../theme"); ok {
		t.Error("a path is a theme")
	}
}

func BenchmarkTheUsualTheme(b *testing.B) {
	for b.Loop() {
		build(usual("dark"))
	}
}
