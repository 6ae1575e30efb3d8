package cli

import (
	"reflect"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/providers/energy"
	"juxta/sessions/verdict"
)

func TestTheMachineIsConfigured(t *testing.T) {
	c, err := parseConfig([]byte("machine: {measure: false, tariff: 0.32, watts: 320, overhead: 1.2, price: 2000, residual: 200.50, months: 48, idle_watts: 0, busy: 0.5, rent: 2.5, packing: 0.5}\n"))
	if err != nil {
		t.Fatal(placed("f", err))
	}
	money := func(m providers.Money) *providers.Money { return &m }
	tariff := 32 * providers.Dollar / 100
	if want := (energy.Settings{Unmeasured: true, Tariff: &tariff, Watts: 320, Overhead: 1.2}); !reflect.DeepEqual(c.machine.energy, want) {
		t.Errorf("energy %+v, want %+v", c.machine.energy, want)
	}
	want := verdict.Machine{
		Watts: 320, Tariff: tariff, Price: money(2000 * providers.Dollar), Residual: 200*providers.Dollar + providers.Dollar/2,
		Life: 48, Full: 0.5, Rent: money(5 * providers.Dollar / 2), Packing: 0.5,
	}
	if got := *c.machine.costs; len(got.Assumed) > 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("costs %+v, want %+v", got, want)
	}
}

func TestWithoutAMachineTheAssumptionsAreTheMethodsAndSaySo(t *testing.T) {
	c, err := parseConfig(nil)
	if err != nil {
		t.Fatal(err)
	}
	m := c.machine.costs
	if c.machine.energy != (energy.Settings{}) || m.Price != nil || m.Rent != nil || m.Tariff != 17*providers.Dollar/100 {
		t.Errorf("%+v, %+v", c.machine.energy, m)
	}
	if got := strings.Join(m.Assumed, ", "); got != "$0.170 a kilowatt-hour, 36 months of life, 45 W when idle, busy up to 70% of the time" {
		t.Errorf("assumed: %s", got)
	}
}

func TestAMistakeAboutTheMachineIsShownInItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"measure: often":                       "true or false",
		"tariff: cheap":                        "machine: tariff",
		"tariff: -1":                           "negative",
		"price: 2000 EUR":                      "machine: price",
		"price: 10000000":                      "out of range",
		"rent: .inf":                           "machine: rent",
		"watts: 0":                             "watts is a number from 1",
		"watts: .nan":                          "watts is a number",
		"overhead: 0.9":                        "overhead is a number from 1",
		"months: 0":                            "months is a number from 1",
		"months: [3]":                          "single value",
		"idle_watts: -3":                       "idle_watts is a number from 0",
		"busy: 70":                             "busy is a number from 0.01 to 1",
		"packing: 0.5":                         "there is no rent",
		"residual: 5":                          "there is no price",
		"{price: 5, residual: 6}":              "more than the price",
		"wats: 3":                              `did you mean "watts"?`,
		"{rent: 1, packing: 0}":                "packing is a number",
		"tariff: 0.0000000000001":              "picodollar",
		"tariff: \"\\u001b]52;c;aGk=\\u0007\"": "machine: tariff",
	} {
		line := "machine:\n  " + text
		if strings.HasPrefix(text, "{") {
			line = "machine:\n  " + text
		}
		_, err := parseConfig([]byte(line + "\n"))
		if err == nil {
			t.Errorf("%s: no error", text)
			continue
		}
		if got := placed("f", err).Error(); !strings.HasPrefix(got, "f:2:") || !strings.Contains(got, want) || strings.Contains(got, "\x1b") {
			t.Errorf("%s: %q", text, got)
		}
	}
}
