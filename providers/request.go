package providers

import (
	"encoding/json"
	"time"
)

// A Request is everything a model is told.
type Request struct {
	Model    string
	System   string // "" for none
	Messages []Message
	Params   Params
	Tools    []Tool
	Schema   json.RawMessage // JSON Schema of the answer; nil for free text
}

// Params are the knobs that providers share. A nil pointer, an empty string or
// a zero count means the model's own default. The names in JSON are the keys of
// -o KEY=VALUE.
type Params struct {
	Temperature *float64 `json:"temperature,omitempty"`
	TopP        *float64 `json:"top_p,omitempty"`
	MaxTokens   int      `json:"max_tokens,omitempty"`
	Seed        *int64   `json:"seed,omitempty"`
	Stop        []string `json:"stop,omitempty"`
	Think       string   `json:"think,omitempty"`        // one of [ThinkLevels]
	ThinkBudget int      `json:"think_budget,omitempty"` // most tokens to think with
	Context     int      `json:"context,omitempty"`      // tokens; local servers only
}

// ThinkLevels are the values of Params.Think: a switch, or an effort from the
// least to the most. A provider whose model has other efforts takes the nearest
// and says so.
func ThinkLevels() []string {
	return []string{"on", "off", "minimal", "low", "medium", "high", "xhigh"}
}

// A Knob is a parameter that a model accepts.
type Knob struct {
	Name   string // as in JSON
	Values string // what it may be, for people: "0 to 1", "off, low, medium, high"; "" for any
}

// A Tool is a function that a model may ask for.
type Tool struct {
	Name        string
	Description string
	Parameters  json.RawMessage // JSON Schema of the arguments
}

// A Message is one side's contribution to a conversation.
type Message struct {
	Role  Role
	Parts []Part
}

// Role is who speaks.
type Role uint8

// The two speakers; the system prompt is a field of [Request].
const (
	User Role = iota
	Assistant
)

// A Part is a piece of a message: a [Text], [Blob], [ToolCall] or [ToolResult].
type Part interface{ part() }

type (
	// Text is a written part.
	Text string

	// A Blob is an attachment, in a form that models accept.
	Blob struct {
		Name string // of the file; "" for none
		MIME string
		Data []byte // shared between requests, and never changed
	}

	// A ToolResult answers the [ToolCall] of the same ID.
	ToolResult struct{ ID, Text string }
)

func (Text) part()       {}
func (Blob) part()       {}
func (ToolCall) part()   {}
func (ToolResult) part() {}

// Says is a message of one side that holds text alone.
func Says(who Role, text string) Message {
	return Message{Role: who, Parts: []Part{Text(text)}}
}

// Written is the message's text parts, joined.
func (m Message) Written() string {
	var s string
	for _, p := range m.Parts {
		if t, ok := p.(Text); ok {
			s += string(t)
		}
	}
	return s
}

// Timeouts bound the waits of one request. Zero means the default.
type Timeouts struct {
	Connect   time.Duration // until the connection stands, TLS included
	FirstByte time.Duration // from the request's last byte to the answer's first
	Idle      time.Duration // between two chunks of the answer
}

// DefaultTimeouts wait for a cold local load and for hidden thinking.
var DefaultTimeouts = Timeouts{Connect: 5 * time.Second, FirstByte: 10 * time.Minute, Idle: 10 * time.Minute}

// Or fills what t leaves open from d.
func (t Timeouts) Or(d Timeouts) Timeouts {
	or := func(a, b time.Duration) time.Duration {
		if a != 0 {
			return a
		}
		return b
	}
	return Timeouts{or(t.Connect, d.Connect), or(t.FirstByte, d.FirstByte), or(t.Idle, d.Idle)}
}
