package tui

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/diff"
	"juxta/ui/theme"
)

// answering answers each question by what is said for it; "" for none.
func answering(name string, said map[string]string) double {
	return double{name: name, stream: func(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
		question := ""
		for _, p := range req.Messages[len(req.Messages)-1].Parts {
			if text, ok := p.(providers.Text); ok {
				question = string(text)
			}
		}
		return saying(said[question])(ctx, req)
	}}
}

const moon = "Who was the first human on the Moon?"

// moonlanders are three who say about the same.
func moonlanders() []double {
	return []double{
		answering("one", map[string]string{moon: "The first human on the Moon was Neil Armstrong, in 1969. He stepped out of the lunar module Eagle on 20 July. Millions watched it on television.\n\n- It took 8 days.\n- It cost $355 million.\n\n```go\nfmt.Println(\"one small step\")\n```\n"}),
		answering("two", map[string]string{moon: "Sure! The first human on the Moon was Neil Armstrong, in 1969. Millions saw it on television. He stepped out of the module Eagle on July 21st.\n\n- It took 8 days.\n- It cost $355 million.\n\n```go\nfmt.Println(\"one giant leap\")\n```\n"}),
		answering("three", map[string]string{moon: "The first human on the Moon was Buzz Aldrin, in 1968."}),
	}
}

func TestDifferencesStandSideBySide(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {160, 48}, {50, 20}} {
		synctest.Test(t, func(t *testing.T) {
			w, h := size[0], size[1]
			x := show(t, w, h, bench(t, "", []string{"one/small-8b", "two/large:70b", "three/tiny"}, moonlanders()...))
			screen := x.ask(moon, 2*time.Second)
			golden(t, fmt.Sprintf("agreement-%dx%d", w, h), screen)
			x.whole()
			golden(t, fmt.Sprintf("diff-%dx%d", w, h), x.press("tab", "d"))
			want(t, x.press("n"), "1 of [56] differences")
			golden(t, fmt.Sprintf("diff-next-%dx%d", w, h), x.press("n"))
			lacks(t, x.press("esc"), "words differ")
			x.quit()
		})
	}
}

func TestThePairIsChosenByKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, "", []string{"one/small-8b", "two/large:70b", "three/tiny"}, moonlanders()...))
		x.ask(moon, 2*time.Second)
		pair := func(screen, left, right string) {
			t.Helper()
			want(t, screen, `(?m)^ `+left+` +│ `+right+` *$`)
		}
		x.press("tab", "l")
		pair(x.press("d"), "2 large:70b", "3 tiny")
		pair(x.press("l"), "2 large:70b", "1 small-8b")
		pair(x.press("h"), "2 large:70b", "3 tiny")
		pair(x.press("1"), "2 large:70b", "1 small-8b")
		pair(x.press("2"), "1 small-8b", "2 large:70b")
		pair(x.press("s"), "2 large:70b", "1 small-8b")
		pair(x.press("tab"), "3 tiny", "1 small-8b")
		want(t, x.press("7"), "7 has no answer to compare")
		lacks(t, x.press("q"), "words differ")
		if x.focused() != 1 {
			t.Error("looking at differences has moved the focus")
		}
		x.quit()
	})
}

func TestTheCountsOfDifferencesAreTold(t *testing.T) {
	for name, c := range map[string]struct{ one, two, want string }{
		"words":               {"It is red and old.", "It is blue.", "4 of 8 words differ · 3 only in 1, 1 only in 2"},
		"the same":            {"It is red.", "It  is\nred.", "the same, word for word"},
		"signs alone":         {"It is red.", "It is red!", "the same words, 2 signs differ"},
		"JSON":                {`{"a":1,"b":"x y"}`, "```json\n{\"b\":\"x z\",\"a\":1.0}\n```", "2 of 4 fields differ · 1 only in 1, 1 only in 2"},
		"JSON in other words": {"Here:\n```\n{\"a\":1}\n```", `{"a":1.0}`, "the same 1 field, and words around it"},
		"the same JSON":       {`{"a":1,"b":2}`, `{"b":2,"a":1.0}`, "the same 2 fields"},
		"too long":            {strings.Repeat("a b c ", 40_000), strings.Repeat("c a b ", 40_000), "too long to compare: nothing is marked"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				x := show(t, 120, 30, bench(t, "", []string{"one/a", "two/b"}, double{name: "one", stream: saying(c.one)}, double{name: "two", stream: saying(c.two)}))
				x.ask("hello", 2*time.Second)
				screen := x.press("tab", "d")
				if !strings.Contains(screen, c.want) {
					t.Errorf("no %q in\n%s", c.want, screen)
				}
				x.quit()
			})
		})
	}
}

func TestDifferencesAreMarkedWithoutColour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"one/a", "two/b"},
			double{name: "one", stream: saying("It is red. Moved here. It is old now.")}, double{name: "two", stream: saying("It is blue. It is old now. Moved here.")}),
			tea.WithColorProfile(colorprofile.Ascii))
		x.ask("hello", 2*time.Second)
		x.press("tab")
		before := len(x.bytes())
		want(t, x.press("d"), "≠ It is blue")
		painted := x.bytes()[before:]
		for _, marked := range []string{"\x1b[1mred", "\x1b[4mblue", "\x1b[3mMoved here."} {
			if !strings.Contains(painted, marked) {
				t.Errorf("no %q in %q", marked, painted)
			}
		}
		x.quit()
	})
}

func TestThereMustBeTwoToCompare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := double{name: "slow", stream: pausing("", "Half an")}
		x := show(t, 100, 24, bench(t, "", []string{"one/a", "slow/b"}, moonlanders()[0], slow))
		want(t, x.press("tab", "d"), "nothing was asked yet")
		want(t, x.press("n"), "nothing was asked yet")
		x.press("i")
		x.ask(moon, 2*time.Second)
		want(t, x.press("tab", "d"), "fewer than two answers are there yet")
		x.press("ctrl+x")
		x.after(time.Second)
		want(t, x.press("d"), "words differ", "Half an") // what was stopped has said something
		x.press("esc", "l", "X")
		want(t, x.press("d"), "nothing to compare with: a adds a column, r asks again")
		want(t, x.press("n"), "one column agrees with itself")
		x.press("r")
		x.after(time.Second)
		want(t, x.press("d"), "take 1 +│ . a · take 2", "the same, word for word")
		x.press("esc")
		x.quit()
	})
}

func TestTurnsAreGoneThroughInsideTheDifferences(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := answering("one", map[string]string{"first": "It is red.", "second": "It is old."})
		two := answering("two", map[string]string{"first": "It is blue.", "second": "It is new."})
		x := show(t, 100, 24, bench(t, "", []string{"one/a", "two/b"}, one, two))
		x.ask("first", time.Second)
		x.ask("second", time.Second)
		want(t, x.press("tab", "d"), "turn 2", "It is new")
		want(t, x.press("["), "turn 1", "It is blue")
		want(t, x.press("["), "turn 1", "there is no further turn")
		want(t, x.press("]"), "turn 2", "It is new")
		x.press("esc")
		x.quit()
	})
}

func TestABlindTurnIsComparedBySeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doubles := []double{{name: "one", stream: saying("It was Ada in 1815.")}, {name: "two", stream: saying("It was Ada in 1815.")}, {name: "three", stream: saying("It was Ada in 1968.")}}
		b := bench(t, "", []string{"one/small-8b", "two/large:70b", "three/tiny"}, doubles...)
		b.Blindly(true)
		x := show(t, 120, 30, b)
		x.ask(moon, 2*time.Second)
		screen := x.press("tab", "d")
		want(t, screen, `(?m)^ Answer 1 +│ Answer 2$`)
		lacks(t, screen, "small-8b", "large", "tiny", "one/", "two/", "three/")
		seats := see(x, func(m *Model) []int { return m.tr.turns[0].Seats() })
		alone := 1
		for i, column := range seats {
			if column == 3 {
				alone = i + 1
			}
		}
		want(t, screen, fmt.Sprintf("%d alone says 1968", alone))
		x.press("esc")
		x.quit()
	})
}

func TestHostileAnswersAreComparedInPeace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := double{name: "one", stream: saying(evil, "\n", shapes, "\n```\n", evil, "\n```\n")}
		two := double{name: "two", stream: saying(shapes, evil, "\n\n", strings.Repeat("0123456789日", 3000))}
		x := show(t, 90, 24, bench(t, "", []string{"one/a", "two/b"}, one, two))
		x.ask("hello", 3*time.Second)
		x.press("tab", "d")
		for _, k := range []string{"n", "n", "G", "N", "pgup"} {
			x.press(k)
		}
		for _, w := range []int{40, 3, 1, 120} {
			x.resize(w, 20)
		}
		x.press("esc")
		x.quit()
		x.inert()
	})
}

func TestMarkedTextIsWrappedWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	th, rule := built(t, theme.Auto).On(true), ruler{ansi.GraphemeWidth}
	parts := []string{"word", " ", "  ", "\t", "\n", "日本語", "e\u0301", "👩‍💻", "a-very-long-word-without-end", ".", "x"}
	for range 3000 {
		var spans []diff.Span
		whole := ""
		for range r.IntN(8) {
			s := diff.Span{Mark: diff.Mark(r.IntN(3))}
			for range 1 + r.IntN(4) {
				s.Text += parts[r.IntN(len(parts))]
			}
			spans = append(spans, s)
			whole += s.Text
		}
		w := 2 + r.IntN(30)
		got := ""
		for _, l := range wrapSpans(spans, w, th.OnlyLeft, th, rule) {
			if n := rule.width(l); n > w {
				t.Fatalf("%q is %d wide, not %d", l, n, w)
			}
			got += ansi.Strip(l)
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if squeeze(got) != squeeze(whole) {
			t.Fatalf("%q in %d cells is %q", whole, w, got)
		}
	}
}

func BenchmarkContrast(b *testing.B) {
	r := rand.New(rand.NewPCG(2, 2))
	text := func() string {
		var s strings.Builder
		for i := range 3000 {
			fmt.Fprintf(&s, "w%d", r.IntN(900))
			if s.WriteString(" "); i%15 == 14 {
				s.WriteString(". ")
			}
		}
		return s.String()
	}
	m := newModel(b.Context(), Options{})
	x := trial{as: sessions.Turn{Answers: []sessions.Answer{{Column: 1, Take: 1, Text: text()}, {Column: 2, Take: 1, Text: text()}}}}
	key := contrastKey{left: sessions.Pick{Column: 1, Take: 1}, right: sessions.Pick{Column: 2, Take: 1}, w: 160, theme: m.look.theme, ruler: m.look.ruler}
	b.Run("3000 words, compared and laid out", func(b *testing.B) {
		for b.Loop() {
			x.contrasted(key)
		}
	})
}

func TestTheHeadOfATextIsWhatTruncatingAllOfItGives(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	parts := []string{"a", "日", "e\u0301", "👩‍💻", "x\u200d", "नि", "\u0301\u0302\u0303", "🇩🇪"}
	for _, rule := range []ruler{{ansi.GraphemeWidth}, {ansi.WcWidth}} {
		for range 300 {
			s := strings.Repeat(parts[r.IntN(len(parts))], r.IntN(300))
			for range r.IntN(200) {
				s += parts[r.IntN(len(parts))]
			}
			w := r.IntN(40)
			want := s
			if rule.width(s) > w {
				want = rule.Truncate(s, w, "")
			}
			// Truncate may append what takes no cells from behind the cut.
			if got := rule.head(s, w); !strings.HasPrefix(want, got) || rule.width(got) != rule.width(want) {
				t.Fatalf("%d cells of %q are %q, not %q", w, s, got, want)
			}
		}
	}
}

func TestOneKeyGoesToTheNextTurnThatCanBeCompared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long := strings.Repeat("It is long. ", 300)
		one := answering("one", map[string]string{"first": "It is red.", "second": "Nobody else speaks.", "third": long})
		two := answering("two", map[string]string{"first": "It is blue.", "second": "", "third": long})
		x := show(t, 100, 24, bench(t, "", []string{"one/a", "two/b"}, one, two))
		for _, q := range []string{"first", "second", "third"} {
			x.ask(q, time.Second)
		}
		want(t, x.press("tab", "d"), "turn 3") // of which the top is not in view
		want(t, x.press("["), "turn 1", "It is blue")
		want(t, x.press("]"), "turn 3")
		x.quit()
	})
}
