package tui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

// A line is the way to a terminal that takes so many bytes a second, and holds any
// number of them meanwhile, as SSH does. It answers askStatus when it comes to it.
type line struct {
	*terminal
	rate  int
	mute  bool // it answers nothing
	mu    sync.Mutex
	more  *sync.Cond
	held  []byte
	ended bool
	looks func(screen string) // at the screen after every piece

	asked, answered int // questions that the terminal took, and answers that the program did
}

func (l *line) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = append(l.held, p...)
	l.more.Broadcast()
	return len(p), nil
}

func (l *line) Read([]byte) (int, error) { return 0, io.EOF }
func (l *line) Close() error             { return nil }
func (l *line) Fd() uintptr              { return ^uintptr(0) }

// carry brings bytes to the terminal until the line has ended.
func (l *line) carry() {
	answers := make(chan struct{}, 1000) // a kernel keeps them for a program that is busy
	defer close(answers)
	go func() {
		for range answers {
			if _, err := l.keys.Write([]byte("\x1b[0n")); err == nil {
				l.answered++
			}
		}
	}()
	var end []byte // which may begin a question
	for {
		l.mu.Lock()
		for len(l.held) == 0 && !l.ended {
			l.more.Wait()
		}
		if l.ended {
			l.mu.Unlock()
			return
		}
		piece := slices.Clone(l.held[:min(len(l.held), 256)])
		l.held = l.held[len(piece):]
		l.mu.Unlock()
		time.Sleep(time.Duration(len(piece)) * time.Second / time.Duration(l.rate))
		_, _ = l.terminal.Write(piece)
		end = append(end, piece...)
		asked := bytes.Count(end, []byte(askStatus))
		end = end[max(len(end)-len(askStatus)+1, 0):]
		for range asked {
			l.asked++
			if !l.mute {
				answers <- struct{}{}
			}
		}
		l.mu.Lock()
		looks := l.looks
		l.mu.Unlock()
		if looks != nil {
			looks(l.screen())
		}
	}
}

func (l *line) screen() string {
	l.terminal.mu.Lock()
	defer l.terminal.mu.Unlock()
	return l.em.String()
}

// look has the screen looked at from now on, and returns when nobody looks any
// more at what was before.
func (l *line) look(f func(screen string)) {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.looks = f
}

func (l *line) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	l.more.Broadcast()
}

// stamped streams so many tokens a second of Markdown: every eighth is the time, and
// there are rows among them that the renderer always paints whole.
func stamped(began time.Time, perSecond int) func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	return func(ctx context.Context, _ providers.Request) iter.Seq2[providers.Event, error] {
		return func(yield func(providers.Event, error) bool) {
			ok := yield(providers.Sent{At: time.Now()}, nil)
			for i := 0; ok && ctx.Err() == nil; i++ {
				time.Sleep(time.Second / time.Duration(perSecond))
				word := strings.Repeat("x", 2+i*i%6) + " "
				switch {
				case i%8 == 0:
					word = fmt.Sprintf("@%05d ", time.Since(began).Milliseconds())
				case i%96 == 95:
					word = "\n\n## 中文\n\n- **Then**"
				}
				ok = yield(providers.Delta{At: time.Now(), Text: word}, nil)
			}
			_ = ok && yield(nil, &providers.Error{Kind: providers.Stopped})
		}
	}
}

// slowly runs n columns of stamped answers on a line, types at it, and returns
// how long the slowest hundredth of keys and of stamps took to the screen.
func slowly(t *testing.T, n, w, h int, l *line) (echo, lag time.Duration) {
	began := time.Now()
	var models []string
	var doubles []double
	for i := range n {
		name := fmt.Sprintf("p%d", i)
		models, doubles = append(models, name+"/m"), append(doubles, double{name: name, stream: stamped(began, 200)})
	}
	l.more = sync.NewCond(&l.mu)
	x := startOn(t, w, h, opens(bench(t, "", models, doubles...)), func(x *terminal) (out, func()) {
		l.terminal = x
		return l, l.carry
	})
	defer func() { x.quit(); l.end(); synctest.Wait() }()
	stamp, prompt := regexp.MustCompile(`@\d{5}`), regexp.MustCompile(`❯ (k+)`)
	seen := map[string]bool{} // what is on the screen by then was not waited for
	for _, s := range stamp.FindAllString(x.ask("go", 4*time.Second), -1) {
		seen[s] = true
	}
	var mu sync.Mutex // guards what the line's goroutine and this one share
	var keys []time.Time
	var echoes, lags []time.Duration
	l.look(func(screen string) {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		if m := prompt.FindStringSubmatch(screen); m != nil {
			for len(echoes) < len(m[1]) {
				echoes = append(echoes, now.Sub(keys[len(echoes)]))
			}
		}
		for _, s := range stamp.FindAllString(screen, -1) {
			if ms, err := strconv.Atoi(s[1:]); err == nil && !seen[s] {
				seen[s] = true
				lags = append(lags, now.Sub(began)-time.Duration(ms)*time.Millisecond)
			}
		}
	})
	for i := range 60 {
		mu.Lock()
		keys = append(keys, time.Now())
		mu.Unlock()
		_, _ = x.keys.Write([]byte("k"))
		time.Sleep(time.Duration(50+i*7%23) * time.Millisecond)
	}
	time.Sleep(2 * time.Second)
	l.look(nil)
	mu.Lock()
	defer mu.Unlock()
	if len(echoes) < len(keys) || len(lags) < 60 {
		t.Fatalf("%d of %d keys and %d stamps were shown", len(echoes), len(keys), len(lags))
	}
	slices.Sort(echoes)
	slices.Sort(lags)
	return echoes[len(echoes)*99/100], lags[len(lags)*99/100]
}

// A terminal that takes 40 KB a second, as over SSH, is sent fewer frames and not
// a queue of them.
func TestNothingQueuesOnASlowTerminal(t *testing.T) {
	for _, c := range []struct{ columns, w int }{{1, 160}, {2, 160}, {4, 160}, {8, 160}} {
		synctest.Test(t, func(t *testing.T) {
			echo, lag := slowly(t, c.columns, c.w, 48, &line{rate: 40_000})
			t.Logf("%d columns on %d×48: key echo p99 %v, token to screen p99 %v", c.columns, c.w, echo, lag)
			if echo > 200*time.Millisecond || lag > 300*time.Millisecond {
				t.Errorf("with %d columns on %d×48 a key takes %v and a token %v at p99", c.columns, c.w, echo, lag)
			}
		})
	}
}

// A terminal that answers no question is written to all the same.
func TestAMuteTerminalIsWrittenTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{rate: 1_000_000, mute: true}
		if echo, lag := slowly(t, 2, 80, 24, l); echo > 20*time.Millisecond || lag > 60*time.Millisecond {
			t.Errorf("a key takes %v and a token %v", echo, lag)
		}
		if l.asked > 2 {
			t.Errorf("it was asked %d times though it never answers", l.asked)
		}
	})
}

// A quick terminal scrolls by few lines, and is asked seldom.
func TestAQuickTerminalIsNotTakenForASlowOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{rate: 1_000_000}
		slowly(t, 4, 160, 48, l)
		if l.m.gauge.behind() {
			t.Error("a terminal that takes a megabyte a second counts as slow")
		}
		if all := l.raw.Len(); l.asked > 2+2*all/long {
			t.Errorf("it was asked %d times in %d bytes", l.asked, all)
		}
	})
}

// A shell must not find an answer in its input.
func TestQuittingWaitsForTheTerminalsAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{rate: 40_000}
		slowly(t, 4, 160, 48, l)
		if l.asked != l.answered {
			t.Errorf("%d of %d answers were still to come when the program had ended", l.asked-l.answered, l.asked)
		}
	})
}
