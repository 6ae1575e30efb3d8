package openai

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

// A happening is one event of the Responses API. Tools that run at the service,
// such as its web search, happen too, and are none of ours.
type happening struct {
	Type      loose           `json:"type"`
	Output    int             `json:"output_index"`
	Content   int             `json:"content_index"`
	Summary   int             `json:"summary_index"`
	Delta     loose           `json:"delta"`
	Text      loose           `json:"text"`
	Refusal   loose           `json:"refusal"`
	Arguments loose           `json:"arguments"`
	Item      *outputItem     `json:"item"`
	Response  *response       `json:"response"`
	Error     json.RawMessage `json:"error"`
}

// A response is what an answer comes to, also in one piece.
type response struct {
	ID         loose           `json:"id"`
	Model      loose           `json:"model"`
	Status     loose           `json:"status"`
	Tier       loose           `json:"service_tier"`
	Output     []outputItem    `json:"output"`
	Usage      json.RawMessage `json:"usage"`
	Error      json.RawMessage `json:"error"`
	Incomplete *struct {
		Reason loose `json:"reason"`
	} `json:"incomplete_details"`
}

// An outputItem is a message, the reasoning before it, or a call.
type outputItem struct {
	Type      loose        `json:"type"`
	ID        loose        `json:"id"`
	CallID    loose        `json:"call_id"`
	Name      loose        `json:"name"`
	Arguments loose        `json:"arguments"`
	Content   []outputPart `json:"content"`
	Summary   []outputPart `json:"summary"`
}

type outputPart struct {
	Type    loose `json:"type"`
	Text    loose `json:"text"`
	Refusal loose `json:"refusal"`
}

// A hearer folds the events of the Responses API into an answer.
type hearer struct {
	*answer
	service *service
	told    map[int]map[place]bool // of which places of an item something was told
	latest  place                  // of the latest thought
	thought bool

	toldCalls map[loose]bool // the IDs of the calls that were told
}

// A place is a part of an item of the answer.
type place struct {
	output, part int
	kind         partKind
}

type partKind uint8

const (
	textPart partKind = iota
	refusalPart
	summaryPart
	reasoningPart
)

// spoken is the part of the answer that a type of events tells of, and its words
// where ev has all of them.
func (ev *happening) spoken(of string) (p place, words loose, ok bool) {
	switch of {
	case "response.output_text":
		return place{ev.Output, ev.Content, textPart}, ev.Text, true
	case "response.refusal":
		return place{ev.Output, ev.Content, refusalPart}, ev.Refusal, true
	case "response.reasoning_summary_text":
		return place{ev.Output, ev.Summary, summaryPart}, ev.Text, true
	case "response.reasoning_text":
		return place{ev.Output, ev.Content, reasoningPart}, ev.Text, true
	}
	return place{}, "", false
}

// hear implements [listener].
func (h *hearer) hear(name, data []byte, at time.Time) error {
	if string(data) == "[DONE]" { // after the end, which was not there
		return errNoEnd
	}
	var ev happening
	if data[0] != '{' || wire.Lenient(data, &ev) != nil {
		return h.service.unreadable(data)
	}
	if ev.Type == "" {
		ev.Type = loose(name)
	}
	of, isWhole := strings.CutSuffix(string(ev.Type), ".done")
	of, isDelta := strings.CutSuffix(of, ".delta")
	if p, words, ok := ev.spoken(of); ok && isWhole != isDelta {
		if isDelta {
			h.say(p, ev.Delta, at)
		} else {
			h.unsaid(p, words, at)
		}
		return nil
	}
	switch ev.Type {
	case "response.output_item.added":
		h.added(&ev, at)
	case "response.function_call_arguments.delta":
		c := h.callAt(ev.Output, at)
		c.arguments = append(c.arguments, ev.Delta...)
	case "response.function_call_arguments.done":
		if c := h.callAt(ev.Output, at); len(c.arguments) == 0 {
			c.arguments = []byte(ev.Arguments)
		}
	case "response.output_item.done":
		if ev.Item != nil {
			h.item(ev.Output, ev.Item, at)
		}
	case "error":
		return h.service.fault(data)
	default:
		return h.status(&ev, data, at)
	}
	return nil
}

// status hears of the response as a whole: that it began, goes on, or ended.
func (h *hearer) status(ev *happening, data []byte, at time.Time) error {
	if wire.Given(ev.Error) {
		return h.service.fault(data)
	}
	status, _ := strings.CutPrefix(string(ev.Type), "response.")
	switch status {
	case "completed", "incomplete", "failed", "cancelled":
		if ev.Response == nil {
			ev.Response = &response{}
		}
		return h.end(ev.Response, status, at)
	}
	if r := ev.Response; r != nil {
		h.meet(r)
	}
	return nil
}

// whole implements [listener].
func (h *hearer) whole(data []byte, at time.Time) error {
	var r response
	switch {
	case wire.Lenient(data, &r) != nil:
		return h.service.unreadable(data)
	case wire.Given(r.Error) && r.Status == "":
		return h.service.fault(data)
	case r.Status == "" && len(r.Output) == 0:
		if err := h.service.faultIn(data); err != nil {
			return err
		}
		return wire.Malformed("an object that is no answer", data, h.service.endpoint.Key)
	}
	status := string(r.Status)
	if status == "" {
		status = "completed"
	}
	if err := h.end(&r, status, at); err != errDone {
		return err
	}
	return nil
}

func (h *hearer) meet(r *response) {
	if r.Model != "" {
		h.model = string(r.Model)
	}
	if r.ID != "" {
		h.id = string(r.ID)
	}
}

// end hears the end of the answer. What the response holds counts where nothing
// like it was told.
func (h *hearer) end(r *response, status string, at time.Time) error {
	h.meet(r)
	h.ended, h.tier = at, string(r.Tier)
	if wire.Given(r.Usage) {
		h.usage = r.Usage
	}
	if r.Status != "" {
		status = string(r.Status)
	}
	h.remember(r.Output, at)
	switch status {
	case "completed":
		if err := h.service.faultIn(r.Error); err != nil {
			return err
		}
		h.finish = "stop"
		return errDone
	case "incomplete":
		reason := ""
		if r.Incomplete != nil {
			reason = string(r.Incomplete.Reason)
		}
		if reason == "max_output_tokens" || reason == "content_filter" {
			h.finish = reason
			return errDone
		}
		return &providers.Error{Kind: providers.Truncated, Err: fmt.Errorf("the service gave up (incomplete: %.40q)", wire.Redact(reason, h.key))}
	case "failed":
		if wire.Given(r.Error) {
			return h.service.fault(r.Error)
		}
		return &providers.Error{Kind: providers.ServerFault, Err: errors.New("the answer failed, the service does not say why")}
	}
	return &providers.Error{Kind: providers.Truncated, Err: fmt.Errorf("the service gave up (status %.40q)", wire.Redact(status, h.key))}
}

// remember tells what of the finished items was never told. Some services leave
// the numbering of the events behind, so that only what is missing altogether is
// sure to be missing.
func (h *hearer) remember(items []outputItem, at time.Time) {
	texts, thoughts, called := h.said || h.declined, h.thought, h.called
	known := func(output int) bool { return len(h.calls) == 0 || h.pending(output) != nil }
	for i := range items {
		switch it := &items[i]; it.Type {
		case "message":
			if !texts {
				h.item(i, it, at)
			}
		case "reasoning":
			if !thoughts {
				h.item(i, it, at)
			}
		case "function_call":
			if !called && known(i) {
				h.item(i, it, at)
			}
		}
	}
}

// say tells a piece of a part. Thoughts of different parts stand apart.
func (h *hearer) say(p place, piece loose, at time.Time) {
	if piece == "" {
		return
	}
	if h.told[p.output] == nil {
		h.told[p.output] = map[place]bool{}
	}
	h.told[p.output][p] = true
	text := string(piece)
	switch p.kind {
	case textPart:
		h.said = true
		h.tell(providers.Delta{At: at, Text: text})
	case refusalPart:
		h.declined = true
		h.tell(providers.Refusal{At: at, Text: text})
	default:
		if h.thought && p != h.latest {
			text = "\n\n" + text
		}
		h.thought, h.latest = true, p
		h.tell(providers.Thought{At: at, Text: text})
	}
}

// unsaid tells a part that came whole and of which no piece came before.
func (h *hearer) unsaid(p place, whole loose, at time.Time) {
	if !h.told[p.output][p] {
		h.say(p, whole, at)
	}
}

// added begins an item.
func (h *hearer) added(ev *happening, at time.Time) {
	delete(h.told, ev.Output) // some number all items alike
	if ev.Item != nil && ev.Item.Type == "function_call" {
		c := &call{index: ev.Output, first: at}
		c.named(ev.Item, at)
		h.calls = append(h.calls, c)
	}
}

// pending is the call whose pieces come at an index, nil if there is none.
func (h *hearer) pending(output int) *call {
	for _, c := range slices.Backward(h.calls) {
		if c.index == output {
			return c
		}
	}
	return nil
}

// callAt is the same, begun if there is none.
func (h *hearer) callAt(output int, at time.Time) *call {
	c := h.pending(output)
	if c == nil {
		c = &call{index: output, first: at}
		h.calls = append(h.calls, c)
	}
	c.last = at
	return c
}

func (c *call) named(it *outputItem, at time.Time) {
	c.last = at
	if c.name == "" {
		c.name = string(it.Name)
	}
	switch {
	case it.CallID != "":
		c.id = string(it.CallID)
	case c.id == "":
		c.id = string(it.ID)
	}
}

// item ends an item, telling what of it was not told before.
func (h *hearer) item(output int, it *outputItem, at time.Time) {
	switch it.Type {
	case "message":
		for i, part := range it.Content {
			h.unsaid(place{output, i, textPart}, part.Text, at)
			h.unsaid(place{output, i, refusalPart}, part.Refusal, at)
		}
	case "reasoning":
		for i, part := range it.Summary {
			h.unsaid(place{output, i, summaryPart}, part.Text, at)
		}
		for i, part := range it.Content {
			h.unsaid(place{output, i, reasoningPart}, part.Text, at)
		}
	case "function_call":
		if it.CallID != "" && h.toldCalls[it.CallID] {
			return
		}
		h.toldCalls[it.CallID] = true
		c := h.callAt(output, at)
		c.named(it, at)
		if len(c.arguments) == 0 {
			c.arguments = []byte(it.Arguments)
		}
		h.calls = slices.DeleteFunc(h.calls, func(other *call) bool { return other == c })
		h.tellCall(c)
	}
}
