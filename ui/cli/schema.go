package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// readSchema reads the JSON Schema that answers have to follow, and nothing for
// no path. Its errors say where in the file the mistake is.
func readSchema(path string) (json.RawMessage, error) {
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
		return nil, usage("name a file that holds a JSON Schema", "--schema %s: %w", path, err)
	case len(b) > most:
		return nil, usage("", "--schema %s: a schema has at most %d bytes", path, most)
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	wrong := func(at int, format string, args ...any) error {
		line, column := place(b, at)
		return usage(`a schema is a JSON object, such as {"type": "object", "properties": {…}}`,
			"--schema %s:%d:%d: %s", path, line, column, fmt.Sprintf(format, args...))
	}
	var value any
	if err := json.Unmarshal(b, &value); err != nil {
		var syntax *json.SyntaxError
		at := len(b)
		if errors.As(err, &syntax) && !strings.HasPrefix(err.Error(), "unexpected end") {
			at = int(syntax.Offset) - 1 // the byte it stopped at is counted
		}
		return nil, wrong(at, "%v", err)
	}
	if _, ok := value.(map[string]any); !ok {
		return nil, wrong(len(b)-len(bytes.TrimLeft(b, " \t\r\n")), "this is not an object")
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
