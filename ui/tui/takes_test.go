package tui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

// remodel gives a column another demo model.
func (x *terminal) remodel(column int, model string) {
	x.m.bench.SetModel(column, providers.Ref{Provider: "demo", Model: model})
	see(x, func(m *Model) bool { m.refresh(); return true })
}

// echoing answers with what it was told.
const echoing = "script:echo=1"

func TestTakesAreSteppedThroughAndTheOneShownIsToldNext(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, path, []string{"script:say=first+words", "script:say=other"}))
		x.ask("one", time.Second)
		x.press("tab")
		want(t, x.press("<"), "this is the only take; r asks for another")
		x.press("r")
		want(t, x.after(time.Second), "take 2/2", "1 script.* 2/2")
		lacks(t, x.now(), "2 script.* [12]/2")
		want(t, x.press(">"), "this is the newest take")
		want(t, x.press("<"), "take 1/2", "1 script.* 1/2")
		want(t, x.press("<"), "this is the first take of 2")
		want(t, x.press(","), "this is the first take of 2")
		x.quit()
	})
	synctest.Test(t, func(t *testing.T) { // and so it is when the session is opened again
		ses, as := answers(t, path)
		if len(as) != 3 {
			t.Fatalf("%d answers", len(as))
		}
		x := show(t, 120, 30, resumed(t, path, ses.ID))
		want(t, x.now(), "take 1/2", "1 script.* 1/2")
		x.quit()
	})
}

func TestTheTakeChosenJustBeforeAQuestionIsToldWithIt(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 40, bench(t, path, []string{"script:err=authx1,say=second", "script:say=other"}))
		x.ask("one", time.Second)
		x.press("tab", "r")
		x.after(time.Second)
		x.remodel(1, echoing)
		// All in one go: the keys come faster than anything is saved.
		_, _ = x.keys.Write([]byte("<>itwo\r"))
		want(t, x.after(2*time.Second), "user: one", "assistant: second", "user: two")
		x.press("tab", "[", "<", "i")
		screen := x.ask("three", 2*time.Second)
		lacks(t, strings.Split(screen, "❯ three")[1], "assistant: second")
		x.quit()
	})
}

// A take may be chosen while the request for another one is being saved. What is
// shown is what stands, whichever that is.
func TestTheTakeShownIsTheOneThatStands(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, path, []string{"script:say=words", "script:say=other"})
		x := show(t, 120, 30, b)
		x.ask("one", time.Second)
		x.press("tab", "r")
		x.after(time.Second)
		for range 3 {
			_, _ = x.keys.Write([]byte("r<"))
			screen := x.after(2 * time.Second)
			turns, err := b.Turns(0, 1)
			if err != nil || len(turns) != 1 {
				t.Fatalf("%d turns, %v", len(turns), err)
			}
			a, _ := turns[0].Answer(1)
			want(t, screen, fmt.Sprintf("take %d/", a.Take))
		}
		x.quit()
	})
}

func TestWhatAnotherJuxtaHasMadeOfATurnIsShownAndToldWithTheNextQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, t.TempDir()+"/juxta.db", []string{echoing, "script:say=other"})
		x := show(t, 120, 30, b)
		x.ask("one", time.Second)
		again := sessions.NewBench(b.Registry, b.Store())
		if err := again.Resume(b.Session().ID); err != nil {
			t.Fatal(err)
		}
		again.SetModel(1, providers.Ref{Provider: "demo", Model: "script:say=made+elsewhere"})
		run, err := again.Again(t.Context(), 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := run.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		lacks(t, x.now(), "made elsewhere")
		screen := x.ask("two", time.Second)
		want(t, screen, "another juxta has changed this session: it is shown and told as it is now", "take 2/2", "assistant: made elsewhere")
		if _, err := again.Choose(1, sessions.Pick{Column: 1, Take: 1}); err != nil {
			t.Fatal(err)
		}
		x.press("tab", "r")
		want(t, x.after(time.Second), "another juxta has changed this session", "take 1/2", "take 2/2")
		if err := again.Close(t.Context()); err != nil {
			t.Error(err)
		}
		x.quit()
	})
}

func TestTakesMayBeLookedAtWhileAnotherOneComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, "", []string{"script:tps=20,n=60", "script:say=other"}))
		x.ask("one", 4*time.Second)
		x.press("tab", "r")
		want(t, x.after(time.Second), "take 2/2", "esc stop column", "< > take")
		screen := x.press("<")
		want(t, screen, "take 1/2", "60 tok", "esc stop column")
		if !x.answering(1) {
			t.Error("the newest take no longer comes")
		}
		want(t, x.press(">"), "take 2/2", "● ")
		want(t, x.after(4*time.Second), "take 2/2", "60 tok")
		x.quit()
	})
}

func TestEveryColumnOrThoseThatFailedAreAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 160, 30, bench(t, "", []string{"script:say=good", "script:err=authx1,say=second+try", "script:say=cut,finish=length"}))
		x.press("tab")
		want(t, x.press("R"), "nothing was asked yet")
		want(t, x.press("f"), "nothing was asked yet")
		x.press("i")
		x.ask("one", time.Second)
		x.press("tab", "f")
		screen := x.after(time.Second)
		want(t, screen, "second try", "take 2/2", "asking 2 columns again")
		if n := strings.Count(screen, "take 2/2"); n != 2 {
			t.Errorf("%d columns were asked again", n)
		}
		x.press("R")
		want(t, x.after(time.Second), "take 2/2", "take 3/3")
		x.press("X", "l", "X") // those that are left answered well
		want(t, x.press("f"), "asking 1 column again|no answer of this turn failed or was cut off")
		x.quit()
	})
}

func TestSamplesAreCountedComparedAndLookedThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, "", []string{"script:tps=10,say=the+same+words+here", "script:say=other"}))
		x.press("tab")
		want(t, x.press("#"), "nothing was asked yet")
		x.press("i")
		x.ask("one", 3*time.Second)
		x.press("tab")
		want(t, x.press("#"), "Samples of turn 1", "samples +5", "this column")
		for _, wrong := range []string{"1", "11", "0", "abc", "5x", "-3", ""} {
			x.press("backspace", "backspace", "backspace", "backspace")
			want(t, x.press(wrong, "enter"), "✗ a number from 2 to 10")
		}
		x.press("esc")
		x.press("#", "backspace", "3", "enter")
		want(t, x.now(), "◷ 0 of 3 samples", "take 1/4")
		want(t, x.press(">", ">"), "take 3/4")
		want(t, x.press("<"), "take 2/4", "of 3 samples")
		lacks(t, x.after(10*time.Second), "of 3 samples")
		want(t, x.now(), "take 2/4", "4 samples: 4 agree")
		lacks(t, x.now(), "2 script.*/4")
		x.press("#", "backspace", "2", "tab", "right", "enter") // of every column
		want(t, x.after(10*time.Second), "take 2/6", "take 1/3", "3 samples: 3 agree")
		x.quit()
	})
}

func TestSamplesOfOneColumnStopTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, "", []string{"script:tps=10,n=100", "script:say=other"}))
		x.ask("one", 11*time.Second)
		x.press("tab", "#", "enter")
		want(t, x.after(time.Second), "0 of 5 samples", "esc stop column")
		x.press("esc")
		lacks(t, x.after(time.Second), "samples", "stop column")
		x.press(">", ">", ">")
		want(t, x.now(), "■ stopped")
		x.quit()
	})
}
