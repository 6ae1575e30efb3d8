package sessions

import (
	"encoding/json"
	"strings"
	"time"

	"juxta/providers"
)

// An Answer is what one column said, with the evidence. Its strings are what
// was received, byte for byte: whoever shows them sanitises them.
type Answer struct {
	Column    int               `json:"column"`
	Take      int               `json:"take"` // from 1; regenerating adds takes
	Model     providers.Ref     `json:"model"`
	Served    string            `json:"served,omitempty"` // the model that says it answered
	System    string            `json:"system,omitempty"`
	Follows   int               `json:"follows,omitempty"` // the column whose answers it was told of the turns before; 0 for its own
	Params    providers.Params  `json:"params,omitzero"`   // as they were sent; until then as they were set
	Schema    json.RawMessage   `json:"schema,omitempty"`  // that the text was asked to follow
	Text      string            `json:"text,omitempty"`
	Thoughts  string            `json:"thoughts,omitempty"`
	Refusal   string            `json:"refusal,omitempty"`
	Calls     []Call            `json:"calls,omitempty"`
	Finish    providers.Reason  `json:"finish,omitempty"` // "" while it streams, and for ever if juxta was killed then
	Error     *Failure          `json:"error,omitempty"`
	Usage     providers.Usage   `json:"usage"`
	Foreseen  int               `json:"foreseen,omitempty"` // tokens of the whole prompt, as estimated when it was asked; 0 if those of a file were not known
	Sights    []Sight           `json:"sights,omitempty"`   // what it saw of the turn's files, by estimate
	Price     *providers.Price  `json:"price,omitempty"`    // as it was then; nil is unknown
	Billed    *providers.Money  `json:"billed,omitempty"`   // the provider's own word; wins over Price
	Local     bool              `json:"local,omitempty"`
	Energy    *providers.Energy `json:"energy,omitempty"`    // that it took of a machine of one's own; nil where nobody knows
	Simulated bool              `json:"simulated,omitempty"` // a demo model: nothing real answered
	Raced     bool              `json:"raced,omitempty"`     // it shared its device with others, so that its times are worth nothing
	Context   int               `json:"context,omitempty"`   // window in tokens; 0 if unknown
	Timing    providers.Timing  `json:"timing"`
	Server    providers.Server  `json:"server,omitzero"`
	Resident  *bool             `json:"resident,omitempty"` // the server held the model in memory when it was asked; nil if it did not say
	Build     *Build            `json:"build,omitempty"`    // which weights answered, and what ran them; nil if the server did not say
	Notices   []string          `json:"notices,omitempty"`  // what was done differently from what was asked
	Filter    string            `json:"filter,omitempty"`   // of the notices, the one that a filter of the service ended the answer; "" if the model did
	RequestID string            `json:"request_id,omitempty"`
	Limits    providers.Limits  `json:"limits,omitzero"`
	Raw       json.RawMessage   `json:"raw,omitempty"`    // the provider's own usage object
	Masked    int               `json:"masked,omitempty"` // names that are hidden in its texts; none in what is kept, see [Turn.Veil]
}

// A Call is a tool call that a model asked for; juxta runs none.
type Call struct {
	ID        string `json:"id,omitempty"`
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

// A Failure is an [providers.Error] as it is kept.
type Failure struct {
	Kind       providers.Kind `json:"kind"`
	Status     int            `json:"status,omitempty"`
	Message    string         `json:"message"`
	Hint       string         `json:"hint,omitempty"`
	RetryAfter time.Duration  `json:"retry_after,omitempty"`
}

func failure(e *providers.Error) *Failure {
	return &Failure{Kind: e.Kind, Status: e.Status, Message: e.Message(), Hint: e.Advice(), RetryAfter: e.RetryAfter}
}

// Cost is what the answer cost and where that figure is from; nil is not
// known. With estimated usage it is an estimate too, and so is one by energy that
// was not measured.
func (a *Answer) Cost() (*providers.Money, providers.PriceSource) {
	if a.Billed != nil {
		return a.Billed, providers.Billed
	}
	if a.Price != nil {
		if m, ok := a.Price.Of(a.Usage); ok && !a.silent() {
			return &m, a.Price.Source
		}
		return nil, a.Price.Source
	}
	if a.Local {
		if m, ok := a.Energy.Cost(); ok {
			return &m, providers.EnergyCost
		}
		return nil, providers.LocalCost
	}
	return nil, providers.UnknownPrice
}

// silent reports whether nothing was said and no usage was reported, so that
// nothing can be counted.
func (a *Answer) silent() bool {
	return a.Usage.Estimated && a.Usage.Prompt() == 0 && !a.spoke() && (a.Finish == providers.Failed || a.Finish == providers.Cancelled)
}

func (a *Answer) spoke() bool {
	return a.Text != "" || a.Thoughts != "" || a.Refusal != "" || len(a.Calls) > 0
}

// Remembered reports whether the answer is part of what its column is told
// next: what whole and stopped answers have said. A failed answer is left out
// together with its question, and so is one without a visible word, because
// services reject a conversation with an empty message in it.
func (a *Answer) Remembered() bool {
	return a.Finish != providers.Failed && strings.TrimSpace(a.Text+a.Refusal) != ""
}
