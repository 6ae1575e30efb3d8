package anthropic

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"juxta/providers"
)

// everything is a stream with a block of every type.
var everything = events(
	`{"type":"message_start","message":{"id":"msg_1","model":"claude-x-20260101","usage":{"input_tokens":10,"cache_read_input_tokens":20,"output_tokens":1}}}`,
	`{"type":"ping"}`,
	`{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}`,
	`{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"let me "}}`,
	`{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"see"}}`,
	`{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"abc"}}`,
	`{"type":"content_block_stop","index":0}`,
	`{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"xyz"}}`,
	`{"type":"content_block_stop","index":1}`,
	`{"type":"content_block_start","index":2,"content_block":{"type":"redacted_thinking","data":"xyz"}}`,
	`{"type":"content_block_stop","index":2}`,
	`{"type":"content_block_start","index":3,"content_block":{"type":"server_tool_use","id":"srv","name":"web_search","input":{}}}`,
	`{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"q\":1}"}}`,
	`{"type":"content_block_stop","index":3}`,
	`{"type":"content_block_start","index":4,"content_block":{"type":"web_search_tool_result","content":[{"text":"not the answer"}]}}`,
	`{"type":"content_block_stop","index":4}`,
	`{"type":"content_block_start","index":5,"content_block":{"type":"text","text":"The "}}`,
	`{"type":"content_block_delta","index":5,"delta":{"type":"citations_delta","citation":{"cited_text":"no"}}}`,
	`{"type":"content_block_delta","index":5,"delta":{"type":"text_delta","text":"weather:"}}`,
	`{"type":"content_block_delta","index":5,"delta":{"type":"of_the_future","text":"?"}}`,
	`{"type":"content_block_stop","index":5}`,
	`{"type":"content_block_start","index":6,"content_block":{"type":"tool_use","id":"t1","name":"weather","input":{}}}`,
	`{"type":"content_block_delta","index":6,"delta":{"type":"input_json_delta","partial_json":""}}`,
	`{"type":"content_block_delta","index":6,"delta":{"type":"input_json_delta","partial_json":"{\"city\": "}}`,
	`{"type":"content_block_delta","index":6,"delta":{"type":"input_json_delta","partial_json":"\"Bern\"}"}}`,
	`{"type":"content_block_stop","index":6}`,
	`{"type":"content_block_start","index":7,"content_block":{"type":"tool_use","id":"t2","name":"clock","input":{"zone":"CET"}}}`,
	`{"type":"event_of_the_future","index":7}`,
	`{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":30}}`,
	stop,
)

func TestAnAnswerIsToldInItsParts(t *testing.T) {
	s := replying(200, everything)
	s.header.Set("Request-Id", "req_1")
	s.header.Set("Anthropic-Ratelimit-Requests-Remaining", "49")
	for name, split := range map[string]func(io.Reader) io.Reader{
		"whole": nil, "byte by byte": iotest.OneByteReader,
		"at random": func(r io.Reader) io.Reader { return pieces{r, rand.New(rand.NewPCG(3, 4))} },
	} {
		t.Run(name, func(t *testing.T) {
			s.split = split
			got := listen(t, behind(t, s), hello("claude-x"))
			if got.err != nil {
				t.Fatal(got.err)
			}
			if got.text.String() != "The weather:" || got.thoughts.String() != "let me see" {
				t.Errorf("said %q, thought %q", got.text.String(), got.thoughts.String())
			}
			calls := ""
			for _, c := range got.calls {
				calls += fmt.Sprintf("%s:%s(%s) ", c.ID, c.Name, c.Arguments)
			}
			if want := `t1:weather({"city": "Bern"}) t2:clock({"zone":"CET"}) `; calls != want {
				t.Errorf("called %s, want %s", calls, want)
			}
			if n := strings.Count(strings.Join(got.notices, "\n"), "encrypted"); n != 1 {
				t.Errorf("hidden thoughts were mentioned %d times", n)
			}
			want := providers.Stop{Reason: providers.ToolUse, Model: "claude-x-20260101", RequestID: "req_1"}
			if st := got.stop; st.Reason != want.Reason || st.Model != want.Model || st.RequestID != want.RequestID {
				t.Errorf("stop %+v", st)
			}
			if *got.stop.Usage != (providers.Usage{Input: 10, CacheRead: 20, Output: 30}) {
				t.Errorf("usage %+v", got.stop.Usage)
			}
			if l := got.stop.Limits.Requests; l == nil || l.Left != 49 {
				t.Errorf("limits %+v", got.stop.Limits)
			}
		})
	}
}

func TestEveryFinishHasItsReason(t *testing.T) {
	for finish, tt := range map[string]struct {
		reason providers.Reason
		notice string
	}{
		`"end_turn"`:                      {providers.Finished, ""},
		`"stop_sequence"`:                 {providers.Finished, ""},
		`null`:                            {providers.Finished, ""},
		`"max_tokens"`:                    {providers.Length, ""},
		`"model_context_window_exceeded"`: {providers.Length, "context is full"},
		`"pause_turn"`:                    {providers.Length, "paused"},
		`"tool_use"`:                      {providers.ToolUse, ""},
		`"refusal"`:                       {providers.Refused, "safety filter stopped"},
		`"something_new"`:                 {providers.Finished, "something_new"},
	} {
		got := listen(t, behind(t, replying(200, events(start, saying("so far"), `{"type":"message_delta","delta":{"stop_reason":`+finish+`}}`, stop))), hello("claude-opus-5"))
		if got.stop == nil || got.stop.Reason != tt.reason {
			t.Errorf("%s ended as %+v %v", finish, got.stop, got.err)
			continue
		}
		if tt.notice == "" && len(got.notices) > 0 {
			t.Errorf("%s: %q", finish, got.notices)
		}
		got.noticed(t, tt.notice)
		if got.text.String() != "so far" {
			t.Errorf("%s lost the text: %q", finish, got.text.String())
		}
	}
}

func TestARefusalIsNotAnError(t *testing.T) {
	got := listen(t, behind(t, replying(200, events(start,
		`{"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"type":"refusal","category":"bio","explanation":"This is about `+key+`."}},"usage":{"output_tokens":3}}`, stop))), hello("claude-opus-5"))
	if got.err != nil || got.stop.Reason != providers.Refused {
		t.Fatalf("ended with %+v %v", got.stop, got.err)
	}
	if got.refusal.String() != "This is about [secret]." {
		t.Errorf("refused with the words %q", got.refusal.String())
	}
	got.noticed(t, "safety filter (bio) stopped the answer")
	if n := len(got.notices); n != 1 {
		t.Errorf("%d notices: %q", n, got.notices)
	}
}

// A refusal's words count, and are stamped, when they come, and not when the
// stream ends.
func TestARefusalIsToldWhenItComes(t *testing.T) {
	declines := `{"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"explanation":"Not this."}}}`
	got := listen(t, behind(t, replying(200, events(start, declines, declines))), hello("claude-opus-5"))
	got.failed(t, providers.Truncated)
	if got.refusal.String() != "Not this." {
		t.Errorf("refused with the words %q", got.refusal.String())
	}
}

func TestAnAnswerInOnePieceIsReadToo(t *testing.T) {
	got := listen(t, behind(t, replying(200, `{"type":"message","id":"msg_1","model":"m","content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"yes"},
		{"type":"tool_use","id":"t","name":"f","input":{"a":1}}],"stop_reason":"tool_use","usage":{"input_tokens":3,"output_tokens":4}}`)), hello("claude-opus-5"))
	if got.err != nil {
		t.Fatal(got.err)
	}
	if got.text.String() != "yes" || got.thoughts.String() != "hm" || len(got.calls) != 1 || got.calls[0].Arguments != `{"a":1}` {
		t.Errorf("%+v", got)
	}
	if got.stop.Usage == nil || got.stop.Usage.Output != 4 || got.stop.RequestID != "msg_1" || !got.stop.Whole {
		t.Errorf("%+v", got.stop)
	}
}

func TestACountOfTheFirstTokenIsNoUsage(t *testing.T) {
	for name, finish := range map[string]string{
		"no usage at the end": `{"type":"message_delta","delta":{"stop_reason":"end_turn"}}`,
		"null at the end":     `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":null}`,
		"a prompt at the end": `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":10}}`,
		"no count at the end": `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":-7}}`,
		"words at the end":    `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":"many"}}`,
	} {
		got := listen(t, behind(t, replying(200, events(start, saying("four words, or so"), finish, stop))), hello("claude-opus-5"))
		if got.stop == nil || got.stop.Usage != nil || got.stop.Reason != providers.Finished {
			t.Errorf("%s: %+v, %v", name, got.stop, got.err)
		}
		if got.stop != nil && !strings.Contains(string(got.stop.Raw), `"output_tokens":1`) {
			t.Errorf("%s: what was sent is lost: %s", name, got.stop.Raw)
		}
	}
}

func TestUsageIsSortedIntoBuckets(t *testing.T) {
	usage := func(first, last string) *providers.Stop {
		return listen(t, behind(t, replying(200, events(
			`{"type":"message_start","message":{"usage":`+first+`}}`, `{"type":"message_delta","delta":{},"usage":`+last+`}`, stop))), hello("claude-opus-5")).stop
	}
	for name, tt := range map[string]struct {
		first, last string
		want        providers.Usage
		raw         string
	}{
		"the last counts": {
			`{"input_tokens":5,"output_tokens":1,"service_tier":"standard","speed":null}`, `{"input_tokens":9,"output_tokens":40,"service_tier":null,"speed":null}`,
			providers.Usage{Input: 9, Output: 40},
			`{"input_tokens":9,"output_tokens":40,"service_tier":"standard","speed":null}`,
		},
		"caches": {
			`{"input_tokens":300,"cache_creation_input_tokens":5000,"cache_read_input_tokens":20000,"cache_creation":{"ephemeral_5m_input_tokens":2000,"ephemeral_1h_input_tokens":3000}}`, `{"output_tokens":700}`,
			providers.Usage{Input: 300, CacheRead: 20000, CacheWrite: 5000, CacheWriteHour: 3000, Output: 700},
			"",
		},
		"caches, told in part": {
			`{"input_tokens":1,"cache_creation":{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":3}}`, `{"output_tokens":7}`,
			providers.Usage{Input: 1, CacheWrite: 5, CacheWriteHour: 3, Output: 7},
			"",
		},
		"thoughts":                  {`{"input_tokens":1}`, `{"output_tokens":70,"output_tokens_details":{"thinking_tokens":50}}`, providers.Usage{Input: 1, Output: 70, Reasoning: 50}, ""},
		"more thoughts than output": {`{"input_tokens":1}`, `{"output_tokens":7,"output_tokens_details":{"thinking_tokens":50}}`, providers.Usage{Input: 1, Output: 7, Reasoning: 7}, ""},
		"priority":                  {`{"input_tokens":1,"service_tier":"priority"}`, `{"output_tokens":7}`, providers.Usage{Input: 1, Output: 7, Tier: "priority"}, ""},
		"batch":                     {`{"input_tokens":1,"service_tier":"batch"}`, `{"output_tokens":7}`, providers.Usage{Input: 1, Output: 7, Tier: "batch"}, ""},
		"fast, in the US":           {`{"input_tokens":1,"inference_geo":"us"}`, `{"output_tokens":7,"speed":"fast"}`, providers.Usage{Input: 1, Output: 7, Tier: "fast+us"}, ""},
		"nonsense":                  {`{"input_tokens":4,"cache_read_input_tokens":"many"}`, `{"input_tokens":-4,"cache_read_input_tokens":1e300,"output_tokens":7,"cache_creation":7}`, providers.Usage{Input: 4, Output: 7}, ""},
		"a prompt counted at the start alone": {
			`{"input_tokens":4,"cache_creation_input_tokens":5,"cache_creation":{"ephemeral_1h_input_tokens":5},"output_tokens":1}`,
			`{"input_tokens":0,"cache_creation_input_tokens":0,"cache_creation":{"ephemeral_1h_input_tokens":0},"output_tokens":7}`,
			providers.Usage{Input: 4, CacheWrite: 5, CacheWriteHour: 5, Output: 7},
			"",
		},
		"a prompt counted at the end alone": {`{"input_tokens":0,"cache_read_input_tokens":0}`, `{"input_tokens":4,"output_tokens":7}`, providers.Usage{Input: 4, Output: 7}, ""},
		"a prompt that was in the cache":    {`{"input_tokens":900,"cache_read_input_tokens":0}`, `{"input_tokens":0,"cache_read_input_tokens":905,"output_tokens":7}`, providers.Usage{CacheRead: 905, Output: 7}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			st := usage(tt.first, tt.last)
			if st.Usage == nil || *st.Usage != tt.want {
				t.Errorf("usage %+v, want %+v", st.Usage, tt.want)
			}
			if tt.raw != "" && string(st.Raw) != tt.raw {
				t.Errorf("raw %s, want %s", st.Raw, tt.raw)
			}
		})
	}
	if st := usage(`null`, `{}`); st.Usage != nil || st.Raw != nil {
		t.Errorf("counted %+v %s out of nothing", st.Usage, st.Raw)
	}
	if st := usage(`{"input_tokens":0,"output_tokens":0}`, `{"input_tokens":0,"output_tokens":7}`); st.Usage != nil {
		t.Errorf("a prompt of nothing was believed: %+v", st.Usage)
	}
}

func TestAMessageThatBeginsAgainCountsNoAnswer(t *testing.T) {
	got := listen(t, behind(t, replying(200, events(start, saying("four words, or so"), finish, start, stop))), hello("claude-opus-5"))
	if u := got.stop.Usage; u == nil || *u != (providers.Usage{Input: 10, Output: 7}) {
		t.Errorf("usage %+v", u)
	}
}

func TestAGatewaysBillCounts(t *testing.T) {
	for cost, want := range map[string]string{
		`"cost":0.000112`:           "0.000112000000",
		`"cost":1.12e-4`:            "0.000112000000",
		`"cost":0.1234567891234567`: "0.123456789123",
		`"cost":0.5,"is_byok":true,"cost_details":{"upstream_inference_cost":0.25}`: "0.750000000000",
		`"cost":0.5,"is_byok":true`: "",
		`"cost":9e6,"is_byok":true,"cost_details":{"upstream_inference_cost":9e6}`: "",
		`"cost":1e999999999`: "",
		`"cost":"free"`:      "",
		`"cost":null`:        "",
	} {
		s := replying(200, events(start, `{"type":"message_delta","delta":{},"usage":{`+cost+`}}`, stop))
		bill := ""
		if b := listen(t, behind(t, s), hello("claude-opus-5")).stop.Billed; b != nil {
			bill = b.USD()
		}
		if bill != want {
			t.Errorf("%s was billed as %q, want %q", cost, bill, want)
		}
	}
	s := replying(200, events(start, `{"type":"message_delta","delta":{},"usage":{"cost":0.5}}`, stop))
	p, err := New(providers.Endpoint{Name: "anthropic", Network: s})
	if err != nil {
		t.Fatal(err)
	}
	if b := listen(t, p, hello("claude-opus-5")).stop.Billed; b != nil {
		t.Errorf("Anthropic's own API bills nothing, but came out as %v", b)
	}
}

func TestLeavingClosesTheConnection(t *testing.T) {
	gone := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, events(start, saying("one"), saying("two")))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(gone)
	}))
	defer s.Close()
	p, err := New(providers.Endpoint{Name: "lab", BaseURL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	for ev := range p.Stream(t.Context(), hello("claude-opus-5")) {
		if _, ok := ev.(providers.Delta); ok {
			break
		}
	}
	<-gone
}

func TestStoppingEndsAnAnswerAtOnce(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, events(start, saying("one")))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer s.Close()
	p, err := New(providers.Endpoint{Name: "lab", BaseURL: s.URL + "/v1/messages"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	for ev, err := range p.Stream(ctx, hello("claude-opus-5")) {
		if _, ok := ev.(providers.Delta); ok {
			cancel(providers.ErrStopped)
		}
		if err != nil && providers.AsError(err).Kind != providers.Stopped {
			t.Errorf("stopped, and told %v", err)
		}
	}
}

// toldEnd notes that its end was read.
type toldEnd struct {
	io.Reader
	end *bool
}

func (r toldEnd) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	*r.end = *r.end || err == io.EOF
	return n, err
}

// A connection serves the next question only if its answer was read to the end,
// which comes after the end marker, before anybody hears of it.
func TestAConnectionServesTheNextQuestion(t *testing.T) {
	var end bool
	s := replying(200, events(start, saying("one"), finish, stop))
	s.split = func(r io.Reader) io.Reader { return toldEnd{r, &end} }
	for ev, err := range behind(t, s).Stream(t.Context(), hello("claude-opus-5")) {
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := ev.(providers.Stop); ok {
			if !end {
				t.Error("the answer was not read to its end")
			}
			break
		}
	}
}

func TestEventsAreStampedWhenTheyArrive(t *testing.T) {
	var last time.Time
	for ev, err := range behind(t, replying(200, events(start, saying("one"), saying("two"), finish, stop))).Stream(t.Context(), hello("claude-opus-5")) {
		if err != nil {
			t.Fatal(err)
		}
		var at time.Time
		switch ev := ev.(type) {
		case providers.Sent:
			at = ev.At
		case providers.Counted:
			at = ev.At
		case providers.Delta:
			at = ev.At
		case providers.Stop:
			at = ev.At
		}
		if at.IsZero() || at.Before(last) {
			t.Errorf("%T at %v, after %v", ev, at, last)
		}
		last = at
	}
}
