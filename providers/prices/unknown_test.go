package prices

import (
	"strings"
	"testing"

	"juxta/providers"
)

// Where it does not agree, nothing of ours is charged beside what it says.
func TestARefreshThatDisagreesLeavesUnknownWhatItDoesNotSay(t *testing.T) {
	refreshed := func(service, row string) providers.Price {
		name, _, _ := strings.Cut(row, " ")
		text := "[" + service + "]\nsource a 2099-01-01 https://example.com/new\n\n" + row + "\n"
		m := providers.Model{Ref: providers.Ref{Provider: "a", Model: name}}
		return *New(nil, func() string { return text }).Complete(at("a", hosts[service]), m).Price
	}
	haiku := refreshed("anthropic", "claude-haiku-5-5 in=0.2 out=0.5 from=a")
	flash := refreshed("gemini", "gemini-2.5-flash in=0.4 out=2.5 from=a")
	for _, x := range []struct {
		what  string
		price providers.Price
		usage providers.Usage
		want  providers.Money // -1 of what is not known
	}{
		{"fresh input", haiku, providers.Usage{Input: 100_000}, 100_000 * 200_000},
		{"a cache read", haiku, providers.Usage{CacheRead: 1}, -1},
		{"a cache write", haiku, providers.Usage{CacheWrite: 1}, -1},
		{"an hour's write", haiku, providers.Usage{CacheWrite: 1, CacheWriteHour: 1}, -1},
		{"a long prompt", haiku, providers.Usage{Input: 100_001}, -1},
		{"a tier", haiku, providers.Usage{Input: 1, Tier: "batch"}, -1},
		{"text", flash, providers.Usage{Input: 3}, 1_200_000},
		{"sound", flash, providers.Usage{Input: 3, Audio: 1}, -1},
		{
			"a long prompt of a list that tells of it",
			refreshed("anthropic", "claude-haiku-5-5 in=0.2 out=0.5 from=a | above=50000 in=1 out=2"),
			providers.Usage{Input: 50_001},
			50_001 * 1_000_000,
		},
		{
			"sound in a long prompt of a list that tells of it apart",
			refreshed("gemini", "gemini-2.5-pro in=1 out=2 audio=5 from=a | above=9 in=3 out=4"),
			providers.Usage{Input: 10, Audio: 1},
			-1,
		},
	} {
		got, ok := x.price.Of(x.usage)
		if ok != (x.want >= 0) || ok && got != x.want {
			t.Errorf("%s: %d, %t, want %d", x.what, got, ok, x.want)
		}
	}
}

// A fee that only ours tells is not forgotten either.
func TestAFeeThatADisagreeingListDoesNotTellIsNotKnown(t *testing.T) {
	s := section{head: "source a 2026-01-01 https://example.com"}
	parse := func(line string) row {
		r, err := s.parse(line)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	ours := parse("m in=1 out=2 image=0.01 from=a")
	for _, x := range []struct {
		newer string
		usage providers.Usage
		want  providers.Money // -1 of what is not known
	}{
		{"m in=2 out=2 from=a", providers.Usage{Input: 1, Images: 1}, -1},
		{"m in=2 out=2 from=a", providers.Usage{Input: 1}, 2_000_000},
		{"m in=2 out=2 image=0.02 from=a", providers.Usage{Input: 1, Images: 1}, 2_000_000 + 2*providers.Dollar/100},
		{"m in=1 out=2 from=a", providers.Usage{Input: 1, Images: 1}, 1_000_000 + providers.Dollar/100},
	} {
		got, ok := merge(ours, parse(x.newer)).price.Of(x.usage)
		if ok != (x.want >= 0) || ok && got != x.want {
			t.Errorf("%s, %+v: %d, %t, want %d", x.newer, x.usage, got, ok, x.want)
		}
	}
	if _, ok := merge(parse("m in=1 out=2 request=0.01 from=a"), parse("m in=2 out=2 from=a")).price.Of(providers.Usage{Input: 1}); ok {
		t.Error("a fee for each request is forgotten")
	}
}

// The rates of a cache that no list tells, and the long prompts about which
// lists contradict each other.
func TestWhatTheListDoesNotKnowHasNoCost(t *testing.T) {
	for _, x := range []struct {
		service, model string
		known, unknown providers.Usage
	}{
		{"anthropic", "claude-3-5-sonnet", providers.Usage{CacheRead: 9, CacheWrite: 9}, providers.Usage{CacheWrite: 9, CacheWriteHour: 1}},
		{"openai", "gpt-5-pro", providers.Usage{Input: 9}, providers.Usage{Input: 9, CacheRead: 1}},
		{"openai", "gpt-4.1", providers.Usage{CacheRead: 9}, providers.Usage{CacheWrite: 1}},
		{"deepseek", "deepseek-flash", providers.Usage{Input: 9, Tier: "off-peak"}, providers.Usage{Input: 9, Tier: "peak+off-peak"}},
		{"xai", "grok-4.20-non-reasoning", providers.Usage{CacheRead: 9, Input: 199_990}, providers.Usage{CacheRead: 9, Input: 199_991}},
	} {
		p := priceOf(t, x.service, x.model)
		if _, ok := p.Of(x.known); !ok {
			t.Errorf("%s: %+v has no cost", x.model, x.known)
		}
		if got, ok := p.Of(x.unknown); ok {
			t.Errorf("%s: %+v costs %v", x.model, x.unknown, got)
		}
	}
}

func TestInferenceInOneCountryCostsATenthMore(t *testing.T) {
	u := providers.Usage{Input: 1000, Tier: "us"}
	if got, ok := priceOf(t, "anthropic", "claude-opus-4-6").Of(u); !ok || got != 5_500*1_000_000 {
		t.Errorf("%v, %t", got, ok)
	}
	if got, ok := priceOf(t, "anthropic", "claude-opus-4-5").Of(u); ok {
		t.Errorf("a model that can't be kept there costs %v", got)
	}
}
