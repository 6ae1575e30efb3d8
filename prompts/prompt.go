package prompts

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Prompt is a question that is kept to be asked again: a Markdown file, whose
// front matter says the rest.
//
//	---
//	title: Caption a pin
//	tags: [vision, captions]
//	system: You write captions for {{audience}}.
//	variables:
//	  product:                      # required
//	  audience: everybody           # its default
//	  tone: {default: neutral, choices: [neutral, playful], description: how it sounds}
//	attachments: [pins/sideboard.jpg]
//	schema: caption.schema.json     # a file, or the JSON Schema itself
//	---
//	Describe {{product}} in a {{tone}} tone.
//
// Paths are relative to the file. Everything may be left out, the front matter
// too; a variable that is used and not declared is required.
type Prompt struct {
	Name        string // within the library: its path without .md, with slashes; "" for a text from elsewhere
	Title       string // "" for none
	Tags        []string
	Variables   []Variable // as declared, then those that are only used
	Attachments []string   // paths and URLs as written, until [Library.Open] makes the paths absolute
	Schema      json.RawMessage
	Source      string // the whole file

	text, system template
	schemaFile   string // as written
	path         string
}

// A Variable is what a prompt wants to be told.
type Variable struct {
	Name        string
	Description string
	Default     *string // nil if it is required
	Choices     []string
	Used        bool // it stands in the text or in the system prompt
}

// A FileError is a mistake in a file, with its place as far as it is known.
type FileError struct {
	Path         string
	Line, Column int // from 1; 0 if the mistake has no place
	Text         string
}

func (e *FileError) Error() string {
	switch {
	case e.Path == "" && e.Line == 0:
		return e.Text
	case e.Path == "":
		return fmt.Sprintf("line %d: %s", e.Line, e.Text)
	case e.Line == 0:
		return e.Path + ": " + e.Text
	case e.Column == 0:
		return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Path, e.Line, e.Column, e.Text)
}

// Template is a question with variables that is no file.
func Template(text string) (*Prompt, error) {
	t, err := parseTemplate(text)
	if err != nil {
		return nil, err
	}
	p := &Prompt{Source: text, text: t}
	p.declare(t.names)
	return p, nil
}

// Parse reads a prompt's file. Its errors are [*FileError].
func Parse(name, path string, source []byte) (*Prompt, error) {
	at := func(err error, lines int) error {
		e, ok := err.(*FileError)
		if !ok {
			return err
		}
		e.Path = path
		if e.Line > 0 {
			e.Line += lines
		}
		return e
	}
	if !utf8.Valid(source) || bytes.IndexByte(source, 0) >= 0 {
		return nil, &FileError{Path: path, Text: "this is not UTF-8 text: save it as UTF-8"}
	}
	text := strings.ReplaceAll(strings.TrimPrefix(string(source), "\ufeff"), "\r\n", "\n")
	front, text, lines, err := cutFront(text)
	if err != nil {
		return nil, at(err, 0)
	}
	if len(front) > mostFront {
		return nil, &FileError{Path: path, Line: 1, Text: fmt.Sprintf("the front matter has more than %d bytes; a long schema can be a file of its own", mostFront)}
	}
	p := &Prompt{Name: name, Source: string(source), path: path}
	system, err := p.readFront(front)
	if err != nil {
		return nil, at(err, 1)
	}
	for strings.HasPrefix(text, "\n") {
		text, lines = text[1:], lines+1
	}
	if p.text, err = parseTemplate(strings.TrimRight(text, "\n ")); err != nil {
		return nil, at(err, lines)
	}
	if p.system, err = parseTemplate(system.text); err != nil {
		return nil, at(&FileError{Line: system.line, Text: "system: " + err.(*FileError).Text}, 1)
	}
	if len(p.text.pieces) == 0 && len(p.Attachments) == 0 {
		return nil, &FileError{Path: path, Line: lines + 1, Text: "there is no question below the front matter"}
	}
	p.declare(slices.Concat(p.text.names, p.system.names))
	return p, nil
}

// declare marks the variables that are used, and adds those that nobody declared.
func (p *Prompt) declare(used []string) {
	for _, name := range used {
		i := slices.IndexFunc(p.Variables, func(v Variable) bool { return v.Name == name })
		if i < 0 {
			i = len(p.Variables)
			p.Variables = append(p.Variables, Variable{Name: name})
		}
		p.Variables[i].Used = true
	}
}

// cutFront is the front matter, the text behind it and how many lines come
// before that.
func cutFront(s string) (front, text string, lines int, err error) {
	first, rest, ok := strings.Cut(s, "\n")
	if !ok || strings.TrimRight(first, " \t") != "---" {
		return "", s, 0, nil
	}
	lines = 1
	at := 0
	for l := range strings.Lines(rest) {
		lines++
		if strings.TrimRight(l, "\n \t") == "---" {
			return rest[:at], rest[at+len(l):], lines, nil
		}
		at += len(l)
	}
	return "", "", 0, &FileError{Line: 1, Text: "the front matter has no end: a line of --- closes it"}
}

// SHA256 is that of the whole file, in hexadecimal.
func (p *Prompt) SHA256() string {
	sum := sha256.Sum256([]byte(p.Source))
	return hex.EncodeToString(sum[:])
}

// Body is the question with its variables as they are written.
func (p *Prompt) Body() string { return p.text.written() }

// System is the system prompt with its variables as they are written.
func (p *Prompt) System() string { return p.system.written() }

// Preview is the question as it would be with values: a variable that has none,
// and no default, stands there as it is written.
func (p *Prompt) Preview(values map[string]string) string {
	var b strings.Builder
	for _, x := range p.text.pieces {
		i := slices.IndexFunc(p.Variables, func(v Variable) bool { return v.Name == x.name })
		value, given := values[x.name]
		switch {
		case x.name == "":
			b.WriteString(x.text)
		case given:
			b.WriteString(value)
		case p.Variables[i].Default != nil:
			b.WriteString(*p.Variables[i].Default)
		default:
			b.WriteString(opens + x.name + closes)
		}
	}
	return b.String()
}

func (t template) written() string {
	var b strings.Builder
	for _, x := range t.pieces {
		if x.name != "" {
			b.WriteString(opens + x.name + closes)
		} else {
			b.WriteString(strings.ReplaceAll(x.text, opens, `\`+opens))
		}
	}
	return b.String()
}

// Warnings are what is odd about the prompt and keeps nobody from asking it.
func (p *Prompt) Warnings() []string {
	var all []string
	for _, v := range p.Variables {
		if !v.Used {
			all = append(all, fmt.Sprintf("the variable %s is declared and never used", v.Name))
		}
	}
	return all
}
