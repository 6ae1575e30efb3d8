package prompts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// A written value is text with its line in the front matter.
type written struct {
	text string
	line int
}

// settings of a prompt's front matter.
func frontSettings() []string {
	return []string{"title", "tags", "system", "variables", "attachments", "schema"}
}

// misplaced is a mistake at a node of the front matter.
func misplaced(n ast.Node, format string, args ...any) error {
	return misplacedAt(n.GetToken(), format, args...)
}

func misplacedAt(t *token.Token, format string, args ...any) error {
	e := &FileError{Text: fmt.Sprintf(format, args...)}
	if t != nil && t.Position != nil {
		e.Line, e.Column = t.Position.Line, t.Position.Column
	}
	return e
}

// mostNested is how deep front matter may go, by brackets or by dashes in a row: no
// schema goes as deep, and the parser takes time and room by the square.
const mostNested = 100

// nestedTooDeep is the line, from 1, that goes deeper; 0 if none does. It counts
// brackets in texts, too, of which nobody leaves so many open.
func nestedTooDeep(front string) int {
	line, open := 0, 0
	for l := range strings.Lines(front) {
		line++
		marks := l[:len(l)-len(strings.TrimLeft(l, "-? "))]
		for _, c := range []byte(l) {
			switch c {
			case '[', '{':
				open++
			case ']', '}':
				open = max(0, open-1)
			}
			if open > mostNested {
				return line
			}
		}
		if strings.Count(marks, "- ")+strings.Count(marks, "? ") > mostNested {
			return line
		}
	}
	return 0
}

// readFront takes in the front matter and returns the system prompt.
func (p *Prompt) readFront(text string) (system written, err error) {
	if line := nestedTooDeep(text); line > 0 {
		return system, &FileError{Line: line, Text: fmt.Sprintf("this is nested more than %d deep", mostNested)}
	}
	file, err := parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey()) // whose places count from the second line
	if err != nil {
		return system, unparsed(err)
	}
	for i, doc := range file.Docs {
		if i > 0 {
			return system, misplacedAt(doc.Start, "the front matter is one document: leave this line out")
		}
		if doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.CommentType {
			continue
		}
		all, ok := pairs(doc.Body)
		if !ok {
			return system, misplaced(doc.Body, "the front matter is a list of settings: %s", strings.Join(frontSettings(), ", "))
		}
		seen := map[string]bool{}
		for _, kv := range all {
			key := keyOf(kv)
			if seen[key] {
				return system, misplaced(kv.Key, "%s is set twice", key)
			}
			seen[key] = true
			if err := p.set(key, kv, &system); err != nil {
				return system, err
			}
		}
	}
	return system, nil
}

func unparsed(err error) error {
	var y yaml.Error
	if errors.As(err, &y) {
		return misplacedAt(y.GetToken(), "%s", y.GetMessage())
	}
	return &FileError{Text: err.Error()}
}

func (p *Prompt) set(key string, kv *ast.MappingValueNode, system *written) (err error) {
	switch key {
	case "title":
		p.Title, err = text(kv.Value)
	case "system":
		system.text, err = text(kv.Value)
		system.line = kv.Key.GetToken().Position.Line
	case "tags":
		p.Tags, err = texts(kv.Value)
	case "attachments":
		p.Attachments, err = texts(kv.Value)
	case "variables":
		err = p.setVariables(kv.Value)
	case "schema":
		if kv.Value.Type() == ast.MappingType || kv.Value.Type() == ast.MappingValueType {
			p.Schema, err = asJSON(kv.Value)
		} else {
			p.schemaFile, err = text(kv.Value)
		}
	default:
		err = misplaced(kv.Key, "there is no setting %q here; there are %s", key, strings.Join(frontSettings(), ", "))
	}
	return err
}

// setVariables reads name: default, or name with a mapping, or with nothing.
func (p *Prompt) setVariables(n ast.Node) error {
	all, ok := pairs(n)
	if !ok {
		return misplaced(n, "variables is a mapping of names, such as `tone: neutral`")
	}
	if len(all) > mostVariables {
		return misplaced(n, "there are more than %d variables", mostVariables)
	}
	for _, kv := range all {
		v := Variable{Name: keyOf(kv)}
		if !isName(v.Name) {
			return misplaced(kv.Key, "%q can't name a variable: letters, digits, _ and -, a letter first", v.Name)
		}
		if slices.ContainsFunc(p.Variables, func(x Variable) bool { return x.Name == v.Name }) {
			return misplaced(kv.Key, "the variable %s is declared twice", v.Name)
		}
		if err := v.read(kv.Value); err != nil {
			return err
		}
		p.Variables = append(p.Variables, v)
	}
	return nil
}

func (v *Variable) read(n ast.Node) error {
	fields, ok := pairs(n)
	if !ok {
		if n.Type() == ast.NullType {
			return nil
		}
		s, err := text(n)
		v.Default = &s
		return err
	}
	seen := map[string]bool{}
	for _, f := range fields {
		var err error
		key := keyOf(f)
		if seen[key] {
			return misplaced(f.Key, "%s is set twice", key)
		}
		seen[key] = true
		switch key {
		case "default":
			var s string
			s, err = text(f.Value)
			v.Default = &s
		case "choices":
			v.Choices, err = texts(f.Value)
			if err == nil && len(v.Choices) == 0 {
				err = misplaced(f.Value, "choices is a list of at least one value")
			}
		case "description":
			v.Description, err = text(f.Value)
		default:
			err = misplaced(f.Key, "a variable has no %q; it has default, choices and description", key)
		}
		if err != nil {
			return err
		}
	}
	if v.Default != nil && len(v.Choices) > 0 && !slices.Contains(v.Choices, *v.Default) {
		return misplaced(n, "the default %q is not one of the choices %s", *v.Default, strings.Join(v.Choices, ", "))
	}
	return nil
}

// pairs are a mapping's.
func pairs(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// keyOf is the name in a mapping, without the quotes that it may be written in.
func keyOf(kv *ast.MappingValueNode) string {
	if s, ok := kv.Key.(*ast.StringNode); ok {
		return s.Value
	}
	return kv.Key.String()
}

// text is a scalar as it is meant: numbers and yes or no are texts here.
func text(n ast.Node) (string, error) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return strings.TrimRight(n.Value.Value, "\n"), nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, nil
	case *ast.NullNode:
		return "", misplaced(n, "the value is missing")
	}
	return "", misplaced(n, "this is a text, in one value")
}

// texts is a list of scalars, or one alone.
func texts(n ast.Node) ([]string, error) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		s, err := text(n)
		if err != nil {
			return nil, misplaced(n, "this is a list of texts, such as [one, two]")
		}
		return []string{s}, nil
	}
	var all []string
	for _, x := range list.Values {
		s, err := text(x)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// asJSON is a mapping as JSON, whose members stand in the order in which they are
// written: services answer in it. What YAML has beyond JSON is a mistake here, and
// anchors too, by which a few lines can stand for gigabytes.
func asJSON(n ast.Node) (json.RawMessage, error) {
	var b bytes.Buffer
	if err := writeJSON(&b, n); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func writeJSON(b *bytes.Buffer, n ast.Node) error {
	if all, ok := pairs(n); ok {
		b.WriteByte('{')
		seen := map[string]bool{}
		for i, kv := range all {
			key, err := text(kv.Key)
			switch {
			case err != nil:
				return misplaced(kv.Key, "a name in a schema is a text")
			case seen[key]:
				return misplaced(kv.Key, "%s is set twice", key)
			}
			seen[key] = true
			if i > 0 {
				b.WriteByte(',')
			}
			quoteJSON(b, key)
			b.WriteByte(':')
			if err := writeJSON(b, kv.Value); err != nil {
				return err
			}
		}
		b.WriteByte('}')
		return nil
	}
	switch n := n.(type) {
	case *ast.SequenceNode:
		b.WriteByte('[')
		for i, x := range n.Values {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeJSON(b, x); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case *ast.NullNode:
		b.WriteString("null")
	case *ast.BoolNode:
		fmt.Fprint(b, n.Value)
	case *ast.IntegerNode, *ast.FloatNode:
		number := n.GetToken().Value
		if !json.Valid([]byte(number)) {
			return misplaced(n, "%s is no number in JSON", number)
		}
		b.WriteString(number)
	case *ast.LiteralNode:
		quoteJSON(b, n.Value.Value)
	default:
		s, err := text(n)
		if err != nil {
			return misplaced(n, "a schema has only what JSON has: objects, lists, texts, numbers, true, false and null")
		}
		quoteJSON(b, s)
	}
	return nil
}

func quoteJSON(b *bytes.Buffer, s string) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a text can be
	b.Truncate(b.Len() - 1)
}
