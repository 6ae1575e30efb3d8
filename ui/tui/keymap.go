package tui

import (
	"fmt"
	"slices"
	"strings"
)

// A Binding gives a command the user's own keys in place of its usual ones.
type Binding struct {
	Command string   // its id, such as "zoom"
	Keys    []string // such as "ctrl+k"; none for no key at all
}

// A BindError is a mistake in a binding.
type BindError struct {
	Binding int // its index
	Key     int // the index of the key that is meant, or -1 for the command
	Text    string
	Wrong   string   // the word that means nothing, if that is the mistake
	Known   []string // what could stand in its place
}

func (e *BindError) Error() string { return e.Text }

// A Keymap is what each key means. It is read-only.
type Keymap struct {
	commands []command // in the order of the help, with the keys that they have here
	table    map[scope]map[string]command
}

// Bind is the usual keys with the user's own. Who binds a key takes it from the
// command that usually has it. Of commands that work everywhere the keys that
// type or move the cursor, such as r or enter, are for the panes alone. The
// error is a [*BindError].
func Bind(own []Binding) (*Keymap, error) {
	k := &Keymap{commands: commands(), table: map[scope]map[string]command{}}
	taken := map[spot]int{} // by whose binding
	for i, b := range own {
		if err := k.bind(own, i, b, taken); err != nil {
			return nil, err
		}
	}
	for i := range k.commands {
		c := &k.commands[i]
		if !slices.ContainsFunc(own, func(b Binding) bool { return b.Command == c.id }) {
			c.keys = slices.DeleteFunc(slices.Clone(c.keys), func(key string) bool {
				_, gone := thief(taken, spot{reach(c.scope, key), key})
				return gone
			})
		}
		k.enter(*c)
	}
	for _, id := range indispensable() {
		if k.has(id) {
			continue
		}
		e := &BindError{Key: -1, Text: fmt.Sprintf("%s needs a key", id)}
		for i, b := range own {
			if b.Command == id {
				e.Binding = i
				return nil, e
			}
		}
		for _, c := range commands() { // somebody took it
			for _, key := range c.keys {
				if by, gone := thief(taken, spot{reach(c.scope, key), key}); gone && c.id == id {
					e.Binding = by
					e.Text = fmt.Sprintf("%s takes the only key of %s, which needs one; give it another: %s: KEY", own[by].Command, id, id)
				}
			}
		}
		return nil, e
	}
	return k, nil
}

// indispensable are the commands without which nobody gets anywhere.
func indispensable() []string { return []string{"send", "back", "commands", "quit"} }

// A spot is where a key has one meaning.
type spot struct {
	scope scope
	key   string
}

// reach is where a key of a command of scope s means it.
func reach(s scope, key string) scope {
	if s == anywhere && (types(key) || moves(key)) {
		return inPanes
	}
	return s
}

// thief is the binding that has a key wherever it would mean what it does at p.
func thief(taken map[spot]int, p spot) (int, bool) {
	for s := overAll; s <= inVerdict; s++ {
		if by, ok := taken[spot{s, p.key}]; ok && meet(s, p.scope) {
			return by, true
		}
	}
	return 0, false
}

// meet reports whether a key can be pressed where it is looked up in both scopes.
func meet(a, b scope) bool { return a == b || a <= anywhere || b <= anywhere }

// bind gives the lines of a command the keys of own[i].
func (k *Keymap) bind(own []Binding, i int, b Binding, taken map[spot]int) error {
	var lines []*command
	var ids []string
	for j := range k.commands {
		c := &k.commands[j]
		ids = append(ids, c.id)
		if c.id == b.Command {
			c.keys = nil
			lines = append(lines, c)
		}
	}
	if lines == nil {
		return &BindError{Binding: i, Key: -1, Text: fmt.Sprintf("there is no command %q", b.Command), Wrong: b.Command, Known: ids}
	}
	for j, word := range b.Keys {
		key, err := parseKey(word)
		if err == nil {
			err = usable(b.Command, key, lines[0].scope)
		}
		if err != nil {
			err.Binding, err.Key = i, j
			return err
		}
		c := lines[0]
		for _, l := range lines[1:] {
			if l.scope == reach(c.scope, key) {
				c = l
			}
		}
		p := spot{reach(c.scope, key), key}
		if by, twice := thief(taken, p); twice {
			return &BindError{Binding: i, Key: j, Text: fmt.Sprintf("%s is already the key of %s", name(key), own[by].Command)}
		}
		taken[p] = i
		c.keys = append(c.keys, key)
	}
	return nil
}

func (k *Keymap) enter(c command) {
	for _, key := range c.keys {
		s := reach(c.scope, key)
		if k.table[s] == nil {
			k.table[s] = map[string]command{}
		}
		k.table[s][key] = c
	}
}

// has reports whether a command has a key that works wherever the command does.
func (k *Keymap) has(id string) bool {
	for _, c := range k.commands {
		if c.id == id {
			return slices.ContainsFunc(c.keys, func(key string) bool { return reach(c.scope, key) == c.scope })
		}
	}
	return false
}

// keys are all of a command's.
func (k *Keymap) keys(id string) []string {
	var all []string
	for _, c := range k.commands {
		if c.id == id {
			all = append(all, c.keys...)
		}
	}
	return all
}

// find is the command of a key in the first of the scopes that has one.
func (k *Keymap) find(key string, scopes ...scope) (command, bool) {
	for _, s := range scopes {
		if c, ok := k.table[s][key]; ok {
			return c, true
		}
	}
	return command{}, false
}

// name is how a command is reached, for people: a key that works anywhere if
// there is one.
func (k *Keymap) name(id string) string { return k.nameIn(anywhere, id) }

// nameIn is how a command is reached by somebody who has the keys where s is:
// by a key of that scope, a wider one or another one, and a command without a key
// by the list of all commands and its id.
func (k *Keymap) nameIn(s scope, id string) string {
	keys := k.keys(id)
	for _, s := range []scope{s, anywhere, overAll} {
		for _, key := range keys {
			if k.table[s][key].id == id {
				return name(key)
			}
		}
	}
	if len(keys) > 0 {
		return name(keys[0])
	}
	return k.name("commands") + " " + id
}

// short is a command in the status line where s has the keys: the name of its
// key, or those of the commands that it is shown with, and what they do. No
// names: it is not there.
func (k *Keymap) short(s scope, c command) (names, what string) {
	ids, what, several := strings.Cut(c.short, "  ")
	if !several {
		ids, what = c.id, c.short
	}
	var all []string
	for id := range strings.FieldsSeq(ids) {
		for _, key := range k.keys(id) {
			if here, _ := k.find(key, overAll, anywhere, s); what != "" && here.id == id && (several || here.scope == c.scope) {
				all = append(all, name(key))
				break
			}
		}
	}
	return strings.Join(all, " "), what
}

// fill puts the names of keys in the place of {id} in words for people who have
// the keys where s is.
func (k *Keymap) fill(s scope, words string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(words, "{")
		id, after, closed := strings.Cut(rest, "}")
		b.WriteString(before)
		if !ok || !closed {
			return b.String()
		}
		b.WriteString(k.nameIn(s, id))
		words = after
	}
}

// keyed is words for people with the key of each command that they name as {id}.
func (lk *look) keyed(words string) string { return lk.keys.fill(anywhere, words) }

// keyed is the same for whoever reads it at once, and has the keys where the
// user is.
func (m *Model) keyed(words string) string { return m.look.keys.fill(m.where(), words) }

// where is what has the keys when no overlay does.
func (m *Model) where() scope {
	if m.booth() != nil {
		return inBooth
	}
	if m.replaying() {
		return inReplay
	}
	if m.panel {
		return inPanes
	}
	return inComposer
}
