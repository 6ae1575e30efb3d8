package openai

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"juxta/providers"
)

// A recorded case is an exchange of a real service and what an independent
// reader found in it.
type recorded struct {
	API      string `json:"api"`
	Provider string `json:"provider"`
	Model    string `json:"model"`
	Status   int    `json:"status"`
	Kind     string `json:"kind"`
	Expected struct {
		TextSHA   string `json:"text_sha256"`
		Reasoning struct {
			Present bool   `json:"present"`
			Chars   int    `json:"chars"`
			SHA     string `json:"sha256"`
		} `json:"reasoning"`
		Input         *int            `json:"input_tokens"`
		Output        *int            `json:"output_tokens"`
		Cached        *int            `json:"cached_tokens"`
		ReasoningToks *int            `json:"reasoning_tokens"`
		Total         *int            `json:"total_tokens"`
		Write         int             `json:"cache_write_tokens"`
		Cost          json.Number     `json:"cost"`
		Ticks         int64           `json:"cost_in_usd_ticks"`
		RawUsage      json.RawMessage `json:"usage_raw"`
		Finish        *string         `json:"finish_reason"`
		Refusal       string          `json:"refusal"`
		Calls         []struct {
			ID        *string `json:"id"`
			Name      string  `json:"name"`
			Arguments string  `json:"arguments"`
		} `json:"tool_calls"`
		Error *struct {
			Midstream bool   `json:"midstream"`
			Message   string `json:"message"`
			Type      string `json:"type"`
		} `json:"error"`
		ResponseModel *string `json:"response_model"`
		Complete      bool    `json:"complete"`
	} `json:"expected"`
}

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

func recordings(t testing.TB) map[string]string {
	t.Helper()
	root := os.Getenv("JUXTA_SHARED")
	if root == "" {
		t.Skip("JUXTA_SHARED is not set: the recordings of real services are not here")
	}
	dirs, err := filepath.Glob(filepath.Join(root, "wire", "*", "meta.json"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no recordings under %s: %v", root, err)
	}
	cases := map[string]string{}
	for _, f := range dirs {
		cases[filepath.Base(filepath.Dir(f))] = filepath.Dir(f)
	}
	return cases
}

func load(t testing.TB, dir string) (rec recorded, r replay) {
	t.Helper()
	meta, err := os.ReadFile(filepath.Join(dir, "meta.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(meta, &rec); err != nil {
		t.Fatal(err)
	}
	if r.body, err = os.ReadFile(filepath.Join(dir, "response.raw")); err != nil {
		t.Fatal(err)
	}
	header, err := os.ReadFile(filepath.Join(dir, "response.headers.json"))
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(header, &fields); err != nil {
		t.Fatal(err)
	}
	r.status, r.header = rec.Status, http.Header{}
	for name, v := range fields {
		switch v := v.(type) {
		case string:
			r.header.Add(name, v)
		case []any:
			for _, s := range v {
				r.header.Add(name, s.(string))
			}
		}
	}
	return rec, r
}

func TestRecordedServicesAreReadRight(t *testing.T) {
	n := 0
	for name, dir := range recordings(t) {
		rec, r := load(t, dir)
		if rec.API != "openai-chat-completions" {
			continue
		}
		n++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for how, split := range map[string]func(io.Reader) io.Reader{
				"whole": whole, "byte by byte": iotest.OneByteReader, "at random": randomly(1), "at random again": randomly(2),
			} {
				r.split = split
				p := over(t, providers.Endpoint{Name: rec.Provider, BaseURL: "https://service.test/v1"}, r)
				got := listen(t, p, providers.Request{Model: rec.Model, Messages: []providers.Message{providers.Says(providers.User, "hi")}})
				if t.Run(how, func(t *testing.T) { rec.compare(t, got) }); t.Failed() {
					return
				}
			}
		})
	}
	if n == 0 {
		t.Error("there is no recording of Chat Completions")
	}
}

func (rec *recorded) compare(t *testing.T, got *told) {
	want := &rec.Expected
	if hash(got.text.String()) != want.TextSHA {
		t.Errorf("text differs: %.300q", got.text.String())
	}
	thoughts := got.thoughts.String()
	if want.Reasoning.Present != (thoughts != "") || want.Reasoning.Chars != utf8.RuneCountInString(thoughts) ||
		want.Reasoning.SHA != "" && want.Reasoning.SHA != hash(thoughts) {
		t.Errorf("%d characters of reasoning, want %d: %.200q", utf8.RuneCountInString(thoughts), want.Reasoning.Chars, thoughts)
	}
	if got.refusal.String() != want.Refusal {
		t.Errorf("refusal %q, want %q", got.refusal.String(), want.Refusal)
	}
	if want.Complete {
		if got.stop == nil {
			t.Fatalf("the answer is complete, but: %v", got.err)
		}
		rec.compareCalls(t, got)
		rec.compareStop(t, got)
		return
	}
	if got.err == nil {
		t.Fatalf("the answer is not complete, but ended with %+v", got.stop)
	}
	if kinds := rec.kinds(); !slices.Contains(kinds, got.err.Kind) {
		t.Errorf("kind %s, want one of %v: %v", got.err.Kind, kinds, got.err)
	}
	if got.err.Op != asking || got.err.Ref != (providers.Ref{Provider: rec.Provider, Model: rec.Model}) {
		t.Errorf("the error does not say whose it is: %+v", got.err)
	}
	if rec.Status != 200 && got.err.Status != rec.Status {
		t.Errorf("status %d, want %d", got.err.Status, rec.Status)
	}
	if e := want.Error; e != nil && !strings.HasPrefix(strings.TrimSpace(e.Message), "<") && e.Message[0] != '[' {
		if words := e.Message[:min(len(e.Message), 200)]; !strings.Contains(got.err.Error(), words) && e.Message != "Provider returned error" {
			t.Errorf("the service's words are lost: %v; want %q", got.err, words)
		}
	}
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func (rec *recorded) compareCalls(t *testing.T, got *told) {
	want := rec.Expected.Calls
	if len(got.calls) != len(want) {
		t.Fatalf("%d tool calls, want %d", len(got.calls), len(want))
	}
	for i, w := range want {
		id := ""
		if w.ID != nil {
			id = *w.ID
		}
		if c := got.calls[i]; c.ID != id || c.Name != w.Name || c.Arguments != w.Arguments {
			t.Errorf("tool call %d is %+v, want %s %s(%s)", i, c, id, w.Name, w.Arguments)
		}
		if c := got.calls[i]; c.First.IsZero() || c.At.Before(c.First) || got.stop.At.Before(c.At) {
			t.Errorf("tool call %d came from %v to %v, the end at %v", i, c.First, c.At, got.stop.At)
		}
	}
}

func (rec *recorded) compareStop(t *testing.T, got *told) {
	want := &rec.Expected
	reason := providers.Finished
	if want.Finish != nil {
		reason = map[string]providers.Reason{"stop": providers.Finished, "length": providers.Length, "tool_calls": providers.ToolUse}[*want.Finish]
	}
	switch {
	case reason == providers.Finished && len(want.Calls) > 0:
		reason = providers.ToolUse
	case reason == providers.Finished && want.Refusal != "":
		reason = providers.Refused
	}
	if got.stop.Reason != reason {
		t.Errorf("reason %s, want %s", got.stop.Reason, reason)
	}
	if want.ResponseModel != nil && got.stop.Model != *want.ResponseModel {
		t.Errorf("served by %q, want %q", got.stop.Model, *want.ResponseModel)
	}
	if want.Input == nil {
		if got.stop.Usage != nil {
			t.Errorf("usage %+v, but none was sent", got.stop.Usage)
		}
		return
	}
	usage := rec.usage()
	if got.stop.Usage == nil || *got.stop.Usage != usage {
		t.Errorf("usage %+v, want %+v", got.stop.Usage, usage)
	}
	if !sameJSON(got.stop.Raw, want.RawUsage) {
		t.Errorf("raw usage %s, want %s", got.stop.Raw, want.RawUsage)
	}
	rec.compareBill(t, got.stop.Billed)
}

// usage applies METHOD.md §2.2 to the service's numbers.
func (rec *recorded) usage() providers.Usage {
	want := &rec.Expected
	or0 := func(n *int) int {
		if n == nil {
			return 0
		}
		return *n
	}
	u := providers.Usage{CacheRead: or0(want.Cached), CacheWrite: want.Write, Output: or0(want.Output), Reasoning: or0(want.ReasoningToks)}
	u.Input = *want.Input - u.CacheRead - u.CacheWrite
	if u.Reasoning > 0 && or0(want.Total) == *want.Input+u.Output+u.Reasoning {
		u.Output += u.Reasoning
	}
	return u
}

func (rec *recorded) compareBill(t *testing.T, got *providers.Money) {
	var want *providers.Money
	switch {
	case rec.Expected.Ticks > 0:
		m := providers.Money(rec.Expected.Ticks) * 100
		want = &m
	case rec.Expected.Cost != "":
		m, err := providers.ParseDollars(rec.Expected.Cost.String())
		if err != nil {
			t.Fatal(err)
		}
		want = &m
	}
	if (got == nil) != (want == nil) || got != nil && *got != *want {
		t.Errorf("billed %v, want %v", got, want)
	}
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

// kinds are those that a recorded failure may be sorted under.
func (rec *recorded) kinds() []providers.Kind {
	e := rec.Expected.Error
	if e == nil {
		return []providers.Kind{providers.Truncated}
	}
	words := strings.ToLower(e.Message)
	switch {
	case strings.Contains(words, "context length"), strings.Contains(words, "context size ("):
		return []providers.Kind{providers.ContextFull}
	case rec.Status == 401:
		return []providers.Kind{providers.Auth}
	case rec.Status == 429:
		return []providers.Kind{providers.RateLimit}
	case strings.Contains(words, "not a chat model"):
		return []providers.Kind{providers.Unsupported}
	case rec.Status == 404, strings.Contains(words, "not a valid model"):
		return []providers.Kind{providers.NotFound}
	case rec.Status >= 500:
		return []providers.Kind{providers.ServerFault}
	case strings.Contains(words, "failed to decode"):
		return []providers.Kind{providers.ServerFault}
	}
	return []providers.Kind{providers.Unsupported}
}
