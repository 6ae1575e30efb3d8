package demo

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"juxta/providers"
)

func TestAScriptKeepsItsPaceExactly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hear(t, ask("script:ttft=250,tps=40,think=20,n=81,chunk=4", "12345678"))
		if h.err != nil {
			t.Fatal(h.err)
		}
		if want := (providers.Usage{Input: 2, Output: 101, Reasoning: 20}); *h.stop.Usage != want {
			t.Errorf("usage %+v, want %+v", *h.stop.Usage, want)
		}
		tm := h.timing
		if tm.FirstToken != 250*time.Millisecond || tm.Last != 250*time.Millisecond+100*time.Second/40 || tm.Total != tm.Last {
			t.Errorf("first %s, last %s, total %s", tm.FirstToken, tm.Last, tm.Total)
		}
		// The answer's first chunk ends with the 24th token.
		if want := 250*time.Millisecond + 23*time.Second/40; tm.FirstAnswer != want {
			t.Errorf("the answer begins at %s, want %s", tm.FirstAnswer, want)
		}
		if s := tm.Speed(*h.stop.Usage); s != 40 {
			t.Errorf("speed %f", s)
		}
		if len(tm.Chunks) != 20/4+21 {
			t.Errorf("%d chunks", len(tm.Chunks))
		}
	})
}

func TestASlowReaderDoesNotChangeTheStamps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tm providers.Timing
		for range providers.Meter(demo(t).Stream(t.Context(), ask("script:ttft=30,tps=100,n=11", "x")), &tm) {
			time.Sleep(70 * time.Millisecond)
		}
		if tm.FirstToken != 30*time.Millisecond || tm.Last != 130*time.Millisecond {
			t.Errorf("first %s, last %s", tm.FirstToken, tm.Last)
		}
	})
}

func TestASentComesFirstAndAStopLast(t *testing.T) {
	h := hear(t, ask("script:think=3,n=5,finish=tool", "x"))
	if _, ok := h.events[0].(providers.Sent); !ok {
		t.Errorf("the first event is %T", h.events[0])
	}
	if _, ok := h.events[len(h.events)-1].(providers.Stop); !ok {
		t.Errorf("the last event is %T", h.events[len(h.events)-1])
	}
	at := time.Time{}
	for _, ev := range h.events {
		now := at
		switch ev := ev.(type) {
		case providers.Sent:
			now = ev.At
		case providers.Thought:
			now = ev.At
		case providers.Delta:
			now = ev.At
		case providers.ToolCall:
			now = ev.At
		case providers.Stop:
			now = ev.At
		}
		if now.Before(at) || now.IsZero() {
			t.Errorf("%T is stamped %s, after %s", ev, now, at)
		}
		at = now
	}
}

func TestLoadingIsAnnouncedAndNotCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		h := hear(t, ask("script:load=3000,ttft=10,n=1", "x"))
		if n, ok := h.events[0].(providers.Notice); !ok || n.Text != "loading" || !n.Wait {
			t.Errorf("first comes %+v", h.events[0])
		}
		if h.timing.FirstToken != 10*time.Millisecond || time.Since(began) != 3010*time.Millisecond {
			t.Errorf("first token %s, all %s", h.timing.FirstToken, time.Since(began))
		}
		if h.stop.Server.Load == nil || *h.stop.Server.Load != 3*time.Second {
			t.Errorf("the server's own time is %+v", h.stop.Server)
		}
	})
}

func TestAModelIsInMemoryOnceItWasLoaded(t *testing.T) {
	p := demo(t)
	for model, want := range map[string][]string{
		"script:load=1x2,n=1": {"absent", "absent", "resident", "resident"},
		"script:load=1,n=1":   {"absent", "absent", "absent"},
		"script:n=1":          {"unsaid"},
	} {
		for i, want := range want {
			said, loads := "unsaid", false
			for ev, err := range p.Stream(t.Context(), ask(model, "x")) {
				switch ev := ev.(type) {
				case providers.Sent:
					if ev.Resident != nil {
						said = map[bool]string{true: "resident", false: "absent"}[*ev.Resident]
					}
				case providers.Stop:
					loads = ev.Server.Load != nil
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if said != want || loads != (want == "absent") {
				t.Errorf("%s, request %d: the model is %s, a load reported %v", model, i+1, said, loads)
			}
		}
	}
}

func TestAScriptSaysWhatItIsTold(t *testing.T) {
	said := "commas, = signs, 100 % + more\nand ünïcode"
	if h := hear(t, ask("script:say="+url.QueryEscape(said), "x")); h.text != said {
		t.Errorf("said %q, want %q", h.text, said)
	}
	if h := hear(t, ask("script:say=hello world,n=2", "x")); h.text != "hello wo" || h.stop.Usage.Output != 2 {
		t.Errorf("said %q", h.text)
	}
	req := ask("script:echo=1", "one", "two", "three")
	req.System = "be brief"
	req.Messages[2].Parts = append(req.Messages[2].Parts, providers.Blob{MIME: "image/png", Data: []byte("abc")})
	want := "system: be brief\nuser: one\nassistant: two\nuser: three [image/png, 3 bytes]\n"
	if h := hear(t, req); h.text != want {
		t.Errorf("echo:\n%s\nwant:\n%s", h.text, want)
	}
}

func TestEveryTextHasTheLengthAskedFor(t *testing.T) {
	for _, kind := range []string{"plain", "md", "cjk", "emoji", "long", "hostile"} {
		for _, n := range []int{0, 1, 50, 1234} {
			h := hear(t, ask(fmt.Sprintf("script:text=%s,n=%d", kind, n), "x"))
			if h.err != nil || h.stop.Usage.Output != n || len(tokenize(h.text, false)) != n {
				t.Errorf("%s: %v, %d tokens reported, %d counted, want %d", kind, h.err, h.stop.Usage.Output, len(tokenize(h.text, false)), n)
			}
		}
		if h := hear(t, ask("script:text="+kind, "x")); len(h.text) < 100 {
			t.Errorf("%s alone says %q", kind, h.text)
		}
	}
}

func TestHostileTextHoldsWhatItPromises(t *testing.T) {
	h := hear(t, ask("script:text=hostile", "x"))
	for _, want := range []string{"\x1b]52;", "\u009d", "\x9b", "\u202e", "\u200b", "\xff\xfe", "<script>", "\x00"} {
		if !strings.Contains(h.text, want) {
			t.Errorf("%q is not in it", want)
		}
	}
	if utf8.ValidString(h.text) {
		t.Error("it is valid UTF-8")
	}
}

func TestTokensNeverSplitACharacter(t *testing.T) {
	for _, kind := range []string{"cjk", "emoji", "md"} {
		for _, tok := range tokenize(passages[kind], false) {
			if !utf8.ValidString(tok.text) || len(tok.text) > 4 || tok.text == "" {
				t.Errorf("%s: %q", kind, tok.text)
			}
		}
	}
}

func TestEveryKindOfErrorCanBeScripted(t *testing.T) {
	for _, kind := range []providers.Kind{
		providers.Auth, providers.Quota, providers.RateLimit, providers.Overloaded, providers.NotFound,
		providers.ContextFull, providers.Unsupported, providers.Declined, providers.Unreachable, providers.Timeout,
		providers.Truncated, providers.Malformed, providers.ServerFault, providers.Stopped,
	} {
		h := hear(t, ask(fmt.Sprintf("script:err=%s,n=5", kind), "x"))
		if h.err == nil || h.err.Kind != kind || h.text != "" || len(h.events) != 1 {
			t.Errorf("%s: %v after %q", kind, h.err, h.text)
		}
		h = hear(t, ask(fmt.Sprintf("script:err=%s@3,n=5,retry=1.5,status=499", kind), "x"))
		if h.err == nil || h.err.Kind != kind || len(tokenize(h.text, false)) != 3 || h.err.RetryAfter != 1500*time.Millisecond || h.err.Status != 499 {
			t.Errorf("%s after 3 tokens: %+v after %q", kind, h.err, h.text)
		}
	}
	if h := hear(t, ask("script:err=rate_limit", "x")); h.err.Status != 429 || !h.err.Retryable() {
		t.Errorf("a rate limit has status %d", h.err.Status)
	}
}

func TestErrorsStopAfterTheirTimes(t *testing.T) {
	p := demo(t)
	for i := range 4 {
		h := listen(p.Stream(t.Context(), ask("script:err=overloadedx2,n=3", "x")))
		if failed := h.err != nil; failed != (i < 2) {
			t.Errorf("request %d: %v", i+1, h.err)
		}
	}
	if h := listen(p.Stream(t.Context(), ask("script:err=overloadedx2,n=4", "x"))); h.err == nil {
		t.Error("another name's requests were counted with it")
	}
}

func TestACutStreamIsTruncated(t *testing.T) {
	h := hear(t, ask("script:err=cut@2,n=9", "x"))
	if h.err == nil || h.err.Kind != providers.Truncated || len(h.text) != 8 || h.stop != nil {
		t.Errorf("%v after %q", h.err, h.text)
	}
}

func TestCancellingEndsAtOnce(t *testing.T) {
	for _, model := range []string{"script:load=60000", "script:ttft=60000", "script:tps=1,n=100", "script:err=hang@1", "script:err=hang,ttft=1"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(1500*time.Millisecond, func() { cancel(providers.ErrStopped) })
			began := time.Now()
			h := listen(demo(t).Stream(ctx, ask(model, "x")))
			if h.err == nil || h.err.Kind != providers.Stopped || time.Since(began) != 1500*time.Millisecond {
				t.Errorf("%s: %v after %s", model, h.err, time.Since(began))
			}
		})
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("went away"))
	if h := listen(demo(t).Stream(ctx, ask("swift", "x"))); h.err == nil || len(h.events) > 0 {
		t.Errorf("a context that had ended: %v after %d events", h.err, len(h.events))
	}
}

func TestLeavingEarlyEndsTheAnswer(t *testing.T) {
	for stop := range 8 {
		n := 0
		for range demo(t).Stream(t.Context(), ask("script:think=2,n=2,finish=tool", "x")) {
			if n++; n > stop {
				break // a yield after this panics
			}
		}
	}
}

func TestFinishesAreReported(t *testing.T) {
	if h := hear(t, ask("script:finish=length", "x")); h.stop.Reason != providers.Length {
		t.Error(h.stop.Reason)
	}
	if h := hear(t, ask("script:finish=refusal,say=No", "x")); h.stop.Reason != providers.Refused || h.refusal != "No" || h.text != "" {
		t.Errorf("%s, refusal %q, text %q", h.stop.Reason, h.refusal, h.text)
	}
	h := hear(t, ask("script:finish=tool,n=2", "x"))
	called := slices.ContainsFunc(h.events, func(ev providers.Event) bool {
		c, ok := ev.(providers.ToolCall)
		return ok && c.Name == "lookup" && c.ID != "" && strings.HasPrefix(c.Arguments, "{")
	})
	if h.stop.Reason != providers.ToolUse || !called || h.stop.Usage.Output <= 2 {
		t.Errorf("%+v, called %t", h.stop, called)
	}
	synctest.Test(t, func(t *testing.T) {
		h := hear(t, ask("script:ttft=200,tps=10,finish=tool,n=0", "x"))
		for _, ev := range h.events {
			if c, ok := ev.(providers.ToolCall); ok && c.First.Sub(h.timing.Sent) != 200*time.Millisecond {
				t.Errorf("the first token of a call that nothing is said before came after %v", c.First.Sub(h.timing.Sent))
			}
		}
	})
	if h := hear(t, ask("script:nousage=1", "x")); h.stop.Usage != nil || h.stop.Raw != nil {
		t.Errorf("usage %v", h.stop.Usage)
	}
}

func TestAWrongScriptNamesWhatIsWrong(t *testing.T) {
	for name, want := range map[string]string{
		"script:speed=3":       "speed",
		"script:tps=fast":      "tps=fast",
		"script:n=-1":          "n=-1",
		"script:n=9000000":     "n=9000000",
		"script:chunk=0":       "chunk=0",
		"script:ttft":          "ttft",
		"script:text=poem":     "text=poem",
		"script:finish=later":  "finish=later",
		"script:err=bored":     "err=bored",
		"script:err=authx0":    "err=authx0",
		"script:retry=-1":      "retry=-1",
		"script:retry=NaN":     "retry=NaN",
		"script:say=%zz":       "say=%zz",
		"script:echo=perhaps":  "echo=perhaps",
		"script:n=1,,tps=2":    `""`,
		"script:nousage=dunno": "nousage=dunno",
	} {
		h := hear(t, ask(name, "x"))
		if h.err == nil || h.err.Kind != providers.Unsupported || !strings.Contains(h.err.Error(), want) || len(h.events) > 0 {
			t.Errorf("%s: %v", name, h.err)
		}
	}
}

func TestInputCountsEverythingTold(t *testing.T) {
	req := ask("script:n=0", "12345", "1234", "12345678")                                                    // 2, 1 and 2 tokens
	req.System = "1234"                                                                                      // 1
	req.Messages[1].Parts = append(req.Messages[1].Parts, providers.ToolCall{Name: "look", Arguments: "{}"}) // 2
	req.Messages[2].Parts = append(req.Messages[2].Parts, providers.ToolResult{Text: "1234"}, providers.Blob{Data: make([]byte, 99)})
	if h := hear(t, req); h.stop.Usage.Input != 2+1+2+1+2+1+pictureTokens {
		t.Errorf("%d tokens", h.stop.Usage.Input)
	}
}
