package openai

import (
	"fmt"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

// A folder folds the chunks of Chat Completions into an answer.
type folder struct {
	*answer
	service *service
	bad     error // a finish that is a failure
	counted bool  // the prompt's count was told
}

// hear implements [listener].
func (f *folder) hear(_, data []byte, at time.Time) error {
	if string(data) == "[DONE]" {
		f.ended = at
		return errDone
	}
	ch, err := parseChunk(data)
	if err != nil {
		return f.service.unreadable(data)
	}
	finish := f.finish
	f.add(ch, at) // what comes with an error stays said
	if ch.faulty() {
		f.finish = finish // an error is not a finish, whatever else it says
		return f.service.fault(data)
	}
	return f.bad
}

// whole implements [listener].
func (f *folder) whole(data []byte, at time.Time) error {
	if err := f.hear(nil, data, at); err != nil {
		return err
	}
	if f.finish == "" {
		if err := f.service.faultIn(data); err != nil {
			return err
		}
		return wire.Malformed("an object that is no answer", data, f.service.endpoint.Key)
	}
	return nil
}

// add folds a chunk that arrived at the given time.
func (f *folder) add(ch *chunk, at time.Time) {
	f.ended = at
	if ch.Model != "" {
		f.model = string(ch.Model)
	}
	if f.id == "" {
		f.id = string(ch.ID)
	}
	if ch.Tier != "" {
		f.tier = string(ch.Tier)
	}
	f.count(ch)
	for i := range ch.Choices {
		if c := &ch.Choices[i]; c.Index == 0 {
			f.choice(c, at)
		}
	}
}

// count keeps the latest usage, wherever it is: some send it in every chunk,
// growing, and some a second time, whole.
func (f *folder) count(ch *chunk) {
	switch {
	case wire.Given(ch.Usage):
		f.usage = ch.Usage
	case ch.Groq != nil && wire.Given(ch.Groq.Usage):
		f.usage = ch.Groq.Usage
	}
	if !f.counted && wire.Given(f.usage) {
		if u, _ := tallied(f.usage); u != nil && u.Prompt() > 0 {
			f.counted = true
			u.Output, u.Reasoning = 0, 0
			f.tell(providers.Counted{At: f.ended, Usage: *u}) // paid for also if the answer breaks off, or is not counted
		}
	}
	if s := serverTimes(ch, f.usage); s.Known() {
		f.server = s
	}
}

func (f *folder) choice(c *choice, at time.Time) {
	d := c.Delta
	if d == nil {
		d = c.Message
	}
	if d != nil {
		f.delta(d, at)
	}
	if c.Finish == "" || f.finish != "" {
		return
	}
	f.finish = string(c.Finish)
	switch f.finish {
	case "error", "abort", "insufficient_system_resource":
		f.bad = &providers.Error{Kind: providers.Truncated, Err: fmt.Errorf("the service gave up (finish_reason %s)", f.finish)}
		f.finish = ""
		return
	}
	f.tellCalls()
}

func (f *folder) delta(d *delta, at time.Time) {
	if s := d.thought(); s != "" {
		f.tell(providers.Thought{At: at, Text: s})
	}
	for _, p := range d.Content {
		switch {
		case p.text == "":
		case p.thought:
			f.tell(providers.Thought{At: at, Text: p.text})
		default:
			f.said = true
			f.tell(providers.Delta{At: at, Text: p.text})
		}
	}
	if d.Refusal != "" {
		f.declined = true
		f.tell(providers.Refusal{At: at, Text: string(d.Refusal)})
	}
	for i := range d.ToolCalls {
		f.fragment(&d.ToolCalls[i], at)
	}
	if d.FunctionCall != nil {
		f.fragment(&fragment{Index: new(int), Function: *d.FunctionCall}, at)
	}
}

// fragment adds a piece to the call it belongs to: that of its index, else
// that of its ID, else the latest unless it brings a name of its own.
func (f *folder) fragment(p *fragment, at time.Time) {
	c := f.callOf(p)
	if c == nil {
		if p.Function.Name == "" && p.ID == "" {
			return // belongs to nothing
		}
		c = &call{index: len(f.calls), first: at}
		if p.Index != nil {
			c.index = *p.Index
		}
		f.calls = append(f.calls, c)
	}
	c.last = at
	if c.id == "" {
		c.id = string(p.ID)
	}
	if c.name == "" { // some repeat it in every piece
		c.name = string(p.Function.Name)
	}
	c.arguments = append(c.arguments, p.Function.Arguments...)
}

func (f *folder) callOf(p *fragment) *call {
	for i := len(f.calls) - 1; i >= 0; i-- {
		c := f.calls[i]
		other := p.ID != "" && c.id != "" && c.id != string(p.ID)
		switch {
		case p.Index != nil && *p.Index == c.index && !other,
			p.Index == nil && p.ID != "" && c.id == string(p.ID),
			p.Index == nil && p.ID == "" && p.Function.Name == "":
			return c
		}
	}
	return nil
}
