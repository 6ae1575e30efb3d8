package ollama

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"juxta/providers"
)

// carried answers every chat with one body, and knows the model "m".
type carried struct {
	status int
	body   []byte
	split  func(io.Reader) io.Reader
}

func (c carried) RoundTrip(req *http.Request) (*http.Response, error) {
	status, body := c.status, c.split(bytes.NewReader(c.body))
	switch {
	case strings.HasSuffix(req.URL.Path, "/api/show"):
		status, body = 200, strings.NewReader(`{"capabilities":["completion"],"model_info":{"general.architecture":"a","a.context_length":8192}}`)
	case strings.HasSuffix(req.URL.Path, "/api/ps"):
		status, body = 200, strings.NewReader(`{"models":[]}`)
	}
	return &http.Response{StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: io.NopCloser(body), Request: req}, nil
}

// FuzzChat holds that whatever a server sends, and however it is cut, the same
// is told, it ends once, and the key stays inside.
func FuzzChat(f *testing.F) {
	f.Add([]byte(`{"model":"m","message":{"role":"assistant","content":"a","thinking":"t"},"done":false}`+"\n"+finalLine+"\n"), 200)
	f.Add([]byte(`{"message":{"tool_calls":[{"id":"c","function":{"name":"f","arguments":{"a":1e400}}}]},"done":false}`+"\r\n"+finalLine), 200)
	f.Add([]byte(`{"error":"model 'm' not found"}`), 404)
	f.Add([]byte(`{"error":{"message":"x","code":500},"status":500}`+"\n"), 200)
	f.Add([]byte(`{"message":{"content":"cut`), 200)
	f.Add([]byte("<html><title>502</title>"), 502)
	f.Add([]byte(`{"done":true,"done_reason":"load","prompt_eval_count":-3,"eval_count":9223372036854775807}`), 200)
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		if status < 200 || status > 599 {
			status = 200
		}
		const key = "ollama-fuzz-0123456789abcdef"
		var said [2]string
		for i, split := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader} {
			p, err := New(providers.Endpoint{
				Name: "ollama", BaseURL: "http://127.0.0.1:11434", Key: providers.NewSecret(key), Network: carried{status, body, split},
			})
			if err != nil {
				t.Fatal(err)
			}
			ends := 0
			for ev, err := range p.Stream(t.Context(), providers.Request{Model: "m", Messages: []providers.Message{providers.Says(providers.User, "hi")}}) {
				switch ev := ev.(type) {
				case providers.Delta:
					said[i] += ev.Text
				case providers.Thought:
					said[i] += "\x00" + ev.Text
				case providers.ToolCall:
					said[i] += "\x01" + ev.Name + ev.Arguments
				case providers.Stop:
					ends++
					if u := ev.Usage; u != nil && min(u.Input, u.CacheRead, u.Output) < 0 {
						t.Errorf("usage %+v", *u)
					}
				}
				if err != nil {
					ends++
					said[i] += "\x02" + err.Error()
					if strings.Contains(err.Error(), key) {
						t.Errorf("the key is told: %v", err)
					}
				}
			}
			if ends != 1 {
				t.Errorf("%d ends", ends)
			}
		}
		if said[0] != said[1] {
			t.Errorf("whole: %q\nsplit: %q", said[0], said[1])
		}
	})
}
