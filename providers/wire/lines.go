package wire

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"juxta/providers"
)

// maxLine is where a line is no answer any more. Real ones pass half a megabyte
// when they carry an image.
const maxLine = 64 << 20

// maxBlank is where space before an answer is not looked through any more, which
// some services send to keep a connection open.
const maxBlank = 1 << 20

// A stamped reader knows when its latest Read returned.
type stamped interface {
	io.Reader
	stamp() time.Time
}

func (b *body) stamp() time.Time { return b.at }

// lines cuts a body into lines. It reads only when it holds no whole line, so
// the stamp of the latest read is that of the line's last byte. A line is valid
// until the next call.
type lines struct {
	from       stamped
	cr         bool // a lone CR ends a line too
	limit      int
	buf        []byte
	start, end int // buf[start:end] is not given out yet
	skipLF     bool
	begun      bool
	cut        bool // the line given out last had no end: the body ended in it
	err        error
}

func newLines(from stamped) *lines {
	return &lines{from: from, limit: maxLine, buf: make([]byte, 8<<10)}
}

// next is the next line without its end, or what ended the body. What follows
// the last end is a line too if the body ended well, and marked as cut: its
// reader decides what it is worth.
func (l *lines) next() ([]byte, error) {
	line, err := l.raw()
	if !l.begun {
		l.begun = true
		line = bytes.TrimPrefix(line, bom)
	}
	return line, err
}

func (l *lines) raw() ([]byte, error) {
	seen := 0
	for {
		if l.skipLF && l.start < l.end {
			l.skipLF = false
			if l.buf[l.start] == '\n' {
				l.start++
			}
		}
		rest := l.buf[l.start:l.end]
		if i := l.find(rest, seen); i >= 0 {
			l.start += i + 1
			l.skipLF = rest[i] == '\r'
			if !l.cr {
				return bytes.TrimSuffix(rest[:i], []byte{'\r'}), nil
			}
			return rest[:i], nil
		}
		seen = len(rest)
		if l.err != nil {
			if l.start = l.end; seen > 0 && l.err == io.EOF {
				l.cut = true
				return rest, nil
			}
			return nil, l.err
		}
		if seen > l.limit {
			return nil, endless("a line", l.limit)
		}
		l.fill()
	}
}

// endless is the error for what never seems to end.
func endless(what string, limit int) *providers.Error {
	return &providers.Error{Kind: providers.Malformed, Err: fmt.Errorf("%s of more than %d bytes", what, limit), Hint: addressHint}
}

// find is where the line ends in b, of which the first seen bytes hold none.
func (l *lines) find(b []byte, seen int) int {
	b = b[seen:]
	i := bytes.IndexByte(b, '\n')
	if l.cr {
		if i >= 0 {
			b = b[:i]
		}
		if j := bytes.IndexByte(b, '\r'); j >= 0 {
			i = j
		}
	}
	if i < 0 {
		return -1
	}
	return seen + i
}

// fill reads once, making room first. It gives up on a reader that brings
// nothing, as io.Reader's contract allows but no connection does.
func (l *lines) fill() {
	if l.start > 0 {
		l.end = copy(l.buf, l.buf[l.start:l.end])
		l.start = 0
	}
	if l.end == len(l.buf) {
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	for range 100 {
		n, err := l.from.Read(l.buf[l.end:])
		l.end += n
		if l.err = err; n > 0 || err != nil {
			return
		}
	}
	l.err = io.ErrNoProgress
}

// peek is the first byte that is neither space nor a byte order mark, without
// taking it. It is 0 for an empty body.
func (l *lines) peek() (byte, error) {
	for {
		rest := bytes.TrimPrefix(l.buf[l.start:l.end], bom)
		if b := bytes.TrimLeft(rest, " \t\r\n"); len(b) > 0 && (len(b) >= len(bom) || !bytes.HasPrefix(bom, b)) {
			return b[0], nil
		}
		switch {
		case l.err == io.EOF:
			return 0, nil
		case l.err != nil:
			return 0, l.err
		}
		if l.end-l.start > maxBlank {
			return 0, nil
		}
		l.fill()
	}
}

var bom = []byte("\xef\xbb\xbf")
