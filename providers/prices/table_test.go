package prices

import (
	"iter"
	"maps"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

func values(m map[string]string) iter.Seq[string] { return maps.Values(m) }

func TestEveryRowHasAPriceADateAndAnAddress(t *testing.T) {
	n, bytes := 0, 0
	for name, rows := range ours(t) {
		bytes += len(builtInSection(name).rows) + len(builtInSection(name).head)
		last := ""
		for _, r := range rows {
			n++
			at := name + "/" + r.name
			p := r.price
			if r.name < last {
				t.Errorf("%s is not in its place", at)
			}
			last = r.name
			if p.Source != providers.Listed || !strings.HasPrefix(p.From, "https://") {
				t.Errorf("%s: source %q, from %q", at, p.Source, p.From)
			}
			day, err := time.Parse(time.DateOnly, p.AsOf)
			if err != nil || day.Year() < 2025 {
				t.Errorf("%s: as of %q", at, p.AsOf)
			}
			if r.target != "" {
				if _, ok := builtInSection(name).exact(r.target, ""); !ok {
					t.Errorf("%s is another name of %s, which is not there", at, r.target)
				}
				continue
			}
			check(t, at, p.Rates)
			for _, s := range p.Steps {
				if s == unknownStep(s.Above) {
					if r.note == "" {
						t.Errorf("%s does not say why long prompts have no price", at)
					}
					continue
				}
				check(t, at, s.Rates)
				if s.Input < p.Input || s.Output < p.Output {
					t.Errorf("%s is cheaper for long prompts", at)
				}
			}
			if !plain(r.name) {
				t.Errorf("%s is not one plain word", at)
			}
		}
	}
	if n < 300 || bytes > 150_000 {
		t.Errorf("%d rows in %d bytes", n, bytes)
	}
}

func check(t *testing.T, at string, r providers.Rates) {
	t.Helper()
	known := func(m providers.Money) bool { return m != providers.UnknownRate }
	if r.Input <= 0 || r.Output <= 0 || max(r.Input, r.Output) > dearest ||
		known(r.CacheRead) && (r.CacheRead <= 0 || r.CacheRead > r.Input) || known(r.CacheWrite) && r.CacheWrite < r.Input ||
		known(r.CacheWriteHour) && r.CacheWriteHour < r.CacheWrite || r.Audio != 0 && r.Audio < r.Input {
		t.Errorf("%s: %+v", at, r)
	}
}

func TestATableIsReadAsItIsWritten(t *testing.T) {
	for _, line := range []string{
		"m in=3 read=0.3 write=3.75 write1h=6 out=15 audio=4 image=0.01 request=0.005 tier:batch=1/2 tier:fast=2 context=200000 answer=64000 can=images,thoughts,tools,audio until=2026-12-31 from=a | above=200000 in=6 read=0.6 write=7.5 write1h=12 out=22.5 | above=400000 in=7 out=30 # half of it in winter",
		"m in=0.0001 out=0.000001 from=a",
		"m in=1 read=1 write=1 write1h=1 out=1 from=a | above=1 in=1 read=1 write=1 write1h=1 out=1 audio=1",
		"m in=1 read=0 write=0 write1h=0 out=2 from=a",
		"m in=1 out=2 from=a | above=5 unknown # nobody agrees",
		"m in=1 out=2 from=a | above=5 in=2 out=3 | above=9 unknown",
		"m in=0 out=0 from=a",
		"m in=99999999 out=1 from=a", // of which a million tokens pass what Money holds
		"m -> other from=a",
	} {
		s := section{head: "# a comment\nsource a 2026-01-02 https://example.com/p?q=1"}
		r, err := s.parse(line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if got := r.text("a"); got != line {
			t.Errorf("got  %s\nwant %s", got, line)
		}
	}
}

func TestABadRowIsAnErrorThatSaysWhy(t *testing.T) {
	s := section{head: "source a 2026-01-02 https://example.com\nsource b yesterday https://example.com\nsource c 2026-01-02 ftp://example.com\nsource d 2026-01-02 https://u:p@example.com"}
	for line, want := range map[string]string{
		"m":                                                             "an input and an output",
		"m in=1 from=a":                                                 "an input and an output",
		"m in=1 out=2":                                                  `no source ""`,
		"m in=1 out=2 from=z":                                           `no source "z"`,
		"m in=1 out=2 from=b":                                           "not a date",
		"m in=1 out=2 from=c":                                           "is an address",
		"m in=1 out=2 from=d":                                           "is an address",
		"m in=one out=2 from=a":                                         "in: \"one\" is not a decimal",
		"m in=-1 out=2 from=a":                                          "negative",
		"m in=1 in=2 out=2 from=a":                                      "twice",
		"m in=0.0000001 out=2 from=a":                                   "finer than a picodollar",
		"m in=1 out=2 from=a batch=1/2":                                 "no such field",
		"m in=1 out=2 tier:batch=0 from=a":                              "not a ratio",
		"m in=1 out=2 tier:batch=1/0 from=a":                            "not a ratio",
		"m in=1 out=2 context=many from=a":                              "number of tokens",
		"m in=1 out=2 can=sing from=a":                                  "an ability is",
		"m in=1 out=2 until=soon from=a":                                "\"soon\" is not a date",
		"m in=1 out=2 from=a | in=2 out=3":                              "a step is",
		"m in=1 out=2 from=a | above=5 in=2":                            "an input and an output",
		"m in=1 out=2 from=a | above=5":                                 "an input and an output",
		"m in=1 out=2 from=a | above=5 in=2 unknown":                    "an input and an output",
		"m in=1 out=2 from=a | in=2 unknown":                            "a step is",
		"m -> o in=1 from=a":                                            "another name",
		"m -> o context=5 from=a":                                       "another name",
		"m -> o from=a | above=5 in=2 out=3":                            "another name",
		"m in=1 out=2 context=5 context=6 from=a":                       "context is there twice",
		"m in=1 out=2 answer=5 answer=5 from=a":                         "answer is there twice",
		"m in=1 out=2 image=1 image=2 from=a":                           "image is there twice",
		"m in=1 out=2 request=1 request=2 from=a":                       "request is there twice",
		"m in=1 out=2 tier:x=1/2 tier:x=2 from=a":                       "tier:x is there twice",
		"m in=1 out=2 can=images can=tools from=a":                      "can is there twice",
		"m in=1 out=2 until=2026-01-01 until=2027-01-01 from=a":         "until is there twice",
		"m in=1 out=2 from=c from=a":                                    "from is there twice",
		"m in=1 out=2 tier:\x1b[1m=2 from=a":                            "no such field",
		"m in=1 out=2 audio=0 from=a":                                   "not free",
		"m in=1 write=2 write1h=0 out=2 from=a":                         "not free",
		" # nobody":                                                     "name of a model",
		"m in=1 out=2 from=a | above=5 in=2 out=3 context=4":            "a step is",
		"m in=1 out=2 from=a | above=9 in=2 out=3 | above=9 in=3 out=4": "above=9 does not rise over the step before it",
	} {
		if _, err := s.parse(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}

func TestARatioIsExact(t *testing.T) {
	for s, want := range map[string]providers.Ratio{
		"1/2": {Num: 1, Den: 2}, "0.5": {Num: 1, Den: 2}, "2": {Num: 2, Den: 1}, "1.80": {Num: 9, Den: 5}, "2/4": {Num: 1, Den: 2},
		"1/010": {Num: 1, Den: 10}, "08/9": {Num: 8, Den: 9}, "0.10": {Num: 1, Den: 10}, "010": {Num: 10, Den: 1},
	} {
		if got, err := ParseRatio(s); err != nil || got != want {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "0", "-1/2", "1/0", "half", "1e3", "0x10", "1/2/3", "99999999999999999999", "1 / 2", "0/5", "00/5", "1.5/2", "."} {
		if got, err := ParseRatio(s); err == nil {
			t.Errorf("%q is %v", s, got)
		}
	}
}

// Every line of every table is found by its name alone, whatever stands beside
// it.
func TestEveryNameIsFound(t *testing.T) {
	for name, rows := range ours(t) {
		s := builtInSection(name)
		for _, r := range rows {
			n := 0
			for line := range s.lines(r.name) {
				n++
				if nameOf(line) != r.name {
					t.Errorf("%s/%s found %s", name, r.name, line)
				}
			}
			if n == 0 {
				t.Errorf("%s/%s is not found", name, r.name)
			}
			for _, other := range []string{r.name + "x", r.name[:len(r.name)-1], "", "~"} {
				for line := range s.lines(other) {
					if nameOf(line) != other {
						t.Errorf("%s/%s found %s", name, other, line)
					}
				}
			}
		}
	}
}
