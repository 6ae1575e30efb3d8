package openai

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"juxta/providers"
)

// with is a question with an attachment of a type.
func with(model, mime string) providers.Request {
	return providers.Request{Model: model, Messages: []providers.Message{{Parts: []providers.Part{
		providers.Blob{Name: "a.bin", MIME: mime, Data: []byte{1, 2, 3}}, providers.Text("?"),
	}}}}
}

// OpenAI's list tells nothing but names.
func TestOpenAIsModelsAreKnownByName(t *testing.T) {
	no, yes, unknown := providers.No, providers.Yes, providers.Unknown
	for model, want := range map[string][3]providers.Support{ // pictures, sound, documents
		"gpt-5.1": {yes, no, yes}, "gpt-5-mini-2025-08-07": {yes, no, yes}, "gpt-4.1-nano": {yes, no, yes}, "gpt-4o-mini": {yes, no, yes},
		"o1": {yes, no, yes}, "o3": {yes, no, yes}, "o4-mini": {yes, no, yes}, "chatgpt-4o-latest": {yes, no, yes},
		"o3-mini": {no, no, no}, "o1-mini": {no, no, no}, "gpt-3.5-turbo-0125": {no, no, no}, "gpt-4": {no, no, no}, "gpt-4-0613": {no, no, no}, "gpt-4-1106-preview": {no, no, no},
		"gpt-4-turbo": {yes, no, unknown}, "gpt-audio": {no, yes, no}, "gpt-4o-audio-preview": {no, yes, no},
		"my-deployment": {unknown, unknown, unknown}, "gpt-4o-search-preview": {unknown, unknown, unknown},
	} {
		if can := ownSenses(model); can.Images != want[0] || can.Audio != want[1] || can.Documents != want[2] {
			t.Errorf("%s: %+v, want %v", model, can, want)
		}
	}
}

func TestWhatTheListSaysOfAModelHoldsForWhatItIsSent(t *testing.T) {
	const list = `{"data":[
		{"id":"all","architecture":{"input_modalities":["text","image","file","audio"]}},
		{"id":"text","architecture":{"input_modalities":["text"]}}]}`
	for _, build := range []providers.Builder{New, NewResponses} {
		asked := 0
		p := built(t, build, providers.Endpoint{Name: "openrouter", BaseURL: "https://openrouter.ai/api/v1"}, carry(func(r *http.Request) string {
			if r.Method == http.MethodGet {
				return list
			}
			asked++
			return `{}`
		}))
		models, err := p.Models(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range models {
			for _, mime := range []string{"image/png", "audio/wav", "audio/flac", "application/pdf"} {
				asked = 0
				got := listen(t, p, with(m.Ref.Model, mime))
				if takes := m.Takes(mime) == providers.Yes; takes != (asked == 1) || m.Takes(mime) == providers.Unknown {
					t.Errorf("%s takes %s: %v, but %d requests were sent: %v", m.Ref, mime, m.Takes(mime), asked, got.err)
				}
				if asked == 0 {
					got.failed(t, providers.Unsupported, "leave")
				}
			}
		}
	}
}

// carry is a network that answers 200 with what it is told to.
type carry func(*http.Request) string

func (c carry) RoundTrip(r *http.Request) (*http.Response, error) {
	return replay{200, nil, []byte(c(r)), whole}.RoundTrip(r)
}

// OpenRouter would read a document for a model that can't, and charge for it.
func TestOpenRouterReadsNoDocumentForTheModel(t *testing.T) {
	for _, build := range []providers.Builder{New, NewResponses} {
		m, _ := written(t, build, "https://openrouter.ai/api/v1", false, with("some/model", "application/pdf"))
		wantJSON(t, "plugins", m["plugins"], `[{"id":"file-parser","pdf":{"engine":"native"}}]`)
		if m, _ = written(t, build, "https://openrouter.ai/api/v1", false, with("some/model", "image/png")); m["plugins"] != nil {
			t.Errorf("a picture needs no plugin: %v", m["plugins"])
		}
		if m, _ = written(t, build, "http://h/v1", false, with("m", "application/pdf")); m["plugins"] != nil {
			t.Errorf("nobody else has plugins: %v", m["plugins"])
		}
	}
}

func TestServicesWithoutAPlaceForItAreNotSentIt(t *testing.T) {
	for base, mimes := range map[string]string{
		"https://api.groq.com/openai/v1":                         "application/pdf audio/wav",
		"https://api.deepseek.com/v1":                            "audio/wav",
		"https://api.x.ai/v1":                                    "application/pdf audio/wav image/webp",
		"https://api.cerebras.ai/v1":                             "application/pdf audio/mpeg",
		"https://dashscope-intl.aliyuncs.com/compatible-mode/v1": "application/pdf audio/flac",
		openaiBase: "audio/flac audio/wav image/tiff image/bmp",
	} {
		for mime := range strings.FieldsSeq(mimes) {
			p := over(t, providers.Endpoint{Name: "lab", BaseURL: base}, refuse{})
			got := listen(t, p, with("gpt-5.1", mime))
			got.failed(t, providers.Unsupported)
			if got.err.Hint == "" || len(got.events) != 0 {
				t.Errorf("%s, %s: %v happened, hint %q", base, mime, got.events, got.err.Hint)
			}
		}
	}
	m, _ := written(t, New, "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", false, with("qwen3-omni-flash", "audio/wav"))
	data, _ := json.Marshal(m["messages"])
	if !strings.Contains(string(data), `{"data":"data:;base64,AQID","format":"wav"}`) {
		t.Errorf("DashScope reads sound from an address: %s", data)
	}
}
