package transfer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// A utf8Reader gives text from elsewhere as UTF-8, and an error with the place of
// the first byte that is none. It leaves out a byte order mark, and converts
// UTF-16 that has one: PowerShell writes that when a program's output goes into a
// file.
type utf8Reader struct {
	r       io.Reader
	note    string // what was converted; "" for nothing
	started bool
	order   binary.ByteOrder // of UTF-16; nil for UTF-8

	buf  []byte // holds in and out
	in   []byte // read, and not looked at yet
	out  []byte // given next
	base int64  // bytes of the mark at the beginning
	off  int64  // of the first byte of in, in the file
	line int    // of it, from 1
	err  error  // of r, once in is used up
	bad  error  // of the text, once out is
}

// A textError is a byte that can't be in a text.
type textError struct {
	line int
	off  int64 // from 0
	text string
}

func (e *textError) Error() string { return e.text }

func newUTF8Reader(r io.Reader) *utf8Reader { return &utf8Reader{r: r, line: 1} }

func (u *utf8Reader) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		if err := u.more(); err != nil {
			return 0, err
		}
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

// more reads until there is something to give.
func (u *utf8Reader) more() error {
	if u.bad != nil {
		return u.bad
	}
	for u.err == nil && len(u.in) < 4 {
		if err := u.fill(); err != nil {
			return err
		}
	}
	if !u.started {
		u.begin()
	}
	if len(u.in) == 0 {
		return u.err
	}
	if u.order != nil {
		return u.fromUTF16()
	}
	return u.checked()
}

// fill reads once. Nothing is left in out then.
func (u *utf8Reader) fill() error {
	if u.buf == nil {
		u.buf = make([]byte, 64<<10)
	}
	n := copy(u.buf, u.in)
	m, err := u.r.Read(u.buf[n:])
	u.in = u.buf[:n+m]
	if u.err = err; err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// begin looks at the first bytes.
func (u *utf8Reader) begin() {
	u.started = true
	mark := 0
	switch {
	case bytes.HasPrefix(u.in, []byte{0xef, 0xbb, 0xbf}):
		mark = 3
	case bytes.HasPrefix(u.in, []byte{0xff, 0xfe}):
		u.order, mark, u.note = binary.LittleEndian, 2, "is UTF-16 and was read as that"
	case bytes.HasPrefix(u.in, []byte{0xfe, 0xff}):
		u.order, mark, u.note = binary.BigEndian, 2, "is UTF-16 and was read as that"
	}
	u.in, u.off, u.base = u.in[mark:], int64(mark), int64(mark)
}

// checked gives what is whole UTF-8.
func (u *utf8Reader) checked() error {
	n := len(u.in)
	if u.err == nil { // a character may be cut in two
		for back := 1; back < utf8.UTFMax && back <= len(u.in); back++ {
			if b := u.in[len(u.in)-back]; utf8.RuneStart(b) {
				if !utf8.FullRune(u.in[len(u.in)-back:]) {
					n -= back
				}
				break
			}
		}
	}
	good := u.in[:n]
	bad := bytes.IndexByte(good, 0)
	if !utf8.Valid(good) {
		for i := 0; i < len(good) && (bad < 0 || i < bad); {
			r, size := utf8.DecodeRune(good[i:])
			if r == utf8.RuneError && size == 1 {
				bad = i
			}
			i += size
		}
	}
	if bad >= 0 { // what comes before it is given, so that it is known where that is
		u.bad = u.wrong(bad)
		good, n = good[:bad], bad
	}
	u.out, u.in = good, u.in[n:]
	u.off += int64(n)
	u.line += bytes.Count(good, []byte{'\n'})
	if n == 0 && u.bad == nil { // half a character, and there is more to come
		return u.fill()
	}
	return u.badIf(n == 0)
}

// badIf is what is wrong with the text if there is nothing to give before it.
func (u *utf8Reader) badIf(now bool) error {
	if now {
		return u.bad
	}
	return nil
}

func (u *utf8Reader) wrong(at int) error {
	e := &textError{line: u.line + bytes.Count(u.in[:at], []byte{'\n'}), off: u.off + int64(at)}
	if u.in[at] == 0 {
		e.text = "a zero byte, which no text has"
		if at <= 1 && u.off == 0 {
			e.text = "this is UTF-16 without a byte order mark, or no text at all: save it as UTF-8"
		}
		return e
	}
	e.text = fmt.Sprintf("the byte 0x%02X is not UTF-8: save the file as UTF-8", u.in[at])
	return e
}

// fromUTF16 gives what is whole in UTF-16, as UTF-8. Places of errors that come
// later are those in the converted text.
func (u *utf8Reader) fromUTF16() error {
	var out []byte
	i, wrong := 0, ""
	for wrong == "" && i+1 < len(u.in) {
		c := rune(u.order.Uint16(u.in[i:]))
		switch {
		case c == 0:
			wrong = "a zero character, which no text has"
			continue
		case !utf16.IsSurrogate(c):
			out, i = utf8.AppendRune(out, c), i+2
			continue
		case i+3 >= len(u.in) && u.err == nil:
		default:
			if i+3 < len(u.in) {
				c = utf16.DecodeRune(c, rune(u.order.Uint16(u.in[i+2:])))
			}
			if c == utf8.RuneError || utf16.IsSurrogate(c) {
				wrong = "half a character of UTF-16: save the file as UTF-8"
				continue
			}
			out, i = utf8.AppendRune(out, c), i+4
			continue
		}
		break // its other half is still to come
	}
	if wrong == "" && u.err != nil && i < len(u.in) {
		wrong = "half a character of UTF-16 at the end: the file is cut short"
	}
	u.out, u.in = out, u.in[i:]
	u.off += int64(i)
	u.line += bytes.Count(out, []byte{'\n'})
	if wrong != "" { // after what comes before it
		u.bad = &textError{u.line, u.off, wrong}
		return u.badIf(len(out) == 0)
	}
	if len(out) == 0 && u.err == nil {
		return u.fill()
	}
	return nil
}
