package wire

import (
	"encoding/json"
	"math/big"
	"strings"

	"juxta/providers"
)

// A Bill is what a gateway says that it charged, as fields of its usage object,
// in dollars: OpenRouter's, which others took over.
type Bill struct {
	Cost        json.RawMessage `json:"cost"`
	OwnKey      bool            `json:"is_byok"` // with a key of one's own at the service behind it, that one charges too
	CostDetails struct {
		Upstream json.RawMessage `json:"upstream_inference_cost"`
	} `json:"cost_details"`
}

// Charged is the sum, or nil if not all of it was said.
func (b *Bill) Charged() *providers.Money {
	sum, ok := dollars(b.Cost)
	if !ok {
		return nil
	}
	if b.OwnKey {
		upstream, ok := dollars(b.CostDetails.Upstream)
		if sum += upstream; !ok || sum < upstream { // more than Money holds
			return nil
		}
	}
	return &sum
}

// dollars reads a JSON number of dollars. What is finer than a picodollar, as
// sums of binary fractions are, is rounded half away from zero.
func dollars(v json.RawMessage) (providers.Money, bool) {
	if len(v) == 0 || len(v) > 40 || v[0] < '0' || v[0] > '9' {
		return 0, false
	}
	m, err := providers.ParseDollars(string(v))
	if err == nil {
		return m, true
	}
	if i := strings.IndexAny(string(v), "eE"); i >= 0 && len(v)-i > 4 {
		return 0, false // an exponent that would take all memory
	}
	r, ok := new(big.Rat).SetString(string(v))
	if !ok {
		return 0, false
	}
	m, err = providers.ParseDollars(r.FloatString(12))
	return m, err == nil
}
