package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/token"
)

// A configError is a mistake in the configuration file. It never quotes the
// line, which may hold a key.
type configError struct {
	path         string
	line, column int // 0 if the mistake has no place
	text         string
	err          error // why the file can't be read; nil for a mistake in it
}

// Unwrap returns the cause.
func (e *configError) Unwrap() error { return e.err }

// Advice is the next step for a person.
func (e *configError) Advice() string {
	switch {
	case e.err == nil:
		return "mend it there, or take it out: whatever the file leaves out has a default"
	case errors.Is(e.err, fs.ErrNotExist):
		return "check its name, in --config or JUXTA_CONFIG"
	}
	return "name a file that can be read: --config FILE"
}

func (e *configError) Error() string {
	if e.line == 0 {
		return fmt.Sprintf("%s: %s", e.path, e.text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.path, e.line, e.column, e.text)
}

// placed gives a mistake its place in the file.
func placed(path string, err error) error {
	var ye yaml.Error
	if !errors.As(err, &ye) {
		return &configError{path: path, text: err.Error()}
	}
	e := &configError{path: path, text: yamlWords(ye.GetMessage())}
	if t := ye.GetToken(); t != nil && t.Position != nil {
		e.line, e.column = t.Position.Line, t.Position.Column
	}
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) && ye.GetToken() != nil {
		name := ye.GetToken().Value
		e.text = fmt.Sprintf("there is no setting %q here", name)
		elsewhere := func(s string) bool { return s == name }
		if near := nearest(name, slices.DeleteFunc(settings(), elsewhere)); near != "" {
			e.text += fmt.Sprintf("; did you mean %q?", near)
		}
	}
	return e
}

// yamlWords says what is wrong with a file's YAML to somebody who knows none of
// the words of its grammar. What it does not know it leaves.
func yamlWords(said string) string {
	if has, wants, ok := strings.Cut(said, " was used where "); ok {
		wants, _ = strings.CutSuffix(wants, " is expected")
		kinds := map[string]string{
			"mapping": "a line like `name: value`", "sequence": "a list of lines that begin with `- `", "string": "a text",
			"boolean": "true or false", "int": "a number", "float": "a number", "null": "nothing",
		}
		return fmt.Sprintf("here is %s, and it should be %s", cmp.Or(kinds[has], has), cmp.Or(kinds[wants], wants))
	}
	switch {
	case strings.Contains(said, "tab character"), strings.Contains(said, "\t"):
		return "there is a tab here: indent with spaces"
	case strings.HasSuffix(said, "in this context"), strings.Contains(said, "map key-value is pre-defined"):
		return "this can't stand here: it may be indented wrongly, or an end is missing above"
	case strings.HasPrefix(said, "could not find end character"):
		return "a quotation mark is missing: this text never ends"
	case strings.HasPrefix(said, "could not find flow map"), strings.HasPrefix(said, "sequence end token"), strings.HasSuffix(said, "must be specified"):
		return "a bracket that is opened here is never closed, or a comma is missing"
	}
	return said
}

// settings are all the names that the file may hold, for a hint.
func settings() []string {
	return append([]string{
		"providers", "prices", "prices_url", "local_only", "attachments", "keys", "theme", "keep_metadata", "private_urls", "name", "api", "base_url", "key", "local", "retries", "timeout",
		"connect", "first_byte", "idle",
	}, slices.Concat(priceSettings(), presetSettings(), machineSettings())...)
}

// wrong is a mistake at a token.
func wrong(t *token.Token, format string, args ...any) error {
	return &yaml.SyntaxError{Message: fmt.Sprintf(format, args...), Token: t}
}
