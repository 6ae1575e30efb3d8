package report

import (
	"fmt"
	"math"
	"strings"
	"sync"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/sessions/verdict"
)

// Terms are what costs are counted by.
type Terms struct {
	Volume  int64            // requests a month; 0 for no volume
	Machine *verdict.Machine // of local models; nil stands for [verdict.DefaultMachine]
	Memory  *Memory          // of an earlier decision on nearly the same turns; nil for none
}

// A Memory keeps what takes long to find out for a decision, for the next one of
// the same session: what it says is the same with and without it. It is safe for
// concurrent use. The zero value is empty.
type Memory struct {
	mu     sync.Mutex // held for as long as a decision takes
	docket sessions.Docket
	ratios verdict.Ratios
}

// A Local is what a model on a machine of one's own costs: a month in three ways
// that are always shown together, for the energy alone, on machines of one's own
// and rented. What is not known is null.
type Local struct {
	verdict.Local
	Energy   *string `json:"energy_usd"` // of one prompt
	Requests int64   `json:"requests"`   // of the month
	Machines int64   `json:"machines"`
	Hours    float64 `json:"busy_hours"`
	Use      float64 `json:"use"` // share of the month that they are busy
	Band     Band    `json:"month"`
}

// A Band is a month.
type Band struct {
	Energy *string `json:"energy_only_usd"`
	Owned  *string `json:"owned_usd"`
	Rented *string `json:"rented_usd"`
	Low    *string `json:"owned_low_usd"` // if the machine lives 24 to 60 months, current costs half to twice as much, and it may be busy 30 to 90 % of the time
	High   *string `json:"owned_high_usd"`
}

// settle counts what local models cost, and says what can't be.
func settle(t *sessions.Trial, f *verdict.Figures, candidate int, on Terms) (remarks []string) {
	machine := verdict.DefaultMachine()
	if on.Machine != nil {
		machine = *on.Machine
	}
	var both [2]*verdict.Local
	for i, seat := range []int{candidate, t.Baseline} {
		l, err := t.Local(seat, machine, on.Volume)
		if err != nil {
			remarks = append(remarks, fmt.Sprintf("What %s costs on a machine of your own can't be counted: %v.", t.Models[seat], err))
		}
		both[i] = l
	}
	f.Settle(both[0], both[1], machine, on.Volume)
	for _, l := range both {
		if l != nil {
			remarks = append(remarks, upkeepRemark(l, &machine))
		}
	}
	return remarks
}

// upkeepRemark is how well a machine's costs are known.
func upkeepRemark(l *verdict.Local, m *verdict.Machine) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s runs on a machine of your own. ", l.Model)
	switch l.Basis {
	case "":
		b.WriteString("Its energy is not known: state machine.watts in the configuration.")
	case providers.Stated:
		fmt.Fprintf(&b, "Its energy is %s (%s).", l.Basis, l.Of)
	default:
		fmt.Fprintf(&b, "Its energy is %s on %s (%s).", l.Basis, times(l.Drawn, "prompt"), plain.Line(l.Of))
	}
	if m.Price == nil {
		b.WriteString(" Its price is not known (machine.price in the configuration), so that what it costs is energy only.")
	}
	if len(l.Assumed) > 0 {
		b.WriteString(" Assumed: " + strings.Join(l.Assumed, ", ") + ".")
	}
	b.WriteString(" Labour, failures, cooling and the network are not counted.")
	return b.String()
}

func local(l *verdict.Local) *Local {
	if l == nil {
		return nil
	}
	out := &Local{
		Local: *l, Energy: usd(l.Energy), Requests: l.Month.Requests, Machines: l.Month.Machines, Hours: l.Month.Hours, Use: l.Month.Use,
		Band: Band{Energy: usd(l.Month.Energy), Owned: usd(l.Month.Owned), Rented: usd(l.Month.Rented)},
	}
	if b := l.Band; b != nil {
		out.Band.Low, out.Band.High = usd(&b.Low), usd(&b.High)
	}
	if out.Assumed == nil {
		out.Assumed = []string{}
	}
	return out
}

// usd is an exact amount, nil for one that is not known.
func usd(m *providers.Money) *string {
	if m == nil {
		return nil
	}
	s := m.USD()
	return &s
}

// dollars is an exact amount for people: nothing needs no twelve places.
func dollars(exact string) string {
	if strings.Trim(exact, "0.") == "" {
		return "$0"
	}
	return "$" + exact
}

// about marks an amount that comes of energy which was not measured.
func (l *Local) about() string { return sessions.About(l.Basis != providers.Measured) }

// Words are the month in three ways, in the order of the band.
func (l *Local) Words() string {
	about := l.about()
	amount := func(m *providers.Money, otherwise string) string {
		if m == nil {
			return otherwise
		}
		return about + m.String()
	}
	m := &l.Month
	rented := "rent not stated"
	if m.Rented != nil {
		rented = m.Rented.String() + " rented"
	}
	owned := "owned unknown"
	switch {
	case m.Owned != nil:
		owned = amount(m.Owned, "") + " owned"
		if b := l.Local.Band; b != nil {
			owned += fmt.Sprintf(" (%s–%s)", b.Low, b.High)
		}
	case m.Energy != nil:
		owned = "price of the machine not stated"
	}
	return fmt.Sprintf("%s energy only · %s · %s", amount(m.Energy, "unknown"), owned, rented)
}

// NeedsWords are what it takes: machines, how busy they are, and the break-even.
func (l *Local) NeedsWords() string {
	s := fmt.Sprintf("%s, busy %.1f h a month (%.0f%%), %.1f s a prompt", times(int(l.Machines), "machine"), l.Hours, 100*l.Use, l.Busy)
	if l.Basis != "" {
		s += fmt.Sprintf(", %.0f W %s", l.Watts, l.Basis)
	}
	if l.Even != nil {
		s += fmt.Sprintf("; cheaper than paying by the request from %s requests a month on", verdict.Thousands(int64(min(math.Round(*l.Even), 1e15))))
	}
	return s
}
