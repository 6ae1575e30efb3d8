package tui

import (
	"context"
	"encoding/base64"
	"errors"
	"image"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"juxta/sessions"
)

// bytesOf is what a terminal sends for a key.
func bytesOf(key string) string {
	if b, ok := keyBytes[key]; ok {
		return b
	}
	if b, ok := moreBytes[key]; ok {
		return b
	}
	if rest, alt := strings.CutPrefix(key, "alt+"); alt {
		return "\x1b" + rest
	}
	return key // press knows the rest
}

// standing is where the keys of a scope work: two models that answered two
// questions, a list of sessions, and so on.
var standing = map[scope]func(*testing.T, ...func(*Options)) *terminal{
	overAll:    answered,
	anywhere:   answered,
	inComposer: answered,
	inPanes: func(t *testing.T, with ...func(*Options)) *terminal {
		x := answered(t, with...)
		x.press("tab")
		return x
	},
	inBrowser: func(t *testing.T, with ...func(*Options)) *terminal {
		path := filepath.Join(t.TempDir(), "db")
		tell(t, path, shelfOf(t, path)...)
		o := opens(bench(t, path, []string{"swift"}))
		o.Export = Export{Formats: []Format{{"json", ".json"}}, Write: func([]sessions.ID, string, string) (string, error) { return "", nil }}
		x := opened(t, o, with)
		x.press("ctrl+s", "tab")
		return x
	},
	inReplay: func(t *testing.T, with ...func(*Options)) *terminal {
		b := bench(t, filepath.Join(t.TempDir(), "db"), []string{"swift"})
		was, _ := live(t, 120, 36, b)
		r, err := sessions.NewReplay(b.Registry, was, sessions.NewPace(1))
		if err != nil {
			t.Fatal(err)
		}
		o := opens(r)
		o.Replay = true
		return opened(t, o, with)
	},
	inBooth: func(t *testing.T, with ...func(*Options)) *terminal {
		store, id := votedOn(t, []string{"small-8b", "frontier"}, 12)
		x := opened(t, Options{Version: "test", Vote: &Voting{Open: func(context.Context) (*sessions.Poll, error) {
			return store.Poll(id, sessions.PollOptions{Voter: "ann"})
		}}}, with)
		x.press("n")
		return x
	},
	inVerdict: func(t *testing.T, with ...func(*Options)) *terminal {
		s, turns := tested([]string{"small-8b", "frontier"}, 20, 0, 0, 3)
		x := opened(t, opens(importedBench(t, s, turns)), with)
		x.press("tab", "v")
		return x
	},
}

func opened(t *testing.T, o Options, with []func(*Options)) *terminal {
	for _, set := range with {
		set(&o)
	}
	return start(t, 120, 36, o)
}

// answered is two models that answered two questions, with the keys in the composer.
func answered(t *testing.T, with ...func(*Options)) *terminal {
	x := opened(t, opens(bench(t, filepath.Join(t.TempDir(), "db"), []string{"script:ttft=1,tps=1000,say=first long word", "script:ttft=1,tps=1000,say=second long word"})), with)
	x.m.clipboard = func(context.Context) ([]byte, error) { return nil, errors.New("no picture there") }
	x.ask("one", 100*time.Millisecond)
	x.ask("two", 100*time.Millisecond)
	return x
}

// unvoted is a verdict before the first vote.
func unvoted(t *testing.T) *terminal {
	s, turns := tested([]string{"small-8b", "frontier"}, 0, 0, 0, 3)
	x := start(t, 120, 36, opens(importedBench(t, s, turns)))
	x.press("tab", "v")
	return x
}

// two is two scripted models that were asked.
func two(t *testing.T, first, second string, questions ...string) *terminal {
	x := show(t, 120, 36, bench(t, filepath.Join(t.TempDir(), "db"), []string{"script:" + first, "script:" + second}))
	for _, q := range questions {
		x.ask(q, 2*time.Second)
	}
	return x
}

func atWork(t *testing.T) *terminal {
	return two(t, "ttft=100,tps=5,n=400", "ttft=100,tps=5,n=400", "one")
}

func atWorkPanes(t *testing.T) *terminal { x := atWork(t); x.press("tab"); return x }

func tall(t *testing.T) *terminal {
	return two(t, "ttft=1,tps=100000,text=md", "ttft=1,tps=100000,text=plain,n=300", "tall one", "tall two")
}

func tallPanes(t *testing.T) *terminal { x := tall(t); x.press("tab"); return x }

func inPanesOf(x *terminal) *terminal { x.press("tab"); return x }

func thinking(t *testing.T) *terminal { return inPanesOf(two(t, "think=40,say=a", "say=b", "one")) }

func failed(t *testing.T) *terminal { return inPanesOf(two(t, "err=auth", "say=b", "one")) }

func coding(t *testing.T) *terminal {
	return inPanesOf(two(t, "say=%60%60%60%0Ax+:%3D+1%0A%60%60%60", "say=b", "one"))
}

func blinded(t *testing.T) *terminal {
	x := answered(t)
	x.press("ctrl+g")
	x.ask("three", time.Second)
	return inPanesOf(x)
}

func branched(t *testing.T) *terminal {
	x := answered(t)
	x.press("tab", "e")
	x.press("ctrl+u")
	x.ask("other", time.Second)
	return inPanesOf(x)
}

func seeing(t *testing.T) *terminal {
	return showing(t, 120, 36, []string{filepath.Join(album(t, map[string]image.Point{"stop.png": {1000, 500}}), "stop.png")})
}

// seen reports whether a screen matches.
func matches(screen, pattern string) bool { return regexp.MustCompile(pattern).MatchString(screen) }

// copied reports whether the clipboard was given the text.
func copied(text string) func(*terminal) bool {
	return func(x *terminal) bool {
		for _, m := range regexp.MustCompile(`\x1b\]52;c;([A-Za-z0-9+/=]*)`).FindAllStringSubmatch(x.bytes(), -1) {
			if b, err := base64.StdEncoding.DecodeString(m[1]); err == nil && strings.Contains(string(b), text) {
				return true
			}
		}
		return false
	}
}
