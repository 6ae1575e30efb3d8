package anthropic

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

// An answer folds events and tells what they say.
type answer struct {
	yield  func(providers.Event, error) bool
	cancel context.CancelFunc
	key    providers.Secret // to hide it in what the service says
	bills  bool             // a cost in the usage counts
	left   bool             // the loop was left: nothing may be told any more

	calls     []*call // that are still coming in
	called    bool    // a tool call was told
	veiled    bool    // thoughts that can't be read were mentioned
	whole     bool    // it came in one piece
	finish    string
	category  string // of a refusal
	ended     time.Time
	model     string
	id        string
	requestID string
	usage     tallied
	limits    providers.Limits
}

// A call is a tool call of which pieces have come.
type call struct {
	index       int
	first, last time.Time
	id, name    string
	begun       json.RawMessage // the input as it stood at the beginning: all of it, or an empty object
	arguments   strings.Builder
}

// tell yields an event, and cancels the request once the loop is left.
func (a *answer) tell(ev providers.Event) {
	if !a.left && !a.yield(ev, nil) {
		a.left = true
		a.cancel()
	}
}

// add folds an event that arrived at the given time, and reports whether it is
// the end marker. What it does not know it passes over: the API may add to its
// events at any time.
func (a *answer) add(e event, at time.Time) (done bool) {
	switch e.Type {
	case "message_start":
		if e.Message != nil {
			a.begin(e.Message)
			a.tellCounted(at)
		}
	case "content_block_start":
		if e.Block != nil {
			a.open(e.Index, e.Block, at)
		}
	case "content_block_delta":
		a.piece(e.Index, &e.Delta, at)
	case "content_block_stop":
		a.close(e.Index)
	case "message_delta":
		a.usage.end(e.Usage)
		a.finishAs(e.Delta.StopReason, e.Delta.StopDetails, at)
	case "message_stop":
		a.ended = at
		return true
	}
	return false
}

// addWhole folds an answer that came in one piece.
func (a *answer) addWhole(w *wholeMessage, at time.Time) {
	a.begin(&w.begun)
	for i := range w.Content {
		a.open(i, &w.Content[i], at)
		a.close(i)
	}
	a.finishAs(w.StopReason, w.StopDetails, at)
	a.usage.end(w.Usage)
	a.ended, a.whole = at, true
}

func (a *answer) begin(b *begun) {
	a.usage.begin(b.Usage)
	if b.Model != "" {
		a.model = b.Model
	}
	if a.id == "" {
		a.id = b.ID
	}
}

// tellCounted tells what the message begins with: the prompt, which is paid for
// also if the answer breaks off.
func (a *answer) tellCounted(at time.Time) {
	if u, _, _ := a.usage.read(); u != nil {
		u.Output, u.Reasoning = 0, 0
		a.tell(providers.Counted{At: at, Usage: *u})
	}
}

// finishAs takes the reason why the answer ends, and tells what the service says
// about a refusal, if anything.
func (a *answer) finishAs(reason string, details *stopDetails, at time.Time) {
	if reason == "" || reason == a.finish {
		return
	}
	a.finish = reason
	if reason == "refusal" && details != nil {
		a.category = details.Category
		if details.Explanation != "" {
			a.tell(providers.Refusal{At: at, Text: wire.Quote(details.Explanation, a.key)})
		}
	}
}

// open begins a block. What the service's own tools are called with, and what
// they find, is no part of the answer.
func (a *answer) open(index int, b *block, at time.Time) {
	switch b.Type {
	case "text", "":
		a.say(b.Text, at)
	case "thinking":
		a.muse(b.Thinking, at)
	case "redacted_thinking":
		if !a.veiled {
			a.veiled = true
			a.tell(providers.Notice{At: at, Text: "some of the thoughts are encrypted by the service and can't be shown"})
		}
	case "tool_use":
		a.close(index) // one that was left open
		a.calls = append(a.calls, &call{index: index, first: at, last: at, id: b.ID, name: b.Name, begun: b.Input})
	}
}

// piece adds to a block. Text counts also where no block was begun for it.
func (a *answer) piece(index int, d *delta, at time.Time) {
	switch d.Type {
	case "text_delta", "":
		a.say(d.Text, at)
	case "thinking_delta":
		a.muse(d.Thinking, at)
	case "input_json_delta":
		if c := a.callAt(index); c != nil && d.PartialJSON != "" {
			c.arguments.WriteString(d.PartialJSON)
			c.last = at
		}
	}
}

func (a *answer) say(text string, at time.Time) {
	if text != "" {
		a.tell(providers.Delta{At: at, Text: text})
	}
}

func (a *answer) muse(text string, at time.Time) {
	if text != "" {
		a.tell(providers.Thought{At: at, Text: text})
	}
}

func (a *answer) callAt(index int) *call {
	for _, c := range a.calls {
		if c.index == index {
			return c
		}
	}
	return nil
}

// close ends a block, which tells the call that it was.
func (a *answer) close(index int) {
	for i, c := range a.calls {
		if c.index == index {
			a.calls = append(a.calls[:i], a.calls[i+1:]...)
			a.tellCall(c)
			return
		}
	}
}

func (a *answer) tellCall(c *call) {
	a.called = true
	arguments := c.arguments.String()
	if arguments == "" && wire.Given(c.begun) {
		arguments = string(c.begun)
	}
	a.tell(providers.ToolCall{First: c.first, At: c.last, ID: c.id, Name: c.name, Arguments: arguments})
}

// stop ends the answer.
func (a *answer) stop() {
	for _, c := range a.calls {
		a.tellCall(c)
	}
	stop := providers.Stop{At: a.ended, Reason: a.reason(), Model: a.model, RequestID: a.requestID, Limits: a.limits, Whole: a.whole}
	if stop.RequestID == "" {
		stop.RequestID = a.id
	}
	stop.Usage, stop.Billed, stop.Raw = a.usage.read()
	if !a.usage.written {
		stop.Usage = nil // better an estimate that says so than a count of the first token
	}
	if !a.bills || !a.usage.ended {
		stop.Billed = nil
	}
	a.tell(stop)
}

// reason sorts the finish, and tells what the sort does not say. An end marker
// without one is a plain finish.
func (a *answer) reason() providers.Reason {
	note := func(format string, args ...any) {
		a.tell(providers.Notice{At: a.ended, Text: fmt.Sprintf(format, args...)})
	}
	switch a.finish {
	case "max_tokens":
		return providers.Length
	case "model_context_window_exceeded":
		note("the model's context is full: the answer is cut")
		return providers.Length
	case "pause_turn":
		note("the service paused in the middle of a long turn: the answer is cut")
		return providers.Length
	case "refusal":
		about := ""
		if a.category != "" {
			about = fmt.Sprintf(" (%.40s)", wire.Quote(a.category, a.key))
		}
		a.tell(providers.Notice{At: a.ended, Text: fmt.Sprintf("the service's safety filter%s stopped the answer", about), Filter: true})
		return providers.Refused
	case "tool_use":
		return providers.ToolUse
	case "end_turn", "stop_sequence", "":
	default:
		note("ended for a reason that juxta does not know: %.40q", wire.Quote(a.finish, a.key))
	}
	if a.called {
		return providers.ToolUse
	}
	return providers.Finished
}
