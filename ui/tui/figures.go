package tui

import (
	"fmt"
	"strconv"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

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

// age is how long ago a list was made, and "" for one that is new or never was.
func age(t, now time.Time) string {
	if now.Sub(t) < time.Minute {
		return ""
	}
	return sessions.Ago(t, now)
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
