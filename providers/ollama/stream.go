package ollama

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

// reply is one line of a chat: Ollama's own with tool calls as they came, counters
// of which nonsense costs no answer, and the line that reports a failure.
type reply struct {
	Model       string `json:"model"`
	RemoteModel string `json:"remote_model"`
	Message     struct {
		Content   string     `json:"content"`
		Thinking  string     `json:"thinking"`
		ToolCalls []toolCall `json:"tool_calls"`
	} `json:"message"`
	Done       bool   `json:"done"`
	DoneReason string `json:"done_reason"`
	metrics

	Error  json.RawMessage `json:"error"`
	Status int             `json:"status"`
}

// metrics are the counters of the last line; 0 is not said.
type metrics struct {
	Load    span       `json:"load_duration"` // waiting for another model to be unloaded included
	Prefill span       `json:"prompt_eval_duration"`
	Decode  span       `json:"eval_duration"`
	Prompt  wire.Tally `json:"prompt_eval_count"`        // what was cached included
	Cached  wire.Tally `json:"prompt_eval_cached_count"` // which older servers don't say
	Output  wire.Tally `json:"eval_count"`               // thoughts included
}

// A span is a number of nanoseconds. Nonsense is 0.
type span time.Duration

// UnmarshalJSON implements [json.Unmarshaler].
func (s *span) UnmarshalJSON(b []byte) error {
	var ns float64
	if json.Unmarshal(b, &ns) == nil && ns > 0 && ns < math.MaxInt64 {
		*s = span(ns)
	}
	return nil
}

// answer says what a stream holds, up to its Stop.
func (p *provider) answer(resp *wire.Response, w room, say func(providers.Event) bool) error {
	if first, err := resp.First(); err == nil && first == '<' {
		return p.client.Page(resp)
	}
	called, lines := false, 0
	var broken error // a line that is no JSON: cut short if it is the last one
	for line, err := range resp.Lines() {
		if err != nil {
			return err
		}
		if broken != nil {
			return broken
		}
		var r reply
		err := json.Unmarshal(line.Data, &r)
		if wire.Given(r.Error) {
			return judge(p.broke(r.Error, r.Status), w)
		}
		if err != nil {
			broken = wire.Malformed("a line that is no part of an answer", line.Data, p.endpoint.Key)
			continue
		}
		if !tell(r, line.At, say) {
			return nil
		}
		called = called || len(r.Message.ToolCalls) > 0
		lines++
		if r.Done {
			stop, err := end(r, called, line)
			stop.Whole = lines == 1 // as of a gateway that streams nothing
			if err == nil {
				resp.Finish() // first, because who hears a Stop leaves, and leaving closes the connection
				say(stop)
			}
			return err
		}
	}
	return &providers.Error{
		Kind: providers.Truncated, Err: errors.New("the server ended the answer without its end marker"),
		Hint: "ask again; what came is kept. Ollama also breaks off like this when a model repeats one word for ever",
	}
}

// tell says what a line adds to the answer.
func tell(r reply, at time.Time, say func(providers.Event) bool) bool {
	if t := r.Message.Thinking; t != "" && !say(providers.Thought{At: at, Text: t}) {
		return false
	}
	if t := r.Message.Content; t != "" && !say(providers.Delta{At: at, Text: t}) {
		return false
	}
	for _, c := range r.Message.ToolCalls {
		call := providers.ToolCall{First: at, At: at, ID: c.ID, Name: c.Function.Name, Arguments: argumentsOf(c)}
		if !say(call) {
			return false
		}
	}
	return true
}

// argumentsOf are a call's, as they came; also of a server that writes them as a
// text, or null for none.
func argumentsOf(c toolCall) string {
	var text string
	if json.Unmarshal(c.Function.Arguments, &text) == nil {
		return text
	}
	return string(c.Function.Arguments)
}

// end is the Stop of the line that says done.
func end(r reply, called bool, line wire.Line) (providers.Stop, error) {
	stop := providers.Stop{
		At: line.At, Reason: providers.Finished, Model: r.Model,
		Usage:  r.usage(),
		Server: providers.Server{Load: r.Load.reported(), Prefill: r.Prefill.reported(), Decode: r.Decode.reported()},
		Raw:    counters(line.Data),
	}
	if r.RemoteModel != "" {
		stop.Model = r.RemoteModel
	}
	switch {
	case r.DoneReason == "length":
		stop.Reason = providers.Length
	case r.DoneReason == "load", r.DoneReason == "unload":
		return stop, &providers.Error{Kind: providers.Malformed, Err: fmt.Errorf("the server did not answer but %sed the model", r.DoneReason)}
	case called:
		stop.Reason = providers.ToolUse // the server says "stop" here too
	}
	return stop, nil
}

// usage counts what the server counted; nil if it counted nothing.
func (m metrics) usage() *providers.Usage {
	if m.Prompt == 0 && m.Output == 0 {
		return nil
	}
	cached := min(m.Cached, m.Prompt)
	return &providers.Usage{Input: int(m.Prompt - cached), CacheRead: int(cached), Output: int(m.Output)}
}

func (s span) reported() *time.Duration {
	if s == 0 {
		return nil
	}
	d := time.Duration(s)
	return &d
}

// counters are the numbers of the last line as they came.
func counters(line []byte) json.RawMessage {
	var all map[string]json.RawMessage
	if json.Unmarshal(line, &all) != nil {
		return nil
	}
	for name, value := range all {
		counts := strings.HasSuffix(name, "_count") || strings.HasSuffix(name, "_duration")
		if number := json.Number(""); !counts || json.Unmarshal(value, &number) != nil || number == "" || value[0] == '"' {
			delete(all, name)
		}
	}
	if len(all) == 0 {
		return nil
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return nil
	}
	return raw
}
