package cli

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"juxta/providers"
)

// mostSkew is how much the clock may be off before it is worth a word. The Date
// of an answer has whole seconds, and some time passes on its way.
const mostSkew = 5 * time.Second

// A clock compares this machine's clock with the Date of services that were
// asked for something else. It is safe for concurrent use.
type clock struct {
	mu   sync.Mutex
	said []witness
}

// A witness is a service, and by how much the clock here is ahead of its own.
type witness struct {
	name  string
	ahead time.Duration
}

// ear listens to e; nil if there is nothing to learn: a service on this machine
// reads the same clock.
func (c *clock) ear(e providers.Endpoint) providers.Ear {
	if e.Local || e.BaseURL == "" {
		return nil
	}
	return ear{c, e.Name}
}

type ear struct {
	clock *clock
	name  string
}

// Hear implements [providers.Ear]. A date that nobody's clock can show, and one
// that was kept in a cache, are no witnesses.
func (e ear) Hear(at time.Time, header http.Header) {
	date, err := http.ParseTime(header.Get("Date"))
	if year := date.Year(); err != nil || year < 2025 || year > 2200 || cmp.Or(header.Get("Age"), "0") != "0" {
		return
	}
	e.clock.mu.Lock()
	defer e.clock.mu.Unlock()
	if !slices.ContainsFunc(e.clock.said, func(w witness) bool { return w.name == e.name }) {
		// It is cut to whole seconds; half of one is what is missing on average.
		e.clock.said = append(e.clock.said, witness{e.name, at.Round(0).Sub(date.Add(time.Second / 2))})
	}
}

// clockFinding is by how much the clock here is ahead of the services' that were
// reached: the one in the middle, so that one that is wrong misleads nobody.
type clockFinding struct {
	Ahead   *float64 `json:"ahead_s"` // null if nobody said a date
	Said    []string `json:"said_by"`
	Problem *string  `json:"problem"`
	Next    *string  `json:"next"`
}

func (c *clock) finding() clockFinding {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := clockFinding{Said: []string{}}
	if len(c.said) == 0 {
		return f
	}
	slices.SortFunc(c.said, func(a, b witness) int { return cmp.Compare(a.ahead, b.ahead) })
	ahead := c.said[(len(c.said)-1)/2].ahead
	seconds := ahead.Round(100 * time.Millisecond).Seconds()
	f.Ahead = &seconds
	for _, w := range c.said {
		f.Said = append(f.Said, w.name)
	}
	slices.Sort(f.Said)
	if ahead.Abs() > mostSkew {
		which := "ahead"
		if ahead < 0 {
			which = "behind"
		}
		f.Problem = given(fmt.Sprintf("the clock is %s %s: sessions and prices get wrong dates", ahead.Abs().Round(time.Second), which))
		f.Next = given("set the clock of this machine, or let it be set from the network")
	}
	return f
}

func (f clockFinding) write(line func(name, format string, args ...any), next func(*string)) {
	by := strings.Join(f.Said, ", ")
	switch {
	case f.Ahead == nil:
		line("clock", "not compared: no remote service said its time")
	case f.Problem != nil:
		line("clock", "✗ %s, says %s", *f.Problem, by)
	default:
		line("clock", "right within %.0f s (%+.1f s), says %s", mostSkew.Seconds(), *f.Ahead, by)
	}
	next(f.Next)
}
