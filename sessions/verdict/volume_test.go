package verdict

import (
	"math"
	"testing"

	"juxta/providers"
)

// METHOD.md §2.3.
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
	is(t, "energy", dollars(month.Energy), 9.35, six)
	is(t, "idle", dollars(month.Idle), 4.3095, six)
	is(t, "wear", dollars(month.Wear), 55.555556, six)
	is(t, "owned", dollars(*month.Owned), 69.215056, six)
	is(t, "rented", dollars(*month.Rented), 1825, six)
	remote := 15 * providers.Dollar / 1000
	v, err := OnMachine(m, l, remote, 100_000)
	if err != nil || v.Basis != ByOwned {
		t.Fatalf("%+v, %v", v, err)
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
	v, err := OnMachine(m, Load{1980, 6}, providers.Dollar/100, 1000)
	if err != nil || v.Basis != ByEnergy || v.Month.Owned != nil || v.Month.Rented != nil {
		t.Errorf("%+v, %v", v, err)
	}
	if _, ok := m.BreakEven(Load{1980, 6}, providers.Dollar); ok {
		t.Error("what it breaks even at is not known")
	}
	if band, err := m.Scenarios(Load{1980, 6}, 1000); band != nil || err != nil {
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
		"the remote costs less than the current": {Load{1980, 6}, 1},
		"the remote is free":                     {Load{1980, 6}, 0},
		"no machine answers so many":             {Load{1980, 600}, providers.Dollar / 1000},
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
		m, l, r := DefaultMachine(), Load{100, 1}, int64(1000)
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
