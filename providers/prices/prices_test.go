package prices

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

func none() string { return "" }

func at(name, url string) providers.Endpoint {
	return providers.Endpoint{Name: name, API: "openai-chat", BaseURL: url}
}

var hosts = map[string]string{
	"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com",
	"gemini": "https://generativelanguage.googleapis.com", "xai": "https://api.x.ai/v1",
	"openrouter": "https://openrouter.ai/api/v1", "mistral": "https://api.mistral.ai/v1",
	"deepseek": "https://api.deepseek.com/v1", "vertex": "https://aiplatform.googleapis.com",
}

// priceOf is what the tables say, nil if nothing.
func priceOf(t *testing.T, service, model string) *providers.Price {
	t.Helper()
	return New(nil, none).Complete(at("any", hosts[service]), providers.Model{Ref: providers.Ref{Provider: "any", Model: model}}).Price
}

func TestThePriceIsOfTheHostAndNotOfTheName(t *testing.T) {
	m := providers.Model{Ref: providers.Ref{Provider: "openai", Model: "gpt-5.1"}}
	l := New(nil, none)
	for _, url := range []string{"https://api.openai.com/v1", "https://API.OPENAI.COM", "https://api.openai.com:443/v1/"} {
		if l.Complete(at("mine", url), m).Price == nil {
			t.Errorf("no price at %s", url)
		}
	}
	local := at("openai", "https://api.openai.com/v1")
	local.Local = true
	for _, e := range []providers.Endpoint{
		local, at("openai", "http://127.0.0.1:8000/v1"), at("openai", "https://api.openai.com.example.com/v1"),
		at("openai", "https://api.openai.com:8443/v1"), at("openai", "https://eu.api.openai.com/v1"),
		at("openai", ""), at("openai", "::"), at("openai", "https://api.groq.com/openai/v1"),
	} {
		if p := l.Complete(e, m).Price; p != nil {
			t.Errorf("%s (local %v) costs %v", e.BaseURL, e.Local, p)
		}
	}
}

func TestOtherNamesOfAModelCostWhatItCosts(t *testing.T) {
	for _, x := range [][3]string{
		{"openai", "gpt-5.1-2025-11-13", "gpt-5.1"},
		{"openai", "gpt-5-mini-2025-08-07", "gpt-5-mini"},
		{"anthropic", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5"},
		{"anthropic", "claude-3-7-sonnet-latest", "claude-3-7-sonnet"},
		{"anthropic", "claude-sonnet-4-0", "claude-sonnet-4"},
		{"anthropic", "claude-opus-4-20250514", "claude-opus-4"},
		{"gemini", "models/gemini-2.5-pro", "gemini-2.5-pro"},
		{"vertex", "claude-sonnet-4-5@20250929", "claude-sonnet-4-5-20250929"},
		{"xai", "grok-4.3-latest", "grok-4.3"},
		{"xai", "grok-4.20-reasoning-latest", "grok-4.20"},
		{"deepseek", "deepseek-v4-flash", "deepseek-flash"},
		{"mistral", "codestral-latest", "codestral-2508"},
	} {
		got, want := priceOf(t, x[0], x[1]), priceOf(t, x[0], x[2])
		if got == nil || want == nil || got.Rates != want.Rates {
			t.Errorf("%s: %v, %s: %v", x[1], got, x[2], want)
		}
	}
}

func TestNoModelHasThePriceOfARelative(t *testing.T) {
	for service, models := range map[string][]string{
		"openai": {
			"gpt-5-minimal", "gpt-5-", "gpt-5-2025", "gpt-5-2025-08", "gpt-5-3025-08-07", "gpt-5-x2025-08-07", "GPT-5", "gpt-5-turbo", "gpt-5.1-mini", "gpt-5.7",
			"gpt-6", "gpt-6.2", "o3-deep-research", "ft:gpt-4o-mini-2024-07-18:org::id", "gpt-4o-audio-preview", "gpt-4o-search-preview",
			"gpt-5-latest", "models/gpt-5", "openai/gpt-5", "gpt-5 ", "", "\n", "gpt-5\nin=0",
		},
		"anthropic":  {"claude-sonnet-4-7", "claude-haiku", "claude-sonnet-4-5-2025092", "claude-sonnet-4-5-latest-20250929", "claude", "claude-opus-5-5[1m]"},
		"gemini":     {"gemini-2.5", "gemini-2.5-pro-exp", "gemini-2.5-flash-image", "gemini-3.8-flash-lite", "gemini-3.1-pro", "models/models/gemini-2.5-pro"},
		"openrouter": {"openai/gpt-5.1:online", "openai/gpt-5.1:free", "gpt-5.1"},
		"xai":        {"grok-4", "grok-4.3-fast", "grok"},
	} {
		for _, m := range models {
			if p := priceOf(t, service, m); p != nil {
				t.Errorf("%s %q costs %+v", service, m, p.Rates)
			}
		}
	}
	// A snapshot with a price of its own does not cost what its family does.
	if old := priceOf(t, "openai", "gpt-4o-2024-05-13"); old == nil || old.Input != 5_000_000 {
		t.Errorf("gpt-4o-2024-05-13: %+v", old)
	}
	if mini, gpt := priceOf(t, "openai", "gpt-5-mini"), priceOf(t, "openai", "gpt-5"); mini.Input >= gpt.Input {
		t.Errorf("gpt-5-mini %v, gpt-5 %v", mini.Input, gpt.Input)
	}
}

func TestTheConfigurationGoesBeforeTheServiceBeforeTheLists(t *testing.T) {
	ref := providers.Ref{Provider: "openai", Model: "gpt-4.1"}
	newer := func() string {
		return "[openai]\nsource a 2099-01-01 https://example.com/new\n\ngpt-4.1 in=3 out=9 context=7 from=a\n"
	}
	m := providers.Model{Ref: ref}
	e := at("openai", hosts["openai"])

	if p := New(nil, none).Complete(e, m).Price; p == nil || p.Input != 2_000_000 || p.Source != providers.Listed || p.From == "" || p.AsOf == "" {
		t.Errorf("built in: %+v", p)
	}
	if p := New(nil, newer).Complete(e, m).Price; p == nil || p.Input != 3_000_000 || p.AsOf != "2099-01-01" || p.From != "https://example.com/new" {
		t.Errorf("refreshed: %+v", p)
	}
	m.Price = &providers.Price{Rates: providers.Rates{Input: 4_000_000}, Source: providers.Listed}
	if p := New(nil, newer).Complete(e, m).Price; p.Input != 4_000_000 {
		t.Errorf("the service's own: %+v", p)
	}
	overrides := map[providers.Ref]providers.Price{ref: {Rates: providers.Rates{Input: 5_000_000}, Source: providers.Overridden}}
	if p := New(overrides, newer).Complete(e, m).Price; p.Input != 5_000_000 {
		t.Errorf("the configuration: %+v", p)
	}
	// Overrides go by the name of the provider, local ones too.
	lab := providers.Endpoint{Name: "openai", BaseURL: "http://127.0.0.1:8000", Local: true}
	if p := New(overrides, none).Complete(lab, providers.Model{Ref: ref}).Price; p == nil || p.Input != 5_000_000 {
		t.Errorf("an override of a local model: %+v", p)
	}
}

func TestWhatTheServiceSaysOfItsModelStays(t *testing.T) {
	ref := providers.Ref{Provider: "a", Model: "claude-opus-4-5"}
	e := at("a", hosts["anthropic"])
	m := New(nil, none).Complete(e, providers.Model{Ref: ref})
	if m.Context != 200_000 || m.Output != 64_000 || m.Can.Images != providers.Yes || m.Can.Audio != providers.Unknown {
		t.Errorf("filled in: %+v", m)
	}
	told := providers.Model{Ref: ref, Context: 1, Output: 2, Can: providers.Abilities{Images: providers.No, Thoughts: providers.No, Tools: providers.No}}
	m = New(nil, none).Complete(e, told)
	if m.Context != 1 || m.Output != 2 || m.Can != told.Can {
		t.Errorf("told: %+v", m)
	}
}

// Most published lists know only of input and output.
func TestARefreshThatAgreesLosesNoStepsAndNoTiers(t *testing.T) {
	refreshed := func(row string) *providers.Price {
		text := "[anthropic]\nsource a 2099-01-01 https://example.com/new\n\nclaude-haiku-5-5 from=a " + row + "\n"
		m := providers.Model{Ref: providers.Ref{Provider: "a", Model: "claude-haiku-5-5"}}
		return New(nil, func() string { return text }).Complete(at("a", hosts["anthropic"]), m).Price
	}
	p := refreshed("in=0.1 out=0.5")
	if p.AsOf != "2099-01-01" || p.CacheRead != 10_000 || p.CacheWriteHour != 200_000 || len(p.Steps) != 1 || len(p.Tiers) != 2 {
		t.Errorf("agrees: %+v", p)
	}
	p = refreshed("in=0.1 out=0.5 | above=100000 in=0.5 out=2.5")
	if s := p.Steps[0]; s.CacheRead != 50_000 || s.CacheWrite != 625_000 || s.CacheWriteHour != 1_000_000 {
		t.Errorf("agrees about the step: %+v", p)
	}
	p = refreshed("in=0.1 out=0.5 | above=100000 in=0.6 out=2.5")
	if s := p.Steps[0]; s.Input != 600_000 || s.CacheRead != providers.UnknownRate || s.CacheWriteHour != providers.UnknownRate {
		t.Errorf("does not agree about the step: %+v", p)
	}
}

func TestAListThatIsOlderThanTheBuiltInOneIsNotNewer(t *testing.T) {
	text := "[openai]\nsource a 2025-01-01 https://example.com/old\n\ngpt-4.1 in=3 out=9 from=a\nonly-there in=1 out=2 from=a\n"
	l := New(nil, func() string { return text })
	e := at("a", hosts["openai"])
	if p := l.Complete(e, providers.Model{Ref: providers.Ref{Model: "gpt-4.1"}}).Price; p.Input != 2_000_000 {
		t.Errorf("gpt-4.1: %+v", p)
	}
	if p := l.Complete(e, providers.Model{Ref: providers.Ref{Model: "only-there"}}).Price; p == nil || p.Input != 1_000_000 {
		t.Errorf("only-there: %+v", p)
	}
}

func TestAPriceEndsOnItsLastDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, x := range []struct {
			day  time.Time
			want providers.Money
		}{
			{time.Date(2026, 12, 31, 23, 59, 0, 0, time.UTC), 750_000},
			{time.Date(2027, 1, 1, 0, 1, 0, 0, time.UTC), 1_500_000},
		} {
			time.Sleep(time.Until(x.day))
			if p := priceOf(t, "gemini", "gemini-3.8-flash"); p == nil || p.Input != x.want {
				t.Errorf("%s: %+v", x.day, p)
			}
		}
	})
	// After a day up to which a price was promised, nobody has said what holds.
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 21, 23, 59, 0, 0, time.UTC)))
		for _, name := range []string{"gpt-5.6-sol", "gpt-5.6", "gpt-5.6-2026-07-09"} {
			if p := priceOf(t, "openai", name); p == nil || p.Input != 4_000_000 {
				t.Errorf("%s on its last day: %+v", name, p)
			}
		}
		time.Sleep(time.Minute)
		for _, name := range []string{"gpt-5.6-sol", "gpt-5.6"} {
			if p := priceOf(t, "openai", name); p != nil {
				t.Errorf("%s a day later: %+v", name, p)
			}
		}
	})
}

// Worked examples, and one of each other kind of price, through
// rows of a table.
func TestRowsCostWhatTheMethodSays(t *testing.T) {
	s := section{head: "source a 2026-01-01 https://example.com"}
	for _, x := range []struct {
		what, row string
		usage     providers.Usage
		want      string
	}{
		{"cached input", "m in=1.25 read=0.125 out=10 tier:batch=1/2 from=a", providers.Usage{Input: 4000, CacheRead: 8000, Output: 900, Reasoning: 300}, "0.015"},
		{"batch", "m in=1.25 read=0.125 out=10 tier:batch=1/2 from=a", providers.Usage{Input: 4000, CacheRead: 8000, Output: 900, Reasoning: 300, Tier: "batch"}, "0.0075"},
		{"above the step", "m in=1.25 out=10 from=a | above=200000 in=2.5 out=15", providers.Usage{Input: 250_000, Output: 2000}, "0.655"},
		{"at the step", "m in=1.25 out=10 from=a | above=200000 in=2.5 out=15", providers.Usage{Input: 200_000, Output: 2000}, "0.27"},
		{"a write", "m in=3 read=0.3 write=3.75 out=15 from=a", providers.Usage{Input: 300, CacheWrite: 5000, CacheRead: 20_000, Output: 700}, "0.03615"},
		{"a write for an hour", "m in=3 read=0.3 write=3.75 write1h=6 out=15 from=a", providers.Usage{Input: 300, CacheWrite: 5000, CacheWriteHour: 2000, Output: 700}, "0.03465"},
		{"sound", "m in=0.3 out=2.5 audio=1 from=a", providers.Usage{Input: 1000, Audio: 400, Output: 100}, "0.00083"},
		{"pictures and a request", "m in=1 out=2 image=0.01 request=0.005 from=a", providers.Usage{Input: 10, Output: 10, Images: 3}, "0.03503"},
		{"explicit 0", "m in=0 out=0 from=a", providers.Usage{Input: 10, Output: 10}, "0"},
		{"what is cached below a step counts", "m in=1 read=0.1 out=2 from=a | above=199999 in=2 read=0.2 out=4", providers.Usage{Input: 1, CacheRead: 199_999, Output: 0}, "0.0400018"},
		{"a step without a price, below it", "m in=1 out=2 from=a | above=9 unknown", providers.Usage{Input: 9, Output: 9}, "0.000027"},
	} {
		r, err := s.parse(x.row)
		if err != nil {
			t.Fatal(err)
		}
		want, err := providers.ParseDollars(x.want)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := r.price.Of(x.usage); !ok || got != want {
			t.Errorf("%s: %s, want %s", x.what, got.USD(), want.USD())
		}
	}
	if _, ok := priceOf(t, "anthropic", "claude-opus-5").Of(providers.Usage{Input: 1, Tier: "priority"}); ok {
		t.Error("a tier without a ratio costs something")
	}
	hour, _ := priceOf(t, "anthropic", "claude-haiku-5-5").Of(providers.Usage{CacheWrite: 100_001, CacheWriteHour: 100_001})
	if want := providers.Money(100_001 * 1_000_000); hour != want {
		t.Errorf("an hour's write above the step: %v, want %v", hour, want)
	}
}

// The parts of an answer are multiplied and added as fractions, apart from the
// code that does it for people.
func TestTenThousandAnswersAddUpToTheSumOfTheirParts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	models := [][2]string{
		{"openai", "gpt-6.1-sol"},
		{"openai", "gpt-5-mini"},
		{"anthropic", "claude-haiku-5-5"},
		{"anthropic", "claude-sonnet-4-5"},
		{"gemini", "gemini-2.5-pro"},
		{"gemini", "gemini-2.5-flash"},
		{"xai", "grok-4.6"},
		{"deepseek", "deepseek-v4-pro"},
	}
	var sum providers.Money
	exact := new(big.Rat)
	for range 10_000 {
		m := models[rng.IntN(len(models))]
		p := priceOf(t, m[0], m[1])
		u := providers.Usage{
			Input: rng.IntN(150_000), CacheRead: rng.IntN(150_000), CacheWrite: rng.IntN(50_000), Output: rng.IntN(50_000), Images: rng.IntN(3),
		}
		if p.CacheWrite == providers.UnknownRate {
			u.CacheWrite = 0
		}
		u.Audio, u.CacheWriteHour = rng.IntN(u.Input+1), rng.IntN(u.CacheWrite+1)
		if p.CacheWriteHour == providers.UnknownRate {
			u.CacheWriteHour = 0
		}
		ratio := big.NewRat(1, 1)
		for tier, r := range p.Tiers {
			if rng.IntN(2) == 0 {
				u.Tier, ratio = tier, big.NewRat(r.Num, r.Den)
			}
		}
		got, ok := p.Of(u)
		if !ok {
			t.Fatalf("%v %+v has no cost", m, u)
		}
		sum += got
		part := parts(*p, u)
		if part.Mul(part, ratio); part.IsInt() {
			exact.Add(exact, part)
		} else { // a ratio is rounded once, half away from zero
			n := new(big.Int).Div(new(big.Int).Add(new(big.Int).Lsh(part.Num(), 1), part.Denom()), new(big.Int).Lsh(part.Denom(), 1))
			exact.Add(exact, new(big.Rat).SetInt(n))
		}
	}
	if want := new(big.Rat).SetInt64(int64(sum)); exact.Cmp(want) != 0 {
		t.Errorf("the sum is %s, that of the parts %s", want, exact)
	}
}

func parts(p providers.Price, u providers.Usage) *big.Rat {
	rates := p.Rates
	for _, s := range p.Steps {
		if u.Input+u.CacheRead+u.CacheWrite > s.Above {
			rates = s.Rates
		}
	}
	total := new(big.Rat)
	add := func(rate, usual providers.Money, n int) {
		if rate == 0 {
			rate = usual
		}
		total.Add(total, new(big.Rat).Mul(new(big.Rat).SetInt64(int64(rate)), new(big.Rat).SetInt64(int64(n))))
	}
	add(rates.Input, 0, u.Input-u.Audio)
	add(rates.Audio, rates.Input, u.Audio)
	add(rates.CacheRead, 0, u.CacheRead)
	add(rates.CacheWrite, 0, u.CacheWrite-u.CacheWriteHour)
	add(rates.CacheWriteHour, rates.CacheWrite, u.CacheWriteHour)
	add(rates.Output, 0, u.Output)
	add(p.PerImage, 0, u.Images)
	add(p.PerRequest, 0, 1)
	return total
}

// A start looks two models up, and must cost well under a millisecond.
func BenchmarkTwoModelsAtStart(b *testing.B) {
	e := at("openrouter", hosts["openrouter"])
	for b.Loop() {
		l := New(nil, none)
		l.Complete(e, providers.Model{Ref: providers.Ref{Model: "openai/gpt-5.1"}})
		l.Complete(at("openai", hosts["openai"]), providers.Model{Ref: providers.Ref{Model: "gpt-5.1-2025-11-13"}})
	}
}

func BenchmarkTwoModelsAtStartAfterARefresh(b *testing.B) {
	var text strings.Builder
	for s := range hosts {
		fmt.Fprintf(&text, "[%s]\nsource a 2026-01-01 https://example.com\n\n", s)
		for i := range 300 {
			fmt.Fprintf(&text, "vendor/model-%03d in=1.25 read=0.125 out=10 context=200000 can=images,thoughts from=a\n", i)
		}
	}
	e := at("openrouter", hosts["openrouter"])
	for b.Loop() {
		l := New(nil, text.String)
		l.Complete(e, providers.Model{Ref: providers.Ref{Model: "openai/gpt-5.1"}})
		l.Complete(at("openai", hosts["openai"]), providers.Model{Ref: providers.Ref{Model: "gpt-5.1-2025-11-13"}})
	}
}

func BenchmarkTwoThousandListedModels(b *testing.B) {
	l, e := New(nil, none), at("openrouter", hosts["openrouter"])
	for b.Loop() {
		for range 1000 {
			l.Complete(e, providers.Model{Ref: providers.Ref{Model: "openai/gpt-5.1"}})
			l.Complete(e, providers.Model{Ref: providers.Ref{Model: "vendor/unknown"}})
		}
	}
}
