package transfer

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"juxta/prompts"
)

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
	s.raw, s.levels, s.inText, s.names = s.raw[:0], s.levels[:0], false, s.names[:0]
	for {
		if err := s.must(); err != nil {
			return v, v.at.in(err)
		}
		whole, err := s.step(&v, under)
		if err == nil && len(s.raw) > s.most {
			err = v.at.broken("it has more than %d MB, the most that one conversation may have", s.most>>20)
		}
		if err != nil {
			return v, v.at.in(err)
		}
		if whole && len(s.levels) == 0 {
			v.raw = s.raw
			return v, nil
		}
	}
}

// step takes the next part of a value: a sign, a text or a word. It is true behind
// what may be the value's end.
func (s *scanner) step(v *value, under string) (whole bool, err error) {
	top := s.top()
	switch c := s.buf[s.i]; c {
	case ' ', '\t', '\r', '\n':
		if c == '\n' {
			s.line++
		}
		s.keep()
		return false, nil
	case '"':
		return true, s.quoted(v, top, under)
	case '{', '[':
		if len(s.levels) == mostDepth {
			return false, s.here().broken("more than %d objects and lists within each other", mostDepth)
		}
		s.levels = append(s.levels, level{object: c == '{', key: c == '{'})
		s.keep()
		return false, nil
	case '}', ']':
		if top == nil || top.object != (c == '}') {
			return false, s.wrong("%q, and nothing of the kind was begun", c)
		}
		s.levels = s.levels[:len(s.levels)-1]
		s.keep()
		return true, nil
	case ',', ':':
		if top == nil {
			return false, s.wrong("%q where a value has to be", c)
		}
		top.key = top.object && c == ','
		s.keep()
		return false, nil
	default:
		if !wordly(c) {
			return false, s.wrong("%q, which is no JSON", c)
		}
		return true, s.word()
	}
}

// top is the object or list that is open; nil if none is.
func (s *scanner) top() *level {
	if len(s.levels) == 0 {
		return nil
	}
	return &s.levels[len(s.levels)-1]
}

// quoted takes a text: a name of an object, or a value.
func (s *scanner) quoted(v *value, top *level, under string) error {
	it := span{from: len(s.raw) + 1}
	if err := s.text(true); err != nil || s.inText {
		return err
	}
	it.to = len(s.raw) - 1
	outermost := len(s.levels) == 1
	switch {
	case top == nil || !top.object:
		return nil
	case !top.key:
		if outermost {
			v.at.learn(s.raw[top.name.from:top.name.to], s.raw[it.from:it.to])
		}
		return nil
	}
	name := s.raw[it.from:it.to]
	if top.add(s.raw, it) {
		return s.here().broken("the name %.80q is given twice", name)
	}
	top.name, top.key = it, false
	if !outermost {
		return nil
	}
	if len(s.names) < mostNames && len(name) < mostNames {
		s.names = append(s.names, string(name))
	}
	if under == "" || string(name) != under {
		return nil
	}
	found, err := s.opens()
	if found && err == nil {
		err = errWrapped
	}
	return err
}

// word takes a number, true, false or null.
func (s *scanner) word() error {
	for {
		for s.i < len(s.buf) && wordly(s.buf[s.i]) && len(s.raw) <= s.most {
			s.keep()
		}
		if s.i < len(s.buf) {
			return nil
		}
		if err := s.fill(); err != nil { // it could go on in the next piece
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

func (s *scanner) keep() {
	s.raw = append(s.raw, s.buf[s.i])
	s.i++
}

// wordly are the bytes of numbers, true, false and null.
func wordly(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.'
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
	return sumOf(compact(v.raw))
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
		return v.at.plus(v.raw, syntax.Offset).broken("this is no JSON: %s", prompts.NotJSON(syntax))
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
