package tui

import (
	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
)

// star marks the baseline.
const star = "★"

// toggleBaseline makes the current column the one that the others are measured
// against, or none.
func (m *Model) toggleBaseline() tea.Cmd {
	if m.bench == nil || len(m.panes) == 0 {
		return nil
	}
	id := m.panes[m.focus].column.ID
	on := m.session.Baseline != id
	m.measureBy(id, on)
	m.refresh()
	if !on {
		return m.say("no baseline")
	}
	return m.say("the others are measured against this column: see their costs below them")
}

// measureBy makes a column the baseline, or none if it is not to be.
func (m *Model) measureBy(column int, on bool) {
	if !on {
		column = 0
	}
	m.bench.Measure(column)
}

// ofBaseline is what the answer of a cell cost of the baseline's to the same
// question, "4% of ★"; "" where that can't be told or is not to be told yet, and
// for the baseline itself.
func (c *cell) ofBaseline(t *sessions.Turn, baseline int) string {
	if baseline == 0 || baseline == c.answer.Column || t.Hidden() {
		return ""
	}
	b, ok := t.Answer(baseline)
	if !ok {
		return ""
	}
	share := c.answer.CostOf(b)
	if share == "" {
		return ""
	}
	return share + " of " + star
}
