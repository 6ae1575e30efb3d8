package sessions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"iter"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"juxta/prompts"
	"juxta/providers"
)

func TestAnAnswerIsColdIfItsModelWasNotThereOrWasLoadedForLong(t *testing.T) {
	for _, c := range []struct {
		resident    *bool
		load        *time.Duration
		cold, known bool
	}{
		{nil, nil, false, false},
		{nil, p(time.Second), false, false}, // a failure to ask is not "warm"
		{nil, p(time.Second + 1), true, true},
		{p(true), nil, false, true},
		{p(true), p(time.Second), false, true},
		{p(true), p(2 * time.Second), true, true},
		{p(false), nil, true, true},
		{p(false), p(ms), true, true},
	} {
		a := Answer{Resident: c.resident, Server: providers.Server{Load: c.load}}
		if cold, known := a.Cold(); cold != c.cold || known != c.known {
			t.Errorf("resident %v, load %v: cold %v, known %v", c.resident, c.load, cold, known)
		}
		r, server := a.Record("", 1), ""
		if r.Server != nil {
			raw, _ := json.Marshal(r.Server.Cold)
			server = string(raw)
		}
		switch {
		case c.known && c.cold:
			want(t, "cold in JSON", server, "true")
		case c.known:
			want(t, "cold in JSON", server, "false")
		case c.load != nil:
			want(t, "cold in JSON", server, "null")
		default:
			want(t, "the server in JSON", server, "")
		}
	}
}

// What counts is whether the model was there for the attempt that answered.
func TestAnAnswerKeepsWhetherItsModelWasThere(t *testing.T) {
	attempt := 0
	s := opened(t)
	b := bench(t, s, nil, double{name: "flaky", again: 1, local: true, stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
		return func(yield func(providers.Event, error) bool) {
			attempt++
			if !yield(providers.Sent{At: time.Now(), Resident: p(attempt == 1)}, nil) {
				return
			}
			if attempt == 1 {
				yield(nil, &providers.Error{Kind: providers.Unsupported, Without: "seed"})
				return
			}
			_ = yield(providers.Delta{At: time.Now(), Text: "hello"}, nil) && yield(nil, &providers.Error{Kind: providers.Truncated})
		}
	}})
	b.Add(Column{Model: providers.Ref{Provider: "flaky", Model: "m"}})
	h := ask(t, b, "x")
	_, turns := keptSession(t, s, b.Session().ID)
	for where, a := range map[string]Answer{"reported": h.final[1], "stored": turns[0].Answers[0]} {
		if cold, known := a.Cold(); !cold || !known || a.Timing.Attempts != 2 {
			t.Errorf("%s: cold %v, known %v after %d attempts", where, cold, known, a.Timing.Attempts)
		}
	}
}

// stove is a local provider that takes a second for an answer and remembers what
// it was asked.
type stove struct {
	mu    sync.Mutex
	asked []providers.Request
}

func (s *stove) double(name string, can providers.Support) double {
	return double{name: name, local: true, stream: func(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
		return func(yield func(providers.Event, error) bool) {
			s.mu.Lock()
			s.asked = append(s.asked, req)
			s.mu.Unlock()
			sent := req.Params
			sent.Context = max(sent.Context, 16384)
			if !yield(providers.Sent{At: time.Now(), Params: sent, Resident: p(false)}, nil) {
				return
			}
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				yield(nil, providers.AsError(context.Cause(ctx)))
				return
			}
			_ = yield(providers.Delta{At: time.Now(), Text: "one two"}, nil) &&
				yield(providers.Stop{At: time.Now(), Reason: providers.Length, Usage: &providers.Usage{Input: 9, Output: 8}}, nil)
		}
	}, models: []providers.Model{
		{Ref: providers.Ref{Provider: name, Model: "a"}, Local: true, Can: providers.Abilities{Images: can}},
		{Ref: providers.Ref{Provider: name, Model: "b"}, Local: true, Can: providers.Abilities{Images: providers.No}},
	}}
}

// take is what was asked since the last time.
func (s *stove) take() []providers.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

func warm(t *testing.T, b *Bench, files ...*prompts.Attachment) *Run {
	t.Helper()
	r, err := b.Warm(t.Context(), nil, files...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAWarmUpAsksEachLocalModelOnceInLineAndKeepsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := opened(t), &stove{}
		b := bench(t, s, []string{"stove/a", "demo/script:n=1", "stove/b", "stove/a"}, st.double("stove", providers.Yes))
		for range b.Registry.List(t.Context(), time.Second) {
		}
		b.SetSystem("be brief")
		c := b.Session().Columns[0]
		c.Schema, c.Params = json.RawMessage(`{}`), providers.Params{MaxTokens: 500, Think: "off"}
		b.Configure(c)
		began := time.Now()
		r := warm(t, b)
		if _, err := b.Put(t.Context(), Question{Text: "x"}); !errors.Is(err, ErrBusy) {
			t.Errorf("a question meanwhile: %v", err)
		}
		h := hear(r, 0)
		want(t, "one after the other they took", time.Since(began).Truncate(100*ms), 2*time.Second)
		want(t, "who was asked", fmt.Sprint(r.Columns()), "[1 3]")
		want(t, "the second waited", h.waits(3), "2nd in line")
		want(t, "the run's turn", r.Turn, 0)
		asked := st.take()
		for _, req := range asked {
			if req.System != "" || req.Schema != nil || req.Params.MaxTokens != warmTokens || len(req.Messages) != 1 {
				t.Errorf("asked %+v", req)
			}
		}
		want(t, "requests", len(asked), 2)
		want(t, "it thinks as it was set", asked[0].Params.Think, "off")
		if cold, known := func() (bool, bool) { a := h.final[1]; return a.Cold() }(); !cold || !known {
			t.Error("the run does not tell that it had to load")
		}
		ses := b.Session()
		want(t, "turns", ses.Turns, 0)
		want(t, "cost", ses.Spent, 0)
		want(t, "unpriced answers", ses.Unpriced, 0)
		want(t, "the column is still told to be brief", ses.Columns[0].System, "be brief")
		want(t, "and as much as it was", ses.Columns[0].Params.MaxTokens, 500)
		if all, err := s.Sessions(10); len(all) != 0 || err != nil {
			t.Errorf("kept %+v, %v", all, err)
		}

		ask(t, b, "a real one")
		for _, req := range st.take() {
			want(t, "what is told of the warm-up", len(req.Messages), 1)
		}
		warm(t, b).Wait(t.Context())
		for _, req := range st.take() {
			want(t, "the window of the answer before", req.Params.Context, 16384)
		}
		_, turns := keptSession(t, s, b.Session().ID)
		want(t, "turns kept", len(turns), 1)
	})
}

func TestAWarmUpShowsAPictureAsLargeAsTheLargestToWhomMaySee(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, sees := range []providers.Support{providers.Yes, providers.Unknown, providers.No} {
			st := &stove{}
			b := bench(t, nil, []string{"stove/a"}, st.double("stove", sees))
			for range b.Registry.List(t.Context(), time.Second) {
			}
			small, large := blob("small.png", 1, 90), blob("large.png", 2, 100)
			small.Width, small.Height, large.Width, large.Height = 30, 20, 40, 400
			if err := warm(t, b, small, written("a.go", "package a"), large).Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			parts := st.take()[0].Messages[0].Parts
			if sees == providers.No {
				want(t, "parts for one that can't see", len(parts), 1)
				continue
			}
			shown, ok := parts[0].(providers.Blob)
			if !ok {
				t.Fatalf("%v: shown %+v", sees, parts)
			}
			img, err := png.Decode(bytes.NewReader(shown.Data))
			if err != nil || img.Bounds().Dx() != 40 || img.Bounds().Dy() != 400 || bytes.Equal(shown.Data, large.Data) {
				t.Errorf("shown %v, %v", img, err)
			}
		}
	})
}

func TestAWarmUpIsSkippedAndStoppedLikeAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &stove{}
		b := bench(t, nil, []string{"stove/a", "stove/b", "stove/c"}, st.double("stove", providers.No))
		r := warm(t, b)
		b.Stop(2)
		time.Sleep(500 * ms)
		b.StopAll()
		h := hear(r, 0)
		for c := range 3 {
			want(t, "finish", h.final[c+1].Finish, providers.Cancelled)
		}
		want(t, "requests", len(st.take()), 1)
		if len(ask(t, b, "then").final) != 3 {
			t.Error("nothing can be asked afterwards")
		}
	})
}

func TestThereIsNothingToWarmUpWithoutALocalModel(t *testing.T) {
	b := bench(t, nil, []string{"demo/script:n=1"})
	if _, err := b.Warm(t.Context(), nil); !errors.Is(err, ErrNoneLocal) {
		t.Errorf("got %v", err)
	}
}

// A local model with a price is not warmed up for nothing, and the session has that
// in the store as well: with its next change, or when juxta is left.
func TestWhatAWarmUpCostIsSaved(t *testing.T) {
	for _, ends := range []string{"with a question", "with a change", "at the end"} {
		synctest.Test(t, func(t *testing.T) {
			s, st := opened(t), &stove{}
			b := bench(t, s, []string{"paid-stove/a"}, st.double("paid-stove", providers.No)) // 89 µ$ an answer
			ask(t, b, "x")
			want(t, "warming up", warm(t, b).Wait(t.Context()), nil)
			want(t, "spent", b.Session().Spent, 2*89*micro)
			switch ends {
			case "with a question":
				ask(t, b, "y")
			case "with a change":
				b.Measure(1)
			}
			id, spent := b.Session().ID, b.Session().Spent
			want(t, "closing", b.Close(t.Context()), nil)
			kept, _ := keptSession(t, s, id)
			want(t, "kept, "+ends, kept.Spent, spent)
		})
	}
}
