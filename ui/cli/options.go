package cli

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"juxta/providers"
)

// paramNames are the keys of -o: the names of [providers.Params] in JSON.
func paramNames() []string {
	return []string{"temperature", "top_p", "max_tokens", "seed", "stop", "think", "think_budget", "context"}
}

// params reads the pairs of -o. Only stop may come more than once.
func params(pairs []string) (providers.Params, error) {
	var p providers.Params
	seen := map[string]bool{}
	for _, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return p, usage("keys: "+strings.Join(paramNames(), ", "), "-o %s: an option is written KEY=VALUE", pair)
		}
		if !slices.Contains(paramNames(), key) {
			hint := "keys: " + strings.Join(paramNames(), ", ")
			if near := nearest(key, paramNames()); near != "" {
				hint = fmt.Sprintf("did you mean %s? %s", near, hint)
			}
			return p, usage(hint, "-o %s: there is no option %q", pair, key)
		}
		if seen[key] && key != "stop" {
			return p, usage("give it once", "-o %s: %s is given twice", pair, key)
		}
		seen[key] = true
		if err := setParam(&p, key, value); err != nil {
			return p, usage(fmt.Sprintf("write it like -o %s=%s, or leave it out", key, exampleOf(key)), "-o %s: %s is %w", pair, key, err)
		}
	}
	return p, nil
}

// exampleOf is a value that the option may have.
func exampleOf(key string) string {
	return map[string]string{
		"temperature": "0.7", "top_p": "0.9", "max_tokens": "1000", "seed": "42", "stop": "END",
		"think": "high", "think_budget": "4096", "context": "16384",
	}[key]
}

// setParam sets one; its error says what the value has to be.
func setParam(p *providers.Params, key, value string) (err error) {
	switch key {
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
		p.Stop = append(p.Stop, value)
	case "think":
		if levels := providers.ThinkLevels(); !slices.Contains(levels, value) {
			return errors.New("one of " + strings.Join(levels, ", "))
		}
		p.Think = value
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
