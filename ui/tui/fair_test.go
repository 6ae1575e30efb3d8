package tui

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAColdAnswerIsBadgedWithItsLoadApartFromItsFirstToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 160, 30, bench(t, "", []string{"here/script:load=14000x1,ttft=480,say=loaded", "script:ttft=480,say=remote"}))
		screen := x.ask("question", 16*time.Second)
		want(t, screen, "first 0[.]48s · cold · ", "load 14[.]0s", "first 0[.]48s · 3 tok|first 0[.]48s · 2 tok")
		screen = x.ask("again", 2*time.Second) // it is there now
		lacks(t, screen, "cold", "load ")
		x.resize(80, 12) // one line for the figures, and it says so
		x.press("tab", "[")
		want(t, x.now(), "first 0[.]48s · cold")
		x.quit()
	})
}

func TestARaceIsLabelledOnTheScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		models := []string{"here/script:tps=10,n=10,ttft=100", "here/script:tps=10,n=10,ttft=100,text=md", "script:say=remote"}
		x := show(t, 200, 30, bench(t, "", models))
		lacks(t, x.line(0), "race")
		x.press("tab")
		want(t, x.press("!"), "race: local models answer at once", "juxta.* race: times contended · ")
		x.press("i")
		screen := x.ask("question", 1200*time.Millisecond) // one after the other it would be 2 s
		want(t, screen, "raced: times contended.*raced: times contended")
		lacks(t, screen, "raced.*raced.*raced", "in line")
		screen = x.resize(80, 24)
		want(t, screen, "juxta.* race · ", "first 0[.]10s · raced")
		x.press("tab")
		want(t, x.press("!"), "one after the other again")
		lacks(t, x.line(0), "race")
		x.quit()
	})
}

func TestLocalModelsWarmUpInViewAndLeaveNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := filepath.Join(t.TempDir(), "juxta.db")
		x := show(t, 160, 30, bench(t, store, []string{"here/script:load=14000x1,ttft=480,say=one", "here/script:load=3000x1,ttft=500,say=two", "script:say=remote"}))
		x.press("typed", "tab")
		x.press("W")
		screen := x.after(50 * time.Millisecond) // the first news, and not one that comes at the instant of looking
		want(t, screen, "◷ warming up · loading 0[.]\\ds · esc skips", "◷ warm-up · 2nd in line · 0[.]\\ds · esc skips", "warming up 2 local models: esc skips one, ctrl[+]x all", "│ nothing asked yet")
		golden(t, "warming-160x30", regexp.MustCompile(`\d[.]\ds`).ReplaceAllString(screen, "0.1s"))
		want(t, x.press("i", "enter"), "models are still warming up", "❯ typed") // and nothing is lost
		want(t, x.after(12*time.Second), "◷ warming up · loading 1\\d[.]\\ds")
		screen = x.after(6 * time.Second)
		want(t, screen, "warm: script:load=14000x1,ttft=480,say=one in .* [(]load 14[.]0s[)], script:load=3000x1,.* [(]load 3[.]00s[)]", "new session")
		lacks(t, screen, "◷", "1 turn")
		if !strings.Contains(x.bytes(), "\a") {
			t.Error("no bell after 18 s")
		}
		screen = x.ask("", 4*time.Second)
		want(t, screen, "one", "two", "remote", "1 turn")
		lacks(t, screen, "cold", "load ")
		x.quit()
	})
}

func TestAWarmUpIsSkippedStoppedAndFailsInWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"here/script:load=14000,say=one", "here/script:err=server,load=100,say=two"}))
		x.press("tab")
		want(t, x.press("W"), "warming up · loading", "2nd in line")
		x.press("esc")
		want(t, x.after(time.Second), "not warm: script:load=14000,say=one [(]skipped[)], script:err=server")
		x.press("W")
		want(t, x.press("ctrl+x"), "not warm: script:load=14000,say=one [(]skipped[)], script:err=server,")
		x.quit()

		x = show(t, 80, 24, bench(t, "", []string{"script:say=one"}))
		x.press("tab")
		want(t, x.press("W"), "nothing to warm up: no column has a local model")
		x.quit()
	})
}
