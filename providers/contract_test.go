package providers_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"juxta/providers"
	"juxta/providers/anthropic"
	"juxta/providers/gemini"
	"juxta/providers/ollama"
	"juxta/providers/openai"
	"juxta/providers/vision"
)

// The contract that every provider holds, shown on recordings of real services:
// each is told whole, byte by byte, and split at random places, and must come
// out as an independent reader found it.
//
//	recording_test.go  the recordings, and a network that replays them
//	expected_test.go   what must come out of one, by each API's way of counting
//	contract_test.go   the promises
//	seen_test.go       the table of the README: what was seen to work
//	takes_test.go      what is refused, and is known to be before

// builders are the APIs under contract, by the names that recordings give them.
var builders = map[string]providers.Builder{
	"openai-chat-completions": openai.New,
	"openai-responses":        openai.NewResponses,
	"anthropic-messages":      anthropic.New,
	"gemini-generateContent":  gemini.New,
	"ollama-native":           ollama.New,
}

// complete is what is known of a model before anybody is asked.
var complete = vision.Complete

// told is everything that a stream said.
type told struct {
	text, thoughts, refusal strings.Builder
	calls                   []providers.ToolCall
	sent                    []providers.Sent
	notices                 []string
	filtered                bool
	counted                 []providers.Usage
	stop                    *providers.Stop
	err                     *providers.Error
	timing                  providers.Timing
}

// listen hears a stream to its end and checks what holds for each.
func listen(t *testing.T, p providers.Provider, req providers.Request) *told {
	t.Helper()
	got := &told{}
	var last time.Time
	for ev, err := range providers.Meter(p.Stream(t.Context(), req), &got.timing) {
		if got.stop != nil || got.err != nil {
			t.Error("something follows the end")
		}
		if err != nil {
			if !errors.As(err, &got.err) {
				t.Fatalf("%T is not a *providers.Error: %v", err, err)
			}
			continue
		}
		at := got.hear(ev)
		if _, early := ev.(providers.Counted); early {
			continue // a call that came before is told after it
		}
		if _, note := ev.(providers.Notice); at.IsZero() || at.Before(last) && !note {
			t.Errorf("%T is stamped %v, after %v", ev, at, last)
		}
		last = at
	}
	if (got.stop == nil) == (got.err == nil) {
		t.Errorf("ended with stop %v and error %v", got.stop, got.err)
	}
	return got
}

func (got *told) hear(ev providers.Event) (at time.Time) {
	switch ev := ev.(type) {
	case providers.Sent:
		got.sent = append(got.sent, ev)
		return ev.At
	case providers.Notice:
		got.notices, got.filtered = append(got.notices, ev.Text), got.filtered || ev.Filter
		return ev.At
	case providers.Counted:
		got.counted = append(got.counted, ev.Usage)
		return ev.At
	case providers.Delta:
		got.text.WriteString(ev.Text)
		return ev.At
	case providers.Thought:
		got.thoughts.WriteString(ev.Text)
		return ev.At
	case providers.Refusal:
		got.refusal.WriteString(ev.Text)
		return ev.At
	case providers.ToolCall:
		got.calls = append(got.calls, ev)
		return ev.At
	case providers.Stop:
		got.stop = &ev
		return ev.At
	}
	return time.Time{}
}

// key is what every endpoint under contract signs with: no byte of it may come
// out again.
const key = "sk-contract-0123456789abcdefghijklmnop"

// over is the recording's provider with n for its network.
func (rec *recording) over(t testing.TB, n *network) providers.Provider {
	t.Helper()
	build := builders[rec.API]
	if build == nil {
		t.Fatalf("no provider speaks %s", rec.API)
	}
	n.rec = rec
	p, err := build(providers.Endpoint{
		Name: rec.Provider, BaseURL: rec.base(), Key: providers.NewSecret(key), Network: n,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ask is a request like the recorded one, as far as it matters for the answer.
func (rec *recording) ask() providers.Request {
	req := providers.Request{Model: rec.Model, Messages: []providers.Message{providers.Says(providers.User, "hi")}}
	if rec.pictured() {
		req.Messages[0].Parts = append(req.Messages[0].Parts, providers.Blob{MIME: "image/png", Data: pixel})
	}
	return req
}

func TestContract(t *testing.T) {
	for _, rec := range recordings(t) {
		t.Run(rec.API+"/"+rec.name, func(t *testing.T) {
			t.Parallel()
			for _, how := range []struct {
				name  string
				split func(io.Reader) io.Reader
			}{{"whole", whole}, {"byte by byte", iotest.OneByteReader}, {"at random", randomly(1)}, {"at random again", randomly(2)}} {
				n := &network{split: how.split}
				got := listen(t, rec.over(t, n), rec.ask())
				if t.Run(how.name, func(t *testing.T) { rec.compare(t, got, n) }); t.Failed() {
					return
				}
			}
		})
	}
}

func (rec *recording) compare(t *testing.T, got *told, n *network) {
	want := &rec.Expected
	if hash(got.text.String()) != want.TextSHA {
		t.Errorf("text differs: %.300q", got.text.String())
	}
	thoughts := got.thoughts.String()
	if want.Reasoning.Present != (thoughts != "") || want.Reasoning.Chars != utf8.RuneCountInString(thoughts) ||
		want.Reasoning.SHA != "" && want.Reasoning.SHA != hash(thoughts) {
		t.Errorf("%d characters of reasoning, want %d: %.200q", utf8.RuneCountInString(thoughts), want.Reasoning.Chars, thoughts)
	}
	if got.refusal.String() != want.Refusal {
		t.Errorf("refusal %q, want %q", got.refusal.String(), want.Refusal)
	}
	if len(got.sent) != 1 {
		t.Errorf("Sent was told %d times", len(got.sent))
	}
	rec.compareRequest(t, n)
	if told := fmt.Sprintf("%v %+v %q", got.err, got.stop, got.notices); strings.Contains(told, key) || strings.Contains(told, key[:12]) {
		t.Errorf("the key came out: %s", told)
	}
	if want.Complete {
		if got.stop == nil {
			t.Fatalf("the answer is complete, but: %v", got.err)
		}
		rec.compareCalls(t, got)
		rec.compareStop(t, got)
		return
	}
	rec.compareError(t, got)
}

func (rec *recording) compareError(t *testing.T, got *told) {
	if got.err == nil {
		t.Fatalf("the answer is not complete, but ended with %+v", got.stop)
	}
	if kinds := rec.kinds(); !slices.Contains(kinds, got.err.Kind) {
		t.Errorf("kind %s, want one of %v: %v", got.err.Kind, kinds, got.err)
	}
	if got.err.Op != "asking" || got.err.Ref != (providers.Ref{Provider: rec.Provider, Model: rec.Model}) {
		t.Errorf("the error does not say whose it is: %+v", got.err)
	}
	if got.err.Advice() == "" {
		t.Errorf("no next step: %v", got.err)
	}
	if rec.Status != 200 && got.err.Status != rec.Status {
		t.Errorf("status %d, want %d", got.err.Status, rec.Status)
	}
	if e := rec.Expected.Error; e != nil && !strings.HasPrefix(strings.TrimSpace(e.Message), "<") && e.Message[0] != '[' {
		if words := e.Message[:min(len(e.Message), 200)]; !strings.Contains(got.err.Error(), words) && e.Message != "Provider returned error" {
			t.Errorf("the service's words are lost: %v; want %q", got.err, words)
		}
	}
}

// compareRequest holds that the key went where it belongs and the picture was
// sent as it is.
func (rec *recording) compareRequest(t *testing.T, n *network) {
	req, body := n.asked()
	if req == nil {
		t.Fatal("nothing was asked")
	}
	if strings.Contains(req.URL.String(), key) {
		t.Errorf("the key is in the URL: %s", req.URL)
	}
	signed := 0
	for _, values := range req.Header {
		for _, v := range values {
			if strings.Contains(v, key) {
				signed++
			}
		}
	}
	if signed == 0 {
		t.Error("the request is not signed")
	}
	if rec.pictured() && !strings.Contains(body, pixelBase64) {
		t.Errorf("the picture was not sent: %.300s", body)
	}
}

func (rec *recording) compareCalls(t *testing.T, got *told) {
	want := rec.Expected.Calls
	if len(got.calls) != len(want) {
		t.Fatalf("%d tool calls, want %d", len(got.calls), len(want))
	}
	for i, w := range want {
		id := ""
		if w.ID != nil {
			id = *w.ID
		}
		c := got.calls[i]
		if c.ID != id || c.Name != w.Name || compact(c.Arguments) != compact(w.Arguments) {
			t.Errorf("tool call %d is %+v, want %s %s(%s)", i, c, id, w.Name, w.Arguments)
		}
		if c.First.IsZero() || c.At.Before(c.First) || got.stop.At.Before(c.At) {
			t.Errorf("tool call %d came from %v to %v, the end at %v", i, c.First, c.At, got.stop.At)
		}
	}
}

func (rec *recording) compareStop(t *testing.T, got *told) {
	want := &rec.Expected
	if reason := rec.reason(); got.stop.Reason != reason {
		t.Errorf("reason %s, want %s", got.stop.Reason, reason)
	}
	if want.ResponseModel != nil && got.stop.Model != *want.ResponseModel {
		t.Errorf("served by %q, want %q", got.stop.Model, *want.ResponseModel)
	}
	if id := rec.requestID(); !slices.Contains(id, got.stop.RequestID) {
		t.Errorf("request id %q, want one of %q", got.stop.RequestID, id)
	}
	if limited := rec.limited(); limited != (got.stop.Limits != providers.Limits{}) {
		t.Errorf("limits %+v, headers with limits %t", got.stop.Limits, limited)
	}
	if want.Input == nil {
		if got.stop.Usage != nil {
			t.Errorf("usage %+v, but none was sent", got.stop.Usage)
		}
		return
	}
	for _, c := range got.counted {
		if got.stop.Usage != nil && (c.Estimated || c.CacheRead > got.stop.Usage.Prompt()) {
			t.Errorf("counted %+v on the way, and %+v at the end", c, got.stop.Usage)
		}
	}
	if usage := rec.usage(got.stop.Usage); got.stop.Usage == nil || *got.stop.Usage != usage {
		t.Errorf("usage %+v, want %+v", got.stop.Usage, usage)
	}
	if !sameJSON(got.stop.Raw, want.RawUsage) {
		t.Errorf("raw usage %s, want %s", got.stop.Raw, want.RawUsage)
	}
	bill, want2 := got.stop.Billed, rec.bill(t)
	if (bill == nil) != (want2 == nil) || bill != nil && *bill != *want2 {
		t.Errorf("billed %v, want %v", bill, want2)
	}
	if got.timing.Last < got.timing.FirstToken || got.timing.Total < got.timing.Last || got.timing.Attempts != 1 {
		t.Errorf("timing %+v", got.timing)
	}
}

// A stream that is cancelled, left or cut must close its connection and leave
// no goroutine, whatever it was in the middle of.
func TestContractLeavesNothingRunning(t *testing.T) {
	for _, rec := range recordings(t) {
		for name, end := range map[string]func(*testing.T, providers.Provider, *network){
			"left": func(t *testing.T, p providers.Provider, n *network) {
				for range p.Stream(t.Context(), rec.ask()) {
					break // also in the middle of Sent
				}
			},
			"left later": func(t *testing.T, p providers.Provider, n *network) {
				events := 0
				for _, err := range p.Stream(t.Context(), rec.ask()) {
					if events++; err != nil || events == 4 {
						break
					}
				}
			},
			"cancelled": func(t *testing.T, p providers.Provider, n *network) {
				ctx, cancel := context.WithCancelCause(t.Context())
				n.stuck = func() { cancel(providers.ErrStopped) }
				for _, err := range p.Stream(ctx, rec.ask()) {
					if err != nil && rec.Status == 200 && rec.Expected.Complete && providers.AsError(err).Kind != providers.Stopped {
						t.Errorf("stopped, and told %v", err)
					}
				}
			},
			"failed": func(t *testing.T, p providers.Provider, n *network) {
				n.cut = true
				for range p.Stream(t.Context(), rec.ask()) { //nolint:revive // the end is what matters
				}
			},
			"whole": func(t *testing.T, p providers.Provider, n *network) {
				for range p.Stream(t.Context(), rec.ask()) { //nolint:revive // the end is what matters
				}
			},
		} {
			alone(t, rec.name+" "+name, func(t *testing.T) {
				n := &network{split: whole}
				end(t, rec.over(t, n), n)
				if open := n.open(); open != 0 {
					t.Errorf("%s %s: %d answers were never closed", rec.name, name, open)
				}
			})
		}
	}
}
