package gemini_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"juxta/providers"
	"juxta/providers/gemini"
)

const (
	key  = "odd-key-value-1234"
	home = "https://generativelanguage.googleapis.com"
)

// hello is a question that no test cares about.
func hello(model string) providers.Request {
	return providers.Request{Model: model, Messages: []providers.Message{providers.Says(providers.User, "hi")}}
}

// A replay answers every question alike, and remembers the last one.
type replay struct {
	status int
	header http.Header
	body   string
	split  func(io.Reader) io.Reader

	mu   sync.Mutex
	req  *http.Request
	sent string
}

// RoundTrip implements [http.RoundTripper].
func (r *replay) RoundTrip(req *http.Request) (*http.Response, error) {
	var sent []byte
	if req.Body != nil {
		sent, _ = io.ReadAll(req.Body)
	}
	r.mu.Lock()
	r.req, r.sent = req, string(sent)
	r.mu.Unlock()
	var body io.Reader = strings.NewReader(r.body)
	if r.split != nil {
		body = r.split(body)
	}
	return &http.Response{StatusCode: r.status, Header: r.header.Clone(), Body: io.NopCloser(body), Request: req}, nil
}

// provider is one whose network is r.
func provider(t testing.TB, base string, r http.RoundTripper) providers.Provider {
	t.Helper()
	p, err := gemini.New(providers.Endpoint{
		Name: "lab", BaseURL: base, Key: providers.NewSecret(key), KeyName: "LAB_API_KEY", Network: r,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// at is a provider of a real server on this machine.
func at(t testing.TB, h http.HandlerFunc) providers.Provider {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return provider(t, s.URL, nil)
}

// told is everything that a stream said.
type told struct {
	text, thoughts strings.Builder
	calls          []providers.ToolCall
	notices        []string
	params         *providers.Params
	stop           *providers.Stop
	err            *providers.Error
}

// listen hears a stream to its end, of which there must be one.
func listen(t testing.TB, p providers.Provider, req providers.Request) *told {
	t.Helper()
	got := &told{}
	for ev, err := range p.Stream(t.Context(), req) {
		if got.stop != nil || got.err != nil {
			t.Fatalf("after the end: %v, %v", ev, err)
		}
		switch ev := ev.(type) {
		case providers.Sent:
			got.params = &ev.Params
		case providers.Notice:
			got.notices = append(got.notices, ev.Text)
		case providers.Delta:
			got.text.WriteString(ev.Text)
		case providers.Thought:
			got.thoughts.WriteString(ev.Text)
		case providers.ToolCall:
			got.calls = append(got.calls, ev)
		case providers.Stop:
			got.stop = &ev
		case nil:
			if !errors.As(err, &got.err) {
				t.Fatalf("%T is not a *providers.Error", err)
			}
		}
	}
	if (got.stop == nil) == (got.err == nil) {
		t.Fatalf("ended with stop %v and error %v", got.stop, got.err)
	}
	return got
}

// answered hears body, whole and byte by byte, which must come out alike.
func answered(t testing.TB, body string) *told {
	t.Helper()
	whole := listen(t, provider(t, home, &replay{status: 200, body: body}), hello("gemini-3-flash"))
	bytewise := listen(t, provider(t, home, &replay{status: 200, body: body, split: iotest.OneByteReader}), hello("gemini-3-flash"))
	if a, b := whole.summary(), bytewise.summary(); a != b {
		t.Errorf("whole: %s\nbyte by byte: %s", a, b)
	}
	return whole
}

func (got *told) summary() string {
	s := fmt.Sprintf("%q %q %d %q %v", got.text.String(), got.thoughts.String(), len(got.calls), got.notices, got.err)
	if got.stop != nil {
		s += fmt.Sprintf(" %s %+v", got.stop.Reason, got.stop.Usage)
	}
	return s
}

func (got *told) failed(t testing.TB, kind providers.Kind, words ...string) *providers.Error {
	t.Helper()
	if got.err == nil {
		t.Fatalf("ended well: %+v", got.stop)
	}
	if got.err.Kind != kind {
		t.Errorf("kind %s, want %s: %v", got.err.Kind, kind, got.err)
	}
	all := got.err.Error() + " | " + got.err.Advice()
	for _, w := range words {
		if !strings.Contains(all, w) {
			t.Errorf("%q is not in: %s", w, all)
		}
	}
	if strings.Contains(all, key) {
		t.Errorf("the key is told: %s", all)
	}
	return got.err
}

func (got *told) noted(t testing.TB, words string) {
	t.Helper()
	if !strings.Contains(strings.Join(got.notices, "\n"), words) {
		t.Errorf("%q is not in the notices %q", words, got.notices)
	}
}

// stream joins chunks into server-sent events.
func stream(chunks ...string) string {
	var b strings.Builder
	for _, c := range chunks {
		b.WriteString("data: " + c + "\r\n\r\n")
	}
	return b.String()
}

// parts is a chunk of candidate 0, with its finish if that is not "".
func parts(finish string, parts ...string) string {
	if finish != "" {
		finish = `,"finishReason":"` + finish + `"`
	}
	return `{"candidates":[{"content":{"parts":[` + strings.Join(parts, ",") + `],"role":"model"}` + finish + `,"index":0}],"modelVersion":"m-1","responseId":"r-1"}`
}

// silence is a body that never goes on, until the request is given up.
type silence struct{ done <-chan struct{} }

func (s silence) Read([]byte) (int, error) {
	<-s.done
	return 0, errors.New("given up")
}

// stuck answers with body and then nothing.
type stuck string

// RoundTrip implements [http.RoundTripper].
func (b stuck) RoundTrip(req *http.Request) (*http.Response, error) {
	body := io.MultiReader(bytes.NewReader([]byte(b)), silence{req.Context().Done()})
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(body), Request: req}, nil
}

const long = 10 * time.Second

// slowly reads a line a second.
func slowly(r io.Reader) io.Reader { return &lineASecond{r} }

type lineASecond struct{ io.Reader }

func (l *lineASecond) Read(b []byte) (n int, err error) {
	time.Sleep(time.Second)
	for n < len(b) {
		if m, err := l.Reader.Read(b[n : n+1]); m == 0 {
			return n, err
		}
		if n++; b[n-1] == '\n' {
			break
		}
	}
	return n, nil
}
