package tui

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
	"juxta/providers/demo"
	"juxta/sessions"
)

// played shows the replay of a session.
func played(t *testing.T, w, h int, of *sessions.Bench, was sessions.Bundle) *terminal {
	t.Helper()
	b, err := sessions.NewReplay(of.Registry, was, sessions.NewPace(1))
	if err != nil {
		t.Fatal(err)
	}
	return start(t, w, h, Options{Replay: true, Open: func(context.Context) (*sessions.Bench, error) { return b, nil }})
}

// live is a session of one question as it was recorded, and the panes as they
// were at its end.
func live(t *testing.T, w, h int, b *sessions.Bench) (sessions.Bundle, string) {
	t.Helper()
	x := show(t, w, h, b)
	screen := x.ask("What is a goroutine?", 20*time.Second)
	was, err := b.Store().Bundle(b.Session().ID)
	if err != nil {
		t.Fatal(err)
	}
	x.quit()
	return was, panesOf(screen)
}

// panesOf is a screen without its header and what stands below the panes.
func panesOf(screen string) string {
	lines := strings.Split(screen, "\n")
	return strings.Join(lines[1:len(lines)-3], "\n")
}

func TestAReplayLooksLikeWhatItReplays(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}} {
		synctest.Test(t, func(t *testing.T) {
			w, h := size[0], size[1]
			b := bench(t, filepath.Join(t.TempDir(), "juxta.db"), []string{"script:ttft=300,tps=10,n=30", "script:ttft=1000,tps=40,n=40,think=10"})
			was, whole := live(t, w, h, b)
			x := played(t, w, h, b, was)
			early := x.after(800 * time.Millisecond)
			want(t, early, "▶ replay · 1× · turn 1 of 1", "❯ What is a goroutine\\?", "This is a sim")
			lacks(t, early, "all 3", "\\b30 tok")
			if again := panesOf(x.after(20 * time.Second)); again != whole {
				t.Errorf("it ends as\n%s\nand was\n%s", again, whole)
			}
			want(t, x.now(), "the replay is over")
			_, _ = x.keys.Write([]byte("q"))
			if err := x.ended(); err != nil {
				t.Error(err)
			}
		})
	}
}

// What an answer costs is known from the recording, whether or not a provider
// has listed its model since.
func TestAReplayKnowsThePricesOfThenWhileItPlays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, filepath.Join(t.TempDir(), "juxta.db"), []string{"swift"})
		was, _ := live(t, 80, 24, b)
		fresh := providers.NewRegistry([]providers.Endpoint{{Name: "demo", API: "demo"}}, map[string]providers.Builder{"demo": demo.New}, nil)
		again, err := sessions.NewReplay(fresh, was, sessions.NewPace(0.1))
		if err != nil {
			t.Fatal(err)
		}
		x := start(t, 80, 24, Options{Replay: true, Open: func(context.Context) (*sessions.Bench, error) { return again, nil }})
		early := x.after(4 * time.Second)
		want(t, early, "~[0-9]+ tok", "  free")
		lacks(t, panesOf(early), "cost unknown")
		_, _ = x.keys.Write([]byte("q"))
		if err := x.ended(); err != nil {
			t.Error(err)
		}
	})
}

func TestAReplayIsPausedQuickenedAndSkippedByKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, filepath.Join(t.TempDir(), "juxta.db"), []string{"script:ttft=100,tps=10,n=100"})
		was, _ := live(t, 80, 24, b)
		x := played(t, 80, 24, b, was)
		x.after(2 * time.Second)
		paused := x.press(" ")
		want(t, paused, "‖ replay, paused")
		if later := x.after(time.Minute); panesOf(later) != panesOf(paused) {
			t.Errorf("it went on while it was paused:\n%s\nand was\n%s", later, paused)
		}
		want(t, x.press(">"), "▶ replay · 2×")
		want(t, x.press("<", "<"), "0.5×")
		lacks(t, x.now(), "100 tok")
		want(t, x.press("n"), "100 tok")
		x.quit()
	})
}

func TestAReplayTakesNoQuestionAndChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, filepath.Join(t.TempDir(), "juxta.db"), []string{"script:ttft=100,tps=10,n=20"})
		was, _ := live(t, 80, 24, b)
		x := played(t, 80, 24, b, was)
		x.after(5 * time.Second)
		for _, key := range []string{"ctrl+l", "ctrl+s", "e", "r", "X", "1", "tab", "i", "A", "b"} {
			want(t, x.press(key), "this is a replay: nothing is asked or changed")
		}
		x.paste("a question")
		x.press("esc")
		if got := x.typed(); got != "" {
			t.Errorf("%q was typed", got)
		}
		if !x.inPanes() {
			t.Error("the composer has the keys")
		}
		want(t, x.press("d", "?"), "All commands")
		x.press("esc")
		x.quit()
	})
}

func TestTheCommandsOfAReplaySayElsewhereThatNothingIsPlayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 24, bench(t, "", []string{"swift"}))
		want(t, x.press("f1", "replay: pause", "enter"), "nothing is played")
		x.quit()
	})
}
