package tui

import (
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/sessions/plain"
)

// pickPrompt lists the library's prompts.
func (m *Model) pickPrompt() tea.Cmd {
	if m.bench == nil {
		return nil
	}
	l := newList("Prompts", m.keyed("enter fills it in · {back} closes"), &m.look)
	l.first, l.head = "prompt", []heading{{name: "title"}, {name: "tags"}}
	l.empty, l.busy = m.keyed("none yet: {keep_prompt} keeps a question as one"), "reading"
	l.detail = m.promptDetail
	l.choose = func(it item, _ string) action {
		return func(m *Model) tea.Cmd {
			e := it.value.(prompts.Entry)
			if e.Prompt == nil {
				return m.warn(worded(e.Err))
			}
			return m.fillIn(e.Prompt, nil, false)
		}
	}
	m.push(l)
	library, r := m.opts.Library, m.look.ruler
	return func() tea.Msg {
		all, err := library.List()
		items := promptItems(all, r)
		return action(func(m *Model) tea.Cmd {
			l.busy = ""
			l.fill(items)
			if err != nil {
				l.note, l.bad = worded(err), true
			}
			return nil
		})
	}
}

// searched is how much of a prompt's text is looked through, in bytes, and
// tagsWide how many cells its tags take where they stand beside the title.
const searched, tagsWide = 4000, 18

// promptItems are the rows of the list, those last that can't be used.
func promptItems(all []prompts.Entry, r ruler) []item {
	var items, broken []item
	for _, e := range all {
		it := item{title: plain.Line(e.Name), value: e}
		if p := e.Prompt; p == nil {
			it.cells = []string{"✗ can't be read", ""}
			broken = append(broken, it)
		} else {
			tags := plain.Line(strings.Join(p.Tags, " "))
			it.cells = []string{plain.Line(p.Title), r.cut(tags, tagsWide)}
			it.find = lower(it.title, it.cells, tags, plain.Line(clip(p.Body(), searched)))
			items = append(items, it)
		}
	}
	return append(items, broken...)
}

// promptDetail is the question of a prompt with its defaults, and what comes with
// it, in at most h lines.
func (m *Model) promptDetail(it item, w, h int) []string {
	th := m.look.theme
	e := it.value.(prompts.Entry)
	if e.Prompt == nil {
		return m.look.styled(th.Warn, worded(e.Err), w, h)
	}
	if comes := comesWith(e.Prompt); comes != "" {
		return append(m.look.styled(th.Text, e.Prompt.Preview(nil), w, h-1), th.Faint.Render(m.look.cut(comes, w)))
	}
	return m.look.styled(th.Text, e.Prompt.Preview(nil), w, h)
}

// comesWith is what a prompt has besides its question.
func comesWith(p *prompts.Prompt) string {
	var with []string
	if s := p.System(); s != "" {
		with = append(with, "system prompt “"+clip(plain.Line(s), longestLicence)+"”")
	}
	if p.Schema != nil {
		with = append(with, "a schema")
	}
	if n := len(p.Attachments); n > 0 {
		with = append(with, plural(n, "file"))
	}
	for _, w := range p.Warnings() {
		with = append(with, plain.Line(w))
	}
	return strings.Join(with, " · ")
}

// styled is the beginning of a text from outside in at most h lines of w cells.
func (lk *look) styled(style interface{ Render(...string) string }, text string, w, h int) []string {
	const most = 8000 // bytes, which fill every screen
	lines := lk.wrap(plain.Text(clip(text, most)), max(w, 1))
	if over := len(lines) - max(h, 0); over > 0 {
		lines = lines[:max(h, 0)]
		if h > 0 {
			lines[h-1] = lk.cut(lines[h-1]+" …", w)
		}
	}
	for i, l := range lines {
		lines[i] = style.Render(lk.cut(l, w))
	}
	return lines
}

// fillIn asks for the values of a prompt's variables, as far as they are not
// given, and puts the question into the composer. A prompt without variables goes
// there at once, and so does one at the start whose values are all there.
func (m *Model) fillIn(p *prompts.Prompt, values map[string]string, keepSystem bool) tea.Cmd {
	fields, variables := promptFields(p, values)
	filled, err := p.Fill(values)
	if err == nil && (len(fields) == 0 || values != nil) {
		m.closeList()
		return m.usePrompt(p, filled, keepSystem)
	}
	if err != nil && !errors.As(err, new(*prompts.MissingError)) {
		return m.warn(worded(err))
	}
	written := func(f *form) map[string]string {
		all := map[string]string{}
		for i, v := range variables {
			all[v.Name] = f.fields[i].now()
		}
		return all
	}
	title := plain.Line(p.Name)
	if p.Title != "" {
		title += " · " + plain.Line(p.Title)
	}
	f := newForm(title, &m.look, func(f *form) action {
		return func(m *Model) tea.Cmd {
			filled, err := p.Fill(written(f))
			if err != nil {
				return m.warn(worded(err))
			}
			f.kept(m)
			m.drop(f)
			m.closeList()
			return m.usePrompt(p, filled, keepSystem)
		}
	}, fields...)
	f.note, f.does, f.of = comesWith(p), "enter takes it to the composer", "prompt "+p.Name
	f.putBack(m)
	f.preview = func(w, h int) []string {
		seen := written(f)
		for i, v := range variables {
			if v.Default == nil && f.fields[i].written() == "" {
				delete(seen, v.Name)
			}
		}
		return m.look.styled(m.look.theme.Text, p.Preview(seen), w, h)
	}
	m.push(f)
	return nil
}

// closeList closes the list that a form was opened from.
func (m *Model) closeList() {
	m.overlays = slices.DeleteFunc(m.overlays, func(o overlay) bool { _, ok := o.(*list); return ok })
}

// promptFields are the fields of a prompt's variables that are used, and which
// those are.
func promptFields(p *prompts.Prompt, values map[string]string) (fields []*field, variables []prompts.Variable) {
	for _, v := range p.Variables {
		if !v.Used {
			continue
		}
		x := &field{name: v.Name, kind: aText, grows: true, empty: plain.Line(v.Description)}
		if v.Default != nil {
			x.value = *v.Default
		}
		if given, ok := values[v.Name]; ok {
			x.value = given
		}
		if v.Default == nil {
			x.required = true
			x.check = func(s string) error {
				if strings.TrimSpace(s) == "" {
					return errors.New("a value is needed")
				}
				return nil
			}
			x.empty = strings.TrimSuffix("required · "+x.empty, " · ")
		}
		if len(v.Choices) > 0 {
			x.kind, x.grows, x.options, x.empty = aChoice, false, slices.Clone(v.Choices), "not chosen"
			if x.value == "" && !slices.Contains(v.Choices, "") {
				x.options = slices.Insert(x.options, 0, "")
			}
			x.hint = plain.Line(v.Description)
			x.check = func(s string) error {
				if !slices.Contains(v.Choices, s) {
					return errors.New("choose one")
				}
				return nil
			}
		}
		fields, variables = append(fields, x), append(variables, v)
	}
	return fields, variables
}
