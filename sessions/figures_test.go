package sessions

import (
	"testing"
	"time"

	"juxta/providers"
)

func TestFiguresAreReadAtAGlance(t *testing.T) {
	for d, want := range map[time.Duration]string{
		1: "1ms", 48 * time.Millisecond: "48ms", 99499 * time.Microsecond: "99ms", 99500 * time.Microsecond: "0.10s",
		480 * time.Millisecond: "0.48s", 9994 * time.Millisecond: "9.99s", 9995 * time.Millisecond: "10.0s",
		59949 * time.Millisecond: "59.9s", 59950 * time.Millisecond: "1m00s", 125 * time.Second: "2m05s",
		time.Hour + 61*time.Second: "61m01s",
	} {
		if got := Seconds(d); got != want {
			t.Errorf("Seconds(%d) = %s, want %s", d, got, want)
		}
	}
	for n, want := range map[int]string{
		0: "0", 999: "999", 1000: "1.0k", 9949: "9.9k", 9950: "10k", 32768: "33k", 999_499: "999k", 999_500: "1.0M", 1_048_576: "1.0M",
	} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %s, want %s", n, got, want)
		}
	}
	now := time.Now()
	for d, want := range map[time.Duration]string{
		-time.Hour: "0m ago", 59 * time.Second: "0m ago", 3 * time.Minute: "3m ago", 59*time.Minute + 59*time.Second: "59m ago",
		47 * time.Hour: "47h ago", 50 * time.Hour: "2d ago",
	} {
		if got := Ago(now.Add(-d), now); got != want {
			t.Errorf("Ago(%s) = %s, want %s", d, got, want)
		}
	}
	if got := Ago(time.Time{}, now); got != "" {
		t.Errorf("what never was is %s", got)
	}
	for v, want := range map[float64]string{0.52: "0.5 tok/s", 9.94: "9.9 tok/s", 9.96: "10 tok/s", 57.4: "57 tok/s", 1234: "1234 tok/s"} {
		if got := Speed(v); got != want {
			t.Errorf("Speed(%v) = %s, want %s", v, got, want)
		}
	}
}

func TestCostWordsInventNothing(t *testing.T) {
	listed := &providers.Price{Rates: providers.Rates{Input: 1_000_000, Output: 2_000_000}, Source: providers.Listed}
	billed := providers.Dollar / 100
	usage := providers.Usage{Input: 1000, Output: 500}
	guess := usage
	guess.Estimated = true
	for want, a := range map[string]Answer{
		"cost unknown":   {Usage: usage, Text: "x"},
		"local":          {Usage: usage, Text: "x", Local: true},
		"free":           {Usage: usage, Text: "x", Price: &providers.Price{Source: providers.Free}},
		"$0.00200":       {Usage: usage, Text: "x", Price: listed},
		"~$0.00200":      {Usage: guess, Text: "x", Price: listed},
		"$0.0100 billed": {Usage: guess, Text: "x", Price: listed, Billed: &billed},
	} {
		if got := a.CostWords(); got != want {
			t.Errorf("%+v: %q, want %q", a, got, want)
		}
	}
}
