package sessions

import (
	"context"
	"encoding/json"
	"iter"
	"testing"
	"time"

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
