package gemini

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"juxta/providers"
)

type always []byte

// RoundTrip implements [http.RoundTripper].
func (b always) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(b)), Request: req}, nil
}

// BenchmarkStream reads a stream of 2,000 events, and, to be measured by, reads
// the same bytes in a bare loop that decodes each event into the same structs.
func BenchmarkStream(b *testing.B) {
	var body bytes.Buffer
	for i := range 2000 {
		finish := ""
		if i == 1999 {
			finish = `,"finishReason": "STOP"`
		}
		fmt.Fprintf(&body, `data: {"candidates": [{"content": {"parts": [{"text": " the %dth piece of an answer\n"}],"role": "model"}%s,"index": 0}],"usageMetadata": {"promptTokenCount": 44,"candidatesTokenCount": %d,"totalTokenCount": 1554,"promptTokensDetails": [{"modality": "TEXT","tokenCount": 44}],"thoughtsTokenCount": 902,"serviceTier": "standard"},"modelVersion": "gemini-3-flash-preview","responseId": "eb-FapqKAZ36nsEP49ya-As"}`+"\r\n\r\n", i, finish, i)
	}
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(body.Len()))
		for b.Loop() {
			events := 0
			lines := bufio.NewScanner(bytes.NewReader(body.Bytes()))
			for lines.Scan() {
				if data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: ")); ok {
					var ch chunk
					if err := json.Unmarshal(data, &ch); err != nil {
						b.Fatal(err)
					}
					events++
				}
			}
			if events != 2000 {
				b.Fatal(events)
			}
		}
	})
	b.Run("juxta", func(b *testing.B) {
		p, err := New(providers.Endpoint{Name: "lab", Network: always(body.Bytes())})
		if err != nil {
			b.Fatal(err)
		}
		req := providers.Request{Model: "m", Messages: []providers.Message{providers.Says(providers.User, "hi")}}
		b.ReportAllocs()
		b.SetBytes(int64(body.Len()))
		for b.Loop() {
			events := 0
			for _, err := range p.Stream(b.Context(), req) {
				if err != nil {
					b.Fatal(err)
				}
				events++
			}
			if events != 2003 { // with Sent, Counted and Stop
				b.Fatal(events)
			}
		}
	})
}
