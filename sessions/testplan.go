package sessions

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"juxta/sessions/verdict"
)

// Metrics of a plan.
const (
	Votes = "votes" // which answer people prefer
	Pass  = "pass"  // which answers pass, by people's word
)

// Metrics are those that a plan can have.
func Metrics() []string { return []string{Votes, Pass} }

// A TestPlan is what a session is to test, stored before its first vote, so that a
// verdict tests something instead of finding it.
type TestPlan struct {
	At       time.Time `json:"at"`
	Metric   string    `json:"metric"`   // [Votes] or [Pass]
	Margin   float64   `json:"margin"`   // see [verdict.Plan]
	N        int       `json:"n"`        // prompts
	Baseline int       `json:"baseline"` // ID of the column that the others are measured against
	Seed     uint32    `json:"seed"`     // of the order in which prompts are voted on
}

// Test is the plan as it is tested.
func (p *TestPlan) Test() verdict.Plan { return verdict.Plan{Margin: p.Margin, N: p.N} }

// ErrVoted is returned for a plan that comes after the first vote.
var ErrVoted = errors.New("the session has votes: a plan comes before the first of them, and what is found without one is a hint and no test")

// check says what of a plan a session can't test.
func (p *TestPlan) check(s *Session) error {
	if !slices.Contains(Metrics(), p.Metric) {
		return fmt.Errorf("the metric %q: what can be tested is %s", p.Metric, strings.Join(Metrics(), " or "))
	}
	if _, ok := s.Column(p.Baseline); !ok {
		return fmt.Errorf("the baseline is column %d, which the session does not have", p.Baseline)
	}
	return cmp.Or(p.Test().Check(), datable(p.At))
}

// precedes reports whether a plan was there before anything was voted on the turns.
func (p *TestPlan) precedes(turns []Turn) bool {
	return !slices.ContainsFunc(turns, func(t Turn) bool {
		return slices.ContainsFunc(t.Votes, func(v Vote) bool { return v.At.Before(p.At) })
	})
}
