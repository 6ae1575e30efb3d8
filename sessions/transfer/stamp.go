package transfer

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// A stamp is a time as other programs write it: seconds since 1970 with or
// without a fraction, milliseconds, microseconds or nanoseconds (told by their
// size), or RFC 3339, with a zone or, as Python writes UTC, without. What is none
// of it, or is far from any time at which somebody can have asked a model, is the
// zero time: not known.
type stamp struct{ time.Time }

// Years in which somebody can have asked a model.
const (
	firstYear = 1990
	lastYear  = 2200
)

// UnmarshalJSON reads a number, a text or null.
func (s *stamp) UnmarshalJSON(b []byte) error {
	s.Time = time.Time{}
	var text string
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
	} else {
		text = string(b)
	}
	s.Time = readTime(text)
	return nil
}

func readTime(text string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return sane(t)
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || f <= 0 || f >= 1e19 {
		return time.Time{}
	}
	perSecond := 1.0
	for perSecond < 1e9 && f/perSecond >= 1e11 { // seconds of the year 5138
		perSecond *= 1000
	}
	sec, frac := math.Modf(f / perSecond)
	return sane(time.Unix(int64(sec), int64(math.Round(frac*1e6))*1000))
}

// sane is t to the microsecond, unless nobody can have been there.
func sane(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Microsecond)
	if t.Year() < firstYear || t.Year() > lastYear {
		return time.Time{}
	}
	return t
}
