package tui

import (
	"testing"

	"github.com/charmbracelet/x/ansi"

	"juxta/providers"
	"juxta/sessions"
)

// What a pane says before anything is sent is right in any width, and what is
// not known is said to be so.
func TestAPaneSaysAheadWhatItsModelWouldSee(t *testing.T) {
	lk := &newModel(t.Context(), Options{}).look
	sight := func(w, h, tokens int, cost providers.Money) sessions.Sight {
		s := sessions.Sight{View: providers.View{Width: w, Height: h, Tokens: tokens}}
		if cost > 0 {
			s.Cost = &cost
		}
		return s
	}
	const dollar = 1_000_000_000_000
	paid, local := providers.Model{Price: &providers.Price{}}, providers.Model{Local: true}
	one := sight(1568, 1176, 2459, dollar*7377/1_000_000)
	for name, c := range map[string]struct {
		model    providers.Model
		flight   sessions.Preflight
		marks    []mark
		again    string
		w        int
		boxed    bool
		one, two string
	}{
		"one":           {paid, sessions.Preflight{Sights: []sessions.Sight{one}}, []mark{{"▣", 1}}, "", 60, true, "sees ▣1 1568×1176 · ~2,459 tok · ~$0.00738", ""},
		"one, narrow":   {paid, sessions.Preflight{Sights: []sessions.Sight{one}}, []mark{{"▣", 1}}, "", 37, true, "sees ▣1 1568×1176 · ~2,459 tok", "~$0.00738"},
		"with history":  {paid, sessions.Preflight{Sights: []sessions.Sight{one}}, []mark{{"▣", 1}}, "told again: 1 file ~80 tok", 60, true, "sees ▣1 1568×1176 · ~2,459 tok · ~$0.00738", "told again: 1 file ~80 tok"},
		"two":           {paid, sessions.Preflight{Sights: []sessions.Sight{one, one}}, []mark{{"▣", 1}, {"▣", 4}}, "", 60, true, "sees ▣1 1568×1176 ~2,459 · ▣4 1568×1176 ~2,459", "all ~4,918 tok · ~$0.0148"},
		"three, narrow": {paid, sessions.Preflight{Sights: []sessions.Sight{one, one, sight(0, 0, 0, 0)}}, []mark{{"▣", 1}, {"▣", 2}, {"▤", 3}}, "", 37, true, "▣1 1568×1176 ~2,459 · +2", "all ~4,918 tok + ? · ~$0.0148 + ?"},
		"three, wide":   {paid, sessions.Preflight{Sights: []sessions.Sight{one, one, sight(0, 0, 0, 0)}}, []mark{{"▣", 1}, {"▣", 2}, {"▤", 3}}, "", 90, true, "sees ▣1 1568×1176 ~2,459 · ▣2 1568×1176 ~2,459 · ▤3 as it is", "all ~4,918 tok + 1 unknown · ~$0.0148 + 1 unknown"},
		"three, a line": {paid, sessions.Preflight{Sights: []sessions.Sight{one, one}}, []mark{{"▣", 1}, {"▣", 2}}, "", 58, false, "all ~4,918 tok · ~$0.0148 · sees ▣1 1568×1176 ~2,459", ""},
		"local":         {local, sessions.Preflight{Sights: []sessions.Sight{sight(896, 896, 256, 0)}}, []mark{{"▣", 1}}, "", 60, true, "sees ▣1 896×896 · ~256 tok · local", ""},
		"unknown":       {providers.Model{}, sessions.Preflight{Sights: []sessions.Sight{{}}, Doubt: "it is not known whether it can see pictures"}, []mark{{"▣", 1}}, "", 60, true, "sees ▣1: pixels and tokens unknown · cost unknown", "not known whether it can see"},
		"trouble":       {paid, sessions.Preflight{Sights: []sessions.Sight{one}, Doubt: "the service may not take it: larger than the service takes: 8000 px"}, []mark{{"▣", 1}}, "", 50, true, "sees ▣1 1568×1176 · ~2,459 tok · ~$0.00738", "larger than the service takes: 8000 px"},
		"blind":         {paid, sessions.Preflight{Sights: []sessions.Sight{{}}, Trouble: "can't see pictures"}, []mark{{"▣", 1}}, "", 90, true, "✗ can't see pictures: will not be asked · m chooses another model", ""},
		"blind, narrow": {paid, sessions.Preflight{Sights: []sessions.Sight{{}}, Trouble: "can't see pictures"}, []mark{{"▣", 1}}, "", 37, true, "✗ can't see pictures: will not be", "asked · m chooses another model"},
		"blind, a line": {paid, sessions.Preflight{Sights: []sessions.Sight{{}}, Trouble: "can't see pictures"}, []mark{{"▣", 1}}, "", 50, false, "✗ can't see pictures: not asked · m: another model", ""},
		"of history":    {paid, sessions.Preflight{Trouble: "can't see pictures, and is told of one in turn 3"}, nil, "", 90, true, "✗ can't see pictures, and is told of one in turn 3: will not be asked · m chooses another", "model"},
		"nothing":       {paid, sessions.Preflight{}, nil, "", 90, true, "", ""},
	} {
		p := pane{model: c.model, flight: &c.flight, marks: c.marks, again: c.again}
		one, two, _ := p.ahead(c.w, c.boxed, lk)
		if one, two = ansi.Strip(one), ansi.Strip(two); one != c.one || two != c.two {
			t.Errorf("%s:\n%q\n%q, want\n%q\n%q", name, one, two, c.one, c.two)
		}
		for w := 1; w < 120; w++ {
			for _, boxed := range []bool{true, false} {
				one, two, _ := p.ahead(w, boxed, lk)
				if n := max(ansi.StringWidth(one), ansi.StringWidth(two)); n > w {
					t.Errorf("%s in %d cells is %d wide: %q %q", name, w, n, one, two)
				}
			}
		}
	}
}

func TestALongNameKeepsItsEnd(t *testing.T) {
	var r ruler
	for s, want := range map[string]string{
		"pin.jpg": "pin.jpg", "a_rather_long_picture_name_12.png": "a_rather_…ame_12.png", "長い名前のとても長い写真12.png": "長い名前…写真12.png",
	} {
		if got := r.middle(s, 20); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for w := range 30 {
		for _, s := range []string{"長い名前のとても長い写真12.png", "a_rather_long_picture_name_12.png", "x長y長z長w長x長y長z長w長"} {
			if n := r.width(r.middle(s, w)); n > w {
				t.Errorf("%q in %d cells is %d wide", s, w, n)
			}
		}
	}
}
