package tui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/providers"
	"juxta/sessions"
)

func TestTheNextQuestionsCostStandsBesideIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"paid/script:n=40", "here/script:n=5"}))
		lacks(t, x.now(), "next")
		lacks(t, x.press("1234"), "next") // not while somebody types
		want(t, x.after(time.Second), "❯ 1234 +≈ [$]0[.]0100 next")
		golden(t, "next-80x24", x.now())
		x.press("enter")
		lacks(t, x.after(time.Second), "next")
		x.press("1234") // told 43 tokens, and answered with 40
		want(t, x.after(time.Second), "≈ [$]0[.]000442 next")
		x.press(strings.Repeat("long ", 12)) // it makes way
		lacks(t, x.after(time.Second), "next")
		x.press(strings.Repeat("long ", 12))
		want(t, x.after(time.Second), "≈ [$]0[.]000472 next") // in the second line
		x.press("ctrl+u", "ctrl+u", "ctrl+u")
		lacks(t, x.after(time.Second), "next")
		x.quit()

		x = show(t, 80, 24, bench(t, "", []string{"paid/script:n=40", "unpriced/script:n=5"}))
		x.press("1234")
		want(t, x.after(time.Second), "≈ [$]0[.]0100 [+] 1 unknown next")
		x.quit()
		x = show(t, 80, 24, bench(t, "", []string{"unpriced/script:n=40", "unpriced/script:n=5"}))
		x.press("1234")
		want(t, x.after(time.Second), "next: cost unknown")
		x.quit()
		x = show(t, 80, 24, bench(t, "", []string{"here/script:n=40", "swift"}))
		x.press("1234")
		lacks(t, x.after(time.Second), "next")
		x.quit()
	})
}

func TestABudgetIsSetOnTheScreenAndKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := t.TempDir() + "/juxta.db"
		x := show(t, 80, 24, bench(t, path, []string{"paid/script:n=40", "here/script:n=5"}))
		x.press("typed", "tab")
		want(t, x.press("$"), "Budget of this session", "budget in [$].*no limit.*such as 0[.]50", "unknown costs.*\\[not asked\\].* asked", "What would pass it is not sent")
		golden(t, "budget-80x24", x.now())
		for _, bad := range []string{"abc", "-1", "1e99"} {
			want(t, x.press(bad, "enter"), "Budget of this session", "✗ ")
			x.press("ctrl+u")
		}
		lacks(t, x.press("esc"), "Budget of this session")
		if x.typed() != "typed" || see(x, func(m *Model) bool { return m.session.Budget != nil }) {
			t.Error("leaving the form has changed something")
		}
		want(t, x.press("$", "1.00", "enter"), "above [$]1[.]00", "juxta.* [$]0 of [$]1[.]00 · ")
		x.press("i", "enter")
		want(t, x.after(2*time.Second), "1 turn · [$]0[.]000402 of [$]1[.]00 · ")
		x.press("tab")
		want(t, x.press("$"), "budget in [$] +1 ")
		x.press("ctrl+u")
		want(t, x.press("0.5", "tab", "right", "enter"), "of [$]0[.]500 · ")
		x.quit()

		b := bench(t, path, nil)
		all, err := b.Store().Sessions(1)
		if err != nil || len(all) != 1 || all[0].Budget == nil || *all[0].Budget != providers.Dollar/2 || !all[0].Uncounted {
			t.Fatalf("kept %+v, %v", all, err)
		}
		if err := b.Resume(all[0].ID); err != nil {
			t.Fatal(err)
		}
		x = show(t, 80, 24, b)
		x.press("tab", "$", "ctrl+u")
		want(t, x.press("enter"), "the session has no budget", "1 turn · [$]0[.]000402 · ")
		x.quit()
	})
}

func TestWhatIsSpentIsShownWhileOthersAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"paid/script:n=40", "script:n=40,tps=2"}))
		want(t, x.ask("1234", 2*time.Second), "1 turn · [$]0[.]000401 · ", "● ")
		x.after(30 * time.Second)
		x.quit()
	})
}

func TestAQuestionOverTheBudgetStaysInTheComposer(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {160, 40}} {
		synctest.Test(t, func(t *testing.T) {
			b := bench(t, "", []string{"paid/script:n=40", "here/script:n=5"})
			cent := providers.Dollar / 100
			b.Limit(&cent, false)
			x := show(t, size[0], size[1], b)
			x.press("a question", "alt+enter", "of two lines")
			want(t, x.after(time.Second), "≈ [$]0[.]010006 next, [$]0[.]01 left")
			screen := x.press("enter")
			want(t, screen, "not sent: ≈ [$]0[.]010006, and [$]0[.]01 of [$]0[.]0100 is left · tab [$] sets the budget", "0 of [$]0[.]0100")
			lacks(t, screen, "1 turn")
			if got := x.typed(); got != "a question\nof two lines" {
				t.Errorf("the composer has %q", got)
			}
			x.press("tab", "$", "ctrl+u", "1", "enter", "i")
			want(t, x.press("enter"), "1 turn", "❯ a question")
			x.after(2 * time.Second)
			b.Limit(new(providers.Money), false)
			x.press("tab")
			want(t, x.press("r"), "not sent: ≈ [$]0[.]00040\\d, and [$]0 of [$]0 is left · [$] sets the budget")
			x.quit()
		})
	}
}

func TestAnAnswerThatTheBudgetStoppedSaysSoInItsPane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, "", []string{"unpriced/script:n=40", "here/script:n=5"})
		dollar := providers.Dollar
		b.Limit(&dollar, false)
		x := show(t, 100, 30, b)
		want(t, x.ask("question", 2*time.Second), "✗ not sent: what it would cost is not", "the budget is [$]1[.]00", "→ set a price for it")
		x.quit()
	})
}

// The figure is asked for once a question rests, whatever is typed.
func BenchmarkKeyWithABudget(b *testing.B) {
	m, _ := streaming(b, 2, 1000)
	m.run = nil
	m.guess.shown = &sessions.Forecast{Cost: providers.Dollar}
	budget := 2 * providers.Dollar
	m.session.Budget = &budget
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%60 == 59 {
			m.composer.set("")
		}
		m.Update(tea.KeyPressMsg{Code: 'a', Text: "a"})
		m.View()
	}
}
