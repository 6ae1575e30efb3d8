package tui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"juxta/sessions"
)

// attrs is how the first cell of text is drawn: underlined, reversed.
func (x *terminal) attrs(text string) (underlined, reversed bool) {
	x.t.Helper()
	synctest.Wait()
	x.mu.Lock()
	defer x.mu.Unlock()
	var st uv.Style
	for y := range x.em.Height() - 1 {
		for cx := range x.em.Width() {
			row := ""
			for i := cx; i < x.em.Width() && len(row) < len(text); i++ {
				if c := x.em.CellAt(i, y+1); c != nil { // the session's title stands above
					row += c.Content
				}
			}
			if row == text {
				st = x.em.CellAt(cx, y+1).Style
				return st.Underline != uv.UnderlineNone, st.Attrs&uv.AttrReverse != 0
			}
		}
	}
	x.t.Errorf("no %q on the screen:\n%s", text, x.em.String())
	return st.Underline != uv.UnderlineNone, st.Attrs&uv.AttrReverse != 0
}

func TestASearchGoesThroughTheWholeSession(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 30, resumed(t, path, longSession(t, path, 300)))
		x.press("tab")
		want(t, x.press("/"), " / ", "every question and answer of the session", "esc goes back")
		want(t, x.press("paragraph 60 of"), "/ paragraph 60 of +30 of 30", "Paragraph 60 of answer 300")
		if _, here := x.attrs("Paragraph 60 of answer 300"); !here {
			t.Error("the place that was gone to does not stand out")
		}
		x.press("enter")
		want(t, x.press("n"), " 1 of 30", "Paragraph 60 of answer 10[.]") // round, to a turn that was not loaded
		want(t, x.press("n", "n"), " 3 of 30", "Paragraph 60 of answer 30[.]")
		want(t, x.press("N"), " 2 of 30", "Paragraph 60 of answer 20[.]")
		x.whole()
		if x.focused() != 0 {
			t.Error("the focus is not in the column of the place")
		}
		lacks(t, x.press("esc"), " of 30 ")
		want(t, x.now(), "Paragraph 60 of answer 20[.]")
		if underlined, here := x.attrs("Paragraph 60 of answer 20"); underlined || here {
			t.Error("after esc something is still marked")
		}
		if !x.inPanes() {
			t.Error("esc ended more than the search")
		}
		x.quit()
	})
}

func TestWhileASearchIsTypedEscGoesBackToWhereItBegan(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 30, resumed(t, path, longSession(t, path, 120)))
		x.press("a draft")
		before := x.press("tab", "[", "[", "k")
		x.press("/")
		want(t, x.press("column says 7."), "Second column says 7[.]|First column says 7[.]", `1 of 2`)
		if after := x.press("esc"); after != before {
			t.Errorf("esc leaves\n%s\nnot\n%s", after, before)
		}
		if got := x.typed(); got != "a draft" {
			t.Errorf("what was typed is now %q", got)
		}
		x.quit()
	})
}

func TestWordsAreMarkedInEveryPaneAndQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := double{name: "one", stream: saying("An **apple** here, and a line that is so long that it is cut before an apple.\n\nThe Apple.")}
		two := double{name: "two", stream: saying("No fruit but Apple pie.")}
		x := show(t, 80, 24, bench(t, "", []string{"one/m", "two/m"}, one, two))
		want(t, x.press("tab", "/"), "nothing was asked yet")
		x.press("i")
		x.ask("which apple?", time.Second)
		x.press("tab")
		want(t, x.press("/", "apple"), `/ apple +1 of 5`, "enter stays", "esc goes back")
		if _, here := x.attrs("apple?"); !here {
			t.Error("the first place, in the question, does not stand out")
		}
		x.press("enter")
		for i, words := range []string{"apple here", "apple.", "Apple.", "Apple pie"} {
			x.press("n")
			for k, other := range []string{"apple here", "Apple.", "Apple pie"} {
				underlined, here := x.attrs(other)
				if here != (other == words) || !here && !underlined {
					t.Errorf("at place %d: %q (%d) is underlined %v, reversed %v", i+2, other, k, underlined, here)
				}
			}
		}
		if x.focused() != 1 {
			t.Error("the focus did not follow to the second column")
		}
		want(t, x.line(-1), "5 of 5", "n N places", "/ other words", "esc ends")
		x.press("/", "backspace", "backspace", "backspace", "backspace", "backspace")
		want(t, x.press("Apple"), `/ Apple +1 of 2`)
		want(t, x.press("s and pears"), "not found")
		x.press("esc")
		lacks(t, x.line(-1), "not found")
		x.whole()
		x.quit()
	})
}

func TestAnAnswerThatComesWhileItIsSearchedIsSearchedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"script:ttft=3000,say=an+apple"}))
		x.press("apple", "enter", "tab")
		want(t, x.press("/", "apple"), "1 of 1")
		x.press("enter")
		x.after(10 * time.Second)
		want(t, x.line(-1), "1 of 2")
		x.press("ctrl+n") // another session
		lacks(t, x.line(-1), " of 2")
		x.quit()
	})
}

func TestASearchOfAHiddenTurnFindsWhatIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, "", []string{"script:say=I+am+Claude.", "script:ttft=2000,say=I+am+Claude."})
		b.Blindly(true)
		x := show(t, 120, 30, b)
		x.press("who?", "enter", "tab")
		want(t, x.press("/", "am"), "not found") // nothing of it before all are complete
		x.after(10 * time.Second)
		want(t, x.press("enter"), "1 of 2")
		x.press("/", "backspace", "backspace")
		want(t, x.press("claude"), "not found")
		x.quit()
	})
}

func TestASearchFitsNarrowScreens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 30, 10, bench(t, "", []string{"script:say=an+apple"}))
		x.ask("q", time.Second)
		x.press("tab", "/", strings.Repeat("long ", 20))
		x.whole()
		x.press("esc")
		x.quit()
	})
}

func TestTurnsThatASearchLoadsSayWhichBranchTheyAre(t *testing.T) {
	for _, way := range [][]string{{"N"}, {"/", "question 2", "enter"}} {
		synctest.Test(t, func(t *testing.T) {
			b := bench(t, "", []string{"one/a", "two/b"}, turnsOf(100, 2)...)
			for i := range 60 {
				r, err := b.Put(t.Context(), sessions.Question{Text: fmt.Sprintf("question %d", i+1)})
				if err != nil {
					t.Fatal(err)
				}
				if err := r.Wait(t.Context()); err != nil {
					t.Fatal(err)
				}
				if i != 1 {
					continue
				}
				if r, err = b.Put(t.Context(), sessions.Question{Text: "question 2", Instead: r.Turn}); err != nil {
					t.Fatal(err)
				}
				if err := r.Wait(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			x := show(t, 100, 24, b)
			x.press("tab")
			x.press(way...)
			x.after(time.Second)
			want(t, x.now(), "❯ question 2 +⑂ 2/2")
			x.quit()
		})
	}
}
