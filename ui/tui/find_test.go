package tui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"juxta/sessions"
	"juxta/ui/markdown"
)

func TestWordsAreFoundInBothCasesUnlessACapitalIsTyped(t *testing.T) {
	h := speech{1, 0, "An **apple** pie; Apple pies.\nApple"}.hay()
	for query, want := range map[string]int{"apple": 3, "Apple": 2, "APPLE": 0, "apple pie": 2, "**": 0, "pie; apple": 1, "apple\u00e9": 0, "": 0, "ies.": 1} {
		if got := h.count(newNeedle(query)); got != want {
			t.Errorf("%q stands there %d times, not %d", query, got, want)
		}
	}
}

func TestPlacesAreNumberedThrough(t *testing.T) {
	var f finds
	f.look(newNeedle("x"), []hay{{1, -1, "x", "x"}, {1, 0, "none", "none"}, {1, 1, "xx", "xx"}, {4, 0, "x.x.x", "x.x.x"}})
	got := ""
	for i := range f.total {
		s, nth := f.at(i)
		got += fmt.Sprintf("%d/%d#%d ", s.turn, s.place, nth)
	}
	if got != "1/-1#0 1/1#0 1/1#1 4/0#0 4/0#1 4/0#2 " {
		t.Error(got)
	}
	for turn, want := range map[int]int{1: 0, 2: 3, 4: 3, 5: 0} {
		if got := f.from(turn); got != want {
			t.Errorf("from turn %d on it is number %d, not %d", turn, got, want)
		}
	}
}

// The places that are marked in a pane are as many as are counted, and they read
// as what was searched, at every width.
func TestWhatIsMarkedIsWhatIsCounted(t *testing.T) {
	lk := &newModel(t.Context(), Options{}).look
	const said = "The quick **brown** fox and a brown-fox, and `brown fox` at the end of a long line.\n\n" +
		"- an item with a brown fox that is cut somewhere, with Brown Foxes\n\n```\nbrown fox; brown  fox; and brown fox again, in a long line of code\n```\n> the brown\n> fox\n\n茶色の狐、茶色の狐。"
	const question = "Where is the brown fox, the brown fox of brown foxes?\n\tbrown fox"
	for _, query := range []string{"brown fox", "brown", "Brown Fox", "fox", "狐", "x, the b", "e"} {
		n := newNeedle(query)
		turn := sessions.Turn{ID: 1, Text: question, Columns: []int{1}, Answers: []sessions.Answer{{Column: 1, Take: 1, Text: said, Finish: "stop"}}}
		asked, answered := speech{1, -1, question}.hay(), speech{1, 0, said}.hay()
		for w := 8; w < 120; w++ {
			c := newCell(&turn, sessions.Pick{Column: 1, Take: 1}, false, lk)
			read := map[[2]int]string{}
			for _, s := range c.places(n, w, lk) {
				k := [2]int{0, s.nth}
				if s.asking {
					k[0] = 1
				}
				if old := read[k]; old != "" && !strings.HasSuffix(old, "-") && c.fold(s.line, w, lk).Join == markdown.Spaced {
					read[k] += " "
				}
				row := ansi.Strip(c.line(s.line, w, lk))
				read[k] += ansi.Cut(row, s.from, s.to)
			}
			count := [2]int{}
			for k, words := range read {
				count[k[0]]++
				if n.fold(words) != n.fold(query) && n.fold(strings.ReplaceAll(words, " ", "")) != n.fold(strings.ReplaceAll(query, " ", "")) {
					t.Errorf("%q at %d: marked is %q", query, w, words)
				}
			}
			if want := answered.count(n); count[0] != want {
				t.Errorf("%q at %d: %d marked in the answer, %d counted", query, w, count[0], want)
			}
			if want := asked.count(n); count[1] != want && len(c.asking) <= longQuestion {
				t.Errorf("%q at %d: %d marked in the question, %d counted", query, w, count[1], want)
			}
		}
	}
}

func BenchmarkAKeyOfASearch(b *testing.B) {
	var hays []hay
	for i := range 1000 {
		hays = append(hays, speech{i, 0, strings.Repeat("some words and a needle in a long answer. ", 100)}.hay())
	}
	n := newNeedle("needle")
	for b.Loop() {
		var f finds
		f.look(n, hays)
	}
}
