package sessions

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

const ms = time.Millisecond

func TestColumnsStreamAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, nil, []string{"demo/script:ttft=100,tps=10,n=11", "gpu/script:ttft=100,tps=10,n=11", "demo/script:ttft=100,tps=10,n=11"})
		began := time.Now()
		h := ask(t, b, "x")
		for c := 1; c <= 3; c++ {
			tm := h.final[c].Timing
			want(t, "first token", tm.FirstToken, 100*ms)
			want(t, "last token", tm.Last, 1100*ms)
			want(t, "finish", h.final[c].Finish, providers.Finished)
			want(t, "text of the news", h.text[c], h.final[c].Text)
		}
		if took := time.Since(began); took > 1100*ms+Frame {
			t.Errorf("three answers of 1.1 s took %s", took)
		}
	})
}

func TestASlowReaderDelaysNoStamp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, opened(t), []string{"demo/script:ttft=250,tps=200,n=401,think=20", "demo/script:ttft=10,tps=1000,n=3000"})
		r, err := b.Put(t.Context(), Question{Text: "x"})
		if err != nil {
			t.Fatal(err)
		}
		h := hear(r, 100*ms)
		one, two := h.final[1].Timing, h.final[2].Timing
		want(t, "first", one.FirstToken, 250*ms)
		want(t, "last", one.Last, 250*ms+420*time.Second/200)
		want(t, "first of the answer", one.FirstAnswer, 250*ms+20*time.Second/200)
		want(t, "first", two.FirstToken, 10*ms)
		want(t, "last", two.Last, 10*ms+2999*ms)
		want(t, "what was reported", h.text[2], h.final[2].Text)
		want(t, "thoughts that were reported", h.thoughts[1], h.final[1].Thoughts)
	})
}

func TestReportsComeOncePerFrameAndTheFirstTokenAtOnce(t *testing.T) {
	for _, pause := range []time.Duration{0, 1 * ms, 32 * ms} {
		synctest.Test(t, func(t *testing.T) {
			b := bench(t, nil, []string{"demo/script:ttft=470,tps=1000,n=900", "demo/script:ttft=470,tps=333,n=200"})
			r, err := b.Put(t.Context(), Question{Text: "x"})
			if err != nil {
				t.Fatal(err)
			}
			h := hear(r, pause)
			spoke := -1
			for i, at := range h.at {
				if i > 0 && at-h.at[i-1] < Frame {
					t.Errorf("reading for %s: report %d comes %s after the one before", pause, i, at-h.at[i-1])
				}
				if spoke < 0 && h.news[i][0].Text != "" {
					spoke = i
				}
			}
			want(t, fmt.Sprintf("reading for %s: first text", pause), h.at[spoke], 470*ms)
		})
	}
}

func TestAWaitingColumnShowsItsClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, nil, []string{"here/script:load=950,ttft=1000,n=1", "demo/script:n=3,tps=1", "here/script:n=1"})
		h := ask(t, b, "x")
		for _, c := range []int{1, 3} {
			n := 0
			for _, s := range h.states[c] {
				if s.Phase <= Asked && s.For >= heartbeat {
					n++
				}
			}
			if n < 15 || n > 20 {
				t.Errorf("column %d showed its clock %d times within 1.95 s", c, n)
			}
		}
		want(t, "what the first was doing", h.waits(1), "loading")
		want(t, "what the third was doing", h.waits(3), "2nd in line")
		for _, s := range h.states[1] {
			if s.Phase == Ended {
				continue
			}
			if s.For <= 0 || s.Since.IsZero() {
				t.Errorf("a state without a clock: %+v", s)
			}
		}
	})
}

// A single timer left running would make this test take hours.
func TestNothingTicksWhileNothingStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, opened(t), []string{"demo/script:n=3,tps=2", "here/script:n=3,tps=2"})
		ask(t, b, "x")
		time.Sleep(100 * 365 * 24 * time.Hour)
		ask(t, b, "y")
	})
}

func TestNextEndsAfterEveryFinalWasToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, nil, []string{"demo/script:n=3", "demo/script:n=0", "demo/script:err=auth"})
		r, err := b.Put(t.Context(), Question{Text: "x"})
		if err != nil {
			t.Fatal(err)
		}
		finals := map[int]int{}
		for news := range r.All() {
			for _, n := range news {
				if finals[n.Column] > 0 {
					t.Errorf("column %d is reported after its end: %+v", n.Column, n)
				}
				if n.Final != nil {
					finals[n.Column]++
					want(t, "phase", n.State.Phase, Ended)
				}
			}
		}
		want(t, "finals", fmt.Sprint(finals), "map[1:1 2:1 3:1]")
		if news, ok := r.Next(); ok {
			t.Errorf("after the end: %+v", news)
		}
	})
}

func TestStopEndsOneColumnAtOnceAndKeepsWhatItSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"demo/script:say=abcdefghijklmnop,tps=1", "demo/script:say=abcdefghijklmnop,tps=1"})
		r, err := b.Put(t.Context(), Question{Text: "x"})
		if err != nil {
			t.Fatal(err)
		}
		var ended time.Duration
		began := time.Now()
		time.AfterFunc(1500*ms, func() { b.Stop(1) })
		for news := range r.All() {
			for _, n := range news {
				if n.Final != nil && n.Column == 1 {
					ended = time.Since(began)
				}
			}
		}
		if ended < 1500*ms || ended > 1500*ms+Frame {
			t.Errorf("stopped after 1.5 s, ended after %s", ended)
		}
		_, turns := keptSession(t, s, b.Session().ID)
		one, two := turns[0].Answers[0], turns[0].Answers[1]
		want(t, "finish", one.Finish, providers.Cancelled)
		want(t, "text", one.Text, "abcdefgh")
		want(t, "kind", one.Error.Kind, providers.Stopped)
		want(t, "estimated", one.Usage.Estimated, true)
		want(t, "its time", one.Timing.Total, 1500*ms)
		want(t, "neighbour's finish", two.Finish, providers.Finished)
		want(t, "neighbour's text", two.Text, "abcdefghijklmnop")
		want(t, "neighbour's last token", two.Timing.Last, 3*time.Second)
	})
}

func TestStopAllAndTheContextEndEverything(t *testing.T) {
	for name, end := range map[string]func(*Bench, context.CancelFunc){
		"StopAll": func(b *Bench, _ context.CancelFunc) { b.StopAll() },
		"context": func(_ *Bench, cancel context.CancelFunc) { cancel() },
	} {
		synctest.Test(t, func(t *testing.T) {
			b := bench(t, nil, []string{"demo/script:tps=1", "here/script:err=hang@1", "here/script:tps=1", "demo/script:load=9000"})
			ctx, cancel := context.WithCancel(t.Context())
			r, err := b.Put(ctx, Question{Text: "x"})
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			time.AfterFunc(time.Second, func() { end(b, cancel) })
			h := hear(r, 0)
			for c := 1; c <= 4; c++ {
				want(t, name+": finish", h.final[c].Finish, providers.Cancelled)
			}
			if took := time.Since(began); took > time.Second+Frame {
				t.Errorf("%s took %s", name, took)
			}
			cancel()
		})
	}
}

func TestARetryIsSeenAndTheAttemptThatAnsweredIsTimed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, nil, []string{"eager/script:err=rate_limitx2,retry=1.5,ttft=300,tps=10,n=5"})
		began := time.Now()
		h := ask(t, b, "x")
		a := h.final[1]
		want(t, "finish", a.Finish, providers.Finished)
		want(t, "attempts", a.Timing.Attempts, 3)
		want(t, "first token", a.Timing.FirstToken, 300*ms)
		want(t, "last token", a.Timing.Last, 700*ms)
		// A failing attempt of this model takes 300 ms too.
		want(t, "all of it", a.Timing.Wall, 2*(300+1500)*ms+700*ms)
		if took := time.Since(began); took < a.Timing.Wall || took > a.Timing.Wall+Frame {
			t.Errorf("took %s", took)
		}
		if len(a.Notices) != 0 {
			t.Errorf("a wait is no difference from what was asked: %q", a.Notices)
		}
		const first, second = "rate limited (HTTP 429); trying again in 1.5s (attempt 2 of 3)", "rate limited (HTTP 429); trying again in 1.5s (attempt 3 of 3)"
		want(t, "states", h.waits(1), first+"||"+second)
	})
}

func TestLoadingGoesOnUntilSomethingComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, nil, []string{"eager/script:load=1000,ttft=2000,n=1,err=overloadedx1,retry=1"})
		h := ask(t, b, "x")
		want(t, "states", strings.ReplaceAll(h.waits(1), "||", "|"), "loading|the service is overloaded (HTTP 503); trying again in 1s (attempt 2 of 3)|loading")
		loading := time.Duration(0)
		for _, s := range h.states[1] {
			if s.Text == "loading" {
				loading = s.For
			}
		}
		if loading < 2900*ms { // the load and the wait for the first token
			t.Errorf("loading was shown for %s", loading)
		}
	})
}

func TestEveryFailureStaysInItsColumn(t *testing.T) {
	kinds := []providers.Kind{
		providers.Auth, providers.Quota, providers.RateLimit, providers.Overloaded, providers.NotFound,
		providers.ContextFull, providers.Unsupported, providers.Declined, providers.Unreachable, providers.Timeout,
		providers.Truncated, providers.Malformed, providers.ServerFault,
	}
	for _, after := range []int{0, 3} {
		synctest.Test(t, func(t *testing.T) {
			s := opened(t)
			models := []string{"demo/script:n=20,tps=10"}
			for _, k := range kinds {
				models = append(models, fmt.Sprintf("demo/script:err=%s@%d,n=9,tps=10,ttft=10", k, after))
			}
			b := bench(t, s, append(models, "demo/script:err=cut@3,n=9", "nobody/x", "demo/nothing"))
			h := ask(t, b, "x")
			want(t, "the good column", h.final[1].Finish, providers.Finished)
			want(t, "its tokens", h.final[1].Usage, providers.Usage{Input: 1, Output: 20})
			_, turns := keptSession(t, s, b.Session().ID)
			for i, k := range append(kinds, providers.Truncated, providers.NotFound, providers.NotFound) {
				a := turns[0].Answers[i+1]
				if a.Finish != providers.Failed || a.Error == nil || a.Error.Kind != k || a.Error.Message == "" || a.Error.Hint == "" {
					t.Errorf("%s is kept as %s, %+v", a.Model, a.Finish, a.Error)
				}
				if !a.Usage.Estimated {
					t.Errorf("%s: the usage %+v was reported by nobody", a.Model, a.Usage)
				}
				if i < len(kinds) && len(a.Text) != 4*after {
					t.Errorf("%s: kept %q", a.Model, a.Text)
				}
				want(t, a.Model.String()+" was heard", h.text[a.Column], a.Text)
			}
		})
	}
}

func TestAPanicOfAProviderIsItsColumnsFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		early := double{name: "early", stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] { panic("early") }}
		late := double{name: "late", stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
			return func(yield func(providers.Event, error) bool) {
				yield(providers.Sent{At: time.Now()}, nil)
				yield(providers.Delta{At: time.Now(), Text: "so far"}, nil)
				var nobody *providers.Endpoint
				_ = nobody.Name
			}
		}}
		b := bench(t, opened(t), []string{"early/x", "late/x", "demo/script:n=30,tps=10"}, early, late)
		told := make(chan *providers.Panic, 10)
		b.OnFault(func(p *providers.Panic) { told <- p })
		h := ask(t, b, "x")
		if len(told) != 2 || !strings.Contains((<-told).Stack, "run_test.go") {
			t.Errorf("%d faults were told", len(told))
		}
		for c, words := range map[int]string{1: "a fault in juxta: a panic with a string", 2: "nil pointer"} {
			a := h.final[c]
			if a.Finish != providers.Failed || a.Error.Kind != providers.ServerFault || !strings.Contains(a.Error.Message, words) {
				t.Errorf("%s, %+v", a.Finish, a.Error)
			}
			if h.unsaved[c] != nil {
				t.Error(h.unsaved[c])
			}
		}
		want(t, "what was said before", h.final[2].Text, "so far")
		want(t, "the neighbour", h.final[3].Finish, providers.Finished)
		ask(t, b, "and again")
	})
}

func TestAStreamThatEndsWithoutAnEndIsNeverFinished(t *testing.T) {
	silent := double{name: "silent", stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
		return func(yield func(providers.Event, error) bool) {}
	}}
	odd := double{name: "odd", stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
		return func(yield func(providers.Event, error) bool) { yield(nil, errors.New("odd")) }
	}}
	b := bench(t, nil, []string{"silent/x", "odd/x", "demo/script:err=cut@5"}, silent, odd)
	h := ask(t, b, "x")
	want(t, "silent", h.final[1].Error.Kind, providers.Truncated)
	want(t, "odd", h.final[2].Error.Kind, providers.ServerFault)
	want(t, "cut", h.final[3].Error.Kind, providers.Truncated)
	for c, a := range h.final {
		want(t, fmt.Sprint("finish of ", c), a.Finish, providers.Failed)
	}
}

func TestFiguresOfALiveAnswerAreEstimatesUntilItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, nil, []string{"paid/script:ttft=100,tps=10,n=50", "demo/script:tps=10,n=50"})
		r, err := b.Put(t.Context(), Question{Text: "four"})
		if err != nil {
			t.Fatal(err)
		}
		h := hear(r, 0)
		for i, report := range h.news {
			for _, n := range report {
				if n.Final != nil {
					want(t, "usage at the end", n.Live.Usage, n.Final.Usage)
					continue
				}
				if !n.Live.Usage.Estimated { // it has ended, and is not kept yet
					want(t, "usage at the end", n.Live.Usage, h.final[n.Column].Usage)
					continue
				}
				want(t, "live input", n.Live.Usage.Input, 1)
				if n.Column == 2 && n.Live.Cost != nil {
					t.Errorf("nobody knows the price, but it costs %s", n.Live.Cost)
				}
				if n.Column == 1 && n.State.Phase == Answering {
					runes := 0
					for _, before := range h.news[:i+1] {
						for _, m := range before {
							if m.Column == 1 {
								runes += len([]rune(m.Text))
							}
						}
					}
					tokens := providers.EstimateTokens(runes)
					want(t, "live tokens", n.Live.Usage.Output, tokens)
					want(t, "live cost", *n.Live.Cost, providers.Money(1_000_000+tokens*10_000_000))
					want(t, "live first token", n.Live.FirstToken, 100*ms)
				}
			}
		}
	})
}

func TestWhatWasLeftOutIsANoticeThatStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seed := int64(1)
		b := bench(t, nil, nil)
		b.Add(Column{Model: providers.Ref{Provider: "demo", Model: "swift"}, Params: providers.Params{Seed: &seed, MaxTokens: 3}})
		h := ask(t, b, "x")
		told := ""
		for _, report := range h.news {
			for _, n := range report {
				told += strings.Join(n.Notices, "")
			}
		}
		want(t, "told", told, "seed not supported by a simulated model and left out")
		want(t, "kept", strings.Join(h.final[1].Notices, ""), told)
		want(t, "finish", h.final[1].Finish, providers.Length)
		want(t, "simulated", h.final[1].Simulated, true)
	})
}
