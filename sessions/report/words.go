package report

import (
	"fmt"
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
	f := Figure{Words: sessions.About(a.Usage.Estimated) + grouped(n), Exact: strconv.Itoa(n)}
	if of > 0 {
		f.Small = grouped(of) + " " + what
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
	f := Figure{Words: fmt.Sprintf("%d of %d", b.Best, b.Votes), Small: plural(b.Votes, kind+" vote")}
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
