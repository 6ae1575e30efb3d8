package tui

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/sessions/plain"
)

// Names of fields in the form that keeps a prompt.
const (
	nameField  = "name"
	toldField  = "system prompt"
	filesField = "files"
)

// A keeping is the form that keeps the question in the composer as a prompt.
type keeping struct {
	*form
	draft prompts.Draft
	files []string // that can be kept
	sure  string   // the name whose prompt may be replaced, because the user was told
	busy  bool
}

// keepPrompt asks for a name and keeps the question as a prompt of the library.
func (m *Model) keepPrompt() tea.Cmd {
	text := m.composer.question()
	if strings.TrimSpace(text) == "" {
		return m.say(m.keyed("write a question first; {keep_prompt} keeps it, and {prompts} finds it again"))
	}
	k := &keeping{draft: prompts.Draft{Text: text}}
	name := &field{name: nameField, empty: "such as captions/short", required: true, check: func(s string) error {
		if s = strings.TrimSpace(s); s == "" {
			return errors.New("a name is needed")
		}
		return prompts.CheckName(s)
	}}
	fields := []*field{name}
	if system := m.systemPrompt(); system != "" && m.oneSystem() {
		fields = append(fields, &field{name: toldField, kind: aChoice, options: []string{"off", "on"}, value: "on", hint: plain.Line(clip(system, longestLicence))})
	}
	lost := 0
	for _, f := range m.files() {
		if f.source == "" || !utf8.ValidString(f.source) {
			lost++
			continue
		}
		k.files = append(k.files, f.source)
	}
	if n := len(k.files); n > 0 {
		fields = append(fields, &field{name: filesField, kind: aChoice, options: []string{"off", "on"}, value: "on", hint: "where they are: " + plural(n, "file")})
	}
	k.form = newForm("Keep the question as a prompt", &m.look, func(*form) action { return k.save(m.systemPrompt()) }, fields...)
	k.note = k.variables(lost)
	k.preview = func(w, h int) []string { return m.look.styled(m.look.theme.Text, k.draft.Text, w, h) }
	m.push(k)
	return nil
}

// variables says what the question's braces are to the prompt, and of how many
// files it can't have the path.
func (k *keeping) variables(lost int) string {
	note := "no variables; a name in {{ }} is one"
	p, err := prompts.Template(k.draft.Text)
	switch {
	case err != nil:
		k.draft.Text = prompts.Escape(k.draft.Text)
		note = "its {{ stand for themselves, as not all of them name a variable"
	case len(p.Variables) > 0:
		var names []string
		for _, v := range p.Variables {
			names = append(names, v.Name)
		}
		note = "variables: " + strings.Join(names, ", ")
	}
	if lost > 0 {
		note += fmt.Sprintf(" · %s not kept: no path leads to them", plural(lost, "file"))
	}
	return note
}

// save keeps the prompt. Whether there is one of that name is seen on the disk;
// if so, the next enter replaces it.
func (k *keeping) save(system string) action {
	return func(m *Model) tea.Cmd {
		if k.busy {
			return nil
		}
		k.busy = true
		name, d, files := strings.TrimSpace(k.value(nameField)), k.draft, []string(nil)
		for _, x := range k.fields {
			switch {
			case x.name == toldField && x.now() == "on":
				d.System = prompts.Escape(system)
			case x.name == filesField && x.now() == "on":
				files = k.files
			}
		}
		library, replace := m.opts.Library, k.sure == name
		return func() tea.Msg {
			for _, f := range files {
				if !isURL(f) && !strings.HasPrefix(f, "~") {
					if whole, err := filepath.Abs(f); err == nil {
						f = whole
					}
				}
				d.Attachments = append(d.Attachments, f)
			}
			_, err := library.Add(name, d.Source(), replace)
			return action(func(m *Model) tea.Cmd { return k.saved(m, name, err) })
		}
	}
}

func (k *keeping) saved(m *Model, name string, err error) tea.Cmd {
	k.busy = false
	open := m.shows(k)
	switch {
	case errors.Is(err, prompts.ErrPromptExists) && open:
		k.sure = name
		k.field(nameField).err = errors.New("there is a prompt of that name: enter again replaces it, another name keeps both")
		return nil
	case err != nil:
		return m.warn("not kept: " + worded(err))
	}
	m.drop(k)
	return m.say(m.keyed("kept as " + plain.Line(name) + "; {prompts} finds it"))
}
