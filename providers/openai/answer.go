package openai

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

// An answer is what an exchange comes to: it tells events, and keeps what its
// Stop will say.
type answer struct {
	yield  func(providers.Event, error) bool
	cancel context.CancelFunc
	key    providers.Secret // to hide it in what the service says
	left   bool             // the loop was left: nothing may be told any more

	calls     []*call
	called    bool // a tool call was told
	said      bool // text of the answer was told
	declined  bool // a refusal was told
	finish    string
	lingers   bool // finished, and waiting for the usage
	whole     bool // it came in one piece
	asked     time.Time
	ended     time.Time
	model     string
	id        string
	requestID string
	usage     json.RawMessage
	tier      string // in which the service says it answered
	tiers     bool   // its tiers are OpenAI's, which have prices of their own
	hourly    bool   // its tier is that of the hour
	server    providers.Server
	limits    providers.Limits
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

// tellCalls tells the calls that came, whole.
func (a *answer) tellCalls() {
	for _, c := range a.calls {
		a.tellCall(c)
	}
	a.calls = nil
}

func (a *answer) tellCall(c *call) {
	if c.name == "" && c.id == "" {
		return // pieces that belong to nothing
	}
	a.called = true
	a.tell(providers.ToolCall{First: c.first, At: c.last, ID: c.id, Name: c.name, Arguments: string(c.arguments)})
}

// stop ends the answer.
func (a *answer) stop() {
	a.tellCalls()
	stop := providers.Stop{At: a.ended, Reason: a.reason(), Server: a.server, Model: a.model, RequestID: a.requestID, Limits: a.limits, Whole: a.whole}
	if stop.RequestID == "" {
		stop.RequestID = a.id
	}
	if wire.Given(a.usage) {
		stop.Usage, stop.Billed = readUsage(a.usage)
		stop.Raw = a.usage
	}
	switch {
	case stop.Usage == nil:
	case a.tiers:
		stop.Usage.Tier = tierOf(a.tier)
	case a.hourly:
		stop.Usage.Tier = hours(a.asked, a.ended)
	}
	a.tell(stop)
}

// tierOf is "" for what is the standard tier under any of its names.
func tierOf(name string) string {
	switch name {
	case "auto", "default", "standard", "on_demand":
		return ""
	}
	return name
}

// reason sorts the finish. An end marker without one is a plain finish.
func (a *answer) reason() providers.Reason {
	switch a.finish {
	case "length", "max_tokens", "model_length", "max_output_tokens":
		return providers.Length
	case "refusal":
		return providers.Refused
	case "content_filter", "safety":
		a.tell(providers.Notice{At: a.ended, Text: "the service's content filter stopped the answer", Filter: true})
		return providers.Refused
	case "tool_calls", "function_call", "tool_use":
		return providers.ToolUse
	case "stop", "end_turn", "eos", "eos_token", "stop_sequence", "":
	default:
		a.tell(providers.Notice{At: a.ended, Text: fmt.Sprintf("ended for a reason that juxta does not know: %.40q", wire.Redact(a.finish, a.key))})
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
