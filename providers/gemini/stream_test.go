package gemini_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

const used = `{"candidates":[],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5,"totalTokenCount":15}}`

func TestThoughtsTextAndCallsComeApart(t *testing.T) {
	got := answered(t, stream(
		parts("", `{"text":"hm","thought":true}`, `{"text":"","thought":true}`),
		parts("", `{"text":"It "}`, `{"text":"is.","thoughtSignature":"c2ln"}`, `{"thoughtSignature":"c2ln"}`),
		parts("", `{"functionCall":{"name":"a","args":{"x": 1}},"thoughtSignature":"c2ln"}`, `{"functionCall":{"id":"7","name":"b"}}`),
		parts("STOP", `{"text":""}`), used,
	))
	if got.thoughts.String() != "hm" || got.text.String() != "It is." || len(got.notices) != 0 {
		t.Errorf("thoughts %q, text %q, notices %q", got.thoughts.String(), got.text.String(), got.notices)
	}
	if len(got.calls) != 2 || got.calls[0].Arguments != `{"x": 1}` || got.calls[0].ID != "" || got.calls[1].ID != "7" || got.calls[1].Arguments != "{}" {
		t.Errorf("%+v", got.calls)
	}
	want := providers.Usage{Input: 10, Output: 5}
	if s := got.stop; s.Reason != providers.ToolUse || s.Model != "m-1" || s.RequestID != "r-1" || *s.Usage != want {
		t.Errorf("%+v, usage %+v", s, s.Usage)
	}
}

func TestWhatIsNotShownIsTold(t *testing.T) {
	for part, notice := range map[string]string{
		`{"inlineData":{"mimeType":"image/png","data":"AAAAAAAA"}}`:     `not shown: "image/png", 6 bytes`,
		`{"inlineData":{"mimeType":"` + key + `/x","data":5}}`:          `not shown: "[secret]/x"`,
		`{"fileData":{"mimeType":"video/mp4","fileUri":"https://x"}}`:   "a file that is not shown",
		`{"executableCode":{"language":"PYTHON","code":"1"}}`:           "ran code",
		`{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"1"}}`: "ran code",
		`{"hologram":{"x":1}}`:         "a kind that juxta does not know",
		`{"functionCall":{"args":{}}}`: "a kind that juxta does not know",
		`{"executableCode":{"code":"1"}},{"executableCode":{"code":"2"}}`:  "ran code",
		`{"text":5,"inlineData":{"mimeType":"image/png","data":"AAAA"}}`:   "3 bytes",
		`{"functionCall":null,"executableCode":null,"text":null,"new":[]}`: "a kind that juxta does not know",
	} {
		got := answered(t, stream(parts("", part), parts("STOP", `{"text":"ok"}`)))
		if got.text.String() != "ok" || len(got.notices) != 1 {
			t.Errorf("%s: %q, %q", part, got.text.String(), got.notices)
		}
		got.noted(t, notice)
	}
}

func TestWhyAnAnswerEndedIsToldAfterWhateverElse(t *testing.T) {
	var odd []string
	for i := range 50 {
		odd = append(odd, fmt.Sprintf(`{"inlineData":{"mimeType":"image/x%d"}}`, i))
	}
	got := answered(t, stream(parts("MAX_TOKENS", odd...)))
	got.noted(t, "before the answer began")
	if n := len(got.notices); n > 21 {
		t.Errorf("%d notices", n)
	}
}

func TestOnlyTheFirstCandidateAnswers(t *testing.T) {
	got := answered(t, stream(`{"candidates":[{"index":1,"content":{"parts":[{"text":"no"}]},"finishReason":"SAFETY"},{"content":{"parts":[{"text":"yes"}]},"finishReason":"STOP"}]}`))
	if got.text.String() != "yes" || got.stop == nil || got.stop.Reason != providers.Finished {
		t.Errorf("%q, %+v", got.text.String(), got.stop)
	}
}

// A finish beside code that is still to run ends a step: more follows, and it
// may follow late.
func TestAFinishBesideCodeIsNotTheEnd(t *testing.T) {
	got := answered(t, stream(parts("STOP", `{"executableCode":{"code":"1"}}`), parts("", `{"codeExecutionResult":{"output":"1"}}`), parts("MAX_TOKENS", `{"text":"one"}`)))
	if got.text.String() != "one" || got.stop.Reason != providers.Length {
		t.Errorf("%q, %+v", got.text.String(), got.stop)
	}
	if got = answered(t, stream(parts("STOP", `{"executableCode":{"code":"1"}}`))); got.stop == nil {
		t.Error(got.err)
	}
}

func TestWhatFollowsTheFinishCountsButCantFail(t *testing.T) {
	end := parts("STOP", `{"text":"a"}`)
	for name, body := range map[string]string{
		"usage":      stream(end, used),
		"more text":  stream(parts("STOP"), parts("", `{"text":"a"}`), used),
		"garbage":    stream(end, used, "oops"),
		"an error":   stream(end, used) + `{"error":{"code":500,"message":"late"}}`,
		"cut short":  stream(end, used) + `data: {"candidates":[`,
		"[DONE]":     stream(end, used, "[DONE]"),
		"no newline": strings.TrimSpace(stream(end, used)),
	} {
		got := answered(t, body)
		if got.stop == nil || got.text.String() != "a" || got.stop.Usage == nil || got.stop.Usage.Output != 5 {
			t.Errorf("%s: %q, %+v, %v", name, got.text.String(), got.stop, got.err)
		}
	}
}

func TestAServiceThatFinishesButNeverClosesIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		got := listen(t, provider(t, home, stuck(stream(parts("STOP", `{"text":"a"}`)))), hello("gemini-3-flash"))
		if got.stop == nil || time.Since(began) > long {
			t.Errorf("%+v after %s, %v", got.stop, time.Since(began), got.err)
		}
	})
}

// The same answer, however it is wrapped.
func TestEveryWrappingIsRead(t *testing.T) {
	a, b := parts("", `{"text":"a { \\ \" [ "}`), parts("STOP", `{"text":"b } ]"}`)
	var pretty strings.Builder
	for i, c := range []string{a, b, used} {
		var v any
		_ = json.Unmarshal([]byte(c), &v)
		text, _ := json.MarshalIndent(v, "", "  ")
		pretty.WriteString(map[bool]string{true: "[", false: "\n,\r\n"}[i == 0] + string(text))
	}
	pretty.WriteString("\n]\n")
	for name, body := range map[string]string{
		"events":              stream(a, b, used),
		"events, LF":          strings.ReplaceAll(stream(a, b, used), "\r", ""),
		"events, all fields":  ": hi\n\nevent: message\nid: 1\nretry: 5\n" + stream(a, b, used),
		"without spaces":      strings.ReplaceAll(stream(a, b, used), "data: ", "data:"),
		"no blank lines":      strings.ReplaceAll(stream(a, b, used), "\n\r\n", "\n"),
		"an array":            "[" + a + "," + b + ",\r\n" + used + "]",
		"an array over lines": pretty.String(),
		"an array as data":    "data: " + strings.ReplaceAll(strings.TrimSpace(pretty.String()), "\n", "\ndata: ") + "\n\n",
		"one object a line":   a + "\n" + b + "\n" + used,
		"with a BOM":          "\xef\xbb\xbf" + stream(a, b, used),
	} {
		got := answered(t, body)
		if got.stop == nil || got.text.String() != `a { \ " [ b } ]` || got.stop.Usage == nil || got.stop.RequestID != "r-1" {
			t.Errorf("%s: %q, %+v, %v", name, got.text.String(), got.stop, got.err)
		}
	}
}

func TestEveryFinishIsSorted(t *testing.T) {
	for finish, want := range map[string]struct {
		reason providers.Reason
		notice string
	}{
		"STOP": {providers.Finished, ""}, "MAX_TOKENS": {providers.Length, ""}, "CONTINUATION": {providers.Length, "juxta does not ask"},
		"SAFETY": {providers.Refused, "safety filter"}, "RECITATION": {providers.Refused, "recites"}, "BLOCKLIST": {providers.Refused, "blocked term"},
		"PROHIBITED_CONTENT": {providers.Refused, "prohibited"}, "SPII": {providers.Refused, "personal"}, "IMAGE_SAFETY": {providers.Refused, "picture"},
		"MODEL_ARMOR": {providers.Refused, "Model Armor"}, "SOMETHING_NEW": {providers.Finished, `does not know: "SOMETHING_NEW"`},
	} {
		got := answered(t, stream(parts(finish, `{"text":"so"}`)))
		if got.stop == nil || got.stop.Reason != want.reason || got.text.String() != "so" {
			t.Errorf("%s: %+v, %v", finish, got.stop, got.err)
		}
		if (want.notice == "") != (len(got.notices) == 0) {
			t.Errorf("%s: notices %q", finish, got.notices)
		}
		got.noted(t, want.notice)
	}
	for _, finish := range []string{"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "OTHER", "NO_IMAGE"} {
		got := answered(t, stream(parts(finish, `{"text":"so"}`)))
		got.failed(t, providers.Truncated, finish)
		if got.text.String() != "so" {
			t.Errorf("%s: what came is lost", finish)
		}
	}
	body := `{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"Malformed function call: print(` + key + `)"}]}`
	answered(t, stream(body)).failed(t, providers.Truncated, "a tool call that can't be read (Malformed function call: print([secret]))")
	answered(t, stream(parts("MAX_TOKENS"))).noted(t, "before the answer began")
	answered(t, stream(parts("STOP"))).noted(t, "ended without an answer")
}

func TestABlockedPromptIsAnErrorOfItsOwnKind(t *testing.T) {
	for _, body := range []string{
		stream(`{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT","blockReasonMessage":"no ` + key + `"},"usageMetadata":{"promptTokenCount":5}}`),
		`[{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT","blockReasonMessage":"no"},"modelVersion":"m"}]`,
	} {
		answered(t, body).failed(t, providers.Declined, "the prompt was blocked: PROHIBITED_CONTENT: no")
	}
	got := answered(t, stream(`{"promptFeedback":{"safetyRatings":[]}}`, parts("STOP", `{"text":"a"}`)))
	if got.stop == nil {
		t.Error(got.err)
	}
}

func TestAStreamWithoutItsEndIsTruncated(t *testing.T) {
	for name, body := range map[string]string{
		"no finish": stream(parts("", `{"text":"so"}`)), "nothing": "", "comments": ": hi\n\n: ho\n\n",
		"in a chunk": stream(parts("", `{"text":"so"}`)) + `data: {"candidates":[{"content":{"parts":[{"te`,
		"no answer":  stream(`{"candidates":[]}`, used), "unspecified": stream(parts("FINISH_REASON_UNSPECIFIED", `{"text":"so"}`)),
		"[DONE]": stream("[DONE]"), "an open array": "[" + parts("", `{"text":"so"}`) + ",",
	} {
		got := answered(t, body)
		got.failed(t, providers.Truncated)
		if strings.Contains(body, `"so"`) && got.text.String() != "so" {
			t.Errorf("%s: what came is lost", name)
		}
	}
}

func TestWhatIsNotTheProtocolIsSaidSo(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 20000)
	for name, tt := range map[string]struct{ body, words string }{
		"text":             {stream("sorry, " + key), `not JSON: "sorry, [secret]"`},
		"broken":           {stream(`{"candidates":[}`), "not JSON"},
		"open, then more":  {stream(`{"candidates":[{"content":{"par`, parts("STOP", `{"text":"so"}`)), "not JSON"},
		"more after it":    {stream(parts("", `{"text":"a"}`) + ` and more`), `"and more"`},
		"a string":         {stream(`"hi"`), "not JSON"},
		"null":             {stream(`null`), "not JSON"},
		"control":          {stream("{\"candidates\":[\x00]}"), "not JSON"},
		"bare words":       {"upstream said no to " + key, `no answer: "upstream said no to [secret]"`},
		"a page":           {"<html><title>Sign in</title>", "Sign in"},
		"too deep":         {stream(deep + "1" + strings.Repeat("}", 20000)), "not JSON"},
		"a key that's cut": {"data: " + strings.Repeat("x", 70) + key, "not JSON"},
	} {
		got := answered(t, tt.body)
		if e := got.failed(t, providers.Malformed, tt.words); strings.Contains(e.Error(), key[:8]) {
			t.Errorf("%s: a part of the key is told: %v", name, e)
		}
	}
}

func TestOddFieldsCostNothingElse(t *testing.T) {
	got := answered(t, stream(
		`{"candidates":{"no":"list"}}`, `{}`, `{"keepalive":1}`, `{"candidates":[null]}`, `{"candidates":[{"content":null}]}`, `{"candidates":[{"content":{"parts":null}}]}`,
		`{"candidates":[{"content":{"parts":[{"text":"a"}],"role":5},"index":"x"}],"usageMetadata":"none","modelVersion":7}`,
		parts("STOP", `{"text":"b"}`)))
	if got.stop == nil || got.text.String() != "ab" || got.stop.Usage != nil && got.stop.Usage.Input != 0 {
		t.Errorf("%q, %+v, %v", got.text.String(), got.stop, got.err)
	}
}

func TestALongLineIsReadWhole(t *testing.T) {
	text := strings.Repeat("long ", 1<<20)
	got := listen(t, provider(t, home, &replay{status: 200, body: stream(parts("STOP", `{"text":"`+text+`"}`))}), hello("m"))
	if got.text.String() != text {
		t.Errorf("%d bytes of %d, %v", got.text.Len(), len(text), got.err)
	}
}

func TestEventsAreStampedWhenTheirBytesArrived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var at []time.Duration
		p := provider(t, home, &replay{status: 200, body: strings.ReplaceAll(stream(parts("", `{"text":"a"}`), parts("", `{"text":"b"}`), parts("STOP")), "\r\n\r\n", "\n"), split: slowly})
		for ev, err := range p.Stream(t.Context(), hello("m")) {
			if err != nil {
				t.Fatal(err)
			}
			if d, ok := ev.(providers.Delta); ok {
				at = append(at, d.At.Sub(start))
				time.Sleep(5 * time.Second) // a slow screen
			}
		}
		if want := []time.Duration{time.Second, 7 * time.Second}; !reflect.DeepEqual(at, want) {
			t.Errorf("stamped %v, want %v", at, want)
		}
	})
}

func TestLeavingOrCancellingClosesTheConnection(t *testing.T) {
	for name, end := range map[string]func(context.CancelCauseFunc) bool{
		"left":      func(context.CancelCauseFunc) bool { return false },
		"cancelled": func(cancel context.CancelCauseFunc) bool { cancel(providers.ErrStopped); return true },
	} {
		closed := make(chan struct{})
		p := at(t, func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, stream(parts("", `{"text":"a"}`)))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			close(closed)
		})
		ctx, cancel := context.WithCancelCause(t.Context())
		for ev, err := range p.Stream(ctx, hello("m")) {
			if err != nil {
				if k := providers.AsError(err).Kind; k != providers.Stopped {
					t.Errorf("%s: %v", name, err)
				}
				break
			}
			if _, ok := ev.(providers.Delta); ok && !end(cancel) {
				break
			}
		}
		select {
		case <-closed:
		case <-time.After(long):
			t.Errorf("%s: the connection stays", name)
		}
		cancel(nil)
	}
}

func TestNothingIsSentOnceTheNoticesWereLeft(t *testing.T) {
	r := &replay{status: 200, body: stream(parts("STOP"))}
	req := hello("gemini-3-flash")
	req.Params.Context = 5
	for range provider(t, home, r).Stream(t.Context(), req) {
		break
	}
	if r.req != nil {
		t.Error("it was sent")
	}
}

func TestUsageComesInDisjointBuckets(t *testing.T) {
	for _, tt := range []struct {
		raw  string
		want providers.Usage
	}{
		{`{"promptTokenCount":100,"cachedContentTokenCount":60,"candidatesTokenCount":7,"thoughtsTokenCount":3,"toolUsePromptTokenCount":11,"totalTokenCount":121}`, providers.Usage{Input: 51, CacheRead: 60, Output: 10, Reasoning: 3}},
		{`{"promptTokenCount":100,"cachedContentTokenCount":60,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":80},{"modality":"TEXT","tokenCount":20}],"cacheTokensDetails":[{"modality":"AUDIO","tokenCount":50}]}`, providers.Usage{Input: 40, CacheRead: 60, Audio: 30}},
		{`{"promptTokenCount":100,"toolUsePromptTokenCount":11,"thoughtsTokenCount":3,"totalTokenCount":121}`, providers.Usage{Input: 111, Output: 10, Reasoning: 3}},
		{`{"promptTokenCount":100,"thoughtsTokenCount":3,"totalTokenCount":1}`, providers.Usage{Input: 100, Output: 3, Reasoning: 3}},
		{`{"promptTokenCount":1,"serviceTier":"standard"}`, providers.Usage{Input: 1}},
		{`{"promptTokenCount":1,"serviceTier":"flex"}`, providers.Usage{Input: 1, Tier: "flex"}},
		{`{"promptTokenCount":1,"serviceTier":"PRIORITY"}`, providers.Usage{Input: 1, Tier: "priority"}},
		{`{"promptTokenCount":1,"trafficType":"ON_DEMAND"}`, providers.Usage{Input: 1}},
		{`{"promptTokenCount":1,"candidatesTokenCount":9,"candidatesTokensDetails":[{"modality":"TEXT","tokenCount":9},{"modality":"IMAGE"}]}`, providers.Usage{Input: 1, Output: 9}},
		{`{"promptTokenCount":1,"candidatesTokenCount":1300,"candidatesTokensDetails":[{"modality":"TEXT","tokenCount":10},{"modality":"IMAGE","tokenCount":1290}]}`, providers.Usage{Input: 1, Output: 1300, Tier: "image-output"}},
		{`{"promptTokenCount":1,"candidatesTokenCount":25,"candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":25}],"serviceTier":"flex"}`, providers.Usage{Input: 1, Output: 25, Tier: "flex+audio-output"}},
		{`{"promptTokenCount":1,"trafficType":"ON_DEMAND_FLEX"}`, providers.Usage{Input: 1, Tier: "flex"}},
		{`{"promptTokenCount":1,"trafficType":"PROVISIONED_THROUGHPUT"}`, providers.Usage{Input: 1}},
		{`{"promptTokenCount":5,"cachedContentTokenCount":50,"candidatesTokenCount":-4}`, providers.Usage{CacheRead: 5}},
		{`{"promptTokenCount":"9","candidatesTokenCount":"4","thoughtsTokenCount":2.0}`, providers.Usage{Input: 9, Output: 6, Reasoning: 2}},
	} {
		got := answered(t, stream(`{"usageMetadata":{"promptTokenCount":999}}`, parts("STOP"), `{"usageMetadata":`+tt.raw+`}`, `{"usageMetadata":{"trafficType":"ON_DEMAND"}}`))
		if got.stop == nil || *got.stop.Usage != tt.want || string(got.stop.Raw) != tt.raw {
			t.Errorf("%s: %+v", tt.raw, got.stop)
		}
	}
	for _, body := range []string{
		stream(`{"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":1}}`, parts("STOP", `{"text":"more than one"}`)),
		stream(parts("STOP", `{"text":"hi"}`), `{"usageMetadata":{"promptTokenCount":9,"thoughtsTokenCount":4}}`),
		stream(parts("STOP", `{"functionCall":{"name":"f"}}`), `{"usageMetadata":{"promptTokenCount":9,"totalTokenCount":9}}`),
		stream(parts("STOP")), stream(parts("STOP"), `{"usageMetadata":{"trafficType":"ON_DEMAND"}}`),
		stream(parts("STOP"), `{"usageMetadata":{"promptTokenCount":1e300,"candidatesTokenCount":4}}`), stream(parts("STOP"), `{"usageMetadata":{"candidatesTokenCount":4}}`),
	} {
		if got := answered(t, body); got.stop.Usage != nil {
			t.Errorf("usage %+v, but none was sent", got.stop.Usage)
		}
	}
}

// What the service has counted is paid for also if the answer breaks off, and it
// counts pictures and the results of its own tools later than the rest.
func TestAPromptIsToldAsItIsCounted(t *testing.T) {
	var told []int
	p := provider(t, home, &replay{status: 200, body: stream(
		`{"usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":1}}`, `{"usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":2}}`,
		`{"usageMetadata":{"promptTokenCount":1097,"candidatesTokenCount":3}}`, parts("", `{"text":"so"}`))})
	for ev := range p.Stream(t.Context(), hello("m")) {
		if c, ok := ev.(providers.Counted); ok {
			told = append(told, c.Usage.Prompt())
		}
	}
	if !slices.Equal(told, []int{12, 1097}) {
		t.Errorf("told %v", told)
	}
}

func TestAnAnswerInOnePieceSaysSo(t *testing.T) {
	one := parts("STOP", `{"text":"a"}`)
	for body, whole := range map[string]bool{
		one: true, "\n" + strings.ReplaceAll(one, ",", ",\n"): true,
		stream(one): false, "[" + one + "]": false, parts("", `{"text":"a"}`) + "\n" + parts("STOP"): false,
	} {
		if got := answered(t, body); got.stop == nil || got.text.String() != "a" || got.stop.Whole != whole {
			t.Errorf("%s: %+v, %v", body, got.stop, got.err)
		}
	}
}
