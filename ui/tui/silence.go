package tui

import (
	"fmt"
	"slices"
	"strings"

	"juxta/providers"
	"juxta/sessions/plain"
)

// named is how many names stand in a line; of more, it says how many.
const named = 3

// A gap is what lists are missing for one reason.
type gap struct {
	why   string
	names []string
	ages  []string // of the lists from earlier that stand in, each once
}

func (g *gap) add(name, old string) {
	g.names = append(g.names, name)
	if old != "" && !slices.Contains(g.ages, old) {
		g.ages = append(g.ages, old)
	}
}

// String has the reason first, so that it is the last to be cut off.
func (g *gap) String() string {
	s := g.why + ": " + strings.Join(g.names[:min(len(g.names), named)], ", ")
	if n := len(g.names) - named; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	if g.ages != nil {
		s += " (listed " + strings.Join(g.ages, ", ") + ")"
	}
	return s
}

// silent says why providers' lists are missing, and which; those that may still
// come first and servers that nobody started last. It is bad if there is
// something to mend.
func (m *Model) silent() (text string, bad bool) {
	pending, stopped := &gap{why: "no answer yet"}, &gap{why: "not running"}
	gaps := []*gap{pending}
	for _, e := range m.entries() {
		l, asked := m.listing(e.Name)
		old := m.offers.age[e.Name]
		switch {
		case e.API == "demo":
		case m.silence[e.Name]:
			pending.add(e.Name, old)
		case !asked, l.Err == nil:
		case e.Local && providers.AsError(l.Err).Kind == providers.Unreachable:
			stopped.add(e.Name, old)
		default:
			why := complaint(providers.AsError(l.Err))
			i := slices.IndexFunc(gaps, func(g *gap) bool { return g != pending && g.why == why })
			if i < 0 {
				i, gaps = len(gaps), append(gaps, &gap{why: why})
			}
			gaps[i].add(e.Name, old)
		}
	}
	bad = len(gaps) > 1
	var parts []string
	for _, g := range append(gaps, stopped) {
		if len(g.names) > 0 {
			parts = append(parts, g.String())
		}
	}
	return plain.Line(strings.Join(parts, " · ")), bad
}

// complaint is what went wrong in a few words, without the service's own.
func complaint(e *providers.Error) string {
	if e.Kind == providers.Timeout && e.Status == 0 && e.Err != nil {
		return e.Err.Error() // which one it was
	}
	what, _, _ := strings.Cut(e.Message(), ": ")
	return what
}
