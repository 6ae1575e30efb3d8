package prices

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"juxta/providers"
)

// liteLLMServices are LiteLLM's words for the services, and what it puts before
// the names of their models.
func liteLLMServices() map[string][2]string {
	return map[string][2]string{
		"openai":                     {"openai", ""},
		"anthropic":                  {"anthropic", ""},
		"gemini":                     {"gemini", "gemini/"},
		"vertex_ai-language-models":  {"vertex", "vertex_ai/"},
		"vertex_ai-anthropic_models": {"vertex", "vertex_ai/"},
		"openrouter":                 {"openrouter", "openrouter/"},
		"groq":                       {"groq", "groq/"},
		"mistral":                    {"mistral", "mistral/"},
		"deepseek":                   {"deepseek", "deepseek/"},
		"xai":                        {"xai", "xai/"},
		"together_ai":                {"together", "together_ai/"},
		"fireworks_ai":               {"fireworks", "fireworks_ai/"},
		"cerebras":                   {"cerebras", "cerebras/"},
	}
}

// A liteLLMModel is the fields of an entry. Prices are dollars per token.
type liteLLMModel map[string]json.RawMessage

func liteLLM(b []byte) (rows []row, odd []oddity, left []string, err error) {
	var all map[string]liteLLMModel
	if err := decode(b, &all); err != nil {
		return nil, nil, nil, fmt.Errorf("this is not LiteLLM's map: %w", err)
	}
	known := liteLLMServices()
	for _, key := range slices.Sorted(maps.Keys(all)) {
		m := all[key]
		at, ok := known[m.word("litellm_provider")]
		name, prefixed := strings.CutPrefix(key, at[1])
		mode := m.word("mode")
		if prefixed = prefixed || at[0] == "vertex"; !ok || !prefixed || name == "" || !plain(name) {
			continue
		}
		if mode != "chat" && mode != "responses" {
			continue
		}
		if m.absent("input_cost_per_token") || m.absent("output_cost_per_token") {
			continue
		}
		r := row{service: at[0], name: name}
		switch err := r.liteLLM(m); {
		case errors.Is(err, errFiner):
			left = append(left, at[0]+"/"+name)
		case err != nil:
			odd = append(odd, oddity{at[0], name, err.Error()})
		default:
			rows = append(rows, r)
		}
	}
	return rows, odd, left, nil
}

func (r *row) liteLLM(m liteLLMModel) error {
	var err error
	if r.price.Rates, err = m.rates(""); err != nil {
		return err
	}
	thoughts, err := m.rate("output_cost_per_reasoning_token")
	if err != nil {
		return err
	}
	if thoughts != 0 && thoughts != r.price.Output {
		return errors.New("its thoughts cost something else than its answer, which juxta can't count apart")
	}
	if r.price.Audio, err = m.rate("input_cost_per_audio_token"); err != nil {
		return err
	}
	if r.price.Audio == r.price.Input {
		r.price.Audio = 0
	}
	if err := r.liteLLMSteps(m); err != nil {
		return err
	}
	for tier, suffix := range map[string]string{"batch": "_batches", "flex": "_flex", "priority": "_priority"} {
		ratio, ok, err := m.ratio(suffix)
		if err != nil {
			return err
		}
		if ok {
			if r.price.Tiers == nil {
				r.price.Tiers = map[string]providers.Ratio{}
			}
			r.price.Tiers[tier] = ratio
		}
	}
	r.context, r.answer = m.number("max_input_tokens"), m.number("max_output_tokens")
	for field, to := range map[string]*providers.Support{
		"supports_vision": &r.can.Images, "supports_reasoning": &r.can.Thoughts,
		"supports_function_calling": &r.can.Tools, "supports_audio_input": &r.can.Audio,
	} {
		if string(m[field]) == "true" {
			*to = providers.Yes
		}
	}
	return nil
}

// liteLLMSteps reads the keys that end in _above_200k_tokens.
func (r *row) liteLLMSteps(m liteLLMModel) error {
	for _, n := range m.thresholds() {
		rates, err := m.rates(fmt.Sprintf("_above_%dk_tokens", n))
		if err != nil {
			return err
		}
		s := providers.Step{Above: n * 1000, Rates: rates}
		if r.service == "xai" { // whose step begins at the threshold, not above it
			s.Above--
		}
		r.price.Steps = append(r.price.Steps, s)
	}
	return nil
}

// thresholds are the thousands of tokens above which a model's input or output
// has another rate, rising.
func (m liteLLMModel) thresholds() []int {
	all := map[int]bool{}
	for key := range m {
		for _, kind := range []string{"input", "output"} {
			digits, ok := strings.CutPrefix(key, kind+"_cost_per_token_above_")
			digits, whole := strings.CutSuffix(digits, "k_tokens")
			n, err := strconv.Atoi(digits)
			if ok && whole && err == nil && n > 0 && n <= 1_000_000 && strconv.Itoa(n) == digits && !m.absent(key) {
				all[n] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func (m liteLLMModel) rates(suffix string) (p providers.Rates, err error) {
	for _, x := range []struct {
		key   string
		to    *providers.Money
		cache bool
	}{
		{"input_cost_per_token", &p.Input, false},
		{"output_cost_per_token", &p.Output, false},
		{"cache_read_input_token_cost", &p.CacheRead, true},
		{"cache_creation_input_token_cost", &p.CacheWrite, true},
		{"cache_creation_input_token_cost_above_1hr", &p.CacheWriteHour, true},
	} {
		if *x.to, err = m.rate(x.key + suffix); err != nil {
			return p, err
		}
		// LiteLLM's writers fill in 0 for what a service does not have.
		if x.cache && *x.to == 0 {
			*x.to = providers.UnknownRate
		}
	}
	if suffix != "" && (p.Input == 0 || p.Output == 0) {
		return p, fmt.Errorf("%w: a step has an input and an output", errWrong)
	}
	return p, nil
}

// ratio is what a tier costs of the standard one, if it is the same of every
// kind of token.
func (m liteLLMModel) ratio(suffix string) (providers.Ratio, bool, error) {
	var ratio *big.Rat
	for _, key := range []string{"input_cost_per_token", "output_cost_per_token", "cache_read_input_token_cost"} {
		tier, err := m.rate(key + suffix)
		if err != nil {
			return providers.Ratio{}, false, err
		}
		usual, err := m.rate(key)
		switch {
		case err != nil:
			return providers.Ratio{}, false, err
		case usual == 0:
			continue
		case tier == 0 && strings.HasPrefix(key, "cache"):
			continue // batches have no price for what is cached
		case tier == 0:
			return providers.Ratio{}, false, nil
		}
		r := big.NewRat(int64(tier), int64(usual))
		if ratio != nil && ratio.Cmp(r) != 0 {
			return providers.Ratio{}, false, nil
		}
		ratio = r
	}
	if ratio == nil {
		return providers.Ratio{}, false, nil
	}
	return providers.Ratio{Num: ratio.Num().Int64(), Den: ratio.Denom().Int64()}, true, nil
}

func (m liteLLMModel) absent(key string) bool { return m[key] == nil || string(m[key]) == "null" }

// rate is a price, 0 if there is none.
func (m liteLLMModel) rate(key string) (providers.Money, error) {
	if m.absent(key) {
		return 0, nil
	}
	var n json.Number
	if err := decode(m[key], &n); err != nil {
		return 0, fmt.Errorf("%s: %w", key, errWrong)
	}
	money, err := rate(n, perToken)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", key, err)
	}
	return money, nil
}

// number is a count, 0 if there is none. Some are written as text or floats.
func (m liteLLMModel) number(key string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.Trim(string(m[key]), `"`), ".0"))
	if err != nil || n < 0 || n > 1<<40 {
		return 0
	}
	return n
}

func (m liteLLMModel) word(key string) string {
	var s string
	_ = json.Unmarshal(m[key], &s) // what is no word is none
	return s
}
