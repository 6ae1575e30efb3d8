package tui

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/sessions/verdict"
)

// A chart is one figure of all scores.
type chart struct {
	label string
	rows  []figure
}

// A figure is one score's: its bar, the figure itself, and of how many it is.
type figure struct {
	of   int     // index of the score
	bar  float64 // what it is in the chart's unit; 0 for none
	won  *verdict.Tally
	main string
	n    int
	must []string // what has to be said beside it
	may  []string // what is said where there is room, the most important first
}

// charts are the figures that there are, each with a row for every score.
func charts(scores []sessions.Score) []chart {
	var all []chart
	add := func(label string, always bool, row func(s *sessions.Score) figure) {
		g := chart{label: label}
		for i := range scores {
			r := row(&scores[i])
			r.of = i
			if always || r.n > 0 {
				g.rows = append(g.rows, r)
			}
		}
		if len(g.rows) > 0 {
			all = append(all, g)
		}
	}
	add("blind", false, func(s *sessions.Score) figure { return votes(&s.Blind) })
	add("open", false, func(s *sessions.Score) figure { return votes(&s.Open) })
	add("cost mean", true, costs)
	add("first p50", true, func(s *sessions.Score) figure { return times(s.First, s.Raced) })
	add("answer p50", true, func(s *sessions.Score) figure { return times(s.Visible, s.Raced) })
	add("speed p50", true, func(s *sessions.Score) figure {
		if s.Speed.N == 0 {
			return figure{main: "–"}
		}
		r := figure{bar: s.Speed.Median, n: s.Speed.N, main: sessions.About(s.Guessed) + sessions.Speed(s.Speed.Median)}
		if s.Speed.Low > 0 {
			r.may = []string{interval(short(sessions.Speed(s.Speed.Low)), short(sessions.Speed(s.Speed.High)))}
		}
		return r
	})
	add("cold p50", false, func(s *sessions.Score) figure {
		r := times(s.Cold, 0)
		if s.Load.N > 0 {
			r.must = []string{"load " + secs(s.Load.Median)}
		}
		return r
	})
	add("ended", true, ends)
	return all
}

func short(speed string) string { return strings.TrimSuffix(speed, " tok/s") }

func secs(s float64) string { return sessions.Seconds(time.Duration(s * float64(time.Second))) }

// interval is where the middle of all such answers is likely to be.
func interval(low, high string) string { return "95% CI " + low + "–" + high }

func votes(t *verdict.Tally) figure {
	if t.N() == 0 {
		return figure{main: "–"}
	}
	r := figure{won: t, n: t.N(), main: fmt.Sprintf("%dW %dT %dL", t.Wins, t.Ties, t.Losses)}
	if t.Bad > 0 {
		r.must = []string{fmt.Sprintf("%d all bad", t.Bad)}
	}
	return r
}

func costs(s *sessions.Score) figure {
	c := s.Cost
	r := figure{n: c.Known}
	mean := verdict.Mean(c.Sum, c.Known)
	switch {
	case c.Known > 0 && c.Free == c.Known:
		r.main = "free"
	case c.Known > 0:
		r.main, r.bar = sessions.About(c.Guessed)+mean.String(), float64(mean)
	case c.Unknown > 0:
		r.main = "unknown"
	case c.Local > 0:
		r.main, r.n = "local", c.Local
	default:
		r.main = "–"
	}
	if share := c.Share(); share != "" && r.main != "free" {
		r.must = append(r.must, fmt.Sprintf("%s of %s n=%d", share, star, c.Pairs))
	}
	if c.Unknown > 0 {
		r.must = append(r.must, fmt.Sprintf("%d unknown", c.Unknown))
	}
	if c.Local > 0 && r.main != "local" {
		r.must = append(r.must, fmt.Sprintf("%d local", c.Local))
	}
	return r
}

// times is how long something took in the middle, then the tail that so many
// answers allow, and where the middle is likely to be.
func times(s verdict.Spread, raced int) figure {
	r := figure{main: "–"}
	if raced > 0 {
		r.must = append(r.must, fmt.Sprintf("%d raced left out", raced))
	}
	if s.N == 0 {
		return r
	}
	r.bar, r.n, r.main = s.Median, s.N, secs(s.Median)
	if s.N > 1 {
		r.may = append(r.may, s.TailOf+" "+secs(s.Tail))
	}
	if s.Low > 0 {
		r.may = append(r.may, interval(secs(s.Low), secs(s.High)))
	}
	return r
}

// ends is how many answers came to their end, and what became of the others.
func ends(s *sessions.Score) figure {
	asked := s.Answers + s.Stopped + s.Lost
	var rest []string
	for _, kind := range slices.Sorted(maps.Keys(s.Failed)) {
		asked += s.Failed[kind]
		what := plain.Line(strings.ReplaceAll(string(kind), "_", " ")) // an imported session may have any
		rest = append(rest, fmt.Sprintf("%d %s", s.Failed[kind], what))
	}
	for _, x := range []struct {
		n    int
		what string
	}{{s.Stopped, "stopped"}, {s.Lost, "unfinished"}, {s.Refused, string(providers.Refused)}, {s.Cut, "cut at the limit"}} {
		if x.n > 0 {
			rest = append(rest, fmt.Sprintf("%d %s", x.n, x.what))
		}
	}
	return figure{bar: float64(s.Answers) / float64(max(asked, 1)), n: asked, main: strconv.Itoa(s.Answers), must: rest}
}

// notes are what must be known of some figures.
func notes(scores []sessions.Score, names []scored) (lines []string) {
	voted, many, gone := false, false, false
	var settings, untold []string
	for i, s := range scores {
		number := names[i].number
		gone = gone || strings.HasPrefix(number, "·")
		voted = voted || s.Blind.N()+s.Open.N() > 0
		many = many || s.Blind.N()+s.Open.N() > 0 && len(scores) > 2
		if s.Settings > 1 {
			settings = append(settings, number)
		}
		if s.Untold > 0 {
			untold = append(untold, number)
		}
	}
	switch {
	case !voted && len(scores) > 0:
		lines = append(lines, "nobody has voted yet")
	case voted:
		line := "█ W won · ▒ T tied · ░ L lost"
		if many {
			line += " · n counts each other column that was judged beside"
		}
		lines = append(lines, line)
	}
	if gone {
		lines = append(lines, "· is not on the screen any more, or has another model now")
	}
	if len(settings) > 0 {
		lines = append(lines, "settings of "+strings.Join(settings, ", ")+" changed on the way; all answers are counted together")
	}
	if len(untold) > 0 {
		lines = append(lines, "of "+strings.Join(untold, ", ")+" nobody knows whether the model had to be loaded; they count as warm")
	}
	return lines
}
