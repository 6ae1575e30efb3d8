package tui

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestColumnsComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 160, 30, bench(t, "", []string{"script:say=one"}))
		x.press("tab", "a")
		want(t, x.now(), "Add a column", "demo/sage", "demo/swift", "simulated")
		want(t, x.press("sage", "enter"), "1 script:say=one", "2 sage")
		if x.focused() != 1 {
			t.Errorf("the new column has not the focus, %d has", x.focused())
		}
		want(t, x.press("m"), "Model of column 2")
		want(t, x.press("swift", "enter"), "2 swift")
		want(t, x.press("D"), "2 swift", "3 swift")
		want(t, x.press("H"), "2 swift", "3 swift")
		want(t, x.press("H"), "1 swift", "2 script:say=one", "3 swift")
		if x.focused() != 0 {
			t.Errorf("moving a column leaves the focus at %d", x.focused())
		}
		want(t, x.press("L"), "1 script:say=one", "2 swift")
		screen := x.press("X")
		want(t, screen, "1 script:say=one", "2 swift")
		lacks(t, screen, "3 swift")
		x.press("i")
		want(t, x.ask("question", 10*time.Second), "│ one", "simulated model")
		x.press("tab", "a", "sage", "enter")
		want(t, x.now(), "not asked in this turn", "not asked")
		x.quit()
	})
}

func TestEightColumnsAreTheMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var models []string
		for i := range 7 {
			models = append(models, fmt.Sprintf("script:say=%d", i+1))
		}
		x := show(t, 300, 30, bench(t, "", models))
		x.press("tab", "D")
		want(t, x.now(), "8 script:say")
		for _, k := range []string{"D", "a"} {
			want(t, x.press(k), "8 columns are the most")
		}
		want(t, x.press("m", "ctrl+a"), "8 columns are the most")
		x.press("i")
		screen := x.ask("question", time.Second)
		for i := range 7 {
			want(t, screen, fmt.Sprintf(`│ %d\b`, i+1))
		}
		if n := see(x, func(m *Model) int { return len(m.session.Places) }); n != 8 {
			t.Errorf("%d columns", n)
		}
		x.quit()
	})
}

func TestTheLastColumnStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 24, bench(t, "", []string{"script:ttft=100,tps=10,n=100", "script:say=two"}))
		x.ask("question", time.Second)
		want(t, x.press("tab", "X"), "still answering")
		x.press("x", "X")
		want(t, x.press("X"), "one column stays")
		want(t, x.now(), "1 script:say=two", "  two")
		x.quit()
	})
}

func TestWithoutAColumnAskingOffersModels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 24, bench(t, "", nil))
		want(t, x.press("hello", "enter"), "Add a column")
		x.press("swift", "enter")
		if got := x.typed(); got != "hello" {
			t.Errorf("the question became %q", got)
		}
		want(t, x.press("enter"), "1 swift", "❯ hello")
		x.after(10 * time.Second)
		x.quit()
	})
}

func TestAnEarlierSessionIsResumed(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, path, []string{"script:say=alpha", "script:say=beta"}))
		x.ask("the first session", time.Second)
		x.press("tab", "ctrl+n")
		screen := x.now()
		want(t, screen, "a new session", "1 script:say=alpha", "2 script:say=beta")
		lacks(t, screen, "❯ the first session")
		if x.inPanes() {
			t.Error("a new session waits for a question")
		}
		time.Sleep(time.Minute)
		x.ask("the second session", time.Second)
		x.press("half a draft")
		want(t, x.press("ctrl+s"), "Sessions", "the first session", "the second session", "1 turn")
		screen = x.press("first", "enter")
		want(t, screen, "juxta · the first session", "❯ the first session", "│ alpha", "❯ half a draft")
		lacks(t, screen, "❯ the second session")
		x.press("ctrl+u")
		want(t, x.ask("more of the first", time.Second), "2 turns")
		x.quit()
	})
	s, as := answers(t, path)
	if s.Title != "the first session" || s.Turns != 2 || as[0].Text != "alpha" {
		t.Errorf("%q has %d turns", s.Title, s.Turns)
	}
}

func TestKeysOfAListWorkWhenItIsEmpty(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 24, bench(t, path, []string{"swift"}))
		want(t, x.press("ctrl+l", "zzzz"), "nothing matches")
		want(t, x.press("enter", "ctrl+a"), "nothing matches")
		_, _ = x.keys.Write([]byte("\x12"))
		x.press("ctrl+u")
		want(t, x.now(), "demo/swift")
		x.press("esc")
		want(t, x.press("ctrl+s"), "No session yet")
		want(t, x.press("enter", "tab", "n"), "a new session")
		x.quit()
	})
}

func TestTheSystemPromptIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, "", []string{"script:echo=1", "script:echo=1,ttft=1"}))
		x.press("tab", "S")
		want(t, x.now(), "System prompt", "what every model is told")
		x.press("Answer in", "ctrl+j", "French.")
		want(t, x.press("enter"), "system +Answer in French[.]")
		x.press("i")
		screen := x.ask("question", time.Second)
		if n := strings.Count(screen, "system: Answer in"); n != 2 {
			t.Errorf("%d columns were told:\n%s", n, screen)
		}
		x.press("tab", "S", " and short.")
		x.press("esc")
		x.press("i")
		lacks(t, x.ask("again", time.Second), "short")
		x.press("tab", "a", "swift", "enter")
		if got := see(x, func(m *Model) string { return m.panes[2].column.System }); got != "Answer in\nFrench." {
			t.Errorf("a new column is told %q", got)
		}
		x.after(time.Minute)
		x.quit()
	})
}

func TestEachColumnIsToldItsOwnHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 160, 40, bench(t, "", []string{"script:echo=1", "script:say=B", "script:err=serverx1,say=recovered"}))
		x.ask("first", time.Second)
		screen := x.ask("second", time.Second)
		want(t, screen, "user: first", "assistant: user: first", "user: second")
		lacks(t, screen, "assistant: B", "assistant: rec")
		x.quit()
	})
}

func TestOnlyTheKeyCCopies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, "", []string{"script:say=first%0Aanswer+%1B%5B31m", "script:say=second"}))
		want(t, x.press("tab", "c"), "no answer to copy")
		x.press("i")
		x.ask("question", time.Second)
		if sequences(x.bytes())["OSC 52"] != 0 {
			t.Error("something was copied")
		}
		want(t, x.press("tab", "c"), "copied the answer")
		x.press("l", "c")
		for _, text := range []string{"first\nanswer \x1b[31m", "second"} {
			if !strings.Contains(x.bytes(), "\x1b]52;c;"+base64.StdEncoding.EncodeToString([]byte(text))) {
				t.Errorf("%q was not copied", text)
			}
		}
		if n := sequences(x.bytes())["OSC 52"]; n != 2 {
			t.Errorf("copied %d times", n)
		}
		x.quit()
	})
}

func TestAClickGivesTheKeysToAPane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, "", []string{"swift", "sage"}))
		x.press("\x1b[<0;80;12M", "\x1b[<0;80;12m")
		if !x.inPanes() || x.focused() != 1 {
			t.Errorf("panes %t, column %d", x.inPanes(), x.focused())
		}
		x.press("\x1b[<0;10;29M", "\x1b[<0;10;29m")
		if x.inPanes() {
			t.Error("a click on the composer does not go there")
		}
		x.quit()
	})
}

func TestAColumnThatComesWhileAQuestionIsOnItsWayWasNotAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newModel(t.Context(), Options{})
		m.bench = bench(t, "", []string{"script:say=one"})
		m.refresh()
		m.composer.set("question")
		asked := m.ask()() // has gone out, and its message has not come back
		m.bench.Add(m.panes[0].column)
		m.Update(asked)
		if n := len(m.tr.turns[0].cells); n != 1 {
			t.Errorf("%d columns wait for an answer, and 1 was asked", n)
		}
		if err := m.bench.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestNothingIsAskedWhileASessionIsOpening(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		m := newModel(t.Context(), Options{})
		m.bench = bench(t, path, []string{"script:say=one"})
		m.refresh()
		opened := m.resume(m.session.ID)
		m.composer.set("question")
		if m.ask(); m.asking || m.composer.empty() {
			t.Error("it went to the one session or the other")
		}
		m.Update(opened())
		if m.ask(); !m.asking {
			t.Error("nothing can be asked any more")
		}
		if err := m.bench.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
