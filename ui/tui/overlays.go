package tui

import (
	"strings"

	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"

	"juxta/sessions/plain"
)

func (m *Model) push(o overlay) { m.overlays = append(m.overlays, o) }

func (m *Model) pop() {
	if n := len(m.overlays); n > 0 {
		m.overlays = m.overlays[:n-1]
	}
}

// A sheet is an overlay to write in: the system prompt, a note.
type sheet struct {
	look  *look
	title string
	area  textarea.Model
	done  func(string) action
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
	m.push(newSheet(&m.look, title, "what every model is told before the first question; empty for nothing", before, func(text string) action {
		return func(m *Model) tea.Cmd {
			m.pop()
			if text == before {
				return nil // a prompt that can't be shown as it is stays as it is
			}
			m.bench.SetSystem(strings.TrimSpace(text))
			m.refresh()
			return m.say("the system prompt holds from the next question on")
		}
	}))
	return nil
}

// newSheet is a sheet with a text in it, which is sanitised; done is told what it
// is when it is kept.
func newSheet(lk *look, title, empty, text string, done func(string) action) *sheet {
	a := textarea.New()
	a.Prompt, a.Placeholder, a.ShowLineNumbers, a.CharLimit, a.MaxHeight = "", empty, false, 0, 0
	a.SetVirtualCursor(false)
	a.SetValue(text)
	a.Focus()
	s := &sheet{look: lk, title: title, area: a, done: done}
	s.restyle()
	return s
}

func (s *sheet) key(k tea.KeyPressMsg) (action, tea.Cmd) {
	switch k.String() {
	case "enter":
		return s.done(s.area.Value()), nil
	case "alt+enter", "ctrl+j", "shift+enter":
		s.area.InsertString("\n")
		return nil, nil
	}
	var cmd tea.Cmd
	s.area, cmd = s.area.Update(k)
	return nil, cmd
}

func (s *sheet) paste(text string) { s.area.InsertString(plain.Text(text)) }

func (s *sheet) restyle() {
	th := s.look.theme
	st := s.area.Styles()
	for _, x := range []*textarea.StyleState{&st.Focused, &st.Blurred} {
		x.Base, x.Text, x.CursorLine, x.Placeholder, x.Prompt, x.EndOfBuffer = th.Text, th.Text, th.Text, th.Faint, th.Prompt, th.Faint
	}
	st.Cursor.Blink, st.Cursor.Color = false, nil
	s.area.SetStyles(st)
}

func (s *sheet) view(w, h int) string {
	s.area.SetWidth(max(w-4, 1))
	s.area.SetHeight(max(min(h-2, 8), 1))
	return s.look.box(s.title, "", s.look.keyed("enter keeps it · ctrl+j new line · {back} leaves it as it was"), strings.Split(s.area.View(), "\n"), w)
}

func (s *sheet) cursor() *tea.Cursor {
	c := s.area.Cursor()
	if c != nil {
		c.X += 2
		c.Y++
	}
	return c
}
