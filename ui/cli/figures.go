package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

// figures are an answer's latency, speed, tokens and cost on one line. What is
// counted by us carries a ~, and what is not known says so. It is "" for an
// answer that nobody was asked for.
func figures(a *sessions.Answer) string {
	about := ""
	if a.Usage.Estimated {
		about = "~"
	}
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	t := a.Timing
	switch {
	case t.FirstToken > 0:
		add("first %s", seconds(t.FirstToken))
		if t.FirstAnswer > 0 && t.FirstAnswer != t.FirstToken {
			add("answer %s", seconds(t.FirstAnswer))
		}
		add("total %s", seconds(t.Last))
	case t.Total > 0:
		add("nothing within %s", seconds(t.Total))
	default:
		return ""
	}
	if v := t.Speed(a.Usage); v > 0 {
		add("%s%s tok/s", about, speed(v))
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
	add("%s", cost(a))
	if a.Simulated {
		add("simulated")
	}
	return strings.Join(out, " · ")
}

// cost is what an answer cost, or why that is not a figure.
func cost(a *sessions.Answer) string {
	money, source := a.Cost()
	switch {
	case source == providers.LocalCost:
		return "local"
	case source == providers.Free:
		return "free"
	case money == nil:
		return "cost unknown"
	case a.Usage.Estimated && source != providers.Billed:
		return "~" + money.String()
	}
	return money.String()
}

func seconds(d time.Duration) string {
	switch {
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	case d < 10*time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d < 100*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}

// speed keeps two digits of a slow model, and no fraction of a quick one.
func speed(v float64) string {
	if v < 10 {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}
