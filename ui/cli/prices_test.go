package cli

import (
	"slices"
	"testing"

	"juxta/providers"
)

func TestEverythingThatIsChargedIsALine(t *testing.T) {
	p := providers.Price{
		Rates: providers.Rates{
			Input: 3_000_000, CacheRead: 300_000, CacheWrite: 3_750_000, CacheWriteHour: 6_000_000,
			Output: 15_000_000, Audio: 4_000_000,
		},
		PerImage: providers.Dollar / 100, PerRequest: providers.Dollar / 200,
		Steps: []providers.Step{
			{Above: 199_999, Rates: providers.Rates{Input: 6_000_000, CacheRead: 6_000_000, CacheWrite: 6_000_000, Output: 22_500_000}},
			{Above: 400_000, Rates: providers.Rates{Input: 7_000_000, CacheRead: 700_000, CacheWrite: 7_000_000, Output: 30_000_000}},
		},
		Tiers:  map[string]providers.Ratio{"priority": {Num: 2, Den: 1}, "batch": {Num: 1, Den: 2}},
		Source: providers.Listed, AsOf: "2026-11-01", From: "https://example.com/pricing",
	}
	want := [][2]string{
		{"input", "$3.00 per million tokens"},
		{"cache read", "$0.30 per million tokens"},
		{"cache write", "$3.75 per million tokens"},
		{"cache write for 1 h", "$6.00 per million tokens"},
		{"output", "$15.00 per million tokens"},
		{"audio input", "$4.00 per million tokens"},
		{"per image", "$0.0100"},
		{"per request", "$0.00500"},
		{"above 199999 tokens", "input $6.00, output $22.50"},
		{"above 400k tokens", "input $7.00, cache read $0.70, output $30.00"},
		{"batch tier", "× 1/2"},
		{"priority tier", "× 2"},
		{"prices", "as of 2026-11-01 from https://example.com/pricing"},
	}
	if got := priceLines(p); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestAnOutputAsDearAsTheInputIsStillSaid(t *testing.T) {
	p := providers.Price{Rates: providers.Rates{Input: 200_000, CacheRead: 200_000, CacheWrite: 200_000, Output: 200_000}, Source: providers.Overridden}
	want := [][2]string{
		{"input", "$0.20 per million tokens"}, {"output", "$0.20 per million tokens"}, {"prices", "from the configuration"},
	}
	if got := priceLines(p); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFreeIsOneWord(t *testing.T) {
	if got := priceLines(providers.Price{Source: providers.Free}); !slices.Equal(got, [][2]string{{"price", "free"}}) {
		t.Errorf("got %q", got)
	}
}
