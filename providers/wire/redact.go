package wire

import (
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"juxta/providers"
)

// keyLike are the shapes of keys whose owner nobody here knows, also masked in
// part: vendors' own, JSON web tokens, and whatever stands behind the word for
// one.
var keyLike = []func() *regexp.Regexp{
	Pattern(`\b(?:(?:sk|xai|pplx|csk|nvapi|glpat)-[\w*.…-]{8,}|(?:sk|gsk|hf|fw|r8|tgp|gh[opsu]|github_pat)_[\w*.…-]{8,}|AIza[\w*.…-]{8,}|AQ\.[\w*.…-]{20,}|ya29\.[\w*.…-]{8,}|(?:AKIA|ASIA)[A-Z0-9*]{12,})`),
	// However little a mask leaves, and what it leaves behind a key that was hidden.
	Pattern(`\b(?:(?:sk|xai|pplx|csk|nvapi|glpat)-|(?:sk|gsk|hf|fw|r8|tgp|gh[opsu]|github_pat)_|AIza|AQ\.|ya29\.|AKIA|ASIA)[\w-]*(?:[*…•●·]|\.{2,}|[xX]{4,}|-{3,})[\w*.…•●·-]*`),
	Pattern(`\[secret\](?:[*…•●·]|[.xX-]{2,})[\w*.…•●·-]*`),
	Pattern(`\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}`),
	Pattern(`(?i)\b(?:bearer|basic)\s+[\w.~+/=*-]{16,}`),
}

// named is what stands behind the word for a key. Only what is too long and too
// mixed for a word or a model's name is hidden.
var named = Pattern(`(?i)((?:key|token|secret|password|credential)s?\b(?: provided| is| was)?["'\x60]?\s*[:=]?\s*["'\x60]?)([\w.~+/*-]{20,}=*)`)

// Redact hides the given secrets in s, however they are written there, and
// everything that looks like a key.
func Redact(s string, secrets ...providers.Secret) string {
	for _, secret := range secrets {
		s = secret.Hide(s)
	}
	for _, shape := range keyLike {
		s = shape().ReplaceAllString(s, hidden)
	}
	return named().ReplaceAllStringFunc(s, func(found string) string {
		m := named().FindStringSubmatch(found)
		if !random(m[2]) {
			return found
		}
		return m[1] + hidden
	})
}

// Excerpt is as much of a service's words as is worth looking at: more than is
// shown of them, so that no key is cut in two before it is found, and little
// enough that megabytes of them take no time.
func Excerpt[T string | []byte](words T) T { return words[:min(len(words), 4<<10)] }

// Quote is a service's words as they may be shown: without the key, and no longer
// than a person reads.
func Quote(words string, key providers.Secret) string { return Clip(Redact(Excerpt(words), key)) }

const hidden = "[secret]"

// random reports whether letters and digits are mixed as no name mixes them:
// without a break for 16 characters, or changing often.
func random(s string) bool {
	longest, run, changes := 0, 0, 0
	letter := func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	for i := range len(s) {
		if !letter(s[i]) && !digit(s[i]) {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
		if i > 0 && (letter(s[i-1]) && digit(s[i]) || digit(s[i-1]) && letter(s[i])) {
			changes++
		}
	}
	return changes > 0 && longest >= 16 || changes >= 6
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
		return sane(at.Sub(now))
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

// RetryIn reads "Please try again in 5.289s", which services say without a header.
func RetryIn(words string) time.Duration {
	m := tryAgain().FindStringSubmatch(words)
	if m == nil {
		return 0
	}
	d, _ := time.ParseDuration(strings.ReplaceAll(m[1], " ", ""))
	return sane(d)
}

var tryAgain = Pattern(`(?i)(?:try again|retry)\w* (?:in|after) (?:about )?((?:[\d.]+(?:ms|h|m|s))+|[\d.]+ ?s)`)

// reset reads "6m0s", "120ms", seconds, or a time: in RFC 3339, in Unix seconds
// or milliseconds.
func reset(s string, now time.Time) time.Duration {
	if d, err := time.ParseDuration(s); err == nil {
		return sane(d)
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return sane(at.Sub(now))
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil || n < 0:
		return 0
	case n > 1e11:
		return sane(time.UnixMilli(n).Sub(now))
	case n > 1e8:
		return sane(time.Unix(n, 0).Sub(now))
	}
	return sane(time.Duration(n) * time.Second)
}

// number reads a count of units.
func number(s string, unit time.Duration) time.Duration {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || !(f > 0 && f*unit.Seconds() < math.MaxInt32) {
		return 0
	}
	return sane(time.Duration(f * float64(unit)))
}

// sane is d if somebody could wait for it, at most a year, and else 0.
func sane(d time.Duration) time.Duration {
	if d < 0 || d > 366*24*time.Hour {
		return 0
	}
	return d
}
