package providers_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"juxta/providers"
)

// BenchmarkReading compares what a provider takes for recorded streams with the
// least that anybody takes: a loop that reads the same bytes and decodes the
// same JSON into a struct of the fields that an answer needs. At most twice
// that is wanted; the bare loop tells nothing, checks nothing and stamps
// nothing. They take turns, as the machine may be busy.
func BenchmarkReading(b *testing.B) {
	streams := map[string][]*recording{}
	for _, rec := range recordings(b) {
		if rec.Expected.Complete {
			streams[rec.API] = append(streams[rec.API], rec)
		}
	}
	for api, recs := range streams {
		b.Run(api, func(b *testing.B) {
			size := 0
			asks := make([]providers.Provider, len(recs))
			for i, rec := range recs {
				size += len(rec.body)
				asks[i] = rec.over(b, &network{split: whole})
			}
			var least, ours time.Duration
			for b.Loop() {
				began := time.Now()
				for _, rec := range recs {
					bare(api, rec.body)
				}
				turn := time.Now()
				for i, rec := range recs {
					for _, err := range asks[i].Stream(b.Context(), rec.ask()) {
						if err != nil {
							b.Fatal(fmt.Errorf("%s: %w", rec.name, err))
						}
					}
				}
				least, ours = least+turn.Sub(began), ours+time.Since(turn)
			}
			b.ReportMetric(float64(ours)/float64(least), "×bare")
			b.ReportMetric(float64(size)*float64(b.N)/1e6/ours.Seconds(), "MB/s")
		})
	}
}

// bare decodes every line of body that holds JSON, or else all of it.
func bare(api string, body []byte) {
	n := 0
	lines := bufio.NewScanner(bytes.NewReader(body))
	lines.Buffer(make([]byte, 64<<10), 8<<20)
	for lines.Scan() {
		line := bytes.TrimPrefix(lines.Bytes(), []byte("data:"))
		if line = bytes.TrimSpace(line); len(line) == 0 || line[0] != '{' {
			continue
		}
		n++
		decode(api, line)
	}
	if n == 0 {
		decode(api, body)
	}
}

// decode reads one object as a hurried client would.
func decode(api string, line []byte) {
	switch api {
	case "openai-chat-completions":
		var c struct {
			ID, Model, Object string
			Choices           []struct {
				Index int
				Delta struct {
					Content          any
					ReasoningContent string `json:"reasoning_content"`
					Reasoning        string
					ToolCalls        []struct {
						Index    int
						ID       string
						Function struct{ Name, Arguments string }
					} `json:"tool_calls"`
				}
				FinishReason string `json:"finish_reason"`
			}
			Usage json.RawMessage
		}
		_ = json.Unmarshal(line, &c)
		return
	case "openai-responses":
		var e struct {
			Type     string
			Delta    string
			Item     json.RawMessage
			Response json.RawMessage
		}
		_ = json.Unmarshal(line, &e)
		return
	case "anthropic-messages":
		var e struct {
			Type         string
			Index        int
			Message      json.RawMessage
			ContentBlock json.RawMessage `json:"content_block"`
			Delta        struct {
				Type, Text, Thinking, PartialJSON, StopReason string
			}
			Usage json.RawMessage
		}
		_ = json.Unmarshal(line, &e)
		return
	case "gemini-generateContent":
		var r struct {
			Candidates []struct {
				Content struct {
					Parts []struct {
						Text         string
						Thought      bool
						FunctionCall json.RawMessage
					}
				}
				FinishReason string
			}
			UsageMetadata json.RawMessage
			ModelVersion  string
		}
		_ = json.Unmarshal(line, &r)
		return
	}
	var r struct {
		Model   string
		Message struct{ Content, Thinking string }
		Done    bool
	}
	_ = json.Unmarshal(line, &r)
}
