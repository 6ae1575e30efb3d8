package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions/plain"
	"juxta/ui/theme"
)

// A gallery of themes is the list of them; the one that is chosen is shown at
// once, and the one before comes back when the list is left.
type themes struct {
	*list
	before *theme.Set
}

func (m *Model) pickTheme() tea.Cmd {
	x := &themes{newList("Themes", m.keyed("enter keeps it · {back} leaves all as it was"), &m.look), m.theme}
	x.busy = "reading"
	about := map[string]string{
		theme.Auto: "dark or light, like the terminal", "dark": "for a dark terminal", "light": "for a light one",
		"contrast": "high contrast, dark or light", "plain": "no colour at all",
	}
	var items []item
	for _, name := range theme.Names() {
		if s, ok := theme.Builtin(name); ok {
			items = append(items, item{title: name, cells: []string{about[name]}, value: s})
		}
	}
	x.choose = func(it item, _ string) action {
		return func(m *Model) tea.Cmd {
			m.pop()
			m.wear(it.value.(*theme.Set))
			return m.say("theme: " + m.theme.Name + " in the configuration keeps it")
		}
	}
	x.fill(items)
	x.start(m.theme)
	m.push(x)
	read := m.opts.Themes
	if read == nil {
		x.busy = ""
		return nil
	}
	return func() tea.Msg {
		own, err := read()
		return action(func(*Model) tea.Cmd {
			x.busy = ""
			for _, s := range own {
				items = append(items, item{title: plain.Line(s.Name), cells: []string{"your own"}, value: s})
			}
			if err != nil {
				x.note, x.bad = plain.Line(strings.ReplaceAll(err.Error(), "\n", "; ")), true
			}
			at := x.chosen()
			x.fill(items)
			x.start(at)
			return nil
		})
	}
}

// chosen is the theme in the chosen row; nil if nothing matches.
func (x *themes) chosen() *theme.Set {
	if x.at >= len(x.match) {
		return nil
	}
	return x.items[x.match[x.at]].value.(*theme.Set)
}

// start goes to the row of a theme.
func (x *themes) start(s *theme.Set) {
	for i, k := range x.match {
		if s != nil && x.items[k].value.(*theme.Set).Name == s.Name {
			x.at = i
		}
	}
}

func (x *themes) key(k tea.KeyPressMsg) (act action, cmd tea.Cmd) {
	act = x.showing(func() action { act, cmd = x.list.key(k); return act })
	return act, cmd
}

func (x *themes) click(y int) action { return x.showing(func() action { return x.list.click(y) }) }

// roll is scroll for whom something is done then.
func (x *themes) roll(lines int) action {
	return x.showing(func() action { x.scroll(lines); return nil })
}

// showing does something to the list, and shows the theme that is chosen then.
func (x *themes) showing(do func() action) action {
	before := x.chosen()
	act := do()
	if s := x.chosen(); act == nil && s != nil && s != before {
		return func(m *Model) tea.Cmd { m.wear(s); return nil }
	}
	return act
}

// left puts on again what was worn before.
func (x *themes) left(m *Model) { m.wear(x.before) }

// wear has everything drawn in a theme.
func (m *Model) wear(s *theme.Set) {
	if s != m.theme {
		m.theme = s
		m.retheme()
	}
}
