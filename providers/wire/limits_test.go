package wire_test

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

func TestLimitsAreReadInEveryDialect(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		headers map[string]string
		want    providers.Limits
	}{
		"none": {map[string]string{"content-type": "text/event-stream"}, providers.Limits{}},
		"of OpenAI": {
			map[string]string{
				"x-ratelimit-limit-requests": "10000", "x-ratelimit-remaining-requests": "9999", "x-ratelimit-reset-requests": "6ms",
				"x-ratelimit-limit-tokens": "200000", "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s",
			},
			providers.Limits{
				Requests: &providers.Limit{Left: 9999, Of: 10000, Reset: 6 * time.Millisecond},
				Tokens:   &providers.Limit{Left: 0, Of: 200000, Reset: 6 * time.Minute},
			},
		},
		"of Anthropic": {
			map[string]string{
				"anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "49", "anthropic-ratelimit-requests-reset": "2026-11-01T12:00:01Z",
				"anthropic-ratelimit-tokens-remaining": "39000", "anthropic-ratelimit-tokens-reset": "2026-11-01T11:59:59Z",
			},
			providers.Limits{
				Requests: &providers.Limit{Left: 49, Of: 50, Reset: time.Second},
				Tokens:   &providers.Limit{Left: 39000},
			},
		},
		"of OpenRouter": {
			map[string]string{"x-ratelimit-limit": "20", "x-ratelimit-remaining": "3", "x-ratelimit-reset": "1793534460000"},
			providers.Limits{Requests: &providers.Limit{Left: 3, Of: 20, Reset: time.Minute}},
		},
		"of Mistral": {
			map[string]string{"x-ratelimitbysize-limit-minute": "500000", "x-ratelimitbysize-remaining-minute": "499975"},
			providers.Limits{Tokens: &providers.Limit{Left: 499975, Of: 500000}},
		},
		"nonsense": {map[string]string{"x-ratelimit-remaining": "many", "x-ratelimit-remaining-tokens": "-4"}, providers.Limits{}},
	} {
		h := http.Header{}
		for k, v := range c.headers {
			h.Set(k, v)
		}
		if got := wire.Limits(h, now); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v %+v, want %+v", name, got.Requests, got.Tokens, c.want)
		}
	}
	h := http.Header{}
	h.Set("Anthropic-Ratelimit-Input-Tokens-Remaining", "0")
	h.Set("Anthropic-Ratelimit-Input-Tokens-Reset", "2026-11-01T12:00:30Z")
	if got := wire.RetryAfter(h, now); got != 30*time.Second {
		t.Errorf("a limit of Anthropic's that is used up asks to wait %v", got)
	}
}
