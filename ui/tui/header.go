package tui

import (
	"fmt"

	"charm.land/lipgloss/v2"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// header is the session's title and what it cost.
func (m *Model) header() string {
	th := m.look.theme
	title := plain.Line(m.session.Title)
	switch {
	case m.bench == nil:
		title = "opening …"
	case title == "":
		title = "new session"
	}
	title += th.Muted.Render(m.origin())
	var right []word
	add := func(style lipgloss.Style, text string) { right = append(right, word{text, style}) }
	again := m.reaskWords()
	if again != "" { // instead of what stands there at other times, for which there is no room then
		add(th.Accent, again)
	}
	if m.session.Turns > 0 && again == "" {
		path := m.session.Path()
		turns := plural(m.session.Turns, "turn")
		if n := path.Len(); n < m.session.Turns {
			turns = fmt.Sprintf("%d of %s", n, turns) // the others are on other branches
		}
		add(th.Muted, turns)
	}
	if len(m.session.Hidden) == 0 && again == "" && (m.session.Spent > 0 || m.session.Unpriced > 0 || m.session.Budget != nil) {
		add(th.Muted, m.spent())
	}
	if m.session.Blind {
		add(th.Accent, "blind")
	}
	if m.session.Race && m.w >= 100 {
		add(th.Warn, "race: times contended")
	} else if m.session.Race {
		add(th.Warn, "race")
	}
	if m.systemPrompt() != "" && m.oneSystem() {
		add(th.Muted, "system prompt")
	}
	if p := m.pulling; p != nil {
		add(th.Accent, "getting a model: "+p.percent())
	}
	if m.bench != nil && !m.bench.Keeps() {
		add(th.Muted, "not saved")
	}
	add(th.Muted, m.look.keyed("{commands} help"))
	facts, _ := m.look.words(right, m.w)
	return m.look.spread(" "+th.Accent.Bold(true).Render("juxta")+th.Muted.Render(" · ")+title, facts+" ", m.w)
}

// spent is what the session cost, as far as that is known, and of how much it
// may.
func (m *Model) spent() string {
	if m.session.Spent == 0 && m.session.Budget == nil {
		return "cost unknown"
	}
	s := sessions.About(m.session.Guessed) + m.session.Spent.String()
	if m.session.Unpriced > 0 {
		s += fmt.Sprintf(" + %d unknown", m.session.Unpriced)
	}
	if m.session.Budget != nil {
		s += " of " + m.session.Budget.String()
	}
	return s
}
