package providers

import (
	"math"
	"math/big"
	"strconv"
)

// EnergyCost is the source of a cost that is an answer's energy at a tariff.
const EnergyCost PriceSource = "energy"

// Energy is what a machine of one's own took to give an answer, at the wall.
type Energy struct {
	Joules  float64     `json:"joules"`  // 0 where the basis is [SharedEnergy]
	Seconds float64     `json:"seconds"` // that it was busy with it
	Basis   EnergyBasis `json:"basis"`
	Of      string      `json:"of"`               // what was counted, in words: "GPU (NVML) × 1.1"
	Tariff  *Money      `json:"tariff,omitempty"` // of a kilowatt-hour, as it was then; nil is not configured
}

// EnergyBasis says how an energy is known.
type EnergyBasis string

// How an energy is known, the best first.
const (
	Measured  EnergyBasis = "measured"  // the machine's own counters were read
	Stated    EnergyBasis = "stated"    // by the watts that the configuration states
	Estimated EnergyBasis = "estimated" // by a share of what the machine may take at the most

	// SharedEnergy is of an answer during which another one was given by the same
	// machine: nobody knows which took what.
	SharedEnergy EnergyBasis = "shared"
)

// Cost is what the energy costs, joules/3.6e6 kWh at the tariff, computed exactly
// and rounded once, half away from zero; false where either is not known. 1980 J
// at $.17: $.0000935.
func (e *Energy) Cost() (Money, bool) {
	if e == nil || e.Tariff == nil || *e.Tariff < 0 || !e.Known() {
		return 0, false
	}
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(e.Joules, 'g', -1, 64))
	if !ok {
		return 0, false
	}
	r.Mul(r, new(big.Rat).SetInt64(int64(*e.Tariff)))
	r.Mul(r, big.NewRat(1, 3_600_000))
	twice := new(big.Int).Lsh(r.Num(), 1)
	twice.Add(twice, r.Denom())
	q := twice.Quo(twice, new(big.Int).Lsh(r.Denom(), 1))
	return Money(q.Int64()), q.IsInt64()
}

// Known reports whether the joules are known.
func (e *Energy) Known() bool {
	return e != nil && e.Basis != SharedEnergy && e.Sound()
}

// Sound reports whether an energy makes sense, wherever it comes from.
func (e *Energy) Sound() bool {
	switch e.Basis {
	case Measured, Stated, Estimated, SharedEnergy:
	default:
		return false
	}
	in := func(x float64) bool { return x >= 0 && !math.IsInf(x, 0) }
	return in(e.Joules) && in(e.Seconds) && (e.Tariff == nil || *e.Tariff >= 0)
}
