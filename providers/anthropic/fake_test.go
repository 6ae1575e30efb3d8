package anthropic

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"juxta/providers"
)

const key = "odd-key-value-1234"

// A service answers every request with the next of its replies, the last one
// again and again, and keeps the requests.
type service struct {
	status  int
	header  http.Header
	replies []string
	split   func(io.Reader) io.Reader // nil for whole

	mu     sync.Mutex
	asked  []*http.Request
	bodies []string
}

// RoundTrip implements [http.RoundTripper].
func (s *service) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked, s.bodies = append(s.asked, req), append(s.bodies, string(body))
	var from io.Reader = strings.NewReader(s.replies[min(len(s.asked), len(s.replies))-1])
	if s.split != nil {
		from = s.split(from)
	}
	return &http.Response{
		StatusCode: s.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: s.header.Clone(),
		Body: io.NopCloser(from), Request: req,
	}, nil
}

// replying is a service that answers everything alike.
func replying(status int, replies ...string) *service {
	return &service{status: status, header: http.Header{}, replies: replies}
}

// behind is a provider whose network is s.
func behind(t testing.TB, s http.RoundTripper) *messages {
	t.Helper()
	p, err := New(providers.Endpoint{
		Name: "lab", BaseURL: "https://service.test", Key: providers.NewSecret(key), KeyName: "LAB_API_KEY", Network: s,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p.(*messages)
}

// hello is a question that no test cares about.
func hello(model string) providers.Request {
	return providers.Request{Model: model, Messages: []providers.Message{providers.Says(providers.User, "hi")}}
}

// told is everything that a stream said.
type told struct {
	text, thoughts, refusal strings.Builder
	calls                   []providers.ToolCall
	notices                 []string
	sent                    *providers.Sent
	stop                    *providers.Stop
	err                     *providers.Error
}

func listen(t testing.TB, p providers.Provider, req providers.Request) *told {
	t.Helper()
	got := &told{}
	for ev, err := range p.Stream(t.Context(), req) {
		if got.stop != nil || got.err != nil {
			t.Error("something follows the end")
		}
		if err != nil {
			if !errors.As(err, &got.err) {
				t.Fatalf("%T is not a *providers.Error: %v", err, err)
			}
			continue
		}
		got.hear(ev)
	}
	if (got.stop == nil) == (got.err == nil) {
		t.Errorf("ended with stop %v and error %v", got.stop, got.err)
	}
	return got
}

func (got *told) hear(ev providers.Event) {
	switch ev := ev.(type) {
	case providers.Sent:
		got.sent = &ev
	case providers.Notice:
		got.notices = append(got.notices, ev.Text)
	case providers.Delta:
		got.text.WriteString(ev.Text)
	case providers.Thought:
		got.thoughts.WriteString(ev.Text)
	case providers.Refusal:
		got.refusal.WriteString(ev.Text)
	case providers.ToolCall:
		got.calls = append(got.calls, ev)
	case providers.Stop:
		got.stop = &ev
	}
}

// failed holds that the stream failed in this way, and said these words.
func (got *told) failed(t testing.TB, kind providers.Kind, words ...string) *providers.Error {
	t.Helper()
	if got.err == nil {
		t.Fatalf("ended well: %+v", got.stop)
	}
	if got.err.Kind != kind {
		t.Errorf("kind %s, want %s: %v", got.err.Kind, kind, got.err)
	}
	for _, w := range words {
		if !strings.Contains(got.err.Error()+" | "+got.err.Advice(), w) {
			t.Errorf("%q is not in: %v | %s", w, got.err, got.err.Advice())
		}
	}
	return got.err
}

// noticed holds that each of the words stands in a notice.
func (got *told) noticed(t testing.TB, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(strings.Join(got.notices, "\n"), w) {
			t.Errorf("no notice says %q: %q", w, got.notices)
		}
	}
}

// events writes a stream of server-sent events, each named as its type.
func events(payloads ...string) string {
	var b bytes.Buffer
	for _, p := range payloads {
		_, after, _ := strings.Cut(p, `"type":"`)
		name, _, _ := strings.Cut(after, `"`)
		fmt.Fprintf(&b, "event: %s\ndata: %s\n\n", name, p)
	}
	return b.String()
}

const (
	start  = `{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-test-1","content":[],"usage":{"input_tokens":10,"output_tokens":1}}}`
	finish = `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}`
	stop   = `{"type":"message_stop"}`
)

// saying is the event of a piece of text.
func saying(text string) string {
	return fmt.Sprintf(`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":%q}}`, text)
}

// pieces reads a random number of bytes at a time.
type pieces struct {
	io.Reader
	rng *rand.Rand
}

func (p pieces) Read(b []byte) (int, error) {
	if len(b) > 0 {
		b = b[:1+p.rng.IntN(min(len(b), 300))]
	}
	return p.Reader.Read(b)
}
