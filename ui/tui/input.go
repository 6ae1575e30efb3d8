package tui

import (
	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"juxta/sessions/plain"
	"juxta/ui/theme"
)

// newLine is a line to type in, behind a sign, which says what it is for while
// nothing is typed. It takes no paste by itself: what is pasted is cleaned first.
func newLine(sign, empty string, th *theme.Theme) textinput.Model {
	in := textinput.New()
	in.Prompt, in.Placeholder = sign, empty
	in.SetVirtualCursor(false)
	in.KeyMap.Paste = key.NewBinding()
	styleLine(&in, th)
	return in
}

func styleLine(in *textinput.Model, th *theme.Theme) {
	s := in.Styles()
	for _, st := range []*textinput.StyleState{&s.Focused, &s.Blurred} {
		st.Prompt, st.Text, st.Placeholder = th.Prompt, th.Text, th.Faint
	}
	s.Cursor.Blink, s.Cursor.Color = false, nil
	in.SetStyles(s)
}

// pasteLine puts what was pasted where the cursor of a line is that has the keys.
func pasteLine(in *textinput.Model, text string) {
	*in, _ = in.Update(tea.PasteMsg{Content: plain.Line(text)})
}

// newArea is newLine for text of several lines.
func newArea(empty string, th *theme.Theme) textarea.Model {
	a := textarea.New()
	a.Prompt, a.Placeholder, a.ShowLineNumbers, a.CharLimit, a.MaxHeight = "", empty, false, 0, 0
	a.SetVirtualCursor(false)
	a.KeyMap.InsertNewline = key.NewBinding(key.WithKeys("alt+enter", "ctrl+j", "shift+enter"))
	a.KeyMap.Paste = key.NewBinding()
	styleArea(&a, th)
	return a
}

func styleArea(a *textarea.Model, th *theme.Theme) {
	s := a.Styles()
	for _, st := range []*textarea.StyleState{&s.Focused, &s.Blurred} {
		st.Base, st.Text, st.CursorLine, st.Placeholder, st.Prompt, st.EndOfBuffer = th.Text, th.Text, th.Text, th.Faint, th.Prompt, th.Faint
	}
	s.Cursor.Blink, s.Cursor.Color = false, nil
	a.SetStyles(s)
}
