package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/sessions/verdict"
)

// A Figure is a number for people, and the exact one behind it.
type Figure struct {
	Words string // "–" where there is nothing to tell
	Exact string // for machines; "" if it is not known
	Small string // what has to be said beside it
}

const nothing = "–"

// took is a duration.
func took(d time.Duration, ms *float64) Figure {
	if ms == nil {
		return Figure{Words: nothing}
	}
	return Figure{Words: sessions.Seconds(d), Exact: number(ms)}
}

// first is how long an answer's first token took.
func (a *Answer) first() Figure {
	f := took(a.Timing.FirstToken, a.Record.Timing.TTFT)
	var small []string
	if a.Timing.FirstAnswer > a.Timing.FirstToken && a.Timing.FirstToken > 0 {
		small = append(small, "to read after "+sessions.Seconds(a.Timing.FirstAnswer))
	}
	if cold, _ := a.Cold(); cold {
		small = append(small, "cold")
	}
	f.Small = strings.Join(small, ", ")
	return f
}

func (a *Answer) total() Figure { return took(a.Timing.Last, a.Record.Timing.Total) }

func (a *Answer) speed() Figure {
	v := a.Record.Timing.Speed
	if v == nil {
		return Figure{Words: nothing}
	}
	return Figure{Words: sessions.About(a.Usage.Estimated) + sessions.Speed(*v), Exact: number(v)}
}

// read and wrote are the tokens of an answer.
func (a *Answer) read() Figure { return a.tokens(a.Usage.Prompt(), "cached", a.Usage.CacheRead) }

func (a *Answer) wrote() Figure { return a.tokens(a.Usage.Output, "thinking", a.Usage.Reasoning) }

func (a *Answer) tokens(n int, what string, of int) Figure {
	if a.Usage == (providers.Usage{Estimated: true}) || a.Record.Error != nil && a.Timing.Attempts == 0 {
		return Figure{Words: nothing}
	}
	f := Figure{Words: sessions.About(a.Usage.Estimated) + strconv.Itoa(n), Exact: strconv.Itoa(n)}
	if of > 0 {
		f.Small = fmt.Sprintf("%d %s", of, what)
	}
	return f
}

func (a *Answer) cost() Figure {
	f := Figure{Words: a.CostWords(), Exact: or(a.Record.Cost.USD)}
	if f.Words == "cost unknown" {
		f.Words = "unknown"
	}
	return f
}

// badges are what stands beside the name of whoever answered.
func (a *Answer) badges() (all []string) {
	if a.Of > 1 {
		all = append(all, fmt.Sprintf("take %d of %d", a.Take, a.Of))
	}
	if a.Simulated {
		all = append(all, "simulated")
	} else if a.Local {
		all = append(all, "local")
	}
	if a.Raced {
		all = append(all, sessions.Contended)
	}
	return all
}

// praise is what votes say of the answer: "best", "tied for best", "best in 2 of
// 3 votes"; "" if it was in none, or never among the best.
func (a *Answer) praise() string {
	for _, b := range []Ballot{a.Ballots.Blind, a.Ballots.Open} {
		switch {
		case b.Best+b.Tied == 0:
		case b.Votes == 1 && b.Best == 1:
			return "best"
		case b.Votes == 1:
			return "tied for best"
		default:
			return fmt.Sprintf("best in %d of %d votes", b.Best+b.Tied, b.Votes)
		}
		if b.Votes > 0 {
			return "" // an open vote does not outdo a blind one
		}
	}
	return ""
}

// ended says how the answer ended where that was not its own end; "" for that.
func (a *Answer) ended() string {
	switch {
	case a.Finish == "":
		return "Unfinished: juxta was ended while this came."
	case a.Finish == providers.Cancelled:
		return "Stopped by the one who asked."
	case a.Error != nil:
		return plain.Line("Failed: " + a.Error.Message)
	case a.Finish == providers.Length:
		return "Cut off at the limit of tokens."
	case a.Finish == providers.Refused:
		return "The model declined."
	}
	return ""
}

// preferred is what the votes say of a model.
func (m *Model) preferred() Figure {
	b, kind := m.Ballots.Blind, "blind"
	if b.Votes == 0 {
		b, kind = m.Ballots.Open, "open"
	}
	if b.Votes == 0 {
		return Figure{Words: "no votes"}
	}
	f := Figure{Words: fmt.Sprintf("%d of %d", b.Best, b.Votes), Small: kind + " " + plural("vote", b.Votes)}
	if b.Tied > 0 {
		f.Small += fmt.Sprintf(", %d tied", b.Tied)
	}
	if b.Bad > 0 {
		f.Small += fmt.Sprintf(", %d all bad", b.Bad)
	}
	if open := m.Ballots.Open; kind == "blind" && open.Votes > 0 {
		f.Small += fmt.Sprintf("; %d of %d open", open.Best, open.Votes)
	}
	return f
}

// each is what an answer of the model costs on average.
func (m *Model) each() Figure {
	c := m.Cost
	f := Figure{Words: nothing}
	var small []string
	switch mean := verdict.Mean(c.Sum, c.Known); {
	case c.Known > 0 && c.Free == c.Known:
		f.Words = "free"
	case c.Known > 0:
		f.Words, f.Exact = sessions.About(c.Guessed)+mean.String(), mean.USD()
	case c.Unknown > 0:
		return Figure{Words: "unknown"}
	case c.Local > 0:
		return Figure{Words: "local", Small: "on a machine of theirs"}
	}
	if share := c.Share(); share != "" && f.Words != "free" {
		small = append(small, share+" of ★")
	}
	if c.Unknown > 0 {
		small = append(small, fmt.Sprintf("%d unknown", c.Unknown))
	}
	if c.Local > 0 {
		small = append(small, fmt.Sprintf("%d local", c.Local))
	}
	f.Small = strings.Join(small, ", ")
	return f
}

// waits is how long the model's first token takes, in the middle of its answers.
func (m *Model) waits() Figure { return m.middle(m.First) }

func (m *Model) middle(s verdict.Spread) Figure {
	f := Figure{Words: nothing}
	if s.N > 0 {
		f.Words = sessions.Seconds(time.Duration(s.Median * float64(time.Second)))
		f.Exact = strconv.FormatFloat(s.Median*1000, 'f', 3, 64)
		if s.N > 1 {
			f.Small = fmt.Sprintf("median of %d", s.N)
		}
	}
	if m.Raced > 0 {
		f.Small = strings.TrimPrefix(f.Small+fmt.Sprintf(", %d raced left out", m.Raced), ", ")
	}
	return f
}

// pace is the model's speed, in the middle of its answers.
func (m *Model) pace() Figure {
	if m.Speed.N == 0 {
		return Figure{Words: nothing}
	}
	return Figure{Words: sessions.About(m.Guessed) + sessions.Speed(m.Speed.Median), Exact: strconv.FormatFloat(m.Speed.Median, 'f', 3, 64)}
}

// answered is how many of its questions the model answered.
func (m *Model) answered() Figure {
	asked := m.Answers + m.Stopped + m.Lost
	var rest []string
	failed := 0
	for _, n := range m.Failed {
		failed += n
	}
	asked += failed
	for _, x := range []struct {
		n    int
		what string
	}{{failed, "failed"}, {m.Stopped, "stopped"}, {m.Lost, "unfinished"}, {m.Refused, "declined"}, {m.Cut, "cut off"}} {
		if x.n > 0 {
			rest = append(rest, fmt.Sprintf("%d %s", x.n, x.what))
		}
	}
	return Figure{Words: fmt.Sprintf("%d of %d", m.Answers, asked), Small: strings.Join(rest, ", ")}
}

// tags are what the model is: baseline, simulated, local.
func (r *Report) tagsOf(m *Model) (all []string) {
	if m.Column == r.Session.Baseline {
		all = append(all, "★ baseline")
	}
	if m.Simulated {
		all = append(all, "simulated")
	} else if m.Asked != nil && m.Asked.Local {
		all = append(all, "local")
	}
	return all
}

// name is the model's, and its column's where the same model stands in two.
func (r *Report) name(column int, ref providers.Ref) string {
	name := plain.Line(ref.String())
	for i := range r.Models {
		if m := &r.Models[i]; m.Model == ref && m.Column != column {
			return fmt.Sprintf("%s (column %d)", name, column)
		}
	}
	return name
}

// asked says what the session is: "3 questions to 2 models".
func (r *Report) asked() string {
	var models []providers.Ref
	for i := range r.Models {
		if !slices.Contains(models, r.Models[i].Model) {
			models = append(models, r.Models[i].Model)
		}
	}
	return counted(len(r.Turns), "question") + " to " + counted(len(models), "model")
}

// when is the days on which it was asked.
func (r *Report) when() string {
	if len(r.Turns) == 0 {
		return day(r.Session.Created)
	}
	first, last := day(r.Turns[0].Asked), day(r.Turns[len(r.Turns)-1].Asked)
	if first == last {
		return first
	}
	return first + " to " + last
}

// fewVotes is how many questions have to be voted on before anything is more
// than a first impression (METHOD.md, rule 6).
const fewVotes = 20

// won says whom the votes are for, and of how many that is.
func (r *Report) won() Figure {
	kind, of := "blind", func(m *Model) Ballot { return m.Ballots.Blind }
	if !slices.ContainsFunc(r.Models, func(m Model) bool { return m.Ballots.Blind.Votes > 0 }) {
		kind, of = "open", func(m *Model) Ballot { return m.Ballots.Open }
	}
	var best []*Model
	judged := 0
	points := func(m *Model) int { return 2*of(m).Best + of(m).Tied }
	for i := range r.Models {
		m := &r.Models[i]
		n := of(m).Votes
		judged = max(judged, n)
		if n == 0 {
			continue
		}
		if len(best) > 0 { // by share, for not everybody is in every vote
			mine, its := points(m)*of(best[0]).Votes, points(best[0])*n
			if mine < its {
				continue
			}
			if mine > its {
				best = nil
			}
		}
		best = append(best, m)
	}
	voted := 0
	for i := range r.Turns {
		if slices.ContainsFunc(r.Turns[i].Votes, func(v sessions.Vote) bool { return v.Counts() && v.Blind == (kind == "blind") }) {
			voted++
		}
	}
	caution := ""
	if voted < fewVotes {
		caution = ": too few to be sure"
	}
	switch {
	case judged == 0:
		return Figure{Words: "Nobody yet", Small: "nobody has voted"}
	case points(best[0]) == 0:
		return Figure{Words: "None of them", Small: counted(judged, kind+" vote") + ", all bad" + caution}
	case len(best) > 1:
		var names []string
		for _, m := range best {
			names = append(names, r.name(m.Column, m.Model))
		}
		return Figure{Words: "A tie", Small: strings.Join(names, " and ") + ", " + counted(judged, kind+" vote") + caution}
	}
	m := best[0]
	b := of(m)
	f := Figure{Words: r.name(m.Column, m.Model), Small: fmt.Sprintf("best in %d of %s", b.Best, counted(b.Votes, kind+" vote"))}
	if b.Tied > 0 {
		f.Small += fmt.Sprintf(", tied in %d", b.Tied)
	}
	f.Small += caution
	return f
}

// spent says what everything cost together.
func (r *Report) spent() Figure {
	f := Figure{Words: sessions.About(r.Guessed) + r.Spent.String(), Exact: r.Spent.USD(), Small: "all answers together"}
	local := slices.ContainsFunc(r.Models, func(m Model) bool { return m.Cost.Local > 0 })
	free := slices.ContainsFunc(r.Models, func(m Model) bool { return m.Cost.Free > 0 })
	switch {
	case r.Spent == 0 && r.Unpriced == 0 && free && !local:
		f = Figure{Words: "Free", Exact: r.Spent.USD(), Small: "nobody is paid for these models"}
	case r.Spent == 0 && r.Unpriced > 0:
		f = Figure{Words: "Unknown"}
	case r.Spent == 0 && local:
		f = Figure{Words: "No fee", Small: "the models run on machines of those who asked"}
	case local:
		f.Small = "all answers together; local models run without a fee"
	}
	if r.Unpriced > 0 {
		f.Small = "the cost of " + counted(r.Unpriced, "answer") + " is not known"
	}
	return f
}

// fastest says who began to answer first, in the middle of its answers.
func (r *Report) fastest() Figure {
	var best *Model
	for i := range r.Models {
		if m := &r.Models[i]; m.First.N > 0 && (best == nil || m.First.Median < best.First.Median) {
			best = m
		}
	}
	if best == nil {
		return Figure{Words: nothing, Small: "no times were measured"}
	}
	f := best.waits()
	f.Small = "to the first word of " + r.name(best.Column, best.Model)
	if best.First.N > 1 {
		f.Small += fmt.Sprintf(" (median of %d)", best.First.N)
	}
	return f
}

// counted is a number of things: "1 vote", "3 votes".
func counted(n int, what string) string { return fmt.Sprintf("%d %s", n, plural(what, n)) }

func plural(what string, n int) string {
	if n == 1 {
		return what
	}
	return what + "s"
}

// remarks are what has to be known of the figures.
func (r *Report) remarks() (lines []string) {
	var guessed, simulated, raced, settings, cold bool
	for i := range r.Models {
		m := &r.Models[i]
		simulated, raced, settings, cold = simulated || m.Simulated, raced || m.Raced > 0, settings || m.Settings > 1, cold || m.Score.Cold.N > 0
	}
	for i := range r.Turns {
		for j := range r.Turns[i].Answers {
			guessed = guessed || r.Turns[i].Answers[j].Usage.Estimated && r.Turns[i].Answers[j].Usage.Output > 0
		}
	}
	for _, x := range []struct {
		is    bool
		words string
	}{
		{simulated, "Simulated models are built into juxta to try it: nothing real answered."},
		{guessed, "~ is an estimate: the service did not say how many tokens that was."},
		{cold, "Cold answers had to wait until their model was loaded. Their times stand with them and are not in the medians."},
		{raced, "Raced answers shared one device at the same time. Their times are in no median."},
		{r.Unpriced > 0, "A cost that is not known is in no sum and no mean."},
		{settings, "The settings of a model changed on the way; all its answers are counted together."},
		{r.Hidden > 0, fmt.Sprintf("%s still blind: who answered what is not known yet, so %s not here.",
			counted(r.Hidden, "question")+is(r.Hidden), they(r.Hidden))},
	} {
		if x.is {
			lines = append(lines, x.words)
		}
	}
	return lines
}

func is(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

func they(n int) string {
	if n == 1 {
		return "it is"
	}
	return "they are"
}

// follows says of a turn whose place is not plain what it follows.
func (r *Report) follows(t *Turn) string {
	siblings := r.Session.Siblings(t.ID)
	after := fmt.Sprintf("after question %d", t.Parent)
	if t.Parent == 0 {
		after = "at the beginning"
	}
	switch {
	case len(siblings) > 1:
		return fmt.Sprintf("branch %d of %d %s", slices.Index(siblings, t.ID)+1, len(siblings), after)
	case t.Parent != t.ID-1:
		return after
	}
	return ""
}

// said is what a vote on the turn says.
func (t *Turn) said(v *sessions.Vote) string {
	kind := "Open vote"
	if v.Blind {
		kind = "Blind vote"
	}
	if !v.Judges(t.Turn) {
		kind += " on other takes"
	}
	words := kind + ": " + v.Words(v.Names(t.Turn))
	if price := v.Price(t.Turn); price != "" {
		words += "; " + price
	}
	return plain.Line(words)
}
