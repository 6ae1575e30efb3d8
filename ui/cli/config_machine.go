package cli

import (
	"math"
	"strconv"

	"github.com/goccy/go-yaml/token"

	"juxta/providers"
	"juxta/providers/energy"
	"juxta/sessions/verdict"
)

// machineSettings are the names that the machine of the configuration may have.
func machineSettings() []string {
	return []string{
		"machine", "measure", "tariff", "watts", "overhead", "price", "residual", "months", "idle_watts", "busy", "rent", "packing",
	}
}

// machineText is what local models run on, and what that costs.
type machineText struct {
	Measure  scalar `yaml:"measure"`
	Tariff   scalar `yaml:"tariff"` // dollars a kilowatt-hour
	Watts    scalar `yaml:"watts"`  // while it answers, at the wall
	Overhead scalar `yaml:"overhead"`
	Price    scalar `yaml:"price"` // dollars
	Residual scalar `yaml:"residual"`
	Months   scalar `yaml:"months"`
	Idle     scalar `yaml:"idle_watts"`
	Busy     scalar `yaml:"busy"`
	Rent     scalar `yaml:"rent"` // dollars an hour
	Packing  scalar `yaml:"packing"`
}

// A machine is the same, checked.
type machine struct {
	energy energy.Settings
	costs  *verdict.Machine
}

// machine checks each figure and then what they say together.
func (t machineText) machine() (m machine, err error) {
	costs := verdict.DefaultMachine()
	m.costs = &costs
	measure, err := t.Measure.truth()
	if err != nil {
		return m, err
	}
	m.energy.Unmeasured = measure != nil && !*measure
	for _, x := range []struct {
		name string
		text scalar
		into **providers.Money
	}{{"tariff", t.Tariff, &m.energy.Tariff}, {"price", t.Price, &costs.Price}, {"rent", t.Rent, &costs.Rent}} {
		if *x.into, err = x.text.dollars(x.name); err != nil {
			return m, err
		}
	}
	residual, err := t.Residual.dollars("residual")
	if err != nil {
		return m, err
	}
	for _, x := range []struct {
		name        string
		text        scalar
		into        *float64
		least, most float64
		meant       string
	}{
		{"watts", t.Watts, &m.energy.Watts, 1, 100_000, "what the machine takes at the wall while it answers, such as 320"},
		{"overhead", t.Overhead, &m.energy.Overhead, 1, 5, "what comes at the wall for each watt measured inside, such as 1.1"},
		{"months", t.Months, &costs.Life, 1, 1200, "how many months the machine lasts, such as 36"},
		{"idle_watts", t.Idle, &costs.Idle, 0, 100_000, "what the machine takes when it has nothing to do, such as 45; 0 where it is on anyway"},
		{"busy", t.Busy, &costs.Full, 0.01, 1, "the share of the month that the machine may be busy, such as 0.7"},
		{"packing", t.Packing, &costs.Packing, 0.01, 1, "the share of the rented seconds that are busy ones, such as 0.5"},
	} {
		if err := x.text.number(x.name, x.into, x.least, x.most, x.meant); err != nil {
			return m, err
		}
	}
	costs.Watts = m.energy.Watts
	if m.energy.Tariff != nil {
		costs.Tariff = *m.energy.Tariff
	}
	costs.Assumed = verdict.Assumptions(costs, verdict.Given{Tariff: m.energy.Tariff != nil, Life: t.Months.text != "", Idle: t.Idle.text != "", Full: t.Busy.text != ""})
	switch {
	case residual != nil && costs.Price == nil:
		return m, wrong(t.Residual.at, "machine: residual is what is left of a price, and there is no price")
	case residual != nil && *residual > *costs.Price:
		return m, wrong(t.Residual.at, "machine: residual can't be more than the price")
	case costs.Packing > 0 && costs.Rent == nil:
		return m, wrong(t.Packing.at, "machine: packing is of what is rented, and there is no rent")
	case residual != nil:
		costs.Residual = *residual
	}
	return m, nil
}

// dollars is an amount, nil where it is left out.
func (s scalar) dollars(name string) (*providers.Money, error) {
	if s.text == "" {
		return nil, nil
	}
	m, err := providers.ParseDollars(s.text)
	if err != nil {
		return nil, wrong(s.at, "machine: %s: %v; dollars are meant, such as 0.32", name, err)
	}
	return &m, nil
}

// number reads one between two others, and leaves alone what is left out.
func (s scalar) number(name string, into *float64, least, most float64, meant string) error {
	if s.text == "" {
		return nil
	}
	x, err := strconv.ParseFloat(s.text, 64)
	if err != nil || math.IsNaN(x) || x < least || x > most {
		return outside(s.at, name, least, most, meant)
	}
	*into = x
	return nil
}

func outside(at *token.Token, name string, least, most float64, meant string) error {
	return wrong(at, "machine: %s is a number from %g to %g: %s", name, least, most, meant)
}

// gauge reads the machine while local models answer.
func (c config) gauge() func(providers.Endpoint) func() *providers.Energy {
	return energy.New(c.machine.energy).Begin
}
