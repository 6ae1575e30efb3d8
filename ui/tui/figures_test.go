package tui

import (
	"context"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

// ending answers with one word and the given end.
func ending(stop providers.Stop) func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	return func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
		return func(yield func(providers.Event, error) bool) {
			stop.At, stop.Reason = time.Now(), providers.Finished
			_ = yield(providers.Sent{At: time.Now()}, nil) && yield(providers.Delta{At: time.Now(), Text: "word"}, nil) && yield(stop, nil)
		}
	}
}

func TestLimitsAreToldWhenTheyAreNearlyUsedUp(t *testing.T) {
	limit := func(left, of int64, reset time.Duration) *providers.Limit {
		return &providers.Limit{Left: left, Of: of, Reset: reset}
	}
	for _, c := range []struct {
		limits providers.Limits
		says   string
	}{
		{providers.Limits{}, ""},
		{providers.Limits{Requests: limit(50, 100, 0), Tokens: limit(1000, 10_000, 0)}, ""},
		{providers.Limits{Requests: limit(10, 100, 0)}, ""},
		{providers.Limits{Requests: limit(9, 100, 0)}, "9 requests left"},
		{providers.Limits{Requests: limit(4, 0, 0)}, "4 requests left"},
		{providers.Limits{Requests: limit(5, 0, 0)}, ""},
		{providers.Limits{Requests: limit(1, 5, 12*time.Second), Tokens: limit(1, 100, 0)}, "1 request left for 12.0s"},
		{providers.Limits{Requests: limit(-3, 5, 0)}, "0 requests left"},
		{providers.Limits{Requests: limit(90, 100, 0), Tokens: limit(1900, 20_000, 90*time.Second)}, "1.9k tokens left for 1m30s"},
		{providers.Limits{Tokens: limit(3, 0, 0)}, ""},
	} {
		if got := scarce(c.limits); got != c.says {
			t.Errorf("%+v: %q, want %q", c.limits, got, c.says)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		lab := double{name: "lab", stream: ending(providers.Stop{
			Usage: &providers.Usage{Input: 5, Output: 2, Tier: "flex"}, Limits: providers.Limits{Requests: limit(2, 60, 30*time.Second)},
		})}
		x := show(t, 120, 30, bench(t, "", []string{"lab/a", "swift"}, lab))
		want(t, x.ask("question", time.Second), "flex tier", "2 requests left for 30.0s")
		x.press("ctrl+x")
		x.quit()
	})
}

func TestAnAnswerInOnePieceSaysWhenItWasThere(t *testing.T) {
	for _, said := range []func(time.Time) providers.Event{
		func(at time.Time) providers.Event { return providers.Delta{At: at, Text: "word"} },
		func(at time.Time) providers.Event { return providers.ToolCall{At: at, First: at, Name: "lookup"} },
	} {
		synctest.Test(t, func(t *testing.T) {
			lab := double{name: "lab", stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
				return func(yield func(providers.Event, error) bool) {
					end := time.Now().Add(600 * time.Millisecond)
					stop := providers.Stop{At: end, Reason: providers.Finished, Usage: &providers.Usage{Input: 5, Output: 7}, Whole: true}
					_ = yield(providers.Sent{At: time.Now()}, nil) && yield(said(end), nil) && yield(stop, nil)
				}
			}}
			x := show(t, 120, 30, bench(t, "", []string{"lab/a", "swift"}, lab))
			screen := x.ask("question", time.Second)
			want(t, screen, "all 0.60s · 7 tok")
			lacks(t, screen, "empty answer after", "no answer")
			x.press("ctrl+x")
			x.quit()
		})
	}
}

// The header counts them, too.
func TestAnAnswerThatBrokeOffBeforeItsFirstWordSaysWhatItCost(t *testing.T) {
	counted := providers.Counted{Usage: providers.Usage{Input: 800}}
	for _, c := range []struct {
		counted *providers.Counted
		kind    providers.Kind
		cost    string
	}{
		{&counted, providers.Truncated, `~\$0\.000800`},
		{&counted, providers.Stopped, `~\$0\.000800`},
		{nil, providers.Stopped, "cost unknown"},
		{nil, providers.Truncated, ""}, // nobody charges for a failure
	} {
		synctest.Test(t, func(t *testing.T) {
			lab := double{name: "lab", models: []providers.Model{{Ref: providers.Ref{Provider: "lab", Model: "a"}, Price: dollars(t, "1", "1")}}}
			lab.stream = func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
				return func(yield func(providers.Event, error) bool) {
					if yield(providers.Sent{At: time.Now()}, nil) && (c.counted == nil || yield(*c.counted, nil)) {
						yield(nil, &providers.Error{Kind: c.kind})
					}
				}
			}
			x := show(t, 120, 30, bench(t, "", []string{"lab/a", "swift"}, lab))
			screen := x.ask("question", time.Second)
			if c.cost == "" {
				lacks(t, screen, `\$`, "cost unknown")
			} else {
				want(t, screen, c.cost+" · not saved", "│ "+c.cost)
			}
			x.press("ctrl+x")
			x.quit()
		})
	}
}

func TestAPaneSaysWhatItsModelAcceptsWhereThereIsRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lab := double{name: "lab", models: []providers.Model{{Ref: providers.Ref{Provider: "lab", Model: "a"}, Accepts: []providers.Knob{
			{Name: "temperature", Values: "0 to 2"}, {Name: "top_p"}, {Name: "seed"}, {Name: "think", Values: "on, off"},
		}}}}
		x := show(t, 120, 30, bench(t, "", []string{"lab/a", "sage"}, lab))
		want(t, x.now(), "accepts  temperature, top_p, seed, think", "accepts  max_tokens, think")
		lacks(t, x.resize(80, 24), "accepts  temp")
		x.quit()
	})
}
