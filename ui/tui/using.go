package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// using is the prompt that the question in the composer was made from. The
// question stays linked to it until it is emptied: sent with other words it is
// marked as edited.
type using struct {
	used prompts.Used
	text string // of the question, as it was put there
	line string // for people
}

func newUsing(u prompts.Used, text string) *using {
	return &using{used: u, text: text, line: usedWords(&u)}
}

// mostUsedWords bounds what is shown of values, which may be whole files.
const mostUsedWords = 300

// usedWords is a prompt that was used in a line for people.
func usedWords(u *prompts.Used) string { return clip(plain.Line(u.Words()), mostUsedWords) }

// of is what is kept with a turn that asks text.
func (u *using) of(text string) *prompts.Used {
	if u == nil {
		return nil
	}
	used := u.used
	used.Edited = used.Edited || strings.TrimSpace(text) != strings.TrimSpace(u.text)
	return &used
}

// usingOf is the prompt of an earlier turn, for asking it again.
func usingOf(t *sessions.Turn) *using {
	if t.Prompt == nil {
		return nil
	}
	return newUsing(*t.Prompt, t.Text)
}

// use puts a prompt's question in the place of what stands there, but for the
// files, which stay attached. It is a pill only where it is long in bytes or can't
// be shown: a question of many lines is there to be read and changed.
func (c *composer) use(f prompts.Filled) {
	files := c.order
	c.set("")
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(f.Text)
	if len(text) > pasteBytes || plain.Text(text) != text {
		c.part(text)
	} else {
		c.area.InsertString(text)
	}
	c.using = newUsing(f.Used, text)
	c.changed()
	for _, f := range files {
		f.number = 0
		c.attach(f)
	}
}

// usePrompt puts a prompt into the composer with its files, and has all columns
// told its system prompt and schema. What was written there is kept behind up.
func (m *Model) usePrompt(p *prompts.Prompt, f prompts.Filled, keepSystem bool) tea.Cmd {
	m.toComposer()
	if m.waiting {
		m.hold(changed)
	}
	c := m.composer
	kept := c.question() != "" && c.leave()
	m.forget()
	c.use(f)
	m.stale = true
	say := m.lend(p, f.System, keepSystem)
	if kept {
		say = strings.TrimPrefix(say+"; what you had written is behind ↑", "; ")
	}
	if say != "" {
		m.say(say)
	}
	return m.attach(p.Attachments...)
}

// lent is what the last prompt gave all columns.
type lent struct {
	system string
	schema string // as JSON
}

// lend has all columns told a prompt's system prompt and schema, as far as it has
// them, takes back those of the prompt before, where nobody has changed them
// since, and says what of that is new to one of them.
func (m *Model) lend(p *prompts.Prompt, system string, keepSystem bool) string {
	var now, gone []string
	before := m.lent
	m.lent = lent{system, string(p.Schema)}
	set := func(what, value, last string, of func(sessions.Column) string, give func()) {
		others, same := 0, last != "" && value == ""
		for _, c := range m.session.Shown() {
			same = same && of(c) == last
			if of(c) != value {
				others++
			}
		}
		switch {
		case value != "" && others > 0:
			now = append(now, what)
		case same && others > 0:
			gone = append(gone, what)
		default:
			return
		}
		give()
		m.refresh()
	}
	if !keepSystem {
		set("system prompt", system, before.system, func(c sessions.Column) string { return c.System }, func() { m.bench.SetSystem(system) })
	}
	set("schema", string(p.Schema), before.schema, func(c sessions.Column) string { return string(c.Schema) }, func() {
		for _, c := range m.session.Shown() {
			c.Schema = p.Schema
			m.bench.Configure(c.Named(m.opts.Presets))
		}
	})
	switch {
	case len(now) > 0 && len(gone) > 0:
		return "all columns have its " + now[0] + " from now on, and no " + gone[0]
	case len(now) > 0:
		return "all columns have its " + strings.Join(now, " and ") + " from now on"
	case len(gone) > 0:
		return "taken back from all columns: the last prompt's " + strings.Join(gone, " and ")
	}
	return ""
}
