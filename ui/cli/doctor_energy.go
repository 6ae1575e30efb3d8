package cli

import (
	"fmt"
	"strings"

	"juxta/providers/energy"
)

// energyFinding is what of local answers' energy is known here.
type energyFinding struct {
	Measured *string  `json:"measured"` // what is read of this machine
	Watts    *float64 `json:"stated_watts"`
	Tariff   *string  `json:"tariff_usd"` // of a kilowatt-hour
	Next     *string  `json:"next"`
}

// examine reads the machine's counters once.
func (m machine) examine() (f energyFinding) {
	meter := energy.New(m.energy)
	f.Measured, f.Next = given(meter.Reads()), given(meter.Why())
	if m.energy.Watts > 0 {
		f.Watts, f.Next = &m.energy.Watts, nil
	}
	if m.energy.Tariff != nil {
		f.Tariff = given(m.energy.Tariff.USD())
	}
	return f
}

func (f energyFinding) write(line func(name, format string, args ...any), next func(*string)) {
	state := "not measured"
	if f.Measured != nil {
		state = "measured: " + *f.Measured
	}
	if f.Watts != nil {
		state += fmt.Sprintf(", %g W stated", *f.Watts)
	}
	if f.Tariff == nil {
		state += ", no tariff: local answers have no price"
	} else {
		state += ", " + strings.TrimRight(strings.TrimRight(*f.Tariff, "0"), ".") + " USD for a kilowatt-hour"
	}
	line("energy", "%s", state)
	next(f.Next)
}
