package anthropic

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func FuzzStream(f *testing.F) {
	for _, s := range []string{
		"",
		events(start, saying("hi"), finish, stop),
		events(start, `{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}`,
			`{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}`, `{"type":"content_block_stop","index":0}`, finish, stop),
		events(start, `{"type":"content_block_start","index":0,"content_block":{"type":"thinking"}}`, `{"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"hm"}}`,
			`{"type":"content_block_start","content_block":{"type":"redacted_thinking"}}`, `{"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"explanation":"no"}},"usage":{"cost":1e5}}`, stop) + "data: [DONE]\n\n",
		events(start) + wrong("overloaded_error", "Overloaded") + "\n",
		"event: error\r\ndata: {\"error\":\"x\"}\r\n\r\n",
		": comment\nevent: ping\ndata: {}\n\ndata: {\"type\":\"mess",
		`{"type":"message","content":[{"text":"a"}],"stop_reason":"end_turn","usage":{"input_tokens":1}}`,
		"<title>x</title>",
		"[1]",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ends := map[string]string{}
		for name, split := range map[string]func(io.Reader) io.Reader{"whole": nil, "byte by byte": iotest.OneByteReader} {
			s := replying(200, string(data))
			s.split = split
			got := listen(t, behind(t, s), hello("claude-opus-5")) // which holds that there is one end
			end := fmt.Sprintf("%q %q %q %v ", got.text.String(), got.thoughts.String(), got.refusal.String(), got.err)
			for _, c := range got.calls {
				end += c.ID + c.Name + c.Arguments
			}
			if got.stop != nil {
				end += fmt.Sprint(got.stop.Reason, got.stop.Usage, string(got.stop.Raw))
				if u := got.stop.Usage; u != nil && (u.Input < 0 || u.CacheWriteHour > u.CacheWrite || u.Reasoning > u.Output) {
					t.Errorf("counted %+v", u)
				}
			}
			ends[name] = end
		}
		if ends["whole"] != ends["byte by byte"] {
			t.Errorf("%q came out as\n%s\nand byte by byte as\n%s", data, ends["whole"], ends["byte by byte"])
		}
	})
}

// BenchmarkReading compares reading a stream of 2,000 pieces with a bare loop
// that decodes the same events, which is to take at least half as long.
func BenchmarkReading(b *testing.B) {
	parts := []string{start, `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`}
	for i := range 2000 {
		parts = append(parts, saying(fmt.Sprintf(" word %d", i)))
	}
	stream := events(append(parts, `{"type":"content_block_stop","index":0}`, finish, stop)...)
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(stream)))
		for b.Loop() {
			lines := bufio.NewReader(strings.NewReader(stream))
			for {
				line, err := lines.ReadSlice('\n')
				if data, ok := bytes.CutPrefix(line, []byte("data: ")); ok {
					var e event
					if json.Unmarshal(data, &e) != nil {
						b.Fatal("not JSON")
					}
				}
				if err != nil {
					break
				}
			}
		}
	})
	b.Run("juxta", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(stream)))
		for b.Loop() {
			for _, err := range behind(b, replying(200, stream)).Stream(b.Context(), hello("claude-opus-5")) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
