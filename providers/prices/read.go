package prices

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"juxta/providers"
)

// Read makes a table of a published list: our own text, the JSON that catwalk's
// service answers, or LiteLLM's map of models. What it has of other services is
// passed over, and so are the names in left, whose prices are finer than a
// picodollar. What is no price is told by [List.Accept], unless there is so much
// of it that the whole list is an error.
//
// day is when b was fetched from address; our own text has its own sources.
func Read(b []byte, day, address string) (t Table, left []string, err error) {
	b = bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\ufeff")))
	var rows []row
	var odd []oddity
	switch {
	case len(b) == 0:
		return Table{}, nil, errors.New("the list is empty")
	case b[0] == '{':
		rows, odd, left, err = liteLLM(b)
	case b[0] == '[' && json.Valid(b):
		rows, odd, left, err = catwalk(b)
	case b[0] == '[':
		rows, odd, err = own(strings.ReplaceAll(string(b), "\r\n", "\n"))
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

// own reads our own text, however its rows are sorted. People review it, so what
// can't be read, other than a number that is no price, makes all of it an error.
func own(text string) (rows []row, odd []oddity, err error) {
	known := services()
	for r, err := range split(text).all() {
		switch {
		case err != nil && !errors.Is(err, errWrong):
			return nil, nil, err
		case !isValue(known, r.service):
			return nil, nil, fmt.Errorf("there is no service %q", r.service)
		case !plain(r.name) || !plain(r.target):
			return nil, nil, fmt.Errorf("%q is not a model's name", r.name)
		case err != nil:
			odd = append(odd, oddity{r.service, r.name, strings.TrimPrefix(err.Error(), r.service+": "+r.name+": ")})
		case max(r.price.Input, r.price.Output) > dearest:
			odd = append(odd, oddity{r.service, r.name, errWrong.Error() + ": it is too dear"})
		default:
			rows = append(rows, r)
		}
	}
	return rows, odd, nil
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
// shows as it is.
func plain(name string) bool {
	return len(name) <= 200 && !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
}

// decode reads JSON with its numbers as they are written.
func decode(b []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	return dec.Decode(into)
}
