package sessions

import (
	"testing"
	"time"

	"juxta/providers"
)

func TestFiguresInventNothing(t *testing.T) {
	timing := providers.Timing{
		Sent: time.Now(), FirstToken: 480 * time.Millisecond, FirstAnswer: 3980 * time.Millisecond,
		Last: 9480 * time.Millisecond, Total: 9500 * time.Millisecond, Attempts: 2, Thoughts: true,
	}
	price := &providers.Price{Rates: providers.Rates{Input: 1_250_000, CacheRead: 125_000, Output: 10_000_000}, Source: providers.Listed}
	loaded := 14200 * time.Millisecond
	billed := 3 * providers.Dollar
	counted := providers.Usage{Input: 4000, CacheRead: 8000, Output: 512, Reasoning: 180}
	guessed := providers.Usage{Input: 4, Output: 90, Estimated: true}
	for _, tt := range []struct {
		name   string
		answer Answer
		want   string
	}{
		{
			"counted and priced",
			Answer{Timing: timing, Usage: counted, Price: price},
			"first 0.48s · answer 3.98s · total 9.48s · 57 tok/s · 12000 in (8000 cached) · 512 out (180 thinking) · 2 attempts · $0.0111",
		},
		{
			"cold and raced",
			Answer{
				Timing: providers.Timing{FirstToken: time.Second, FirstAnswer: time.Second, Last: 2 * time.Second, Attempts: 1},
				Usage:  providers.Usage{Input: 1, Output: 1}, Local: true, Raced: true, Server: providers.Server{Load: &loaded},
			},
			"first 1.00s · total 2.00s · cold, load 14.2s · raced: times contended · 1 in · 1 out · local",
		},
		{
			"cold by the server's word",
			Answer{
				Timing: providers.Timing{FirstToken: time.Second, FirstAnswer: time.Second, Last: 2 * time.Second, Attempts: 1},
				Usage:  providers.Usage{Input: 1, Output: 1}, Local: true, Resident: new(bool),
			},
			"first 1.00s · total 2.00s · cold · 1 in · 1 out · local",
		},
		{
			"estimated",
			Answer{Timing: timing, Usage: guessed, Price: price},
			"first 0.48s · answer 3.98s · total 9.48s · ~9.9 tok/s · ~4 in · ~90 out · 2 attempts · ~$0.000905",
		},
		{
			"billed for an estimate",
			Answer{Timing: timing, Usage: guessed, Billed: &billed},
			"first 0.48s · answer 3.98s · total 9.48s · ~9.9 tok/s · ~4 in · ~90 out · 2 attempts · $3.00 billed",
		},
		{
			"no price",
			Answer{Timing: providers.Timing{FirstToken: 5 * time.Millisecond, Last: 150 * time.Second}, Usage: providers.Usage{Output: 1}},
			"first 5ms · total 2m30s · 0 in · 1 out · cost unknown",
		},
		{
			"local",
			Answer{Timing: providers.Timing{FirstToken: 15 * time.Second, Last: 15 * time.Second}, Usage: providers.Usage{Output: 1}, Local: true},
			"first 15.0s · total 15.0s · 0 in · 1 out · local",
		},
		{
			"nothing came",
			Answer{Timing: providers.Timing{Total: time.Second}, Usage: providers.Usage{Estimated: true}, Finish: providers.Failed, Price: price},
			"nothing within 1.00s · cost unknown",
		},
		{"nobody was asked", Answer{Usage: providers.Usage{Estimated: true}, Local: true, Finish: providers.Failed}, ""},
	} {
		if got := tt.answer.Figures(); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}
