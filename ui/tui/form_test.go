package tui

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

// pizza is a form with a field of each kind; what is kept goes to kept.
func pizza(lk *look, kept *[]string) *form {
	slicesOf := func(s string) error {
		if s != "" && strings.Trim(s, "0123456789") != "" {
			return errors.New("a whole number of slices, from 1")
		}
		return nil
	}
	f := newForm("Order a pizza", lk, func(f *form) action {
		return func(m *Model) tea.Cmd {
			for _, x := range f.fields {
				*kept = append(*kept, x.now())
			}
			m.pop()
			return nil
		}
	},
		&field{name: "name", empty: "anonymous"},
		&field{name: "slices", kind: aNumber, hint: "1 to 12", empty: "all", check: slicesOf},
		&field{name: "size", kind: aChoice, value: "m", options: []string{"", "s", "m", "l"}, empty: "default"},
		&field{name: "wishes", kind: aText, empty: "what else we should know"},
		&field{name: "hurry", kind: aChoice, value: "off", options: []string{"off", "on"}},
	)
	f.note = "Nobody is asked before enter."
	return f
}

func TestAFormKeepsWhatIsFilledIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"swift"}))
		var kept []string
		x.m.send(action(func(m *Model) tea.Cmd { m.push(pizza(&m.look, &kept)); return nil }))
		golden(t, "form-80x24", x.after(50*time.Millisecond))
		x.press("Ada", "down", "7", "tab", "right", "down", "no onions", "ctrl+j", "two plates", "down", "right")
		want(t, x.now(), `name +Ada`, `slices +7 +1 to 12`, `default  s  m \[l\]`, "no onions", "two plates", `▸ hurry +off \[on\]`)
		x.press("up", "up", "up", "left") // from the second line of the text to the first, and out of it
		want(t, x.now(), `▸ size +default  s \[m\] l`)
		x.press("l", "enter")
		if want := []string{"Ada", "7", "l", "no onions\ntwo plates", "on"}; !slices.Equal(kept, want) {
			t.Errorf("kept %q, want %q", kept, want)
		}
		lacks(t, x.now(), "Order a pizza")
		x.quit()
	})
}

func TestAFormSaysWhatIsWrongAndKeepsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"swift"}))
		var kept []string
		x.m.send(action(func(m *Model) tea.Cmd { m.push(pizza(&m.look, &kept)); return nil }))
		x.press("Ada", "down", "many")
		lacks(t, x.now(), "✗")
		want(t, x.press("down"), `slices +many +✗ a whole number of slices, from 1`)
		want(t, x.press("enter"), `▸ slices +many +✗`) // where it is put right
		if kept != nil {
			t.Errorf("kept %q", kept)
		}
		lacks(t, x.press("ctrl+u", "9"), "✗")
		want(t, x.press("ctrl+u", "x"), "1 to 12") // told when it is left
		x.press("esc")
		lacks(t, x.now(), "Order a pizza")
		if kept != nil {
			t.Errorf("esc kept %q", kept)
		}
		if got := x.typed(); got != "" {
			t.Errorf("the composer has %q", got)
		}
		x.quit()
	})
}

// On a low screen the field that has the keys is in view, and so is its cursor.
func TestAFormScrollsToItsField(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 12}, {30, 9}, {12, 6}, {3, 3}, {1, 1}} {
		synctest.Test(t, func(t *testing.T) {
			s := newRehearsal(t, size[0], size[1], bench(t, "", []string{"swift"}))
			var kept []string
			f := pizza(&s.m.look, &kept)
			s.m.push(f)
			for range 2 * len(f.fields) {
				s.fits(t, "form at "+f.fields[f.at].name, size[0], size[1])
				if screen := s.m.View().Content; size[1] >= 6 && size[0] >= 12 && !strings.Contains(screen, "▸ "+f.fields[f.at].name[:1]) {
					t.Errorf("%s has the keys and is not in view:\n%s", f.fields[f.at].name, screen)
				}
				s.tell(tea.KeyPressMsg{Code: tea.KeyTab})
			}
		})
	}
}

// What comes from outside is shown without what acts on a terminal, and kept as
// it was if nobody changes it.
func TestAFormLeavesWhatItCannotShow(t *testing.T) {
	lk := &newModel(t.Context(), Options{}).look
	raw := "a\x1b[31mb\x00\nc"
	f := newForm("x", lk, nil, &field{name: "one", value: "a\x1b]0;x\ab"}, &field{name: "more", kind: aText, value: raw})
	if s := f.view(60, 20); strings.Contains(s, "\x1b]0;") || strings.Contains(s, "\x1b[31mb") {
		t.Errorf("shown: %q", s)
	}
	if f.value("more") != raw || f.value("one") != "a\x1b]0;x\ab" {
		t.Errorf("untouched it became %q and %q", f.value("one"), f.value("more"))
	}
	f.paste("!\x1b[2J")
	if got := f.value("one"); got != "a␛]0;x␇b!␛[2J" {
		t.Errorf("pasted into: %q", got)
	}
}
