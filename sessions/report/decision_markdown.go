package report

import (
	"fmt"
	"io"
	"strings"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// Markdown writes the decision for people to read. Names and questions are text
// in it and nothing else.
func (d *Decision) Markdown(w io.Writer) error {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Verdict: %s\n", literal(d.heading()))
	line("%s · %s, %s · measured against **%s**%s\n", d.from(), times(d.Turns, "turn"), times(len(d.Prompts), "prompt"), literal(d.names[d.base]), d.stands())
	line("%s\n", literal(d.planned()))
	d.sources(line)
	if d.Hidden > 0 {
		line("%s still blind and not revealed: nothing of that counts.\n", times(d.Hidden, "turn"))
	}
	if len(d.Rulings) == 0 {
		line("There is no other model to measure.\n")
	}
	for i := range d.Rulings {
		d.Rulings[i].markdown(line)
	}
	d.ranking(line)
	if says := d.leaning(); says != "" {
		line("## Left and right\n\n%s\n", says)
	}
	d.voters(line)
	d.models(line)
	d.prompts(line)
	line("## How this was counted\n\n%s", method)
	_, err := io.WriteString(w, b.String())
	return err
}

// from is whose the figures are.
func (d *Decision) from() string {
	if d.pooled() {
		return times(len(d.Sessions), "session")
	}
	return "Session " + string(d.Sessions[0].ID)
}

// stands is where the baseline does, in one session; "" for no column of it.
func (d *Decision) stands() string {
	if d.Baseline.Column == 0 {
		return ""
	}
	return fmt.Sprintf(" (column %d)", d.Baseline.Column)
}

// planned says what of a plan there is.
func (d *Decision) planned() string {
	switch p := d.Sessions[0].Plan; {
	case d.pooled():
		return "Several sessions are counted together, by model. A plan holds for its own session alone: what stands here is a hint, and no test."
	case p == nil:
		return "No plan was stored before the first vote: what stands here is a hint, and no test."
	case d.Sessions[0].Late:
		return "Its plan came after a vote, and counts for nothing."
	case p.Baseline != d.Baseline.Column:
		return fmt.Sprintf("Its plan has another baseline, column %d: what stands here is a hint, and no test.", p.Baseline)
	default:
		return fmt.Sprintf("Plan of %s: %s on %d prompts, margin %g, seed %d.", day(p.At), p.Metric, p.N, p.Margin, p.Seed)
	}
}

// sources are the sessions that are counted, and those that are not.
func (d *Decision) sources(line func(string, ...any)) {
	if d.pooled() {
		line("| session | | turns | its own plan |\n|---|---|---|---|")
		for i := range d.Sessions {
			s := &d.Sessions[i]
			line("| %s | %s | %d | %s |", s.ID, literal(s.Title), s.Turns, s.plan())
		}
		line("")
	}
	if d.Chosen != "" {
		line("The sessions are %s.\n", literal(d.Chosen))
	}
	for _, w := range d.Without {
		line("Left out: session %s, %s, because %s.\n", w.ID, literal(w.Title), literal(w.Why))
	}
}

func (s *Source) plan() string {
	switch {
	case s.Plan == nil:
		return "none"
	case s.Late:
		return "after a vote"
	}
	return fmt.Sprintf("%d prompts, margin %g", s.Plan.N, s.Plan.Margin)
}

const method = `- A prompt scores 1 if the candidate won, ½ for a tie (both bad is one) and 0 if it lost; several votes on a prompt count as their mean, so that every prompt weighs the same. Blind and open votes are never mixed.
- A failed answer is lost to one that did not fail. Failures for want of a key, credit or a connection, and answers that were stopped, say nothing of a model.
- The interval of a planned number of prompts is Wilson's, of as many prompts as their scores are worth. At any other moment it is an anytime-valid one (a beta-binomial mixture), which holds however often one looks.
- Votes of pass or fail score 1 where only the candidate passes, ½ where both do or neither, 0 where only the baseline does, and are never counted with preferences; with one vote on each planned prompt the interval is Tango's.
- Better: the interval lies above 0.50. Non-inferior: above 0.50 less the margin. Inferior: below 0.50. Below 20 prompts nothing is said.
- Ratios of cost and time are over the prompts that both answered, with intervals by resampling them. Cold and raced answers have no time; a cost that is not known is never 0.
`

func (r *Ruling) markdown(line func(string, ...any)) {
	line("## %s\n\n%s\n", literal(r.Candidate), literal(r.Sentence))
	for _, s := range r.Remarks {
		line("- %s", literal(s))
	}
	line("\n| | |\n|---|---|")
	for _, t := range r.rows() {
		line("| %s | %s |", literal(t.Name), literal(t.Words))
	}
	line("")
}

func (d *Decision) ranking(line func(string, ...any)) {
	if d.Ranking == nil {
		return
	}
	line("## Ranking\n\nBy all votes on %s between any two models (Bradley–Terry, errors by prompts).\n\n| model | Elo | strength | 95%% interval | place |\n|---|---|---|---|---|", times(d.Ranking.Prompts, "prompt"))
	for _, m := range d.Ranking.Models {
		cells := m.cells()
		line("| %s | %s |", literal(cells[0]), strings.Join(cells[1:], " | "))
	}
	line("")
}

// models are who answered.
func (d *Decision) models(line func(string, ...any)) {
	line("## Models, versions and prices\n\n| model | answers | asked | answered by | price of a million tokens |\n|---|---|---|---|---|")
	for i := range d.Parties {
		p := &d.Parties[i]
		line("| %s | %s | %s | %s | %s |", literal(p.name()), literal(p.ends()), p.asked(), literal(p.version()), literal(p.price()))
	}
	line("")
}

// prompts is what every prompt counts for.
func (d *Decision) prompts(line func(string, ...any)) {
	if len(d.Prompts) == 0 {
		return
	}
	head, rule := "| prompt | turn | question |", "|---|---|---|"
	for i := range d.Rulings {
		head += " " + literal(d.Rulings[i].Candidate) + " |"
		rule += "---|"
	}
	line("## Every prompt\n\n%s\n%s", head, rule)
	for k := range d.Prompts {
		p := &d.Prompts[k]
		row := fmt.Sprintf("| %d | %s | %s |", k+1, d.where(p), literal(beginning(p.Text)))
		for m := range p.Models {
			if m != d.base {
				row += " " + literal(p.Models[m].counted()) + " |"
			}
		}
		line("%s", row)
	}
	line("")
}

// where is where a prompt was asked: its turns, and of several sessions which.
func (d *Decision) where(p *Prompt) string {
	var parts []string
	last := sessions.ID("")
	for _, a := range p.Asked {
		turn := fmt.Sprint(a.Turn)
		if d.pooled() && a.Session != last {
			turn = fmt.Sprintf("%s %d", a.Session, a.Turn)
		}
		parts, last = append(parts, turn), a.Session
	}
	return strings.Join(parts, " ")
}

// beginning is the beginning of a text, in one line.
func beginning(s string) string {
	const most = 80
	r := []rune(plain.Line(s))
	if len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return string(r)
}

// times is "1 turn", "2 turns", "1,000 turns".
func times(n int, what string) string { return grouped(n) + " " + plural(n, what) }

// plural is what n of them are called.
func plural(n int, what string) string {
	if n == 1 {
		return what
	}
	return what + "s"
}
