package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"juxta/providers"
)

// priceLines is a price for people, a label and a value for each thing that is
// charged. What costs as much as the input does, and so has no price of its
// own, is left out; rates are dollars per million tokens.
func priceLines(p providers.Price) [][2]string {
	if p.Source == providers.Free {
		return [][2]string{{"price", "free"}}
	}
	var lines [][2]string
	add := func(label, value string) { lines = append(lines, [2]string{label, value}) }
	for _, r := range rateLines(p.Rates) {
		add(r[0], r[1]+" per million tokens")
	}
	if p.PerImage > 0 {
		add("per image", p.PerImage.String())
	}
	if p.PerRequest > 0 {
		add("per request", p.PerRequest.String())
	}
	for _, s := range p.Steps {
		var parts []string
		for _, r := range rateLines(s.Rates) {
			parts = append(parts, r[0]+" "+r[1])
		}
		add("above "+exactTokens(s.Above)+" tokens", strings.Join(parts, ", "))
	}
	for _, tier := range slices.Sorted(maps.Keys(p.Tiers)) {
		r := p.Tiers[tier]
		value := "× " + strconv.FormatInt(r.Num, 10)
		if r.Den != 1 {
			value += "/" + strconv.FormatInt(r.Den, 10)
		}
		add(tier+" tier", value)
	}
	if from := listedFrom(p); from != "" {
		add("prices", from)
	}
	return lines
}

func rateLines(r providers.Rates) [][2]string {
	lines := [][2]string{{"input", "$" + perMillion(r.Input)}}
	for _, x := range []struct {
		label string
		rate  providers.Money
		usual providers.Money
	}{
		{"cache read", r.CacheRead, r.Input},
		{"cache write", r.CacheWrite, r.Input},
		{"cache write for 1 h", r.CacheWriteHour, 0},
		{"output", r.Output, -1},
		{"audio input", r.Audio, 0},
	} {
		if x.rate != x.usual {
			lines = append(lines, [2]string{x.label, "$" + perMillion(x.rate)})
		}
	}
	return lines
}

// exactTokens is a threshold, of which no digit is lost: 199999 is not 200k.
func exactTokens(n int) string {
	if n > 0 && n%1000 == 0 {
		return strconv.Itoa(n/1000) + "k"
	}
	return strconv.Itoa(n)
}

// listedFrom is where a price is from, and of what day.
func listedFrom(p providers.Price) string {
	switch {
	case p.Source == providers.Overridden:
		return "from the configuration"
	case p.AsOf != "" && p.From != "":
		return fmt.Sprintf("as of %s from %s", p.AsOf, p.From)
	case p.AsOf != "":
		return "as of " + p.AsOf
	case p.From != "":
		return "from " + p.From
	}
	return ""
}
