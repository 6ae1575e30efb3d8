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
	case b[0] == '[' && (json.Valid(b) || bytes.HasPrefix(bytes.TrimSpace(b[1:]), []byte("{"))):
		rows, odd, left, err = catwalk(b)
	case b[0] == '[':
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

// own reads our own text, however its rows are sorted. People review it, so what
// can't be read, or is there twice, makes all of it an error; a number that is no
// price does not.
func own(text string) (rows []row, odd []oddity, err error) {
	r := reader{lines: map[[3]string]int{}}
	for line := range strings.SplitSeq(text, "\n") {
		r.line++
		if err := r.read(strings.TrimSpace(line)); err != nil {
			return nil, nil, fmt.Errorf("line %d: %w", r.line, err)
		}
	}
	err = r.targets()
	return r.rows, r.odd, err
}

// A reader is how far own has come.
type reader struct {
	line    int
	service string
	section section           // the head as far as it was read
	lines   map[[3]string]int // where what may stand only once does
	rows    []row
	odd     []oddity
}

func (r *reader) read(line string) error {
	switch {
	case line == "" || line[0] == '#':
		return nil
	case line[0] == '[':
		r.service, r.section = strings.Trim(line, "[]"), section{}
		if !isValue(services(), r.service) {
			return fmt.Errorf("there is no service %q", r.service)
		}
		return r.once("["+r.service+"]", r.service)
	}
	rest, ok := strings.CutPrefix(line, "source ")
	if !ok {
		return r.row(line)
	}
	key := nameOf(rest)
	r.section.head += line + "\n"
	if _, err := r.section.source(key); err != nil {
		return err
	}
	return r.once("source "+key, r.service, " "+key)
}

// once refuses what is there twice.
func (r *reader) once(what string, key ...string) error {
	k := [3]string(append(key, "", "")[:3])
	if before := r.lines[k]; before > 0 {
		return fmt.Errorf("%s is there twice; it is in line %d, too", what, before)
	}
	r.lines[k] = r.line
	return nil
}

func (r *reader) row(line string) error {
	got, wrong := r.section.parse(line)
	got.service = r.service
	switch {
	case !plain(got.name) || !plain(got.target):
		return fmt.Errorf("%q is not a model's name", got.name)
	case wrong != nil && !errors.Is(wrong, errWrong):
		return wrong
	}
	if err := r.once(got.name, got.service, got.name, got.until); err != nil {
		return err
	}
	switch {
	case wrong != nil:
		r.odd = append(r.odd, oddity{got.service, got.name, strings.TrimPrefix(wrong.Error(), got.name+": ")})
	case got.dear():
		r.odd = append(r.odd, oddity{got.service, got.name, errWrong.Error() + ": it is too dear"})
	default:
		r.rows = append(r.rows, got)
	}
	return nil
}

// targets refuses other names of what is not there. Those of a model whose price
// is none have none either.
func (r *reader) targets() error {
	priced := map[[2]string]bool{}
	for _, o := range r.odd {
		priced[[2]string{o.service, o.name}] = false
	}
	for _, x := range r.rows {
		if x.target == "" {
			priced[[2]string{x.service, x.name}] = true
		}
	}
	var rows []row
	for _, x := range r.rows {
		ok, there := priced[[2]string{x.service, x.target}]
		switch {
		case x.target == "" || ok:
			rows = append(rows, x)
		case there:
			r.odd = append(r.odd, oddity{x.service, x.name, errWrong.Error() + ": it is another name of " + x.target})
		default:
			return fmt.Errorf("line %d: %s is another name of %s, which has no price here", r.lines[[3]string{x.service, x.name, x.until}], x.name, x.target)
		}
	}
	r.rows = rows
	return nil
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
