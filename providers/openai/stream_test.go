package openai

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

// stream joins chunks into a body with the usual end.
func stream(chunks ...string) string {
	var b strings.Builder
	for _, c := range append(chunks, "[DONE]") {
		b.WriteString("data: " + c + "\n\n")
	}
	return b.String()
}

func delta0(delta, finish string) string {
	if finish == "" {
		finish = "null"
	}
	return fmt.Sprintf(`{"id":"c1","model":"m-1","choices":[{"index":0,"delta":%s,"finish_reason":%s}]}`, delta, finish)
}

func finished(t *testing.T, body string) *told {
	t.Helper()
	got := listen(t, answering(t, 200, nil, body), hello("m"))
	if got.err != nil {
		t.Fatal(got.err)
	}
	return got
}

func TestThoughtsStandApartFromTheAnswer(t *testing.T) {
	for name, d := range map[string]string{
		"reasoning_content":       `{"reasoning_content":"hm","content":"yes"}`,
		"reasoning":               `{"reasoning":"hm","content":"yes"}`,
		"both":                    `{"reasoning":"hm","reasoning_content":"hm","content":"yes"}`,
		"with details":            `{"reasoning":"hm","reasoning_details":[{"text":"hm"}],"content":"yes"}`,
		"details alone":           `{"reasoning_details":[{"type":"reasoning.text","text":"h"},{"type":"reasoning.summary","summary":"m"}],"content":"yes"}`,
		"parts":                   `{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"yes"}]}`,
		"parts, thinking as text": `{"content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"ye"},{"type":"text","text":"s"}]}`,
	} {
		got := finished(t, stream(delta0(d, ""), delta0("{}", `"stop"`)))
		if got.thoughts.String() != "hm" || got.text.String() != "yes" {
			t.Errorf("%s: thoughts %q, answer %q", name, got.thoughts.String(), got.text.String())
		}
	}
}

func TestToolCallsComeWhole(t *testing.T) {
	call := func(d string) string { return delta0(`{"tool_calls":[`+d+`]}`, "") }
	for name, tt := range map[string]struct {
		chunks []string
		want   []string
	}{
		"in pieces": {
			[]string{call(`{"index":0,"id":"a","function":{"name":"f","arguments":""}}`), call(`{"index":0,"function":{"arguments":"{\"x\""}}`), call(`{"index":0,"function":{"arguments":":1}"}}`)},
			[]string{`a f {"x":1}`},
		},
		"interleaved": {
			[]string{call(`{"index":0,"id":"a","function":{"name":"f","arguments":"{"}},{"index":1,"id":"b","function":{"name":"g","arguments":"["}}`), call(`{"index":1,"function":{"arguments":"]"}}`), call(`{"index":0,"function":{"arguments":"}"}}`)},
			[]string{`a f {}`, `b g []`},
		},
		"without an index": {
			[]string{call(`{"id":"a","function":{"name":"f","arguments":"{}"}}`), call(`{"id":"b","function":{"name":"f","arguments":"["}}`), call(`{"function":{"arguments":"]"}}`)},
			[]string{`a f {}`, `b f []`},
		},
		"one index for two": {
			[]string{call(`{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}`), call(`{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}`)},
			[]string{`a f {}`, `b g {}`},
		},
		"name repeated, arguments an object": {
			[]string{call(`{"index":0,"id":"a","function":{"name":"f"}}`), call(`{"index":0,"id":"a","function":{"name":"f","arguments":{"x":1}}}`)},
			[]string{`a f {"x":1}`},
		},
		"the old way": {
			[]string{delta0(`{"function_call":{"name":"f","arguments":"{"}}`, ""), delta0(`{"function_call":{"arguments":"}"}}`, "")},
			[]string{` f {}`},
		},
		"a piece of nothing": {[]string{call(`{"index":0,"function":{"arguments":"x"}}`)}, nil},
	} {
		got := finished(t, stream(append(tt.chunks, delta0("{}", `"stop"`))...))
		var calls []string
		for _, c := range got.calls {
			calls = append(calls, c.ID+" "+c.Name+" "+c.Arguments)
		}
		if !reflect.DeepEqual(calls, tt.want) {
			t.Errorf("%s: %q, want %q", name, calls, tt.want)
		}
		if tt.want != nil && got.stop.Reason != providers.ToolUse {
			t.Errorf("%s: ended with %s", name, got.stop.Reason)
		}
	}
}

func TestWhyItEnded(t *testing.T) {
	for finish, want := range map[string]providers.Reason{
		`"stop"`: providers.Finished, `"length"`: providers.Length, `"content_filter"`: providers.Refused,
		`"tool_calls"`: providers.ToolUse, `"function_call"`: providers.ToolUse, `"eos"`: providers.Finished,
		`"model_length"`: providers.Length, `"something new"`: providers.Finished, `null`: providers.Finished,
	} {
		got := finished(t, stream(delta0(`{"content":"x"}`, ""), delta0("{}", finish)))
		if got.stop.Reason != want {
			t.Errorf("%s: %s, want %s", finish, got.stop.Reason, want)
		}
		note, _ := got.events[len(got.events)-2].(providers.Notice)
		if want := map[string]string{`"something new"`: "ended for a reason", `"content_filter"`: "the service's content filter"}[finish]; !strings.HasPrefix(note.Text, want) || (want == "") != (note.Text == "") {
			t.Errorf("%s: noticed is %q", finish, note.Text)
		}
	}
	got := finished(t, stream(delta0(`{"refusal":"I can't."}`, ""), delta0("{}", `"stop"`)))
	if got.stop.Reason != providers.Refused || got.refusal.String() != "I can't." {
		t.Errorf("a refusal ended with %s, %q", got.stop.Reason, got.refusal.String())
	}
}

func TestOnlyTheFirstChoiceIsTold(t *testing.T) {
	got := finished(t, stream(
		`{"choices":[{"index":1,"delta":{"content":"B"}},{"index":0,"delta":{"content":"A"}}]}`,
		`{"choices":[{"index":1,"delta":{},"finish_reason":"length"}]}`,
		`{"choices":[{"index":0,"delta":{"content":"!"},"finish_reason":"stop"}]}`))
	if got.text.String() != "A!" || got.stop.Reason != providers.Finished {
		t.Errorf("%q, %s", got.text.String(), got.stop.Reason)
	}
}

func TestUsageIsSortedIntoDisjointBuckets(t *testing.T) {
	for raw, want := range map[string]providers.Usage{
		`{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120}`:                                                                                                                {Input: 100, Output: 20},
		`{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,"prompt_tokens_details":{"cached_tokens":60},"completion_tokens_details":{"reasoning_tokens":15}}`:               {Input: 40, CacheRead: 60, Output: 20, Reasoning: 15},
		`{"prompt_tokens":100,"completion_tokens":20,"total_tokens":135,"completion_tokens_details":{"reasoning_tokens":15}}`:                                                            {Input: 100, Output: 35, Reasoning: 15},
		`{"prompt_tokens":100,"completion_tokens":20,"completion_tokens_details":{"reasoning_tokens":30}}`:                                                                               {Input: 100, Output: 50, Reasoning: 30},
		`{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,"completion_tokens_details":{"reasoning_tokens":30}}`:                                                            {Input: 100, Output: 20, Reasoning: 20},
		`{"prompt_tokens":100,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":30}}`:                                                               {Input: 10, CacheRead: 60, CacheWrite: 30, Output: 1},
		`{"prompt_tokens":100,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":60,"audio_tokens":50}}`:                                                                     {Input: 40, CacheRead: 60, Audio: 40, Output: 1},
		`{"input_tokens":100,"output_tokens":20,"total_tokens":120,"input_tokens_details":{"cached_tokens":60,"cache_write_tokens":10},"output_tokens_details":{"reasoning_tokens":15}}`: {Input: 30, CacheRead: 60, CacheWrite: 10, Output: 20, Reasoning: 15},
		`{"input_tokens":100,"output_tokens":20,"total_tokens":135,"output_tokens_details":{"reasoning_tokens":15}}`:                                                                     {Input: 100, Output: 35, Reasoning: 15},
		`{"prompt_tokens":10,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":30}}`:                                                                {CacheRead: 10, Output: 1},
		`{"prompt_tokens":100,"completion_tokens":1,"prompt_cache_hit_tokens":64,"prompt_cache_miss_tokens":36}`:                                                                         {Input: 36, CacheRead: 64, Output: 1},
		`{"prompt_tokens":"5","completion_tokens":1.0,"prompt_tokens_details":null,"completion_tokens_details":{"reasoning_tokens":null},"total_tokens":"many","cost":"a lot"}`:          {Input: 5, Output: 1},
	} {
		got, bill := readUsage(json.RawMessage(raw))
		if got == nil || *got != want || bill != nil {
			t.Errorf("%s\n got %+v, billed %v\nwant %+v", raw, got, bill, want)
		}
	}
}

func TestAReportThatCountsNothingIsNoUsage(t *testing.T) {
	for _, raw := range []string{
		`{}`, `[]`, `{"total_tokens":30}`, `{"completion_tokens":7}`, `{"prompt_tokens":7}`, `{"prompt_tokens":0,"completion_tokens":7}`, `{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}`,
		`{"prompt_tokens":9e18,"completion_tokens":7}`, `{"prompt_tokens":-5,"completion_tokens":7}`, `{"prompt_tokens":null,"completion_tokens":7}`, `{"input_tokens":"many","output_tokens":7}`,
	} {
		if got, _ := readUsage(json.RawMessage(raw)); got != nil {
			t.Errorf("%s counts as %+v", raw, *got)
		}
	}
}

// Of a report without the answer the prompt counts all the same; only the answer
// is estimated.
func TestAReportOfThePromptAloneIsToldAsCounted(t *testing.T) {
	for usage, want := range map[string]providers.Usage{
		`{"prompt_tokens":50}`: {Input: 50},
		`{"prompt_tokens":50,"completion_tokens":null,"prompt_tokens_details":{"cached_tokens":20}}`: {Input: 30, CacheRead: 20},
	} {
		got := finished(t, stream(`{"choices":[{"index":0,"delta":{"content":"yes"},"finish_reason":"stop"}],"usage":`+usage+`}`))
		var told []providers.Usage
		for _, ev := range got.events {
			if c, ok := ev.(providers.Counted); ok {
				told = append(told, c.Usage)
			}
		}
		if got.stop == nil || got.stop.Usage != nil || len(told) != 1 || told[0] != want {
			t.Errorf("%s: %+v, told %+v", usage, got.stop, told)
		}
	}
}

func TestTheLatestUsageCountsWhereverItStands(t *testing.T) {
	const usage = `{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}`
	early := `{"choices":[{"index":0,"delta":{"content":"x"}}],"usage":{"prompt_tokens":7,"completion_tokens":1,"total_tokens":8}}`
	for name, chunks := range map[string][]string{
		"of its own":        {delta0(`{"content":"x"}`, `"stop"`), `{"choices":[],"usage":` + usage + `}`},
		"beside the finish": {early, `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":` + usage + `}`},
		"then null":         {early, `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":` + usage + `}`, `{"choices":[],"usage":null}`},
		"in x_groq":         {`{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"usage":` + usage + `}}`},
	} {
		got := finished(t, stream(chunks...))
		if want := (providers.Usage{Input: 7, Output: 3}); got.stop.Usage == nil || *got.stop.Usage != want || string(got.stop.Raw) != usage {
			t.Errorf("%s: %+v from %s", name, got.stop.Usage, got.stop.Raw)
		}
	}
	if got := finished(t, stream(delta0(`{"content":"x"}`, `"stop"`))); got.stop.Usage != nil || got.stop.Billed != nil {
		t.Errorf("nothing was counted, and usage is %+v", got.stop.Usage)
	}
}

func TestABillIsExact(t *testing.T) {
	for raw, want := range map[string]string{
		`{"cost":3.36e-05}`:                "0.000033600000",
		`{"cost":0.00035594999999999997}`:  "0.000355950000", // a sum of binary fractions
		`{"cost":0}`:                       "0.000000000000",
		`{"cost_in_usd_ticks":760500}`:     "0.000076050000",
		`{"cost_in_usd_ticks":2500000000}`: "0.250000000000",
		`{"cost":0.01,"is_byok":true,"cost_details":{"upstream_inference_cost":0.2}}`: "0.210000000000",
		`{"cost":0.01,"is_byok":true,"cost_details":{}}`:                              "",
		`{"cost":-1}`:          "",
		`{"cost":null}`:        "",
		`{"cost":{"total":1}}`: "",
		`{"cost":1e400}`:       "",
	} {
		_, bill := readUsage(json.RawMessage(raw))
		got := ""
		if bill != nil {
			got = bill.USD()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}

func TestWhatTheServiceSaysOfItsTimeIsKept(t *testing.T) {
	ms := func(d time.Duration) *time.Duration { return &d }
	for name, tt := range map[string]struct {
		chunk string
		want  providers.Server
	}{
		"llama.cpp": {`"timings":{"prompt_ms":9.5,"predicted_ms":250}`, providers.Server{Prefill: ms(9500 * time.Microsecond), Decode: ms(250 * time.Millisecond)}},
		"Cerebras":  {`"time_info":{"queue_time":0.5,"prompt_time":0.25,"completion_time":1}`, providers.Server{Queue: ms(500 * time.Millisecond), Prefill: ms(250 * time.Millisecond), Decode: ms(time.Second)}},
		"Groq":      {`"x_groq":{"usage":{"queue_time":0.5,"prompt_time":0,"completion_time":1}}`, providers.Server{Queue: ms(500 * time.Millisecond), Prefill: ms(0), Decode: ms(time.Second)}},
		"nobody":    {`"usage":{"prompt_tokens":1}`, providers.Server{}},
	} {
		got := finished(t, stream(`{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}],`+tt.chunk+`}`))
		if !reflect.DeepEqual(got.stop.Server, tt.want) {
			t.Errorf("%s: %+v", name, got.stop.Server)
		}
	}
}

func TestAWholeAnswerIsReadToo(t *testing.T) {
	got := finished(t, ` {"id":"c","model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"yes","reasoning_content":"hm","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}`)
	if got.text.String() != "yes" || got.thoughts.String() != "hm" || len(got.calls) != 1 || got.stop.Reason != providers.ToolUse || got.stop.Usage.Output != 2 {
		t.Errorf("%+v %+v", got.events, got.stop)
	}
}

func TestOnlyOpenAIsTiersAreTold(t *testing.T) {
	body := func(tier string) string {
		return stream(`{"service_tier":"auto","choices":[{"index":0,"delta":{"content":"x"}}]}`, `{"service_tier":"`+tier+`","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}`)
	}
	for tier, want := range map[string]string{"flex": "flex", "priority": "priority", "default": "", "auto": "", "on_demand": "", "standard": ""} {
		for base, want := range map[string]string{openaiBase: want, groqBase: ""} {
			got := listen(t, over(t, providers.Endpoint{Name: "lab", BaseURL: base}, replay{200, nil, []byte(body(tier)), whole}), hello("m"))
			if got.stop == nil || got.stop.Usage.Tier != want {
				t.Errorf("%s at %s: %+v, want tier %q", tier, base, got.stop, want)
			}
		}
	}
}

func TestStopTellsWhatTheRateLimitsLeave(t *testing.T) {
	h := http.Header{"X-Ratelimit-Remaining-Requests": {"499"}, "X-Ratelimit-Limit-Requests": {"500"}, "X-Ratelimit-Reset-Requests": {"120ms"}, "X-Ratelimit-Remaining-Tokens": {"0"}}
	got := listen(t, answering(t, 200, h, stream(delta0(`{"content":"x"}`, `"stop"`))), hello("m"))
	want := providers.Limits{Requests: &providers.Limit{Left: 499, Of: 500, Reset: 120 * time.Millisecond}, Tokens: &providers.Limit{}}
	if !reflect.DeepEqual(got.stop.Limits, want) {
		t.Errorf("%+v", got.stop.Limits)
	}
}

func TestStopNamesTheModelAndTheRequest(t *testing.T) {
	body := stream(delta0(`{"content":"x"}`, `"stop"`))
	got := listen(t, answering(t, 200, http.Header{"X-Request-Id": {"req-9"}}, body), hello("m"))
	if got.stop.Model != "m-1" || got.stop.RequestID != "req-9" {
		t.Errorf("%+v", got.stop)
	}
	if got := finished(t, body); got.stop.RequestID != "c1" {
		t.Errorf("without a header: %q", got.stop.RequestID)
	}
}

func TestSentComesBeforeEverythingThatArrives(t *testing.T) {
	p := at(t, providers.Timeouts{}, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, stream(delta0(`{"content":"x"}`, `"stop"`)))
	})
	var timing providers.Timing
	for _, err := range providers.Meter(p.Stream(t.Context(), hello("x")), &timing) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if timing.Sent.IsZero() || timing.FirstToken <= 0 || timing.FirstToken > timing.Total || timing.Attempts != 1 {
		t.Errorf("%+v", timing)
	}
}

// A connection serves the next question only if the answer before was read to
// its end.
func TestAnAnswerIsReadPastItsEndMarker(t *testing.T) {
	for name, tt := range map[string]struct {
		build providers.Builder
		body  string
	}{
		"chat":      {New, stream(delta0(`{"content":"x"}`, `"stop"`))},
		"responses": {NewResponses, happenings(created, said("x"), completed)},
	} {
		ended := false
		split := func(r io.Reader) io.Reader { return &noting{r, &ended} }
		p := built(t, tt.build, providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1"}, replay{200, nil, []byte(tt.body), split})
		for ev, err := range p.Stream(t.Context(), hello("m")) {
			if _, ok := ev.(providers.Stop); ok && !ended || err != nil {
				t.Errorf("%s: stopped before the end of the body was read, %v", name, err)
			}
		}
	}
}

// noting notes that the end was read.
type noting struct {
	io.Reader
	ended *bool
}

func (n *noting) Read(b []byte) (int, error) {
	got, err := n.Reader.Read(b)
	*n.ended = *n.ended || err == io.EOF
	return got, err
}
