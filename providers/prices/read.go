package prices

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"juxta/providers"
)

// Read makes a table of a published list: our own text, the JSON that catwalk's
// service answers, or LiteLLM's map of models. What the JSON has of other services
// is passed over, and so are the names in left, whose prices are finer than a
// picodollar. What is no price is told by [List.Accept], unless there is so much
// of it that the whole list is an error.
//
// day is when b was fetched from address; our own text has its own sources.
func Read(b []byte, day, address string) (t Table, left []string, err error) {
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	start := bytes.TrimSpace(b)
	var rows []row
	var odd []oddity
	switch {
	case len(start) == 0:
		return Table{}, nil, errors.New("the list is empty")
	case start[0] == '{':
		rows, odd, left, err = liteLLM(b)
	case start[0] == '[' && (json.Valid(b) || bytes.HasPrefix(bytes.TrimSpace(start[1:]), []byte("{"))):
		rows, odd, left, err = catwalk(b)
	case start[0] == '[':
		rows, odd, err = own(string(b))
	default:
		return Table{}, nil, errors.New("this is neither a table of juxta's nor the JSON of catwalk or LiteLLM")
	}
	if err != nil {
		return Table{}, nil, err
	}
	if err := doubtful(odd, len(rows)+len(odd)); err != nil {
		return Table{}, nil, err
	}
	for i := range rows {
		if p := &rows[i].price; p.From == "" {
			p.Source, p.AsOf, p.From = providers.Listed, day, address
		}
	}
	slices.Sort(left)
	t = table(unique(rows))
	t.odd = odd
	return t, left, nil
}

// unique keeps the first of the rows that have a name and a day in common.
func unique(rows []row) []row {
	seen := map[[3]string]bool{}
	return slices.DeleteFunc(rows, func(r row) bool {
		key := [3]string{r.service, r.name, r.until}
		again := seen[key]
		seen[key] = true
		return again
	})
}

func isValue(m map[string]string, v string) bool {
	for _, x := range m {
		if x == v {
			return true
		}
	}
	return false
}

// plain reports whether a name can stand in a table: one word that a terminal
// shows as it is, and that begins no section, comment or source.
func plain(name string) bool {
	return len(name) <= 200 && !strings.HasPrefix(name, "[") && !strings.HasPrefix(name, "#") && name != "source" &&
		!strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
}

// decode reads JSON with its numbers as they are written, and to its end.
func decode(b []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	err := dec.Decode(into)
	if err == nil {
		if _, err = dec.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		return errors.New("more follows after its end")
	}
	line := func(at int64) int { return 1 + bytes.Count(b[:min(max(at, 0), int64(len(b)))], []byte("\n")) }
	var kind *json.UnmarshalTypeError
	var broken *json.SyntaxError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends in the middle")
	case errors.As(err, &kind):
		return fmt.Errorf("line %d: a %s is out of place", line(kind.Offset), kind.Value)
	case errors.As(err, &broken):
		return fmt.Errorf("from line %d on it is not JSON", line(broken.Offset))
	}
	return err
}
