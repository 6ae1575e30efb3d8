package ollama

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ollama/ollama/api"

	"juxta/providers"
	"juxta/providers/wire"
)

// reply is one line of a chat: [api.ChatResponse] with tool calls as they came,
// and the line that reports a failure.
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
	api.Metrics

	Error  json.RawMessage `json:"error"`
	Status int             `json:"status"`
}

// answer says what a stream holds, up to its Stop.
func (p *provider) answer(resp *wire.Response, w room, say func(providers.Event) bool) error {
	if first, err := resp.First(); err == nil && first == '<' {
		return p.client.Page(resp)
	}
	called := false
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
		if r.Done {
			stop, err := end(r, called, line)
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
		call := providers.ToolCall{First: at, At: at, ID: c.ID, Name: c.Function.Name, Arguments: string(c.Function.Arguments)}
		if !say(call) {
			return false
		}
	}
	return true
}

// end is the Stop of the line that says done.
func end(r reply, called bool, line wire.Line) (providers.Stop, error) {
	stop := providers.Stop{
		At: line.At, Reason: providers.Finished, Model: r.Model,
		Usage: usage(r.Metrics),
		// Fields that are zero are left out on the wire, so zero is not said.
		// LoadDuration includes waiting for another model to be unloaded.
		Server: providers.Server{Load: reported(r.LoadDuration), Prefill: reported(r.PromptEvalDuration), Decode: reported(r.EvalDuration)},
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

// usage counts what the server counted; nil if it counted nothing. The prompt's
// count includes what was cached, and the answer's includes thoughts.
func usage(m api.Metrics) *providers.Usage {
	if m.PromptEvalCount == 0 && m.EvalCount == 0 {
		return nil
	}
	cached := 0
	if m.PromptEvalCachedCount != nil { // older servers don't say
		cached = min(max(*m.PromptEvalCachedCount, 0), m.PromptEvalCount)
	}
	return &providers.Usage{Input: m.PromptEvalCount - cached, CacheRead: cached, Output: m.EvalCount}
}

func reported(d time.Duration) *time.Duration {
	if d <= 0 {
		return nil
	}
	return &d
}

// counters are the numbers of the last line as they came.
func counters(line []byte) json.RawMessage {
	var all map[string]json.RawMessage
	if json.Unmarshal(line, &all) != nil {
		return nil
	}
	for name := range all {
		if !strings.HasSuffix(name, "_count") && !strings.HasSuffix(name, "_duration") {
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
