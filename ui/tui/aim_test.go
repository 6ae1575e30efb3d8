package tui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAQuestionGoesToOneColumnAloneAndSaysSoBefore(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 36}} {
		synctest.Test(t, func(t *testing.T) {
			x := show(t, size[0], size[1], bench(t, "", []string{"script:say=a", "script:say=b"}))
			want(t, x.press("f6"), "→ only 1 script:say=a is asked", "1❯", "will not be asked this time")
			want(t, x.press("f6"), "→ only 2 script:say=b is asked", "2❯")
			lacks(t, x.press("f6"), "only", "will not be asked")
			x.press("f6", "f6")
			lacks(t, x.press("esc"), "only")
			x.press("tab", "l", "o")
			if x.inPanes() {
				t.Error("the question can't be typed")
			}
			want(t, x.now(), "→ only 2 script:say=b is asked", "2❯")
			screen := x.ask("one", time.Second)
			want(t, screen, "not asked in this turn", "│ b|^b")
			lacks(t, screen, "only 2", "│ a$")
			screen = x.ask("two", time.Second) // the next one is everybody's again
			if n := strings.Count(screen, "❯ two"); n != 2 {
				t.Errorf("the second question stands in %d panes:\n%s", n, screen)
			}
			want(t, screen, "not asked in this turn", "│ a ")
			x.quit()
		})
	}
}

func TestOnlyAColumnThatIsThereIsAskedAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 30, bench(t, "", []string{"script:say=a", "script:say=b"}))
		x.press("tab", "l", "o", "tab", "X")
		lacks(t, x.now(), "only 2")
		want(t, x.press("o"), "there is only one column")
		x.press("i")
		want(t, x.ask("one", time.Second), "\n  a\n")
		x.quit()
	})
}
