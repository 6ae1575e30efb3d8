package sessions

import (
	"os"
	"os/exec"
	"testing"
	"testing/synctest"
	"time"
)

func TestAProcessIsAliveUntilItHasEnded(t *testing.T) {
	if !alive(os.Getpid()) {
		t.Error("this one is not")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe, "-test.run=^$")
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	if alive(c.Process.Pid) {
		t.Error("one that has ended is")
	}
}

func TestAnAnswerThatStillComesElsewhereIsNotCountedAsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"demo/script:tps=10,n=50", "here/script:tps=10,n=50"})
		r, err := b.Put(t.Context(), Question{Text: "a question"})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		id := b.Session().ID
		cut := func(nobodys bool) Session {
			t.Helper()
			ses, err := s.cutShort(id, func(Underway) bool { return nobodys }, func(a *Answer) bool { return !a.Local })
			if err != nil {
				t.Fatal(err)
			}
			return ses
		}
		if ses := cut(false); ses.Unpriced != 0 || len(ses.Underway) != 2 {
			t.Errorf("while it comes: %+v", ses)
		}
		hear(r, 0)
		_ = b.settle()
		if ses := cut(true); ses.Unpriced != 1 || len(ses.Underway) != 0 { // by the one who asked
			t.Errorf("once it has ended: %+v", ses)
		}
		r, err = b.Again(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if ses := cut(true); ses.Unpriced != 2 || len(ses.Underway) != 0 {
			t.Errorf("as if it had been cut: %+v", ses)
		}
		if ses := cut(true); ses.Unpriced != 2 {
			t.Errorf("counted again: %+v", ses)
		}
		r.StopAll()
		hear(r, 0)
	})
}
