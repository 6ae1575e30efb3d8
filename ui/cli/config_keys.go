package cli

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml/ast"

	"juxta/ui/tui"
)

// keysText is the keys of commands, in the order of the file.
type keysText []keyText

type keyText struct {
	command scalar
	keys    scalarList // none for no key at all
}

// UnmarshalYAML reads the keys under the names of their commands.
func (k *keysText) UnmarshalYAML(n ast.Node) error {
	if n.Type() == ast.NullType {
		return nil
	}
	m, ok := n.(ast.MapNode)
	if !ok {
		return wrong(n.GetToken(), "keys is a mapping from a command to its key, or to a list of keys")
	}
	for it := m.MapRange(); it.Next(); {
		var t keyText
		if err := t.command.UnmarshalYAML(it.Key()); err != nil {
			return err
		}
		if err := t.keys.UnmarshalYAML(it.Value()); err != nil {
			return err
		}
		for _, key := range t.keys {
			if key.text == "" {
				return wrong(key.at, "%s: name a key, such as ctrl+k, or write [] for none", t.command.text)
			}
		}
		*k = append(*k, t)
	}
	return nil
}

// bind is what the keys mean; nil if the file binds none.
func (k keysText) bind() (*tui.Keymap, error) {
	if len(k) == 0 {
		return nil, nil
	}
	own := make([]tui.Binding, len(k))
	for i, t := range k {
		own[i].Command = t.command.text
		for _, key := range t.keys {
			own[i].Keys = append(own[i].Keys, key.text)
		}
	}
	keys, err := tui.Bind(own)
	var e *tui.BindError
	if !errors.As(err, &e) {
		return keys, err
	}
	at, text := k[e.Binding].command.at, e.Text
	if e.Key >= 0 {
		at = k[e.Binding].keys[e.Key].at
	}
	if near := nearest(e.Wrong, e.Known); near != "" {
		text += fmt.Sprintf("; did you mean %q?", near)
	}
	return nil, wrong(at, "keys: %s", text)
}
