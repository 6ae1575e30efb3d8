package tui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// ofPalette are the commands in the order of the palette.
func ofPalette() []command {
	var all []command
	seen := map[string]bool{}
	for _, c := range commands() {
		if !seen[c.id] {
			seen[c.id] = true
			all = append(all, c)
		}
	}
	return all
}

// states are what the palette is opened in: everything that is typed there.
func states(t *testing.T) map[string]func() *terminal {
	open := func(models ...string) *terminal {
		b := bench(t, "", models)
		x := show(t, 80, 24, b)
		x.m.clipboard = func(context.Context) ([]byte, error) { return nil, errors.New("no picture there") }
		return x
	}
	return map[string]func() *terminal{
		"nothing asked": func() *terminal { return open("swift") },
		"answered": func() *terminal {
			x := open("script:ttft=1,tps=1000,say=first long word", "script:ttft=1,tps=1000,say=second long word")
			x.ask("one", 100*time.Millisecond)
			x.ask("two", 100*time.Millisecond)
			return x
		},
		"answering": func() *terminal {
			x := open("script:ttft=100,tps=5,n=400", "script:ttft=100,tps=5,n=400")
			x.ask("one", time.Second)
			return x
		},
	}
}

// Every command of the table is chosen in the palette by keys alone: it does
// something or says why not, and esc goes back to the composer and to what was
// typed. A new command is covered by being in the table.
func TestEveryCommandOfThePaletteDoesSomethingOrSaysWhyNotAndEscGoesBack(t *testing.T) {
	t.Setenv("VISUAL", "printf ' and more' >>")
	const draft = "a draft of words"
	leaves := map[string]string{ // what these make of the draft
		"send": "", "newline": draft + "\n", "editor": draft + " and more",
	}
	for i, c := range ofPalette() {
		if c.id == "suspend" { // this process
			continue
		}
		for _, state := range []string{"nothing asked", "answered", "answering"} {
			t.Run(c.id+" "+state, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					x := states(t)[state]()
					x.paste(draft)
					before := x.now()
					x.press("f1")
					x.press(strings.Repeat(keyBytes["pgdown"], i/10) + strings.Repeat(keyBytes["down"], i%10))
					want(t, x.now(), "▸ ", "keys: "+c.id+" · ")
					x.press("enter")
					if c.id == "quit" {
						if err := x.ended(); err != nil {
							t.Error(err)
						}
						return
					}
					after := x.after(time.Second)
					if after == before { // never so while clocks run
						t.Errorf("nothing is done, and nothing said:\n%s", after)
					}
					for range 3 {
						x.press("esc")
					}
					if see(x, func(m *Model) bool { return len(m.overlays) > 0 || m.panel }) {
						t.Errorf("esc does not go back:\n%s", x.now())
					}
					want, changed := leaves[c.id]
					if !changed || c.id == "send" && state == "answering" {
						want = draft
					}
					if got := x.typed(); got != want {
						t.Errorf("what was typed is now %q, not %q", got, want)
					}
					if c.id == "send" && want == "" && !strings.Contains(x.now(), draft) {
						t.Errorf("the question is not on the screen:\n%s", x.now())
					}
					if x.press("z"); x.typed() != want+"z" {
						t.Errorf("the composer has not the keys:\n%s", x.now())
					}
					x.quit()
				})
			})
		}
	}
}
