package cli

import (
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"juxta/providers"
)

// priceSettings are the names that a price of the configuration may hold.
func priceSettings() []string {
	return []string{"input", "output", "cache_read", "cache_write"}
}

type priceText struct {
	Input      scalar `yaml:"input"`
	Output     scalar `yaml:"output"`
	CacheRead  scalar `yaml:"cache_read"`
	CacheWrite scalar `yaml:"cache_write"`
}

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

// price reads the numbers from the text of the file, never through a float. A
// kind without a price of its own costs what the input does.
func (t priceText) price(at *token.Token) (providers.Price, error) {
	p := providers.Price{Source: providers.Overridden}
	if t.Input.text == "" || t.Output.text == "" {
		return p, wrong(at, "a price has an input and an output, in dollars per million tokens; 0 is free")
	}
	for _, x := range []struct {
		text scalar
		into *providers.Money
	}{{t.Input, &p.Input}, {t.Output, &p.Output}, {t.CacheRead, &p.CacheRead}, {t.CacheWrite, &p.CacheWrite}} {
		if x.text.text == "" {
			*x.into = p.Input
			continue
		}
		m, err := providers.ParsePerMillion(x.text.text)
		if err != nil {
			return p, wrong(x.text.at, "%v", err)
		}
		*x.into = m
	}
	return p, nil
}
