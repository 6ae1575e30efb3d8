package tui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/charmbracelet/x/ansi"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions"
)

// stripped is what the strip says of pictures that had the given done to them.
func stripped(t *testing.T, w, h, columns int, notes ...[]string) (*rehearsal, string) {
	t.Helper()
	s := newRehearsal(t, w, h, bench(t, "", []string{"swift", "sage", "swift", "sage"}[:columns]))
	t.Cleanup(func() {
		if err := s.m.bench.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	for i, n := range notes {
		s.m.attachReady(&prompts.Attachment{Name: fmt.Sprintf("p%d.jpg", i+1), MIME: "image/jpeg", Width: 100, Height: 80, FileWidth: 100, FileHeight: 80, Notes: n})
		s.later(s.m.work())
	}
	s.run(1000)
	return s, ansi.Strip(strings.Join(s.m.strip(w), "\n"))
}

// flat is a text without its line breaks and indents.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestWhatWasDoneToManyFilesIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const camera, first, turned = "camera data removed", "first of 12 pictures", "turned upright, saved anew as JPEG, quality 95"
		for _, size := range [][2]int{{80, 24}, {60, 20}} {
			w, h := size[0], size[1]
			_, strip := stripped(t, w, h, 1, []string{camera}, nil, []string{first}, []string{turned, camera}, nil, nil, nil, nil)
			want(t, flat(strip), camera+": ▣1 ▣4 · "+first+": ▣3 · "+turned+": ▣4", "▣ 1 p1.jpg 100×80")

			forty := make([][]string, 40)
			for i := range forty {
				forty[i] = []string{camera, fmt.Sprintf("part 1×1 at %d,10 of a long name.jpg", i)}
			}
			s, strip := stripped(t, w, h, 1, forty...)
			want(t, flat(strip), camera+": all 40", `\+\d+ more$`, "▣ 1 p1.jpg 100×80", `… and \d+ more`)
			if got, room := strings.Count(strip, "\n")+1, s.m.stripRoom(); got > room {
				t.Errorf("%d lines of %d", got, room)
			}
			for _, l := range strings.Split(strip, "\n") {
				if ansi.StringWidth(l) > w {
					t.Errorf("at %d: %q", w, l)
				}
			}
			for _, most := range []int{1, 2} {
				few, _ := s.m.compact(s.m.files(), w, most)
				if len(few) > most {
					t.Errorf("%d lines of %d", len(few), most)
				}
				want(t, ansi.Strip(strings.Join(few, "\n")), camera)
			}
		}
	})
}

// A line for each file has no room for long notes: they are said once for all.
func TestWhatWasDoneToSeveralFilesIsNotCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		notes := []string{"turned upright, saved anew as JPEG, quality 95", "camera data and place removed"}
		for _, size := range [][2]int{{80, 24}, {60, 20}} {
			_, strip := stripped(t, size[0], size[1], 4, notes, notes, notes, notes)
			for _, n := range notes {
				want(t, flat(strip), n+": ▣1 ▣2 ▣3 ▣4")
			}
			lacks(t, strip, "…")
		}
	})
}

func TestWhatWasDoneToAPictureGoesBeforeItsTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for w, c := range map[int]struct{ line, rest string }{
			90: {"▣ 1 p1.jpg 100×80 camera data and place removed ≈ 765 / 1611 / – tok", ""},
			60: {"▣ 1 p1.jpg 100×80 camera data and place removed", ""},
		} {
			s, _ := stripped(t, w, 20, 3, []string{"camera data and place removed"})
			for i, view := range []providers.View{{Tokens: 765}, {Tokens: 1611}, {Tokens: 9, Trouble: "it is refused"}} {
				s.m.panes[i].marks = []mark{{"▣", 1}}
				s.m.panes[i].flight = &sessions.Preflight{Sights: []sessions.Sight{{View: view}}}
			}
			s.m.frame.panes = nil // not all have one, so the strip tells the tokens
			line, rest, cut := s.m.stripLine(s.m.files()[0], w, 0)
			if got := flat(ansi.Strip(line)); got != c.line || rest != c.rest || cut {
				t.Errorf("at %d: %q and %q, cut: %v", w, got, rest, cut)
			}
		}
	})
}

// Who refuses a picture by its documents counts nothing for it.
func TestARefusedPictureHasNoTokens(t *testing.T) {
	refused := providers.View{Tokens: 9, Trouble: "it is refused"}
	for want, views := range map[string][]providers.View{
		"≈ 765 / – tok":      {{Tokens: 765}, refused},
		"≈ – tok":            {refused, refused},
		"≈ ? / – tok":        {{}, {Trouble: "it is refused"}},
		"":                   {{}, {}},
		"≈ 765–1611 / – tok": {{Tokens: 765}, refused, {Tokens: 1611}, {}, refused},
		"≈ 12 / – tok":       {{Tokens: 12}, refused, {Tokens: 12}, {}, refused},
		"≈ 765 tok":          {{Tokens: 765}, {Tokens: 765}},
	} {
		m := newModel(t.Context(), Options{})
		for _, v := range views {
			m.panes = append(m.panes, pane{marks: []mark{{"▣", 1}}, flight: &sessions.Preflight{Sights: []sessions.Sight{{View: v}}}})
		}
		f := of("image/png")
		f.number = 1
		if got := m.tokensOf(f); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
