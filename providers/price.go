package providers

import "math/big"

// UnknownRate is what a kind of token costs that the list does not know.
const UnknownRate Money = -1

// Rates are what one token of each kind costs, in picodollars, each of them
// [UnknownRate] if that is not known. A rate of 0 is a price, with two
// exceptions: CacheWriteHour and Audio of 0 mean that there is no rate of their
// own, so that CacheWrite's and Input's hold.
type Rates struct {
	Input          Money `json:"input"`
	CacheRead      Money `json:"cache_read"`
	CacheWrite     Money `json:"cache_write"` // kept for minutes, as services do unless asked
	CacheWriteHour Money `json:"cache_write_1h,omitempty"`
	Output         Money `json:"output"`
	Audio          Money `json:"audio,omitempty"` // sound that is read
}

// A Price is what a model costs at the standard tier. It is kept with every
// answer, so that history never changes its cost.
type Price struct {
	Rates
	PerImage   Money            `json:"per_image,omitempty"`   // picodollars for each picture sent, beside its tokens
	PerRequest Money            `json:"per_request,omitempty"` // picodollars
	Steps      []Step           `json:"steps,omitempty"`       // for long prompts, by rising Above
	Tiers      map[string]Ratio `json:"tiers,omitempty"`       // what others than the standard tier cost of it
	Source     PriceSource      `json:"source"`
	AsOf       string           `json:"as_of,omitempty"` // date of the list, 2006-01-02
	From       string           `json:"from,omitempty"`  // address of the page or list it was read from
}

// A Step holds for every token of a request whose prompt, cached or not, has
// more than Above tokens.
type Step struct {
	Above int `json:"above"`
	Rates
}

// A Ratio is Num/Den, both positive: the batch tier often is 1/2.
type Ratio struct {
	Num int64 `json:"num"`
	Den int64 `json:"den"`
}

// PriceSource says where a price, and the cost that follows from it, is from.
type PriceSource string

// Where a price is from.
const (
	Listed       PriceSource = "list"     // a price list
	Overridden   PriceSource = "override" // the configuration
	Billed       PriceSource = "billed"   // the provider's own word
	LocalCost    PriceSource = "local"    // runs here; no energy price configured
	Free         PriceSource = "free"
	UnknownPrice PriceSource = "unknown"
)

// Of is what u costs, and false if that is not known: u has tokens of a kind
// whose rate is unknown, the service answered in a tier that p has no ratio for,
// or the sum passes what Money can hold. Of a kind of which u has no tokens, the
// rate need not be known.
// Reasoning is part of Output and never charged twice. A tier's ratio is applied
// once, to the sum, and rounded half away from zero.
func (p Price) Of(u Usage) (Money, bool) {
	r := p.at(u.Prompt())
	hour, audio := min(u.CacheWriteHour, u.CacheWrite), min(u.Audio, u.Input)
	var sum Money
	for _, x := range [...]struct {
		price Money
		n     int
	}{
		{r.Input, u.Input - audio},
		{orElse(r.Audio, r.Input), audio},
		{r.CacheRead, u.CacheRead},
		{r.CacheWrite, u.CacheWrite - hour},
		{orElse(r.CacheWriteHour, r.CacheWrite), hour},
		{r.Output, u.Output},
		{p.PerImage, u.Images},
		{p.PerRequest, 1},
	} {
		part, ok := x.price.times(x.n)
		if !ok || x.price < UnknownRate {
			return 0, false
		}
		if sum, ok = sum.plus(part); !ok {
			return 0, false
		}
	}
	if u.Tier == "" {
		return sum, true
	}
	ratio, ok := p.Tiers[u.Tier]
	switch {
	case ok:
	case p.Source == Overridden && p.Tiers == nil:
		return sum, true // the user's own word, which knows no tiers
	default:
		return 0, false
	}
	return ratio.of(sum)
}

// at is the rates for a prompt of n tokens.
func (p Price) at(n int) Rates {
	r := p.Rates
	for _, s := range p.Steps {
		if n > s.Above {
			r = s.Rates
		}
	}
	return r
}

func orElse(m, other Money) Money {
	if m != 0 {
		return m
	}
	return other
}

// of is m by the ratio, rounded half away from zero.
func (r Ratio) of(m Money) (Money, bool) {
	if r.Num <= 0 || r.Den <= 0 || m < 0 {
		return 0, false
	}
	x := new(big.Int).Mul(big.NewInt(int64(m)), big.NewInt(r.Num))
	den := big.NewInt(r.Den)
	x.Add(x.Lsh(x, 1), den).Quo(x, den.Lsh(den, 1)) // (2·m·num + den) / (2·den)
	if !x.IsInt64() {
		return 0, false
	}
	return Money(x.Int64()), true
}
