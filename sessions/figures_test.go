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

func TestAShareIsRatherLeftOutThanGuessed(t *testing.T) {
	for _, tt := range []struct {
		part, whole providers.Money
		want        string
	}{
		{40, 1000, "4%"},
		{45, 1000, "5%"},
		{44, 1000, "4%"},
		{4, 1000, "0.4%"},
		{9999, 1_000_000, "1%"},
		{1, 1_000_000, "<0.1%"},
		{0, 10, "0%"},
		{10, 10, "100%"},
		{25, 10, "250%"},
		{994, 100, "994%"},
		{99949, 10000, "999%"},
		{9995, 1000, "10×"},
		{125, 10, "13×"},
		{1, 0, ""},
		{0, 0, ""},
		{-1, 10, ""},
		{1, -10, ""},
		{9_000_000 * providers.Dollar, 9_000_000 * providers.Dollar, "100%"},
		{9_000_000 * providers.Dollar, 1, "9000000000000000000×"},
	} {
		if got := Share(tt.part, tt.whole); got != tt.want {
			t.Errorf("%d of %d is %q, want %q", tt.part, tt.whole, got, tt.want)
		}
	}
}

func TestOnlyAnswersThatEndedAreMeasured(t *testing.T) {
	cost := func(m providers.Money) *providers.Money { return &m }
	a := Answer{Finish: providers.Finished, Billed: cost(40)}
	whole := Answer{Finish: providers.Finished, Billed: cost(1000)}
	if got := a.CostOf(&whole); got != "4%" {
		t.Errorf("%q", got)
	}
	for what, edit := range map[string]func(a, b *Answer){
		"failed":     func(a, _ *Answer) { a.Finish = providers.Failed },
		"stopped":    func(_, b *Answer) { b.Finish = providers.Cancelled },
		"running":    func(_, b *Answer) { b.Finish = "" },
		"unknown":    func(a, _ *Answer) { a.Billed = nil },
		"local":      func(_, b *Answer) { b.Billed, b.Local = nil, true },
		"of nothing": func(_, b *Answer) { b.Billed = cost(0) },
		"free":       func(a, _ *Answer) { a.Billed, a.Price = nil, &providers.Price{Source: providers.Free} },
	} {
		x, y := a, whole
		edit(&x, &y)
		if got := x.CostOf(&y); got != "" {
			t.Errorf("%s: %q", what, got)
		}
	}
	a.Billed, a.Usage.Estimated = nil, true
	a.Price = &providers.Price{Rates: providers.Rates{Output: 10}, Source: providers.Listed}
	a.Usage.Output = 4
	if got := a.CostOf(&whole); got != "~4%" {
		t.Errorf("estimated: %q", got)
	}
}
