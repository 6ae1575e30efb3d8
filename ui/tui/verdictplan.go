package tui

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/sessions/verdict"
)

// Names of the fields in the form of the plan.
const (
	marginField  = "margin"
	promptsField = "prompts"
	metricField  = "primary metric"
	seedField    = "seed"
	againstField = "baseline"
)

// planTest opens the form in which it is said what the session is to test, or says
// why it is too late for that.
func (m *Model) planTest(o *verdicts) tea.Cmd {
	o.width = 0
	switch {
	case !m.bench.Keeps():
		o.said = "a plan is kept with the session, and nothing is kept at the moment"
	case len(o.turns) == 0:
		o.said = "ask the first question, then plan: a plan is kept with its session"
	case anyVote(o.turns):
		o.said = "too late for a plan: " + sessions.ErrVoted.Error()
	case len(m.panes) == 0:
		o.said = "a plan needs a column that the others are measured against"
	default:
		m.push(m.planForm(o))
	}
	return nil
}

// anyVote reports whether somebody has voted, and be it a vote that was taken back.
func anyVote(turns []sessions.Turn) bool {
	for i := range turns {
		if len(turns[i].Votes) > 0 {
			return true
		}
	}
	return false
}

func (m *Model) planForm(o *verdicts) *form {
	was := sessions.TestPlan{Metric: sessions.Votes, Margin: verdict.DefaultMargin, N: 60, Seed: rand.Uint32(), Baseline: m.session.Baseline}
	if p := o.session.Plan; p != nil {
		was = *p
	}
	var names []string
	columns := map[string]int{}
	base := ""
	for _, p := range m.panes {
		name := fmt.Sprintf("%d %s", p.place+1, plain.Line(p.column.Model.Model))
		names = append(names, name)
		columns[name] = p.column.ID
		if base == "" || p.column.ID == was.Baseline {
			base = name
		}
	}
	f := newForm("Plan of this session", &m.look, func(f *form) action {
		plan := sessions.TestPlan{Metric: f.value(metricField), Baseline: columns[f.value(againstField)]}
		plan.Margin, _ = strconv.ParseFloat(trimmed(f.value(marginField)), 64) // which were checked
		plan.N, _ = strconv.Atoi(trimmed(f.value(promptsField)))
		seed, _ := strconv.ParseUint(trimmed(f.value(seedField)), 10, 32)
		plan.Seed = uint32(seed)
		return func(m *Model) tea.Cmd { m.pop(); return m.storePlan(o, plan) }
	},
		&field{name: marginField, kind: aNumber, value: strconv.FormatFloat(was.Margin, 'g', -1, 64), hint: "above 0 and below 0.5: how much worse than 0.5 is still good enough", check: func(s string) error {
			x, err := strconv.ParseFloat(trimmed(s), 64)
			if err != nil {
				return errors.New("a number such as 0.10 is meant")
			}
			return verdict.Plan{Margin: x, N: verdict.Fewest}.Check()
		}},
		&field{name: promptsField, kind: aNumber, value: strconv.Itoa(was.N), hint: "after how many it is tested, from 20 on", check: func(s string) error {
			n, err := strconv.Atoi(trimmed(s))
			if err != nil {
				return errors.New("a whole number such as 60 is meant")
			}
			return verdict.Plan{Margin: verdict.DefaultMargin, N: n}.Check()
		}},
		&field{name: metricField, kind: aChoice, value: was.Metric, options: sessions.Metrics(), hint: "votes: which answer is better; pass: which answers pass, asked by juxta vote"},
		&field{name: seedField, kind: aNumber, value: strconv.FormatUint(uint64(was.Seed), 10), hint: "of the order in which prompts are voted on", check: func(s string) error {
			if _, err := strconv.ParseUint(trimmed(s), 10, 32); err != nil {
				return errors.New("a whole number from 0 to 4294967295 is meant")
			}
			return nil
		}},
		&field{name: againstField, kind: aChoice, value: base, options: names},
	)
	f.note = "It is stored before the first vote, or not at all: then a verdict is a test and no hint."
	return f
}

func trimmed(s string) string { return strings.TrimSpace(s) }

// storePlan stores a plan and judges by it.
func (m *Model) storePlan(o *verdicts, plan sessions.TestPlan) tea.Cmd {
	store, id := m.bench.Store(), m.session.ID
	return m.inOrder(func() action {
		plan.At = time.Now()
		err := store.Plan(id, plan)
		return func(m *Model) tea.Cmd {
			o.width = 0
			switch {
			case errors.Is(err, sessions.ErrVoted):
				o.said = "too late for a plan: " + err.Error()
			case err != nil:
				o.said = "the plan is not stored: " + worded(err)
			default:
				o.said = "the plan is stored"
			}
			return m.judge(o)
		}
	})
}
