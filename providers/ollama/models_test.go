package ollama

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"juxta/providers"
)

// A shelf is a server that only lists: names and what /api/show says of each.
type shelf struct {
	tags  []map[string]any
	shows map[string]map[string]any

	mu    sync.Mutex
	shown map[string]int
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/api/tags":
		answer(w, map[string]any{"models": s.tags})
	case "/api/show":
		var in struct{ Model string }
		_ = json.NewDecoder(r.Body).Decode(&in)
		s.mu.Lock()
		s.shown[in.Model]++
		show, ok := s.shows[in.Model]
		s.mu.Unlock()
		if show["stuck"] != nil {
			<-r.Context().Done()
			return
		}
		if !ok {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		answer(w, show)
	}
}

func (s *shelf) start(t *testing.T, local bool) providers.Provider {
	t.Helper()
	s.shown = map[string]int{}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return made(t, server.URL, func(e *providers.Endpoint) { e.Local = local })
}

func listed(name, digest string) map[string]any {
	return map[string]any{"name": name, "model": name, "digest": digest, "size": 1000}
}

func TestModelsAreListedWithWhatTheyCan(t *testing.T) {
	s := &shelf{
		tags: []map[string]any{
			listed("eyes:4b", "d1"), listed("embed:latest", "d2"), listed("old:latest", "d3"), listed("cloudy:cloud", "d4"), listed("broken:latest", "d5"),
		},
		shows: map[string]map[string]any{
			"eyes:4b": {
				"license":      "\n      Apache   License\n  Version 2.0, January 2004\n",
				"capabilities": []string{"completion", "vision", "thinking"},
				"model_info":   map[string]any{"general.architecture": "qwen3vl", "qwen3vl.context_length": 262144, "other.context_length": 5},
			},
			"embed:latest": {"capabilities": []string{"embedding"}},
			"old:latest":   {"license": strings.Repeat("é", 200), "model_info": map[string]any{}},
			"cloudy:cloud": {"capabilities": []string{"completion", "tools"}, "remote_host": "https://ollama.com:443", "model_info": map[string]any{"general.license": "mit"}},
		},
	}
	got, err := s.start(t, true).Models(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const yes, no = providers.Yes, providers.No
	ref := func(m string) providers.Ref { return providers.Ref{Provider: "ollama", Model: m} }
	want := []providers.Model{
		{Ref: ref("eyes:4b"), Context: 262144, Can: providers.Abilities{Images: yes, Thoughts: yes, Tools: no, Audio: no, Documents: no}, Local: true, Licence: "Apache License", Digest: "d1", Size: 1000},
		{Ref: ref("old:latest"), Local: true, Licence: strings.Repeat("é", 59) + "…", Digest: "d3", Size: 1000},
		{Ref: ref("cloudy:cloud"), Can: providers.Abilities{Images: no, Thoughts: no, Tools: yes, Audio: no, Documents: no}, Licence: "mit", Digest: "d4", Size: 1000},
		{Ref: ref("broken:latest"), Local: true, Digest: "d5", Size: 1000},
	}
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i, accepts := range []string{
		"temperature top_p max_tokens seed stop think(on, off) context(up to 262144)",
		"temperature top_p max_tokens seed stop think(on, off) context()", // it may think: nobody said
		"temperature top_p max_tokens seed stop context()",
		"temperature top_p max_tokens seed stop think(on, off) context()",
	} {
		var names []string
		for _, k := range got[i].Accepts {
			if k.Name == "think" || k.Name == "context" {
				k.Name += "(" + k.Values + ")"
			}
			names = append(names, k.Name)
		}
		if s := strings.Join(names, " "); s != accepts {
			t.Errorf("%s accepts %s", got[i].Ref, s)
		}
		got[i].Accepts = nil
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("got  %+v\nwant %+v", got[i], want[i])
		}
	}
}

// As llama.cpp's server says it, and some that stand in for Ollama.
func TestAFieldOfAnOddTypeCostsNoList(t *testing.T) {
	s := &shelf{
		tags: []map[string]any{
			{"name": "m.gguf", "model": "m.gguf", "modified_at": "", "size": "", "digest": "", "tags": []string{""}, "capabilities": []string{"completion"}},
			{"name": 7, "model": true},
			{"name": "", "model": "odd:1b", "size": -5, "digest": 12, "details": map[string]any{"context_length": -4096, "family": []int{1}}},
			{"name": "shown:1b", "modified_at": 1700000000, "digest": "d"},
		},
		shows: map[string]map[string]any{"shown:1b": {
			"modified_at": "yesterday", "messages": "none", "tensors": 1.5, "parameters": map[string]any{"stop": "x"}, "capabilities": []string{"completion", "vision"},
			"details": map[string]any{"context_length": "8192"}, "model_info": map[string]any{"general.architecture": "a", "a.context_length": -1},
		}},
	}
	got, err := s.start(t, true).Models(t.Context())
	if err != nil || len(got) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, want := range []string{"m.gguf", "odd:1b", "shown:1b"} {
		if m := got[i]; m.Ref.Model != want || m.Size != 0 || m.Context != 0 {
			t.Errorf("%+v, want %s", m, want)
		}
	}
	if got[2].Can.Images != providers.Yes {
		t.Errorf("what it can was lost: %+v", got[2])
	}
}

func TestListingAsksOnceForADigest(t *testing.T) {
	s := &shelf{shows: map[string]map[string]any{}}
	for i := range 20 {
		name := fmt.Sprintf("m%d:latest", i)
		s.tags = append(s.tags, listed(name, "d"+name))
		s.shows[name] = map[string]any{"capabilities": []string{"completion"}}
	}
	p := s.start(t, true)
	for range 3 {
		if got, err := p.Models(t.Context()); err != nil || len(got) != 20 {
			t.Fatal(got, err)
		}
	}
	s.tags[3]["digest"] = "new"
	s.shows["m3:latest"] = map[string]any{"capabilities": []string{"completion", "vision"}}
	got, err := p.Models(t.Context())
	if err != nil || got[3].Can.Images != providers.Yes {
		t.Errorf("a new digest was not looked at: %+v, %v", got[3], err)
	}
	for name, n := range s.shown {
		if want := map[bool]int{true: 2, false: 1}[name == "m3:latest"]; n != want {
			t.Errorf("%s was shown %d times, want %d", name, n, want)
		}
	}
}

func TestModelsOfAnEndpointThatIsNotLocalAreNot(t *testing.T) {
	s := &shelf{tags: []map[string]any{listed("m:latest", "d")}, shows: map[string]map[string]any{"m:latest": {}}}
	got, err := s.start(t, false).Models(t.Context())
	if err != nil || len(got) != 1 || got[0].Local {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAbilitiesAreAskedForOnceAConversation(t *testing.T) {
	f := chatting()
	p := f.start(t)
	for _, name := range []string{"m", "m:latest", "M"} {
		req := ask("hi")
		req.Model = name
		if h := hear(t, p, req); h.err != nil {
			t.Fatal(h.err)
		}
	}
	if n := f.asked("/api/show"); n != 1 {
		t.Errorf("/api/show was asked %d times", n)
	}
}

func TestListingSaysWhatFailed(t *testing.T) {
	for body, kind := range map[string]providers.Kind{"<html>hello": providers.Malformed, "{": providers.Malformed, "[]": providers.Malformed, `"m"`: providers.Malformed, "null": providers.Malformed, "": providers.Malformed} {
		s := httptest.NewServer(fails(http.StatusOK, body))
		t.Cleanup(s.Close)
		_, err := made(t, s.URL).Models(t.Context())
		if e := providers.AsError(err); e.Kind != kind || e.Ref.Provider != "ollama" || e.Op != "listing models" || strings.Contains(e.Message(), "unexpected end") {
			t.Errorf("%q: %+v", body, e)
		}
	}
}

func TestListingThatRunsOutOfTimeKeepsTheNames(t *testing.T) {
	s := &shelf{
		tags: []map[string]any{listed("stuck:latest", "d1"), listed("quick:latest", "d2")},
		shows: map[string]map[string]any{
			"stuck:latest": {"stuck": true}, "quick:latest": {"capabilities": []string{"completion", "vision"}},
		},
	}
	p := s.start(t, true)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	got, err := p.Models(ctx)
	if err != nil || len(got) != 2 || got[0].Can.Images != providers.Unknown || got[1].Can.Images != providers.Yes {
		t.Errorf("got %+v, %v", got, err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if _, err := p.Models(ctx); providers.AsError(err).Kind != providers.Stopped {
		t.Errorf("a cancelled listing ended with %v", err)
	}
}

func TestAnAskerWhoLeavesDoesNotMakeTheServerNameless(t *testing.T) {
	f := chatting()
	asked, leave := make(chan struct{}), make(chan struct{})
	first := true
	f.release = func(r *http.Request) {
		if first {
			first = false
			close(asked)
			<-r.Context().Done()
			close(leave)
		}
	}
	f.version = "0.17.4"
	p := f.start(t).(*provider)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	if got := p.version(ctx); got != "" {
		t.Errorf("who left heard %q", got)
	}
	<-leave
	if got := p.version(t.Context()); got != "ollama 0.17.4" {
		t.Errorf("who stayed heard %q", got)
	}
}
