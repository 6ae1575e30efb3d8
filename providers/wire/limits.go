package wire

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"juxta/providers"
)

// Limits are what the service's rate limits leave, by any of the headers that
// services use: x-ratelimit-remaining-requests, x-ratelimit-remaining,
// anthropic-ratelimit-tokens-remaining, x-ratelimitbysize-remaining-minute.
func Limits(h http.Header, now time.Time) providers.Limits {
	return providers.Limits{
		Requests: limit(h, now, "X-Ratelimit-*-Requests", "Anthropic-Ratelimit-Requests-*", "X-Ratelimit-*"),
		Tokens:   limit(h, now, "X-Ratelimit-*-Tokens", "Anthropic-Ratelimit-Tokens-*", "X-Ratelimitbysize-*-Minute"),
	}
}

// limit reads the first of the names of which a remainder is there. The star
// stands for what is told.
func limit(h http.Header, now time.Time, names ...string) *providers.Limit {
	for _, name := range names {
		get := func(what string) string { return strings.TrimSpace(h.Get(strings.Replace(name, "*", what, 1))) }
		left, err := strconv.ParseInt(get("Remaining"), 10, 64)
		if err != nil || left < 0 {
			continue
		}
		l := &providers.Limit{Left: left, Reset: reset(get("Reset"), now)}
		if of, err := strconv.ParseInt(get("Limit"), 10, 64); err == nil && of > 0 {
			l.Of = of
		}
		return l
	}
	return nil
}

// RequestID is the service's name for an exchange, which its support asks for,
// by the first of the headers that services use; "" if there is none.
func RequestID(h http.Header) string {
	for _, name := range []string{
		"X-Request-Id", "Request-Id", "X-Generation-Id", "Mistral-Correlation-Id", "X-Inference-Id", "X-Trace-Id", "X-Amzn-Requestid", "Cf-Ray",
	} {
		if id := h.Get(name); id != "" {
			return id
		}
	}
	return ""
}
