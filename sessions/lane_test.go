package sessions

import (
	"context"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

// asSent sends other parameters than it was asked for, as a service's rules may
// want, and reports what it counted.
func asSent(_ context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		now := time.Now()
		sent := req.Params
		sent.Temperature, sent.MaxTokens = nil, 4096
		_ = yield(providers.Notice{At: now, Text: "temperature is not supported here and was left out"}, nil) &&
			yield(providers.Sent{At: now, Params: sent}, nil) &&
			yield(providers.Delta{At: now, Text: "hello"}, nil) &&
			yield(providers.Stop{
				At: now, Reason: providers.Finished, Usage: &providers.Usage{Input: 3, Output: 2},
				Limits: providers.Limits{Requests: &providers.Limit{Left: 4, Of: 50}},
			}, nil)
	}
}

func TestAnAnswerKeepsWhatWasReallySentAndWhatTheLimitsLeave(t *testing.T) {
	b := bench(t, opened(t), nil, double{name: "odd", stream: asSent})
	warm := 0.5
	b.Add(Column{Model: providers.Ref{Provider: "odd", Model: "m"}, Params: providers.Params{Temperature: &warm, TopP: &warm}})
	h := ask(t, b, "x")
	turns, err := b.Turns(0, 1)
	if err != nil || len(turns) != 1 {
		t.Fatalf("%d turns, %v", len(turns), err)
	}
	for where, a := range map[string]Answer{"reported": h.final[1], "stored": turns[0].Answers[0]} {
		if a.Params.Temperature != nil || a.Params.TopP == nil || a.Params.MaxTokens != 4096 {
			t.Errorf("%s: sent with %+v", where, a.Params)
		}
		if l := a.Limits.Requests; l == nil || l.Left != 4 || l.Of != 50 {
			t.Errorf("%s: limits %+v", where, a.Limits)
		}
	}
	if s := b.Session(); s.Columns[0].Params.Temperature == nil {
		t.Error("the column forgot what it was set to")
	}
}

func TestAnAnswerThatBreaksOffCostsWhatItsPromptWasCountedAs(t *testing.T) {
	cut := func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
		return func(yield func(providers.Event, error) bool) {
			now := time.Now()
			_ = yield(providers.Sent{At: now}, nil) &&
				yield(providers.Counted{At: now, Usage: providers.Usage{Input: 1000, CacheRead: 4000}}, nil) &&
				yield(providers.Delta{At: now, Text: "eight letters"}, nil) &&
				yield(nil, &providers.Error{Kind: providers.Truncated})
		}
	}
	b := bench(t, nil, nil, double{name: "counting", stream: cut})
	b.Add(Column{Model: providers.Ref{Provider: "counting", Model: "m"}})
	a := ask(t, b, "x").final[1]
	if want := (providers.Usage{Input: 1000, CacheRead: 4000, Output: 4, Estimated: true}); a.Usage != want {
		t.Errorf("usage %+v, want %+v", a.Usage, want)
	}
}

func TestAFilterIsNotTheModel(t *testing.T) {
	const left, filter = "temperature is not supported here and was left out", "the service stopped the answer, in whatever words"
	refused := func(notices ...providers.Notice) double {
		return double{name: "strict", stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
			return func(yield func(providers.Event, error) bool) {
				now := time.Now()
				yield(providers.Sent{At: now}, nil)
				for _, n := range notices {
					yield(n, nil)
				}
				yield(providers.Stop{At: now, Reason: providers.Refused}, nil)
			}
		}}
	}
	for want, d := range map[string]double{
		"":     refused(providers.Notice{Text: left}),
		filter: refused(providers.Notice{Text: left}, providers.Notice{Text: filter, Filter: true}),
	} {
		store := opened(t)
		b := bench(t, store, nil, d)
		b.Add(Column{Model: providers.Ref{Provider: "strict", Model: "m"}})
		told := ask(t, b, "x").final[1]
		turns, err := b.Turns(0, 1)
		if err != nil {
			t.Fatal(err)
		}
		if kept := turns[0].Answers[0]; told.Filter != want || kept.Filter != want || !slices.Contains(told.Notices, left) {
			t.Errorf("told %q and kept %q, want %q", told.Filter, kept.Filter, want)
		}
	}
}

func TestWhatEveryAttemptSaysIsKeptOnce(t *testing.T) {
	attempt := 0
	again := func(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
		return func(yield func(providers.Event, error) bool) {
			if attempt++; attempt < 3 {
				_ = yield(providers.Notice{At: time.Now(), Text: "temperature is not supported here and was left out"}, nil) &&
					yield(nil, &providers.Error{Kind: providers.Unsupported, Status: 400, Without: "seed"})
				return
			}
			for ev, err := range asSent(ctx, req) {
				if !yield(ev, err) {
					return
				}
			}
		}
	}
	b := bench(t, nil, nil, double{name: "picky", again: 1, stream: again})
	b.Add(Column{Model: providers.Ref{Provider: "picky", Model: "m"}})
	h := ask(t, b, "x")
	if a := h.final[1]; a.Finish != providers.Finished || len(a.Notices) != 1 {
		t.Errorf("finish %q, notices %q", a.Finish, a.Notices)
	}
}

func TestEveryPictureOfTheQuestionIsCounted(t *testing.T) {
	seen := providers.Blob{MIME: "image/png"}
	req := providers.Request{Messages: []providers.Message{
		{Parts: []providers.Part{providers.Text("a"), seen, seen}},
		{Parts: []providers.Part{providers.Blob{MIME: "application/pdf"}, seen}},
	}}
	if n := pictures(req); n != 3 {
		t.Errorf("%d pictures, want 3", n)
	}
}

func TestAnAnswerInOnePieceSaysWhyItsTimesAreUnknown(t *testing.T) {
	whole := func(text string) func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
		return func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
			return func(yield func(providers.Event, error) bool) {
				if yield(providers.Sent{At: time.Now()}, nil) && yield(providers.Delta{At: time.Now(), Text: text}, nil) {
					yield(providers.Stop{At: time.Now(), Reason: providers.Finished, Whole: true}, nil)
				}
			}
		}
	}
	s := opened(t)
	b := bench(t, s, []string{"lab/m", "mute/m", "demo/" + saying("no")}, double{name: "lab", stream: whole("yes")}, double{name: "mute", stream: whole("")})
	ask(t, b, "q")
	want(t, "saved", b.settle(), nil)
	_, turns := keptSession(t, s, b.Session().ID)
	one, empty, streamed := turns[0].Answers[0], turns[0].Answers[1], turns[0].Answers[2]
	want(t, "first token", one.Timing.FirstToken, 0)
	want(t, "its notices", strings.Join(one.Notices, "|"), inOnePiece)
	want(t, "notices of one that says nothing", len(empty.Notices), 0)
	want(t, "notices of one that streamed", len(streamed.Notices), 0)
}
