package verdict

import (
	"fmt"
	"math/big"

	"juxta/providers"
)

// A Draw is what an answer of a model of one's own took of its machine.
type Draw struct {
	Busy float64 // seconds that the machine was at it; 0 if not known, cold or raced

	// What is known of its energy: so many joules over so many seconds, which need
	// not be those above.
	Joules, Seconds float64
	Basis           providers.EnergyBasis
	Of              string
}

// basisRank is how much a figure of energy is worth.
var basisRank = map[providers.EnergyBasis]int{providers.Measured: 3, providers.Stated: 2, providers.Estimated: 1}

// Add takes in another draw. Of energies the better known ones count, and the
// others not at all.
func (d *Draw) Add(o Draw) {
	if o.Busy > 0 {
		d.Busy += o.Busy
	}
	if rank := basisRank[o.Basis]; rank == 0 || !(o.Joules >= 0) || !(o.Seconds > 0) || rank < basisRank[d.Basis] {
		return
	} else if rank > basisRank[d.Basis] {
		d.Joules, d.Seconds, d.Basis, d.Of = 0, 0, o.Basis, o.Of
	}
	d.Joules, d.Seconds = d.Joules+o.Joules, d.Seconds+o.Seconds
}

// A Local is what a model of one's own takes of a machine for a prompt, and what
// that costs there.
type Local struct {
	Model   string                `json:"model"`
	Prompts int                   `json:"prompts"` // that were answered warm and alone
	Busy    float64               `json:"seconds"` // of one of them, on average
	Watts   float64               `json:"watts"`   // at the wall while it is busy; 0 if not known
	Basis   providers.EnergyBasis `json:"basis"`   // "" if they are not known
	Of      string                `json:"of"`      // what was counted, in words
	Drawn   int                   `json:"metered"` // prompts that the watts are from; 0 for a stated figure

	Energy  *providers.Money `json:"-"` // of one prompt; nil if not known
	Month   Month            `json:"-"`
	Band    *Range           `json:"-"`          // what the assumptions do to Month.Owned
	Even    *float64         `json:"break_even"` // requests a month from which a machine of one's own is cheaper than the other model
	Assumed []string         `json:"assumed"`    // figures that nobody stated
}

// Load is what one request takes.
func (l *Local) Load() Load {
	return Load{Joules: l.Watts * l.Busy, Busy: l.Busy, Unmetered: l.Basis == ""}
}

// UsualRequests is the month that is spoken of where no number of requests was
// asked for.
const UsualRequests = 100_000

// Local is what a model takes of a machine, over the prompts that it and the
// baseline answered, and what so many requests a month cost there, 0 standing for
// [UsualRequests]. It is nil of a model that runs elsewhere, or whose answers were
// all cold or raced. An error says what can't be counted.
//
// Energy is power times time: the joules of all answers that have
// some, by the seconds that they took, times the mean seconds of a prompt. So
// short answers, which can't be measured, count as long as they are.
func (t Trial) Local(model int, on Machine, requests int64) (*Local, error) {
	var sum Draw
	l := &Local{Assumed: on.Assumed}
	drawn := map[providers.EnergyBasis]int{}
	for i := range t.Prompts {
		a := t.Prompts[i].answer(model)
		if a.State != Answered || a.Draw == nil || t.Prompts[i].answer(t.Baseline).State != Answered {
			continue
		}
		sum.Add(*a.Draw)
		drawn[a.Draw.Basis]++
		if a.Draw.Busy > 0 {
			l.Prompts++
		}
	}
	if l.Prompts == 0 {
		return nil, nil
	}
	l.Model, l.Busy = t.Models[model], sum.Busy/float64(l.Prompts)
	switch {
	case on.Watts > 0 && basisRank[sum.Basis] <= basisRank[providers.Stated]: // as it is stated now
		l.Watts, l.Basis, l.Of = on.Watts, providers.Stated, fmt.Sprintf("%g W stated", on.Watts)
	case sum.Basis != "":
		l.Watts, l.Basis, l.Of, l.Drawn = sum.Joules/sum.Seconds, sum.Basis, sum.Of, drawn[sum.Basis]
	}
	if requests == 0 {
		requests = UsualRequests
	}
	var err error
	if l.Month, err = on.Month(l.Load(), requests); err != nil {
		return nil, err
	}
	if l.Band, err = on.Scenarios(l.Load(), requests); err != nil {
		return nil, err
	}
	if one, err := on.Month(l.Load(), 1); err == nil {
		l.Energy = one.Energy
	}
	return l, nil
}

// Cost is what the month costs: on machines of one's own where their price is
// known, else for the energy alone; nil where that is not known either.
func (l *Local) Cost() (*providers.Money, Basis) {
	if l.Month.Owned != nil {
		return l.Month.Owned, ByOwned
	}
	return l.Month.Energy, ByEnergy
}

// Settle adds what models on machines of one's own cost beside each other, or
// beside one that is paid by the request: a volume of so many requests a month,
// the share of the cost and the break-even. Either may be nil, and with both so
// the volume is that of [Figures.AtPrice]. Of 0 requests there is no volume.
func (f *Figures) Settle(candidate, baseline *Local, on Machine, requests int64) {
	f.Local, f.BaselineLocal = candidate, baseline
	if requests > 0 && candidate == nil && baseline == nil {
		f.Volume = f.AtPrice(requests)
		return
	}
	if candidate == nil && baseline == nil {
		return
	}
	month := int64(UsualRequests)
	if requests > 0 {
		month = requests
	}
	a, basis := f.month(candidate, f.own, month)
	b, other := f.month(baseline, f.ownBaseline, month)
	if candidate != nil && baseline == nil && f.ownBaseline != nil {
		if even, ok := on.BreakEven(candidate.Load(), *f.ownBaseline); ok && candidate.Basis != "" {
			candidate.Even = &even
		}
	}
	if a == nil || b == nil {
		return
	}
	if *b > 0 {
		share, _ := new(big.Rat).SetFrac(big.NewInt(int64(*a)), big.NewInt(int64(*b))).Float64()
		f.Share = &Share{share, basis, month}
	}
	if requests > 0 {
		f.Volume = &Volume{Requests: requests, Candidate: *a, Baseline: *b, Basis: basis, Other: other, About: f.guessed()}
	}
}

// A Share is what a month of the candidate costs of one of the baseline, where
// one of them runs on machines of one's own.
type Share struct {
	Value    float64 `json:"value"`
	Basis    Basis   `json:"basis"`
	Requests int64   `json:"requests"`
}

// month is what a model costs in one, and how that is counted.
func (f *Figures) month(l *Local, each *providers.Money, requests int64) (*providers.Money, Basis) {
	if l != nil {
		return l.Cost()
	}
	if each == nil {
		return nil, ""
	}
	m, err := rounded(mul(money(*each), new(big.Rat).SetInt64(requests)))
	if err != nil {
		return nil, ""
	}
	return &m, ByPrice
}

// guessed reports whether one of the energies was not measured.
func (f *Figures) guessed() bool {
	for _, l := range []*Local{f.Local, f.BaselineLocal} {
		if l != nil && l.Basis != providers.Measured {
			return true
		}
	}
	return f.About
}
