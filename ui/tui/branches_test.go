package tui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnEarlierQuestionIsAskedInOtherWordsAndBothWaysStay(t *testing.T) {
	for _, path := range []string{"", t.TempDir() + "/juxta.db"} {
		synctest.Test(t, func(t *testing.T) {
			x := show(t, 120, 40, bench(t, path, []string{echoing, "script:say=other"}))
			x.ask("one", time.Second)
			x.ask("two", time.Second)
			x.ask("three", time.Second)
			x.press("half typed", "tab", "[")
			x.press("e")
			want(t, x.now(), "⑂ in place of “two” · a branch begins", "⑂ two")
			if got := x.typed(); got != "two" {
				t.Errorf("to be edited: %q", got)
			}
			x.ask(" again", time.Second)
			want(t, x.now(), "2 of 4 turns", "❯ one", "❯ two again +⑂ 2/2", "user: one", "user: two again", "a branch of its own")
			lacks(t, x.now(), "❯ two +⑂", "three", "in place of")
			if got := x.typed(); got != "half typed" {
				t.Errorf("what was being written: %q", got)
			}
			x.press("tab")
			want(t, x.press("}"), "this is the newest branch")
			want(t, x.press("{"), "[{] [}] branch", "3 of 4 turns", "❯ two +⑂ 1/2", "❯ three")
			lacks(t, x.now(), "two again")
			want(t, x.press("{"), "this is the first branch of 2")
			want(t, x.press("]", "{"), "no other branch begins at this turn")
			x.press("i", "ctrl+u")
			want(t, x.ask("four", time.Second), "user: three", "❯ four")
			lacks(t, x.now(), "two again")
			x.press("tab", "[", "[", "}")
			want(t, x.now(), "2 of 5 turns", "❯ two again +⑂ 2/2")
			x.quit()
		})
	}
}

func TestEscLeavesAnEditedQuestionAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, "", []string{"script:say=x", "script:say=y"}))
		x.press("tab")
		want(t, x.press("e"), "nothing was asked yet")
		x.press("i")
		x.ask("one", time.Second)
		x.press("half typed", "tab", "e", "esc")
		lacks(t, x.now(), "in place of", "⑂")
		if got := x.typed(); got != "half typed" {
			t.Errorf("after esc: %q", got)
		}
		x.press("tab", "e")
		x.press(" and more")
		want(t, x.press("esc"), "what you made of it is one up")
		if got := x.typed(); got != "half typed" {
			t.Errorf("after esc: %q", got)
		}
		x.press("up")
		if got := x.typed(); got != "one and more" {
			t.Errorf("one up: %q", got)
		}
		x.press("down")
		if got := x.typed(); got != "half typed" {
			t.Errorf("and down again: %q", got)
		}
		x.press("enter")
		want(t, x.after(time.Second), "❯ half typed", "2 turns")
		lacks(t, x.now(), "⑂")
		x.quit()
	})
}

func TestAnEditThatCannotBeAskedComesBackAsOne(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, path, []string{"script:say=x", "script:say=y"})
		x := show(t, 120, 30, b)
		x.ask("one", time.Second)
		if err := b.Store().Delete(b.Session().ID); err != nil { // as another juxta may
			t.Fatal(err)
		}
		x.press("tab", "e")
		want(t, x.ask(" more", time.Second), "another juxta has removed this session", "⑂ in place of “one”")
		if got := x.typed(); got != "one more" {
			t.Errorf("it is %q", got)
		}
		x.quit()
	})
}

func TestNothingIsSwitchedWhileAnswersCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, "", []string{"script:tps=5,n=100", "script:say=y"}))
		x.ask("one", time.Second)
		x.press("tab")
		for _, k := range []string{"r", "R", "f", "#", "{", "}", "F"} {
			want(t, x.press(k), "answers are still coming")
		}
		want(t, x.press("A"), "this answer is still coming")
		want(t, x.press("e"), "in place of “one”")
		want(t, x.press(" two", "enter"), "answers are still coming", "in place of")
		if got := x.typed(); got != "one two" {
			t.Errorf("it is %q", got)
		}
		x.press("ctrl+x")
		x.after(time.Second)
		want(t, x.press("enter"), "⑂ 2/2")
		x.press("ctrl+x")
		x.quit()
	})
}

func TestAForkGoesOnByItself(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, path, []string{echoing, "script:say=other"})
		x := show(t, 120, 40, b)
		x.press("tab")
		want(t, x.press("F"), "nothing was asked yet")
		x.press("i")
		x.ask("one", time.Second)
		x.ask("two", time.Second)
		from := b.Session().ID
		x.press("half", "tab", "[", "F")
		want(t, x.now(), "one ⑂ from turn 1 of "+string(from[:10]), "1 turn ", "a session of its own from here on")
		lacks(t, x.now(), "❯ two")
		want(t, x.ask(" more", time.Second), "❯ half more", "user: one", "2 turns")
		lacks(t, x.now(), "two")
		x.press("ctrl+s")
		want(t, x.press("down", "enter"), "❯ two", "2 turns")
		lacks(t, x.now(), "half more", "from turn")
		x.quit()
	})
}

func TestAllGoOnFromTheAnswerThatWasAdopted(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {160, 40}} {
		synctest.Test(t, func(t *testing.T) {
			x := show(t, size[0], size[1], bench(t, "", []string{"script:say=mine", "script:say=better", "script:err=auth"}))
			x.press("tab")
			want(t, x.press("A"), "nothing was asked yet")
			x.press("i")
			x.ask("one", time.Second)
			x.press("tab", "l", "l")
			want(t, x.press("A"), "there is nothing to go on from")
			x.press("h")
			want(t, x.press("A"), "every column is told 2's answer", "⇒ all columns go on from this answer", "⇐ all go on from 2's answer")
			if size[0] > 100 {
				golden(t, "adopted-160x40", x.now())
			}
			x.remodel(1, echoing)
			x.press("i")
			x.ask("two", time.Second)
			x.press("tab", "h", "i")
			want(t, x.now(), "assistant: better")
			lacks(t, x.now(), "assistant: mine")
			x.press("tab", "[", "l", "A")
			want(t, x.now(), "every column goes on from its own answer again")
			lacks(t, x.now(), "⇐", "⇒")
			x.press("i")
			x.ask("three", time.Second)
			x.press("tab", "h", "i")
			want(t, x.now(), "assistant: mine")
			x.quit()
		})
	}
}

func TestWhoseAnswerAllGoOnFromIsSaidAlsoWhereColumnsMoveAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 160, 30, bench(t, "", []string{"script:say=a", "script:say=b", "script:say=c"}))
		x.ask("one", time.Second)
		x.press("tab", "l", "A")
		want(t, x.now(), "⇐ all go on from 2's answer")
		want(t, x.press("H"), "⇐ all go on from 1's answer")
		want(t, x.press("r", "<"), "⇒ all columns go on from this answer")
		want(t, x.press(">"), "⇐ all columns go on from take 1 of this one", "⇐ all go on from 1's answer, take 1")
		want(t, x.press("X"), "⇐ all go on from the answer of script:say=b")
		x.quit()
	})
}

func TestABranchIsShownAtItsTurnAlsoWhereTheLastAnswerIsLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long := strings.Repeat("word%20", 900)
		x := show(t, 80, 24, bench(t, "", []string{"script:say=" + long}))
		for i := range 4 {
			x.ask(fmt.Sprintf("question %d", i+1), 5*time.Second)
		}
		x.press("tab", "g", "]", "e", " again", "enter") // in place of the second
		x.after(5 * time.Second)
		x.ask("after it", 5*time.Second)
		x.press("tab", "[")
		x.press("[")
		if got := x.currentTurn(); got != 5 {
			t.Fatalf("at turn %d", got)
		}
		x.press("{")
		if got := x.currentTurn(); got != 2 {
			t.Errorf("the branch before shows turn %d, not 2", got)
		}
		x.quit()
	})
}
