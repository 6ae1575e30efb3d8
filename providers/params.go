package providers

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ParamNames are the names of [Params] in JSON, in its order: the keys of -o
// KEY=VALUE, of a preset and of a column's form.
func ParamNames() []string {
	return []string{"temperature", "top_p", "max_tokens", "seed", "stop", "think", "think_budget", "context"}
}

// Set gives the parameter of that name a value as people write it; a stop is
// added to those there are. Its error says what the value has to be.
func (p *Params) Set(name, value string) (err error) {
	switch name {
	case "temperature":
		p.Temperature, err = fraction(value, 10)
	case "top_p":
		p.TopP, err = fraction(value, 1)
	case "max_tokens":
		p.MaxTokens, err = count(value)
	case "context":
		p.Context, err = count(value)
	case "think_budget":
		p.ThinkBudget, err = count(value)
	case "seed":
		n, wrong := strconv.ParseInt(value, 10, 64)
		if wrong != nil {
			return errors.New("a whole number")
		}
		p.Seed = &n
	case "stop":
		if value == "" {
			return errors.New("a text that ends the answer, and not empty")
		}
		p.Stop = append(slices.Clip(p.Stop), value)
	case "think":
		if levels := ThinkLevels(); !slices.Contains(levels, value) {
			return errors.New("one of " + strings.Join(levels, ", "))
		}
		p.Think = value
	default:
		return errors.New("none of " + strings.Join(ParamNames(), ", "))
	}
	return err
}

func fraction(s string, most float64) (*float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > most {
		return nil, fmt.Errorf("a number from 0 to %g", most)
	}
	return &f, nil
}

func count(s string) (int, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 1 {
		return 0, errors.New("a whole number of tokens, from 1")
	}
	return int(n), nil
}

// Values are what [Params.Set] would take for the parameter of that name: none
// for the model's own default, and more than one of stop alone.
func (p Params) Values(name string) []string {
	number := func(f *float64) []string {
		if f == nil {
			return nil
		}
		return []string{strconv.FormatFloat(*f, 'f', -1, 64)}
	}
	tokens := func(n int) []string {
		if n == 0 {
			return nil
		}
		return []string{strconv.Itoa(n)}
	}
	switch name {
	case "temperature":
		return number(p.Temperature)
	case "top_p":
		return number(p.TopP)
	case "max_tokens":
		return tokens(p.MaxTokens)
	case "think_budget":
		return tokens(p.ThinkBudget)
	case "context":
		return tokens(p.Context)
	case "seed":
		if p.Seed != nil {
			return []string{strconv.FormatInt(*p.Seed, 10)}
		}
	case "stop":
		return p.Stop
	case "think":
		if p.Think != "" {
			return []string{p.Think}
		}
	}
	return nil
}

// Or fills what p leaves open from d.
func (p Params) Or(d Params) Params {
	for _, name := range ParamNames() {
		if len(p.Values(name)) > 0 {
			continue
		}
		for _, v := range d.Values(name) {
			_ = p.Set(name, v) // it was set before
		}
	}
	return p
}

// Without is p with the model's own default for the parameter of that name.
func (p Params) Without(name string) Params {
	switch name {
	case "temperature":
		p.Temperature = nil
	case "top_p":
		p.TopP = nil
	case "max_tokens":
		p.MaxTokens = 0
	case "seed":
		p.Seed = nil
	case "stop":
		p.Stop = nil
	case "think":
		p.Think = ""
	case "think_budget":
		p.ThinkBudget = 0
	case "context":
		p.Context = 0
	}
	return p
}
