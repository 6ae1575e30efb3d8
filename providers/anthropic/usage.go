package anthropic

import (
	"encoding/json"
	"strings"

	"juxta/providers"
	"juxta/providers/wire"
)

// tallied is a usage object that comes in parts: at the start what was read, at
// the end, cumulative, what was written and the rest once more. Of each field
// the latest counts that says something.
type tallied struct {
	fields  map[string]json.RawMessage
	ended   bool // a part of the end came: what a message begins with is no bill
	written bool // and it counts the answer: what a message begins with counts its first token
}

// begin takes the part that a message begins with, which adds nothing to one
// that ended.
func (t *tallied) begin(part json.RawMessage) {
	if !t.ended {
		t.add(part)
	}
}

// end takes a part that a message ends with.
func (t *tallied) end(part json.RawMessage) {
	output := t.add(part)["output_tokens"]
	t.ended = t.ended || wire.Given(part)
	t.written = t.written || wire.Counts(output)
}

// add gives part's fields back. Gateways fill the end with zeros for the prompt
// that they counted at the start, so a part without a prompt doesn't speak of it.
func (t *tallied) add(part json.RawMessage) map[string]json.RawMessage {
	var fields map[string]json.RawMessage
	if !wire.Given(part) || json.Unmarshal(part, &fields) != nil {
		return nil
	}
	if t.fields == nil {
		t.fields = map[string]json.RawMessage{}
	}
	var c counts
	_ = wire.Lenient(part, &c) // it was decoded
	for name, v := range fields {
		_, there := t.fields[name]
		ofPrompt := name == "cache_creation" || strings.HasSuffix(name, "input_tokens")
		switch {
		case !there:
		case string(v) == "null", strings.HasSuffix(name, "_tokens") && !wire.Counts(v), ofPrompt && c.prompt() == 0:
			continue
		}
		t.fields[name] = v
	}
	return fields
}

// counts are the fields of a usage object that are charged for.
type counts struct {
	Input      wire.Tally `json:"input_tokens"` // what the cache neither gave nor took
	Output     wire.Tally `json:"output_tokens"`
	CacheRead  wire.Tally `json:"cache_read_input_tokens"`
	CacheWrite wire.Tally `json:"cache_creation_input_tokens"`
	Written    struct {
		Minutes wire.Tally `json:"ephemeral_5m_input_tokens"`
		Hour    wire.Tally `json:"ephemeral_1h_input_tokens"`
	} `json:"cache_creation"`
	Details struct {
		Thinking wire.Tally `json:"thinking_tokens"`
	} `json:"output_tokens_details"`

	Tier  string `json:"service_tier"`
	Speed string `json:"speed"`
	Place string `json:"inference_geo"`

	wire.Bill
}

// prompt is what was read, cached or not.
func (c *counts) prompt() wire.Tally { return c.Input + c.CacheRead + c.write() }

func (c *counts) write() wire.Tally { return max(c.CacheWrite, c.Written.Minutes+c.Written.Hour) }

// read sorts what was counted into disjoint buckets, reads what the service says
// it charged, and gives the whole object.
func (t *tallied) read() (*providers.Usage, *providers.Money, json.RawMessage) {
	if len(t.fields) == 0 {
		return nil, nil, nil
	}
	raw, err := json.Marshal(t.fields)
	if err != nil { // of values that were decoded there is none
		return nil, nil, nil
	}
	var c counts
	if wire.Lenient(raw, &c) != nil {
		return nil, nil, raw
	}
	if c.prompt() == 0 { // a prompt has tokens; better an estimate that says so
		return nil, c.Charged(), raw
	}
	return &providers.Usage{
		Input: int(c.Input), CacheRead: int(c.CacheRead), CacheWrite: int(c.write()), CacheWriteHour: int(min(c.Written.Hour, c.write())),
		Output: int(c.Output), Reasoning: int(min(c.Details.Thinking, c.Output)), Tier: c.tier(),
	}, c.Charged(), raw
}

// tier is whatever makes a token cost other than the list says: the service
// tier, the faster mode, and inference that was kept in one country.
func (c *counts) tier() string {
	var names []string
	for _, name := range []string{c.Tier, c.Speed} {
		if name != "" && name != "standard" {
			names = append(names, name)
		}
	}
	if c.Place == "us" {
		names = append(names, c.Place)
	}
	return strings.Join(names, "+")
}
