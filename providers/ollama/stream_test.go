package ollama

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"juxta/providers"
)

func TestAnswerKeepsThoughtsTextAndCallsApart(t *testing.T) {
	f := chatting()
	f.chat = streams(
		`{"model":"m","message":{"role":"assistant","content":"","thinking":"hm "},"done":false}`,
		``,
		`{"model":"m","message":{"role":"assistant","content":"Well","thinking":"ok"},"done":false}`,
		`{"model":"m","message":{"role":"assistant","content":", ß世\u200b"},"done":false}`,
		`{"model":"m","message":{"content":"","tool_calls":[{"id":"c1","function":{"index":0,"name":"f","arguments":{"b":12345678901234567890,"a":"x"}}},{"function":{"name":"g","arguments":{}}}]},"done":false}`,
		`{"model":"m","message":{"role":"assistant","content":"!"},"done":true,"done_reason":"stop","total_duration":900,"load_duration":100,"prompt_eval_count":7,"prompt_eval_duration":200,"eval_count":9,"eval_duration":300}`,
	)
	h := hear(t, f.start(t), ask("hi"))
	if h.err != nil {
		t.Fatal(h.err)
	}
	if h.thoughts != "hm ok" || h.text != "Well, ß世\u200b!" {
		t.Errorf("thoughts %q, text %q", h.thoughts, h.text)
	}
	if len(h.calls) != 2 || h.calls[0].ID != "c1" || h.calls[0].Name != "f" || h.calls[1].Name != "g" {
		t.Fatalf("calls %+v", h.calls)
	}
	if got := h.calls[0].Arguments; got != `{"b":12345678901234567890,"a":"x"}` {
		t.Errorf("arguments were rewritten: %s", got)
	}
	s := h.stop
	if s.Reason != providers.ToolUse || s.Model != "m" {
		t.Errorf("stop %+v", s)
	}
	if *s.Usage != (providers.Usage{Input: 7, Output: 9}) {
		t.Errorf("usage %+v", *s.Usage)
	}
	if *s.Server.Load != 100 || *s.Server.Prefill != 200 || *s.Server.Decode != 300 || s.Server.Queue != nil {
		t.Errorf("server %+v", s.Server)
	}
	var raw map[string]int
	if err := json.Unmarshal(s.Raw, &raw); err != nil || len(raw) != 6 || raw["total_duration"] != 900 {
		t.Errorf("raw %s (%v)", s.Raw, err)
	}
}

// As services of other makes write them; the next question sends them back as an
// object.
func TestArgumentsOfACallAreReadAsTextToo(t *testing.T) {
	f := chatting()
	f.chat = streams(
		`{"message":{"tool_calls":[{"function":{"name":"f","arguments":"{\"city\":\"Paris\"}"}},{"function":{"name":"g","arguments":null}},{"function":{"name":"h"}}]},"done":false}`,
		finalLine)
	p := f.start(t)
	h := hear(t, p, ask("hi"))
	if h.err != nil || len(h.calls) != 3 || h.calls[0].Arguments != `{"city":"Paris"}` || h.calls[1].Arguments+h.calls[2].Arguments != "" {
		t.Fatalf("%+v, %v", h.calls, h.err)
	}
	req := ask("hi")
	req.Messages = append(req.Messages, providers.Message{Role: providers.Assistant, Parts: []providers.Part{h.calls[0], h.calls[1]}}, req.Messages[0])
	if h = hear(t, p, req); h.err != nil {
		t.Errorf("the next question: %v", h.err)
	}
}

func TestStopSaysWhyTheAnswerEnded(t *testing.T) {
	for reason, want := range map[string]providers.Reason{
		`"stop"`: providers.Finished, `"length"`: providers.Length, `""`: providers.Finished,
	} {
		f := chatting()
		f.chat = streams(`{"model":"m","message":{"content":"x"},"done":true,"done_reason":` + reason + `}`)
		h := hear(t, f.start(t), ask("hi"))
		if h.err != nil || h.stop.Reason != want {
			t.Errorf("done_reason %s: %+v, %v", reason, h.stop, h.err)
		}
	}
	f := chatting()
	f.chat = streams(`{"model":"m","message":{"content":""},"done":true,"done_reason":"load"}`)
	h := hear(t, f.start(t), ask("hi"))
	h.wantError(t, providers.Malformed, "")
	if !strings.Contains(h.err.Error(), "did not answer but loaded the model") {
		t.Error(h.err)
	}
}

// A server or a gateway that does not stream sends one line, which is the last.
func TestAnAnswerInOnePieceSaysSo(t *testing.T) {
	piece, last := `{"message":{"content":"a"},"done":false}`, `{"message":{"content":"a"},"done":true,"done_reason":"stop"}`
	for whole, lines := range map[bool][]string{true: {last}, false: {piece, finalLine}} {
		f := chatting()
		f.chat = streams(lines...)
		if h := hear(t, f.start(t), ask("hi")); h.err != nil || h.text[:1] != "a" || h.stop.Whole != whole {
			t.Errorf("%s: %+v, %v", lines, h.stop, h.err)
		}
	}
}

func TestCountersThatAreNotSaidAreUnknown(t *testing.T) {
	f := chatting()
	f.chat = streams(`{"model":"m","message":{"content":"x"},"done":true,"done_reason":"stop"}`)
	h := hear(t, f.start(t), ask("hi"))
	if h.stop.Usage != nil || h.stop.Server.Known() || h.stop.Raw != nil {
		t.Errorf("unknown became %+v, %+v, %s", h.stop.Usage, h.stop.Server, h.stop.Raw)
	}

	f.chat = streams(`{"model":"m","message":{"content":"x"},"done":true,"prompt_eval_count":10,"prompt_eval_cached_count":4,"eval_count":1}`)
	h = hear(t, f.start(t), ask("hi"))
	if *h.stop.Usage != (providers.Usage{Input: 6, CacheRead: 4, Output: 1}) {
		t.Errorf("cached tokens are counted twice: %+v", *h.stop.Usage)
	}
}

func TestCountersThatMakeNoSenseAreUnknownAndCostNoAnswer(t *testing.T) {
	for counters, want := range map[string]*providers.Usage{
		`"prompt_eval_count":-7,"eval_count":3`:                                          {Output: 3},
		`"prompt_eval_count":7,"eval_count":-3`:                                          {Input: 7},
		`"prompt_eval_count":-7,"prompt_eval_cached_count":-7,"eval_count":3`:            {Output: 3},
		`"prompt_eval_count":7,"prompt_eval_cached_count":9,"eval_count":3`:              {CacheRead: 7, Output: 3},
		`"prompt_eval_count":7,"prompt_eval_cached_count":null,"eval_count":3`:           {Input: 7, Output: 3},
		`"prompt_eval_count":7.0,"eval_count":"3","prompt_eval_cached_count":{}`:         {Input: 7, Output: 3},
		`"prompt_eval_count":99999999999999999999,"eval_count":9223372036854775807`:      nil,
		`"eval_count":[1],"load_duration":"long","total_duration":{}`:                    nil,
		`"load_duration":-1,"prompt_eval_duration":1e300,"eval_duration":-9999999999999`: nil,
	} {
		f := chatting()
		f.chat = streams(`{"model":"m","message":{"content":"x"},"done":true,"done_reason":"stop",` + counters + `}`)
		h := hear(t, f.start(t), ask("hi"))
		if h.err != nil {
			t.Errorf("%s: %v", counters, h.err)
			continue
		}
		if got := h.stop.Usage; (got == nil) != (want == nil) || got != nil && *got != *want || h.stop.Server.Known() || h.text != "x" {
			t.Errorf("%s: usage %+v, server %+v, text %q", counters, got, h.stop.Server, h.text)
		}
		if raw := string(h.stop.Raw); strings.Contains(raw, `"long"`) || strings.Contains(raw, `[`) || strings.Contains(raw, `{}`) {
			t.Errorf("what is no number is kept: %s", raw)
		}
	}
	f := chatting()
	f.chat = streams(`{"message":{"content":"x"},"done":true,"load_duration":2.5e9,"eval_duration":1000,"eval_count":2}`)
	if h := hear(t, f.start(t), ask("hi")); h.err != nil || *h.stop.Server.Load != 2500*time.Millisecond || *h.stop.Server.Decode != 1000 {
		t.Errorf("%v", h.err)
	}
}

func TestStreamWithoutItsEndMarkerIsTruncated(t *testing.T) {
	whole := `{"model":"m","message":{"content":"half"},"done":false}`
	for name, chat := range map[string]http.HandlerFunc{
		"between lines": streams(whole),
		"inside a line": streams(whole, `{"model":"m","mess`),
		"at once":       streams(),
		"connection lost": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintln(w, whole)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := chatting()
			f.chat = chat
			h := hear(t, f.start(t), ask("hi"))
			h.wantError(t, providers.Truncated, "")
			if name != "at once" && h.text != "half" {
				t.Errorf("what came was lost: %q", h.text)
			}
		})
	}
}

func TestWhatIsNotTheProtocolIsMalformed(t *testing.T) {
	for _, body := range []string{
		"<!DOCTYPE html><title>Log in</title>",
		"not json\n" + finalLine,
		`{"message":{"content":7}}` + "\n" + finalLine,
	} {
		f := chatting()
		f.chat = fails(http.StatusOK, body)
		h := hear(t, f.start(t), ask("hi"))
		h.wantError(t, providers.Malformed, "")
		if said := h.err.Error(); strings.Contains(said, "invalid character") || strings.Contains(said, "unmarshal") {
			t.Errorf("in a programmer's words: %s", said)
		}
	}
}

func TestSilenceUntilTheFirstTokenIsBounded(t *testing.T) {
	f := chatting()
	f.chat = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	p := f.start(t, func(e *providers.Endpoint) { e.Timeouts.FirstByte = 100 * time.Millisecond })
	hear(t, p, ask("hi")).wantError(t, providers.Timeout, "first_byte")
}

// The server stops generating when its connection closes, so the promise is
// kept when the handler sees that.
func TestCancellingAndLeavingCloseTheConnection(t *testing.T) {
	for name, leave := range map[string]bool{"cancel": false, "break": true} {
		t.Run(name, func(t *testing.T) {
			closed := make(chan struct{})
			f := chatting()
			f.chat = func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprintln(w, `{"model":"m","message":{"content":"tick"},"done":false}`)
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
				close(closed)
			}
			p := f.start(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			var last error
			for ev, err := range p.Stream(ctx, ask("hi")) {
				last = err
				if _, ok := ev.(providers.Delta); ok {
					if leave {
						break
					}
					cancel(providers.ErrStopped)
				}
			}
			if e := providers.AsError(last); !leave && e.Kind != providers.Stopped {
				t.Errorf("cancelling ended in %v", last)
			}
			select {
			case <-closed:
			case <-time.After(5 * time.Second):
				t.Fatal("the connection stayed open")
			}
		})
	}
}

func TestLeavingAtSentKeepsTheQuestion(t *testing.T) {
	f := chatting()
	p := f.start(t)
	for ev := range p.Stream(t.Context(), ask("hi")) {
		if _, ok := ev.(providers.Sent); ok {
			break
		}
	}
	if n := f.asked("/api/chat"); n != 0 {
		t.Errorf("%d requests left", n)
	}
}

// said is a word that may be missing, as no.
func said(word *bool) bool { return word != nil && *word }

func TestLoadingIsAnnouncedAndNotTimed(t *testing.T) {
	f := chatting()
	h := hear(t, f.start(t), ask("hi"))
	var kinds []string
	for _, ev := range h.events {
		kinds = append(kinds, strings.TrimPrefix(fmt.Sprintf("%T", ev), "providers."))
	}
	if want := []string{"Notice", "Sent", "Delta", "Stop"}; !slices.Equal(kinds, want) {
		t.Errorf("events %v, want %v", kinds, want)
	}
	if n := h.notices[0]; n.Text != "loading" || !n.Wait || n.At.IsZero() {
		t.Errorf("notice %+v", n)
	}
	if want := []string{"/api/show", "/api/ps", "/api/tags", "/api/version", "/api/chat"}; !slices.Equal(f.paths, want) {
		t.Errorf("asked %v, want %v", f.paths, want)
	}

	if said(h.sent.Resident) || h.sent.Resident == nil {
		t.Error("a model that was not there was sent for as if it were")
	}

	f.loaded = 8192
	if h := hear(t, f.start(t), ask("hi")); len(h.notices) != 0 || !said(h.sent.Resident) {
		t.Errorf("a loaded model got %+v, %+v", h.notices, h.sent)
	}
	f.loaded = 4096 // with another window it is loaded anew
	if h := hear(t, f.start(t), ask("hi")); len(h.notices) != 1 || said(h.sent.Resident) {
		t.Errorf("a reload got %+v, %+v", h.notices, h.sent)
	}
	f.loaded, f.expires = 8192, "" // not a time
	if h := hear(t, f.start(t), ask("hi")); !said(h.sent.Resident) {
		t.Errorf("a model that is loaded until nobody knows when got %+v", h.sent)
	}
	f.hidden = []string{"/api/ps"}
	if h := hear(t, f.start(t), ask("hi")); h.err != nil || len(h.notices) != 0 || h.sent.Resident != nil {
		t.Errorf("a server without /api/ps: %v, %+v, %+v", h.err, h.notices, h.sent)
	}
}

func TestStampsAreThoseOfTheReads(t *testing.T) {
	f := chatting()
	first := make(chan time.Time, 1)
	f.chat = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, `{"model":"m","message":{"content":"one"},"done":false}`)
		_ = http.NewResponseController(w).Flush()
		<-first // sent after the first line was heard
		fmt.Fprintln(w, finalLine)
	}
	p := f.start(t)
	var heard, stop time.Time
	for ev, err := range p.Stream(t.Context(), ask("hi")) {
		if err != nil {
			t.Fatal(err)
		}
		switch ev := ev.(type) {
		case providers.Delta:
			if heard.IsZero() {
				heard = time.Now()
				if ev.At.After(heard) {
					t.Error("a stamp from the future")
				}
				first <- heard
			}
		case providers.Stop:
			stop = ev.At
		}
	}
	if !stop.After(heard) {
		t.Errorf("the end is stamped %s before it was sent", heard.Sub(stop))
	}
}

func TestLongLinesArriveWhole(t *testing.T) {
	for _, size := range []int{500 << 10, 9 << 20} {
		text := strings.Repeat("x", size)
		f := chatting()
		f.chat = streams(`{"model":"m","message":{"content":"`+text+`"},"done":false}`, finalLine)
		if h := hear(t, f.start(t), ask("hi")); h.err != nil || len(h.text) != size+2 {
			t.Errorf("%d bytes became %d: %v", size, len(h.text), h.err)
		}
	}
}

// A handshake would be in the next answer's time to the first token.
func TestNextAnswerUsesTheSameConnection(t *testing.T) {
	f := chatting()
	var dialled atomic.Int32
	s := httptest.NewUnstartedServer(f)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			dialled.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	p := made(t, s.URL)
	f.chat = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, finalLine)
		_ = http.NewResponseController(w).Flush()
		time.Sleep(5 * time.Millisecond) // so that the body's end comes in a packet of its own
	}
	for range 3 {
		if h := hear(t, p, ask("hi")); h.err != nil {
			t.Fatal(h.err)
		}
	}
	if n := dialled.Load(); n != 1 {
		t.Errorf("three answers took %d connections", n)
	}
}

func TestSentTellsWhichBuildAnswers(t *testing.T) {
	f := chatting()
	f.quantization, f.template, f.digest, f.version = "Q4_K_M", "{{ .Prompt }}", "sha256:abc", "0.17.4"
	p := f.start(t)
	want := providers.Build{Digest: "sha256:abc", Quantization: "Q4_K_M", Template: "{{ .Prompt }}", Server: "ollama 0.17.4"}
	for range 2 {
		if got := hear(t, p, ask("hi")).sent.Build; got == nil || *got != want {
			t.Errorf("got %+v", got)
		}
	}
	if f.asked("/api/tags") != 1 || f.asked("/api/version") != 1 {
		t.Errorf("asked every time: %v", f.paths)
	}

	silent := &fake{hidden: []string{"/api/show", "/api/tags", "/api/version"}}
	if got := hear(t, silent.start(t), ask("hi")).sent.Build; got != nil {
		t.Errorf("of a server that says nothing: %+v", got)
	}
}

func TestAQuestionThatIsStoppedWhileTheServerIsLookedAtIsNotSent(t *testing.T) {
	f := chatting() // which has not loaded the model, and says so
	p := f.start(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var last error
	for ev, err := range p.Stream(ctx, ask("hi")) {
		last = err
		switch ev.(type) {
		case providers.Notice:
			cancel(providers.ErrStopped)
		case providers.Sent:
			t.Error("it was sent")
		}
	}
	if providers.AsError(last).Kind != providers.Stopped || f.asked("/api/chat") != 0 || f.asked("/api/version") != 0 {
		t.Errorf("%v after %v", last, f.paths)
	}
}
