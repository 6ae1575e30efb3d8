package prompts

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A template is text with variables in it: {{name}}, with or without spaces
// around the name. There is no logic. A backslash before the braces, \{{, stands
// for the braces themselves. Values are put in as they are and never read for
// variables again.
type template struct {
	pieces []piece
	names  []string // of the variables, each once, in the order in which they come
}

// A piece is a variable, or text if it has no name.
type piece struct {
	text string
	name string
	line int // of the variable, counted from 1 in the template
}

const (
	opens, closes = "{{", "}}"
	longestName   = 64
	mostVariables = 500 // of a text: more than anybody fills in
)

// parseTemplate is text as a template. Its error is a [*FileError] without a
// path, whose line counts from 1 in text.
func parseTemplate(text string) (template, error) {
	var t template
	var plain strings.Builder
	line := 1
	for {
		before, rest, found := strings.Cut(text, opens)
		if kept, escaped := strings.CutSuffix(before, `\`); found && escaped {
			plain.WriteString(kept + opens)
			line += strings.Count(kept, "\n")
			text = rest
			continue
		}
		plain.WriteString(before)
		line += strings.Count(before, "\n")
		for strings.HasPrefix(rest, "{") { // the innermost two of several braces
			plain.WriteString("{")
			rest = rest[1:]
		}
		if plain.Len() > 0 {
			t.pieces = append(t.pieces, piece{text: plain.String()})
			plain.Reset()
		}
		if !found {
			return t, nil
		}
		name, rest, closed := strings.Cut(rest, closes)
		name = strings.TrimSpace(name)
		if !closed || !isName(name) {
			return template{}, &FileError{Line: line, Text: fmt.Sprintf(`%s begins a variable, such as {{name}}; write \%s for the braces themselves`, opens, opens)}
		}
		t.pieces = append(t.pieces, piece{name: name, line: line})
		if !slices.Contains(t.names, name) {
			t.names = append(t.names, name)
		}
		if len(t.names) > mostVariables {
			return template{}, &FileError{Line: line, Text: fmt.Sprintf(`there are more than %d variables; write \%s for the braces themselves`, mostVariables, opens)}
		}
		text = rest
	}
}

// isName reports whether s may name a variable: ASCII letters, digits, _ and -,
// a letter or _ first, 64 characters at most.
func isName(s string) bool {
	if s == "" || len(s) > longestName {
		return false
	}
	for i, r := range s {
		switch {
		case r == '_', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
		case i > 0 && (r == '-' || '0' <= r && r <= '9'):
		default:
			return false
		}
	}
	return true
}

// fill is the text with the values in the places of the variables, all of which
// must have one.
func (t template) fill(values map[string]string) string {
	var b strings.Builder
	for _, p := range t.pieces {
		if p.name != "" {
			b.WriteString(values[p.name])
		} else {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// A MissingError names the variables that have no value.
type MissingError struct {
	Prompt string // "" for a text that is no prompt of the library
	Names  []string
}

func (e *MissingError) Error() string {
	what := "the question"
	if e.Prompt != "" {
		what = fmt.Sprintf("the prompt %q", e.Prompt)
	}
	if len(e.Names) == 1 {
		return fmt.Sprintf("%s needs a value for %s", what, e.Names[0])
	}
	return fmt.Sprintf("%s needs values for %s", what, listed(e.Names))
}

// listed is "a, b and c".
func listed(names []string) string {
	n := len(names)
	if n < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
}

// Filled is a prompt with its variables' values put in: what is asked.
type Filled struct {
	Text   string
	System string // "" for none
	Used   Used   // what is kept with the turn
}

// Fill puts values into the variables; one that has none gets its default. It
// is a [*MissingError] if a variable has neither, and an error if there is no
// such variable or a value is not among its choices: nothing is ever left empty
// by itself.
func (p *Prompt) Fill(values map[string]string) (Filled, error) {
	all := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.ContainsFunc(p.Variables, func(v Variable) bool { return v.Name == name }) {
			return Filled{}, fmt.Errorf("there is no variable %q; %s", name, p.has())
		}
	}
	var missing []string
	for _, v := range p.Variables {
		value, given := values[v.Name]
		switch {
		case given:
			if len(v.Choices) > 0 && !slices.Contains(v.Choices, value) {
				return Filled{}, fmt.Errorf("%s can't be %q; it is one of %s", v.Name, value, strings.Join(v.Choices, ", "))
			}
		case v.Default != nil:
			value = *v.Default
		case !v.Used:
			continue // nobody misses it
		default:
			missing = append(missing, v.Name)
			continue
		}
		all[v.Name] = value
	}
	if len(missing) > 0 {
		return Filled{}, &MissingError{Prompt: p.Name, Names: missing}
	}
	return Filled{
		Text: p.text.fill(all), System: p.system.fill(all),
		Used: Used{Name: p.Name, SHA256: p.SHA256(), Source: p.Source, Values: all},
	}, nil
}

// has says which variables there are.
func (p *Prompt) has() string {
	var names []string
	for _, v := range p.Variables {
		names = append(names, v.Name)
	}
	if len(names) == 0 {
		return "there are none"
	}
	return "there are " + listed(names)
}
