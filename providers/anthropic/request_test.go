package anthropic

import (
	"encoding/json"
	"strings"
	"testing"

	"juxta/providers"
)

// asked is what a request looks like on the wire.
func asked(t *testing.T, req providers.Request) (body string, got *told) {
	t.Helper()
	s := replying(200, events(start, finish, stop))
	got = listen(t, behind(t, s), req)
	if got.err != nil {
		t.Fatal(got.err)
	}
	return strings.TrimSpace(s.bodies[0]), got
}

// without is JSON text without some of its fields.
func without(t *testing.T, body string, names ...string) string {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &fields); err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		delete(fields, n)
	}
	rest, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(rest)
}

func TestARequestIsWrittenWhole(t *testing.T) {
	temperature := 0.5
	body, got := asked(t, providers.Request{
		Model: "claude-haiku-4-5", System: "Be <brief>.",
		Messages: []providers.Message{
			{Role: providers.User, Parts: []providers.Part{providers.Text("What is this?"), providers.Blob{MIME: "image/png", Data: []byte("png")}}},
			{Role: providers.Assistant, Parts: []providers.Part{providers.Text("A pin."), providers.ToolCall{ID: "t1", Name: "look", Arguments: `{"n": 1}`}}},
			{Role: providers.User, Parts: []providers.Part{providers.ToolResult{ID: "t1", Text: "found"}}},
		},
		Params: providers.Params{Temperature: &temperature, MaxTokens: 100, Stop: []string{"END"}},
		Tools:  []providers.Tool{{Name: "look", Description: "looks", Parameters: json.RawMessage(`{"type":"object","properties":{}}`)}, {Name: "wait"}},
	})
	want := `{"model":"claude-haiku-4-5","max_tokens":100,"stream":true,"system":"Be <brief>.","messages":[` +
		`{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"cG5n"}}]},` +
		`{"role":"assistant","content":[{"type":"text","text":"A pin."},{"type":"tool_use","id":"t1","name":"look","input":{"n":1}}]},` +
		`{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"found"}]}],` +
		`"temperature":0.5,"stop_sequences":["END"],` +
		`"tools":[{"name":"look","description":"looks","input_schema":{"type":"object","properties":{}}},{"name":"wait","input_schema":{"type":"object"}}]}`
	if body != want {
		t.Errorf("asked\n%s\nwant\n%s", body, want)
	}
	if len(got.notices) > 0 {
		t.Errorf("notices %q", got.notices)
	}
}

func TestConversationsAreBroughtIntoTurns(t *testing.T) {
	user, model := providers.User, providers.Assistant
	text := func(s string) providers.Text { return providers.Text(s) }
	for name, tt := range map[string]struct {
		history []providers.Message
		want    string // of the messages; an error's words if it is no list
	}{
		"one after another": {
			[]providers.Message{providers.Says(user, "a"), providers.Says(user, "b"), providers.Says(model, "c"), providers.Says(model, "d"), providers.Says(user, "e")},
			`[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},{"role":"assistant","content":[{"type":"text","text":"c"},{"type":"text","text":"d"}]},{"role":"user","content":[{"type":"text","text":"e"}]}]`,
		},
		"empty text": {
			[]providers.Message{providers.Says(user, "a"), providers.Says(model, " \n"), {Role: user, Parts: []providers.Part{text(""), text("b")}}},
			`[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]`,
		},
		"results first": {
			[]providers.Message{
				providers.Says(user, "a"),
				{Role: model, Parts: []providers.Part{providers.ToolCall{ID: "1", Name: "f"}, providers.ToolCall{ID: "2", Name: "g"}}},
				{Role: user, Parts: []providers.Part{text("so?"), providers.ToolResult{ID: "1", Text: "x"}}},
				{Role: user, Parts: []providers.Part{providers.ToolResult{ID: "2"}}},
			},
			`[{"role":"user","content":[{"type":"text","text":"a"}]},{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{}},{"type":"tool_use","id":"2","name":"g","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":"x"},{"type":"tool_result","tool_use_id":"2"},{"type":"text","text":"so?"}]}]`,
		},
		"documents": {
			[]providers.Message{{Parts: []providers.Part{providers.Blob{MIME: "application/pdf", Data: []byte("%PDF")}, providers.Blob{MIME: "text/plain", Data: []byte("plain")}}}},
			`[{"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERg=="}},{"type":"document","source":{"type":"text","media_type":"text/plain","data":"plain"}}]}]`,
		},
		"no question":        {[]providers.Message{providers.Says(user, " ")}, "no question"},
		"the model first":    {[]providers.Message{providers.Says(model, "a"), providers.Says(user, "b")}, "does not begin with a question"},
		"sound":              {[]providers.Message{{Parts: []providers.Part{providers.Blob{MIME: "audio/wav"}}}}, "audio/wav"},
		"an odd picture":     {[]providers.Message{{Parts: []providers.Part{providers.Blob{MIME: "image/tiff"}}}}, "image/tiff"},
		"text that is none":  {[]providers.Message{{Parts: []providers.Part{providers.Blob{MIME: "text/plain", Data: []byte{0xff}}}}}, "text/plain"},
		"the model's image":  {[]providers.Message{providers.Says(user, "a"), {Role: model, Parts: []providers.Part{providers.Blob{MIME: "image/png"}}}}, "own mouth"},
		"arguments, no JSON": {[]providers.Message{providers.Says(user, "a"), {Role: model, Parts: []providers.Part{providers.ToolCall{Name: "f", Arguments: "[1]"}}}}, "call of f"},
	} {
		t.Run(name, func(t *testing.T) {
			s := replying(200, events(start, finish, stop))
			got := listen(t, behind(t, s), providers.Request{Model: "claude-opus-5", Messages: tt.history})
			if tt.want[0] != '[' {
				got.failed(t, providers.Unsupported, tt.want)
				if len(s.bodies) > 0 || got.sent != nil {
					t.Error("it was sent all the same")
				}
				return
			}
			var body struct{ Messages json.RawMessage }
			if err := json.Unmarshal([]byte(s.bodies[0]), &body); err != nil || string(body.Messages) != tt.want {
				t.Errorf("%v\n%s\nwant\n%s", err, body.Messages, tt.want)
			}
		})
	}
}

func TestAModelThatCantReadItGetsNoAttachment(t *testing.T) {
	for model, mime := range map[string]string{"claude-3-haiku-20240307": "application/pdf", "blind": "image/png"} {
		s := replying(200, `{"data":[{"id":"blind","capabilities":{"image_input":{"supported":false}}}]}`, events(start, finish, stop))
		p := behind(t, s)
		if _, err := p.Models(t.Context()); err != nil {
			t.Fatal(err)
		}
		req := hello(model)
		req.Messages[0].Parts = append(req.Messages[0].Parts, providers.Blob{MIME: mime})
		listen(t, p, req).failed(t, providers.Unsupported, "can't")
		if len(s.bodies) != 1 {
			t.Errorf("%s was asked", model)
		}
	}
}

func TestASchemaIsSentWhereItIsTaken(t *testing.T) {
	req := hello("claude-sonnet-5")
	req.Schema = json.RawMessage(`{"type":"object","properties":{"b":{"type":"string"},"a":{"type":"integer"}},"additionalProperties":false}`)
	body, got := asked(t, req)
	if want := `"output_config":{"format":{"type":"json_schema","schema":` + string(req.Schema) + `}}`; !strings.Contains(body, want) {
		t.Errorf("asked %s, want %s in it", body, want)
	}
	if len(got.notices) > 0 {
		t.Errorf("notices %q", got.notices)
	}

	for _, model := range []string{"claude-3-7-sonnet-latest", "claude-sonnet-4-0", "glm-4.6"} {
		req.Model = model
		s := replying(200, "")
		listen(t, behind(t, s), req).failed(t, providers.Unsupported, model+" takes no schema")
		if len(s.bodies) > 0 {
			t.Error("it was sent all the same")
		}
	}
	req.Model, req.Schema = "claude-sonnet-5", json.RawMessage(`{"type":`)
	listen(t, behind(t, replying(200, "")), req).failed(t, providers.Unsupported, "not JSON")
}

func TestAnOpenSchemaIsClosedInItsOrder(t *testing.T) {
	for schema, want := range map[string]string{
		`{"type":"object","properties":{"z":{"type":"object"},"a":{"type":["object","null"],"properties":{"type":{"enum":["object"]}}}}}`: `{"type":"object","properties":{"z":{"type":"object","additionalProperties":false},"a":{"type":["object","null"],"properties":{"type":{"enum":["object"]}},"additionalProperties":false}},"additionalProperties":false}`,
		`{"anyOf":[{"properties":{}},{"type":"string"}],"$defs":{"properties":{"type":"object"}}}`:                                        `{"anyOf":[{"properties":{},"additionalProperties":false},{"type":"string"}],"$defs":{"properties":{"type":"object","additionalProperties":false}}}`,
		`{"const":{"type":"object"},"default":{"properties":{}},"maximum":12345678901234567890}`:                                          `{"const":{"type":"object"},"default":{"properties":{}},"maximum":12345678901234567890}`,
		`{"type":"object","additionalProperties":{"type":"object"}}`:                                                                      `{"type":"object","additionalProperties":{"type":"object","additionalProperties":false}}`,
		`true`: `true`,
	} {
		shut, changed, err := closed(json.RawMessage(schema))
		if err != nil || string(shut) != want || changed != (schema != want) {
			t.Errorf("%s became %t %v\n%s, want\n%s", schema, changed, err, shut, want)
		}
	}
	for _, schema := range []string{``, `{`, `{"a":1}}`, `[1`, `{"properties":{"a":`} {
		if _, _, err := closed(json.RawMessage(schema)); err == nil {
			t.Errorf("%q passed", schema)
		}
	}
	req := hello("claude-opus-5")
	req.Schema = json.RawMessage(`{"type":"object"}`)
	body, got := asked(t, req)
	got.noticed(t, "additionalProperties")
	if !strings.Contains(body, `"schema":{"type":"object","additionalProperties":false}`) {
		t.Error(body)
	}
}
