package tui

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

// moreBytes are the bytes of the keys that other tests do not press.
var moreBytes = map[string]string{
	"shift+enter": "\x1b[13;2u", "shift+tab": "\x1b[Z", "space": " ", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f10": "\x1b[21~",
	"delete": "\x1b[3~", "insert": "\x1b[2~", "ctrl+home": "\x1b[1;5H", "ctrl+end": "\x1b[1;5F", "ctrl+space": "\x00",
}

// A keyWatch notes which commands are done, instead of doing them once it is armed.
type keyWatch struct {
	armed bool
	done  []string
}

// witnessed is the usual keys, each with one beside it.
func witnessed(t *testing.T, w *keyWatch) *Keymap {
	t.Helper()
	k := bound(t)
	for s, keys := range k.table {
		for key, c := range keys {
			do := c.do
			c.do = func(m *Model) tea.Cmd {
				if !w.armed {
					return do(m)
				}
				w.done = append(w.done, c.id)
				return nil
			}
			k.table[s][key] = c
		}
	}
	return k
}

// Every key that the help names is sent as a terminal sends it, where it works, and
// comes to its command. What each command does: see effects.
func TestEveryKeyOfTheHelpComesToItsCommand(t *testing.T) {
	places := map[scope]map[string]func(*testing.T, ...func(*Options)) *terminal{}
	for s, at := range standing {
		places[s] = map[string]func(*testing.T, ...func(*Options)) *terminal{"where it works": at}
	}
	places[anywhere]["the panes"] = standing[inPanes]
	places[overAll]["an overlay"] = func(t *testing.T, with ...func(*Options)) *terminal {
		x := answered(t, with...)
		x.press("f9")
		return x
	}
	sent := 0
	for s, keys := range bound(t).table {
		if len(places[s]) == 0 {
			t.Errorf("nobody is where the %d keys of scope %d work", len(keys), s)
		}
		for place, at := range places[s] {
			synctest.Test(t, func(t *testing.T) {
				w := &keyWatch{}
				x := at(t, func(o *Options) { o.Keys = witnessed(t, w) })
				see(x, func(*Model) bool { w.armed = true; return true })
				for key, c := range keys {
					see(x, func(*Model) bool { w.done = nil; return true })
					x.press(bytesOf(key))
					time.Sleep(200 * time.Millisecond)
					sent++
					if done := see(x, func(*Model) []string { return slices.Clone(w.done) }); !slices.Equal(done, []string{c.id}) {
						t.Errorf("%s in %s is %q, and was to be %s", key, place, done, c.id)
					}
				}
				see(x, func(*Model) bool { w.armed = false; return true })
				x.quit()
			})
		}
	}
	if sent < 150 {
		t.Errorf("only %d keys were sent", sent)
	}
}
