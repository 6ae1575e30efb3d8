package cli

import (
	"time"

	"juxta/providers"
)

// A modelRecord is a model as the commands print it; what is not known is null.
type modelRecord struct {
	Model    string       `json:"model"`
	Provider string       `json:"provider"`
	Context  *int         `json:"context"`
	Output   *int         `json:"output"`
	Images   *bool        `json:"images"`
	Thoughts *bool        `json:"thoughts"`
	Tools    *bool        `json:"tools"`
	Audio    *bool        `json:"audio"`
	Document *bool        `json:"documents"`
	Pictures *string      `json:"pictures"` // how it looks at them
	Local    bool         `json:"local"`
	Demo     bool         `json:"simulated"`
	Licence  *string      `json:"licence"`
	Digest   *string      `json:"digest"`
	Size     *int64       `json:"size"`
	Price    *priceRecord `json:"price"`

	Accepts map[string]string `json:"accepts"` // what each parameter may be; "" for anything
	Seen    *time.Time        `json:"seen"`
}

// A priceRecord is dollars per million tokens, as exact decimals.
type priceRecord struct {
	rateRecord
	PerImage   *string                    `json:"per_image"`   // dollars; null: none, or not known
	PerRequest *string                    `json:"per_request"` // likewise
	Steps      []stepRecord               `json:"steps,omitempty"`
	Tiers      map[string]providers.Ratio `json:"tiers,omitempty"`
	Source     providers.PriceSource      `json:"source"`
	AsOf       *string                    `json:"as_of"`
	From       *string                    `json:"from"`
}

// A rateRecord has null for what is not known; the input and the output of a
// model are, but not always those of a step.
type rateRecord struct {
	Input          *string `json:"input"`
	CacheRead      *string `json:"cache_read"`
	CacheWrite     *string `json:"cache_write"`
	CacheWriteHour *string `json:"cache_write_1h"` // null: unknown, or as cache_write
	Output         *string `json:"output"`
	Audio          *string `json:"audio"` // null: unknown, or as input
}

// A stepRecord holds for prompts of more than Above tokens.
type stepRecord struct {
	Above int `json:"above"`
	rateRecord
}

func ratesOf(r providers.Rates) rateRecord {
	known := func(m providers.Money) *string {
		if m < 0 {
			return nil
		}
		return given(m.PerMillion())
	}
	own := func(m providers.Money) *string {
		if m == 0 {
			return nil
		}
		return known(m)
	}
	return rateRecord{
		known(r.Input), known(r.CacheRead), known(r.CacheWrite), own(r.CacheWriteHour), known(r.Output), own(r.Audio),
	}
}

func priceOf(p *providers.Price) *priceRecord {
	if p == nil {
		return nil
	}
	fee := func(m providers.Money) *string {
		if m <= 0 {
			return nil
		}
		return given(m.USD())
	}
	r := &priceRecord{
		rateRecord: ratesOf(p.Rates), PerImage: fee(p.PerImage), PerRequest: fee(p.PerRequest),
		Tiers: p.Tiers, Source: p.Source, AsOf: given(p.AsOf), From: given(p.From),
	}
	for _, s := range p.Steps {
		r.Steps = append(r.Steps, stepRecord{s.Above, ratesOf(s.Rates)})
	}
	return r
}

func recordOf(e providers.Entry, m providers.Model) modelRecord {
	r := modelRecord{
		Model: m.Ref.String(), Provider: m.Ref.Provider, Context: given(m.Context), Output: given(m.Output),
		Images: truth(m.Can.Images), Thoughts: truth(m.Can.Thoughts), Tools: truth(m.Can.Tools), Audio: truth(m.Can.Audio),
		Document: truth(m.Can.Documents), Pictures: given(pictures(m)),
		Local: m.Local, Demo: e.API == "demo", Licence: given(m.Licence), Digest: given(m.Digest), Size: given(m.Size),
		Price: priceOf(m.Price), Seen: given(m.Seen.UTC().Truncate(time.Second)),
	}
	if m.Accepts != nil {
		r.Accepts = map[string]string{}
	}
	for _, k := range m.Accepts {
		r.Accepts[k.Name] = k.Values
	}
	return r
}

// given is nil for a zero value, which stands for what is not known.
func given[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func truth(s providers.Support) *bool {
	if s == providers.Unknown {
		return nil
	}
	yes := s == providers.Yes
	return &yes
}
