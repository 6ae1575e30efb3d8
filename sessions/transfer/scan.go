package transfer

import (
	"errors"
	"io"
)

// Bounds of what is imported, so that no file can use up the memory.
const (
	mostValue = 64 << 20 // bytes of one conversation
	mostDepth = 200      // objects and lists within each other
	mostNames = 100      // by which a format is known, and bytes of each
)

// A scanner takes a long JSON text apart into the values of its outermost list,
// or of its lines, and holds one of them at a time. It checks what a decoder lets
// pass or takes too much memory for: size, nesting, names that are given twice.
// The decoder checks the rest.
type scanner struct {
	u    *utf8Reader
	file string // for places
	most int    // bytes of a value

	buf    []byte
	i      int
	off    int64 // of buf[0] in the text
	line   int   // of buf[i], from 1
	raw    []byte
	levels []level  // that are open in the value
	inText bool     // and a text
	escape bool     // in which a \ came last
	names  []string // of the value's own members
	skip   func(*placeError)
}

func newScanner(file string, r io.Reader) *scanner {
	return &scanner{file: file, u: newUTF8Reader(r), most: mostValue, line: 1}
}

// A value is one of a text's values.
type value struct {
	raw []byte // as it is written; gone when the next one is read
	at  place  // where it begins, and what it calls itself
}

var (
	errEnd     = errors.New("the file ends here, in the middle: it is cut short; get it anew")
	errWrapped = errors.New("it has the list") // that was looked for; its bracket was taken
)

// fill makes sure that there is a byte at i. It is io.EOF if there is none.
func (s *scanner) fill() error {
	for s.i == len(s.buf) {
		if s.buf == nil {
			s.buf = make([]byte, 0, 64<<10)
		}
		s.off += int64(len(s.buf))
		n, err := s.u.Read(s.buf[:cap(s.buf)])
		s.buf, s.i = s.buf[:n], 0
		var te *textError
		switch {
		case errors.As(err, &te):
			return &placeError{at: place{file: s.file, line: te.line, byte: te.off + 1}, err: errors.New(te.text)}
		case err != nil && n == 0:
			return err
		}
	}
	return nil
}

// must is fill where something has to come.
func (s *scanner) must() error {
	err := s.fill()
	if errors.Is(err, io.EOF) {
		return &placeError{at: s.here(), err: errEnd}
	}
	return err
}

// here is the place of the next byte. In what was UTF-16 it is that in the text
// which came of it.
func (s *scanner) here() place {
	return place{file: s.file, line: s.line, byte: s.u.base + s.off + int64(s.i) + 1}
}

func (s *scanner) wrong(format string, args ...any) error {
	return s.here().wrong(format, args...)
}

// next passes over spaces and is the byte behind them.
func (s *scanner) next() (byte, error) {
	for {
		if err := s.fill(); err != nil {
			return 0, err
		}
		c := s.buf[s.i]
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c, nil
		}
		if c == '\n' {
			s.line++
		}
		s.i++
	}
}

// mustNext is next where something has to come.
func (s *scanner) mustNext() (byte, error) {
	c, err := s.next()
	if errors.Is(err, io.EOF) {
		return 0, &placeError{at: s.here(), err: errEnd}
	}
	return c, err
}

// each calls fn with the values of the text: of the list that it is, or of the
// list that the outermost object has under the given name, or that object, or one
// after the other if it is lines of JSON. An error of fn ends it.
//
// With skip, what is wrong with one value alone is given to it, and the next one
// is read; skip is nil to end with it.
func (s *scanner) each(under string, fn func(value) error, skip func(*placeError)) error {
	s.skip = skip
	c, err := s.next()
	switch {
	case errors.Is(err, io.EOF):
		return s.wrong("there is nothing in it")
	case err != nil:
		return err
	case c == '[':
		s.i++
		if err := s.list(fn); err != nil {
			return err
		}
		return s.end()
	case c != '{':
		return s.wrong("%q is no beginning of JSON", c)
	}
	for ; ; under = "" {
		wrapped, err := s.one(under, fn)
		switch {
		case err != nil:
			return err
		case wrapped:
			if err := s.list(fn); err != nil {
				return err
			}
			if err := s.pass(1); err != nil {
				return err
			}
			return s.end()
		}
		c, err := s.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case c != '{':
			return s.wrong("%q where an object has to begin: each line is one", c)
		}
	}
}

// one reads a value and hands it on, or what is wrong with it alone. It is true at
// the list that was looked for.
func (s *scanner) one(under string, fn func(value) error) (wrapped bool, err error) {
	v, err := s.value(under)
	if errors.Is(err, errWrapped) {
		return true, nil
	}
	read := err == nil
	if read {
		err = fn(v)
	}
	var at *placeError
	if s.skip == nil || !errors.As(err, &at) || !at.alone {
		return false, err
	}
	s.skip(at)
	if read {
		return false, nil
	}
	return false, s.pass(len(s.levels))
}

// list reads the values of a list whose bracket was taken.
func (s *scanner) list(fn func(value) error) error {
	for n := 0; ; n++ {
		c, err := s.mustNext()
		switch {
		case err != nil:
			return err
		case c == ']':
			s.i++
			return nil
		case n == 0:
		case c != ',':
			return s.wrong("%q where a comma has to be", c)
		default:
			s.i++
			if _, err = s.mustNext(); err != nil {
				return err
			}
		}
		if _, err := s.one("", fn); err != nil {
			return err
		}
	}
}

// end wants nothing more.
func (s *scanner) end() error {
	c, err := s.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	return s.wrong("%q behind the end", c)
}

// pass passes over everything up to the end of what is open, that many levels.
func (s *scanner) pass(depth int) error {
	if s.inText {
		if err := s.text(false); err != nil {
			return err
		}
	}
	for depth > 0 {
		c, err := s.mustNext()
		if err != nil {
			return err
		}
		switch c {
		case '"':
			if err := s.text(false); err != nil {
				return err
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		s.i++
	}
	return nil
}
