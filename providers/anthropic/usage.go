package anthropic

import (
	"encoding/json"
	"strings"

	"juxta/providers"
	"juxta/providers/wire"
)

// tallied is a usage object that comes in parts: at the start what was read, at
// the end, cumulative, what was written and the rest once more. Of each field
// the latest counts that is not null.
type tallied map[string]json.RawMessage

func (t *tallied) add(part json.RawMessage) {
	if !wire.Given(part) {
		return
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(part, &fields) != nil {
		return
	}
	if *t == nil {
		*t = fields
		return
	}
	for name, v := range fields {
		if _, there := (*t)[name]; !there || string(v) != "null" {
			(*t)[name] = v
		}
	}
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

	Cost        json.RawMessage `json:"cost"` // dollars: OpenRouter
	OwnKey      bool            `json:"is_byok"`
	CostDetails struct {
		Upstream json.RawMessage `json:"upstream_inference_cost"`
	} `json:"cost_details"`
}

// read sorts what was counted into disjoint buckets, reads
// what the service says it charged, and gives the whole object.
func (t tallied) read() (*providers.Usage, *providers.Money, json.RawMessage) {
	if len(t) == 0 {
		return nil, nil, nil
	}
	raw, err := json.Marshal(map[string]json.RawMessage(t))
	if err != nil { // of values that were decoded there is none
		return nil, nil, nil
	}
	var c counts
	if wire.Lenient(raw, &c) != nil {
		return nil, nil, raw
	}
	write := max(c.CacheWrite, c.Written.Minutes+c.Written.Hour)
	return &providers.Usage{
		Input: int(c.Input), CacheRead: int(c.CacheRead), CacheWrite: int(write), CacheWriteHour: int(min(c.Written.Hour, write)),
		Output: int(c.Output), Reasoning: int(min(c.Details.Thinking, c.Output)), Tier: c.tier(),
	}, c.billed(), raw
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

// billed is what the service says it charged. With a key of one's own at the
// service behind it, that one charges too.
func (c *counts) billed() *providers.Money {
	cost, ok := wire.Dollars(c.Cost)
	if !ok {
		return nil
	}
	if c.OwnKey {
		upstream, ok := wire.Dollars(c.CostDetails.Upstream)
		if !ok {
			return nil
		}
		cost += upstream
	}
	return &cost
}
