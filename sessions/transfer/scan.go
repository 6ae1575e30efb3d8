package transfer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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
	depth  int      // objects and lists that are open in the value
	inText bool     // and a text
	escape bool     // in which a \ came last
	names  []string // of the value's own members
	skip   func(*PlaceError)
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
			return &PlaceError{at: place{file: s.file, line: te.line, byte: te.off + 1}, err: errors.New(te.text)}
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
		return &PlaceError{at: s.here(), err: errEnd}
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
		return 0, &PlaceError{at: s.here(), err: errEnd}
	}
	return c, err
}

// each calls fn with the values of the text: of the list that it is, or of the
// list that the outermost object has under the given name, or that object, or one
// after the other if it is lines of JSON. An error of fn ends it.
//
// With skip, what is wrong with one value alone is given to it, and the next one
// is read; skip is nil to end with it.
func (s *scanner) each(under string, fn func(value) error, skip func(*PlaceError)) error {
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
	var at *PlaceError
	if s.skip == nil || !errors.As(err, &at) || !at.alone {
		return false, err
	}
	s.skip(at)
	if read {
		return false, nil
	}
	return false, s.pass(s.depth)
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

// A level is an object or a list that is being read.
type level struct {
	object bool
	key    bool // a name comes next
	name   span // the last one
	few    []span
	many   map[string]bool // as few, once there are more of them
}

// A span is where something stands in a value.
type span struct{ from, to int }

// value reads one value whole. With under it ends at the list that the object
// has under that name.
func (s *scanner) value(under string) (value, error) {
	v := value{at: s.here()}
	s.raw, s.depth, s.inText, s.names = s.raw[:0], 0, false, s.names[:0]
	var levels []level
	fail := func(err error) (value, error) {
		s.depth = len(levels)
		return v, v.at.in(err)
	}
	for {
		if err := s.must(); err != nil {
			return fail(err)
		}
		if len(s.raw) > s.most {
			return fail(s.tooMuch(v))
		}
		var l *level
		if n := len(levels); n > 0 {
			l = &levels[n-1]
		}
		switch c := s.buf[s.i]; c {
		case ' ', '\t', '\r', '\n':
			if c == '\n' {
				s.line++
			}
			s.keep()
			continue
		case '"':
			it := span{from: len(s.raw) + 1}
			if err := s.text(true); err != nil {
				return fail(err)
			}
			if len(s.raw) > s.most {
				return fail(s.tooMuch(v))
			}
			it.to = len(s.raw) - 1
			switch {
			case l == nil || !l.object:
			case !l.key && len(levels) == 1:
				v.at.learn(s.raw[l.name.from:l.name.to], s.raw[it.from:it.to])
			case l.key:
				if l.add(s.raw, it) {
					return fail(s.here().broken("the name %.80q is given twice", s.raw[it.from:it.to]))
				}
				l.name, l.key = it, false
				if name := s.raw[it.from:it.to]; len(levels) == 1 && len(s.names) < mostNames && len(name) < mostNames {
					s.names = append(s.names, string(name))
				}
				if under != "" && len(levels) == 1 && string(s.raw[it.from:it.to]) == under {
					if found, err := s.opens(); err != nil || found {
						return fail(firstOf(err, errWrapped))
					}
				}
			}
		case '{', '[':
			if len(levels) == mostDepth {
				return fail(s.here().broken("more than %d objects and lists within each other", mostDepth))
			}
			levels = append(levels, level{object: c == '{', key: c == '{'})
			s.keep()
			continue
		case '}', ']':
			if l == nil || l.object != (c == '}') {
				return fail(s.wrong("%q, and nothing of the kind was begun", c))
			}
			levels = levels[:len(levels)-1]
			s.keep()
		case ',', ':':
			if l == nil {
				return fail(s.wrong("%q where a value has to be", c))
			}
			l.key = l.object && c == ','
			s.keep()
			continue
		default:
			if !wordly(c) {
				return fail(s.wrong("%q, which is no JSON", c))
			}
			for s.i < len(s.buf) && wordly(s.buf[s.i]) {
				s.keep()
			}
			if l == nil { // it could go on in the next piece of the file
				if err := s.restOfWord(); err != nil {
					return fail(err)
				}
			}
		}
		if len(levels) == 0 {
			v.raw = s.raw
			return v, nil
		}
	}
}

func firstOf(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

func (s *scanner) keep() {
	s.raw = append(s.raw, s.buf[s.i])
	s.i++
}

// wordly are the bytes of numbers, true, false and null.
func wordly(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.'
}

func (s *scanner) restOfWord() error {
	for {
		err := s.fill()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case !wordly(s.buf[s.i]) || len(s.raw) > s.most:
			return nil
		}
		s.keep()
	}
}

// tooMuch is the error for a value that is longer than any may be.
func (s *scanner) tooMuch(v value) error {
	return v.at.broken("it has more than %d MB, the most that one conversation may have", s.most>>20)
}

// text passes over a text in quotes, and keeps it or not. It stops in the middle
// of one that is longer than a value may be, and goes on from there.
func (s *scanner) text(keep bool) error {
	for {
		if err := s.must(); err != nil {
			return err
		}
		rest := s.buf[s.i:]
		n, done := 0, false
		if !s.inText {
			s.inText, s.escape, n = true, false, 1 // the quotation mark
		}
		for n < len(rest) && !done {
			switch c := rest[n]; {
			case s.escape:
				s.escape = false
			case c == '\\':
				s.escape = true
			case c == '"':
				done = true
			case c < ' ':
				s.i += n
				return s.wrong("the control character %q within a text", c)
			}
			n++
		}
		if keep {
			s.raw = append(s.raw, rest[:n]...)
		}
		s.i += n
		if done {
			s.inText = false
		}
		if done || keep && len(s.raw) > s.most {
			return nil
		}
	}
}

// opens reports whether a list comes behind a name, and takes its bracket.
func (s *scanner) opens() (bool, error) {
	c, err := s.mustNext()
	if err != nil {
		return false, err
	}
	if c != ':' {
		return false, s.wrong("%q where a colon has to be", c)
	}
	s.keep()
	if c, err = s.mustNext(); err != nil || c != '[' {
		return false, err
	}
	s.i++
	return true, nil
}

// add adds a name of an object, and reports whether it has it already.
func (l *level) add(raw []byte, name span) bool {
	const most = 16 // that are compared one by one
	escaped := bytes.IndexByte(raw[name.from:name.to], '\\') >= 0
	if l.many == nil && len(l.few) < most && !escaped {
		for _, f := range l.few {
			if string(raw[f.from:f.to]) == string(raw[name.from:name.to]) {
				return true
			}
		}
		l.few = append(l.few, name)
		return false
	}
	if l.many == nil {
		l.many = map[string]bool{}
		for _, f := range l.few {
			l.many[string(raw[f.from:f.to])] = true
		}
	}
	key := string(raw[name.from:name.to])
	if escaped {
		_ = json.Unmarshal(raw[name.from-1:name.to+1], &key) // the decoder says what is wrong with it
	}
	if l.many[key] {
		return true
	}
	l.many[key] = true
	return false
}

// key is by what a conversation is known again: its id, or if it has none the hash
// of what is in it.
func (v *value) key(id string) string {
	if id != "" {
		return id
	}
	sum := sha256.Sum256(compact(v.raw))
	return hex.EncodeToString(sum[:])
}

// decode reads the value into v; its errors have their place.
func (v *value) decode(into any) error {
	err := json.Unmarshal(v.raw, into)
	if err == nil {
		return nil
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return v.at.plus(v.raw, syntax.Offset).broken("this is no JSON: %w", syntax)
	case errors.As(err, &kind):
		where := ""
		if kind.Field != "" {
			where = kind.Field + " "
		}
		return v.at.plus(v.raw, kind.Offset).broken("%sis %s, which can't be", where, article(kind.Value))
	}
	return v.at.broken("%w", err)
}

func article(s string) string {
	switch s {
	case "array", "object":
		return "an " + s
	case "string", "number":
		return "a " + s
	}
	return s
}
