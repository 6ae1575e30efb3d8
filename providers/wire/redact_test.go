package wire

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

func TestRedactHidesKeysAndNothingElse(t *testing.T) {
	key := providers.NewSecret("my/odd key+1")
	for in, want := range map[string]string{
		`Incorrect API key provided: sk-proj-abc***wxyz. See`:                `Incorrect API key provided: [secret] See`,
		`{"key":"gsk_0123456789abcdef"}`:                                     `{"key":"[secret]"}`,
		`AIzaSyA-0123456789_abcdefghijklmnop, xai-0123456789, hf_0123456789`: `[secret], [secret], [secret]`,
		`Authorization: Bearer 0123456789abcdef0123`:                         `Authorization: [secret]`,
		`a my/odd key+1 b my%2Fodd+key%2B1 c my\/odd key+1`:                  `a [secret] b [secret] c [secret]`,
		`the task-specific model needs bearer authentication`:                `the task-specific model needs bearer authentication`,
		`openai/gpt-oss-120b is not a valid model ID`:                        `openai/gpt-oss-120b is not a valid model ID`,
	} {
		if got := Redact(in, key, providers.Secret{}); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
}

func TestRetryAfterReadsEveryForm(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Duration{
		"Retry-After: 7":   7 * time.Second,
		"Retry-After: 1.5": 1500 * time.Millisecond,
		"Retry-After: Sun, 01 Nov 2026 12:00:30 GMT": 30 * time.Second,
		"Retry-After: Sun, 01 Nov 2026 11:00:00 GMT": 0,
		"Retry-After: -3":                    0,
		"Retry-After: soon":                  0,
		"Retry-After: 1e300":                 0,
		"Retry-After: NaN":                   0,
		"Retry-After-Ms: 250|Retry-After: 1": 250 * time.Millisecond,
		"X-Ratelimit-Remaining-Requests: 0|X-Ratelimit-Reset-Requests: 6m0s": 6 * time.Minute,
		"X-Ratelimit-Remaining-Tokens: 9|X-Ratelimit-Reset-Tokens: 6m0s":     0,
		"X-Ratelimit-Remaining: 0|X-Ratelimit-Reset: 1793534405000":          5 * time.Second,
		"X-Ratelimit-Remaining: 0|X-Ratelimit-Reset: 1793534405":             5 * time.Second,
		"X-Ratelimit-Remaining: 0|X-Ratelimit-Reset: 12":                     12 * time.Second,
		"": 0,
	} {
		h := http.Header{}
		for _, line := range strings.Split(in, "|") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				h.Set(name, value)
			}
		}
		if got := RetryAfter(h, now); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}
