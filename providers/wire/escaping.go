package wire

import (
	"bytes"
	"encoding/json"
	"io"
	"unicode/utf8"
)

// An escaping reads text as the inside of a JSON string. It is written in parts,
// each by encoding/json, which escapes every character for itself.
type escaping struct {
	text string
	over []byte // of buf, not read yet
	buf  bytes.Buffer
	json *json.Encoder // into buf
}

const partOfText = 4 << 10

// Read implements [io.Reader].
func (e *escaping) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if len(e.over) == 0 {
		if e.text == "" {
			return 0, io.EOF
		}
		if e.json == nil {
			e.json = json.NewEncoder(&e.buf)
			e.json.SetEscapeHTML(false)
		}
		n := part(e.text)
		e.buf.Reset()
		if err := e.json.Encode(e.text[:n]); err != nil {
			return 0, err
		}
		e.text, e.over = e.text[n:], e.buf.Bytes()[1:e.buf.Len()-len("\"\n")]
	}
	n := copy(b, e.over)
	e.over = e.over[n:]
	return n, nil
}

// part is how much of text to write next: what is one character stays one.
func part(text string) int {
	if len(text) <= partOfText {
		return len(text)
	}
	for n := partOfText; n > partOfText-utf8.UTFMax; n-- {
		if utf8.RuneStart(text[n]) {
			return n
		}
	}
	return partOfText // no character is as long
}
