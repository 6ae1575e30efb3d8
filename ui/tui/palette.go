package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// palette lists every command with its keys: the help, and a way to run them
// from wherever the user is.
func (m *Model) palette() tea.Cmd {
	keys := m.look.keys
	l := newList("All commands", m.keyed("enter does it · {back} closes"), &m.look)
	var items []item
	for i, c := range keys.commands {
		if slices.ContainsFunc(keys.commands[:i], func(b command) bool { return b.id == c.id }) {
			continue // a line of the same command for another scope
		}
		if !m.permits(c) {
			continue
		}
		cells := []string{keys.few(c.id)}
		items = append(items, item{title: c.help, value: c, cells: cells, find: lower(c.help, keys.named(c.id), c.id, worksIn(keys, c.id))})
	}
	l.about = func(it item) string {
		c := it.value.(command)
		words := strings.Join(keys.named(c.id), " ")
		if words == "" {
			words = "no key"
		}
		return "keys: " + c.id + " · " + worksIn(keys, c.id) + " · " + words
	}
	l.choose = func(it item, _ string) action {
		return func(m *Model) tea.Cmd {
			m.pop()
			return m.perform(it.value.(command))
		}
	}
	l.fill(items)
	m.push(l)
	return nil
}

// perform does what was chosen in the palette, and says so where nothing came of
// it: whoever chose it can't tell that from a key that was not heard.
func (m *Model) perform(c command) tea.Cmd {
	m.notice = notice{}
	m.place()
	before := m.screen()
	cmd := m.do(c)
	m.place()
	if cmd == nil && m.notice.text == "" && len(m.overlays) == 0 && m.screen() == before {
		return m.say(m.keyed(m.idle(c.id)) + ": " + c.help)
	}
	return cmd
}

// unseen is what a command returns that did something which the screen does not
// show at once.
func unseen() tea.Msg { return nil }

// idle is why nothing came of a command.
func (m *Model) idle(id string) string {
	switch id {
	case "line_down", "line_up", "page_down", "page_up", "first_turn", "last_turn", "previous_turn", "next_turn":
		return "no further"
	}
	switch {
	case m.bench == nil:
		return "the store is still opening"
	case len(m.panes) == 0:
		return "there is no column yet, {model} chooses a model"
	case len(m.tr.turns) == 0:
		return "nothing was asked yet"
	}
	return "nothing to do now"
}

// worksIn says where a command's keys mean it.
func worksIn(k *Keymap, id string) string {
	called := map[scope]string{overAll: "always", anywhere: "anywhere", inComposer: "in the composer", inPanes: "in the panes", inBrowser: "in the list of sessions", inReplay: "in a replay", inBooth: "while voting", inVerdict: "in the verdict"}
	widest := inVerdict
	for _, c := range k.commands {
		if c.id == id {
			widest = min(widest, c.scope)
		}
	}
	return called[widest]
}

// named are the names of all of a command's keys.
func (k *Keymap) named(id string) []string {
	var names []string
	for _, key := range k.keys(id) {
		names = append(names, name(key))
	}
	return names
}

// fewKeys is how wide the keys in the palette may be; all of them stand below.
const fewKeys = 14

// few are the first keys of a command, as many as there is room for.
func (k *Keymap) few(id string) string {
	s := ""
	for _, key := range k.named(id) {
		if s != "" && len(s)+2+len(key) > fewKeys {
			break
		}
		if s != "" {
			s += "  "
		}
		s += key
	}
	return s
}
