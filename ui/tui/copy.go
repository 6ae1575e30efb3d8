package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions/plain"
	"juxta/sessions/report"
	"juxta/ui/markdown"
)

// What is copied goes to the terminal's clipboard through OSC 52, encoded, and so
// as it was received. Of a hidden turn it is what may be shown.

// spoken is the text of the current answer, as far as it may be shown; "" and why
// if there is none yet.
func (m *Model) spoken() (text, why string) {
	c, t := m.current()
	if c == nil {
		return "", "there is no answer to copy: ask something first"
	}
	a, ok := t.shown(&m.look).Answer(m.speaker(t))
	if !ok || a.Text+a.Refusal == "" {
		return "", "there is no answer to copy yet: wait for it, or ask again"
	}
	return a.Text + a.Refusal, ""
}

func (m *Model) copyAnswer() tea.Cmd {
	text, why := m.spoken()
	if text == "" {
		return m.say(why)
	}
	m.say("copied the answer")
	return tea.SetClipboard(text)
}

// copyCode copies the block of code of the current answer; of several the one
// that is chosen.
func (m *Model) copyCode() tea.Cmd {
	text, why := m.spoken()
	if text == "" {
		return m.say(why)
	}
	blocks := markdown.Blocks(text)
	switch len(blocks) {
	case 0:
		return m.say(m.keyed("there is no block of code in this answer; {copy} copies all of it"))
	case 1:
		return m.copyBlock(blocks[0])
	}
	l := newList("Copy code", m.keyed("enter copies · {back} closes"), &m.look)
	var items []item
	for i, b := range blocks {
		n := strings.Count(b.Text, "\n") + 1
		lines := fmt.Sprintf("%d lines", n)
		if n == 1 {
			lines = "1 line"
		}
		first, _, _ := strings.Cut(strings.TrimLeft(b.Text, " \t\n"), "\n")
		items = append(items, item{
			title: fmt.Sprintf("%d  %s", i+1, plain.Line(first)), cells: []string{plain.Line(b.Language), lines}, value: b,
			find: strings.ToLower(plain.Line(first)) + "\n" + strings.ToLower(plain.Text(b.Text)),
		})
	}
	l.choose = func(it item, _ string) action {
		return func(m *Model) tea.Cmd {
			m.pop()
			return m.copyBlock(it.value.(markdown.Block))
		}
	}
	l.fill(items)
	m.push(l)
	return nil
}

func (m *Model) copyBlock(b markdown.Block) tea.Cmd {
	m.say("copied the code")
	return tea.SetClipboard(b.Text)
}

// copyTurn copies the question and what every column said to it, each under a
// heading with its figures.
func (m *Model) copyTurn() tea.Cmd {
	c, t := m.current()
	switch {
	case c == nil:
		return m.say("there is no turn to copy: ask something first")
	case m.run != nil && m.run.Turn == t.ID && m.warm == nil:
		return m.still("then the turn can be copied")
	case t.Sealed():
		return m.say(m.paned("not every answer of the blind turn is complete, so nothing of it is copied; {reveal} shows what there is"))
	}
	if m.say("copied the question and all answers as Markdown"); t.Hidden() {
		m.say("copied the question and all answers as Markdown, without what is blind")
	}
	return tea.SetClipboard(report.TurnMarkdown(m.session, &t.Turn))
}
