package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"juxta/providers"
)

// told is everything that a stream said.
type told struct {
	text, thoughts, refusal strings.Builder
	calls                   []providers.ToolCall
	stop                    *providers.Stop
	err                     *providers.Error
	events                  []providers.Event
}

func listen(t *testing.T, p providers.Provider, req providers.Request) *told {
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
		got.events = append(got.events, ev)
		switch ev := ev.(type) {
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
	if (got.stop == nil) == (got.err == nil) {
		t.Errorf("ended with stop %v and error %v", got.stop, got.err)
	}
	return got
}

// replay answers every request with one response, read through split.
type replay struct {
	status int
	header http.Header
	body   []byte
	split  func(io.Reader) io.Reader
}

func (r replay) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: r.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: r.header,
		Body: io.NopCloser(r.split(bytes.NewReader(r.body))), Request: req,
	}, nil
}

func whole(r io.Reader) io.Reader { return r }

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

func randomly(seed uint64) func(io.Reader) io.Reader {
	return func(r io.Reader) io.Reader { return pieces{r, rand.New(rand.NewPCG(seed, 7))} }
}

// over is a provider of Chat Completions whose network is r.
func over(t testing.TB, e providers.Endpoint, r http.RoundTripper) providers.Provider {
	t.Helper()
	return built(t, New, e, r)
}

func built(t testing.TB, build providers.Builder, e providers.Endpoint, r http.RoundTripper) providers.Provider {
	t.Helper()
	e.Network = r
	p, err := build(e)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func sameJSON(a, b []byte) bool {
	canonical := func(v []byte) string {
		var x any
		_ = json.Unmarshal(v, &x)
		out, _ := json.Marshal(x)
		return string(out)
	}
	return canonical(a) == canonical(b)
}
