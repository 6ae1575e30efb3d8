package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions"
	"juxta/ui/theme"
)

// What may be spent, and what the next question would cost.

// Names of the fields in the form of the budget.
const (
	budgetField    = "budget in $"
	uncountedField = "unknown costs"
)

// budget opens the form that says what the session may cost.
func (m *Model) budget() tea.Cmd {
	if m.bench == nil {
		return nil
	}
	var written string
	if m.session.Budget != nil {
		written = strings.TrimSuffix(strings.TrimRight(m.session.Budget.USD(), "0"), ".")
	}
	unknown := []string{"not asked", "asked"}
	value := unknown[0]
	if m.session.Uncounted {
		value = unknown[1]
	}
	f := newForm("Budget of this session", &m.look, func(f *form) action {
		return func(m *Model) tea.Cmd {
			m.pop()
			limit, _ := amount(f.value(budgetField)) // which was checked
			m.bench.Limit(limit, f.value(uncountedField) == unknown[1])
			m.refresh()
			if limit == nil {
				return m.say("the session has no budget")
			}
			return m.say("from now on nothing is sent that would bring the session above " + limit.String())
		}
	},
		&field{name: budgetField, kind: aNumber, value: written, empty: "no limit", hint: "such as 0.50", check: func(s string) error {
			_, err := amount(s)
			return err
		}},
		&field{name: uncountedField, kind: aChoice, value: value, options: unknown},
	)
	f.note = "What would pass it is not sent. An answer that is already coming is not cut."
	m.push(f)
	return nil
}

// amount is an amount as people write it; nil where nothing is written.
func amount(s string) (*providers.Money, error) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "$")
	if s == "" {
		return nil, nil
	}
	limit, err := providers.ParseDollars(s)
	if err != nil {
		return nil, err
	}
	return &limit, nil
}

// tally takes in what the session cost by now: somebody with a budget looks at
// it while answers come.
func (m *Model) tally() {
	if s := m.bench.Session(); s.ID == m.session.ID {
		m.session.Spent, m.session.Guessed, m.session.Unpriced = s.Spent, s.Guessed, s.Unpriced
	}
}

// whyNot is why something was not asked, with the keys of the way out.
func (m *Model) whyNot(err error) string {
	var over *sessions.OverBudget
	if !errors.As(err, &over) {
		return worded(err)
	}
	way := " · {panes} {budget} sets the budget"
	if m.panel {
		way = " · {budget} sets the budget"
	}
	cost, left := over.Words()
	what := fmt.Sprintf("not sent: ≈ %s, and %s of %s is left", cost, left, over.Budget)
	if over.Cost == 0 {
		what = "not sent: what it would cost is not known"
	}
	return what + m.keyed(way)
}

// pause is how long a question rests before it is looked at what it would
// cost: nobody reads a figure while typing.
const pause = 200 * time.Millisecond

// A guess is what the question that is being written would cost.
type guess struct {
	dirty   bool // something may have changed
	resting bool // a look is due
	renew   bool // all has changed but the question
	flying  bool // a look is under way
	text    string
	files   []*prompts.Attachment
	shown   *sessions.Forecast // nil for nothing to show
	drawn   appraisal
	words   string // for drawn
}

// restMsg says that the pause after a change is over.
type restMsg struct{}

// foretell has it looked what the question would cost, once it rests.
func (m *Model) foretell() tea.Cmd {
	g := &m.guess
	if !g.dirty || g.resting || m.bench == nil {
		return nil
	}
	g.dirty, g.resting = false, true
	return tea.Tick(pause, func(time.Time) tea.Msg { return restMsg{} })
}

// rested looks at the question, if it did rest.
func (m *Model) rested() tea.Cmd {
	m.typed, m.guess.resting = true, false
	if m.guess.dirty { // see foretell
		return nil
	}
	return m.appraise()
}

// appraise looks what the question would cost if it has changed. While answers
// come nobody knows: they will be part of it.
func (m *Model) appraise() tea.Cmd {
	g := &m.guess
	g.dirty, m.typed = false, true // what changes by itself is beside the composer
	switch {
	case g.flying:
		return nil
	case m.run != nil, m.asking, m.opening:
		g.shown, g.renew = nil, true
		return nil
	}
	text, files := "", readied(m.files())
	if !m.composer.empty() {
		text = m.composer.question()
	}
	if text == "" && len(files) == 0 || !slices.ContainsFunc(m.panes, paid) {
		g.shown, g.text, g.files = nil, text, files
		return nil
	}
	if !g.renew && text == g.text && slices.Equal(files, g.files) {
		return nil
	}
	g.renew, g.flying, g.text, g.files = false, true, text, files
	b, q := m.bench, m.aim.question(text, files)
	return func() tea.Msg {
		f, err := b.Forecast(q)
		return action(func(m *Model) tea.Cmd {
			g.flying = false
			if g.shown = &f; err != nil {
				g.shown = nil // the question itself will say why
			}
			return m.appraise() // it may have changed meanwhile
		})
	}
}

// paid reports whether somebody takes money for a pane's model, as far as is
// known.
func paid(p pane) bool {
	if p.model.Price == nil {
		return !p.model.Local
	}
	return p.model.Price.Source != providers.Free
}

// An appraisal is what the words beside the question depend on.
type appraisal struct {
	forecast *sessions.Forecast
	spent    providers.Money
	budget   *providers.Money
	theme    *theme.Theme
}

// next is what the question would cost, beside it. While a turn's costs are
// hidden it says nothing, because it goes by how long the answers were.
func (m *Model) next() string {
	g := &m.guess
	if g.shown == nil || !m.writing || len(m.session.Hidden) > 0 {
		return ""
	}
	if k := (appraisal{g.shown, m.session.Spent, m.session.Budget, m.look.theme}); g.drawn != k {
		g.drawn, g.words = k, k.words()
	}
	return g.words
}

func (k appraisal) words() string {
	f, words := k.forecast, "≈ "+k.forecast.Cost.String()
	switch {
	case f.Cost == 0 && f.Unknown > 0:
		return k.theme.Muted.Render("next: cost unknown")
	case f.Unknown > 0:
		words += fmt.Sprintf(" + %d unknown", f.Unknown)
	}
	if k.budget != nil && f.Cost > 0 && k.spent+f.Cost > *k.budget {
		cost, left := (&sessions.OverBudget{Forecast: *f, Spent: k.spent, Budget: *k.budget}).Words()
		return k.theme.Warn.Render(strings.Replace(words, f.Cost.String(), cost, 1) + " next, " + left + " left")
	}
	return k.theme.Muted.Render(words + " next")
}

// beside puts words at the right of a line of the composer if there is room.
func (m *Model) beside(line, words string) string {
	w := m.look.width(words)
	if words == "" || m.look.width(strings.TrimRight(ansi.Strip(line), " "))+w+3 > m.w {
		return m.look.fit(line, m.w)
	}
	return m.look.fit(m.look.Truncate(line, m.w-w-1, ""), m.w-w-1) + words + " "
}
