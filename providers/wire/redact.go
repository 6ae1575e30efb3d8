package wire

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"juxta/providers"
)

// keyLike are the shapes of vendors' keys, also masked in part, and of the
// headers that carry them.
var keyLike = regexp.MustCompile(`\b(?:(?:sk|xai|pplx|csk|nvapi)-[\w*.-]{8,}|(?:gsk|hf|fw|r8|ghp|tgp)_[\w*.-]{8,}|AIza[\w*.-]{8,}|(?i:bearer)\s+[\w.~+/=*-]{16,})`)

// Redact hides the given secrets in s, however a URL or JSON may have escaped
// them, and everything that looks like a vendor's key.
func Redact(s string, secrets ...providers.Secret) string {
	const hidden = "[secret]"
	for _, secret := range secrets {
		if secret.Empty() {
			continue
		}
		key := secret.Reveal()
		for _, form := range []string{key, url.QueryEscape(key), url.PathEscape(key), strings.ReplaceAll(key, "/", `\/`)} {
			s = strings.ReplaceAll(s, form, hidden)
		}
	}
	return keyLike.ReplaceAllString(s, hidden)
}

// RetryAfter is how long the service asks to wait, and 0 if it does not say:
// retry-after-ms, Retry-After in seconds or as a date, or the reset of a rate
// limit of which nothing remains.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	if d := number(h.Get("Retry-After-Ms"), time.Millisecond); d > 0 {
		return d
	}
	after := strings.TrimSpace(h.Get("Retry-After"))
	if d := number(after, time.Second); d > 0 {
		return d
	}
	if at, err := http.ParseTime(after); err == nil {
		return max(at.Sub(now), 0)
	}
	var longest time.Duration
	for name := range h {
		before, after, ok := strings.Cut(name, "Remaining")
		if ok && strings.Contains(before, "Ratelimit") && h.Get(name) == "0" {
			longest = max(longest, reset(h.Get(before+"Reset"+after), now))
		}
	}
	return longest
}

// reset reads "6m0s", "120ms", seconds, or a time: in RFC 3339, in Unix seconds
// or milliseconds.
func reset(s string, now time.Time) time.Duration {
	if d, err := time.ParseDuration(s); err == nil {
		return max(d, 0)
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return max(at.Sub(now), 0)
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil || n < 0:
		return 0
	case n > 1e11:
		return max(time.UnixMilli(n).Sub(now), 0)
	case n > 1e8:
		return max(time.Unix(n, 0).Sub(now), 0)
	}
	return time.Duration(n) * time.Second
}

// number reads a count of units of at most a year.
func number(s string, unit time.Duration) time.Duration {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || !(f > 0) || f*unit.Seconds() > 366*24*3600 {
		return 0
	}
	return time.Duration(f * float64(unit))
}
