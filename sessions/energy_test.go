package sessions

import (
	"context"
	"fmt"
	"iter"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

// drawing is a gauge of 10 W, at a tariff, that keeps who used it.
func drawing(tariff *providers.Money, basis providers.EnergyBasis, log *[]string) Gauge {
	return func(e providers.Endpoint) func() *providers.Energy {
		began := time.Now()
		*log = append(*log, "begin "+e.Name)
		return func() *providers.Energy {
			s := time.Since(began).Seconds()
			*log = append(*log, fmt.Sprintf("end %s %gs", e.Name, s))
			return &providers.Energy{Joules: 10 * s, Seconds: s, Basis: basis, Of: "10 W", Tariff: tariff}
		}
	}
}

func TestALocalAnswerKeepsItsEnergyAndARemoteOneHasNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		speaks := func(name string, local bool) double {
			return double{name: name, local: local, stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
				return func(yield func(providers.Event, error) bool) {
					time.Sleep(36 * time.Second)
					_ = yield(providers.Sent{At: time.Now()}, nil) && yield(providers.Delta{At: time.Now(), Text: "x"}, nil) &&
						yield(providers.Stop{At: time.Now(), Reason: providers.Finished, Usage: &providers.Usage{Input: 1, Output: 1}}, nil)
				}
			}}
		}
		tariff := providers.Dollar
		s := opened(t)
		b := bench(t, s, []string{"near/x", "far/x", "near/y"}, speaks("near", true), speaks("far", false))
		var log []string
		b.Gauge = drawing(&tariff, providers.Stated, &log)
		h := ask(t, b, "question")
		want(t, "read", strings.Join(log, ", "), "begin near, end near 36s, begin near, end near 36s") // one after the other, each its own time
		a := h.final[1]
		money, source := a.Cost()
		if a.Energy == nil || money == nil || *money != providers.Dollar/10_000 || source != providers.EnergyCost {
			t.Fatalf("%+v costs %v by %s", a.Energy, money, source)
		}
		want(t, "in words", a.CostWords(), "~$0.000100 energy")
		if h.final[2].Energy != nil {
			t.Errorf("a remote answer took %+v", h.final[2].Energy)
		}
		session, turns := keptSession(t, s, b.Session().ID)
		want(t, "kept", turns[0].Answers[0].Energy.Joules, 360.0)
		want(t, "the session cost", session.Spent, providers.Dollar/5000)
		want(t, "by estimate", session.Guessed, true)
		r := turns[0].Answers[0].Record(session.ID, 1)
		want(t, "in a line", *r.Cost.USD+" "+string(r.Cost.Source), "0.000100000000 energy")
	})
}

func TestEnergyWithoutATariffIsNoCost(t *testing.T) {
	a := Answer{Local: true, Energy: &providers.Energy{Joules: 5, Basis: providers.Measured}}
	if money, source := a.Cost(); money != nil || source != providers.LocalCost {
		t.Error(money, source)
	}
	tariff := providers.Dollar
	a.Energy = &providers.Energy{Basis: providers.SharedEnergy, Tariff: &tariff}
	if money, source := a.Cost(); money != nil || source != providers.LocalCost {
		t.Error("shared:", money, source)
	}
	price := providers.Price{Source: providers.Overridden}
	a.Energy, a.Price = &providers.Energy{Joules: 5, Basis: providers.Measured, Tariff: &tariff}, &price
	if _, source := a.Cost(); source != providers.Overridden {
		t.Error("a price of one's own comes first:", source)
	}
}

func TestEnergyThatMakesNoSenseIsNotTakenIn(t *testing.T) {
	a := Answer{Model: providers.Ref{Provider: "a", Model: "b"}, Finish: providers.Finished, Energy: &providers.Energy{Joules: 1, Basis: providers.Measured}}
	if err := a.check(); err != nil {
		t.Fatal(err)
	}
	less := -providers.Dollar
	for _, e := range []providers.Energy{{Joules: -1, Basis: providers.Measured}, {Joules: 1, Basis: "x"}, {Seconds: math.Inf(1), Basis: providers.Stated}, {Basis: providers.Stated, Tariff: &less}} {
		a.Energy = &e
		if a.check() == nil {
			t.Errorf("%+v", e)
		}
	}
}
