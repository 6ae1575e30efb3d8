package ollama

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"juxta/providers"
)

// A recording is one exchange with a real server, and what an independent
// reader found in it.
type recording struct {
	Model    string `json:"model"`
	Status   int    `json:"status"`
	Expected struct {
		SHA256    string `json:"text_sha256"`
		Reasoning struct {
			Present bool   `json:"present"`
			SHA256  string `json:"sha256"`
		} `json:"reasoning"`
		Input     *int             `json:"input_tokens"`
		Output    *int             `json:"output_tokens"`
		Finish    string           `json:"finish_reason"`
		Model     string           `json:"response_model"`
		Complete  bool             `json:"complete"`
		UsageRaw  map[string]int64 `json:"usage_raw"`
		ToolCalls []struct {
			ID, Name, Arguments string
		} `json:"tool_calls"`
		Error *struct {
			Status  int    `json:"http_status"`
			Message string `json:"message"`
		} `json:"error"`
	} `json:"expected"`

	body []byte
}

func recordings(t *testing.T) map[string]recording {
	t.Helper()
	shared := os.Getenv("JUXTA_SHARED")
	if shared == "" {
		t.Skip("JUXTA_SHARED is not set: no recordings of real servers")
	}
	found, err := filepath.Glob(filepath.Join(shared, "wire", "ollama-native-*"))
	if err != nil || len(found) != 12 {
		t.Fatalf("found %d recordings, want 12 (%v)", len(found), err)
	}
	all := map[string]recording{}
	for _, dir := range found {
		var r recording
		meta, err := os.ReadFile(filepath.Join(dir, "meta.json"))
		if err == nil {
			err = json.Unmarshal(meta, &r)
		}
		if err == nil {
			r.body, err = os.ReadFile(filepath.Join(dir, "response.raw"))
		}
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(dir)] = r
	}
	return all
}

// split is body in pieces of the given kind.
func split(body []byte, how string) [][]byte {
	size := map[string]func() int{
		"whole":        func() int { return len(body) },
		"byte by byte": func() int { return 1 },
		"at random":    func() int { return 1 + rand.IntN(200) },
	}[how]
	var out [][]byte
	for len(body) > 0 {
		n := min(size(), len(body))
		out, body = append(out, body[:n]), body[n:]
	}
	return out
}

func TestRecordingsAreReadRight(t *testing.T) {
	for name, r := range recordings(t) {
		for _, how := range []string{"whole", "byte by byte", "at random"} {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				f := chatting()
				f.chat = func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(r.Status)
					for _, piece := range split(r.body, how) {
						_, _ = w.Write(piece)
						_ = http.NewResponseController(w).Flush()
					}
				}
				r.check(t, hear(t, f.start(t), ask("hi")))
			})
		}
	}
}

func (r recording) check(t *testing.T, h told) {
	t.Helper()
	want := r.Expected
	if got := sum(h.text); got != want.SHA256 {
		t.Errorf("text is %q", h.text)
	}
	if (h.thoughts != "") != want.Reasoning.Present || want.Reasoning.Present && sum(h.thoughts) != want.Reasoning.SHA256 {
		t.Errorf("thoughts are %q", h.thoughts)
	}
	if len(h.calls) != len(want.ToolCalls) {
		t.Fatalf("calls %+v, want %+v", h.calls, want.ToolCalls)
	}
	for i, c := range want.ToolCalls {
		if got := h.calls[i]; got.ID != c.ID || got.Name != c.Name || compact(got.Arguments) != compact(c.Arguments) {
			t.Errorf("call %+v, want %+v", got, c)
		}
	}
	switch {
	case want.Error != nil:
		if h.err == nil || h.err.Status != want.Error.Status || !strings.Contains(h.err.Error(), want.Error.Message) {
			t.Errorf("error %v, want %+v", h.err, want.Error)
		}
		return
	case !want.Complete:
		if h.err == nil || h.err.Kind != providers.Truncated {
			t.Errorf("an incomplete answer ended with %v", h.err)
		}
		return
	case h.err != nil:
		t.Fatal(h.err)
	}
	reason := providers.Reason(want.Finish)
	if len(want.ToolCalls) > 0 {
		reason = providers.ToolUse
	}
	if h.stop.Reason != reason || h.stop.Model != want.Model {
		t.Errorf("stop %+v, want %s of %s", h.stop, reason, want.Model)
	}
	if u := h.stop.Usage; u == nil || u.Prompt() != *want.Input || u.Output != *want.Output || u.Estimated {
		t.Errorf("usage %+v, want %d and %d", u, *want.Input, *want.Output)
	}
	var raw map[string]int64
	if err := json.Unmarshal(h.stop.Raw, &raw); err != nil || len(raw) != len(want.UsageRaw) {
		t.Errorf("raw usage %s (%v)", h.stop.Raw, err)
	}
	for name, n := range want.UsageRaw {
		if raw[name] != n {
			t.Errorf("raw %s is %d, want %d", name, raw[name], n)
		}
	}
	if h.timing.FirstToken == 0 || h.timing.Last < h.timing.FirstToken || h.timing.Total < h.timing.Last {
		t.Errorf("timing %+v", h.timing)
	}
}

func sum(s string) string {
	b := sha256.Sum256([]byte(s))
	return hex.EncodeToString(b[:])
}

func compact(s string) string {
	var b bytes.Buffer
	_ = json.Compact(&b, []byte(s))
	return b.String()
}
