package theme

import (
	"bytes"
	"image/color"
	"math"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// styles are the styles of a theme by name.
func styles(th *Theme) map[string]lipgloss.Style {
	all := map[string]lipgloss.Style{}
	v := reflect.ValueOf(*th)
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() {
			all[f.Name] = v.Field(i).Interface().(lipgloss.Style)
		}
	}
	for i := range th.columns {
		all["Column"+string(rune('0'+i))] = th.Column(i)
	}
	return all
}

// luminance and contrast are those of WCAG 2.1.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// grounds are what terminals usually paint.
func grounds(dark bool) []string {
	if dark {
		return []string{"#000000", "#0d1117", "#1a1b26", "#1e1e1e"}
	}
	return []string{"#ffffff", "#fdfdfd", "#fafafa"}
}

// each calls f with every built-in theme on the grounds that it is for.
func each(t *testing.T, f func(name string, dark bool, th *Theme)) {
	t.Helper()
	for _, name := range Names() {
		s, ok := Builtin(name)
		if !ok || s.Name != name {
			t.Fatalf("%s can't be read", name)
		}
		for _, dark := range []bool{true, false} {
			if (name == "dark" || name == "light") && (name == "dark") != dark {
				continue
			}
			f(name, dark, s.On(dark))
		}
	}
}

func TestTextReadsOnEveryUsualGround(t *testing.T) {
	each(t, func(theme string, dark bool, th *Theme) {
		for name, st := range styles(th) {
			fg := st.GetForeground()
			if _, none := fg.(lipgloss.NoColor); none {
				continue
			}
			if theme == "plain" {
				t.Errorf("plain: %s has a colour", name)
			}
			want := 4.5
			switch {
			case name == "Border" && theme == "contrast":
				want = 4.5
			case name == "Border":
				want = 1.7 // seen, not read
			case theme == "contrast":
				want = 7
			}
			for _, g := range grounds(dark) {
				if got := contrast(fg, lipgloss.Color(g)); got < want {
					t.Errorf("%s, dark %v: %s has contrast %.2f on %s, want %.1f", theme, dark, name, got, g, want)
				}
			}
		}
	})
}

func TestNothingPaintsTheGround(t *testing.T) {
	each(t, func(theme string, _ bool, th *Theme) {
		for name, st := range styles(th) {
			if _, none := st.GetBackground().(lipgloss.NoColor); !none {
				t.Errorf("%s: %s has a background", theme, name)
			}
		}
	})
}

func TestColumnsAreTold(t *testing.T) {
	each(t, func(theme string, dark bool, th *Theme) {
		if theme == "plain" { // their numbers tell
			return
		}
		for i := range th.columns {
			for j := range i {
				if d := distance(th.Column(i).GetForeground(), th.Column(j).GetForeground()); d < 60 {
					t.Errorf("%s, dark %v: columns %d and %d are %.0f apart", theme, dark, i, j, d)
				}
			}
		}
		if th.Column(8).GetForeground() != th.Column(0).GetForeground() {
			t.Error("a ninth column has no colour")
		}
	})
}

// distance is the Euclidean distance of two colours in 8-bit RGB.
func distance(a, b color.Color) float64 {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	d := func(x, y uint32) float64 { return (float64(x) - float64(y)) / 257 }
	return math.Sqrt(d(r1, r2)*d(r1, r2) + d(g1, g2)*d(g1, g2) + d(b1, b2)*d(b1, b2))
}

func TestWithoutColourTheMeaningStays(t *testing.T) {
	colours := regexp.MustCompile(`[34]8;|\b3[0-7]m|\b4[0-7]m`)
	plain, _ := Builtin("plain")
	for _, th := range []*Theme{build(usual("dark")), plain.On(true)} {
		for name, want := range map[string]string{
			"Selection": "7", "Match": "4", "MatchHere": "1;7", "Title": "1", "Prompt": "1", "Heading": "1", "Link": "4",
			"BorderFocus": "1", "KeyHint": "1", "Bad": "1", "Thought": "3",
			"OnlyLeft": "1", "OnlyRight": "4", "Moved": "3",
		} {
			var out bytes.Buffer
			w := colorprofile.Writer{Forward: &out, Profile: colorprofile.Ascii}
			if _, err := w.WriteString(styles(th)[name].Render("x")); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(out.String(), "\x1b["+want) || colours.MatchString(out.String()) {
				t.Errorf("%s is %q, want attributes %s and no colour", name, out.String(), want)
			}
		}
	}
}
