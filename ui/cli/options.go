package cli

import (
	"fmt"
	"slices"
	"strings"

	"juxta/providers"
)

// params reads the pairs of -o. Only stop may come more than once.
func params(pairs []string) (providers.Params, error) {
	var p providers.Params
	seen := map[string]bool{}
	for _, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return p, usage("keys: "+strings.Join(providers.ParamNames(), ", "), "-o %s: an option is written KEY=VALUE", pair)
		}
		if !slices.Contains(providers.ParamNames(), key) {
			hint := "keys: " + strings.Join(providers.ParamNames(), ", ")
			if near := nearest(key, providers.ParamNames()); near != "" {
				hint = fmt.Sprintf("did you mean %s? %s", near, hint)
			}
			return p, usage(hint, "-o %s: there is no option %q", pair, key)
		}
		if seen[key] && key != "stop" {
			return p, usage("give it once", "-o %s: %s is given twice", pair, key)
		}
		seen[key] = true
		if err := p.Set(key, value); err != nil {
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
