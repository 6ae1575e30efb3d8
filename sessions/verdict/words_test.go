package verdict

import (
	"math"
	"testing"

	"juxta/providers"
)

func TestFiguresSayWhatIsKnown(t *testing.T) {
	price := func(m providers.Money) *providers.Money { return &m }
	for name, tt := range map[string]struct {
		a, b *providers.Money
		want string
	}{
		"both known":     {price(2), price(40), ", at 5% of the cost."},
		"dearer":         {price(700), price(40), ", at 18× the cost."},
		"nobody knows":   {nil, price(40), "; what it costs of frontier is not known."},
		"it is free":     {price(0), price(40), ", at 0% of the cost."},
		"the other is":   {price(providers.Dollar), price(0), "; it costs $1.00 a prompt, and frontier nothing."},
		"nothing at all": {price(0), price(0), "; both cost nothing."},
	} {
		trial := trialOf(3, 0, 0)
		for i := range trial.Prompts {
			trial.Prompts[i].Answers[0].Cost, trial.Prompts[i].Answers[1].Cost = tt.a, tt.b
		}
		f := trial.Figures(0)
		if got := f.words("open", "frontier") + "."; got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	trial := trialOf(3, 0, 0)
	for i := range trial.Prompts {
		trial.Prompts[i].Answers[0] = Answer{State: Answered, Cost: price(5 * providers.Dollar), About: i == 1}
		trial.Prompts[i].Answers[1].Cost = price(10 * providers.Dollar)
	}
	guess := trial.Figures(0)
	if guess.Volume = guess.AtPrice(2); guess.words("a", "b") != ", at ~50% of the cost; at 2 requests a month it saves ~$10.00" {
		t.Errorf("of an estimate it says %q", guess.words("a", "b"))
	}
	f := Figures{Priced: 1, Mean: 700_000_000, Baseline: 15_000_000_000}
	f.Volume = f.AtPrice(100_000)
	if f.Volume.Saved() != 1430*providers.Dollar {
		t.Errorf("%+v", f.Volume)
	}
	if f.AtPrice(math.MaxInt64) != nil || (Figures{}).AtPrice(5) != nil {
		t.Error("what can't be counted is")
	}
	share := Figures{Share: &Share{.04614337, ByOwned, 100_000}, Local: &Local{Basis: providers.Measured, Month: Month{Machines: 1}}, Cost: &Ratio{Value: .0062}}
	if got := share.words("a", "b"); got != ", at 4.6% of the cost at 100,000 requests a month (1 machine of your own)" {
		t.Errorf("on a machine of one's own: %q", got)
	}
	share.Share.Basis = ByEnergy
	if got := share.words("a", "b"); got != ", at 0.62% of the cost (energy only)" {
		t.Errorf("by the costs of the answers: %q", got)
	}
	share.Cost, share.Local.Basis = nil, providers.Estimated
	if got := share.words("a", "b"); got != ", at ~4.6% of the cost (energy only)" {
		t.Errorf("by energy: %q", got)
	}
	for _, tt := range []struct {
		v    Volume
		want string
	}{
		{Volume{1000, 3 * providers.Dollar, providers.Dollar, ByEnergy, ByPrice, false}, "at 1,000 requests a month it costs $2.00 more (energy only)"},
		{Volume{1, 5, 5, ByOwned, ByPrice, false}, "at 1 requests a month it costs the same"},
	} {
		if got := tt.v.words(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestSharesReadWell(t *testing.T) {
	for x, want := range map[float64]string{0: "0%", .046143: "4.6%", .05: "5%", .1: "10%", .0005: "0.05%", .00052: "0.052%", .995: "100%", 2.5: "250%", 1e-12: "0%"} {
		if got := percent(x); got != want {
			t.Errorf("%v is %q, want %q", x, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1234: "-1,234", -123: "-123"} {
		if got := Thousands(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
