package providers_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"juxta/providers"
)

// A recording is an exchange with a real service and what an independent reader
// found in it.
type recording struct {
	name     string
	API      string   `json:"api"`
	Provider string   `json:"provider"`
	Model    string   `json:"model"`
	Status   int      `json:"status"`
	Kind     string   `json:"kind"`
	Expected expected `json:"expected"`
	Features struct {
		Images []string `json:"image_forms"`
	} `json:"request_features"`

	header http.Header
	body   []byte
}

// pictured reports whether the recorded request held a picture.
func (rec *recording) pictured() bool { return len(rec.Features.Images) > 0 }

// base is the address that the recording's service is reached at, which some
// providers tell a dialect by.
func (rec *recording) base() string {
	if rec.API == "openai-responses" && rec.Provider == "lmstudio" {
		return "http://127.0.0.1:1234/v1"
	}
	return map[string]string{
		"alibaba":          "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
		"anthropic":        "https://api.anthropic.com",
		"azure":            "https://contract.openai.azure.com/openai/v1",
		"cerebras":         "https://api.cerebras.ai/v1",
		"deepseek":         "https://api.deepseek.com/v1",
		"fireworks-via-hf": "https://router.huggingface.co/v1",
		"gemini":           "https://generativelanguage.googleapis.com",
		"gpustack":         "http://10.1.2.3:8080/v1",
		"groq":             "https://api.groq.com/openai/v1",
		"huggingface":      "https://router.huggingface.co/v1",
		"llamacpp":         "http://127.0.0.1:8080/v1",
		"mistral":          "https://api.mistral.ai/v1",
		"openai":           "https://api.openai.com/v1",
		"openrouter":       "https://openrouter.ai/api/v1",
		"perplexity":       "https://api.perplexity.ai",
		"together":         "https://api.together.xyz/v1",
		"vertex":           "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google",
		"vllm":             "http://127.0.0.1:8000/v1",
		"xai":              "https://api.x.ai/v1",
		"zai":              "https://api.z.ai/api/paas/v4",
		"ollama-cloud":     "https://ollama.com/v1",
		"ollama":           map[bool]string{true: "http://127.0.0.1:11434", false: "http://127.0.0.1:11434/v1"}[rec.API == "ollama-native"],
	}[rec.Provider]
}

// recordings are all of them, in the order of their names.
func recordings(t testing.TB) []*recording {
	t.Helper()
	root := os.Getenv("JUXTA_SHARED")
	if root == "" {
		t.Skip("JUXTA_SHARED is not set: the recordings of real services are not here")
	}
	found, err := filepath.Glob(filepath.Join(root, "wire", "*", "meta.json"))
	if err != nil || len(found) < 226 {
		t.Fatalf("%d recordings under %s, want 226: %v", len(found), root, err)
	}
	slices.Sort(found)
	var all []*recording
	for _, meta := range found {
		rec, err := load(filepath.Dir(meta))
		if err != nil {
			t.Fatalf("%s: %v", meta, err)
		}
		all = append(all, rec)
	}
	return all
}

func load(dir string) (*recording, error) {
	rec := &recording{name: filepath.Base(dir), header: http.Header{}}
	var fields map[string]any
	for name, into := range map[string]any{"meta.json": rec, "response.headers.json": &fields} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(data, into); err != nil {
			return nil, err
		}
	}
	for name, v := range fields {
		switch v := v.(type) {
		case string:
			rec.header.Add(name, v)
		case []any:
			for _, s := range v {
				rec.header.Add(name, s.(string))
			}
		}
	}
	var err error
	rec.body, err = os.ReadFile(filepath.Join(dir, "response.raw"))
	return rec, err
}

// A network answers every question with one recording.
type network struct {
	rec   *recording
	split func(io.Reader) io.Reader
	stuck func() // called where the first half of the answer ends, and nothing follows; nil for all of it
	cut   bool   // the connection breaks there

	mu     sync.Mutex
	req    *http.Request
	body   string
	opened int
}

// asked is the question, and its body.
func (n *network) asked() (*http.Request, string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.req, n.body
}

// open is how many answers were not closed.
func (n *network) open() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.opened
}

// RoundTrip implements [http.RoundTripper].
func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	status, header, data := n.rec.Status, n.rec.header, n.rec.body
	switch { // what Ollama is asked beforehand is not in the recordings
	case strings.HasSuffix(req.URL.Path, "/api/show"):
		status, header, data = 200, nil, []byte(`{"capabilities":["completion","vision","tools","thinking"],"details":{"family":"x"},"model_info":{"general.architecture":"a","a.context_length":8192}}`)
	case strings.HasSuffix(req.URL.Path, "/api/ps"):
		status, header, data = 200, nil, []byte(`{"models":[]}`)
	default:
		var body []byte
		if req.Body != nil {
			body, _ = io.ReadAll(req.Body)
		}
		n.mu.Lock()
		n.req, n.body = req, string(body)
		n.mu.Unlock()
		return n.answer(req, status, header, n.half(req, data)), nil
	}
	return n.answer(req, status, header, bytes.NewReader(data)), nil
}

func (n *network) answer(req *http.Request, status int, header http.Header, from io.Reader) *http.Response {
	n.mu.Lock()
	n.opened++
	n.mu.Unlock()
	closed := sync.OnceFunc(func() {
		n.mu.Lock()
		n.opened--
		n.mu.Unlock()
	})
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: header.Clone(),
		Body: closing{n.split(from), closed}, Request: req,
	}
}

type closing struct {
	io.Reader
	close func()
}

func (c closing) Close() error {
	c.close()
	return nil
}

// half is data, or its first half and what happens then.
func (n *network) half(req *http.Request, data []byte) io.Reader {
	switch {
	case n.cut:
		return io.MultiReader(bytes.NewReader(data[:len(data)/2]), broken{})
	case n.stuck != nil:
		return io.MultiReader(bytes.NewReader(data[:len(data)/2]), silent{req, n.stuck})
	}
	return bytes.NewReader(data)
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset by peer") }

// silent says nothing until the request is given up, as a network does.
type silent struct {
	req   *http.Request
	stuck func()
}

func (s silent) Read([]byte) (int, error) {
	s.stuck()
	<-s.req.Context().Done()
	return 0, s.req.Context().Err()
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

// alone runs f in a bubble of its own and fails if it leaves a goroutine
// behind. No test may run beside it.
func alone(t *testing.T, name string, f func(*testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		before := runtime.NumGoroutine()
		f(t)
		synctest.Wait()
		if after := runtime.NumGoroutine(); after > before {
			stacks := make([]byte, 1<<16)
			t.Errorf("%s: %d goroutines became %d\n%s", name, before, after, stacks[:runtime.Stack(stacks, true)])
		}
	})
}

// pixel is the smallest picture, and pixelBase64 as requests carry it.
const pixelBase64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

var pixel, _ = base64.StdEncoding.DecodeString(pixelBase64)

var _ providers.Builder // the vocabulary is what is under contract
