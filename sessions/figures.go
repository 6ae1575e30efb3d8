package sessions

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"time"

	"juxta/providers"
)

// The figures as people read them, on the screen and in a pipe alike.

// Seconds is a latency: 48ms, 0.48s, 12.3s, 2m05s.
func Seconds(d time.Duration) string {
	switch s := d.Seconds(); {
	case d < 99500*time.Microsecond:
		return strconv.FormatInt(max(d.Round(time.Millisecond).Milliseconds(), 1), 10) + "ms"
	case s < 9.995:
		return strconv.FormatFloat(s, 'f', 2, 64) + "s"
	case s < 59.95:
		return strconv.FormatFloat(s, 'f', 1, 64) + "s"
	}
	d = d.Round(time.Second)
	return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
}

// Speed is a rate of tokens: two digits of a slow model, and no fraction of a
// quick one.
func Speed(perSecond float64) string {
	places := 0
	if perSecond < 9.95 {
		places = 1
	}
	return strconv.FormatFloat(perSecond, 'f', places, 64) + " tok/s"
}

// Contended is said of an answer that was raced.
const Contended = "raced: times contended"

// Count is a number of tokens: 212, 1.2k, 128k.
func Count(n int) string {
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

// Ago is how long ago a list was made, in the largest unit that fits: "0m ago",
// "3h ago", "12d ago". It is "" for a list that never was.
func Ago(t, now time.Time) string {
	switch d := max(now.Sub(t), 0); {
	case t.IsZero():
		return ""
	case d < time.Hour:
		return fmt.Sprintf("%dm ago", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh ago", d/time.Hour)
	default:
		return fmt.Sprintf("%dd ago", d/(24*time.Hour))
	}
}

// About marks an estimate.
func About(estimated bool) string {
	if estimated {
		return "~"
	}
	return ""
}

// CostWords is what the answer cost in a word or two, never a figure that is
// not known.
func (a *Answer) CostWords() string {
	money, source := a.Cost()
	switch {
	case source == providers.LocalCost, source == providers.Free:
		return string(source)
	case money == nil:
		return "cost unknown"
	case source == providers.Billed:
		return money.String() + " billed"
	}
	if source == providers.EnergyCost {
		return About(a.guessed()) + money.String() + " energy"
	}
	return About(a.Usage.Estimated) + money.String()
}

// CostOf is what the answer cost of another one to the same question, see
// [Share]. It is "" where one of the costs is not known, where nothing is paid,
// and where one of them did not come to its end.
func (a *Answer) CostOf(b *Answer) string {
	mine, source := a.Cost()
	other, _ := b.Cost()
	if mine == nil || other == nil || source == providers.Free || !a.ended() || !b.ended() {
		return ""
	}
	share := Share(*mine, *other)
	if share == "" {
		return ""
	}
	return About(a.guessed() || b.guessed()) + share
}

// guessed reports whether the answer's cost comes of estimated tokens, or of energy
// that was not measured.
func (a *Answer) guessed() bool {
	if _, source := a.Cost(); source == providers.EnergyCost {
		return a.Energy.Basis != providers.Measured
	}
	return a.Usage.Estimated && a.Billed == nil
}

// ended reports whether the answer came to its end: it neither failed nor was
// stopped.
func (a *Answer) ended() bool {
	return a.Finish != "" && a.Finish != providers.Failed && a.Finish != providers.Cancelled
}

// Share is part of whole for people: 0.4%, 4%, 250%, and from ten times up 12×.
// It is "" where there is no ratio: whole is nothing, or one is negative.
func Share(part, whole providers.Money) string {
	if whole <= 0 || part < 0 {
		return ""
	}
	in := func(units int64) int64 { // rounded, half up
		x := new(big.Int).Mul(big.NewInt(int64(part)), big.NewInt(2*units))
		x.Add(x, big.NewInt(int64(whole)))
		if x.Quo(x, new(big.Int).Lsh(big.NewInt(int64(whole)), 1)); !x.IsInt64() {
			return math.MaxInt64
		}
		return x.Int64()
	}
	switch {
	case part == 0:
		return "0%"
	case in(1000) == 0:
		return "<0.1%"
	case in(1000) < 10:
		return fmt.Sprintf("0.%d%%", in(1000))
	case in(100) < 1000:
		return fmt.Sprintf("%d%%", in(100))
	}
	return fmt.Sprintf("%d×", in(1))
}
