package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// pickPreset lists the presets of the configuration, for the current column or a
// new one.
func (m *Model) pickPreset() tea.Cmd {
	if m.bench == nil {
		return nil
	}
	l := newList("Presets", m.keyed("enter sets the current column · ctrl+a adds one · {back} closes"), &m.look)
	l.empty = "none yet: name some under presets: in the configuration; see README"
	l.also = []string{"ctrl+a"}
	l.choose = func(it item, k string) action {
		p, ok := it.value.(sessions.Preset)
		return func(m *Model) tea.Cmd {
			switch {
			case !ok:
				return nil
			case k == "ctrl+a" || len(m.panes) == 0:
				return m.addPreset(p)
			}
			return m.usePreset(p)
		}
	}
	var items []item
	for _, p := range m.opts.Presets {
		how := &pane{column: p.On(sessions.Column{})}
		how.column.Preset = ""
		words := how.set()
		if p.System != "" {
			words = append(words, "“"+clip(plain.Line(p.System), longestLicence)+"”")
		}
		var on []string
		if p.Model != (providers.Ref{}) {
			on = []string{plain.Line(p.Model.String())}
		}
		items = append(items, item{title: strings.Join(append([]string{plain.Line(p.Name)}, words...), " · "), cells: on, value: p})
	}
	l.fill(items)
	m.push(l)
	return nil
}

// usePreset gives the current column a preset's settings, and its model if it
// names one.
func (m *Model) usePreset(p sessions.Preset) tea.Cmd {
	c, ok := m.reach(p, m.panes[m.focus].column)
	if !ok {
		return m.warn("there is no provider " + p.Model.Provider + ", which the preset's model is of: `juxta doctor` says which there are")
	}
	m.pop()
	m.bench.Configure(c)
	m.refresh()
	return m.say("the settings hold from the next question on")
}

// addPreset adds a column with a preset's settings, on its model or that of the
// current column.
func (m *Model) addPreset(p sessions.Preset) tea.Cmd {
	var c sessions.Column
	if len(m.panes) > 0 {
		c = m.panes[m.focus].column
	}
	c, ok := m.reach(p, c)
	switch {
	case m.most():
		return m.warn(m.keyed("8 columns are the most; {remove} removes one"))
	case !ok:
		return m.warn("there is no provider " + p.Model.Provider + ", which the preset's model is of: `juxta doctor` says which there are")
	case c.Model == (providers.Ref{}):
		return m.warn(m.keyed("the preset names no model: {add} adds a column with one"))
	}
	m.pop()
	m.bench.Add(c)
	m.focus = len(m.panes)
	m.refresh()
	return nil
}

// reach is a column with a preset's settings; false if its model's provider is
// not there.
func (m *Model) reach(p sessions.Preset, c sessions.Column) (sessions.Column, bool) {
	if p.Model != (providers.Ref{}) {
		c.Model = p.Model
		if _, err := m.bench.Registry.Find(p.Model); err != nil {
			return c, false
		}
	}
	return p.On(c).Named(m.opts.Presets), true
}
