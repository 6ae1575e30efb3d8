package verdict

import (
	"math/big"

	"juxta/providers"
)

// Figures are what stands beside a verdict: what a candidate costs of the
// baseline and how fast it is, over the prompts that both answered. They don't
// depend on votes.
type Figures struct {
	Both int // prompts that both answered

	Priced         int             // of those, with both costs known
	Mean, Baseline providers.Money // of a prompt, over the priced ones
	Cost           *Ratio          // of the two; nil where there is none
	About          bool            // some of these costs come of estimates

	Timed int    // of Both, with both times known and comparable
	First *Ratio // of the medians of the time to the first token

	Local, BaselineLocal *Local // of a model on a machine of one's own, see [Figures.Settle]
	Share                *Share // then; nil if it is not known

	Volume *Volume // at a number of requests, where one was asked for

	own, ownBaseline *providers.Money // mean cost of a prompt of either alone, over Both; nil where there is none
}

// Figures are a candidate's.
func (t Trial) Figures(candidate int) Figures { return t.figures(candidate, CostRatio, SpeedRatio) }

func (t *Trial) figures(candidate int, costRatio func(a, b []providers.Money) (Ratio, bool), speedRatio func(a, b []float64) (Ratio, bool)) Figures {
	var f Figures
	var costA, costB []providers.Money
	var ownA, ownB []providers.Money
	var timeA, timeB []float64
	for i := range t.Prompts {
		a, b := t.Prompts[i].answer(candidate), t.Prompts[i].answer(t.Baseline)
		if a.State != Answered || b.State != Answered {
			continue
		}
		f.Both++
		ownA, ownB = add(ownA, a.Cost), add(ownB, b.Cost)
		if a.Cost != nil && b.Cost != nil && *a.Cost >= 0 && *b.Cost >= 0 {
			costA, costB = append(costA, *a.Cost), append(costB, *b.Cost)
			f.About = f.About || a.About || b.About
		}
		if a.First > 0 && b.First > 0 {
			timeA, timeB = append(timeA, a.First), append(timeB, b.First)
		}
	}
	f.Priced, f.Timed = len(costA), len(timeA)
	f.Mean, f.Baseline = meanOf(costA), meanOf(costB)
	f.own, f.ownBaseline = meanKnown(ownA), meanKnown(ownB)
	if r, ok := costRatio(costA, costB); ok {
		f.Cost = &r
	}
	if r, ok := speedRatio(timeA, timeB); ok {
		f.First = &r
	}
	return f
}

// add appends a cost that is known.
func add(costs []providers.Money, m *providers.Money) []providers.Money {
	if m != nil && *m >= 0 {
		return append(costs, *m)
	}
	return costs
}

// meanKnown is [meanOf], nil of none.
func meanKnown(costs []providers.Money) *providers.Money {
	if len(costs) == 0 {
		return nil
	}
	m := meanOf(costs)
	return &m
}

// meanOf is exact, whatever the sum comes to.
func meanOf(costs []providers.Money) providers.Money {
	if len(costs) == 0 {
		return 0
	}
	sum := new(big.Int)
	for _, m := range costs {
		sum.Add(sum, big.NewInt(int64(m)))
	}
	m, _ := rounded(new(big.Rat).SetFrac(sum, big.NewInt(int64(len(costs))))) // no more than the greatest
	return m
}

// Basis is how what a candidate costs in a month is counted.
type Basis string

// Bases.
const (
	ByPrice  Basis = "list prices"
	ByEnergy Basis = "energy only"
	ByOwned  Basis = "machines of your own"
)

// A Volume is what a number of requests a month costs with either.
type Volume struct {
	Requests  int64
	Candidate providers.Money
	Baseline  providers.Money
	Basis     Basis // of Candidate
	Other     Basis // of Baseline
	About     bool  // an energy in it was not measured
}

// Saved is how much less the candidate costs; below 0 if it costs more.
func (v Volume) Saved() providers.Money { return v.Baseline - v.Candidate }

// AtPrice is what so many requests cost at the mean costs of a prompt. It is nil
// where those are not known, or come to more than can be counted.
func (f Figures) AtPrice(requests int64) *Volume {
	if f.Priced == 0 || requests < 0 {
		return nil
	}
	a, err := rounded(mul(money(f.Mean), new(big.Rat).SetInt64(requests)))
	b, other := rounded(mul(money(f.Baseline), new(big.Rat).SetInt64(requests)))
	if err != nil || other != nil {
		return nil
	}
	return &Volume{Requests: requests, Candidate: a, Baseline: b, Basis: ByPrice, Other: ByPrice, About: f.About}
}
