package gemini

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

// A chunk is one object of a stream, or a whole answer.
type chunk struct {
	Candidates []candidate     `json:"candidates"`
	Feedback   *feedback       `json:"promptFeedback"`
	Usage      json.RawMessage `json:"usageMetadata"`
	Model      string          `json:"modelVersion"`
	ID         string          `json:"responseId"`
	Error      json.RawMessage `json:"error"`
}

type candidate struct {
	Index   int `json:"index"`
	Content struct {
		Parts []part `json:"parts"`
	} `json:"content"`
	Finish  string `json:"finishReason"`
	Message string `json:"finishMessage"`
}

type feedback struct {
	Reason  string `json:"blockReason"`
	Message string `json:"blockReasonMessage"`
}

// A part is a piece of an answer. Of what juxta does not show, only that it came
// is kept.
type part struct {
	Text      *string  `json:"text"`
	Thought   bool     `json:"thought"`
	Call      *call    `json:"functionCall"`
	Code      came     `json:"executableCode"`
	Output    came     `json:"codeExecutionResult"`
	Inline    *picture `json:"inlineData"`
	File      *picture `json:"fileData"`
	Signature came     `json:"thoughtSignature"`
}

type call struct {
	ID   string          `json:"id"`
	Name string          `json:"name"`
	Args json.RawMessage `json:"args"`
}

type picture struct {
	MIME string `json:"mimeType"`
	Data size   `json:"data"`
}

// came is whether a value is there.
type came bool

// UnmarshalJSON implements [json.Unmarshaler].
func (c *came) UnmarshalJSON(b []byte) error {
	*c = string(b) != "null"
	return nil
}

// size is how many bytes a JSON string in base64 holds.
type size int

// UnmarshalJSON implements [json.Unmarshaler].
func (n *size) UnmarshalJSON(b []byte) error {
	*n = size(max(len(b)-2, 0) * 3 / 4)
	return nil
}

// An answer folds chunks into events and tells them.
type answer struct {
	yield  func(providers.Event, error) bool
	cancel context.CancelFunc
	key    providers.Secret // to hide it in notices
	left   bool             // the loop was left: nothing may be told any more

	answered bool     // a chunk of the protocol came
	said     bool     // text of the answer was told
	called   bool     // a tool call was told
	prompt   int      // of its tokens, what was told
	noted    []string // notices that were told
	finish   string
	message  string // the service's words beside the finish
	step     string // a finish beside code that is still to run, which more follows
	lingers  bool   // finished, and waiting for what follows
	objects  int    // chunks that came
	bare     bool   // the first of them as it is, and no part of a stream
	ended    time.Time
	model    string
	id       string
	usage    json.RawMessage
	behind   bool // something was told after it
}

// tell yields an event, and cancels the request once the loop is left.
func (a *answer) tell(ev providers.Event) {
	if !a.left && !a.yield(ev, nil) {
		a.left = true
		a.cancel()
	}
}

// mostNoted is how many kinds of parts that are not shown are told of.
const mostNoted = 20

// note tells a notice once.
func (a *answer) note(at time.Time, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(a.noted, text) {
		a.noted = append(a.noted, text)
		a.tell(providers.Notice{At: at, Text: text})
	}
}

// quote is the service's words as they may be shown.
func (a *answer) quote(s string) string { return wire.Quote(s, a.key) }

// add folds a chunk that arrived at the given time. Counts grow from chunk to
// chunk, and some say only in which tier they will be charged.
func (a *answer) add(ch *chunk, at time.Time) {
	if ch.Candidates != nil || ch.Feedback != nil || wire.Given(ch.Usage) || ch.ID != "" {
		a.answered, a.ended = true, at
	}
	if ch.Model != "" {
		a.model = ch.Model
	}
	if ch.ID != "" {
		a.id = ch.ID
	}
	counts := bytes.Contains(ch.Usage, []byte(`TokenCount"`))
	if counts || a.usage == nil && wire.Given(ch.Usage) {
		known := a.usage
		if a.usage = ch.Usage; !samePrompt(known, ch.Usage) { // a look that costs no decoding of every chunk
			a.tellCounted(at)
		}
	}
	for i := range ch.Candidates {
		if c := &ch.Candidates[i]; c.Index == 0 {
			a.candidate(c, at)
		}
	}
	if counts { // what came with them too
		a.behind = false
	}
}

// tellCounted tells the prompt's count, which is paid for also if the answer
// breaks off, and tells it anew when it has grown: pictures, and what the
// service's own tools find, are counted later than the rest.
func (a *answer) tellCounted(at time.Time) {
	if u := readUsage(a.usage); u != nil && u.Prompt() > a.prompt {
		u.Output, u.Reasoning = 0, 0
		a.prompt = u.Prompt()
		a.tell(providers.Counted{At: at, Usage: *u})
	}
}

// counts is what the service counted, or nil if that is not all: where it counts
// an answer late or not at all, better an estimate that says so.
func (a *answer) counts() *providers.Usage {
	u := readUsage(a.usage)
	if u == nil || a.behind || (a.said || a.called) && u.Output == u.Reasoning {
		return nil
	}
	return u
}

func (a *answer) candidate(c *candidate, at time.Time) {
	parts := c.Content.Parts
	for i := range parts {
		a.part(&parts[i], at)
	}
	switch {
	case c.Finish == "", c.Finish == "FINISH_REASON_UNSPECIFIED":
	case len(parts) > 0 && bool(parts[len(parts)-1].Code):
		a.step = c.Finish
	default:
		a.finish, a.message = c.Finish, c.Message
	}
}

func (a *answer) part(p *part, at time.Time) {
	switch {
	case p.Text != nil && *p.Text != "" && p.Thought:
		a.behind = true
		a.tell(providers.Thought{At: at, Text: *p.Text})
	case p.Text != nil && *p.Text != "":
		a.said, a.behind = true, true
		a.tell(providers.Delta{At: at, Text: *p.Text})
	case p.Call != nil && p.Call.Name != "":
		a.called, a.behind = true, true
		args := p.Call.Args
		if !wire.Given(args) {
			args = json.RawMessage("{}")
		}
		a.tell(providers.ToolCall{First: at, At: at, ID: p.Call.ID, Name: p.Call.Name, Arguments: string(args)})
	case len(a.noted) == mostNoted: // and quoting more takes time
	case bool(p.Code), bool(p.Output):
		a.note(at, "the service ran code to answer; neither the code nor its output is shown")
	case p.Inline != nil:
		a.note(at, "the answer holds something that is not shown: %.60q, %d bytes", a.quote(p.Inline.MIME), p.Inline.Data)
	case p.File != nil:
		a.note(at, "the answer holds a file that is not shown: %.60q", a.quote(p.File.MIME))
	case p.Text != nil, p.Thought, bool(p.Signature): // nothing but a signature
	default:
		a.note(at, "the answer holds a part of a kind that juxta does not know")
	}
}

// declined is the error for a prompt that the service's filter did not let
// through. It comes instead of candidates.
func (s *service) declined(ch *chunk, a *answer) error {
	f := ch.Feedback
	if f == nil || f.Reason == "" || f.Reason == "BLOCK_REASON_UNSPECIFIED" || len(ch.Candidates) > 0 || a.finish != "" {
		return nil
	}
	text := "the prompt was blocked: " + f.Reason
	if f.Message != "" {
		text += ": " + f.Message
	}
	return &providers.Error{Kind: providers.Declined, Err: errors.New(s.quote(text))}
}

// stop ends the answer, with an error if its finish is a failure.
func (a *answer) stop(limits providers.Limits) error {
	reason, err := a.reason()
	if err != nil {
		return err
	}
	a.tell(providers.Stop{
		At: a.ended, Reason: reason, Usage: a.counts(), Model: a.model,
		RequestID: a.id, Raw: a.usage, Limits: limits, Whole: a.bare && a.objects == 1,
	})
	return nil
}

// filtered are the finishes by which a filter ends an answer, in words.
var filtered = map[string]string{
	"SAFETY":                   "the service's safety filter stopped the answer",
	"RECITATION":               "the service stopped the answer because it recites a source",
	"LANGUAGE":                 "the service stopped the answer because of its language",
	"BLOCKLIST":                "the service stopped the answer because it holds a blocked term",
	"PROHIBITED_CONTENT":       "the service stopped the answer because it may hold prohibited content",
	"SPII":                     "the service stopped the answer because it may hold personal details",
	"MODEL_ARMOR":              "the service's Model Armor stopped the answer",
	"IMAGE_SAFETY":             "the service's safety filter stopped the picture",
	"IMAGE_PROHIBITED_CONTENT": "the service stopped the picture because it may hold prohibited content",
	"IMAGE_RECITATION":         "the service stopped the picture because it recites a source",
}

// failed are the finishes of answers that went wrong, in words.
var failed = map[string]string{
	"MALFORMED_FUNCTION_CALL":   "the model wrote a tool call that can't be read",
	"MALFORMED_RESPONSE":        "the model wrote an answer that can't be read",
	"UNEXPECTED_TOOL_CALL":      "the model called a tool that it was not given",
	"TOO_MANY_TOOL_CALLS":       "the model called tools without an end",
	"MISSING_THOUGHT_SIGNATURE": "the service misses a signature in the history",
	"OTHER":                     "the service gave up without a reason",
	"NO_IMAGE":                  "the model made no picture",
	"IMAGE_OTHER":               "the service gave up without a reason",
}

// reason sorts the finish.
func (a *answer) reason() (providers.Reason, error) {
	if words := failed[a.finish]; words != "" {
		words += " (" + a.quote(firstOf(a.message, a.finish)) + ")"
		return "", &providers.Error{Kind: providers.Truncated, Err: errors.New(words)}
	}
	if words := filtered[a.finish]; words != "" {
		a.tell(providers.Notice{At: a.ended, Text: words + " (" + a.finish + ")", Filter: true})
		return providers.Refused, nil
	}
	switch a.finish {
	case "MAX_TOKENS":
		if !a.said && !a.called {
			a.note(a.ended, "the limit of tokens was reached before the answer began")
		}
		return providers.Length, nil
	case "CONTINUATION":
		a.note(a.ended, "the service ends a long answer here and would go on if asked to; juxta does not ask")
		return providers.Length, nil
	case "STOP":
		if !a.said && !a.called {
			a.note(a.ended, "the model ended without an answer")
		}
	default:
		a.note(a.ended, "ended for a reason that juxta does not know: %.40q", a.quote(a.finish))
	}
	if a.called {
		return providers.ToolUse, nil
	}
	return providers.Finished, nil
}
