package cli

import (
	"fmt"
	"strings"

	"juxta/providers"
	"juxta/sessions"
)

// figures are an answer's latency, speed, tokens and cost on one line. What is
// counted by us carries a ~, and what is not known says so. It is "" for an
// answer that nobody was asked for.
func figures(a *sessions.Answer) string {
	about := sessions.About(a.Usage.Estimated)
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	t := a.Timing
	switch {
	case t.FirstToken > 0:
		add("first %s", sessions.Seconds(t.FirstToken))
		if t.FirstAnswer > 0 && t.FirstAnswer != t.FirstToken {
			add("answer %s", sessions.Seconds(t.FirstAnswer))
		}
		add("total %s", sessions.Seconds(t.Last))
	case t.Total > 0:
		add("nothing within %s", sessions.Seconds(t.Total))
	default:
		return ""
	}
	if cold, _ := a.Cold(); cold && a.Server.Load != nil {
		add("cold, load %s", sessions.Seconds(*a.Server.Load))
	} else if cold {
		add("cold")
	}
	if a.Raced {
		add("%s", sessions.Contended)
	}
	if v := t.Speed(a.Usage); v > 0 {
		add("%s%s", about, sessions.Speed(v))
	}
	if a.Usage != (providers.Usage{Estimated: true}) {
		add("%s%d in", about, a.Usage.Prompt())
		if a.Usage.CacheRead > 0 {
			out[len(out)-1] += fmt.Sprintf(" (%d cached)", a.Usage.CacheRead)
		}
		add("%s%d out", about, a.Usage.Output)
		if a.Usage.Reasoning > 0 {
			out[len(out)-1] += fmt.Sprintf(" (%d thinking)", a.Usage.Reasoning)
		}
	}
	if n := t.Attempts; n > 1 {
		add("%d attempts", n)
	}
	add("%s", a.CostWords())
	if a.Simulated {
		add("simulated")
	}
	return strings.Join(out, " · ")
}
