package providers

import (
	"encoding/json"
	"time"
)

// An Event is one step of an answer: a [Sent], [Notice], [Counted], [Thought],
// [Delta], [Refusal], [ToolCall] or [Stop]. At is when its bytes arrived (for Sent: when
// the request left) on the monotonic clock.
type Event interface{ event() }

type (
	// Sent says that a request is leaving now: time zero of an attempt.
	Sent struct {
		At       time.Time
		Params   Params // as they were sent: without what was left out, with what had to be added
		Resident *bool  // whether the server held the model in memory just before; nil if it did not say
		Build    *Build // which weights answer, and what runs them; nil if the server did not say
	}

	// A Notice tells why nothing is arriving yet, or what was done differently
	// from what was asked: "loading", "seed is not supported and was left out".
	// Wait says that it describes a state that the next event ends, Filter that
	// it tells why a filter of the service, and not the model, ended the answer.
	Notice struct {
		At     time.Time
		Text   string
		Wait   bool
		Filter bool
	}

	// Counted is what the service has counted by now of an answer that is still
	// coming: its prompt, which was paid for also if the answer breaks off.
	// Output is not meant to be read. It says nothing by itself, so an attempt
	// that only counted may be made again.
	Counted struct {
		At    time.Time
		Usage Usage
	}

	// A Thought is a piece of reasoning, shown apart from the answer.
	Thought struct {
		At   time.Time
		Text string
	}

	// A Delta is a piece of the answer.
	Delta struct {
		At   time.Time
		Text string
	}

	// A Refusal is a piece of the words with which a model declines.
	Refusal struct {
		At   time.Time
		Text string
	}

	// A ToolCall is a function the model asks for, whole. First is when its
	// first bytes arrived, At when its last did.
	ToolCall struct {
		First, At time.Time
		ID, Name  string
		Arguments string // JSON text as received
	}

	// A Stop ends a complete answer.
	Stop struct {
		At        time.Time
		Reason    Reason
		Usage     *Usage // nil if the provider did not say
		Server    Server
		Model     string          // that really answered; "" if not said
		RequestID string          // "" if not said
		Billed    *Money          // what the provider says it charged; nil if not said
		Raw       json.RawMessage // the provider's own usage object
		Whole     bool            // the answer came in one piece, although a stream was asked for
		Limits    Limits
	}
)

func (Sent) event()     {}
func (Notice) event()   {}
func (Counted) event()  {}
func (Thought) event()  {}
func (Delta) event()    {}
func (Refusal) event()  {}
func (ToolCall) event() {}
func (Stop) event()     {}

// A Build is which weights answer and what runs them, as far as the server says;
// "" is not said. With the same build, parameters and seed, a local model can be
// asked the same again.
type Build struct {
	Digest       string `json:"digest,omitempty"`       // of the weights and their settings
	Quantization string `json:"quantization,omitempty"` // "Q4_K_M"
	Template     string `json:"template,omitempty"`     // that makes the prompt of the messages
	Server       string `json:"server,omitempty"`       // "ollama 0.17.4"
}

// Reason is why an answer ended.
type Reason string

// Reasons an answer ends. Providers use the first four.
const (
	Finished  Reason = "stop"
	Length    Reason = "length"    // the token limit: the answer is cut
	ToolUse   Reason = "tool"      // the model waits for a tool's result
	Refused   Reason = "refusal"   // the model or the provider's filter declined
	Cancelled Reason = "cancelled" // the user stopped it
	Failed    Reason = "error"     // an error, kept beside it
)

// Usage counts tokens in disjoint buckets, whatever the provider's convention:
// Input, CacheRead and CacheWrite never overlap. Output includes Reasoning.
type Usage struct {
	Input      int  `json:"input"`
	CacheRead  int  `json:"cache_read"`
	CacheWrite int  `json:"cache_write"`
	Output     int  `json:"output"`
	Reasoning  int  `json:"reasoning"`
	Estimated  bool `json:"estimated"` // counted by us because the provider did not say

	CacheWriteHour int    `json:"cache_write_1h,omitempty"` // of CacheWrite, what is kept for an hour
	Audio          int    `json:"audio,omitempty"`          // of Input, what was sound
	Images         int    `json:"images,omitempty"`         // pictures sent, for services that charge each
	Tier           string `json:"tier,omitempty"`           // in which the service says it answered: "batch", "flex", "priority"; "" is the standard one
}

// Prompt is the number of tokens the model read, cached or not.
func (u Usage) Prompt() int { return u.Input + u.CacheRead + u.CacheWrite }

// EstimateTokens is the approximation for text whose tokens nobody counted: a
// quarter of its characters, at least one for a text that is not empty. What
// comes of it is always marked "~".
func EstimateTokens(runes int) int { return (runes + 3) / 4 }

// Limits are what a service's rate limits leave after this request, as its
// headers say; nil is not said.
type Limits struct {
	Requests *Limit `json:"requests,omitempty"`
	Tokens   *Limit `json:"tokens,omitempty"`
}

// A Limit is one of them: how many are left of how many, and until when. Of and
// Reset are 0 if they were not said.
type Limit struct {
	Left  int64         `json:"left"`
	Of    int64         `json:"of,omitempty"`
	Reset time.Duration `json:"reset,omitempty"` // from the answer's headers on
}

// Server is what a provider says about its own time; nil is not said.
// Load of an Ollama server includes waiting for another model's unloading.
type Server struct {
	Queue   *time.Duration `json:"queue,omitempty"`
	Load    *time.Duration `json:"load,omitempty"`
	Prefill *time.Duration `json:"prefill,omitempty"`
	Decode  *time.Duration `json:"decode,omitempty"`
}

// Known reports whether the provider said anything.
func (s Server) Known() bool {
	return s.Queue != nil || s.Load != nil || s.Prefill != nil || s.Decode != nil
}
