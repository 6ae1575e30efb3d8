package cli

import (
	"reflect"
	"strings"
	"testing"

	"juxta/providers"
)

func TestEveryKindOfPriceCanBeConfigured(t *testing.T) {
	c, err := parseConfig([]byte(`prices:
  lab/m:
    input: 3
    output: 15
    cache_read: 0.3
    cache_write: 3.75
    cache_write_1h: 6
    audio: 4
    per_image: 0.01
    per_request: 0.000000000001
    steps:
      - {above: 200000, input: 6, output: 22.5, cache_read: 0.6, cache_write_1h: 12}
      - {above: 500000, input: 7, output: 30}
    tiers: {batch: 0.5, flex: 1/2, "priority": "9/5", fast: 2}
  lab/free: {input: 0, output: 0, steps:, tiers:}
`))
	if err != nil {
		t.Fatal(placed("f", err))
	}
	want := providers.Price{
		Rates: providers.Rates{
			Input: 3_000_000, CacheRead: 300_000, CacheWrite: 3_750_000, CacheWriteHour: 6_000_000,
			Output: 15_000_000, Audio: 4_000_000,
		},
		PerImage: providers.Dollar / 100, PerRequest: 1,
		Steps: []providers.Step{
			{Above: 200_000, Rates: providers.Rates{Input: 6_000_000, CacheRead: 600_000, CacheWrite: providers.UnknownRate, CacheWriteHour: 12_000_000, Output: 22_500_000}},
			{Above: 500_000, Rates: providers.Rates{Input: 7_000_000, CacheRead: providers.UnknownRate, CacheWrite: providers.UnknownRate, CacheWriteHour: providers.UnknownRate, Output: 30_000_000}},
		},
		Tiers: map[string]providers.Ratio{
			"batch": {Num: 1, Den: 2}, "flex": {Num: 1, Den: 2}, "priority": {Num: 9, Den: 5}, "fast": {Num: 2, Den: 1},
		},
		Source: providers.Overridden,
	}
	if got := c.prices[providers.Ref{Provider: "lab", Model: "m"}]; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got, ok := c.prices[providers.Ref{Provider: "lab", Model: "free"}]; !ok || !reflect.DeepEqual(got, providers.Price{Source: providers.Overridden}) {
		t.Errorf("free: %+v", got)
	}
}

func TestACacheThatTheConfigurationPutsNoPriceOnIsNotCharged(t *testing.T) {
	c, err := parseConfig([]byte("prices:\n  a/b: {input: 1, output: 2, steps: [{above: 100, input: 3, output: 4}]}\n  a/c: {input: 1, output: 2, cache_read: 0.1}\n  a/d: {input: 0, output: 0}\n"))
	if err != nil {
		t.Fatal(placed("f", err))
	}
	for _, tt := range []struct {
		model string
		usage providers.Usage
		want  providers.Money // -1 for unknown
	}{
		{"b", providers.Usage{Input: 10, Output: 1}, 12_000_000},
		{"b", providers.Usage{Input: 10, CacheRead: 1}, -1},
		{"b", providers.Usage{Input: 10, CacheWrite: 1}, -1},
		{"b", providers.Usage{Input: 200}, 600_000_000},
		{"b", providers.Usage{Input: 200, CacheRead: 1}, -1},
		{"c", providers.Usage{Input: 10, CacheRead: 1}, 10_100_000},
		{"c", providers.Usage{Input: 10, CacheWrite: 1, CacheWriteHour: 1}, -1},
		{"d", providers.Usage{Input: 10, CacheRead: 1, CacheWrite: 2, CacheWriteHour: 1}, 0},
	} {
		got, ok := c.prices[providers.Ref{Provider: "a", Model: tt.model}].Of(tt.usage)
		if !ok {
			got = -1
		}
		if got != tt.want {
			t.Errorf("%s, %+v: %d, want %d", tt.model, tt.usage, got, tt.want)
		}
	}
}

func TestMistakesInPricesNameTheirPlace(t *testing.T) {
	const price = "prices:\n  a/b:\n    input: 1\n    output: 2\n"
	for text, want := range map[string]string{
		price + "    cache_write_1h: dear\n":                               `f:5:21: "dear" is not a decimal number`,
		price + "    cache_write_1h: 0\n":                                  "f:5:21: this can't be free",
		price + "    audio: 0.0\n":                                         "f:5:12: this can't be free",
		price + "    audio: -1\n":                                          "f:5:12: -1 is negative",
		price + "    audio: [1]\n":                                         "f:5:12: there is a single value",
		price + "    cache_read: 0.0000001\n":                              "f:5:17: 0.0000001 is finer than a picodollar",
		price + "    per_image: 1/2\n":                                     `f:5:16: "1/2" is not a decimal number`,
		price + "    per_request: 0.0000000000001\n":                       "f:5:18: 0.0000000000001 is finer than a picodollar",
		price + "    per_imag: 1\n":                                        `f:5:5: there is no setting "per_imag" here; did you mean "per_image"?`,
		price + "    steps: 200000\n":                                      "f:5:12: steps is a list such as",
		price + "    steps: {above: 1, input: 1, output: 2}\n":             "f:5:13: steps is a list such as",
		price + "    steps: [5]\n":                                         "f:5:13: ",
		price + "    steps:\n      - input: 1\n        output: 2\n":        "f:6:9: a step says above how many tokens",
		price + "    steps:\n      - {above: 1.5, input: 1, output: 2}\n":  "f:6:17: above is a number of tokens",
		price + "    steps:\n      - {above: 0, input: 1, output: 2}\n":    "f:6:17: above is a number of tokens",
		price + "    steps:\n      - {above: 200k, input: 1, output: 2}\n": "f:6:17: above is a number of tokens",
		price + "    steps:\n      - {above: 5, output: 2}\n":              "f:6:10: a step has an input and an output",
		price + "    steps:\n      - {above: 5, input: x, output: 2}\n":    `f:6:27: "x" is not a decimal number`,
		price + "    steps:\n      - {abov: 5, input: 1, output: 2}\n":     `f:6:10: there is no setting "abov" here; did you mean "above"?`,
		price + "    steps:\n      - {above: 5, input: 1, output: 2}\n      - {above: 5, input: 1, output: 2}\n": "f:7:17: steps are in the order of rising prompts",
		price + "    tiers: 0.5\n":                  "f:5:12: tiers is a mapping such as",
		price + "    tiers: {batch: half}\n":        `f:5:20: "half" is not a ratio`,
		price + "    tiers: {batch: 0}\n":           `f:5:20: "0" is not a ratio`,
		price + "    tiers: {batch: -1/2}\n":        `f:5:20: "-1/2" is not a ratio`,
		price + "    tiers: {batch: 1/0}\n":         `f:5:20: "1/0" is not a ratio`,
		price + "    tiers: {batch: [1]}\n":         "f:5:20: a tier is a ratio such as 0.5 or 1/2",
		price + "    tiers: {batch: {input: 1}}\n":  "f:5:21: a tier is a ratio such as 0.5 or 1/2",
		price + "    tiers: {batch: 1, batch: 2}\n": "f:5:23: ",
	} {
		_, err := parseConfig([]byte(text))
		if err == nil {
			t.Errorf("%q was accepted", text)
			continue
		}
		if got := placed("f", err).Error(); !strings.HasPrefix(got, want) {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}
