package gemini

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"juxta/providers"
	"juxta/providers/wire"
)

// maxObject bounds a JSON object of many lines; one line is bounded by wire.
const maxObject = 64 << 20

// An object is one JSON object of a stream. At is when its last line arrived;
// its data is valid until the next one.
type object struct {
	at   time.Time
	data []byte
}

// A reader finds the JSON objects in a stream, wherever they stand. They should
// each be the data of a server-sent event. But the service reports a failure in
// the middle as bare JSON of many lines between the events, and behind a proxy
// that loses alt=sse all of the stream is one array; the standard's reader of
// events sees neither. A line's own field says what it is, and the brackets say
// where an object ends, so that no blank line is needed.
type reader struct {
	cut   cutter
	noise []byte // the first text outside of any object, to be quoted if nothing else comes
}

// objects are the objects in lines, up to the stream's end or an error.
func (r *reader) objects(lines iter.Seq2[wire.Line, error]) iter.Seq2[object, error] {
	return func(yield func(object, error) bool) {
		for line, err := range lines {
			if err != nil {
				yield(object{}, err)
				return
			}
			if err := r.line(line, yield); err == errLeft {
				return
			} else if err != nil {
				yield(object{}, err)
				return
			}
		}
		if r.cut.depth > 0 {
			yield(object{}, &providers.Error{Kind: providers.Truncated, Err: errors.New("the stream ended in the middle of a chunk")})
		}
	}
}

var errLeft = errors.New("the loop was left")

// line yields the objects that end in a line.
func (r *reader) line(line wire.Line, yield func(object, error) bool) error {
	text, data := payload(line.Data)
	if data && r.cut.depth > 0 && whole(text) {
		return notJSON{bytes.Clone(r.cut.begun)} // it never closed its braces, and would swallow all that follows
	}
	for len(text) > 0 {
		found, rest, err := r.cut.next(text)
		switch {
		case err != nil:
			return err
		case found != nil:
			if !yield(object{line.At, found}, nil) {
				return errLeft
			}
		case len(rest) == 0:
		case data:
			return notJSON{rest}
		default:
			if r.noise == nil {
				r.noise = bytes.Clone(wire.Excerpt(rest))
			}
			return nil
		}
		text = rest
	}
	return nil
}

// whole reports whether text is a chunk from its first to its last byte, and so
// not the middle of another.
func whole(text []byte) bool {
	return len(text) > 0 && text[0] == '{' && bytes.Contains(text, []byte(`"candidates"`)) && json.Valid(text)
}

// payload is what a line says, and whether it says it as data. A line of JSON
// begins with no letter, so none is taken for a field.
func payload(line []byte) (text []byte, data bool) {
	if rest, ok := bytes.CutPrefix(line, []byte("data:")); ok {
		if rest = bytes.TrimSpace(rest); string(rest) == "[DONE]" {
			return nil, true
		}
		return rest, true
	}
	for _, field := range []string{":", "event:", "id:", "retry:"} {
		if bytes.HasPrefix(line, []byte(field)) {
			return nil, false
		}
	}
	return line, false
}

// A cutter cuts text that comes in pieces into JSON objects. Between them it
// passes over what holds an array together, so that the elements of an array
// come one by one.
type cutter struct {
	begun           []byte // of an object that earlier pieces began
	depth           int
	quoted, escaped bool
}

// next is the first object that ends in text, and what follows it. Without one,
// rest is empty or begins with something that is outside of an object.
func (c *cutter) next(text []byte) (found, rest []byte, err error) {
	if c.depth == 0 {
		if text = bytes.TrimLeft(text, " \t\r\n,[]"); len(text) == 0 || text[0] != '{' {
			return nil, text, nil
		}
		c.begun = c.begun[:0]
	}
	if end := c.end(text); c.depth == 0 {
		if len(c.begun) == 0 {
			return text[:end], text[end:], nil
		}
		c.begun = append(c.begun, text[:end]...)
		return c.begun, text[end:], nil
	}
	c.begun = append(append(c.begun, text...), '\n')
	if len(c.begun) > maxObject {
		return nil, nil, &providers.Error{Kind: providers.Malformed, Err: fmt.Errorf("a JSON object of more than %d bytes", maxObject)}
	}
	return nil, nil, nil
}

// end goes on to where the object ends, or to the end of b. Only braces count:
// what else is wrong is for the decoder to find.
func (c *cutter) end(b []byte) int {
	for i := 0; i < len(b); i++ {
		x := b[i]
		if c.quoted {
			switch {
			case c.escaped:
				c.escaped = false
			case x == '\\':
				c.escaped = true
			case x == '"':
				c.quoted = false
			}
			continue
		}
		switch x {
		case '"':
			c.quoted = true
		case '{':
			c.depth++
		case '}':
			if c.depth--; c.depth == 0 {
				return i + 1
			}
		}
	}
	return len(b)
}

// notJSON is text that stands where a chunk should.
type notJSON struct{ text []byte }

func (notJSON) Error() string { return "a chunk that is not JSON" }
