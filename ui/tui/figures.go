package tui

import (
	"fmt"
	"strconv"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

// seconds is a latency for people: 48ms, 0.48s, 12.3s, 2m05s.
func seconds(d time.Duration) string {
	switch s := d.Seconds(); {
	case d < 99500*time.Microsecond:
		return strconv.FormatInt(max(d.Round(time.Millisecond).Milliseconds(), 1), 10) + "ms"
	case d >= time.Minute:
		d = d.Round(time.Second)
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	case s >= 9.995:
		return strconv.FormatFloat(s, 'f', 1, 64) + "s"
	default:
		return strconv.FormatFloat(s, 'f', 2, 64) + "s"
	}
}

// count is a number of tokens for people: 212, 1.2k, 128k.
func count(n int) string {
	switch {
	case n < 1000:
		return strconv.Itoa(n)
	case n < 9950:
		return strconv.FormatFloat(float64(n)/1000, 'f', 1, 64) + "k"
	case n < 999_500:
		return strconv.Itoa((n+500)/1000) + "k"
	}
	return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + "M"
}

// about marks an estimate.
func about(estimated bool) string {
	if estimated {
		return "~"
	}
	return ""
}

func speed(v float64) string {
	if v < 10 {
		return strconv.FormatFloat(v, 'f', 1, 64) + " tok/s"
	}
	return strconv.FormatFloat(v, 'f', 0, 64) + " tok/s"
}

// costWords is what an answer cost in a word or two, never a figure that is not
// known.
func costWords(a *sessions.Answer) string {
	money, source := a.Cost()
	switch {
	case money != nil && source == providers.Free:
		return "free"
	case money != nil:
		s := about(a.Usage.Estimated && source != providers.Billed) + money.String()
		if source != providers.Listed {
			s += " " + string(source)
		}
		return s
	case source == providers.LocalCost:
		return "local"
	}
	return "cost unknown"
}

// size is a model's size on the disk.
func size(bytes int64) string {
	if bytes <= 0 {
		return ""
	}
	if gb := float64(bytes) / 1e9; gb >= 0.95 {
		return strconv.FormatFloat(gb, 'f', 1, 64) + " GB"
	}
	return strconv.FormatInt((bytes+500_000)/1e6, 10) + " MB"
}

// price is a model's price for a million tokens in and out, as lists give it.
func price(m providers.Model) string {
	switch {
	case m.Price != nil && m.Price.Source == providers.Free:
		return "free"
	case m.Price != nil:
		return (m.Price.Input * 1_000_000).String() + " / " + (m.Price.Output * 1_000_000).String()
	case m.Local:
		return "local"
	}
	return "price unknown"
}

// ago is how long ago t was, for lists.
func ago(t, now time.Time) string {
	switch d := now.Sub(t); {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 24*time.Hour && now.Day() == t.Day():
		return t.Format("15:04")
	case d < 6*24*time.Hour:
		return t.Format("Mon 15:04")
	case now.Year() == t.Year():
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}
