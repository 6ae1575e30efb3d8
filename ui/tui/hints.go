package tui

import (
	"strings"

	"juxta/ui/picture"
	"juxta/ui/theme"
)

// hinted is what the hints in the status line depend on.
type hinted struct {
	w                  int
	panel, runs, stops bool // the panes have the keys; something is answering; the current column is
	theme              *theme.Theme

	pictures, attached, staged bool // there are some; of the question being written; they are shown above the panes
	mode                       picture.Mode
}

func (m *Model) drawHints(k hinted) string {
	where := inComposer
	if k.panel {
		where = inPanes
	}
	hint := func(keys, what string) string { return k.theme.KeyHint.Render(keys) + k.theme.Faint.Render(" "+what) }
	var hints []string
	if k.stops {
		hints = append(hints, hint("esc", "stop column"))
	}
	if k.runs {
		hints = append(hints, hint("ctrl+x", "stop all"))
	}
	for _, s := range []scope{where, anywhere} { // what is true here before what always is
		if s == anywhere {
			hints = append(hints, k.ofPictures(hint)...)
		}
		for _, c := range commands() {
			if c.short == "" || c.scope != s {
				continue
			}
			keys, what, several := strings.Cut(c.short, "  ")
			if !several {
				keys, what = name(c.keys[0]), c.short
			}
			hints = append(hints, hint(keys, what))
		}
	}
	s := " "
	for i, h := range hints {
		if i > 0 {
			h = "  " + h
		}
		if m.look.width(s)+m.look.width(h) > k.w {
			break
		}
		s += h
	}
	return m.look.fit(s, k.w)
}

// ofPictures are the hints for what can be done with pictures here.
func (k hinted) ofPictures(hint func(keys, what string) string) []string {
	if !k.pictures {
		return nil
	}
	f2 := "show pictures"
	if k.staged {
		f2 = "hide pictures"
	}
	hints := []string{hint("F2", f2)}
	if k.attached {
		hints = append(hints, hint("F3", "same pixels"))
	}
	if k.mode != picture.Words {
		hints = append(hints, hint("F4", "large"))
	}
	return hints
}
