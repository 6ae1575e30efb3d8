package tui

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

func TestTwoModelsAnswerSideBySide(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {160, 48}} {
		synctest.Test(t, func(t *testing.T) {
			w, h := size[0], size[1]
			x := show(t, w, h, bench(t, "", []string{"swift", "sage"}))
			golden(t, fmt.Sprintf("empty-%dx%d", w, h), x.now())
			x.whole()
			golden(t, fmt.Sprintf("answered-%dx%d", w, h), x.ask("What is a goroutine?", 20*time.Second))
			x.whole()
			x.quit()
		})
	}
}

// pausing thinks, answers, and then says nothing for a minute, so that a
// picture of it does not hang on a frame more or less.
func pausing(thoughts, answer string) func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	return func(ctx context.Context, _ providers.Request) iter.Seq2[providers.Event, error] {
		return func(yield func(providers.Event, error) bool) {
			ok := yield(providers.Sent{At: time.Now()}, nil)
			for word := range strings.SplitAfterSeq(thoughts, " ") {
				time.Sleep(10 * time.Millisecond)
				ok = ok && yield(providers.Thought{At: time.Now(), Text: word}, nil)
			}
			for word := range strings.SplitAfterSeq(answer, " ") {
				time.Sleep(10 * time.Millisecond)
				ok = ok && yield(providers.Delta{At: time.Now(), Text: word}, nil)
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Minute):
			}
			_ = ok && yield(nil, &providers.Error{Kind: providers.Stopped})
		}
	}
}

const markdownAnswer = "## Short answer\n\nA goroutine is a **function** that runs *at the same time* as its caller, started with `go f()`.\n\n" +
	"1. It costs about 2 KB.\n2. The runtime schedules it.\n   - on any thread\n\n```go\ngo func() {\n\tfmt.Println(\"hello\") // later\n}()\n```\n\n" +
	"| | goroutine | thread |\n|:--|--:|--:|\n| stack | 2 KB | 8 MB |\n| switch | 0.2 µs | 1 µs |\n\n> Do not communicate by sharing memory.\n\nAnd then"

func TestAnswersStreamSideBySide(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {160, 48}} {
		synctest.Test(t, func(t *testing.T) {
			w, h := size[0], size[1]
			quick := double{name: "quick", stream: pausing("", markdownAnswer)}
			deep := double{name: "deep", stream: pausing("First I think about it, and then a little more.", "")}
			x := show(t, w, h, bench(t, "", []string{"quick/small-8b", "deep/large:70b"}, quick, deep))
			screen := x.ask("What is a goroutine?", 3950*time.Millisecond)
			golden(t, fmt.Sprintf("streaming-%dx%d", w, h), screen)
			x.whole()
			x.press("ctrl+x")
			x.quit()
		})
	}
}

func TestOneColumnHasNoSides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quick := double{name: "quick", stream: pausing("", markdownAnswer)}
		x := show(t, 40, 12, bench(t, "", []string{"quick/small-8b"}, quick))
		golden(t, "alone-40x12", x.ask("What is a goroutine?", 3*time.Second))
		lacks(t, x.resize(100, 40), "│ (##|Short|A goroutine)")
		golden(t, "alone-100x40", x.now())
		x.press("ctrl+x")
		x.quit()
	})
}

func TestOverlays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"swift", "sage"}))
		// How many commands there are is no picture's business.
		golden(t, "palette-80x24", regexp.MustCompile(`─ \d+ ╮`).ReplaceAllString(x.press("f1"), "─ NN ╮"))
		golden(t, "models-80x24", x.press("esc", "ctrl+l"))
		golden(t, "system-80x24", x.press("esc", "tab", "S"))
		x.press("esc")
		x.quit()
	})
}

// A screen that stands still costs nothing, and a key after that is shown as
// soon as any other.
func TestTheScreenRestsAndWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"script:ttft=100,tps=20,n=100"}))
		resting := func() bool {
			x.m.pulse.mu.Lock()
			defer x.m.pulse.mu.Unlock()
			return x.m.pulse.pace == resting
		}
		x.after(3 * time.Second)
		if !resting() {
			t.Error("the renderer ticks at its full rate though nothing changes")
		}
		_, _ = x.keys.Write([]byte("a"))
		want(t, x.after(15*time.Millisecond), "❯ a")
		x.press("enter")
		x.after(time.Second)
		if resting() {
			t.Error("the renderer rests while an answer streams")
		}
		want(t, x.after(10*time.Second), "100 tok")
		x.quit()
	})
}
