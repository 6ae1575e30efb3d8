package verdict

import (
	"math"
	"testing"

	"juxta/providers"
)

func TestAMonthIsAsWorked(t *testing.T) {
	price, rent := 2000*providers.Dollar, 5*providers.Dollar/2
	m := DefaultMachine()
	m.Price, m.Rent = &price, &rent
	l := Load{Joules: 1980, Busy: 6}
	month, err := m.Month(l, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	dollars := func(m providers.Money) float64 { return float64(m) / float64(providers.Dollar) }
	is(t, "busy", month.Hours, 166.666667, six)
	is(t, "use", month.Use, .228311, six)
	is(t, "machines", float64(month.Machines), 1, 0)
	is(t, "energy", dollars(*month.Energy), 9.35, six)
	is(t, "idle", dollars(month.Idle), 4.3095, six)
	is(t, "wear", dollars(month.Wear), 55.555556, six)
	is(t, "owned", dollars(*month.Owned), 69.215056, six)
	is(t, "rented", dollars(*month.Rented), 1825, six)
	remote := 15 * providers.Dollar / 1000
	v, _ := settled(t, m, 100_000)
	if v == nil || v.Basis != ByOwned || v.Other != ByPrice {
		t.Fatalf("%+v", v)
	}
	is(t, "saved", dollars(v.Saved()), 1430.784944, six)
	is(t, "of the remote's", 100*float64(v.Candidate)/float64(v.Baseline), 4.614337, six)
	even, ok := m.BreakEven(l, remote)
	is(t, "break-even", even, 4098.06, 5e-3)
	if !ok {
		t.Error("there is no break-even")
	}
	at, _ := m.Month(l, int64(math.Ceil(even)))
	before, _ := m.Month(l, int64(even))
	if dear := providers.Money(math.Ceil(even)) * remote; *at.Owned > dear || *before.Owned < dear-remote {
		t.Errorf("at %v requests %s against %s", even, *at.Owned, dear)
	}
	big, err := m.Month(l, 1_000_000)
	if err != nil || big.Machines != 4 {
		t.Fatalf("%+v, %v", big, err)
	}
	is(t, "four machines", dollars(*big.Owned), 325.310222, six)

	m.Packing = .5
	packed, _ := m.Month(l, 100_000)
	is(t, "by the second", dollars(*packed.Rented), 166.666667*2.5/.5, 1e-5)

	for speed, want := range map[float64]float64{4934: .140747, 941: .737986} {
		per, _ := PerMillion(rent, speed)
		is(t, "a million tokens", dollars(per), want, six)
	}
	if _, ok := PerMillion(rent, 0); ok {
		t.Error("a million tokens at no speed cost something")
	}
	band, err := m.Scenarios(l, 100_000)
	if err != nil || band == nil || !(band.Low < *month.Owned && *month.Owned < band.High) {
		t.Errorf("%+v, %v", band, err)
	}
}

func TestAMachineOfUnknownPriceIsCountedByEnergyAlone(t *testing.T) {
	m := DefaultMachine()
	v, l := settled(t, m, 1000)
	if v.Basis != ByEnergy || v.Candidate != *l.Month.Energy || l.Month.Owned != nil || l.Month.Rented != nil || l.Even != nil {
		t.Errorf("%+v, %+v", v, l)
	}
	if _, ok := m.BreakEven(Load{Joules: 1980, Busy: 6}, providers.Dollar); ok {
		t.Error("what it breaks even at is not known")
	}
	if band, err := m.Scenarios(Load{Joules: 1980, Busy: 6}, 1000); band != nil || err != nil {
		t.Errorf("%v, %v", band, err)
	}
}

func TestThereIsNotAlwaysABreakEven(t *testing.T) {
	price := 2000 * providers.Dollar
	m := DefaultMachine()
	m.Price = &price
	for name, c := range map[string]struct {
		l      Load
		remote providers.Money
	}{
		"the remote costs less than the current": {Load{Joules: 1980, Busy: 6}, 1},
		"the remote is free":                     {Load{Joules: 1980, Busy: 6}, 0},
		"no machine answers so many":             {Load{Joules: 1980, Busy: 600}, providers.Dollar / 1000},
	} {
		if n, ok := m.BreakEven(c.l, c.remote); ok {
			t.Errorf("%s: at %v", name, n)
		}
	}
	m.Idle = 0
	if n, ok := m.BreakEven(Load{}, providers.Dollar/1000); !ok || math.Abs(n-55555.5556) > 1e-3 {
		t.Errorf("of nothing but the machine: %v, %t", n, ok)
	}
}

func TestFiguresOfAMachineThatMakeNoSenseAreRefused(t *testing.T) {
	price, less := 100*providers.Dollar, -providers.Dollar
	for name, edit := range map[string]func(*Machine, *Load, *int64){
		"negative joules":   func(_ *Machine, l *Load, _ *int64) { l.Joules = -1 },
		"no number":         func(_ *Machine, l *Load, _ *int64) { l.Busy = math.NaN() },
		"endless idling":    func(m *Machine, _ *Load, _ *int64) { m.Idle = math.Inf(1) },
		"never busy":        func(m *Machine, _ *Load, _ *int64) { m.Full = 0 },
		"busier than busy":  func(m *Machine, _ *Load, _ *int64) { m.Full = 1.1 },
		"no life":           func(m *Machine, _ *Load, _ *int64) { m.Life = 0 },
		"worth more later":  func(m *Machine, _ *Load, _ *int64) { m.Residual = 2 * price },
		"a negative rent":   func(m *Machine, _ *Load, _ *int64) { m.Rent = &less },
		"packed too well":   func(m *Machine, _ *Load, _ *int64) { m.Packing = 2 },
		"negative requests": func(_ *Machine, _ *Load, r *int64) { *r = -1 },
		"too much money":    func(_ *Machine, l *Load, r *int64) { *r, l.Joules = math.MaxInt64, 1e9 },
	} {
		m, l, r := DefaultMachine(), Load{Joules: 100, Busy: 1}, int64(1000)
		m.Price = &price
		edit(&m, &l, &r)
		if month, err := m.Month(l, r); err == nil {
			t.Errorf("%s: %+v", name, month)
		}
	}
	m := DefaultMachine()
	m.Price = &price
	if month, err := m.Month(Load{}, 0); err != nil || month.Machines != 1 {
		t.Errorf("of no request: %+v, %v", month, err)
	}
}

// settled is a candidate that takes 1980 J and 6 s for a prompt, against one that
// costs $.015.
func settled(t *testing.T, m Machine, requests int64) (*Volume, *Local) {
	t.Helper()
	remote := 15 * providers.Dollar / 1000
	trial := Trial{Models: []string{"here", "there"}, Baseline: 1}
	for range 3 {
		trial.Prompts = append(trial.Prompts, Prompt{Answers: []Answer{
			{State: Answered, Draw: &Draw{Busy: 6, Joules: 1980, Seconds: 6, Basis: providers.Measured, Of: "x"}},
			{State: Answered, Cost: &remote},
		}})
	}
	l, err := trial.Local(0, m, requests)
	if err != nil {
		t.Fatal(err)
	}
	if other, err := trial.Local(1, m, requests); other != nil || err != nil {
		t.Errorf("one that runs elsewhere takes %+v, %v", other, err)
	}
	f := trial.Figures(0)
	f.Settle(l, nil, m, requests)
	return f.Volume, l
}

func TestWattsAreOfTheEnergiesThatAreKnownBestTimesTheTimeOfAll(t *testing.T) {
	draw := func(busy, joules, seconds float64, basis providers.EnergyBasis) Answer {
		return Answer{State: Answered, Draw: &Draw{Busy: busy, Joules: joules, Seconds: seconds, Basis: basis, Of: string(basis)}}
	}
	base := Answer{State: Answered}
	trial := func(answers ...Answer) Trial {
		t := Trial{Models: []string{"here", "there"}, Baseline: 1}
		for _, a := range answers {
			t.Prompts = append(t.Prompts, Prompt{Answers: []Answer{a, base}})
		}
		return t
	}
	for name, c := range map[string]struct {
		t            Trial
		stated       float64
		watts, busy  float64
		basis        providers.EnergyBasis
		drawn, count int
	}{
		"short ones that are estimated": {trial(draw(8, 1600, 8, providers.Measured), draw(2, 9999, 2, providers.Estimated)), 0, 200, 5, providers.Measured, 1, 2},
		"the other way round":           {trial(draw(2, 9999, 2, providers.Estimated), draw(8, 1600, 8, providers.Measured)), 0, 200, 5, providers.Measured, 1, 2},
		"measured before stated":        {trial(draw(8, 1600, 8, providers.Measured)), 300, 200, 8, providers.Measured, 1, 1},
		"stated before estimated":       {trial(draw(8, 1600, 8, providers.Estimated)), 300, 300, 8, providers.Stated, 0, 1},
		"stated later":                  {trial(draw(8, 800, 8, providers.Stated)), 300, 300, 8, providers.Stated, 0, 1},
		"a cold one":                    {trial(draw(0, 2000, 10, providers.Measured), draw(6, 1200, 6, providers.Measured)), 0, 200, 6, providers.Measured, 2, 1},
		"not known":                     {trial(draw(6, 0, 0, providers.SharedEnergy)), 0, 0, 6, "", 0, 1},
	} {
		m := DefaultMachine()
		m.Watts = c.stated
		l, err := c.t.Local(0, m, 0)
		if err != nil || l == nil || l.Watts != c.watts || l.Busy != c.busy || l.Basis != c.basis || l.Drawn != c.drawn || l.Prompts != c.count || l.Month.Requests != UsualRequests {
			t.Errorf("%s: %+v, %v", name, l, err)
		}
		if l != nil && (l.Month.Energy == nil) != (c.basis == "") {
			t.Errorf("%s: a month costs %v", name, l.Month.Energy)
		}
	}
}

func TestWhatIsNotKnownOfAMachineIsNotSaid(t *testing.T) {
	price, rent := 2000*providers.Dollar, providers.Dollar
	m := DefaultMachine()
	m.Price, m.Rent = &price, &rent
	month, err := m.Month(Load{Busy: 6, Unmetered: true}, 1000)
	if err != nil || month.Energy != nil || month.Owned != nil || month.Rented == nil || month.Machines != 1 {
		t.Errorf("%+v, %v", month, err)
	}
	if n, ok := m.BreakEven(Load{Busy: 6, Unmetered: true}, providers.Dollar); ok {
		t.Errorf("it breaks even at %v", n)
	}
	if band, err := m.Scenarios(Load{Busy: 6, Unmetered: true}, 1000); band != nil || err != nil {
		t.Errorf("%+v, %v", band, err)
	}
}
