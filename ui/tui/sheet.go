package tui

import (
	"strings"

	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"

	"juxta/sessions/plain"
)

// A sheet is an overlay to write in: the system prompt, a note. Enter keeps what
// stands there. What esc leaves there unkept stands there again the next time.
type sheet struct {
	look   *look
	of     string // what is written on it, for unkept
	title  string
	before string // what is kept so far; sanitised
	again  bool   // something stands there that was left unkept
	area   textarea.Model
	keep   func(string) action
}

// write opens a sheet with what is kept so far of something, which is sanitised;
// keep is told what stands there once that is to be kept.
func (m *Model) write(of, title, empty, before string, keep func(string) action) {
	s := &sheet{look: &m.look, of: of, title: title, before: before, area: newArea(empty, m.look.theme), keep: keep}
	text := before
	if left, ok := m.unkept[of]; ok && left != before {
		text, s.again = left, true
	}
	s.area.SetValue(text)
	s.area.Focus()
	m.push(s)
}

func (m *Model) system() tea.Cmd {
	if m.bench == nil || len(m.panes) == 0 {
		return nil
	}
	title := "System prompt"
	if !m.oneSystem() {
		title = "System prompt of all columns, which differ now"
	}
	before := plain.Text(m.systemPrompt())
	m.write("system prompt of "+string(m.session.ID), title, "what every model is told before the first question; empty for nothing", before, func(text string) action {
		return func(m *Model) tea.Cmd {
			if text == before {
				return nil // a prompt that can't be shown as it is stays as it is
			}
			m.bench.SetSystem(strings.TrimSpace(text))
			m.refresh()
			return m.say("the system prompt holds from the next question on")
		}
	})
	return nil
}

func (s *sheet) key(k tea.KeyPressMsg) (action, tea.Cmd) {
	if k.String() == "enter" {
		keep := s.keep(s.area.Value())
		return func(m *Model) tea.Cmd {
			m.drop(s)
			delete(m.unkept, s.of)
			return keep(m)
		}, nil
	}
	var cmd tea.Cmd
	s.area, cmd = s.area.Update(k)
	return nil, cmd
}

// left remembers what was written and not kept.
func (s *sheet) left(m *Model) {
	text := s.area.Value()
	if text == s.before || strings.TrimSpace(text) == "" {
		delete(m.unkept, s.of)
		return
	}
	m.unkeep(s.of, text)
}

// unkeep remembers what was written of something and left without being kept.
func (m *Model) unkeep(of, text string) {
	if m.unkept == nil {
		m.unkept = map[string]string{}
	}
	m.unkept[of] = text
	m.say("not kept; what you wrote stands there when you open it again")
}

func (s *sheet) paste(text string) { s.area.InsertString(plain.Text(text)) }

func (s *sheet) restyle() { styleArea(&s.area, s.look.theme) }

func (s *sheet) view(w, h int) string {
	right := ""
	if s.again {
		right = "as you left it, not kept"
	}
	s.area.SetWidth(max(w-4, 1))
	s.area.SetHeight(max(min(h-2, 8), 1))
	return s.look.box(s.title, right, s.look.keyed("enter keeps it · ctrl+j new line · {back} leaves it as it was"), strings.Split(s.area.View(), "\n"), w)
}

func (s *sheet) cursor() *tea.Cursor {
	c := s.area.Cursor()
	if c != nil {
		c.X += 2
		c.Y++
	}
	return c
}
