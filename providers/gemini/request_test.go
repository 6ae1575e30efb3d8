package gemini_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/providers/gemini"
)

// asked is the body and the address of a question, with what was told of it.
func asked(t *testing.T, base string, req providers.Request) (body map[string]any, r *replay, got *told) {
	t.Helper()
	r = &replay{status: 200, body: stream(parts("STOP", `{"text":"ok"}`))}
	got = listen(t, provider(t, base, r), req)
	if got.err == nil {
		if err := json.Unmarshal([]byte(r.sent), &body); err != nil {
			t.Fatalf("%v in %s", err, r.sent)
		}
	}
	return body, r, got
}

// same compares a value with one written as JSON.
func same(t *testing.T, what string, got any, want string) {
	t.Helper()
	var w any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, w) {
		text, _ := json.Marshal(got)
		t.Errorf("%s is %s, want %s", what, text, want)
	}
}

func ptr[T any](v T) *T { return &v }

func TestTheBaseURLDecidesWhereAndHowToAsk(t *testing.T) {
	const vertex = "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/publishers/google"
	for _, tt := range []struct{ base, model, want, header string }{
		{"", "gemini-x", home + "/v1beta/models/gemini-x:streamGenerateContent?alt=sse", "X-Goog-Api-Key"},
		{home, "gemini-x", home + "/v1beta/models/gemini-x:streamGenerateContent?alt=sse", "X-Goog-Api-Key"},
		{home + "/", "models/gemini-x", home + "/v1beta/models/gemini-x:streamGenerateContent?alt=sse", "X-Goog-Api-Key"},
		{home + "/v1beta/", "gemini-x", home + "/v1beta/models/gemini-x:streamGenerateContent?alt=sse", "X-Goog-Api-Key"},
		{home + "/v1", "gemini-x", home + "/v1beta/models/gemini-x:streamGenerateContent?alt=sse", "X-Goog-Api-Key"},
		{home + "/v1beta/models", "gemini-x", home + "/v1beta/models/gemini-x:streamGenerateContent?alt=sse", "X-Goog-Api-Key"},
		{"http://gateway.test/google", "gemini-x", "http://gateway.test/google/v1beta/models/gemini-x:streamGenerateContent?alt=sse", "X-Goog-Api-Key"},
		{home, "a/../b:c?d#e", home + "/v1beta/models/a%2F..%2Fb%3Ac%3Fd%23e:streamGenerateContent?alt=sse", "X-Goog-Api-Key"},
		{home, "..", home + "/v1beta/models/..:streamGenerateContent?alt=sse", "X-Goog-Api-Key"},
		{vertex, "gemini-x", vertex + "/models/gemini-x:streamGenerateContent?alt=sse", "Authorization"},
		{vertex + "/models/", "publishers/google/models/gemini-x", vertex + "/models/gemini-x:streamGenerateContent?alt=sse", "Authorization"},
		{"https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/publishers/google", "g", "https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/publishers/google/models/g:streamGenerateContent?alt=sse", "Authorization"},
		{"https://aiplatform.googleapis.com.evil.test", "g", "https://aiplatform.googleapis.com.evil.test/v1beta/models/g:streamGenerateContent?alt=sse", "X-Goog-Api-Key"},
	} {
		_, r, got := asked(t, tt.base, hello(tt.model))
		if got.err != nil {
			t.Fatal(got.err)
		}
		if r.req.URL.String() != tt.want || r.req.Method != "POST" {
			t.Errorf("%q and %q: %s %s, want %s", tt.base, tt.model, r.req.Method, r.req.URL, tt.want)
		}
		want := map[string]string{"Authorization": "Bearer " + key, "X-Goog-Api-Key": key}[tt.header]
		for name, values := range r.req.Header {
			if holds := strings.Contains(strings.Join(values, " "), key); holds != (name == tt.header) || holds && values[0] != want {
				t.Errorf("%q: %s is %q", tt.base, name, values)
			}
		}
	}
}

func TestABaseURLThatCantBeAskedIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, base := range []string{"generativelanguage.googleapis.com", "ftp://x", "https://", home + "?key=" + key, home + "/v1beta#" + key, "http://%zz" + key} {
		_, err := gemini.New(providers.Endpoint{Name: "lab", BaseURL: base})
		if err == nil || strings.Contains(err.Error()+providers.AsError(err).Advice(), key) {
			t.Errorf("%q: %v", base, err)
		}
	}
}

func TestAConversationIsWrittenInTheProtocolsParts(t *testing.T) {
	req := providers.Request{
		Model: "gemini-2.5-flash", System: "Be <brief>.",
		Messages: []providers.Message{
			{Role: providers.User, Parts: []providers.Part{
				providers.Text("See"), providers.Text(""),
				providers.Blob{MIME: "image/png", Data: []byte{1, 2, 3}},
				providers.Blob{MIME: "application/pdf", Data: []byte("p")},
				providers.Blob{MIME: "audio/wav", Data: []byte("w")},
				providers.Blob{MIME: "video/mp4", Data: []byte("v")},
			}},
			{Role: providers.Assistant, Parts: []providers.Part{
				providers.ToolCall{ID: "c1", Name: "add", Arguments: `{"n": 9007199254740993}`}, providers.ToolCall{ID: "c2", Name: "now"},
			}},
			{Role: providers.User, Parts: []providers.Part{providers.ToolResult{ID: "c2", Text: "noon"}, providers.ToolResult{ID: "c1", Text: `{"sum":1}`}}},
			{Role: providers.Assistant},
			providers.Says(providers.User, "Go on"),
		},
		Tools:  []providers.Tool{{Name: "add", Description: "Adds", Parameters: json.RawMessage(`{"type":"object","additionalProperties":false}`)}, {Name: "now"}},
		Schema: json.RawMessage(`{"type":"object"}`),
	}
	body, r, got := asked(t, home, req)
	if got.err != nil || len(got.notices) != 0 {
		t.Fatal(got.err, got.notices)
	}
	same(t, "the system prompt", body["systemInstruction"], `{"parts":[{"text":"Be <brief>."}]}`)
	same(t, "the conversation", body["contents"], `[
		{"role":"user","parts":[{"text":"See"},
			{"inlineData":{"mimeType":"image/png","data":"AQID"}},{"inlineData":{"mimeType":"application/pdf","data":"cA=="}},
			{"inlineData":{"mimeType":"audio/wav","data":"dw=="}},{"inlineData":{"mimeType":"video/mp4","data":"dg=="}}]},
		{"role":"model","parts":[{"functionCall":{"id":"c1","name":"add","args":{"n":9007199254740993}}},{"functionCall":{"id":"c2","name":"now","args":{}}}]},
		{"role":"user","parts":[{"functionResponse":{"id":"c2","name":"now","response":{"output":"noon"}}},{"functionResponse":{"id":"c1","name":"add","response":{"sum":1}}}]},
		{"role":"user","parts":[{"text":"Go on"}]}]`)
	same(t, "the tools", body["tools"], `[{"functionDeclarations":[{"name":"add","description":"Adds","parametersJsonSchema":{"type":"object","additionalProperties":false}},{"name":"now"}]}]`)
	same(t, "the configuration", body["generationConfig"], `{"thinkingConfig":{"includeThoughts":true},"responseMimeType":"application/json","responseJsonSchema":{"type":"object"}}`)
	if !strings.Contains(r.sent, "9007199254740993") || !strings.Contains(r.sent, "<brief>") {
		t.Errorf("text was rewritten: %s", r.sent)
	}
}

func TestCallsWithoutAnIDAreAnsweredInTheirOrder(t *testing.T) {
	req := hello("gemini-3-flash")
	req.Messages = append(req.Messages,
		providers.Message{Role: providers.Assistant, Parts: []providers.Part{providers.ToolCall{Name: "a"}, providers.ToolCall{Name: "b"}}},
		providers.Message{Parts: []providers.Part{providers.ToolResult{Text: "1"}, providers.ToolResult{Text: "2"}}})
	body, _, _ := asked(t, home, req)
	// Models that sign their calls refuse a history whose first call of a step is not.
	same(t, "the calls", body["contents"].([]any)[1], `{"role":"model","parts":[{"functionCall":{"name":"a","args":{}},"thoughtSignature":"skip_thought_signature_validator"},{"functionCall":{"name":"b","args":{}}}]}`)
	same(t, "the results", body["contents"].([]any)[2], `{"role":"user","parts":[{"functionResponse":{"name":"a","response":{"output":"1"}}},{"functionResponse":{"name":"b","response":{"output":"2"}}}]}`)
}

func TestWhatTheModelCantTakeIsRefusedBeforeSending(t *testing.T) {
	blob := func(who providers.Role, mime string) providers.Request {
		return providers.Request{Model: "gemini-3-flash", Messages: []providers.Message{{Role: who, Parts: []providers.Part{providers.Blob{MIME: mime}}}}}
	}
	small := blob(providers.User, "image/png")
	small.Model = "gemma-3-1b-it"
	tools, schema, think, args := hello("gemma-3-27b-it"), hello("gemma-3-27b-it"), hello("gemini-3-flash"), hello("gemini-3-flash")
	tools.Tools, schema.Schema = []providers.Tool{{Name: "x"}}, json.RawMessage(`{}`)
	think.Params.Think = "deeply"
	args.Messages[0] = providers.Message{Role: providers.Assistant, Parts: []providers.Part{providers.ToolCall{Name: "x", Arguments: "[1]"}}}
	broken := hello("gemini-3-flash")
	broken.Schema = json.RawMessage(`{`)
	for name, req := range map[string]providers.Request{
		"a program": blob(providers.User, "application/x-executable"), "a picture in the model's mouth": blob(providers.Assistant, "image/png"),
		"a picture for a small model": small, "tools": tools, "a schema": schema, "a level of thinking that nobody has": think,
		"nothing said": {Model: "gemini-3-flash"}, "no model": hello("models/"), "odd arguments": args, "a broken schema": broken,
	} {
		_, r, got := asked(t, home, req)
		got.failed(t, providers.Unsupported)
		if r.req != nil || got.params != nil {
			t.Errorf("%s: it was sent", name)
		}
	}
}

func TestAModelWithoutSystemPromptReadsItFirst(t *testing.T) {
	req := hello("gemma-3-27b-it")
	req.System = "Be brief."
	body, _, got := asked(t, home, req)
	same(t, "the conversation", body["contents"], `[{"role":"user","parts":[{"text":"Be brief."},{"text":"hi"}]}]`)
	if body["systemInstruction"] != nil {
		t.Error("a system prompt was sent")
	}
	got.noted(t, "gemma-3-27b-it takes no system prompt: it was put before the first message")
	req.Model = "gemma-4-31b-it"
	if body, _, got = asked(t, home, req); body["systemInstruction"] == nil || len(got.notices) != 0 {
		t.Errorf("%v, %q", body, got.notices)
	}
}

func TestParametersAreSentWhereTheModelTakesThem(t *testing.T) {
	all := providers.Params{Temperature: ptr(0.0), TopP: ptr(0.9), MaxTokens: 100, Seed: ptr(int64(7)), Stop: []string{"x"}}
	for _, tt := range []struct {
		model   string
		asked   providers.Params
		want    string // generationConfig without thinking
		sent    providers.Params
		notices []string
	}{
		{"gemini-2.0-flash", all, `{"temperature":0,"topP":0.9,"maxOutputTokens":100,"seed":7,"stopSequences":["x"]}`, all, nil},
		{"gemini-3-pro-image", all, `{"temperature":0,"topP":0.9,"maxOutputTokens":100,"seed":7,"stopSequences":["x"]}`, all, nil},
		{
			"gemini-2.0-flash",
			providers.Params{Temperature: ptr(3.5), TopP: ptr(-1.0), Context: 4096, Seed: ptr(int64(1) << 40), Stop: []string{"a", "b", "c", "d", "e", "f"}},
			`{"temperature":2,"topP":0,"stopSequences":["a","b","c","d","e"]}`,
			providers.Params{Temperature: ptr(2.0), TopP: ptr(0.0), Stop: []string{"a", "b", "c", "d", "e"}},
			[]string{"temperature is 0 to 2 here: 3.5 was sent as 2", "top_p is 0 to 1 here: -1 was sent as 0", "seed has 32 bits here", "at most 5 stop sequences", "context is fixed by the service and was left out"},
		},
		{
			"gemini-4-neon", all, `{"maxOutputTokens":100,"seed":7,"stopSequences":["x"],"thinkingConfig":{"includeThoughts":true}}`,
			providers.Params{MaxTokens: 100, Seed: ptr(int64(7)), Stop: []string{"x"}},
			[]string{"gemini-4-neon takes no temperature: it was left out", "gemini-4-neon takes no top_p: it was left out"},
		},
	} {
		req := hello(tt.model)
		req.Params = tt.asked
		before, _ := json.Marshal(req.Params)
		body, _, got := asked(t, home, req)
		same(t, tt.model+"'s configuration", body["generationConfig"], tt.want)
		if !reflect.DeepEqual(*got.params, tt.sent) {
			t.Errorf("%s: told as sent: %+v, want %+v", tt.model, *got.params, tt.sent)
		}
		if len(got.notices) != len(tt.notices) {
			t.Errorf("%s: notices %q", tt.model, got.notices)
		}
		for _, n := range tt.notices {
			got.noted(t, n)
		}
		if after, _ := json.Marshal(req.Params); string(after) != string(before) {
			t.Errorf("the request was changed: %s", after)
		}
	}
}
