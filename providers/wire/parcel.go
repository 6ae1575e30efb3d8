package wire

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
)

// A Draft is a request's JSON being written. What is large goes in by reference:
// where it belongs, a string holds a mark that nobody can guess, and the thing
// itself is encoded when the request leaves. So twenty pictures that go to four
// columns stand in memory once, and never as base64, and so does the history of
// a long conversation. The zero value is ready.
type Draft struct {
	mark string
	held []piece
}

// Base64 is what to write into a JSON string where data belongs in base64.
// data is shared, and must not change.
func (d *Draft) Base64(data []byte) string { return d.hold(piece{data: data}) }

// Text is what to write into a JSON string where text belongs.
func (d *Draft) Text(text string) string {
	if len(text) < 256 { // as good as its mark
		return text
	}
	return d.hold(piece{said: text})
}

func (d *Draft) hold(p piece) string {
	if d.mark == "" {
		d.mark = "juxta-" + rand.Text() + "-"
	}
	d.held = append(d.held, p)
	return d.mark + strconv.Itoa(len(d.held)-1) + ";"
}

// Seal writes v as JSON, with <, > and & as they are, which are text here.
// Everything that was given to Base64 or Text is in the parcel exactly once, or it
// is an error.
func (d *Draft) Seal(v any) (*Parcel, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	p := &Parcel{}
	rest := buf.Bytes()
	seen := make([]bool, len(d.held))
	for range d.held {
		text, behind, ok := bytes.Cut(rest, []byte(d.mark))
		number, behind, ok2 := bytes.Cut(behind, []byte(";"))
		i, err := strconv.Atoi(string(number))
		if !ok || !ok2 || err != nil || i < 0 || i >= len(seen) || seen[i] {
			return nil, errLost
		}
		seen[i] = true
		p.add(text, d.held[i])
		rest = behind
	}
	if d.mark != "" && bytes.Contains(rest, []byte(d.mark)) {
		return nil, errLost
	}
	p.add(rest, piece{})
	return p, nil
}

var errLost = errors.New("an attachment or a text does not stand in the request where it should")

// A Parcel is a request's body: JSON with attachments and long texts in it. They
// are encoded anew, straight into the reader's buffer, each time that it is read, as a
// redirect or a kept connection that turns out dead wants it. Nil is no body.
//
// The encoding is thus part of sending, after Sent: 8 ms for a picture of 5 MB
// on a slow machine. Where the network takes less than 6 Gbit/s it hides behind
// the sending of what was encoded before, and costs the answer nothing; on
// loopback it is in the time to the first token, as the upload itself is.
type Parcel struct {
	pieces []piece
	size   int64
}

// A piece is JSON as it is, then data in base64 or what somebody said, escaped.
type piece struct {
	text, data []byte
	said       string
}

func (p *Parcel) add(text []byte, then piece) {
	then.text = text
	p.pieces = append(p.pieces, then)
	p.size += int64(len(text) + base64.StdEncoding.EncodedLen(len(then.data)))
	if then.said != "" {
		n, _ := io.Copy(io.Discard, &escaping{text: then.said})
		p.size += n
	}
}

// Size is how many bytes leave.
func (p *Parcel) Size() int64 { return p.size }

// Reader reads the parcel from its beginning.
func (p *Parcel) Reader() io.Reader {
	if len(p.pieces) == 1 {
		return bytes.NewReader(p.pieces[0].text)
	}
	return &unpacking{rest: p.pieces}
}

// An unpacking reads pieces, one after the other.
type unpacking struct {
	rest []piece
	now  io.Reader // of the piece before rest
	then io.Reader // behind now, of the same piece
	text bytes.Reader
	data encoding
	said escaping
}

// Read implements [io.Reader].
func (u *unpacking) Read(b []byte) (int, error) {
	for {
		if u.now != nil {
			if n, err := u.now.Read(b); n > 0 || len(b) == 0 || err != io.EOF {
				return n, err
			}
			u.now, u.then = u.then, nil
			continue
		}
		if len(u.rest) == 0 {
			return 0, io.EOF
		}
		p := u.rest[0]
		u.rest = u.rest[1:]
		u.text.Reset(p.text)
		u.now = &u.text
		switch {
		case p.said != "":
			u.said.text = p.said
			u.then = &u.said
		case len(p.data) > 0:
			u.data = encoding{data: p.data}
			u.then = &u.data
		}
	}
}

// Into makes p the body of r.
func (p *Parcel) Into(r *http.Request) {
	if p == nil {
		r.Body, r.GetBody, r.ContentLength = http.NoBody, func() (io.ReadCloser, error) { return http.NoBody, nil }, 0
		return
	}
	// Closing does nothing: net/http may read on for a moment when an answer
	// came early.
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(p.Reader()), nil }
	r.Body, _ = r.GetBody()
	r.ContentLength = p.size
}

// An encoding reads data as base64.
type encoding struct {
	data []byte
	buf  [4]byte
	over []byte // encoded already, in buf, for a reader of less than four bytes
}

// Read implements [io.Reader].
func (e *encoding) Read(b []byte) (int, error) {
	switch {
	case len(b) == 0:
		return 0, nil
	case len(e.over) > 0:
	case len(e.data) == 0:
		return 0, io.EOF
	case len(b) >= len(e.buf):
		// Whole groups of three; what is no group is the end, which is padded.
		n := min(len(b)/4*3, len(e.data))
		base64.StdEncoding.Encode(b, e.data[:n])
		e.data = e.data[n:]
		return base64.StdEncoding.EncodedLen(n), nil
	default:
		n := min(3, len(e.data))
		base64.StdEncoding.Encode(e.buf[:], e.data[:n])
		e.data, e.over = e.data[n:], e.buf[:]
	}
	n := copy(b, e.over)
	e.over = e.over[n:]
	return n, nil
}
