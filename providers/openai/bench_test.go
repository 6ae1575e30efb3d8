package openai

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"juxta/providers"
)

// Each half reads 2,000 events of the usual size through the whole provider;
// its bare loop is the yardstick: the same bytes, cut into lines and decoded
// into the same structs, and nothing else. At most twice that is wanted.

func BenchmarkChat(b *testing.B) {
	event := `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1770000000,"model":"m","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"content":" token"},"logprobs":null,"finish_reason":null}],"obfuscation":"x"}`
	body := strings.Repeat("data: "+event+"\n\n", 2000) + stream(delta0("{}", `"stop"`))
	b.Run("bare", func(b *testing.B) { bareLoop(b, body, func() any { return new(chunk) }) })
	b.Run("juxta", func(b *testing.B) { through(b, New, body) })
}

func BenchmarkResponses(b *testing.B) {
	event := `{"type":"response.output_text.delta","item_id":"msg_0a7836d50cf181dd016a3c122cf3b881a1947fb8d49897cfca","output_index":1,"content_index":0,"delta":" token","logprobs":[],"obfuscation":"aBcDeFgH","sequence_number":17}`
	body := happenings(created) + strings.Repeat("event: response.output_text.delta\ndata: "+event+"\n\n", 2000) + happenings(completed)
	b.Run("bare", func(b *testing.B) { bareLoop(b, body, func() any { return new(happening) }) })
	b.Run("juxta", func(b *testing.B) { through(b, NewResponses, body) })
}

func bareLoop(b *testing.B, body string, into func() any) {
	data := []byte(body)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for line := range bytes.Lines(data) {
			if line, ok := bytes.CutPrefix(line, []byte("data: ")); ok && line[0] == '{' {
				if err := json.Unmarshal(line, into()); err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
		if n < 2000 {
			b.Fatal(n)
		}
	}
}

func through(b *testing.B, build providers.Builder, body string) {
	p := built(b, build, providers.Endpoint{Name: "lab", BaseURL: "https://service.test/v1"}, replay{200, nil, []byte(body), whole})
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
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
