package tui

import (
	"strings"
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
	dime, none := providers.Money(dollar/10), sessions.Again{}
	one := sight(1568, 1176, 2459, dollar*7377/1_000_000)
	refused := sessions.Preflight{Sights: []sessions.Sight{{View: providers.View{Width: 1568, Height: 1, Tokens: 3, Trouble: "a side of 30,000 px is refused, 8,000 at the most"}}}, Doubt: "the service may not take it: a side of 30,000 px is refused, 8,000 at the most"}
	for name, c := range map[string]struct {
		model    providers.Model
		flight   sessions.Preflight
		marks    []mark
		again    sessions.Again
		of       int
		w        int
		boxed    bool
		one, two string
	}{
		"one":           {paid, sessions.Preflight{Sights: []sessions.Sight{one}}, []mark{{"▣", 1}}, none, 0, 60, true, "sees ▣1 1568×1176 · ~2,459 tok · ~$0.00738", ""},
		"one, narrow":   {paid, sessions.Preflight{Sights: []sessions.Sight{one}}, []mark{{"▣", 1}}, none, 0, 37, true, "sees ▣1 1568×1176 · ~2,459 tok", "~$0.00738"},
		"with history":  {paid, sessions.Preflight{Sights: []sessions.Sight{one}}, []mark{{"▣", 1}}, sessions.Again{Files: 1, Tokens: 80, Cost: &dime}, 1, 60, true, "sees ▣1 1568×1176 · ~2,459 tok", "with 1 again ~2,539 tok · ~$0.107"},
		"two":           {paid, sessions.Preflight{Sights: []sessions.Sight{one, one}}, []mark{{"▣", 1}, {"▣", 4}}, none, 0, 60, true, "sees ▣1 1568×1176 ~2,459 · ▣4 1568×1176 ~2,459", "all 2 files ~4,918 tok · ~$0.0148"},
		"three, narrow": {paid, sessions.Preflight{Sights: []sessions.Sight{one, one, sight(0, 0, 0, 0)}}, []mark{{"▣", 1}, {"▣", 2}, {"▤", 3}}, none, 0, 37, true, "▣1 1568×1176 ~2,459 · 2 more", "all 3 ~4,918 tok + ? · ~$0.0148 + ?"},
		"three, wide":   {paid, sessions.Preflight{Sights: []sessions.Sight{one, one, sight(0, 0, 0, 0)}}, []mark{{"▣", 1}, {"▣", 2}, {"▤", 3}}, none, 0, 90, true, "sees ▣1 1568×1176 ~2,459 · ▣2 1568×1176 ~2,459 · ▤3", "all 3 files ~4,918 tok + 1 unknown · ~$0.0148 + 1 unknown"},
		"three, a line": {paid, sessions.Preflight{Sights: []sessions.Sight{one, one}}, []mark{{"▣", 1}, {"▣", 2}}, none, 0, 58, false, "all 2 files ~4,918 tok · ~$0.0148", ""},
		"local":         {local, sessions.Preflight{Sights: []sessions.Sight{sight(896, 896, 256, 0)}}, []mark{{"▣", 1}}, none, 0, 60, true, "sees ▣1 896×896 · ~256 tok · local", ""},
		"unknown":       {providers.Model{}, sessions.Preflight{Sights: []sessions.Sight{{}}, Doubt: "it is not known whether it can see pictures"}, []mark{{"▣", 1}}, none, 0, 60, true, "sees ▣1: pixels and tokens unknown · cost unknown", "not known whether it can see"},
		"with more":     {paid, sessions.Preflight{Sights: []sessions.Sight{one}}, []mark{{"▣", 1}}, sessions.Again{Files: 1, Tokens: 80, Cost: &dime}, 1, 80, true, "sees ▣1 1568×1176 · ~2,459 tok", "all 2 files ~2,539 tok · ~$0.107 · sent again: 1 earlier file ~80 tok"},
		"not all yet":   {paid, sessions.Preflight{Sights: []sessions.Sight{one, one}}, []mark{{"▣", 1}, {"▣", 4}}, none, 20, 37, true, "▣1 1568×1176 ~2,459 · 1 more", "2 of 20 so far ~4,918 tok · ~$0.0148"},
		"a sound":       {paid, sessions.Preflight{Sights: []sessions.Sight{{}}}, []mark{{"♪", 1}}, none, 1, 60, true, "hears ♪1 · tokens unknown · cost unknown", ""},
		"a PDF":         {paid, sessions.Preflight{Sights: []sessions.Sight{{}}}, []mark{{"▤", 1}}, none, 1, 60, true, "reads ▤1 · tokens unknown · cost unknown", ""},
		"refused":       {paid, refused, []mark{{"▣", 1}}, none, 1, 90, true, "? ▣1: may be refused (a side of 30,000 px, at most 8,000) · F3 scales it", ""},
		"refused, thin": {paid, refused, []mark{{"▣", 1}}, none, 1, 37, true, "? ▣1: may be refused (a side of", "30,000 px, at most 8,000) · F3 scale…"},
		"blind":         {paid, sessions.Preflight{Sights: []sessions.Sight{{}}, Trouble: "can't see pictures"}, []mark{{"▣", 1}}, none, 0, 90, true, "✗ can't see pictures: will not be asked · ctrl+l chooses another model", ""},
		"blind, narrow": {paid, sessions.Preflight{Sights: []sessions.Sight{{}}, Trouble: "can't see pictures"}, []mark{{"▣", 1}}, none, 0, 37, true, "✗ can't see pictures: will not be", "asked · ctrl+l chooses another model"},
		"blind, a line": {paid, sessions.Preflight{Sights: []sessions.Sight{{}}, Trouble: "can't see pictures"}, []mark{{"▣", 1}}, none, 0, 51, false, "✗ can't see pictures: not asked · ctrl+l changes it", ""},
		"of history":    {paid, sessions.Preflight{Trouble: "can't see pictures, and is told of one in turn 3"}, nil, none, 0, 90, true, "✗ can't see pictures, and is told of one in turn 3: will not be asked · ctrl+l chooses", "another model"},
		"partly known":  {paid, sessions.Preflight{Sights: []sessions.Sight{one}}, []mark{{"▣", 1}}, sessions.Again{Files: 3, Tokens: 80, Unknown: 2, Cost: &dime}, 1, 37, true, "sees ▣1 1568×1176 · ~2,459 tok", "all 4 ~2,539 tok + ? · ~$0.107 + ?"},
		"partly, wide":  {paid, sessions.Preflight{Sights: []sessions.Sight{one}}, []mark{{"▣", 1}}, sessions.Again{Files: 3, Tokens: 80, Unknown: 2, Cost: &dime}, 1, 120, true, "sees ▣1 1568×1176 · ~2,459 tok", "all 4 files ~2,539 tok + 2 unknown · ~$0.107 + 2 unknown · sent again: 3 earlier files ~80 tok + 2 unknown"},
		"nothing":       {paid, sessions.Preflight{}, nil, none, 0, 90, true, "", ""},
	} {
		c.flight.Again = c.again
		p := pane{model: c.model, flight: &c.flight, marks: c.marks, of: max(c.of, len(c.marks)), focused: true}
		one, two, _ := p.ahead(c.w, c.boxed, false, lk)
		if one, two = ansi.Strip(one), ansi.Strip(two); one != c.one || two != c.two {
			t.Errorf("%s:\n%q\n%q, want\n%q\n%q", name, one, two, c.one, c.two)
		}
		for w := 1; w < 120; w++ {
			for _, boxed := range []bool{true, false} {
				one, two, _ := p.ahead(w, boxed, w%2 == 0, lk)
				if n := max(ansi.StringWidth(one), ansi.StringWidth(two)); n > w {
					t.Errorf("%s in %d cells is %d wide: %q %q", name, w, n, one, two)
				}
			}
		}
	}
}

func TestALimitIsToldAsWhatMayBe(t *testing.T) {
	for trouble, want := range map[string]string{
		"a side of 30,000 px is refused, 8,000 at the most":          "may be refused (a side of 30,000 px, at most 8,000)",
		"a side of 31 px is refused, 32 at the least":                "may be refused (a side of 31 px, at least 32)",
		"2,000 patches of 32 px are refused, 1,536 at the most":      "may be refused (2,000 patches of 32 px, at most 1,536)",
		"a side more than 200 times as long as the other is refused": "may be refused (a side more than 200 times as long as the other)",
	} {
		if got := limit(providers.View{Trouble: trouble}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Of what is sent again, the sum of what is known stands, and that it is not all.
func TestWhatIsSentAgainIsSummedAsFarAsItIsKnown(t *testing.T) {
	lk := &newModel(t.Context(), Options{}).look
	cost := providers.Money(1_000_000_000)
	p := pane{model: providers.Model{Price: &providers.Price{}}, writing: true, flight: &sessions.Preflight{Again: sessions.Again{Files: 3, Tokens: 800, Unknown: 1, Cost: &cost}}}
	for w, want := range map[int]string{37: "3 files again ~800 tok + ?|~$0.00100 + ?", 90: "sent again: 3 earlier files ~800 tok + 1 unknown|~$0.00100 + 1 unknown"} {
		if all := p.repeated(w, lk); len(all) != 2 || all[0].text+"|"+all[1].text != want {
			t.Errorf("in %d cells: %v, want %q", w, all, want)
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

// Each of several pictures has a line, as far as there is room, and the figures
// stand below each other.
func TestEachOfSeveralPicturesIsListed(t *testing.T) {
	lk := &newModel(t.Context(), Options{}).look
	cost := providers.Money(4_830_000_000)
	p := pane{model: providers.Model{Price: &providers.Price{}}, marks: []mark{{"▣", 1}, {"▣", 2}, {"♪", 10}}, of: 3, flight: &sessions.Preflight{Sights: []sessions.Sight{
		{View: providers.View{Width: 1269, Height: 952, Tokens: 1611}, Cost: &cost}, {View: providers.View{Width: 90, Height: 90, Tokens: 12}, Cost: &cost}, {},
	}}}
	for n, want := range map[int]string{
		1: "",
		2: "▣1  1269×952  ~1,611 tok  ~$0.00483|… and 2 more",
		3: "▣1   1269×952   ~1,611 tok  ~$0.00483|▣2   90×90         ~12 tok  ~$0.00483|♪10  hears it  tokens unknown  cost unknown",
	} {
		if got := ansi.Strip(strings.Join(p.listing(n, 60, lk), "|")); n != 3 && got != want || n == 3 && strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("%d lines: %q, want %q", n, got, want)
		}
		for w := 1; w < 60; w++ {
			for _, l := range p.listing(n, w, lk) {
				if ansi.StringWidth(l) > w {
					t.Errorf("in %d cells: %q", w, l)
				}
			}
		}
	}
}
