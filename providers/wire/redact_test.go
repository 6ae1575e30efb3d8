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
		`sk-...6789 sk-…6789 sk-****6789 AIza••••xyz9, hf_xxxxxx89`:          `[secret] [secret] [secret] [secret], [secret]`,
		`[secret]****…6789 and [secret]...89, [secret]. So`:                  `[secret] and [secret], [secret]. So`,
		`the sk-learn wheel, task-**, and hf_hub.py`:                         `the sk-learn wheel, task-**, and hf_hub.py`,
		`Authorization: Bearer 0123456789abcdef0123`:                         `Authorization: [secret]`,
		`a my/odd key+1 b my%2Fodd+key%2B1 c my\/odd key+1`:                  `a [secret] b [secret] c [secret]`,
		`the task-specific model needs bearer authentication`:                `the task-specific model needs bearer authentication`,
		`openai/gpt-oss-120b is not a valid model ID`:                        `openai/gpt-oss-120b is not a valid model ID`,

		`bad token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-bmF0 here`:  `bad token [secret] here`,
		`AKIAIOSFODNN7EXAMPLE and github_pat_11ABCDEFG0 and r8_abcdefgh`: `[secret] and [secret] and [secret]`,
		`Invalid API key: 0123456789abcdef0123456789abcdef.`:             `Invalid API key: [secret]`,
		`{"api_key": "aB3dE5fG7hI9jK1lM3nO5pQ7", "n": 1}`:                `{"api_key": "[secret]", "n": 1}`,
		`x-api-key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY;`:            `x-api-key=[secret];`,
		`Authorization: Basic dXNlcjpwYXNzd29yZDEyMw==`:                  `Authorization: [secret]`,
		`"bXkvb2RkIGtleSsx" and bXkvb2RkIGtleSsx`:                        `"[secret]" and [secret]`,
		`your key sk-ab…yz12345 is wrong`:                                `your key [secret] is wrong`,
		`the key meta-llama/llama-3.3-70b-instruct-turbo is no model`:    `the key meta-llama/llama-3.3-70b-instruct-turbo is no model`,
		`too many tokens accounts/fireworks/models/kimi-k2p5`:            `too many tokens accounts/fireworks/models/kimi-k2p5`,
		`key claude-haiku-4-5-20251001 req_011CVmXd3kT8yXq`:              `key claude-haiku-4-5-20251001 req_011CVmXd3kT8yXq`,
		`max_tokens: 128000, total token count 9000`:                     `max_tokens: 128000, total token count 9000`,
	} {
		if got := Redact(in, key, providers.Secret{}); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
}

func TestAQuoteIsShortAndHoldsNoPartOfTheKey(t *testing.T) {
	const key = "odd-key-value-123456789"
	for _, before := range []int{0, 490, 499, 4<<10 - 5} {
		said := strings.Repeat("x", before) + key + strings.Repeat("y", 5<<20)
		if got := Quote(said, providers.NewSecret(key)); strings.Contains(got, "odd-") || len(got) > 510 {
			t.Errorf("after %d bytes: %q", before, got)
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
		"Retry-After: Fri, 31 Dec 9999 23:59:59 GMT":                         0,
		"X-Ratelimit-Remaining: 0|X-Ratelimit-Reset: 9999-12-31T23:59:59Z":   0,
		"X-Ratelimit-Remaining: 0|X-Ratelimit-Reset: 2000000h":               0,
		"X-Ratelimit-Remaining: 0|X-Ratelimit-Reset: 99999999999999":         0,
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
