package tui

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
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
// comes to its command. What each command does is shown where the palette does it.
func TestEveryKeyOfTheHelpComesToItsCommand(t *testing.T) {
	withKeys := func(t *testing.T, w *keyWatch, o Options) *terminal {
		o.Keys = witnessed(t, w)
		return start(t, 120, 36, o)
	}
	panes := func(t *testing.T, w *keyWatch) *terminal {
		return withKeys(t, w, opens(bench(t, "", []string{"swift", "sage"})))
	}
	places := map[scope]map[string]func(*testing.T, *keyWatch) *terminal{
		inComposer: {"the composer": panes},
		inPanes:    {"the panes": func(t *testing.T, w *keyWatch) *terminal { x := panes(t, w); x.press("tab"); return x }},
		inBrowser: {"the list of sessions": func(t *testing.T, w *keyWatch) *terminal {
			path := filepath.Join(t.TempDir(), "db")
			tell(t, path, shelfOf(t, path)...)
			x := withKeys(t, w, opens(bench(t, path, []string{"swift"})))
			x.press("ctrl+s", "tab")
			return x
		}},
		inReplay: {"a replay": func(t *testing.T, w *keyWatch) *terminal {
			b := bench(t, filepath.Join(t.TempDir(), "db"), []string{"swift"})
			was, _ := live(t, 120, 36, b)
			r, err := sessions.NewReplay(b.Registry, was, sessions.NewPace(1))
			if err != nil {
				t.Fatal(err)
			}
			o := opens(r)
			o.Replay = true
			return withKeys(t, w, o)
		}},
		inBooth: {"the booth": func(t *testing.T, w *keyWatch) *terminal {
			store, id := votedOn(t, []string{"small-8b", "frontier"}, 12)
			x := withKeys(t, w, Options{Version: "test", Vote: &Voting{Open: func(context.Context) (*sessions.Poll, error) {
				return store.Poll(id, sessions.PollOptions{Voter: "ann"})
			}}})
			x.press("n")
			return x
		}},
		inVerdict: {"the verdict": func(t *testing.T, w *keyWatch) *terminal {
			s, turns := tested([]string{"small-8b", "frontier"}, 20, 0, 0, 3)
			x := withKeys(t, w, opens(importedBench(t, s, turns)))
			x.press("tab", "v")
			return x
		}},
	}
	places[anywhere] = map[string]func(*testing.T, *keyWatch) *terminal{"the composer": panes, "the panes": places[inPanes]["the panes"]}
	places[overAll] = map[string]func(*testing.T, *keyWatch) *terminal{"the composer": panes, "an overlay": func(t *testing.T, w *keyWatch) *terminal {
		x := panes(t, w)
		x.press("f9")
		return x
	}}
	sent := 0
	for s, keys := range bound(t).table {
		if len(places[s]) == 0 {
			t.Errorf("nobody is where the %d keys of scope %d work", len(keys), s)
		}
		for place, at := range places[s] {
			synctest.Test(t, func(t *testing.T) {
				w := &keyWatch{}
				x := at(t, w)
				see(x, func(*Model) bool { w.armed = true; return true })
				for key, c := range keys {
					see(x, func(*Model) bool { w.done = nil; return true })
					b, ok := moreBytes[key]
					if rest, alt := strings.CutPrefix(key, "alt+"); alt && !ok && keyBytes[key] == "" {
						b, ok = "\x1b"+rest, true
					}
					if !ok {
						b = key
					}
					x.press(b)
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
