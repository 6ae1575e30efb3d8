package verdict

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"

	"juxta/providers"
)

// Hours of an average month.
const monthHours = 730

// A Machine is what a model of one's own runs on, and what that costs. What is
// not known is nil, and nothing is said of it.
type Machine struct {
	Watts    float64          // that it takes while it answers, as stated; 0 if not
	Tariff   providers.Money  // of a kilowatt-hour
	Price    *providers.Money // of a machine
	Residual providers.Money  // what it can be sold for in the end
	Life     float64          // months
	Idle     float64          // watts that it takes when it has nothing to do; 0 where it is on anyway
	Full     float64          // share of the month that it may be busy, in (0, 1]

	Rent    *providers.Money // of an hour
	Assumed []string         // which of these nobody stated, in words

	Packing float64 // share of the rented seconds that are busy ones, where they are paid by the second; 0 where it is rented all month
}

// DefaultMachine is of the assumptions that are stated with every figure: $0.17
// a kilowatt-hour, 36 months, 45 W, busy 70 % of the time. Its price is not known.
func DefaultMachine() Machine {
	m := Machine{Tariff: 17 * providers.Dollar / 100, Life: 36, Idle: 45, Full: 0.7}
	m.Assumed = Assumptions(m, Given{})
	return m
}

// Given are the figures of a machine that somebody stated.
type Given struct{ Tariff, Life, Idle, Full bool }

// Assumptions are the figures of a machine that nobody stated, in words.
func Assumptions(m Machine, given Given) (all []string) {
	for _, x := range []struct {
		given bool
		words string
	}{
		{given.Tariff, m.Tariff.String() + " a kilowatt-hour"},
		{given.Life, fmt.Sprintf("%g months of life", m.Life)},
		{given.Idle, fmt.Sprintf("%g W when idle", m.Idle)},
		{given.Full, "busy up to " + percent(m.Full) + " of the time"},
	} {
		if !x.given {
			all = append(all, x.words)
		}
	}
	return all
}

// A Load is what one request takes of a machine.
type Load struct {
	Joules float64 // at the wall
	Busy   float64 // seconds, one request after the other

	Unmetered bool // the joules are not known, so that nothing of energy is
}

// A Month is what a number of requests costs in a month, in three ways that are
// always shown together: for the energy alone, on machines of one's own, and
// rented.
type Month struct {
	Requests int64
	Machines int64
	Hours    float64 // that they are busy, all together
	Use      float64 // share of the month that they are

	Energy *providers.Money // R·e·tariff
	Owned  *providers.Money // M·(price - residual)/life + energy + idle
	Rented *providers.Money // M·730·rent, or busy·rent/packing

	Idle, Wear providers.Money // of Owned: what idling and the machine itself cost; 0 without it
}

// errTooMuch is of an amount that Money does not hold.
var errTooMuch = errors.New("more money than can be counted, 9.2 million dollars")

// Month is what so many requests a month cost. With e = Joules/3.6e6 kWh and
// busy = R·Busy/3600 h it takes M = max(1, ⌈busy/(730·Full)⌉ machines. Everything is
// computed exactly and rounded once. An error says which figure makes no sense.
//
// 1980 J and 6 s, $2000 over 36 months, 45 W, $.17, R = 100,000: 1 machine,
// energy $9.35, idle $4.3095, wear $55.555556, together $69.215056.
func (m Machine) Month(l Load, requests int64) (Month, error) {
	if err := m.check(l, requests); err != nil {
		return Month{}, err
	}
	r := new(big.Rat).SetInt64(requests)
	busy := mul(r, rat(l.Busy), big.NewRat(1, 3600))
	month := big.NewRat(monthHours, 1)
	machines := ceil(new(big.Rat).Quo(busy, mul(month, rat(m.Full))))
	if machines.Cmp(big.NewInt(1)) < 0 {
		machines.SetInt64(1)
	}
	if !machines.IsInt64() {
		return Month{}, errTooMuch
	}
	M := new(big.Rat).SetInt(machines)
	all := mul(month, M)
	out := Month{Requests: requests, Machines: machines.Int64()}
	out.Hours, _ = busy.Float64()
	out.Use, _ = new(big.Rat).Quo(busy, all).Float64()

	tariff := money(m.Tariff)
	energy := mul(r, rat(l.Joules), big.NewRat(1, 3_600_000), tariff)
	idle := mul(rat(m.Idle), new(big.Rat).Sub(all, busy), big.NewRat(1, 1000), tariff)
	var err error
	if !l.Unmetered {
		if out.Energy, err = known(energy); err != nil {
			return Month{}, err
		}
	}
	if m.Price != nil && !l.Unmetered {
		wear := mul(M, money(*m.Price-m.Residual), new(big.Rat).Inv(rat(m.Life)))
		if out.Owned, err = known(new(big.Rat).Add(energy, new(big.Rat).Add(idle, wear))); err != nil {
			return Month{}, err
		}
		if out.Idle, err = rounded(idle); err != nil {
			return Month{}, err
		}
		if out.Wear, err = rounded(wear); err != nil {
			return Month{}, err
		}
	}
	if m.Rent != nil {
		paid := all
		if m.Packing > 0 {
			paid = new(big.Rat).Quo(busy, rat(m.Packing))
		}
		if out.Rented, err = known(mul(paid, money(*m.Rent))); err != nil {
			return Month{}, err
		}
	}
	return out, nil
}

// check says what of the figures makes no sense.
func (m Machine) check(l Load, requests int64) error {
	for _, f := range []struct {
		name  string
		value float64
	}{{"the joules of a request", l.Joules}, {"the seconds of a request", l.Busy}, {"the watts of idling", m.Idle}, {"the packing", m.Packing}} {
		if !(f.value >= 0) || math.IsInf(f.value, 0) {
			return fmt.Errorf("%s can't be %v", f.name, f.value)
		}
	}
	switch {
	case requests < 0:
		return fmt.Errorf("there can't be %d requests a month", requests)
	case !(m.Full > 0 && m.Full <= 1):
		return fmt.Errorf("a machine can't be busy %v of the time: a share above 0 and up to 1 is meant", m.Full)
	case m.Packing > 1:
		return fmt.Errorf("a packing of %v is more than everything", m.Packing)
	case m.Price != nil && (!(m.Life > 0) || math.IsInf(m.Life, 0)):
		return fmt.Errorf("a machine can't last %v months", m.Life)
	case m.Tariff < 0 || m.Residual < 0 || m.Price != nil && *m.Price < m.Residual || m.Rent != nil && *m.Rent < 0:
		return errors.New("a tariff, a price or a rent can't be negative, nor what is left of a machine be worth more than it was")
	}
	return nil
}

// A Range is from the least to the most that something costs.
type Range struct{ Low, High providers.Money }

// Scenarios is what the same month costs on machines of one's own if they live
// for 24 to 60 months, current costs half to twice as much and they may be busy
// 30 to 90 % of the time: what the model's assumptions do to the figure, which is
// no interval of a sample and never merged with one. It is nil without a price.
func (m Machine) Scenarios(l Load, requests int64) (*Range, error) {
	if m.Price == nil || l.Unmetered {
		return nil, nil
	}
	low, high := m, m
	low.Life, low.Tariff, low.Full = 60, m.Tariff/2, 0.9
	high.Life, high.Tariff, high.Full = 24, 2*m.Tariff, 0.3
	if m.Tariff > math.MaxInt64/2 {
		return nil, errTooMuch
	}
	a, err := low.Month(l, requests)
	if err != nil {
		return nil, err
	}
	b, err := high.Month(l, requests)
	if err != nil {
		return nil, err
	}
	return &Range{min(*a.Owned, *b.Owned), max(*a.Owned, *b.Owned)}, nil
}

// BreakEven is from how many requests a month on a machine of one's own is
// cheaper than paying remote for each of them:
//
//	R* = (wear + Idle·730/1000·tariff)/(remote - m), m = (Joules - Idle·Busy)/3.6e6·tariff
//
// It is false where there is no such number: a price that is not known, a request
// that costs no less here, or more requests than one machine can answer; two of
// them need twice as many, so that they do not help.
//
// The example of [Machine.Month] against $.015 a request: 4098.06.
func (m Machine) BreakEven(l Load, remote providers.Money) (float64, bool) {
	if m.Price == nil || l.Unmetered || m.check(l, 0) != nil {
		return 0, false
	}
	tariff := money(m.Tariff)
	each := mul(new(big.Rat).Sub(rat(l.Joules), mul(rat(m.Idle), rat(l.Busy))), big.NewRat(1, 3_600_000), tariff)
	less := new(big.Rat).Sub(money(remote), each)
	if less.Sign() <= 0 {
		return 0, false
	}
	wear := mul(money(*m.Price-m.Residual), new(big.Rat).Inv(rat(m.Life)))
	fixed := new(big.Rat).Add(wear, mul(rat(m.Idle), big.NewRat(monthHours, 1000), tariff))
	n := fixed.Quo(fixed, less)
	if most := mul(big.NewRat(monthHours*3600, 1), rat(m.Full)); mul(n, rat(l.Busy)).Cmp(most) > 0 {
		return 0, false
	}
	f, _ := n.Float64()
	return f, !math.IsInf(f, 0)
}

// PerMillion is what a million output tokens cost at a rent by the hour:
// rent/3600/speed·10⁶. $2.50 at 4934 tokens a second: $.140747. It is false
// without a speed.
func PerMillion(rent providers.Money, perSecond float64) (providers.Money, bool) {
	if !(perSecond > 0) || math.IsInf(perSecond, 0) || rent < 0 {
		return 0, false
	}
	m, err := rounded(mul(money(rent), big.NewRat(1_000_000, 3600), new(big.Rat).Inv(rat(perSecond))))
	return m, err == nil
}

// rat is the decimal that a float64 is written as: 0.7 is 7/10.
func rat(f float64) *big.Rat {
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
	return r
}

func money(m providers.Money) *big.Rat { return new(big.Rat).SetInt64(int64(m)) }

func mul(first *big.Rat, rest ...*big.Rat) *big.Rat {
	out := new(big.Rat).Set(first)
	for _, r := range rest {
		out.Mul(out, r)
	}
	return out
}

func ceil(r *big.Rat) *big.Int {
	q, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		q.Add(q, big.NewInt(1))
	}
	return q
}

// rounded is an amount of picodollars, half away from zero.
func rounded(r *big.Rat) (providers.Money, error) {
	twice := new(big.Int).Lsh(new(big.Int).Abs(r.Num()), 1)
	q := twice.Add(twice, r.Denom())
	q.Quo(q, new(big.Int).Lsh(r.Denom(), 1))
	if r.Sign() < 0 {
		q.Neg(q)
	}
	if !q.IsInt64() {
		return 0, errTooMuch
	}
	return providers.Money(q.Int64()), nil
}

func known(r *big.Rat) (*providers.Money, error) {
	m, err := rounded(r)
	if err != nil {
		return nil, err
	}
	return &m, nil
}
