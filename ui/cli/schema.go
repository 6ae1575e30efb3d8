package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"juxta/prompts"
)

// schemaFile reads what --schema names, which is one file at the most.
func (q *ask) schemaFile() (json.RawMessage, error) {
	switch len(q.schemas) {
	case 0:
		return nil, nil
	case 1:
		return readSchema("--schema ", q.schemas[0])
	}
	return nil, usage("give it once", "--schema is given twice")
}

// readSchema reads the JSON Schema that answers have to follow, and nothing for
// no path. Its errors begin with what named the file, and say where in it the
// mistake is.
func readSchema(what, path string) (json.RawMessage, error) {
	const most = 1 << 20
	if path == "" {
		return nil, nil
	}
	b, err := readUpTo(path, most+1)
	switch {
	case err != nil:
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err // the path is named already
		}
		return nil, usage("name a file that holds a JSON Schema", "%s%s: %w", what, path, err)
	case len(b) > most:
		return nil, usage("name a file that holds nothing but a JSON Schema", "%s%s: a schema has at most %d MB", what, path, most>>20)
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	wrong := func(at int, format string, args ...any) error {
		line, column := place(b, at)
		return usage(`a schema is a JSON object, such as {"type": "object", "properties": {…}}`,
			"%s%s:%d:%d: %s", what, path, line, column, fmt.Sprintf(format, args...))
	}
	var value any
	if err := json.Unmarshal(b, &value); err != nil {
		var syntax *json.SyntaxError
		at := len(b)
		if errors.As(err, &syntax) && !strings.HasPrefix(err.Error(), "unexpected end") {
			at = int(syntax.Offset) - 1 // the byte it stopped at is counted
		}
		return nil, wrong(at, "%s", prompts.NotJSON(err))
	}
	if _, ok := value.(map[string]any); !ok {
		return nil, wrong(len(b)-len(bytes.TrimLeft(b, " \t\r\n")), "this is not an object")
	}
	if at, typ := wrongType(b); typ != "" {
		return nil, wrong(at, "there is no type %s; it is one of %s", typ, strings.Join(schemaTypes(), ", "))
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b); err != nil { // it was valid above
		return nil, err
	}
	return compact.Bytes(), nil
}

func readUpTo(path string, n int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, n))
}

// place is the line and the column, in characters, of a byte; both count from 1.
func place(b []byte, at int) (line, column int) {
	before := b[:max(0, min(at, len(b)))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte{'\n'}) + 1, len([]rune(string(before[start:]))) + 1
}

// schemaTypes are the types of JSON Schema.
func schemaTypes() []string {
	return []string{"object", "array", "string", "number", "integer", "boolean", "null"}
}

// wrongType is where a schema, which is valid JSON, has a type that there is
// none of, and that type; "" if there is none. A property may be called type: its
// value is a schema, and what is under const, enum, default or examples is data.
func wrongType(b []byte) (at int, typ string) {
	dec := json.NewDecoder(bytes.NewReader(b))
	var value func(what string) // what is the keyword that it stands under
	check := func(t json.Token) {
		if s, ok := t.(string); typ == "" && !(ok && slices.Contains(schemaTypes(), s)) {
			text, _ := json.Marshal(t)
			at, typ = int(dec.InputOffset())-len(text), string(text)
		}
	}
	value = func(what string) {
		t, err := dec.Token()
		switch {
		case err != nil: // it was valid
		case t == json.Delim('{'):
			for dec.More() {
				key, _ := dec.Token()
				name, _ := key.(string)
				value(under(what, name))
			}
			_, _ = dec.Token()
		case t == json.Delim('['):
			for dec.More() {
				value(what)
			}
			_, _ = dec.Token()
		case what == "type":
			check(t)
		}
	}
	value("")
	return at, typ
}

// under is what stands under a name in an object that itself stands under what:
// "data", "names" for an object whose names are somebody's own and whose values
// are schemas, "type", and else "" for a schema.
func under(what, name string) string {
	switch {
	case what == "data" || what == "type":
		return "data"
	case what == "names":
		return ""
	case slices.Contains([]string{"const", "enum", "default", "examples"}, name):
		return "data"
	case slices.Contains([]string{"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"}, name):
		return "names"
	case name == "type":
		return "type"
	}
	return ""
}
