package providers_test

import (
	"errors"
	"iter"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
	"juxta/providers/demo"
)

const ms = time.Millisecond

// at is a moment of a made-up clock.
func at(d time.Duration) time.Time { return time.Unix(1_800_000_000, 0).Add(d) }

// events is a sequence of what a provider yields; an error is yielded as one.
func events(what ...any) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		for _, w := range what {
			ev, _ := w.(providers.Event)
			err, _ := w.(error)
			if !yield(ev, err) {
				return
			}
		}
	}
}

// drain reads a metered sequence to its end.
func drain(seq iter.Seq2[providers.Event, error]) (n int, last error) {
	for _, err := range seq {
		n++
		last = err
	}
	return n, last
}

// measure returns the timing of a sequence that must end well.
func measure(t *testing.T, seq iter.Seq2[providers.Event, error]) providers.Timing {
	t.Helper()
	var tm providers.Timing
	if _, err := drain(providers.Meter(seq, &tm)); err != nil {
		t.Fatal(err)
	}
	return tm
}

func TestStreamedReasoningCountsAsOutput(t *testing.T) {
	tm := measure(t, events(
		providers.Sent{At: at(0)},
		providers.Thought{At: at(480 * ms), Text: "hm"},
		providers.Delta{At: at(3900 * ms), Text: " \n"}, // nothing to see yet
		providers.Delta{At: at(3980 * ms), Text: "It"},
		providers.Delta{At: at(9480 * ms), Text: "."},
		providers.Stop{At: at(9600 * ms)},
	))
	u := providers.Usage{Output: 512, Reasoning: 180}
	if tm.FirstToken != 480*ms || tm.FirstAnswer != 3980*ms || tm.Last != 9480*ms || tm.Total != 9600*ms || !tm.Thoughts {
		t.Errorf("%+v", tm)
	}
	if got := tm.TPOT(u); got != 17612524*time.Nanosecond {
		t.Errorf("TPOT %s, want 17.612524ms", got)
	}
	if got := tm.Speed(u); math.Abs(got-56.777778) > 1e-6 {
		t.Errorf("speed %f, want 56.777778", got)
	}
}

func TestHiddenReasoningDoesNotCountAsStreamed(t *testing.T) {
	tm := measure(t, events(
		providers.Sent{At: at(0)},
		providers.Delta{At: at(3980 * ms), Text: "It"},
		providers.Delta{At: at(9480 * ms), Text: "."},
		providers.Stop{At: at(9480 * ms)},
	))
	u := providers.Usage{Output: 512, Reasoning: 180}
	if got := tm.StreamedTokens(u); got != 332 {
		t.Errorf("%d tokens streamed, want 332", got)
	}
	if got, want := tm.TPOT(u), 5500*ms/331; got != want {
		t.Errorf("TPOT %s, want %s", got, want)
	}
}

func TestTimesPerTokenAgreeWithPublishedExamples(t *testing.T) {
	for _, c := range []struct {
		start  time.Duration
		chunks []time.Duration
		tokens int
		ttft   time.Duration
		tpot   time.Duration
	}{
		{100, []time.Duration{120, 200}, 6, 20, 16},
		{1000, []time.Duration{1040, 1080, 1120}, 9, 40, 10},
	} {
		what := []any{providers.Sent{At: at(c.start)}}
		for _, d := range c.chunks {
			what = append(what, providers.Delta{At: at(d), Text: "x"})
		}
		last := c.chunks[len(c.chunks)-1]
		tm := measure(t, events(append(what, providers.Stop{At: at(last)})...))
		u := providers.Usage{Output: c.tokens}
		if tm.FirstToken != c.ttft || tm.TPOT(u) != c.tpot || tm.Last != last-c.start {
			t.Errorf("first %d, per token %d, last %d; want %d, %d, %d", tm.FirstToken, tm.TPOT(u), tm.Last, c.ttft, c.tpot, last-c.start)
		}
	}
}

func TestSpeedIsUnknownWithoutTwoTokensOrTimeBetweenThem(t *testing.T) {
	for name, c := range map[string]struct {
		tm providers.Timing
		u  providers.Usage
	}{
		"nothing came":          {providers.Timing{}, providers.Usage{Output: 9}},
		"one token":             {providers.Timing{FirstToken: 1, Last: 5}, providers.Usage{Output: 1}},
		"all at once":           {providers.Timing{FirstToken: 5, Last: 5}, providers.Usage{Output: 9}},
		"hidden reasoning only": {providers.Timing{FirstToken: 1, Last: 5}, providers.Usage{Output: 9, Reasoning: 9}},
		"more than there is":    {providers.Timing{FirstToken: 1, Last: 5}, providers.Usage{Output: 3, Reasoning: 9}},
	} {
		if c.tm.TPOT(c.u) != 0 || c.tm.Speed(c.u) != 0 {
			t.Errorf("%s: %s, %f", name, c.tm.TPOT(c.u), c.tm.Speed(c.u))
		}
	}
}

func TestEmptyPiecesAreNotOutput(t *testing.T) {
	tm := measure(t, events(
		providers.Sent{At: at(0)},
		providers.Notice{At: at(10 * ms), Text: "loading"},
		providers.Thought{At: at(20 * ms)},
		providers.Delta{At: at(30 * ms)},
		providers.Refusal{At: at(40 * ms), Text: "No."},
		providers.Delta{At: at(50 * ms)},
		providers.Stop{At: at(60 * ms)},
	))
	if tm.FirstToken != 40*ms || tm.FirstAnswer != 40*ms || tm.Last != 40*ms || tm.Thoughts || len(tm.Chunks) != 1 {
		t.Errorf("%+v", tm)
	}
}

func TestAToolCallIsOutputFromItsFirstByte(t *testing.T) {
	tm := measure(t, events(
		providers.Sent{At: at(0)},
		providers.ToolCall{First: at(20 * ms), At: at(90 * ms), Name: "look"},
		providers.Stop{At: at(100 * ms)},
	))
	if tm.FirstToken != 20*ms || tm.Last != 90*ms || tm.FirstAnswer != 0 {
		t.Errorf("%+v", tm)
	}
	tm = measure(t, events( // it is told whole, after text that came later than its beginning
		providers.Sent{At: at(0)},
		providers.Delta{At: at(50 * ms), Text: "Hi"},
		providers.ToolCall{First: at(20 * ms), At: at(40 * ms), Name: "look"},
		providers.Stop{At: at(100 * ms)},
	))
	if tm.FirstToken != 20*ms || tm.Last != 50*ms || tm.FirstAnswer != 50*ms {
		t.Errorf("%+v", tm)
	}
}

// When all of it comes at the end, that is not when its first token was there.
func TestAnAnswerInOnePieceHasNoFirstToken(t *testing.T) {
	tm := measure(t, events(
		providers.Sent{At: at(0)},
		providers.Delta{At: at(90 * ms), Text: "Hi there"},
		providers.Stop{At: at(90 * ms), Whole: true},
	))
	if tm.FirstToken != 0 || tm.FirstAnswer != 0 || tm.Last != 90*ms || tm.Total != 90*ms || tm.Speed(providers.Usage{Output: 9}) != 0 {
		t.Errorf("%+v", tm)
	}
}

func TestOnlyTheAttemptThatAnsweredIsTimed(t *testing.T) {
	tm := measure(t, events(
		providers.Sent{At: at(0)},
		providers.Notice{At: at(100 * ms), Text: "trying again"},
		providers.Sent{At: at(1100 * ms)},
		providers.Delta{At: at(1150 * ms), Text: "Hi"},
		providers.Stop{At: at(1200 * ms)},
	))
	if tm.Attempts != 2 || tm.FirstToken != 50*ms || tm.Total != 100*ms || tm.Wall != 1200*ms || !tm.Sent.Equal(at(1100*ms)) {
		t.Errorf("%+v", tm)
	}
}

func TestAnInstantIsNotNever(t *testing.T) {
	tm := measure(t, events(
		providers.Sent{At: at(0)}, providers.Delta{At: at(0), Text: "x"}, providers.Stop{At: at(0)},
	))
	if tm.FirstToken <= 0 || tm.Last <= 0 || tm.Total <= 0 {
		t.Errorf("%+v", tm)
	}
}

func TestAStreamWithoutItsEndIsTruncated(t *testing.T) {
	for name, seq := range map[string]iter.Seq2[providers.Event, error]{
		"nothing":   events(),
		"sent":      events(providers.Sent{At: at(0)}),
		"something": events(providers.Sent{At: at(0)}, providers.Delta{At: at(1), Text: "x"}),
	} {
		var tm providers.Timing
		_, err := drain(providers.Meter(seq, &tm))
		var e *providers.Error
		if !errors.As(err, &e) || e.Kind != providers.Truncated {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingPassesAfterTheEnd(t *testing.T) {
	var tm providers.Timing
	n, err := drain(providers.Meter(events(
		providers.Sent{At: at(0)}, providers.Stop{At: at(10 * ms)},
		providers.Delta{At: at(20 * ms), Text: "late"}, errors.New("later"),
	), &tm))
	if n != 2 || err != nil || tm.Last != 0 || tm.Total != 10*ms {
		t.Errorf("%d events, then %v; %+v", n, err, tm)
	}
	broken := errors.New("broken")
	n, err = drain(providers.Meter(events(providers.Sent{At: at(0)}, broken, providers.Delta{At: at(20 * ms), Text: "late"}), &tm))
	if n != 2 || !errors.Is(err, broken) || tm.Last != 0 {
		t.Errorf("%d events, then %v; %+v", n, err, tm)
	}
}

func scripted(t *testing.T, name string) (providers.Provider, providers.Request) {
	t.Helper()
	p, err := demo.New(providers.Endpoint{Name: "demo", API: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	return p, providers.Request{Model: "script:" + name, Messages: []providers.Message{providers.Says(providers.User, "Hello")}}
}

func TestASlowReaderDoesNotChangeTheFigures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		timed := func(pause time.Duration) (providers.Timing, providers.Usage) {
			p, req := scripted(t, "ttft=200,tps=50,n=21")
			var tm providers.Timing
			var u providers.Usage
			for ev, err := range providers.Meter(p.Stream(t.Context(), req), &tm) {
				if err != nil {
					t.Fatal(err)
				}
				if stop, ok := ev.(providers.Stop); ok {
					u = *stop.Usage
				}
				time.Sleep(pause)
			}
			return tm, u
		}
		quick, u := timed(0)
		slow, _ := timed(100 * ms)
		if quick.FirstToken != 200*ms || quick.Last != 600*ms || quick.Speed(u) != 50 {
			t.Errorf("quick reader: first %s, last %s, %f tok/s", quick.FirstToken, quick.Last, quick.Speed(u))
		}
		if slow.FirstToken != quick.FirstToken || slow.Last != quick.Last || slow.Total != quick.Total || slow.Speed(u) != quick.Speed(u) {
			t.Errorf("slow reader: %+v\nquick reader: %+v", slow, quick)
		}
	})
}

func TestLeavingEarlyStopsTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, req := scripted(t, "ttft=200,tps=10,n=100")
		var tm providers.Timing
		for ev := range providers.Meter(p.Stream(t.Context(), req), &tm) {
			if _, ok := ev.(providers.Delta); ok && len(tm.Chunks) == 3 {
				time.Sleep(50 * ms) // the reader's own decision takes a moment
				break
			}
		}
		if tm.FirstToken != 200*ms || tm.Last != 400*ms || tm.Total != 450*ms || tm.Wall != tm.Total {
			t.Errorf("%+v", tm)
		}
	})
}
