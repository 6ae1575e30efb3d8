package cli

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"juxta/providers"
	"juxta/providers/prices"
)

// priceSettings are the names that a price of the configuration may hold.
func priceSettings() []string {
	return []string{
		"input", "output", "cache_read", "cache_write", "cache_write_1h", "audio", "per_image", "per_request",
		"steps", "above", "tiers",
	}
}

type (
	// ratesText is in dollars per million tokens.
	ratesText struct {
		Input          scalar `yaml:"input"`
		Output         scalar `yaml:"output"`
		CacheRead      scalar `yaml:"cache_read"`
		CacheWrite     scalar `yaml:"cache_write"`
		CacheWriteHour scalar `yaml:"cache_write_1h"`
		Audio          scalar `yaml:"audio"`
	}
	priceText struct {
		Rates      ratesText `yaml:",inline"`
		PerImage   scalar    `yaml:"per_image"` // dollars
		PerRequest scalar    `yaml:"per_request"`
		Steps      stepsText `yaml:"steps"`
		Tiers      tiersText `yaml:"tiers"`
	}
	stepText struct {
		Rates ratesText `yaml:",inline"`
		Above scalar    `yaml:"above"`
	}
	stepsText []providers.Step
	tiersText map[string]providers.Ratio
)

type pricesText map[providers.Ref]providers.Price

// UnmarshalYAML reads the prices under the names of their models.
func (p *pricesText) UnmarshalYAML(n ast.Node) error {
	if n.Type() == ast.NullType {
		return nil
	}
	m, ok := n.(ast.MapNode)
	if !ok {
		return wrong(n.GetToken(), "prices is a mapping from a model to its price")
	}
	*p = pricesText{}
	for it := m.MapRange(); it.Next(); {
		var name scalar
		if err := name.UnmarshalYAML(it.Key()); err != nil {
			return err
		}
		ref, err := providers.ParseRef(name.text)
		if err != nil {
			return wrong(name.at, "%v", err)
		}
		if _, twice := (*p)[ref]; twice {
			return wrong(name.at, "there are two prices for %q", name.text)
		}
		var t priceText
		if err := yaml.NodeToValue(it.Value(), &t, yaml.Strict()); err != nil {
			return err
		}
		price, err := t.price(name.at)
		if err != nil {
			return err
		}
		(*p)[ref] = price
	}
	return nil
}

// price reads the numbers from the text of the file, never through a float.
func (t priceText) price(at *token.Token) (p providers.Price, err error) {
	p.Source, p.Steps, p.Tiers = providers.Overridden, t.Steps, t.Tiers
	if p.Rates, err = t.Rates.rates(at, "a price"); err != nil {
		return p, err
	}
	for _, x := range []struct {
		text scalar
		into *providers.Money
	}{{t.PerImage, &p.PerImage}, {t.PerRequest, &p.PerRequest}} {
		if x.text.text == "" {
			continue
		}
		if *x.into, err = providers.ParseDollars(x.text.text); err != nil {
			return p, wrong(x.text.at, "%v", err)
		}
	}
	return p, nil
}

// rates reads what a token of each kind costs. What is read from a cache or
// written to it has no price here unless it is named: taking the input's, or that
// of the list, would be a guess at what the user pays. Where input and output are
// free, so is that; sound is input where it has no price of its own.
func (t ratesText) rates(at *token.Token, what string) (r providers.Rates, err error) {
	r.CacheRead, r.CacheWrite, r.CacheWriteHour = providers.UnknownRate, providers.UnknownRate, providers.UnknownRate
	for _, x := range []struct {
		text scalar
		into *providers.Money
		own  bool // 0 in it stands for no price of its own
	}{
		{t.Input, &r.Input, false},
		{t.Output, &r.Output, false},
		{t.CacheRead, &r.CacheRead, false},
		{t.CacheWrite, &r.CacheWrite, false},
		{t.CacheWriteHour, &r.CacheWriteHour, true},
		{t.Audio, &r.Audio, true},
	} {
		if x.text.text == "" {
			continue
		}
		if *x.into, err = providers.ParsePerMillion(x.text.text); err != nil {
			return r, wrong(x.text.at, "%v", err)
		}
		if x.own && *x.into == 0 {
			return r, wrong(x.text.at, "this can't be free; leave it out")
		}
	}
	if t.Input.text == "" || t.Output.text == "" {
		return r, wrong(at, "%s has an input and an output, in dollars per million tokens; 0 is free", what)
	}
	if r.Input == 0 && r.Output == 0 {
		r.CacheRead, r.CacheWrite = max(r.CacheRead, 0), max(r.CacheWrite, 0)
		r.CacheWriteHour = max(r.CacheWriteHour, 0)
	}
	return r, nil
}

// UnmarshalYAML reads the prices of long prompts.
func (s *stepsText) UnmarshalYAML(n ast.Node) error {
	if n.Type() == ast.NullType {
		return nil
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return wrong(start(n), "steps is a list such as [{above: 200000, input: 6, output: 22.5}]")
	}
	for _, n := range list.Values {
		var t stepText
		if err := yaml.NodeToValue(n, &t, yaml.Strict()); err != nil {
			return err
		}
		above, err := strconv.Atoi(t.Above.text)
		switch {
		case t.Above.text == "":
			return wrong(start(n), "a step says above how many tokens of prompt it holds, such as above: 200000")
		case err != nil || above <= 0:
			return wrong(t.Above.at, "above is a number of tokens")
		case len(*s) > 0 && above <= (*s)[len(*s)-1].Above:
			return wrong(t.Above.at, "steps are in the order of rising prompts")
		}
		rates, err := t.Rates.rates(start(n), "a step")
		if err != nil {
			return err
		}
		*s = append(*s, providers.Step{Above: above, Rates: rates})
	}
	return nil
}

// UnmarshalYAML reads what the tiers of a service cost of the standard one.
func (t *tiersText) UnmarshalYAML(n ast.Node) error {
	if n.Type() == ast.NullType {
		return nil
	}
	m, ok := n.(ast.MapNode)
	if !ok {
		return wrong(n.GetToken(), "tiers is a mapping such as {batch: 0.5}")
	}
	*t = tiersText{}
	for it := m.MapRange(); it.Next(); {
		var name, ratio scalar
		if err := name.UnmarshalYAML(it.Key()); err != nil {
			return err
		}
		if err := ratio.UnmarshalYAML(it.Value()); err != nil {
			return wrong(start(it.Value()), "a tier is a ratio such as 0.5 or 1/2: what it costs of the standard one")
		}
		if _, twice := (*t)[name.text]; twice {
			return wrong(name.at, "there are two tiers %q", name.text)
		}
		var err error
		if (*t)[name.text], err = prices.ParseRatio(ratio.text); err != nil {
			return wrong(ratio.at, "%v", err)
		}
	}
	return nil
}

// unserved are the configured prices of providers that are not there, in words.
func (n *network) unserved(prices map[providers.Ref]providers.Price) (lines []string) {
	var names []string
	for _, e := range n.all {
		names = append(names, e.Name)
	}
	for ref := range prices {
		if slices.Contains(names, ref.Provider) {
			continue
		}
		line := fmt.Sprintf("the configuration has a price for %s, and there is no provider %s", ref, ref.Provider)
		if near := nearest(ref.Provider, names); near != "" {
			line += "; did you mean " + near + "?"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}
