package cli

import (
	"fmt"
	"slices"
	"strings"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// originWords says in a transcript where a session is from and, if it has
// branches, which turns are the one that is worked on; "" for neither.
func originWords(s *sessions.Session) string {
	var lines []string
	if o := s.Origin; o != nil {
		lines = append(lines, fmt.Sprintf("forked at turn %d of %s", o.Turn, plain.Line(string(o.Session))))
	}
	if len(s.Forks) > 0 {
		var turns []string
		for _, p := range s.Path() {
			if p.From == p.To {
				turns = append(turns, fmt.Sprint(p.From))
			} else {
				turns = append(turns, fmt.Sprintf("%d to %d", p.From, p.To))
			}
		}
		lines = append(lines, "it has branches; the newest goes through the turns "+strings.Join(turns, ", "))
	}
	return strings.Join(lines, "\n")
}

// branchWords says of a turn whose place is not plain what it follows: "" for
// one that follows the turn before it and nothing else does.
func branchWords(s *sessions.Session, t *sessions.Turn) string {
	after := fmt.Sprintf("after turn %d", t.Parent)
	if t.Parent == 0 {
		after = "at the beginning"
	}
	siblings := s.Siblings(t.ID)
	switch {
	case len(siblings) > 1:
		return fmt.Sprintf(" · ⑂ %d of %d %s", slices.Index(siblings, t.ID)+1, len(siblings), after)
	case t.Parent != t.ID-1:
		return " · " + after
	}
	return ""
}
