package tui

import (
	"juxta/ui/picture"
	"juxta/ui/theme"
)

// hinted is what the hints in the status line depend on.
type hinted struct {
	w                  int
	panel, runs, stops bool // the panes have the keys; something is answering; the current column is
	takes, branches    bool // there are several of the current answer; several lead on from the turn before
	theme              *theme.Theme

	pictures, attached, staged bool // there are some; of the question being written; they are shown above the panes
	mode                       picture.Mode
}

func (m *Model) drawHints(k hinted) string {
	where, keys := m.where(), m.look.keys
	hint := func(keys, what string) string { return k.theme.KeyHint.Render(keys) + k.theme.Faint.Render(" "+what) }
	var hints []string
	if k.stops {
		hints = append(hints, hint(keys.name("back"), "stop column"))
	}
	if k.runs {
		hints = append(hints, hint(keys.name("stop_all"), "stop all"))
	}
	pair := func(one, other, what string) {
		hints = append(hints, hint(keys.nameIn(where, one)+" "+keys.nameIn(where, other), what))
	}
	if k.takes && k.panel {
		pair("previous_take", "next_take", "take")
	}
	if k.branches && k.panel {
		pair("previous_branch", "next_branch", "branch")
	}
	for _, s := range []scope{where, anywhere} { // what is true here before what always is
		if s == anywhere {
			hints = append(hints, k.ofPictures(keys, hint)...)
		}
		for _, c := range keys.commands {
			if c.scope == s {
				if names, what := keys.short(where, c); names != "" {
					hints = append(hints, hint(names, what))
				}
			}
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
func (k hinted) ofPictures(keys *Keymap, hint func(keys, what string) string) []string {
	if !k.pictures {
		return nil
	}
	f2 := "show pictures"
	if k.staged {
		f2 = "hide pictures"
	}
	hints := []string{hint(keys.name("pictures"), f2)}
	if k.attached {
		hints = append(hints, hint(keys.name("same_pixels"), "same pixels"))
	}
	if k.mode != picture.Words {
		hints = append(hints, hint(keys.name("picture"), "large"))
	}
	return hints
}
