package wire

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"

	"juxta/providers"
)

// A Response is an answer whose body is still arriving. It belongs to one
// goroutine and is read in one way: as Events, as Lines or by All.
type Response struct {
	Status int
	Header http.Header

	body  *body
	lines *lines
}

func newResponse(r *http.Response, b *body) *Response {
	return &Response{Status: r.StatusCode, Header: r.Header, body: b, lines: newLines(b)}
}

// Events are the body's server-sent events. The sequence ends with the body,
// or with an error.
func (r *Response) Events() iter.Seq2[Event, error] { return events(r.lines) }

// Lines are the body's lines that are not empty. The sequence ends with the
// body, or with an error.
func (r *Response) Lines() iter.Seq2[Line, error] { return values(r.lines) }

// First is the body's first byte that is no space, without taking it, or 0 if
// there is none: enough to tell a stream from an object or a page.
func (r *Response) First() (byte, error) { return r.lines.peek() }

// All is the whole body, which must not be longer than limit, and when its last
// byte arrived.
func (r *Response) All(limit int) ([]byte, time.Time, error) {
	whole, err := r.upTo(limit + 1)
	if err == nil && len(whole) > limit {
		err = endless("an answer", limit)
	}
	return bytes.TrimPrefix(whole, bom), r.body.at, err
}

// upTo reads at most n bytes, those that peeking took included.
func (r *Response) upTo(n int) ([]byte, error) {
	l := r.lines
	for l.err == nil && l.end-l.start < n {
		l.fill()
	}
	got := l.buf[l.start:min(l.end, l.start+n)]
	if l.err == io.EOF {
		return got, nil
	}
	return got, l.err
}

// SetIdle changes how long the next reads may wait for a chunk, the first one
// included.
func (r *Response) SetIdle(d time.Duration) {
	r.body.started = true
	r.body.watch.setIdle(d)
}

// Finish closes a response whose end marker was read. It waits at most 50 ms
// for the few bytes that follow, because a connection read to its end serves
// the next request, whose time to the first token would hold a handshake
// otherwise.
func (r *Response) Finish() {
	if !r.body.ended {
		r.body.tell(nil) // nothing that follows belongs to the answer
		late := time.AfterFunc(50*time.Millisecond, r.body.watch.close)
		_, _ = io.CopyN(io.Discard, r.body, 4<<10)
		late.Stop()
	}
	r.Close()
}

// Close ends the exchange. If the body is not read to its end the connection
// is closed at once, so that the service stops working.
func (r *Response) Close() { _ = r.body.Close() }

// maxErrorBody is how much of an error's body is looked at, and errorWait how
// long it may take to come.
const (
	maxErrorBody = 64 << 10
	errorWait    = 5 * time.Second
)

// excerpt is the body's beginning, or what came of it in time. The service
// failed already; that it also hangs, or never ends, is no reason to wait.
func (r *Response) excerpt() []byte {
	defer time.AfterFunc(errorWait, r.body.watch.close).Stop()
	raw, _ := r.upTo(maxErrorBody) // what came of it has to do
	return raw
}

// Failure is what a response other than success means as far as its status and
// headers say, and its body, cut and redacted, in which the caller may find
// more. Err holds the body's text.
func (c *Client) Failure(r *Response) (*providers.Error, []byte) {
	quoted := Redact(string(r.excerpt()), c.endpoint.Key)
	e := &providers.Error{
		Ref: providers.Ref{Provider: c.endpoint.Name}, Kind: providers.KindOf(r.Status), Status: r.Status,
		RetryAfter: RetryAfter(r.Header, time.Now()), Err: errors.New(bodyText(quoted)),
	}
	switch {
	case e.Status == http.StatusRequestEntityTooLarge && (isPage(quoted) || quoted == ""): // a proxy's word, which knows no tokens
		e.Hint = Fewer
	case e.Kind == providers.Auth:
		e.Hint = KeyHint(c.endpoint)
	case e.Kind == providers.NotFound && isPage(quoted):
		e.Hint = addressHint
	}
	return e, []byte(quoted)
}

// Page is the error for an HTML page where an answer was expected.
func (c *Client) Page(r *Response) *providers.Error {
	return &providers.Error{
		Ref: providers.Ref{Provider: c.endpoint.Name}, Kind: providers.Malformed, Status: r.Status,
		Err: errors.New(bodyText(Redact(string(r.excerpt()), c.endpoint.Key))), Hint: addressHint,
	}
}

// KeyHint says what to do about a key that was not accepted.
func KeyHint(e providers.Endpoint) string {
	switch {
	case e.Key.Empty() && e.KeyName != "":
		return "set " + e.KeyName
	case e.Key.Empty():
		return fmt.Sprintf("%s wants a key: set key in its row of the configuration", e.Name)
	case e.KeyName != "":
		return fmt.Sprintf("the key from %s was refused: check it, and that it may use this model", e.KeyName)
	}
	return "the configured key was refused: check it, and that it may use this model"
}

// isPage reports whether s is HTML.
func isPage(s string) bool { return strings.HasPrefix(strings.TrimSpace(s), "<") }

var title = Pattern(`(?is)<title[^>]*>(.*?)</title>`)

// bodyText is an error's body in at most 500 bytes: of a page its title.
func bodyText(s string) string {
	s = strings.TrimSpace(s)
	if isPage(s) {
		m := title().FindStringSubmatch(s)
		if m == nil {
			return "an HTML page came instead of an answer"
		}
		s = fmt.Sprintf("an HTML page came instead of an answer: %q", strings.Join(strings.Fields(html.UnescapeString(m[1])), " "))
	}
	if s == "" {
		return "the answer is empty"
	}
	return Clip(s)
}

// Clip cuts a quoted message to a length that a person reads.
func Clip(s string) string {
	const most = 500
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
