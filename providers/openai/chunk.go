package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"juxta/providers/wire"
)

// A chunk is one object of a stream, or a whole answer.
type chunk struct {
	ID       loose           `json:"id"`
	Object   loose           `json:"object"`
	Model    loose           `json:"model"`
	Tier     loose           `json:"service_tier"`
	Choices  []choice        `json:"choices"`
	Usage    json.RawMessage `json:"usage"`
	Error    json.RawMessage `json:"error"`
	Groq     *groqChunk      `json:"x_groq"`
	Timings  *llamaTimings   `json:"timings"`
	TimeInfo *timeInfo       `json:"time_info"`
}

type groqChunk struct {
	ID    loose           `json:"id"`
	Usage json.RawMessage `json:"usage"`
	Error json.RawMessage `json:"error"`
}

type choice struct {
	Index   int    `json:"index"`
	Finish  loose  `json:"finish_reason"`
	Delta   *delta `json:"delta"`
	Message *delta `json:"message"` // in a whole answer
}

// A delta is a piece of a message; services put thoughts in four places.
type delta struct {
	Content          content    `json:"content"`
	ReasoningContent content    `json:"reasoning_content"`
	Reasoning        content    `json:"reasoning"`
	Details          []detail   `json:"reasoning_details"`
	Refusal          loose      `json:"refusal"`
	ToolCalls        []fragment `json:"tool_calls"`
	FunctionCall     *function  `json:"function_call"`
}

type detail struct {
	Text    loose `json:"text"`
	Summary loose `json:"summary"`
}

// A fragment is a piece of a tool call.
type fragment struct {
	Index    *int     `json:"index"`
	ID       loose    `json:"id"`
	Function function `json:"function"`
}

type function struct {
	Name      loose `json:"name"`
	Arguments loose `json:"arguments"`
}

var errSyntax = errors.New("not JSON")

func parseChunk(data []byte) (*chunk, error) {
	ch := new(chunk)
	if data[0] != '{' {
		return nil, errSyntax
	}
	if wire.Lenient(data, ch) != nil {
		return nil, errSyntax
	}
	return ch, nil
}

// faulty reports whether ch is an error, or holds one.
func (ch *chunk) faulty() bool {
	return wire.Given(ch.Error) || ch.Object == "error" || ch.Groq != nil && wire.Given(ch.Groq.Error)
}

// loose is a JSON string, or the text of what stands in its place; null is
// empty. A service that sends a number as an ID is still understood.
type loose string

// UnmarshalJSON implements [json.Unmarshaler].
func (l *loose) UnmarshalJSON(b []byte) error {
	switch {
	case b[0] == '"':
		*l = loose(unquote(b))
	case string(b) == "null":
		*l = ""
	default:
		*l = loose(strings.ToValidUTF8(string(b), "\ufffd"))
	}
	return nil
}

// unquote is the text of a JSON string, which the decoder has checked. Most hold
// nothing to decode, and a second decoder for each costs as much as the first
// for the whole chunk.
func unquote(b []byte) string {
	if bytes.IndexByte(b, '\\') < 0 && utf8.Valid(b) {
		return string(b[1 : len(b)-1])
	}
	var s string
	_ = json.Unmarshal(b, &s)
	return s
}

// content is text, or a list of pieces of text and thought, in their order.
type content []piece

type piece struct {
	text    string
	thought bool
}

// UnmarshalJSON implements [json.Unmarshaler].
func (c *content) UnmarshalJSON(b []byte) error {
	*c = (*c)[:0]
	switch b[0] {
	case '"':
		if s := unquote(b); s != "" {
			*c = append(*c, piece{text: s})
		}
	case '[':
		var parts []struct {
			Type     string `json:"type"`
			Text     loose  `json:"text"`
			Thinking musing `json:"thinking"`
		}
		if err := wire.Lenient(b, &parts); err != nil {
			return err
		}
		for _, p := range parts {
			switch {
			case p.Type == "thinking" && p.Thinking != "":
				*c = append(*c, piece{string(p.Thinking), true})
			case p.Type == "thinking":
			case p.Text != "":
				*c = append(*c, piece{string(p.Text), p.Type == "reasoning"})
			}
		}
	}
	return nil
}

// A musing is the thought in a piece of content: text, or a list of texts. It
// holds no content of its own, because each level of that would read again all
// that is within.
type musing string

// UnmarshalJSON implements [json.Unmarshaler].
func (m *musing) UnmarshalJSON(b []byte) error {
	var parts []struct {
		Text loose `json:"text"`
	}
	switch {
	case b[0] == '"':
		*m = musing(unquote(b))
	case b[0] == '[' && wire.Lenient(b, &parts) == nil:
		var all strings.Builder
		for _, p := range parts {
			all.WriteString(string(p.Text))
		}
		*m = musing(all.String())
	}
	return nil
}

func (c content) text() string {
	if len(c) == 1 {
		return c[0].text
	}
	var b strings.Builder
	for _, p := range c {
		b.WriteString(p.text)
	}
	return b.String()
}

// thought is the reasoning that stands beside the content. Where a service
// sends the same twice, one is enough.
func (d *delta) thought() string {
	if s := d.ReasoningContent.text(); s != "" {
		return s
	}
	if s := d.Reasoning.text(); s != "" {
		return s
	}
	var b bytes.Buffer
	for _, x := range d.Details {
		b.WriteString(string(x.Text + x.Summary))
	}
	return b.String()
}
