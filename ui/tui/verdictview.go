package tui

import (
	"fmt"
	"math"
	"strings"

	"juxta/sessions/plain"
	"juxta/sessions/report"
	"juxta/sessions/verdict"
)

func (o *verdicts) view(w, h int) string {
	th, inner := o.look.theme, max(w-4, 1)
	if o.width != w {
		o.lines, o.width = o.draw(inner), w
	}
	room := max(h-2, 1)
	var shown []string
	if facts := o.facts(); facts != "" && room > 6 {
		shown = []string{th.Warn.Render(o.look.cut(facts, inner))}
		room--
	}
	if o.said != "" && room > 6 {
		for _, l := range o.look.wrap(o.said, inner) {
			shown = append(shown, th.Accent.Render(l))
			room--
		}
		room = max(room, 1)
	}
	if o.follow {
		o.top = min(max(o.top, o.target-room+1), o.target)
	}
	o.room = room
	o.top = max(0, min(o.top, len(o.lines)-room))
	seen := o.lines[o.top:min(o.top+room, len(o.lines))]
	shown = append(shown, seen...)
	for range room - len(seen) {
		shown = append(shown, "")
	}
	right := ""
	if d := o.decision; d != nil {
		right = plural(d.Turns, "turn")
	}
	if len(o.lines) > room {
		right += fmt.Sprintf(" · lines %d–%d of %d", o.top+1, min(o.top+room, len(o.lines)), len(o.lines))
	}
	if o.busy {
		right = "judging"
	}
	return o.look.box("Verdict", right, o.foot(w-5), shown, w)
}

// foot are the keys of what there is to do, as many as there is room for.
func (o *verdicts) foot(room int) string {
	keys, judged, long := o.look.keys, o.decision != nil, len(o.lines) > o.room
	useless := map[string]bool{
		"smaller_volume": !judged, "next_due": len(o.next) < 2, "cast_due": len(o.next) == 0, "plan": !judged || anyVote(o.turns), "next_part": !long,
	}
	var hints []string
	for _, c := range keys.commands {
		if c.scope != inVerdict || useless[c.id] {
			continue
		}
		if len(hints) == 0 && long {
			hints = append(hints, "j k scroll")
		}
		if names, what := keys.short(inVerdict, c); names != "" {
			hints = append(hints, names+" "+what)
		}
	}
	line, back := "", o.look.keyed("{back} closes")
	for _, h := range hints {
		if next := line + h + " · "; o.look.width(next+back) <= room {
			line = next
		}
	}
	return line + back
}

// facts are what must be known of all of it, and is always in view.
func (o *verdicts) facts() string {
	d := o.decision
	if d == nil {
		return ""
	}
	var facts []string
	switch {
	case d.Late:
		facts = append(facts, "exploratory: the plan came after a vote")
	case d.Plan == nil:
		facts = append(facts, "exploratory: no plan")
	case len(d.Rulings) > 0 && d.Rulings[0].Exploratory:
		facts = append(facts, "exploratory: the plan has another baseline")
	}
	if d.Hidden > 0 {
		facts = append(facts, plural(d.Hidden, "blind turn")+" left out until revealed")
	}
	for i := range d.Rulings {
		if d.Rulings[i].Simulated {
			facts = append(facts, "simulated, nothing real answered")
			break
		}
	}
	return strings.Join(facts, " · ")
}

// draw is the screen's lines in w cells.
func (o *verdicts) draw(w int) []string {
	th, d := o.look.theme, o.decision
	o.heads, o.target = nil, 0
	p := &page{look: o.look, w: w}
	switch {
	case o.wrong != "":
		p.say(th.Warn, o.wrong)
		return p.lines
	case d == nil:
		return []string{th.Muted.Render("reading the session")}
	case len(d.Rulings) == 0:
		p.say(th.Muted, "There is no other model to measure: a verdict is about the others against the baseline.")
		return p.lines
	}
	for i := range d.Rulings { // what is asked for first, of all of them, and then what it rests on
		o.heads = append(o.heads, p.begin())
		o.lead(p, &d.Rulings[i], i == 0)
	}
	for i := range d.Rulings {
		o.heads = append(o.heads, p.begin())
		o.grounds(p, &d.Rulings[i])
	}
	o.heads = append(o.heads, p.begin())
	o.month(p)
	o.heads = append(o.heads, p.begin())
	o.plot(p)
	o.heads = append(o.heads, p.begin())
	o.planned(p)
	o.heads = append(o.heads, p.begin())
	o.dues(p)
	return p.lines
}

// A page is lines on the way.
type page struct {
	look  *look
	w     int
	lines []string
}

// begin leaves a line free between two parts, and is the line that the next begins at.
func (p *page) begin() int {
	if len(p.lines) > 0 {
		p.lines = append(p.lines, "")
	}
	return len(p.lines)
}

func (p *page) add(line string) { p.lines = append(p.lines, line) }

// say adds text in as many lines as it takes.
func (p *page) say(style interface{ Render(...string) string }, text string) {
	for _, l := range p.look.wrap(text, p.w) {
		p.add(style.Render(l))
	}
}

// labelled adds text beside a label, and its further lines below the text.
func (p *page) labelled(label, text string) {
	th := p.look.theme
	for i, l := range p.look.wrap(text, max(p.w-labelWide, 1)) {
		if i > 0 {
			label = ""
		}
		p.add(th.Title.Render(p.look.fit(label, labelWide)) + th.Muted.Render(l))
	}
}

// labelWide is how wide the labels of the figures are, with the space behind.
const labelWide = 10

// lead is what is said of one candidate first: the sentence, and its figures drawn.
// The scale stands below the first of them.
func (o *verdicts) lead(p *page, r *report.Ruling, scaled bool) {
	th := o.look.theme
	p.add(o.named(p, r, string(r.Word)))
	p.say(th.Text, r.Sentence)
	if r.N > 0 {
		o.score(p, r, scaled)
	}
	cost := r.Figures.Cost
	if monthly(&r.Figures) {
		cost = &verdict.Ratio{Value: r.Figures.Share.Value}
	}
	o.ratio(p, r, "cost", cost, costWords(r))
	o.ratio(p, r, "first", r.Figures.First, timeWords(r))
}

// grounds is what that rests on: votes, prompts that count and those that do not.
func (o *verdicts) grounds(p *page, r *report.Ruling) {
	p.add(o.named(p, r, "what it rests on"))
	if r.N > 0 {
		p.labelled("votes", fmt.Sprintf("%dW %dT %dL (%s), %d failed, ★ %d failed", r.Votes.Wins, r.Votes.Ties, r.Votes.Losses, r.Evidence, r.Failed, r.BaselineFailed))
	}
	p.labelled("figures", countedWords(&r.Figures))
	if len(r.Left) > 0 {
		var left []string
		for _, l := range r.Left {
			left = append(left, fmt.Sprintf("%d %s", l.N, l.Why))
		}
		p.labelled("left out", strings.Join(left, " · "))
	}
	for _, s := range r.Remarks {
		if strings.HasPrefix(s, "Left out:") {
			continue // it stands above
		}
		p.say(o.look.theme.Faint, "· "+plain.Line(s))
	}
}

// named is a candidate's name in its colour, and what follows.
func (o *verdicts) named(p *page, r *report.Ruling, what string) string {
	th := o.look.theme
	return th.Column(o.place(r.Column)).Render(o.look.middle(r.Candidate, max(p.w-o.look.width(what)-3, 1))) + th.Muted.Render(" · "+what)
}

// place is the colour of a column, which may have left the screen.
func (o *verdicts) place(column int) int {
	if at, ok := o.places[column]; ok {
		return at
	}
	return column - 1
}

// score draws the mean score from 0 to 1, with its interval between brackets, the
// edge of the margin ┊ and no difference │. Below the fewest prompts there is no
// interval, and no claim.
func (o *verdicts) score(p *page, r *report.Ruling, scaled bool) {
	th := o.look.theme
	if r.Word == verdict.TooFew {
		p.labelled("score", fmt.Sprintf("%.2f  n=%d · too few prompts for an interval, %d are the fewest", r.Mean, r.N, verdict.Fewest))
		return
	}
	figures := fmt.Sprintf(" %.2f [%.2f–%.2f] n=%d", r.Mean, r.Interval.Low, r.Interval.High, r.N)
	wide := min(p.w-labelWide-o.look.width(figures), 101)
	if wide < 11 {
		p.labelled("score", strings.TrimSpace(figures))
		return
	}
	p.add(th.Title.Render(o.look.fit("score", labelWide)) + th.Column(o.place(r.Column)).Render(spanned(r.Mean, r.Interval.Low, r.Interval.High, 0.5-r.Margin, wide)) + th.Text.Render(figures))
	if scaled {
		p.add(spaces(labelWide) + th.Faint.Render(o.look.cut(scale(0.5-r.Margin, wide), p.w-labelWide)))
	}
}

// at01 is the cell of w in which x, from 0 to 1, is.
func at01(x float64, w int) int {
	return int(math.Round(min(max(x, 0), 1) * float64(w-1)))
}

// spanned is an interval in w cells: [━●━] on a line on which the edge of the margin
// and no difference stand.
func spanned(mean, low, high, edge float64, w int) string {
	cells := []rune(strings.Repeat("─", w))
	from, to := at01(low, w), at01(high, w)
	for i := from; i <= to; i++ {
		cells[i] = '━'
	}
	cells[at01(edge, w)], cells[at01(0.5, w)] = '┊', '│'
	cells[from], cells[to] = '[', ']'
	cells[at01(mean, w)] = '●'
	return string(cells)
}

// scale names what stands above it.
func scale(edge float64, w int) string {
	cells := []rune(strings.Repeat(" ", w))
	put := func(x float64, s string, before bool) {
		i := at01(x, w)
		if before {
			i -= len([]rune(s)) - 1
		}
		copy(cells[min(max(i, 0), w-len([]rune(s))):], []rune(s))
	}
	put(0, "0", false)
	put(1, "1", true)
	if w >= 44 {
		put(edge, fmt.Sprintf("margin %.2f ┊", edge), true)
		put(0.5, "│ no difference", false)
	}
	return string(cells)
}

// ratio draws the candidate's figure as a bar on a line at whose ★ the baseline's
// ends.
func (o *verdicts) ratio(p *page, r *report.Ruling, label string, x *verdict.Ratio, words string) {
	th := o.look.theme
	wide := min((p.w-labelWide)/4, 60)
	if x == nil || wide < 6 {
		p.labelled(label, words)
		return
	}
	most := max(x.Value, 1)
	bar := ""
	if x.Value > 0 {
		bar = bars(x.Value/most, wide)
	}
	n, star := o.look.width(bar), at01(1/most, wide)
	drawn := th.Column(o.place(r.Column)).Render(bar)
	switch {
	case star >= n:
		drawn += th.Faint.Render(strings.Repeat("─", star-n)) + "★"
	default: // the bar goes on behind it
		cells := []rune(bar)
		drawn = th.Column(o.place(r.Column)).Render(string(cells[:star])) + "★" + th.Column(o.place(r.Column)).Render(string(cells[star+1:]))
	}
	for i, l := range o.look.wrap(words, max(p.w-labelWide-wide-1, 1)) {
		if i > 0 {
			label, drawn = "", ""
		}
		p.add(th.Title.Render(o.look.fit(label, labelWide)) + o.look.fit(drawn, wide) + " " + th.Muted.Render(l))
	}
}

// month is what the chosen volume costs with each candidate, and a slider.
func (o *verdicts) month(p *page) {
	th := o.look.theme
	slider := strings.Repeat("━", 2*o.volume) + "●" + strings.Repeat("─", 2*(len(volumes)-1-o.volume))
	words := fmt.Sprintf("%s requests a month", exact(volumes[o.volume]))
	p.add(th.Title.Render("Savings") + "  " + th.Muted.Render("1k ") + th.Accent.Render(slider) + th.Muted.Render(" 10M  ") + th.Text.Render(words))
	for i := range o.decision.Rulings {
		r := &o.decision.Rulings[i]
		p.say(th.Muted, r.Candidate+": "+savingWords(r))
		if l := r.Figures.Local; l != nil {
			o.upkeep(p, l)
		}
	}
	if rs := o.decision.Rulings; rs[0].Figures.Other != nil {
		p.say(th.Muted, "★ "+rs[0].Figures.Other.Model+":")
		o.upkeep(p, rs[0].Figures.Other)
	}
}

// upkeep is what a model on a machine of one's own costs in a month, in three ways,
// and what it takes.
func (o *verdicts) upkeep(p *page, l *report.Local) {
	p.labelled("  a month", l.Words())
	p.labelled("", l.NeedsWords())
}

// planned is the plan that all of it is judged by.
func (o *verdicts) planned(p *page) {
	th, d := o.look.theme, o.decision
	p.add(th.Title.Render("Plan"))
	switch plan := d.Plan; {
	case plan == nil && anyVote(o.turns):
		p.say(th.Muted, "None. It is too late for one: a plan comes before the first vote. What is found here is a hint; ask the questions again in a new session to test it.")
	case plan == nil:
		p.say(th.Muted, o.look.keys.fill(inVerdict, "None. {plan} makes one: by how much a model may be worse, and after how many prompts it is tested. A plan comes before the first vote."))
	case d.Late:
		p.say(th.Muted, "It came after a vote, and counts for nothing.")
	default:
		p.say(th.Muted, fmt.Sprintf("%s on %d prompts, margin %g, seed %d, against %s, of %s.", plain.Line(plan.Metric), plan.N, plan.Margin, plan.Seed, plain.Line(d.Baseline.Model.String()), plan.At.UTC().Format("2 January 2006")))
	}
}

// dues lists which votes to cast next.
func (o *verdicts) dues(p *page) {
	th := o.look.theme
	if len(o.next) == 0 {
		p.add(th.Title.Render("Votes to cast next"))
		p.say(th.Muted, "None: every turn that can be voted on and counts was voted on.")
		return
	}
	p.add(th.Title.Render("Votes to cast next") + th.Muted.Render(fmt.Sprintf("  %d wait, those that tell the most first", len(o.next))))
	for i, d := range o.next[:min(len(o.next), mostDue)] {
		head := fmt.Sprintf("turn %d · %s · ", d.turn, d.words())
		line := o.look.cut(head+d.text, p.w-2)
		if i == o.chosen {
			o.target = len(p.lines)
			p.add(th.Selection.Render(o.look.fit("▸ "+line, p.w)))
			continue
		}
		p.add("  " + line)
	}
	if n := len(o.next) - mostDue; n > 0 {
		p.add(th.Faint.Render(fmt.Sprintf("  and %d more", n)))
	}
}
