package ollama

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"juxta/providers"
)

// A fake is a server of one model, "m". It logs what it is asked.
type fake struct {
	capabilities []string // nil for a server that doesn't say
	family       string
	context      int
	loaded       int // window of the loaded model; 0 for not loaded
	expires      any // when it will be unloaded; nil for not said
	hidden       []string

	quantization, template, digest, version string
	chat                                    http.HandlerFunc
	release                                 func(*http.Request) // runs before the version is said

	mu     sync.Mutex
	paths  []string
	bodies []map[string]json.RawMessage // of /api/chat
	header http.Header                  // of the last chat
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.paths = append(f.paths, r.URL.Path)
	f.mu.Unlock()
	for _, path := range f.hidden {
		if path == r.URL.Path {
			http.NotFound(w, r)
			return
		}
	}
	switch r.URL.Path {
	case "/api/show":
		var in struct{ Model string }
		_ = json.NewDecoder(r.Body).Decode(&in)
		if in.Model != "m" && in.Model != "m:latest" {
			w.WriteHeader(http.StatusNotFound)
			answer(w, map[string]string{"error": "model '" + in.Model + "' not found"})
			return
		}
		answer(w, map[string]any{
			"capabilities": f.capabilities,
			"details":      map[string]any{"family": f.family, "quantization_level": f.quantization},
			"template":     f.template,
			"model_info":   map[string]any{"general.architecture": "a", "a.context_length": f.context},
		})
	case "/api/ps":
		var models []any
		if f.loaded > 0 {
			models = append(models, map[string]any{"name": "m:latest", "model": "m:latest", "context_length": f.loaded, "expires_at": f.expires})
		}
		answer(w, map[string]any{"models": models})
	case "/api/tags":
		answer(w, map[string]any{"models": []any{map[string]any{"name": "m:latest", "digest": f.digest}}})
	case "/api/version":
		if f.release != nil {
			f.release(r)
		}
		answer(w, map[string]any{"version": f.version})
	case "/api/chat":
		var body map[string]json.RawMessage
		raw, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(raw, &body)
		f.mu.Lock()
		f.bodies = append(f.bodies, body)
		f.header = r.Header.Clone()
		f.mu.Unlock()
		if f.chat != nil {
			f.chat(w, r)
			return
		}
		fmt.Fprintln(w, finalLine)
	}
}

const finalLine = `{"model":"m","message":{"role":"assistant","content":"ok"},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2}`

func answer(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

// asked is how often a path was called.
func (f *fake) asked(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Count(strings.Join(f.paths, "\n")+"\n", path+"\n")
}

// sent is the last chat's body.
func (f *fake) sent(t *testing.T) map[string]json.RawMessage {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.bodies) == 0 {
		t.Fatal("no chat reached the server")
	}
	return f.bodies[len(f.bodies)-1]
}

// options are the last chat's options.
func (f *fake) options(t *testing.T) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal(f.sent(t)["options"], &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func chatting() *fake { return &fake{capabilities: []string{"completion"}, context: 131072} }

// start serves f and makes a provider for it, named "ollama".
func (f *fake) start(t *testing.T, set ...func(*providers.Endpoint)) providers.Provider {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return made(t, s.URL, set...)
}

func made(t *testing.T, url string, set ...func(*providers.Endpoint)) providers.Provider {
	t.Helper()
	e := providers.Endpoint{Name: "ollama", API: "ollama", BaseURL: url, Local: true}
	for _, f := range set {
		f(&e)
	}
	p, err := New(e)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// streams answers a chat with lines.
func streams(lines ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, line := range lines {
			fmt.Fprintln(w, line)
		}
	}
}

// fails answers a chat with a status.
func fails(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func ask(text string) providers.Request {
	return providers.Request{Model: "m", Messages: []providers.Message{providers.Says(providers.User, text)}}
}

// A told is everything that a stream said.
type told struct {
	events         []providers.Event
	text, thoughts string
	notices        []providers.Notice
	calls          []providers.ToolCall
	sent           *providers.Sent
	stop           *providers.Stop
	err            *providers.Error
	timing         providers.Timing
}

func hear(t *testing.T, p providers.Provider, req providers.Request) told {
	t.Helper()
	return hearUnder(t.Context(), t, p, req)
}

func hearUnder(ctx context.Context, t *testing.T, p providers.Provider, req providers.Request) told {
	t.Helper()
	var h told
	for ev, err := range providers.Meter(p.Stream(ctx, req), &h.timing) {
		if err != nil {
			if !errors.As(err, &h.err) {
				t.Fatalf("%T is no *providers.Error: %v", err, err)
			}
			continue
		}
		if h.stop != nil || h.err != nil {
			t.Fatalf("%T came after the end", ev)
		}
		h.events = append(h.events, ev)
		switch ev := ev.(type) {
		case providers.Sent:
			h.sent = &ev
		case providers.Notice:
			h.notices = append(h.notices, ev)
		case providers.Thought:
			h.thoughts += ev.Text
		case providers.Delta:
			h.text += ev.Text
		case providers.ToolCall:
			h.calls = append(h.calls, ev)
		case providers.Stop:
			h.stop = &ev
		}
	}
	if (h.stop == nil) == (h.err == nil) {
		t.Fatalf("a stream ends in a Stop or an error: %v, %v", h.stop, h.err)
	}
	return h
}

// wantError checks a failure's kind and what its advice speaks of.
func (h told) wantError(t *testing.T, kind providers.Kind, advice string) {
	t.Helper()
	if h.err == nil {
		t.Fatalf("got the answer %q, want an error of kind %s", h.text, kind)
	}
	if h.err.Kind != kind || !strings.Contains(h.err.Advice(), advice) {
		t.Errorf("got %s: %v (%s), want %s with advice on %q", h.err.Kind, h.err, h.err.Advice(), kind, advice)
	}
	if h.err.Ref.Provider != "ollama" || h.err.Ref.Model == "" {
		t.Errorf("the error does not say whose it is: %+v", h.err.Ref)
	}
}
