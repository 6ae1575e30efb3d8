package openai

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"juxta/providers"
)

// An answer folds chunks into events and tells them.
type answer struct {
	yield  func(providers.Event, error) bool
	cancel context.CancelFunc
	left   bool // the loop was left: nothing may be told any more

	calls     []*call
	called    bool // a tool call was told
	said      bool // text of the answer was told
	declined  bool // a refusal was told
	finish    string
	lingers   bool // finished, and waiting for the usage
	ended     time.Time
	model     string
	id        string
	requestID string
	usage     json.RawMessage
	server    providers.Server
	bad       error // a finish that is a failure
}

// A call is a tool call of which pieces have come.
type call struct {
	index       int
	first, last time.Time
	id, name    string
	arguments   []byte
}

// tell yields an event, and cancels the request once the loop is left.
func (a *answer) tell(ev providers.Event) {
	if !a.left && !a.yield(ev, nil) {
		a.left = true
		a.cancel()
	}
}

// add folds a chunk that arrived at the given time.
func (a *answer) add(ch *chunk, at time.Time) {
	a.ended = at
	if ch.Model != "" {
		a.model = string(ch.Model)
	}
	if a.id == "" {
		a.id = string(ch.ID)
	}
	a.count(ch)
	for i := range ch.Choices {
		if c := &ch.Choices[i]; c.Index == 0 {
			a.choice(c, at)
		}
	}
}

// count keeps the latest usage, wherever it is: some send it in every chunk,
// growing, and some a second time, whole.
func (a *answer) count(ch *chunk) {
	switch {
	case given(ch.Usage):
		a.usage = ch.Usage
	case ch.Groq != nil && given(ch.Groq.Usage):
		a.usage = ch.Groq.Usage
	}
	if s := serverTimes(ch, a.usage); s.Known() {
		a.server = s
	}
}

func (a *answer) choice(c *choice, at time.Time) {
	d := c.Delta
	if d == nil {
		d = c.Message
	}
	if d != nil {
		a.delta(d, at)
	}
	if c.Finish == "" || a.finish != "" {
		return
	}
	a.finish = string(c.Finish)
	switch a.finish {
	case "error", "abort", "insufficient_system_resource":
		a.bad = &providers.Error{Kind: providers.Truncated, Err: fmt.Errorf("the service gave up (finish_reason %s)", a.finish)}
		a.finish = ""
		return
	}
	a.tellCalls()
}

func (a *answer) delta(d *delta, at time.Time) {
	if s := d.thought(); s != "" {
		a.tell(providers.Thought{At: at, Text: s})
	}
	for _, p := range d.Content {
		switch {
		case p.text == "":
		case p.thought:
			a.tell(providers.Thought{At: at, Text: p.text})
		default:
			a.said = true
			a.tell(providers.Delta{At: at, Text: p.text})
		}
	}
	if d.Refusal != "" {
		a.declined = true
		a.tell(providers.Refusal{At: at, Text: string(d.Refusal)})
	}
	for i := range d.ToolCalls {
		a.fragment(&d.ToolCalls[i], at)
	}
	if d.FunctionCall != nil {
		a.fragment(&fragment{Index: new(int), Function: *d.FunctionCall}, at)
	}
}

// fragment adds a piece to the call it belongs to: that of its index, else
// that of its ID, else the latest unless it brings a name of its own.
func (a *answer) fragment(f *fragment, at time.Time) {
	c := a.callOf(f)
	if c == nil {
		if f.Function.Name == "" && f.ID == "" {
			return // belongs to nothing
		}
		c = &call{index: len(a.calls), first: at}
		if f.Index != nil {
			c.index = *f.Index
		}
		a.calls = append(a.calls, c)
	}
	c.last = at
	if c.id == "" {
		c.id = string(f.ID)
	}
	if c.name == "" { // some repeat it in every piece
		c.name = string(f.Function.Name)
	}
	c.arguments = append(c.arguments, f.Function.Arguments...)
}

func (a *answer) callOf(f *fragment) *call {
	for i := len(a.calls) - 1; i >= 0; i-- {
		c := a.calls[i]
		other := f.ID != "" && c.id != "" && c.id != string(f.ID)
		switch {
		case f.Index != nil && *f.Index == c.index && !other,
			f.Index == nil && f.ID != "" && c.id == string(f.ID),
			f.Index == nil && f.ID == "" && f.Function.Name == "":
			return c
		}
	}
	return nil
}

// tellCalls tells the calls that came, whole.
func (a *answer) tellCalls() {
	for _, c := range a.calls {
		a.called = true
		a.tell(providers.ToolCall{First: c.first, At: c.last, ID: c.id, Name: c.name, Arguments: string(c.arguments)})
	}
	a.calls = nil
}

// stop ends the answer.
func (a *answer) stop() {
	a.tellCalls()
	stop := providers.Stop{At: a.ended, Reason: a.reason(), Server: a.server, Model: a.model, RequestID: a.requestID}
	if stop.RequestID == "" {
		stop.RequestID = a.id
	}
	if given(a.usage) {
		stop.Usage, stop.Billed = readUsage(a.usage)
		stop.Raw = a.usage
	}
	a.tell(stop)
}

// reason sorts the finish. An end marker without one is a plain finish.
func (a *answer) reason() providers.Reason {
	switch a.finish {
	case "length", "max_tokens", "model_length", "max_output_tokens":
		return providers.Length
	case "content_filter", "refusal", "safety":
		return providers.Refused
	case "tool_calls", "function_call", "tool_use":
		return providers.ToolUse
	case "stop", "end_turn", "eos", "eos_token", "stop_sequence", "":
	default:
		a.tell(providers.Notice{At: a.ended, Text: fmt.Sprintf("ended for a reason that juxta does not know: %.40q", a.finish)})
	}
	switch {
	case a.called: // a call that was forced ends in "stop"
		return providers.ToolUse
	case a.declined && !a.said:
		return providers.Refused
	case a.finish == "" && a.model == "" && a.id == "":
		a.tell(providers.Notice{At: a.ended, Text: "the service sent nothing but its end marker"})
	}
	return providers.Finished
}
