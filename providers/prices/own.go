package prices

import (
	"errors"
	"fmt"
	"strings"
)

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
