package ollama

import (
	"encoding/json"
	"strings"
	"testing"

	"juxta/providers"
)

func ptr[T any](v T) *T { return &v }

func TestConversationIsWrittenAsOllamaReadsIt(t *testing.T) {
	f := &fake{capabilities: []string{"completion", "vision", "tools"}, context: 8192}
	req := providers.Request{
		Model: "m", System: "be <brief>",
		Messages: []providers.Message{
			{Role: providers.User, Parts: []providers.Part{
				providers.Text("what is "), providers.Blob{MIME: "image/png", Data: []byte("png")}, providers.Text("this?"),
			}},
			{Role: providers.Assistant, Parts: []providers.Part{
				providers.Text("let me see"),
				providers.ToolCall{ID: "c1", Name: "look", Arguments: `{"id": 12345678901234567890}`},
				providers.ToolCall{ID: "c2", Name: "sniff"},
			}},
			{Role: providers.User, Parts: []providers.Part{
				providers.ToolResult{ID: "c1", Text: "red"}, providers.ToolResult{ID: "c2", Text: "sweet"},
			}},
		},
		Tools:  []providers.Tool{{Name: "look", Description: "looks", Parameters: json.RawMessage(`{"type":"object","additionalProperties":false}`)}, {Name: "sniff"}},
		Schema: json.RawMessage(`{"type":"object"}`),
	}
	if h := hear(t, f.start(t), req); h.err != nil {
		t.Fatal(h.err)
	}
	body := f.sent(t)
	for field, want := range map[string]string{
		"model": `"m"`, "stream": `true`, "format": `{"type":"object"}`,
		"messages": `[{"role":"system","content":"be <brief>"},` +
			`{"role":"user","content":"what is this?","images":["cG5n"]},` +
			`{"role":"assistant","content":"let me see","tool_calls":[{"id":"c1","function":{"name":"look","arguments":{"id":12345678901234567890}}},{"id":"c2","function":{"name":"sniff","arguments":{}}}]},` +
			`{"role":"tool","content":"red","tool_name":"look","tool_call_id":"c1"},` +
			`{"role":"tool","content":"sweet","tool_name":"sniff","tool_call_id":"c2"}]`,
		"tools": `[{"type":"function","function":{"name":"look","description":"looks","parameters":{"type":"object","additionalProperties":false}}},` +
			`{"type":"function","function":{"name":"sniff","parameters":{"type":"object","properties":{}}}}]`,
	} {
		if got := string(body[field]); got != want {
			t.Errorf("%s\n got %s\nwant %s", field, got, want)
		}
	}
}

func TestNothingIsCutInSilenceAndNothingKeptAlive(t *testing.T) {
	f := chatting()
	hear(t, f.start(t), ask("hi"))
	body := f.sent(t)
	if string(body["truncate"]) != "false" || string(body["shift"]) != "false" {
		t.Errorf("truncate %s, shift %s", body["truncate"], body["shift"])
	}
	if v, ok := body["keep_alive"]; ok {
		t.Errorf("keep_alive %s holds up other models", v)
	}
	if o := f.options(t); len(o) != 1 {
		t.Errorf("options nobody set: %v", o)
	}
}

func TestParametersAreSentUnderOllamasNames(t *testing.T) {
	f := chatting()
	req := ask("hi")
	req.Params = providers.Params{
		Temperature: ptr(0.0), TopP: ptr(0.5), MaxTokens: 99, Seed: ptr(int64(7)), Stop: []string{"a", "b"}, Context: 512,
	}
	hear(t, f.start(t), req)
	got, _ := json.Marshal(f.options(t))
	if want := `{"num_ctx":512,"num_predict":99,"seed":7,"stop":["a","b"],"temperature":0,"top_p":0.5}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestThinkIsSentOnlyToModelsThatCan(t *testing.T) {
	for _, c := range []struct {
		capabilities []string
		family, want string
		sent, notice string
	}{
		{[]string{"completion", "thinking"}, "qwen3", "", "", ""},
		{[]string{"completion", "thinking"}, "qwen3", "on", "true", ""},
		{[]string{"completion", "thinking"}, "qwen3", "off", "false", ""},
		{[]string{"completion", "thinking"}, "qwen3", "high", "true", "without degrees"},
		{[]string{"completion", "thinking"}, "gptoss", "high", `"high"`, ""},
		{[]string{"completion"}, "llama", "on", "", "can't think"},
		{[]string{"completion"}, "llama", "low", "", "can't think"},
		{[]string{"completion"}, "llama", "minimal", "", "think=minimal was left out"},
		{[]string{"completion", "thinking"}, "qwen3", "xhigh", "true", "think=xhigh was sent as on"},
		{[]string{"completion", "thinking"}, "gptoss", "xhigh", `"high"`, "think=xhigh is not known to Ollama: sent as high"},
		{[]string{"completion"}, "llama", "off", "", ""},
		{nil, "llama", "on", "true", ""},
	} {
		f := &fake{capabilities: c.capabilities, family: c.family, loaded: 8192}
		req := ask("hi")
		req.Params.Think = c.want
		h := hear(t, f.start(t), req)
		if h.err != nil {
			t.Fatal(h.err)
		}
		if got := string(f.sent(t)["think"]); got != c.sent {
			t.Errorf("%s %v: think=%q sent as %s, want %s", c.family, c.capabilities, c.want, got, c.sent)
		}
		said := ""
		for _, n := range h.notices {
			said += n.Text
		}
		if !strings.Contains(said, c.notice) || (c.notice == "") != (said == "") {
			t.Errorf("%s think=%q: notice %q, want one on %q", c.family, c.want, said, c.notice)
		}
	}
}

func TestWhatAModelCannotTakeIsNotSent(t *testing.T) {
	image := providers.Message{Parts: []providers.Part{providers.Text("what?"), providers.Blob{MIME: "image/png", Data: []byte("x")}}}
	with := func(change func(*providers.Request)) providers.Request {
		req := ask("hi")
		change(&req)
		return req
	}
	for name, c := range map[string]struct {
		f   *fake
		req providers.Request
	}{
		"image without vision":  {chatting(), with(func(r *providers.Request) { r.Messages = append(r.Messages, image) })},
		"image, vision unknown": {&fake{}, with(func(r *providers.Request) { r.Messages = append(r.Messages, image) })},
		"sound": {&fake{capabilities: []string{"completion", "vision"}}, with(func(r *providers.Request) {
			r.Messages[0].Parts = append(r.Messages[0].Parts, providers.Blob{MIME: "audio/wav", Data: []byte("x")})
		})},
		"tools":         {chatting(), with(func(r *providers.Request) { r.Tools = []providers.Tool{{Name: "f"}} })},
		"no question":   {chatting(), with(func(r *providers.Request) { r.Messages = nil })},
		"unknown think": {chatting(), with(func(r *providers.Request) { r.Params.Think = "maybe" })},
		"broken schema": {chatting(), with(func(r *providers.Request) { r.Schema = json.RawMessage(`{`) })},
		"arguments that are no object": {chatting(), with(func(r *providers.Request) {
			r.Messages = append(r.Messages, providers.Message{Role: providers.Assistant, Parts: []providers.Part{providers.ToolCall{Name: "f", Arguments: "7"}}})
		})},
	} {
		t.Run(name, func(t *testing.T) {
			h := hear(t, c.f.start(t), c.req)
			h.wantError(t, providers.Unsupported, "")
			if n := c.f.asked("/api/chat"); n != 0 || h.sent != nil {
				t.Errorf("%d requests left, Sent %v", n, h.sent)
			}
		})
	}
}

func TestUnknownModelIsToldBeforeAsking(t *testing.T) {
	f := chatting()
	req := ask("hi")
	req.Model = "nope"
	h := hear(t, f.start(t), req)
	h.wantError(t, providers.NotFound, "`ollama pull nope`")
	if f.asked("/api/chat") != 0 || h.err.Status != 404 {
		t.Errorf("status %d after %v", h.err.Status, f.paths)
	}
}

func TestANameThatAShellWouldReadIsInNoCommand(t *testing.T) {
	for _, name := range []string{"m; rm -rf ~", "m`id`", "$(id)", "m\nid", "-h", "m\x1b[2J", "a/../b c"} {
		req := ask("hi")
		req.Model = name
		h := hear(t, chatting().start(t), req)
		h.wantError(t, providers.NotFound, "juxta models list")
		if strings.Contains(h.err.Advice(), "ollama pull") {
			t.Errorf("%q: %s", name, h.err.Advice())
		}
	}
	req := ask("hi")
	req.Model = "hf.co/me/My_Model-GGUF:Q4_K_M"
	hear(t, chatting().start(t), req).wantError(t, providers.NotFound, "`ollama pull hf.co/me/My_Model-GGUF:Q4_K_M`")
}

func TestChatsWorkWhereOnlyChatsArePassedOn(t *testing.T) {
	f := &fake{hidden: []string{"/api/show", "/api/ps"}}
	h := hear(t, f.start(t), ask("hi"))
	if h.err != nil || h.text != "ok" || h.sent.Params.Context != usualWindow {
		t.Errorf("%+v, %v", h, h.err)
	}
}

func TestWindowGrowsWithThePromptUpToTheModels(t *testing.T) {
	for _, c := range []struct {
		model, asked, max, text int // text in characters
		want                    int
		notice                  string
	}{
		{model: 131072, text: 10, want: 8192},
		{model: 4096, text: 10, want: 4096},
		{model: 131072, text: 16_000, want: 8192}, // 4,000 tokens and 4,096 for the answer
		{model: 131072, text: 17_000, want: 16384},
		{model: 131072, text: 100_000, want: 32768},
		{model: 20000, text: 100_000, want: 20000},
		{model: 131072, text: 10, max: 9000, want: 16384},
		{model: 131072, text: 30_000, max: 100, want: 8192},
		{model: 131072, text: 10, asked: 1234, want: 1234},
		{model: 8192, text: 10, asked: 9999, want: 8192, notice: "8192"},
		{model: 0, text: 100_000, want: 32768},
	} {
		f := &fake{capabilities: []string{"completion"}, context: c.model, loaded: c.want}
		req := ask(strings.Repeat("x", c.text))
		req.Params.Context, req.Params.MaxTokens = c.asked, c.max
		h := hear(t, f.start(t), req)
		if h.sent.Params.Context != c.want || f.options(t)["num_ctx"] != float64(c.want) {
			t.Errorf("%+v: Sent says %d, num_ctx %v", c, h.sent.Params.Context, f.options(t)["num_ctx"])
		}
		if (c.notice != "") != (len(h.notices) == 1) {
			t.Errorf("%+v: notices %+v", c, h.notices)
		}
	}
	// Chinese is about a token a character.
	f := chatting()
	if h := hear(t, f.start(t), ask(strings.Repeat("世", 10_000))); h.sent.Params.Context != 16384 {
		t.Errorf("10,000 Chinese characters got a window of %d", h.sent.Params.Context)
	}
}
