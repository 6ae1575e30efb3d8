package tui

import (
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
		screen = x.resize(80, 12) // one line for the figures, and it says so
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
