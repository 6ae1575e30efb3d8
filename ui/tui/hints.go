package tui

import (
	"juxta/ui/picture"
	"juxta/ui/theme"
)

// hinted is what the hints in the status line depend on.
type hinted struct {
	w                  int
	panel, runs, stops bool // the panes have the keys; something is answering; the current column is
	again              bool // the session is asked again
	takes, branches    bool // there are several of the current answer; several lead on from the turn before
	theme              *theme.Theme

	pictures, attached, staged bool // there are some; of the question being written; they are shown above the panes
	mode                       picture.Mode
}

// A hint says which keys of a command do what.
type hint struct{ id, keys, what string }

// A button is the cells [from, to) of the status line where a command's hint
// stands: a click does it.
type button struct {
	from, to int
	id       string
}

func (m *Model) drawHints(k hinted) string {
	where, keys := m.where(), m.look.keys
	var hints []hint
	add := func(id, keys, what string) { hints = append(hints, hint{id, keys, what}) }
	switch {
	case where == inReplay: // where nothing is stopped for good
		k.runs = false
	case k.again:
		add("back", keys.name("back"), "stop asking again")
	case k.stops:
		add("back", keys.name("back"), "stop column")
	}
	if k.runs && !k.again {
		add("stop_all", keys.name("stop_all"), "stop all")
	}
	pair := func(one, other, what string) {
		add(other, keys.nameIn(where, one)+" "+keys.nameIn(where, other), what)
	}
	if k.takes && k.panel {
		pair("previous_take", "next_take", "take")
	}
	if k.branches && k.panel {
		pair("previous_branch", "next_branch", "branch")
	}
	for _, s := range []scope{where, anywhere} { // what is true here before what always is
		if s == anywhere {
			hints = append(hints, k.ofPictures(keys)...)
		}
		for _, c := range keys.commands {
			if c.scope == s && (where != inReplay || s == inReplay || c.id == "commands") {
				if names, what := keys.short(where, c); names != "" {
					add(c.id, names, what)
				}
			}
		}
	}
	s, at := " ", 1
	m.buttons = m.buttons[:0]
	for i, h := range hints {
		wide := m.look.width(h.keys) + 1 + m.look.width(h.what)
		gap := ""
		if i > 0 {
			gap = "  "
		}
		if at+len(gap)+wide > k.w {
			break
		}
		s += gap + k.theme.KeyHint.Render(h.keys) + k.theme.Faint.Render(" "+h.what)
		at += len(gap) + wide
		m.buttons = append(m.buttons, button{at - wide, at, h.id})
	}
	return m.look.fit(s, k.w)
}

// ofPictures are the hints for what can be done with pictures here.
func (k hinted) ofPictures(keys *Keymap) []hint {
	if !k.pictures {
		return nil
	}
	f2 := "show pictures"
	if k.staged {
		f2 = "hide pictures"
	}
	hints := []hint{{"pictures", keys.name("pictures"), f2}}
	if k.attached {
		hints = append(hints, hint{"same_pixels", keys.name("same_pixels"), "same pixels"})
	}
	if k.mode != picture.Words {
		hints = append(hints, hint{"picture", keys.name("picture"), "large"})
	}
	return hints
}
