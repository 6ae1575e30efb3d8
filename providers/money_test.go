package providers_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"juxta/providers"
)

func TestDollarsAreReadExactly(t *testing.T) {
	for _, c := range []struct {
		in   string
		want providers.Money
	}{
		{"0", 0},
		{"1", 1_000_000_000_000},
		{"0.01", 10_000_000_000},
		{"1.25e-06", 1_250_000},
		{"1.25E-6", 1_250_000},
		{"0.00000015", 150_000},
		{"0.0000000375", 37_500},
		{"1e-12", 1},
		{"0.1", 100_000_000_000}, // not 0.1000000000000000055
		{"9223372.036854775807", math.MaxInt64},
	} {
		if got, err := providers.ParseDollars(c.in); err != nil || got != c.want {
			t.Errorf("ParseDollars(%q) = %d, %v; want %d", c.in, got, err, c.want)
		}
	}
}

func TestPricesPerMillionAreReadExactly(t *testing.T) {
	for _, c := range []struct {
		in   string
		want providers.Money
	}{
		{"1", 1_000_000},
		{"0.15", 150_000},
		{"1.25e-1", 125_000},
		{"0.0375", 37_500},
		{"75", 75_000_000},
		{"0", 0},
		{"0.000001", 1},
	} {
		if got, err := providers.ParsePerMillion(c.in); err != nil || got != c.want {
			t.Errorf("ParsePerMillion(%q) = %d, %v; want %d", c.in, got, err, c.want)
		}
	}
}

func TestAmountsThatAreNotWholePicodollarsAreRefused(t *testing.T) {
	for _, in := range []string{"1e-13", "0.0000000000001", "1.0000000000005"} {
		if got, err := providers.ParseDollars(in); err == nil {
			t.Errorf("ParseDollars(%q) = %d", in, got)
		}
	}
	if got, err := providers.ParsePerMillion("0.0000005"); err == nil {
		t.Errorf("half a picodollar a token is %d", got)
	}
}

func TestWhatIsNotAnAmountIsRefused(t *testing.T) {
	for _, in := range []string{
		"", " ", "free", "-1", "-0.5", "1,5", "1/3", "0x10", "0b1", "0o7", "1_000", "1p3", "NaN", "Inf", "+Inf",
		"1e9999", "1e999999999", "9223372.036854775808", "1 2", strings.Repeat("9", 65),
	} {
		if got, err := providers.ParseDollars(in); err == nil {
			t.Errorf("ParseDollars(%q) = %d", in, got)
		}
		if got, err := providers.ParsePerMillion(in); err == nil && in != "9223372.036854775808" {
			t.Errorf("ParsePerMillion(%q) = %d", in, got)
		}
	}
}

func TestUSDIsExact(t *testing.T) {
	for m, want := range map[providers.Money]string{
		0:                  "0.000000000000",
		1:                  "0.000000000001",
		-1:                 "-0.000000000001",
		3_821_250_000:      "0.003821250000",
		providers.Dollar:   "1.000000000000",
		-providers.Dollar:  "-1.000000000000",
		math.MaxInt64:      "9223372.036854775807",
		math.MinInt64:      "-9223372.036854775808",
		42_000_000_000_007: "42.000000000007",
	} {
		if got := m.USD(); got != want {
			t.Errorf("%d is %s, want %s", int64(m), got, want)
		}
	}
}

func TestMoneyReadsWellAtEveryMagnitude(t *testing.T) {
	for _, c := range []struct{ dollars, want string }{
		{"0", "$0"},
		{"0.000000000001", "<$0.000001"},
		{"0.000000999999", "<$0.000001"},
		{"0.000001", "$0.000001"},
		{"0.0000015", "$0.000002"},
		{"0.000012", "$0.000012"},
		{"0.00021", "$0.000210"},
		{"0.0009994", "$0.000999"},
		{"0.0009999996", "$0.00100"},
		{"0.001", "$0.00100"},
		{"0.0051", "$0.00510"},
		{"0.0099949", "$0.00999"},
		{"0.009999999", "$0.0100"},
		{"0.0142", "$0.0142"},
		{"0.09994", "$0.0999"},
		{"0.09999999", "$0.100"},
		{"0.5", "$0.500"},
		{"0.9994", "$0.999"},
		{"0.9995", "$1.00"},
		{"0.999999999999", "$1.00"},
		{"1", "$1.00"},
		{"1.005", "$1.01"},
		{"1.004999999999", "$1.00"},
		{"12.3456", "$12.35"},
		{"999.999", "$1000.00"},
		{"9223372.036854775807", "$9223372.04"},
	} {
		m, err := providers.ParseDollars(c.dollars)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.String(); got != c.want {
			t.Errorf("%s dollars read %q, want %q", c.dollars, got, c.want)
		}
		if want := "-" + c.want; m != 0 && (-m).String() != want {
			t.Errorf("minus %s dollars read %q, want %q", c.dollars, -m, want)
		}
	}
	if got := providers.Money(math.MinInt64).String(); got != "-$9223372.04" {
		t.Errorf("the smallest amount reads %q", got)
	}
}

func perMillion(t *testing.T, s string) providers.Money {
	t.Helper()
	m, err := providers.ParsePerMillion(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestCostsFollowTheMethod(t *testing.T) {
	for _, c := range []struct {
		name  string
		price providers.Price
		usage providers.Usage
		want  string
	}{
		{
			"a prompt that was mostly cached, reasoning inside the output",
			providers.Price{Input: perMillion(t, "1.25"), CacheRead: perMillion(t, ".125"), CacheWrite: perMillion(t, "1.25"), Output: perMillion(t, "10")},
			providers.Usage{Input: 4000, CacheRead: 8000, Output: 900, Reasoning: 300},
			"0.015000000000",
		},
		{
			"a cache that is written and read",
			providers.Price{Input: perMillion(t, "3"), CacheRead: perMillion(t, ".30"), CacheWrite: perMillion(t, "3.75"), Output: perMillion(t, "15")},
			providers.Usage{Input: 300, CacheWrite: 5000, CacheRead: 20000, Output: 700},
			"0.036150000000",
		},
		{"free", providers.Price{Source: providers.Free}, providers.Usage{Input: 1 << 40, Output: 1 << 40}, "0.000000000000"},
		{"nothing used", providers.Price{Input: 1, Output: 1}, providers.Usage{}, "0.000000000000"},
	} {
		if got, ok := c.price.Of(c.usage); !ok || got.USD() != c.want {
			t.Errorf("%s: %s, %t; want %s", c.name, got.USD(), ok, c.want)
		}
	}
}

func TestACostThatMoneyCannotHoldIsReported(t *testing.T) {
	for name, c := range map[string]struct {
		price providers.Price
		usage providers.Usage
	}{
		"a product that passes 63 bits": {providers.Price{Input: 1 << 40}, providers.Usage{Input: 1 << 23}},
		"a product that passes 64 bits": {providers.Price{Output: math.MaxInt64}, providers.Usage{Output: math.MaxInt64}},
		"a sum that passes 63 bits":     {providers.Price{Input: 1 << 40, Output: 1 << 40}, providers.Usage{Input: 1 << 22, Output: 1 << 22}},
		"a negative count":              {providers.Price{Input: 1}, providers.Usage{Input: -1}},
		"a negative price":              {providers.Price{Input: -1}, providers.Usage{Input: 1}},
	} {
		if got, ok := c.price.Of(c.usage); ok || got != 0 {
			t.Errorf("%s: %d, %t", name, got, ok)
		}
	}
	if got, ok := (providers.Price{Input: math.MaxInt64}).Of(providers.Usage{Input: 1}); !ok || got != math.MaxInt64 {
		t.Errorf("the largest amount: %d, %t", got, ok)
	}
}

func TestTenThousandCostsAddUpExactly(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var sum providers.Money
	want := new(big.Rat)
	for range 10_000 {
		p := providers.Price{
			Input: providers.Money(rng.IntN(20_000_000)), CacheRead: providers.Money(rng.IntN(2_000_000)),
			CacheWrite: providers.Money(rng.IntN(25_000_000)), Output: providers.Money(rng.IntN(100_000_000)),
		}
		u := providers.Usage{Input: rng.IntN(5000), CacheRead: rng.IntN(5000), CacheWrite: rng.IntN(5000), Output: rng.IntN(2000)}
		u.Reasoning = rng.IntN(u.Output + 1)
		cost, ok := p.Of(u)
		if !ok {
			t.Fatalf("%+v of %+v overflows", p, u)
		}
		sum += cost
		for _, x := range [][2]int64{
			{int64(p.Input), int64(u.Input)},
			{int64(p.CacheRead), int64(u.CacheRead)},
			{int64(p.CacheWrite), int64(u.CacheWrite)},
			{int64(p.Output), int64(u.Output)},
		} {
			part := big.NewRat(x[0], int64(providers.Dollar))
			want.Add(want, part.Mul(part, new(big.Rat).SetInt64(x[1])))
		}
	}
	if got := sum.USD(); got != want.FloatString(12) {
		t.Errorf("the sum is %s, want %s", got, want.FloatString(12))
	}
	if again, err := providers.ParseDollars(sum.USD()); err != nil || again != sum {
		t.Errorf("%s reads back as %d, %v", sum.USD(), again, err)
	}
}
