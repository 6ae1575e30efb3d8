package providers_test

import (
	"encoding/json"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"juxta/providers"
)

func perMillion(t *testing.T, s string) providers.Money {
	t.Helper()
	m, err := providers.ParsePerMillion(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestCostsFollowTheMethod(t *testing.T) {
	for _, c := range []struct {
		name  string
		price providers.Price
		usage providers.Usage
		want  string
	}{
		{
			"a prompt that was mostly cached, reasoning inside the output",
			providers.Price{Rates: providers.Rates{Input: perMillion(t, "1.25"), CacheRead: perMillion(t, ".125"), CacheWrite: perMillion(t, "1.25"), Output: perMillion(t, "10")}},
			providers.Usage{Input: 4000, CacheRead: 8000, Output: 900, Reasoning: 300},
			"0.015000000000",
		},
		{
			"a cache that is written and read",
			providers.Price{Rates: providers.Rates{Input: perMillion(t, "3"), CacheRead: perMillion(t, ".30"), CacheWrite: perMillion(t, "3.75"), Output: perMillion(t, "15")}},
			providers.Usage{Input: 300, CacheWrite: 5000, CacheRead: 20000, Output: 700},
			"0.036150000000",
		},
		{
			"the same as a batch",
			providers.Price{Rates: providers.Rates{Input: perMillion(t, "1.25"), CacheRead: perMillion(t, ".125"), Output: perMillion(t, "10")}, Tiers: map[string]providers.Ratio{"batch": {Num: 1, Den: 2}}},
			providers.Usage{Input: 4000, CacheRead: 8000, Output: 900, Tier: "batch"},
			"0.007500000000",
		},
		{"a prompt over the step", stepped(t), providers.Usage{Input: 50_000, CacheRead: 150_000, CacheWrite: 50_000, Output: 2000}, "0.655000000000"},
		{"a prompt right at the step", stepped(t), providers.Usage{Input: 200_000, Output: 2000}, "0.270000000000"},
		{
			"a cache kept for minutes and one for an hour",
			providers.Price{Rates: providers.Rates{Input: perMillion(t, "3"), CacheWrite: perMillion(t, "3.75"), CacheWriteHour: perMillion(t, "6"), Output: perMillion(t, "15")}},
			providers.Usage{CacheWrite: 3000, CacheWriteHour: 1000},
			"0.013500000000",
		},
		{"an hour's cache without a rate of its own", providers.Price{Rates: providers.Rates{CacheWrite: 4}}, providers.Usage{CacheWrite: 10, CacheWriteHour: 10}, "0.000000000040"},
		{"sound", providers.Price{Rates: providers.Rates{Input: 1, Audio: 5}}, providers.Usage{Input: 10, Audio: 4}, "0.000000000026"},
		{"sound without a rate of its own", providers.Price{Rates: providers.Rates{Input: 3}}, providers.Usage{Input: 10, Audio: 4}, "0.000000000030"},
		{"each picture, and the request", providers.Price{PerImage: 7, PerRequest: 100}, providers.Usage{Images: 3}, "0.000000000121"},
		{"half a picodollar rounds away from zero", providers.Price{Rates: providers.Rates{Input: 1}, Tiers: map[string]providers.Ratio{"flex": {Num: 1, Den: 2}}}, providers.Usage{Input: 3, Tier: "flex"}, "0.000000000002"},
		{"a third rounds down", providers.Price{Rates: providers.Rates{Input: 1}, Tiers: map[string]providers.Ratio{"flex": {Num: 1, Den: 3}}}, providers.Usage{Input: 4, Tier: "flex"}, "0.000000000001"},
		{"a price of the user's own, whatever the tier", providers.Price{Rates: providers.Rates{Input: 5}, Source: providers.Overridden}, providers.Usage{Input: 2, Tier: "off-peak"}, "0.000000000010"},
		{"free", providers.Price{Source: providers.Free}, providers.Usage{Input: 1 << 40, Output: 1 << 40}, "0.000000000000"},
		{"nothing used", providers.Price{Rates: providers.Rates{Input: 1, Output: 1}}, providers.Usage{}, "0.000000000000"},
	} {
		if got, ok := c.price.Of(c.usage); !ok || got.USD() != c.want {
			t.Errorf("%s: %s, %t; want %s", c.name, got.USD(), ok, c.want)
		}
	}
}

// stepped is a price with a step: every token costs more once
// the prompt, cached or not, is longer than 200,000.
func stepped(t *testing.T) providers.Price {
	low := perMillion(t, "1.25")
	return providers.Price{
		Rates: providers.Rates{Input: low, CacheRead: low, CacheWrite: low, Output: perMillion(t, "10")},
		Steps: []providers.Step{{Above: 200_000, Rates: providers.Rates{
			Input: perMillion(t, "2.5"), CacheRead: perMillion(t, "2.5"), CacheWrite: perMillion(t, "2.5"), Output: perMillion(t, "15"),
		}}},
	}
}

func TestACostThatMoneyCannotHoldIsReported(t *testing.T) {
	for name, c := range map[string]struct {
		price providers.Price
		usage providers.Usage
	}{
		"a product that passes 63 bits": {providers.Price{Rates: providers.Rates{Input: 1 << 40}}, providers.Usage{Input: 1 << 23}},
		"a product that passes 64 bits": {providers.Price{Rates: providers.Rates{Output: math.MaxInt64}}, providers.Usage{Output: math.MaxInt64}},
		"a sum that passes 63 bits":     {providers.Price{Rates: providers.Rates{Input: 1 << 40, Output: 1 << 40}}, providers.Usage{Input: 1 << 22, Output: 1 << 22}},
		"a tier without a ratio":        {providers.Price{Rates: providers.Rates{Input: 1}}, providers.Usage{Input: 1, Tier: "priority"}},
		"a tier that passes 63 bits":    {providers.Price{Rates: providers.Rates{Input: math.MaxInt64}, Tiers: map[string]providers.Ratio{"priority": {Num: 2, Den: 1}}}, providers.Usage{Input: 1, Tier: "priority"}},
		"a negative count":              {providers.Price{Rates: providers.Rates{Input: 1}}, providers.Usage{Input: -1}},
		"a negative price":              {providers.Price{Rates: providers.Rates{Input: -2}}, providers.Usage{Input: 1}},
		"a negative price of nothing":   {providers.Price{Rates: providers.Rates{Input: 1, Output: -2}}, providers.Usage{Input: 1}},
	} {
		if got, ok := c.price.Of(c.usage); ok || got != 0 {
			t.Errorf("%s: %d, %t", name, got, ok)
		}
	}
	if got, ok := (providers.Price{Rates: providers.Rates{Input: math.MaxInt64}}).Of(providers.Usage{Input: 1}); !ok || got != math.MaxInt64 {
		t.Errorf("the largest amount: %d, %t", got, ok)
	}
}

// Of each kind: the cost is unknown as soon as one token of it was used, and
// known while none was.
func TestTokensOfAnUnknownRateHaveNoCost(t *testing.T) {
	const unknown = providers.UnknownRate
	known := providers.Rates{Input: 1, CacheRead: 1, CacheWrite: 1, Output: 1}
	with := func(change func(*providers.Rates)) providers.Price {
		r := known
		change(&r)
		return providers.Price{Rates: r}
	}
	for _, c := range []struct {
		name          string
		price         providers.Price
		without, some providers.Usage
	}{
		{"input", with(func(r *providers.Rates) { r.Input = unknown }), providers.Usage{Output: 5}, providers.Usage{Input: 1, Output: 4}},
		{"cache read", with(func(r *providers.Rates) { r.CacheRead = unknown }), providers.Usage{Input: 5}, providers.Usage{Input: 4, CacheRead: 1}},
		{"cache write", with(func(r *providers.Rates) { r.CacheWrite = unknown }), providers.Usage{Input: 5}, providers.Usage{Input: 4, CacheWrite: 1}},
		{"an hour's write", with(func(r *providers.Rates) { r.CacheWriteHour = unknown }), providers.Usage{CacheWrite: 5}, providers.Usage{CacheWrite: 5, CacheWriteHour: 1}},
		{"an hour's write that costs what others do", with(func(r *providers.Rates) { r.CacheWrite = unknown }), providers.Usage{Input: 5}, providers.Usage{CacheWrite: 5, CacheWriteHour: 5}},
		{"an hour's write alone", with(func(r *providers.Rates) { r.CacheWrite, r.CacheWriteHour = unknown, 1 }), providers.Usage{CacheWrite: 5, CacheWriteHour: 5}, providers.Usage{CacheWrite: 5, CacheWriteHour: 4}},
		{"output", with(func(r *providers.Rates) { r.Output = unknown }), providers.Usage{Input: 5}, providers.Usage{Output: 5}},
		{"sound", with(func(r *providers.Rates) { r.Audio = unknown }), providers.Usage{Input: 5}, providers.Usage{Input: 5, Audio: 1}},
		{
			"a long prompt",
			providers.Price{Rates: known, Steps: []providers.Step{{Above: 5, Rates: providers.Rates{Input: unknown, CacheRead: 1, CacheWrite: 1, Output: 1}}}},
			providers.Usage{Input: 5},
			providers.Usage{Input: 5, CacheRead: 1},
		},
	} {
		if got, ok := c.price.Of(c.without); !ok || got != 5 {
			t.Errorf("%s: without it %d, %t", c.name, got, ok)
		}
		if got, ok := c.price.Of(c.some); ok || got != 0 {
			t.Errorf("%s: %d, %t", c.name, got, ok)
		}
	}
}

func TestAnUnknownRateIsKeptAsSuch(t *testing.T) {
	p := providers.Price{Rates: providers.Rates{Input: 1, CacheRead: providers.UnknownRate, CacheWriteHour: providers.UnknownRate}}
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var again providers.Price
	if err := json.Unmarshal(b, &again); err != nil || again.Rates != p.Rates || !strings.Contains(string(b), `"cache_read":-1`) {
		t.Errorf("%s, %v", b, err)
	}
}

func TestTenThousandCostsAddUpExactly(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var sum providers.Money
	want := new(big.Rat)
	for range 10_000 {
		p := providers.Price{Rates: providers.Rates{
			Input: providers.Money(rng.IntN(20_000_000)), CacheRead: providers.Money(rng.IntN(2_000_000)),
			CacheWrite: providers.Money(rng.IntN(25_000_000)), Output: providers.Money(rng.IntN(100_000_000)),
		}}
		u := providers.Usage{Input: rng.IntN(5000), CacheRead: rng.IntN(5000), CacheWrite: rng.IntN(5000), Output: rng.IntN(2000)}
		u.Reasoning = rng.IntN(u.Output + 1)
		cost, ok := p.Of(u)
		if !ok {
			t.Fatalf("%+v of %+v overflows", p, u)
		}
		sum += cost
		for _, x := range [][2]int64{
			{int64(p.Input), int64(u.Input)},
			{int64(p.CacheRead), int64(u.CacheRead)},
			{int64(p.CacheWrite), int64(u.CacheWrite)},
			{int64(p.Output), int64(u.Output)},
		} {
			part := big.NewRat(x[0], int64(providers.Dollar))
			want.Add(want, part.Mul(part, new(big.Rat).SetInt64(x[1])))
		}
	}
	if got := sum.USD(); got != want.FloatString(12) {
		t.Errorf("the sum is %s, want %s", got, want.FloatString(12))
	}
	if again, err := providers.ParseDollars(sum.USD()); err != nil || again != sum {
		t.Errorf("%s reads back as %d, %v", sum.USD(), again, err)
	}
}
