package openai

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"juxta/providers"
)

// happenings joins events into a body, each under the name of its type.
func happenings(events ...string) string {
	var b strings.Builder
	for _, ev := range events {
		var h struct{ Type string }
		_ = json.Unmarshal([]byte(ev), &h)
		fmt.Fprintf(&b, "event: %s\ndata: %s\n\n", h.Type, ev)
	}
	return b.String()
}

const (
	created   = `{"type":"response.created","response":{"id":"resp_1","model":"m-1","status":"in_progress","output":[],"error":null,"service_tier":"auto","usage":null}}`
	completed = `{"type":"response.completed","response":{"id":"resp_1","model":"m-1","status":"completed","error":null,"output":[],"usage":{"input_tokens":7,"output_tokens":3,"total_tokens":10}}}`
)

func said(text string) string {
	return fmt.Sprintf(`{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":%q}`, text)
}

// responding is a provider of the Responses API whose service answers
// everything alike.
func responding(t testing.TB, status int, header http.Header, body string) providers.Provider {
	t.Helper()
	e := providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1", Key: providers.NewSecret(key), KeyName: "LAB_API_KEY"}
	return built(t, NewResponses, e, replay{status, header, []byte(body), whole})
}

func heard(t *testing.T, events ...string) *told {
	t.Helper()
	return listen(t, responding(t, 200, nil, happenings(events...)), hello("m"))
}

func ended(t *testing.T, events ...string) *told {
	t.Helper()
	got := heard(t, events...)
	if got.err != nil {
		t.Fatal(got.err)
	}
	return got
}

func TestAConversationIsWrittenForResponses(t *testing.T) {
	m, notes := written(t, NewResponses, "http://h/v1", false, providers.Request{
		Model: "m", System: "be brief",
		Messages: []providers.Message{
			{Parts: []providers.Part{providers.Text("what is <this>?"), providers.Blob{MIME: "image/png", Data: []byte{1, 2, 3}}, providers.Blob{MIME: "application/pdf", Data: []byte{1}}, providers.Blob{MIME: "audio/wav", Data: []byte{1}}}},
			{Role: providers.Assistant, Parts: []providers.Part{providers.Text("let me see"), providers.ToolCall{ID: "c1", Name: "look", Arguments: `{"x":1}`}, providers.ToolCall{ID: "c2", Name: "wait"}}},
			{Parts: []providers.Part{providers.ToolResult{ID: "c1", Text: "a pin"}, providers.ToolResult{ID: "c2"}, providers.Text("well?")}},
		},
		Tools:  []providers.Tool{{Name: "look", Description: "looks", Parameters: json.RawMessage(`{"type":"object"}`)}},
		Schema: json.RawMessage(`{"type":"object"}`),
	})
	if notes != nil {
		t.Errorf("noted %q", notes)
	}
	wantJSON(t, "request", m, `{
		"model":"m","stream":true,"store":false,"instructions":"be brief",
		"input":[
			{"type":"message","role":"user","content":[
				{"type":"input_text","text":"what is <this>?"},
				{"type":"input_image","image_url":"data:image/png;base64,AQID"},
				{"type":"input_file","filename":"attachment.pdf","file_data":"data:application/pdf;base64,AQ=="},
				{"type":"input_audio","input_audio":{"data":"AQ==","format":"wav"}}]},
			{"type":"message","role":"assistant","content":"let me see"},
			{"type":"function_call","call_id":"c1","name":"look","arguments":"{\"x\":1}"},
			{"type":"function_call","call_id":"c2","name":"wait","arguments":"{}"},
			{"type":"function_call_output","call_id":"c1","output":"a pin"},
			{"type":"function_call_output","call_id":"c2","output":""},
			{"type":"message","role":"user","content":"well?"}],
		"tools":[{"type":"function","name":"look","description":"looks","parameters":{"type":"object"},"strict":false}],
		"text":{"format":{"type":"json_schema","name":"answer","schema":{"type":"object"}}}}`)
}

func TestAnAttachmentIsSentThroughResponsesOrNothingIs(t *testing.T) {
	for name, m := range map[string]providers.Message{
		"video":                {Parts: []providers.Part{providers.Blob{MIME: "video/mp4", Data: []byte{1}}}},
		"sound to OpenAI":      {Parts: []providers.Part{providers.Blob{MIME: "audio/wav", Data: []byte{1}}}},
		"a picture of its own": {Role: providers.Assistant, Parts: []providers.Part{providers.Blob{MIME: "image/png", Data: []byte{1}}}},
	} {
		p := built(t, NewResponses, providers.Endpoint{Name: "openai", BaseURL: openaiBase}, refuse{})
		got := listen(t, p, providers.Request{Model: "m", Messages: []providers.Message{m}})
		got.failed(t, providers.Unsupported)
		if len(got.events) != 0 {
			t.Errorf("%s: %v happened", name, got.events)
		}
	}
}

func TestTheQuestionGoesToResponses(t *testing.T) {
	var seen *http.Request
	n := seeing{replay{200, nil, []byte(happenings(created, said("x"), completed)), whole}, &seen}
	for _, base := range []string{"https://service.test/v1", "https://service.test/v1/", "https://service.test/v1/responses"} {
		listen(t, built(t, NewResponses, providers.Endpoint{Name: "lab", BaseURL: base, Key: providers.NewSecret(key)}, n), hello("m"))
		if seen.URL.String() != "https://service.test/v1/responses" || seen.Header.Get("Authorization") != "Bearer "+key {
			t.Errorf("%s: %s %q", base, seen.URL, seen.Header)
		}
	}
	listen(t, responding(t, 404, nil, "404 page not found"), hello("m")).failed(t, providers.NotFound, "https://service.test/v1/responses")
}

// seeing keeps the last request.
type seeing struct {
	http.RoundTripper
	last **http.Request
}

func (s seeing) RoundTrip(r *http.Request) (*http.Response, error) {
	*s.last = r
	return s.RoundTripper.RoundTrip(r)
}

func TestWhatAResponseSays(t *testing.T) {
	item := func(event, item string) string {
		return fmt.Sprintf(`{"type":"response.output_item.%s","output_index":0,"item":%s}`, event, item)
	}
	for name, tt := range map[string]struct {
		events                  []string
		text, thoughts, refusal string
		calls                   string
		reason                  providers.Reason
	}{
		"pieces":             {[]string{said("a"), said(""), said("b")}, "ab", "", "", "", providers.Finished},
		"pieces, then whole": {[]string{said("ab"), `{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"ab"}`, item("done", `{"type":"message","content":[{"type":"output_text","text":"ab"}]}`)}, "ab", "", "", "", providers.Finished},
		"whole text":         {[]string{`{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"ab"}`}, "ab", "", "", "", providers.Finished},
		"whole item":         {[]string{item("done", `{"type":"message","content":[{"type":"output_text","text":"a"},{"type":"output_text","text":"b"}]}`)}, "ab", "", "", "", providers.Finished},
		"one number for all": {[]string{item("added", `{"type":"message"}`), said("a"), item("done", `{"type":"message","content":[{"text":"a"}]}`), item("added", `{"type":"message"}`), item("done", `{"type":"message","content":[{"text":"b"}]}`)}, "ab", "", "", "", providers.Finished},
		"refusal":            {[]string{`{"type":"response.refusal.delta","delta":"I can"}`, `{"type":"response.refusal.delta","delta":"'t."}`, `{"type":"response.refusal.done","refusal":"I can't."}`}, "", "", "I can't.", "", providers.Refused},
		"whole refusal":      {[]string{item("done", `{"type":"message","content":[{"type":"refusal","refusal":"No."}]}`)}, "", "", "No.", "", providers.Refused},
		"thoughts":           {[]string{`{"type":"response.reasoning_text.delta","delta":"hm"}`, said("a")}, "a", "hm", "", "", providers.Finished},
		"summaries": {[]string{
			`{"type":"response.reasoning_summary_text.delta","summary_index":0,"delta":"h"}`, `{"type":"response.reasoning_summary_text.delta","summary_index":0,"delta":"m"}`,
			`{"type":"response.reasoning_summary_text.delta","summary_index":1,"delta":"ah"}`, `{"type":"response.reasoning_summary_text.done","summary_index":1,"text":"ah"}`,
			`{"type":"response.reasoning_summary_text.delta","output_index":2,"summary_index":0,"delta":"so"}`, said("a"),
		}, "a", "hm\n\nah\n\nso", "", "", providers.Finished},
		"whole summaries": {[]string{item("done", `{"type":"reasoning","summary":[{"text":"hm"},{"text":"ah"}],"content":[]}`)}, "", "hm\n\nah", "", "", providers.Finished},
		"a call": {[]string{
			item("added", `{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":""}`),
			`{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{\"x\""}`, `{"type":"response.function_call_arguments.delta","output_index":0,"delta":":1}"}`,
			`{"type":"response.function_call_arguments.done","output_index":0,"arguments":"{\"x\":1}"}`,
			item("done", `{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{\"x\":1}"}`),
		}, "", "", "", `c1 f {"x":1};`, providers.ToolUse},
		"a call, done only":  {[]string{item("done", `{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"}`)}, "", "", "", `c1 f {};`, providers.ToolUse},
		"a call, never done": {[]string{item("added", `{"type":"function_call","call_id":"c1","name":"f"}`), `{"type":"response.function_call_arguments.done","output_index":0,"arguments":"{}"}`}, "", "", "", `c1 f {};`, providers.ToolUse},
		"two calls, interleaved": {[]string{
			`{"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","call_id":"a","name":"f"}}`,
			`{"type":"response.output_item.added","output_index":2,"item":{"type":"function_call","call_id":"b","name":"g"}}`,
			`{"type":"response.function_call_arguments.delta","output_index":2,"delta":"[]"}`, `{"type":"response.function_call_arguments.delta","output_index":1,"delta":"{}"}`,
		}, "", "", "", `a f {};b g [];`, providers.ToolUse},
		"pieces, done in other words": {[]string{
			item("added", `{"type":"function_call","call_id":"c1","name":"f"}`), `{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{}"}`,
			`{"type":"response.function_call_arguments.done","output_index":0,"arguments":"{ }"}`, item("done", `{"type":"function_call","call_id":"c1","name":"f","arguments":"{ }"}`),
		}, "", "", "", `c1 f {};`, providers.ToolUse},
		"a call, done twice": {[]string{item("done", `{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"}`), item("done", `{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"}`)}, "", "", "", `c1 f {};`, providers.ToolUse},
		"a piece of nothing": {[]string{`{"type":"response.function_call_arguments.delta","output_index":0,"delta":"x"}`}, "", "", "", "", providers.Finished},
		"tools of the service": {[]string{
			item("added", `{"type":"web_search_call","id":"ws_1","status":"in_progress"}`), `{"type":"response.web_search_call.searching","output_index":0}`,
			`{"type":"response.code_interpreter_call_code.delta","output_index":0,"delta":"import"}`, item("done", `{"type":"web_search_call","id":"ws_1","action":{"query":"x"}}`), said("a"),
		}, "a", "", "", "", providers.Finished},
		"something new": {[]string{`{"type":"response.sparkle.delta","delta":{"x":[1]}}`, said("a")}, "a", "", "", "", providers.Finished},
	} {
		t.Run(name, func(t *testing.T) {
			got := ended(t, append(append([]string{created}, tt.events...), completed)...)
			calls := ""
			for _, c := range got.calls {
				calls += c.ID + " " + c.Name + " " + c.Arguments + ";"
				if c.First.IsZero() || c.At.Before(c.First) || got.stop.At.Before(c.At) {
					t.Errorf("stamped %v to %v, the end %v", c.First, c.At, got.stop.At)
				}
			}
			if got.text.String() != tt.text || got.thoughts.String() != tt.thoughts || got.refusal.String() != tt.refusal || calls != tt.calls || got.stop.Reason != tt.reason {
				t.Errorf("text %q, thoughts %q, refusal %q, calls %q, %s", got.text.String(), got.thoughts.String(), got.refusal.String(), calls, got.stop.Reason)
			}
			if s := got.stop; s.Model != "m-1" || s.RequestID != "resp_1" || *s.Usage != (providers.Usage{Input: 7, Output: 3}) {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestTheFinishedResponseTellsWhatNoEventDid(t *testing.T) {
	output := `[{"type":"reasoning","summary":[{"text":"hm"}]},{"type":"web_search_call"},{"type":"message","content":[{"type":"output_text","text":"yes"}]},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"}]`
	whole := fmt.Sprintf(`{"id":"resp_1","object":"response","model":"m-1","status":"completed","error":null,"output":%s,"usage":{"input_tokens":1,"output_tokens":2}}`, output)
	last := `{"type":"response.completed","response":` + whole + `}`
	for name, body := range map[string]string{"at the end of a stream": happenings(created, last), "in one piece": whole, "in a stream without names": "data: " + last + "\n\ndata: [DONE]\n\n"} {
		got := listen(t, responding(t, 200, nil, body), hello("m"))
		if got.err != nil || got.text.String() != "yes" || got.thoughts.String() != "hm" || len(got.calls) != 1 || got.stop.Reason != providers.ToolUse || got.stop.Usage.Output != 2 || got.stop.Whole != (name == "in one piece") {
			t.Errorf("%s: %v %+v", name, got.err, got.events)
		}
	}
	// A service may leave the type to the event's name.
	named := "event: response.output_text.delta\ndata: {\"delta\":\"yes\"}\n\nevent: response.completed\ndata: {\"response\":{}}\n\n"
	if got := listen(t, responding(t, 200, nil, named), hello("m")); got.text.String() != "yes" || got.stop == nil {
		t.Errorf("%+v, %v", got.events, got.err)
	}
	// What was told is not told again, whatever the numbering of the items.
	got := ended(t, created, said("yes"), `{"type":"response.reasoning_text.delta","delta":"hm"}`, `{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"}}`, last)
	if got.text.String() != "yes" || got.thoughts.String() != "hm" || len(got.calls) != 1 {
		t.Errorf("%+v", got.events)
	}
}

func TestWhyAResponseEnded(t *testing.T) {
	end := func(event, status, more string) string {
		return fmt.Sprintf(`{"type":"response.%s","response":{"status":%q,"usage":{"input_tokens":7,"output_tokens":3}%s}}`, event, status, more)
	}
	got := ended(t, said("so"), end("incomplete", "incomplete", `,"incomplete_details":{"reason":"max_output_tokens"}`))
	if got.stop.Reason != providers.Length || got.stop.Usage.Output != 3 {
		t.Errorf("%+v", got.stop)
	}
	got = ended(t, said("so"), end("completed", "incomplete", `,"incomplete_details":{"reason":"content_filter"}`))
	note, _ := got.events[len(got.events)-2].(providers.Notice)
	if got.stop.Reason != providers.Refused || !strings.Contains(note.Text, "content filter") {
		t.Errorf("%+v %q", got.stop, note.Text)
	}
	for name, tt := range map[string]struct {
		events []string
		kind   providers.Kind
		words  string
	}{
		"no end marker":         {[]string{said("so")}, providers.Truncated, "end marker"},
		"gave up":               {[]string{said("so"), end("incomplete", "incomplete", "")}, providers.Truncated, "gave up"},
		"cancelled":             {[]string{said("so"), end("cancelled", "cancelled", "")}, providers.Truncated, "cancelled"},
		"failed":                {[]string{said("so"), end("failed", "failed", `,"error":{"code":"server_error","message":"boom"}`)}, providers.ServerFault, "boom"},
		"failed without reason": {[]string{said("so"), end("failed", "failed", "")}, providers.ServerFault, "does not say why"},
		"failed, no credit":     {[]string{said("so"), end("failed", "failed", `,"error":{"code":"insufficient_quota","message":"no more"}`)}, providers.Quota, "no more"},
		"failed, too fast":      {[]string{said("so"), end("failed", "failed", `,"error":{"code":"rate_limit_exceeded","message":"Please try again in 2s."}`)}, providers.RateLimit, "try again"},
		"failed, flagged":       {[]string{said("so"), end("failed", "failed", `,"error":{"code":"invalid_prompt","message":"Your prompt was flagged as potentially violating our usage policy."}`)}, providers.Declined, "flagged"},
		"failed, bad picture":   {[]string{said("so"), end("failed", "failed", `,"error":{"code":"invalid_image","message":"not an image"}`)}, providers.Unsupported, "not an image"},
		"completed, but failed": {[]string{said("so"), end("completed", "failed", `,"error":{"message":"boom"}`)}, providers.ServerFault, "boom"},
		"error event":           {[]string{said("so"), `{"type":"error","code":"server_error","message":"boom","param":null}`}, providers.ServerFault, "boom"},
		"error event, nested":   {[]string{said("so"), `{"type":"error","error":{"type":"invalid_request_error","message":"too long","code":"context_length_exceeded"}}`}, providers.ContextFull, "too long"},
		"error without type":    {[]string{said("so"), `{"error":{"message":"boom ` + key + `","code":502}}`}, providers.ServerFault, "boom [secret]"},
		"not JSON":              {[]string{said("so"), `{"type":`}, providers.Malformed, "not JSON"},
		"not an object":         {[]string{said("so"), `17`}, providers.Malformed, "not JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			got := heard(t, tt.events...)
			e := got.failed(t, tt.kind, tt.words)
			if got.text.String() != "so" || strings.Contains(e.Error()+e.Advice(), key) {
				t.Errorf("text %q, %v", got.text.String(), e)
			}
		})
	}
	// [DONE] belongs to the other protocol and ends nothing here.
	listen(t, responding(t, 200, nil, happenings(said("so"))+"data: [DONE]\n\n"), hello("m")).failed(t, providers.Truncated)
	listen(t, responding(t, 200, nil, happenings(said("so"))+`data: {"type":"response.comp`), hello("m")).failed(t, providers.Truncated, "middle of a chunk")
}

func TestAResponseThatIsNoStream(t *testing.T) {
	for body, kind := range map[string]providers.Kind{
		"<!doctype html><title>Welcome</title>": providers.Malformed,
		"":                                      providers.Truncated,
		`{"error":{"message":"no such model","code":404}}`:              providers.NotFound,
		`{"detail":"Unauthorized"}`:                                     providers.ServerFault,
		`[{"error":{"message":"boom"}}]`:                                providers.ServerFault,
		`{"hello":"world"}`:                                             providers.Malformed,
		`{"message":"no","status_code":403}`:                            providers.Auth,
		`{"status":"completed","output":[],"error":{"message":"boom"}}`: providers.ServerFault,
		`{"status":"failed","error":{"message":"boom"}}`:                providers.ServerFault,
		`{"status":"queued","output":[]}`:                               providers.Truncated,
		`{"status":`:                                                    providers.Malformed,
	} {
		listen(t, responding(t, 200, nil, body), hello("m")).failed(t, kind)
	}
}

func TestTiersAndBillsOfResponses(t *testing.T) {
	end := func(usage, tier string) string {
		return happenings(`{"type":"response.created","response":{"service_tier":"auto"}}`, said("x"), fmt.Sprintf(`{"type":"response.completed","response":{"status":"completed","service_tier":%q,"usage":%s}}`, tier, usage))
	}
	for _, tt := range []struct{ base, usage, tier, want, bill string }{
		{openaiBase, `{"input_tokens":1,"output_tokens":1}`, "flex", "flex", ""},
		{openaiBase, `{"input_tokens":1,"output_tokens":1}`, "default", "", ""},
		{azureBase, `{"input_tokens":1,"output_tokens":1}`, "priority", "priority", ""},
		{openRouterBase, `{"input_tokens":1,"output_tokens":1,"cost":0.0000086,"is_byok":false}`, "flex", "", "0.000008600000"},
		{openRouterBase, `{"input_tokens":1,"output_tokens":1,"cost":0,"is_byok":false}`, "default", "", "0.000000000000"},
		{xAIBase, `{"input_tokens":1,"output_tokens":1,"cost_in_usd_ticks":12559000}`, "default", "", "0.001255900000"},
	} {
		p := built(t, NewResponses, providers.Endpoint{Name: "lab", BaseURL: tt.base}, replay{200, nil, []byte(end(tt.usage, tt.tier)), iotest.OneByteReader})
		got := listen(t, p, hello("m"))
		bill := ""
		if got.stop != nil && got.stop.Billed != nil {
			bill = got.stop.Billed.USD()
		}
		if got.stop == nil || got.stop.Usage.Tier != tt.want || bill != tt.bill || !sameJSON(got.stop.Raw, []byte(tt.usage)) {
			t.Errorf("%s: %+v, billed %q; want %q and %q", tt.base, got.stop, bill, tt.want, tt.bill)
		}
	}
}

func TestEachProtocolListsTheModelsThatItReaches(t *testing.T) {
	list := `{"data":[{"id":"gpt-5.1"},{"id":"gpt-5-pro"},{"id":"gpt-5.1-codex"},{"id":"gpt-5-search-api"},{"id":"gpt-4o-audio-preview"},{"id":"whisper-1"}]}`
	var models []providers.Model
	for _, tt := range []struct {
		build providers.Builder
		want  string
	}{{New, "gpt-5.1 gpt-5-search-api gpt-4o-audio-preview"}, {NewResponses, "gpt-5.1 gpt-5-pro gpt-5.1-codex"}} {
		var err error
		if models, err = built(t, tt.build, providers.Endpoint{Name: "openai", BaseURL: openaiBase}, replay{200, nil, []byte(list), whole}).Models(t.Context()); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, m := range models {
			names = append(names, m.Ref.Model)
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("listed %s, want %s", got, tt.want)
		}
	}
	want := []providers.Knob{{Name: "temperature", Values: "0 to 2, only with think=off"}, {Name: "top_p", Values: "0 to 1, only with think=off"}, {Name: "max_tokens", Values: "16 or more"}, {Name: "think", Values: "off, low, medium, high"}}
	if !reflect.DeepEqual(models[0].Accepts, want) {
		t.Errorf("%+v", models[0].Accepts)
	}
}
