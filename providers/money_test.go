package providers_test

import (
	"math"
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

func TestAPricePerMillionIsWrittenAsItIsRead(t *testing.T) {
	for m, want := range map[providers.Money]string{
		0: "0.00", 1: "0.000001", 37_500: "0.0375", 1_000_000: "1.00", 1_250_000: "1.25", 600_000_000: "600.00", math.MaxInt64: "9223372036854.775807", -1_500_000: "-1.50",
	} {
		if got := m.PerMillion(); got != want {
			t.Errorf("%d is %q, want %q", int64(m), got, want)
		} else if back, err := providers.ParsePerMillion(got); m >= 0 && (err != nil || back != m) {
			t.Errorf("%q is read as %d, %v", got, int64(back), err)
		}
	}
}
