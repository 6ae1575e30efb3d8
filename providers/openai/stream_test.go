package openai

import (
	"bytes"
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
		_, noticed := got.events[len(got.events)-2].(providers.Notice)
		if noticed != (finish == `"something new"`) {
			t.Errorf("%s: noticed is %v", finish, noticed)
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
		`{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120}`:                                                                                                      {Input: 100, Output: 20},
		`{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,"prompt_tokens_details":{"cached_tokens":60},"completion_tokens_details":{"reasoning_tokens":15}}`:     {Input: 40, CacheRead: 60, Output: 20, Reasoning: 15},
		`{"prompt_tokens":100,"completion_tokens":20,"total_tokens":135,"completion_tokens_details":{"reasoning_tokens":15}}`:                                                  {Input: 100, Output: 35, Reasoning: 15},
		`{"prompt_tokens":100,"completion_tokens":20,"completion_tokens_details":{"reasoning_tokens":30}}`:                                                                     {Input: 100, Output: 50, Reasoning: 30},
		`{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,"completion_tokens_details":{"reasoning_tokens":30}}`:                                                  {Input: 100, Output: 20, Reasoning: 20},
		`{"prompt_tokens":100,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":30}}`:                                                     {Input: 10, CacheRead: 60, CacheWrite: 30, Output: 1},
		`{"prompt_tokens":10,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":30}}`:                                                      {CacheRead: 10, Output: 1},
		`{"prompt_tokens":100,"completion_tokens":1,"prompt_cache_hit_tokens":64,"prompt_cache_miss_tokens":36}`:                                                               {Input: 36, CacheRead: 64, Output: 1},
		`{"prompt_tokens":-5,"completion_tokens":1.0,"prompt_tokens_details":null,"completion_tokens_details":{"reasoning_tokens":null},"total_tokens":"many","cost":"a lot"}`: {Output: 1},
	} {
		got, bill := readUsage(json.RawMessage(raw))
		if got == nil || *got != want || bill != nil {
			t.Errorf("%s\n got %+v, billed %v\nwant %+v", raw, got, bill, want)
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

func FuzzStream(f *testing.F) {
	f.Add([]byte(stream(delta0(`{"content":"x","tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}`, `"stop"`))), 200)
	f.Add([]byte(begun+"error: {\"error\":\"x\"}\n"), 200)
	f.Add([]byte(`{"error":{"message":"x","code":400,"metadata":{"raw":"{\"error\":\"y\"}"}}}`), 429)
	f.Add([]byte(`[{"detail":[{"msg":"x"}]}]`), 422)
	f.Add([]byte(stream(`{"usage":{"prompt_tokens":1e9,"cost":1e-13},"choices":[{"delta":{"content":[{"type":"thinking","thinking":"x"}]}}]}`)), 200)
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		if status < 200 || status > 599 {
			status = 200
		}
		e := providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1", Key: providers.NewSecret(key)}
		var said [2]string
		for i, split := range []func(io.Reader) io.Reader{whole, randomly(3)} {
			got := listen(t, over(t, e, replay{status, nil, body, split}), hello("x"))
			said[i] = got.text.String() + "|" + got.thoughts.String() + "|" + got.refusal.String()
			if got.err != nil {
				said[i] += "|" + got.err.Error()
			}
			if got.err != nil && strings.Contains(got.err.Error(), key) {
				t.Errorf("the key is told: %v", got.err)
			}
			if s := got.stop; s != nil && s.Usage != nil {
				if u := *s.Usage; min(u.Input, u.CacheRead, u.CacheWrite, u.Output, u.Reasoning) < 0 || u.Reasoning > u.Output {
					t.Errorf("usage %+v", u)
				}
			}
		}
		if said[0] != said[1] {
			t.Errorf("whole: %q\nsplit: %q", said[0], said[1])
		}
	})
}

// BenchmarkStream reads 2,000 chunks of the usual size through the whole
// provider; BenchmarkBareLoop is the yardstick, the same JSON decoded into the
// smallest struct that holds the text.
func BenchmarkStream(b *testing.B) {
	body := long()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	p := over(b, providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1"}, replay{200, nil, []byte(body), whole})
	for b.Loop() {
		n := 0
		for ev, err := range p.Stream(b.Context(), hello("x")) {
			if err != nil {
				b.Fatal(err)
			}
			if _, ok := ev.(providers.Delta); ok {
				n++
			}
		}
		if n != 2000 {
			b.Fatal(n)
		}
	}
}

func BenchmarkBareLoop(b *testing.B) {
	body := []byte(long())
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for line := range bytes.Lines(body) {
			data, ok := bytes.CutPrefix(line, []byte("data: {"))
			if !ok {
				continue
			}
			var ch struct {
				Choices []struct {
					Delta struct {
						Content string `json:"content"`
					} `json:"delta"`
				} `json:"choices"`
			}
			if err := json.Unmarshal(line[len("data: "):], &ch); err != nil || len(data) == 0 {
				b.Fatal(err)
			}
			if ch.Choices[0].Delta.Content != "" {
				n++
			}
		}
		if n != 2000 {
			b.Fatal(n)
		}
	}
}

func long() string {
	chunk := `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1770000000,"model":"m","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"content":" token"},"logprobs":null,"finish_reason":null}],"obfuscation":"x"}`
	return strings.Repeat("data: "+chunk+"\n\n", 2000) + stream(delta0("{}", `"stop"`))
}
