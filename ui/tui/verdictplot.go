package tui

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"juxta/sessions/verdict"
)

// A plotted is one model of the plot.
type plotted struct {
	sign        rune
	cost        float64 // of the baseline's
	quality     float64 // mean score against it
	style       interface{ Render(...string) string }
	undominated bool
}

// tenth is where the line of the plot is that people ask for.
const tenth = 0.1

// plot draws quality over cost, the baseline at 1× and ½, the models that none is
// better and cheaper than joined by a line. Who has too few prompts or no known
// cost is named below instead.
func (o *verdicts) plot(p *page) {
	th, d := o.look.theme, o.decision
	p.add(th.Title.Render("Quality over cost"))
	points := []plotted{{sign: '★', cost: 1, quality: 0.5, style: th.Text}}
	var legend, out []string
	for i := range d.Rulings {
		r := &d.Rulings[i]
		cost, why := r.CostShare()
		switch {
		case r.Word == verdict.TooFew:
			out = append(out, r.Candidate+" (too few prompts)")
		case why != "":
			out = append(out, r.Candidate+" ("+why+")")
		default:
			sign := []rune(strconv.Itoa(i%9 + 1))[0]
			points = append(points, plotted{sign: sign, cost: cost, quality: r.Mean, style: th.Column(o.place(r.Column))})
			legend = append(legend, string(sign)+" "+r.Candidate)
		}
	}
	if len(points) > 1 {
		pareto(points)
		for _, l := range o.chart(points, min(p.w-6, 90), 11) {
			p.add(l)
		}
		p.say(th.Muted, "★ the baseline · "+strings.Join(legend, " · "))
		p.say(th.Faint, "Up: the score against ★. To the right: the share of its cost. Dots join those that none beats in both.")
	}
	if len(out) > 0 {
		p.say(th.Muted, "Not in the plot: "+strings.Join(out, ", ")+".")
	}
}

// pareto marks the points that none is at least as good and as cheap as, and better
// in one of the two.
func pareto(points []plotted) {
	for i := range points {
		a := &points[i]
		a.undominated = !slices.ContainsFunc(points, func(b plotted) bool {
			return b.cost <= a.cost && b.quality >= a.quality && (b.cost < a.cost || b.quality > a.quality)
		})
	}
}

// A plotScale is where costs and qualities stand in a plot of w×h cells.
type plotScale struct {
	low, high float64 // powers of ten of the cost
	w, h      int
}

func scaleOf(points []plotted, w, h int) plotScale {
	s := plotScale{low: -2, w: w, h: h}
	for _, p := range points {
		if p.cost > 0 {
			s.low, s.high = min(s.low, math.Floor(math.Log10(p.cost))), max(s.high, math.Ceil(math.Log10(p.cost)))
		}
	}
	s.low, s.high = max(s.low, -6), min(s.high, 4)
	return s
}

func (s plotScale) x(cost float64) int {
	if cost <= 0 {
		return 0
	}
	return at01((math.Log10(cost)-s.low)/(s.high-s.low), s.w)
}

func (s plotScale) y(quality float64) int { return s.h - 1 - at01(quality, s.h) }

// axis names the costs below the plot.
func (s plotScale) axis() string {
	cells := []rune(strings.Repeat(" ", s.w))
	put := func(cost float64, name string) {
		r := []rune(name)
		copy(cells[min(max(s.x(cost)-len(r)/2, 0), s.w-len(r)):], r)
	}
	for e := s.low; e <= s.high; e++ {
		if e != 0 && e != -1 {
			put(math.Pow(10, e), verdict.Portion(math.Pow(10, e)))
		}
	}
	put(tenth, "10% of the cost")
	put(1, "★ 100%")
	return string(cells)
}

// chart is the plot in w cells and h rows, and two for what stands below.
func (o *verdicts) chart(points []plotted, w, h int) []string {
	if w < 24 {
		return nil
	}
	th, s := o.look.theme, scaleOf(points, w, h)
	cells := make([][]string, h)
	for i := range cells {
		cells[i] = slices.Repeat([]string{" "}, w)
	}
	for i := range w { // no difference
		cells[s.y(0.5)][i] = th.Faint.Render("─")
	}
	for i := range h {
		cells[i][s.x(tenth)] = th.Faint.Render("┊")
	}
	s.join(cells, points, th.Accent.Render("·"))
	for _, p := range points { // the baseline first, so that nobody is hidden by it
		cells[s.y(p.quality)][s.x(p.cost)] = p.style.Render(string(p.sign))
	}
	var lines []string
	for i, row := range cells {
		label := "    │"
		if i == 0 || i == h-1 || i == s.y(0.5) {
			label = fmt.Sprintf("%.2f┤", 1-float64(i)/float64(h-1))
		}
		lines = append(lines, th.Faint.Render(label)+strings.Join(row, ""))
	}
	return append(lines, th.Faint.Render("    └"+strings.Repeat("─", w)), th.Faint.Render("     "+s.axis()))
}

// join draws the line through the points that none beats in both: what a cheaper
// one reaches holds until the dearer one.
func (s plotScale) join(cells [][]string, points []plotted, dot string) {
	var front []plotted
	for _, p := range points {
		if p.undominated {
			front = append(front, p)
		}
	}
	slices.SortFunc(front, func(a, b plotted) int { return s.x(a.cost) - s.x(b.cost) })
	for i := 1; i < len(front); i++ {
		a, b := front[i-1], front[i]
		for k := s.x(a.cost); k <= s.x(b.cost); k += 2 {
			cells[s.y(a.quality)][k] = dot
		}
		for k := s.y(b.quality); k <= s.y(a.quality); k++ {
			cells[k][s.x(b.cost)] = dot
		}
	}
}
