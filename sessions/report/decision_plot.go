package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/verdict"
)

// The plots of a decision's page are SVG whose places across are shares of its
// width, so that they fit any screen and their words stay as large as the others.

// A span is a mean score with its interval, on a line from 0 to 1. Its places are
// per cent.
type span struct {
	Edge, Width     string // of the margin
	Low, High, Mean string
	Long            string // from Low to High
	Margin, Label   string
	Before          bool // the label of the margin stands before its edge
}

// spanOf is nil where nothing is claimed.
func spanOf(r *Ruling) *span {
	if r.N == 0 || r.Word == verdict.TooFew {
		return nil
	}
	edge := 0.5 - r.Margin
	return &span{
		Edge: cent(edge), Width: cent(r.Margin), Low: cent(r.Interval.Low), High: cent(r.Interval.High), Mean: cent(r.Mean), Long: cent(r.Interval.High - r.Interval.Low),
		Margin: fmt.Sprintf("margin %.2f", edge), Before: edge > 0.3,
		Label: fmt.Sprintf("Mean score %.2f, 95%% interval %.2f to %.2f; the margin ends at %.2f", r.Mean, r.Interval.Low, r.Interval.High, edge),
	}
}

// cent is a share from 0 to 1 in per cent.
func cent(x float64) string { return strconv.FormatFloat(100*min(max(x, 0), 1), 'f', 2, 64) + "%" }

// bars are a candidate's figure beside the baseline's.
type bars struct {
	Title string
	Lines []bar
	Note  string // what has to be known of it, or why there are none
}

type bar struct {
	Colour, Name, Width string
	Low, High           string // of the line through its end; "" for none
	Figure
}

// costBars are what a prompt costs of either.
func costBars(r *Ruling, colour string) bars {
	f, b := &r.Figures, bars{Title: "Cost of a prompt"}
	mean, ok := amount(f.Mean)
	base, known := amount(f.Baseline)
	if !ok || !known {
		b.Note = fmt.Sprintf("Not known by price, over %s that both answered.", times(f.Both, "prompt"))
		return b
	}
	most := max(mean, base, 1)
	about := sessions.About(f.About)
	b.Lines = []bar{
		{Colour: colour, Name: r.Candidate, Width: cent(float64(mean) / float64(most)), Figure: Figure{Words: about + mean.String(), Exact: *f.Mean}},
		{Name: r.Baseline + " ★", Width: cent(float64(base) / float64(most)), Figure: Figure{Words: about + base.String(), Exact: *f.Baseline}},
	}
	b.Note = fmt.Sprintf("Means over %d of %s that both answered.", f.Priced, times(f.Both, "prompt"))
	if f.Cost != nil {
		b.Note = ratioWords(f.Cost) + ". " + b.Note
	}
	return b
}

// timeBars are how long the first token takes of either.
func timeBars(r *Ruling, colour string) bars {
	f, b := &r.Figures, bars{Title: "Time to the first token"}
	if f.First == nil {
		b.Note = "Not known: no times that can be compared."
		return b
	}
	most := max(f.First.Value, 1)
	b.Lines = []bar{
		{Colour: colour, Name: r.Candidate, Width: cent(f.First.Value / most), Figure: Figure{Words: fmt.Sprintf("%.2f×", f.First.Value), Exact: number(&f.First.Value)}},
		{Name: r.Baseline + " ★", Width: cent(1 / most), Figure: Figure{Words: "1×"}},
	}
	b.Note = fmt.Sprintf("%s, by the medians of %s.", ratioWords(f.First), times(f.Timed, "prompt"))
	return b
}

// months are what a month costs of those of the two that run on a machine of one's
// own, each beside the other one where that is paid by the request.
func months(r *Ruling, colour string) (all []bars) {
	f := &r.Figures
	about := Figure{Words: sessions.About(f.About)}
	var mine, base *string
	if f.Volume != nil {
		mine, base = &f.Volume.Candidate, &f.Volume.Baseline
	}
	switch {
	case f.Local != nil && f.Other != nil:
		all = append(all, monthBars(f.Local, colour, bar{}, nil), monthBars(f.Other, "", bar{}, nil))
		for i, name := range []string{r.Candidate, r.Baseline + " ★"} {
			all[i].Title += " of " + name
		}
	case f.Local != nil:
		all = append(all, monthBars(f.Local, colour, bar{Name: r.Baseline + " ★", Figure: about}, base))
	case f.Other != nil:
		all = append(all, monthBars(f.Other, "", bar{Name: r.Candidate, Colour: colour, Figure: about}, mine))
	}
	return all
}

// monthBars are a month on a machine of one's own in its three ways, and what the
// other model, whose bar is begun, is paid for as many requests; nil if that is not
// known.
func monthBars(l *Local, colour string, other bar, paid *string) bars {
	b := bars{Title: "A month of " + verdict.Thousands(l.Requests) + " requests"}
	m, most := &l.Month, providers.Money(1)
	low, high, off := providers.Money(0), providers.Money(0), l.Local.Band != nil && m.Owned != nil
	if off {
		low, high = l.Local.Band.Low, l.Local.Band.High
		b.Note = "The line is what owning may come to: if the machine lives 24 to 60 months, current costs half to twice as much, and it may be busy 30 to 90% of the time."
	}
	theirs, known := amount(paid)
	for _, x := range []*providers.Money{m.Energy, m.Owned, m.Rented, &theirs, &high} {
		if x != nil {
			most = max(most, *x)
		}
	}
	unowned := "Owned is not known: the price of the machine is not stated."
	if m.Energy == nil {
		unowned = "Owned is not known either."
	}
	width := func(x providers.Money) string { return cent(float64(x) / float64(most)) }
	for _, way := range []struct {
		name, about string
		month       *providers.Money
		exact       *string
		unknown     string
	}{
		{"energy only", l.about(), m.Energy, l.Band.Energy, "The energy is not known."},
		{"owned", l.about(), m.Owned, l.Band.Owned, unowned},
		{"rented", "", m.Rented, l.Band.Rented, "Rented is not known: the rent is not stated."},
	} {
		if way.month == nil {
			b.Note = strings.TrimSpace(b.Note + " " + way.unknown)
			continue
		}
		one := bar{Colour: colour, Name: way.name, Width: width(*way.month), Figure: Figure{Words: way.about + way.month.String(), Exact: or(way.exact)}}
		if off && way.month == m.Owned {
			one.Low, one.High = width(low), width(high)
		}
		b.Lines = append(b.Lines, one)
	}
	if known {
		other.Width, other.Figure = width(theirs), Figure{Words: other.Words + theirs.String(), Exact: *paid}
		b.Lines = append(b.Lines, other)
	}
	return b
}

// amount is an exact amount of the decision.
func amount(usd *string) (providers.Money, bool) {
	if usd == nil {
		return 0, false
	}
	m, err := providers.ParseDollars(*usd)
	return m, err == nil
}

// A plot is quality over cost.
type plot struct {
	Points []point
	Steps  []step // of the line that joins those whom none beats in both
	Ticks  []tick
	Tenth  string // where 10 % of the cost is
	Out    []string
	Label  string
}

type point struct {
	Sign, Colour, Name, Words string
	X                         string
	Y, Top, Bottom            float64 // of the mean and its interval
	Known                     bool    // there is an interval
	cost, quality             float64
}

type step struct {
	X1, X2 string
	Y1, Y2 float64
}

type tick struct {
	X, Words string
}

// plotTall is how tall the plot is, in pixels: a score of 1 is at 0.
const plotTall = 240

// plotOf draws every candidate that has an interval and a cost. Where there is none
// but the baseline it has no ticks, and Out says why, as of each that is missing.
func plotOf(d *Decision, colour func(*Ruling) string) plot {
	p := plot{Points: []point{{Sign: "★", Name: d.names[d.base], cost: 1, quality: 0.5, Words: "the baseline"}}}
	for i := range d.Rulings {
		r := &d.Rulings[i]
		cost, why := r.CostShare()
		switch {
		case r.Word == verdict.TooFew:
			p.Out = append(p.Out, r.Candidate+" (too few prompts)")
		case why != "":
			p.Out = append(p.Out, r.Candidate+" ("+why+")")
		default:
			p.Points = append(p.Points, point{
				Sign: strconv.Itoa(i + 1), Colour: colour(r), Name: r.Candidate, cost: cost, quality: r.Mean, Known: true,
				Top: tall(r.Interval.High), Bottom: tall(r.Interval.Low),
				Words: fmt.Sprintf("%.2f [%.2f–%.2f] at %s the cost", r.Mean, r.Interval.Low, r.Interval.High, verdict.PortionOf(cost)),
			})
		}
	}
	if len(p.Points) > 1 {
		p.place()
	}
	return p
}

// CostShare is what a candidate costs of the baseline's, of a month where one of them
// runs on a machine of one's own, or why that is not known.
func (r *Ruling) CostShare() (cost float64, why string) {
	f := &r.Figures
	switch {
	case f.Share != nil:
		return f.Share.Value, ""
	case f.Cost != nil:
		return f.Cost.Value, ""
	case f.Priced == 0:
		return 0, "cost unknown"
	}
	return 0, "the baseline costs nothing"
}

func tall(quality float64) float64 { return math.Round((1 - min(max(quality, 0), 1)) * plotTall) }

// place works out where everything is, on a scale of powers of ten.
func (p *plot) place() {
	low, high := -2.0, 0.0
	for _, s := range p.Points {
		if s.cost > 0 {
			low, high = min(low, math.Floor(math.Log10(s.cost))), max(high, math.Ceil(math.Log10(s.cost)))
		}
	}
	low, high = max(low, -6), min(high, 4)
	x := func(cost float64) string {
		if cost <= 0 {
			return cent(0)
		}
		return cent((math.Log10(cost) - low) / (high - low))
	}
	every := math.Ceil((high - low) / 4)
	for e := low; e <= high; e += every {
		p.Ticks = append(p.Ticks, tick{x(math.Pow(10, e)), verdict.Portion(math.Pow(10, e))})
	}
	p.Tenth = x(0.1)
	p.Label = "Quality over cost:"
	for i := range p.Points {
		s := &p.Points[i]
		s.X, s.Y = x(s.cost), tall(s.quality)
		p.Label += fmt.Sprintf(" %s %s;", s.Name, s.Words)
	}
	var front []point
	for _, a := range p.Points {
		if !slices.ContainsFunc(p.Points, func(b point) bool {
			return b.cost <= a.cost && b.quality >= a.quality && (b.cost < a.cost || b.quality > a.quality)
		}) {
			front = append(front, a)
		}
	}
	slices.SortStableFunc(front, func(a, b point) int {
		switch {
		case a.cost < b.cost:
			return -1
		case a.cost > b.cost:
			return 1
		}
		return 0
	})
	for i := 1; i < len(front); i++ { // what the cheaper one reaches holds until the dearer one
		a, b := front[i-1], front[i]
		p.Steps = append(p.Steps, step{a.X, b.X, a.Y, a.Y}, step{b.X, b.X, a.Y, b.Y})
	}
}
