package providers

import (
	"math"
	"testing"
)

func TestEnergyCostsItsTariff(t *testing.T) {
	money := func(m Money) *Money { return &m }
	for name, c := range map[string]struct {
		e    *Energy
		want Money
		ok   bool
	}{
		"the example":         {&Energy{Joules: 1980, Basis: Measured, Tariff: money(17 * Dollar / 100)}, 93_500_000, true},
		"half rounds up":      {&Energy{Joules: 1_800_000, Basis: Stated, Tariff: money(1)}, 1, true},
		"below half":          {&Energy{Joules: 1_799_999.5, Basis: Stated, Tariff: money(1)}, 0, true},
		"free current":        {&Energy{Joules: 5, Basis: Estimated, Tariff: money(0)}, 0, true},
		"no tariff":           {&Energy{Joules: 5, Basis: Measured}, 0, false},
		"shared":              {&Energy{Basis: SharedEnergy, Tariff: money(Dollar)}, 0, false},
		"none":                {nil, 0, false},
		"more than can be":    {&Energy{Joules: 1e300, Basis: Measured, Tariff: money(Dollar)}, 0, false},
		"no number":           {&Energy{Joules: math.NaN(), Basis: Measured, Tariff: money(Dollar)}, 0, false},
		"below nothing":       {&Energy{Joules: -1, Basis: Measured, Tariff: money(Dollar)}, 0, false},
		"of an unknown basis": {&Energy{Joules: 1, Basis: "guessed", Tariff: money(Dollar)}, 0, false},
	} {
		if got, ok := c.e.Cost(); got != c.want && c.ok || ok != c.ok {
			t.Errorf("%s: %d %v, want %d %v", name, got, ok, c.want, c.ok)
		}
	}
}
