package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// modifiers are in the order in which Bubble Tea names them.
func modifiers() []string { return []string{"ctrl", "alt", "shift", "meta", "hyper", "super"} }

// keyNames are the keys that are not called by what they type.
func keyNames() []string {
	keys := []string{
		"enter", "tab", "esc", "space", "backspace", "delete", "insert",
		"up", "down", "left", "right", "home", "end", "pgup", "pgdown",
	}
	for i := range 24 {
		keys = append(keys, "f"+strconv.Itoa(i+1))
	}
	return keys
}

// parseKey is a key that a person wrote as Bubble Tea names it: modifiers in its
// order, and what shift types as that.
func parseKey(s string) (string, *BindError) {
	words := strings.Split(s, "+")
	if s == "+" || strings.HasSuffix(s, "++") { // the key + itself
		words = append(words[:max(len(words)-2, 0)], "+")
	}
	base, mods := words[len(words)-1], words[:len(words)-1]
	held := make([]bool, len(modifiers()))
	for _, w := range mods {
		i := slices.Index(modifiers(), strings.ToLower(w))
		if i < 0 {
			return "", &BindError{Text: fmt.Sprintf("there is no key %q: %q is none of %s", s, w, strings.Join(modifiers(), ", ")), Wrong: w, Known: modifiers()}
		}
		held[i] = true
	}
	letter := []rune(base)
	switch {
	case len(letter) != 1:
		base = strings.ToLower(base)
		if !slices.Contains(keyNames(), base) {
			return "", &BindError{Text: fmt.Sprintf("there is no key %q", s), Wrong: base, Known: keyNames()}
		}
	case !unicode.IsPrint(letter[0]) || letter[0] == ' ':
		return "", &BindError{Text: "a key is written as what it types, or by its name, such as enter or space"}
	case len(mods) > 0 && unicode.IsUpper(letter[0]): // alt+A
		held[2], base = held[2] || !held[0], strings.ToLower(base)
	}
	if held[2] && !slices.Contains(held[:2], true) && len(letter) == 1 {
		if strings.ToUpper(base) == base {
			return "", &BindError{Text: fmt.Sprintf("what shift makes of %s depends on the keyboard; write the character that is meant", base)}
		}
		held[2], base = false, strings.ToUpper(base)
	}
	var b strings.Builder
	for i, m := range modifiers() {
		if held[i] {
			b.WriteString(m + "+")
		}
	}
	key := b.String() + base
	if same, ok := map[string]string{"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+[": "esc", "ctrl+h": "backspace"}[key]; ok {
		return "", &BindError{Text: fmt.Sprintf("%s is %s to a terminal", key, same)}
	}
	return key, nil
}

// usable is why a command of scope s can't have a key.
func usable(id, key string, s scope) *BindError {
	switch {
	case s == inComposer && (types(key) || moves(key) && key != "enter" && key != "tab"):
		return &BindError{Text: fmt.Sprintf("%s writes the question; %s is a command of the composer and needs another key, such as ctrl+%s or F5", name(key), id, id[:1])}
	case s == overAll && (types(key) || moves(key)):
		return &BindError{Text: fmt.Sprintf("%s writes and chooses where %s works, too; it needs another key, such as ctrl+%s or F5", name(key), id, id[:1])}
	}
	return nil
}

// types reports whether a key writes in the composer.
func types(key string) bool { return key == "space" || len([]rune(key)) == 1 }

// moves reports whether a key without a modifier edits or moves in what is
// written.
func moves(key string) bool {
	switch key {
	case "enter", "tab", "backspace", "delete", "up", "down", "left", "right", "home", "end":
		return true
	}
	return false
}

// name is a key as it is written for people.
func name(key string) string {
	switch {
	case key == "pgup":
		return "PgUp"
	case key == "pgdown":
		return "PgDn"
	case len(key) > 1 && key[0] == 'f' && key[1] >= '1' && key[1] <= '9':
		return strings.ToUpper(key)
	}
	return key
}
