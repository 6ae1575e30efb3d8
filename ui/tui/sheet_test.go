package tui

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestWhatEscLeavesOnASheetStandsThereAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 30, bench(t, "", []string{"script:say=yes"}))
		x.ask("one", time.Second)
		x.press("tab")
		for _, key := range []string{"w", "S"} {
			want(t, x.press(key, "a long thought", "esc"), "not kept; what you wrote stands there when you open it again")
			want(t, x.press(key), "a long thought", "as you left it, not kept")
			x.press(" of mine", "enter")
			want(t, x.press(key), "a long thought of mine")
			lacks(t, x.now(), "as you left it")
			lacks(t, x.press("esc"), "not kept")
		}
		x.press("ctrl+n")
		lacks(t, x.ask("two", time.Second), "a long thought")
		x.press("tab")
		lacks(t, x.press("w"), "a long thought") // that was of another session
		x.quit()
	})
}
