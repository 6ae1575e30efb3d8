package tui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

// askAgain opens the form and leaves the list of models over it.
func (x *terminal) askAgain() string { return x.press("M", "esc") }

func TestASessionIsAskedAgainOfOtherModelsOnTheScreen(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, path, []string{"script:say=once", "paid/script:say=upon"})
		x := show(t, 80, 24, b)
		x.press("tab")
		want(t, x.press("M"), "nothing was asked yet: ask something first")
		x.press("i")
		x.ask("first", time.Second)
		x.ask("second", time.Second)
		x.press("tab")
		want(t, x.press("M"), "Ask again", "enter takes it")
		screen := x.press("demo/swift", "enter")
		want(t, screen, "Ask this session again", "models [*] +demo/swift +ctrl[+]l adds one", `history +\[of 1 script:say=once\]`, "demo/swift +2 requests · no charge")
		x.press(" paid/script:n=5,echo=1", "tab", "right", "right")
		golden(t, "again-form-80x24", x.now())
		x.press("right", "left") // back to its own answers
		want(t, x.now(), `\[its own answers\]`)
		x.press("tab", "2", "enter") // from turn 2
		want(t, x.after(100*time.Millisecond), "again 1 of 1", "esc stop asking again")
		want(t, x.after(5*time.Second), "asked again: 1 of 1 turn")
		x.press("M", "esc", "paid/script:n=5", "enter")
		want(t, x.after(5*time.Second), "asked again: 2 of 2 turns", "on 1's answers|5 script")
		x.quit()
		s := b.Session()
		if len(s.Columns) != 5 || s.Columns[2].Follows != 0 || s.Columns[4].Follows != 1 {
			t.Errorf("columns: %+v", s.Columns)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		ses, as := answers(t, path)
		if len(as) != 5 || ses.Turns != 2 { // of the last turn, which all were asked
			t.Errorf("%d turns, %d answers", ses.Turns, len(as))
		}
	})
}

func TestAskingAgainShowsHowFarItIsAndWhatItCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"script:say=once", "paid/script:say=upon"}))
		for _, q := range []string{"first", "second", "third"} {
			x.ask(q, time.Second)
		}
		x.press("tab")
		x.askAgain()
		x.press("paid/script:ttft=100,tps=20,n=40", "enter")
		want(t, x.after(time.Second), "again 1 of 3", "❯ first")
		x.press("i") // the composer may be used meanwhile
		want(t, x.press("typed"), "❯ typed")
		want(t, x.press("enter"), "the session is still being asked again: esc stops that")
		want(t, x.after(1500*time.Millisecond), "again 2 of 3 · [$]0[.]0004\\d* spent", "❯ second")
		x.press("tab")
		want(t, x.press("["), "❯ first") // somebody who reads another turn stays there
		lacks(t, x.after(1800*time.Millisecond), "❯ third")
		want(t, x.after(3*time.Second), "asked again: 3 of 3 turns", "❯ first")
		golden(t, "again-80x24", x.now())
		want(t, x.press("]", "]"), "❯ third", "40 tok")
		if x.typed() != "typed" {
			t.Errorf("typed: %q", x.typed())
		}
		x.quit()
	})
}

func TestEscStopsAskingAgainAndTheSameGoesOnThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, t.TempDir()+"/juxta.db", []string{"script:say=once"})
		x := show(t, 80, 24, b)
		for _, q := range []string{"first", "second", "third"} {
			x.ask(q, time.Second)
		}
		x.press("tab")
		x.askAgain()
		x.press("demo/script:tps=20,n=40", "enter")
		x.after(3 * time.Second) // in the second turn
		want(t, x.press("esc"), "asked again: 2 of 3 turns, then stopped; what was said is kept, and M goes on")
		lacks(t, x.after(5*time.Second), "again \\d of")
		screen := x.press("M") // as it was, without the list of models
		want(t, screen, "models [*] +demo/script:tps=20,n=40", "2 requests · unknown · 1 answered before")
		x.press("enter")
		want(t, x.after(6*time.Second), "asked again: 2 of 2 turns")
		turns, err := b.Turns(0, 3)
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range []int{2, 3, 2} { // the second has what was said before it was stopped
			if len(turns[i].Answers) != n {
				t.Errorf("turn %d has %d answers", i+1, len(turns[i].Answers))
			}
		}
		if a, _ := turns[1].Take(sessions.Pick{Column: 2, Take: 1}); a.Finish != providers.Cancelled || a.Text == "" {
			t.Errorf("what was said: %+v", a)
		}
		want(t, x.press("M"), "Ask again") // all is answered: the form begins anew
		x.quit()
	})
}

func TestTheFormOfAskingAgainSaysWhatIsWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"script:say=once", "paid/script:say=upon"}))
		x.ask("first", time.Second)
		x.press("tab")
		want(t, x.askAgain(), "what it would cost stands here")
		want(t, x.press("enter"), "✗ there is no model to ask")
		for text, wrong := range map[string]string{
			"swift":                 "✗ swift: a model is named provider/model",
			"nobody/x":              "there is no provider nobody",
			"demo/swift demo/swift": "demo/swift stands there twice",
		} {
			x.press("ctrl+u")
			want(t, x.press(text, "enter"), wrong)
		}
		x.press("ctrl+u")
		want(t, x.press("demo/a demo/b demo/c demo/d demo/e demo/f demo/g"), "✗ that would be 9 columns, and 8 are the most")
		x.press("ctrl+u")
		x.paste("demo/swift")
		want(t, x.after(100*time.Millisecond), "1 request · no charge")
		x.press("tab", "tab")
		want(t, x.press("x", "enter"), "✗ a turn's number, from 1")
		x.press("ctrl+u")
		want(t, x.press("7"), "✗ there is no turn 7: the session has 1")
		want(t, x.press("enter"), "there is no turn 7")
		lacks(t, x.press("esc"), "Ask this session again")
		if n := len(x.m.bench.Session().Columns); n != 2 {
			t.Errorf("%d columns", n)
		}
		x.press("$", "0.001", "enter")
		x.askAgain()
		want(t, x.press("paid/script:n=5"), "1 request · ≈ [$]0[.]0100", "▲ more than is left of the budget")
		want(t, x.press("enter"), "not sent: ≈ [$]0[.]0100")
		x.quit()
	})
}

func TestABlindTurnThatIsAskedAgainShowsNothingOfIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, "", []string{"script:say=once", "script:say=upon"})
		b.Blindly(true)
		x := show(t, 160, 30, b)
		x.ask("which?", time.Second)
		x.press("tab")
		x.askAgain()
		x.press("demo/script:say=newcomer,ttft=2000", "enter")
		screen := x.after(500 * time.Millisecond)
		want(t, screen, "again 1 of 1", "│ once|once +│", "upon")
		want(t, x.after(3*time.Second), "asked again: 1 of 1", "Answer 1", "Answer 2")
		body, _, _ := strings.Cut(x.now(), "├")
		lacks(t, body, "│ newcomer")
		x.press("1")
		x.press("enter")
		want(t, x.after(time.Second), "newcomer")
		x.quit()
	})
}

func TestAnAnswerThatFailedWhenAskedAgainIsTriedAgainAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, "", []string{"script:say=once"})
		x := show(t, 100, 24, b)
		x.ask("first", time.Second)
		x.ask("second", time.Second)
		x.press("tab")
		x.askAgain()
		x.press("demo/script:err=authx1,echo=1", "enter")
		want(t, x.after(3*time.Second), "1 not answered: M asks those once more")
		x.press("[")
		x.press("f")
		screen := x.after(2 * time.Second)
		want(t, screen, "take 2/2", "user: first")
		want(t, x.press("]"), "assistant: once") // what it was told is the original's
		x.quit()
	})
}
