package openai

import "time"

// DeepSeek bills by the clock and says so in no answer. Its price is that of the
// peak hours; these are the tiers of what else an answer may cost.
const (
	offPeak = "off-peak"
	either  = "peak+off-peak" // no price has a ratio for it: the cost is not known
)

// hours is the tier of an answer of DeepSeek's. Nobody says whether it bills by
// when it is asked or by when it has answered, so the two have to agree.
func hours(asked, answered time.Time) string {
	switch first, last := peak(asked), peak(answered); {
	case first != last:
		return either
	case first:
		return ""
	}
	return offPeak
}

// peak reports whether t is in DeepSeek's peak hours: from 01:00 to 04:00 and
// from 06:00 to 10:00 UTC, from Monday to Friday. Chinese public holidays are
// off-peak, too, but which days they will be is not known here: on them a cost
// is the most that it can be.
func peak(t time.Time) bool {
	t = t.UTC()
	if d := t.Weekday(); d == time.Saturday || d == time.Sunday {
		return false
	}
	h := t.Hour()
	return h >= 1 && h < 4 || h >= 6 && h < 10
}
