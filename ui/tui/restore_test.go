package tui

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestAColumnThatIsRemovedComesBackWithAllItSaidAndItsStar(t *testing.T) {
	path := t.TempDir() + "/juxta.db"
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, path, []string{"script:say=once", "script:echo=1", "script:say=upon"})
		x := show(t, 150, 30, b)
		x.ask("first", time.Second)
		x.press("tab")
		want(t, x.press("U"), "no column of this session was removed")
		x.press("l", "b")
		screen := x.press("X")
		want(t, screen, "script:echo=1 is removed, and nothing is measured against it any more; U brings it back", "2 script:say=upon")
		if s := b.Session(); s.Baseline != 0 {
			t.Errorf("the baseline is column %d, which is not there", s.Baseline)
		}
		x.press("X") // what stands in its place now
		want(t, x.press("U"), "script:say=upon is back; 1 more: U", "2 script:say=upon")
		want(t, x.press("U"), "script:echo=1 is back, as the baseline ★", "2 script:echo=1 .*★", "user: first")
		x.press("i")
		want(t, x.ask("second", time.Second), "user: first", "user: second") // it remembers
		x.press("tab", "X")
		x.quit()
	})
	synctest.Test(t, func(t *testing.T) { // and after a restart
		ses, _ := answers(t, path)
		x := show(t, 150, 30, resumed(t, path, ses.ID))
		x.press("tab")
		want(t, x.press("U"), "script:echo=1 is back", "3 script:echo=1")
		x.quit()
	})
}
