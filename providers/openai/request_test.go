package openai

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/providers/wire"
)

// written is what req becomes on its way to base, and what was noticed.
func written(t *testing.T, build providers.Builder, base string, local bool, req providers.Request) (map[string]any, []string) {
	t.Helper()
	p, err := build(providers.Endpoint{Name: "lab", BaseURL: base, Local: local})
	if err != nil {
		t.Fatal(err)
	}
	s := p.(*service)
	plan := s.menu(req.Model).settle(req.Params)
	parcel, err := s.encode(req, plan)
	data := unpacked(t, parcel, err)
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m, plan.notes
}

// unpacked is a parcel as it leaves.
func unpacked(t *testing.T, p *wire.Parcel, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(p.Reader())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func wantJSON(t *testing.T, what string, got any, want string) {
	t.Helper()
	data, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if !sameJSON(data, []byte(want)) {
		t.Errorf("%s:\n got %s\nwant %s", what, data, want)
	}
}

func TestAConversationIsWrittenInTheProtocol(t *testing.T) {
	m, left := written(t, New, "http://h/v1", false, providers.Request{
		Model: "m", System: "be brief",
		Messages: []providers.Message{
			{Parts: []providers.Part{providers.Text("what is <this>?"), providers.Blob{MIME: "image/png", Data: []byte{1, 2, 3}}}},
			{Role: providers.Assistant, Parts: []providers.Part{providers.Text("let me see"), providers.ToolCall{ID: "c1", Name: "look", Arguments: `{"x":1}`}, providers.ToolCall{ID: "c2", Name: "wait"}}},
			{Parts: []providers.Part{providers.ToolResult{ID: "c1", Text: "a pin"}, providers.ToolResult{ID: "c2", Text: "ok"}, providers.Text("well?")}},
		},
		Tools:  []providers.Tool{{Name: "look", Description: "looks", Parameters: json.RawMessage(`{"type":"object"}`)}},
		Schema: json.RawMessage(`{"type":"object"}`),
	})
	if left != nil {
		t.Errorf("left out: %q", left)
	}
	wantJSON(t, "request", m, `{
		"model":"m","stream":true,"stream_options":{"include_usage":true},
		"messages":[
			{"role":"system","content":"be brief"},
			{"role":"user","content":[{"type":"text","text":"what is <this>?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AQID"}}]},
			{"role":"assistant","content":"let me see","tool_calls":[
				{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"x\":1}"}},
				{"id":"c2","type":"function","function":{"name":"wait","arguments":"{}"}}]},
			{"role":"tool","tool_call_id":"c1","content":"a pin"},
			{"role":"tool","tool_call_id":"c2","content":"ok"},
			{"role":"user","content":"well?"}],
		"tools":[{"type":"function","function":{"name":"look","description":"looks","parameters":{"type":"object"}}}],
		"response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"}}}}`)
}

func TestAnAttachmentIsSentOrNothingIs(t *testing.T) {
	sent := false
	p := at(t, providers.Timeouts{}, func(http.ResponseWriter, *http.Request) { sent = true })
	for _, m := range []providers.Message{
		{Parts: []providers.Part{providers.Blob{MIME: "video/mp4", Data: []byte{1}}}},
		{Role: providers.Assistant, Parts: []providers.Part{providers.Blob{MIME: "image/png", Data: []byte{1}}}},
	} {
		got := listen(t, p, providers.Request{Model: "m", Messages: []providers.Message{m}})
		got.failed(t, providers.Unsupported)
		if len(got.events) != 0 || sent {
			t.Errorf("%v happened, sent is %v", got.events, sent)
		}
	}
	for mime, want := range map[string]string{
		"audio/wav":       `{"type":"input_audio","input_audio":{"data":"AQ==","format":"wav"}}`,
		"audio/mpeg":      `{"type":"input_audio","input_audio":{"data":"AQ==","format":"mp3"}}`,
		"application/pdf": `{"type":"file","file":{"filename":"a plan.pdf","file_data":"data:application/pdf;base64,AQ=="}}`,
	} {
		m, _ := written(t, New, "http://h/v1", false, providers.Request{Model: "m", Messages: []providers.Message{{Parts: []providers.Part{
			providers.Blob{Name: "../b/a plan\x1b.PDF", MIME: mime, Data: []byte{1}},
		}}}})
		wantJSON(t, mime, m["messages"], `[{"role":"user","content":[`+want+`]}]`)
	}
}

func TestANoticeTellsWhatWasLeftOutBeforeItIsSent(t *testing.T) {
	p := answering(t, 200, nil, stream(delta0(`{"content":"x"}`, `"stop"`)))
	req := hello("m")
	req.Params.Context = 1
	got := listen(t, p, req)
	if n, ok := got.events[0].(providers.Notice); !ok || n.At.IsZero() || n.Wait || !strings.Contains(n.Text, "left out") {
		t.Errorf("first came %+v", got.events[0])
	}
	if _, ok := got.events[1].(providers.Sent); !ok {
		t.Errorf("then came %+v", got.events[1])
	}
}

func TestTheRequestGoesWhereTheBaseURLSays(t *testing.T) {
	var seen []string
	p := at(t, providers.Timeouts{}, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		seen = append(seen, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization")+" "+r.Header.Get("Content-Type"))
		if r.Method == http.MethodPost && !json.Valid(b) {
			t.Errorf("sent %q", b)
		}
		_, _ = io.WriteString(w, `{"data":[]}`)
	})
	listen(t, p, hello("m"))
	if _, err := p.Models(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"POST /v1/chat/completions Bearer " + key + " application/json", "GET /v1/models Bearer " + key + " "}
	if !reflect.DeepEqual(seen, want) {
		t.Errorf("%q, want %q", seen, want)
	}
}

func TestAKeyThatCanBeNoHeaderIsToldBeforeSending(t *testing.T) {
	p := over(t, providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1", Key: providers.NewSecret("a\nb"), KeyName: "LAB_API_KEY"}, refuse{})
	e := listen(t, p, hello("m")).failed(t, providers.Auth, "LAB_API_KEY")
	if strings.Contains(e.Error(), "a\nb") {
		t.Error("the key is told")
	}
}

// refuse is a network that must not be used.
type refuse struct{}

func (refuse) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("something was sent")
}

func TestASchemaThatIsNoJSONIsToldBeforeSending(t *testing.T) {
	p := over(t, providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1"}, refuse{})
	req := hello("m")
	req.Schema = json.RawMessage(`{"type":`)
	got := listen(t, p, req)
	got.failed(t, providers.Unsupported, "schema")
	if len(got.events) != 0 {
		t.Errorf("%v happened", got.events)
	}
}
