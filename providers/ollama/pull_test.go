package ollama

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

// registryOf is a server that answers a pull with these lines, and then what
// happens to the connection.
func registryOf(t *testing.T, status int, end func(w http.ResponseWriter, r *http.Request), lines ...string) (providers.Puller, *int) {
	t.Helper()
	asked := new(int)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked++
		w.WriteHeader(status)
		for _, l := range lines {
			_, _ = fmt.Fprintln(w, l)
			w.(http.Flusher).Flush()
		}
		if end != nil {
			end(w, r)
		}
	}))
	t.Cleanup(s.Close)
	p, ok := made(t, s.URL).(providers.Puller)
	if !ok {
		t.Fatal("it pulls nothing")
	}
	return p, asked
}

func TestAPullAddsUpItsFiles(t *testing.T) {
	p, _ := registryOf(t, http.StatusOK, nil,
		`{"status":"pulling manifest"}`,
		`{"status":"pulling aa","digest":"sha256:aa","total":1000}`,
		`{"status":"pulling aa","digest":"sha256:aa","total":1000,"completed":400}`,
		`{"status":"pulling aa","digest":"sha256:aa","total":1000,"completed":1000}`,
		`{"status":"pulling bb","digest":"sha256:bb","total":50,"completed":5000}`, // more than there is
		`{"status":"verifying sha256 digest","error":""}`, `{"status":"success","error":null}`)
	var got []string
	for d, err := range p.Pull(t.Context(), "m") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %d/%d", d.Doing, d.Done, d.Total))
	}
	want := "pulling manifest 0/0, pulling aa 0/1000, pulling aa 400/1000, pulling aa 1000/1000, pulling bb 1050/1050, verifying sha256 digest 1050/1050, success 1050/1050"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %s\nwant %s", strings.Join(got, ", "), want)
	}
}

func TestAPullBelievesNoSizesThatCannotBe(t *testing.T) {
	p, _ := registryOf(t, http.StatusOK, nil,
		`{"status":"pulling aa","digest":"sha256:aa","total":1000,"completed":900}`,
		`{"status":"pulling aa","digest":"sha256:aa","total":1000,"completed":400}`, // a part of it comes again
		`{"status":"pulling bb","digest":"sha256:bb","total":9223372036854775807,"completed":9223372036854775807}`,
		`{"status":"pulling cc","digest":"sha256:cc","total":9223372036854775807,"completed":-5}`,
		`{"status":"pulling dd","digest":"sha256:dd","total":99999999999999999999,"completed":1.5}`,
		`{"status":"pulling ee","digest":"sha256:ee","total":0,"completed":70}`,
		`{"status":"success"}`)
	var got []string
	for d, err := range p.Pull(t.Context(), "m") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d/%d", d.Done, d.Total))
	}
	want := "900/1000" + strings.Repeat(", 400/1000", 6)
	if strings.Join(got, ", ") != want {
		t.Errorf("got %s\nwant %s", strings.Join(got, ", "), want)
	}
}

func TestAPullThatFailsSaysWhyAndWhatToDo(t *testing.T) {
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	for _, tt := range []struct {
		name   string
		status int
		end    func(http.ResponseWriter, *http.Request)
		lines  []string
		kind   providers.Kind
		advice string
	}{
		{"full", 200, nil, []string{`{"status":"pulling manifest"}`, `{"error":"write /root/.ollama/models/blobs/x: no space left on device"}`}, providers.Unsupported, "free some space"},
		{"offline", 200, nil, []string{`{"error":"pull model manifest: Get \"https://registry.ollama.ai/v2/\": dial tcp: lookup registry.ollama.ai: no such host"}`}, providers.Unreachable, "HTTPS_PROXY"},
		{"unknown", 200, nil, []string{`{"error":"pull model manifest: file does not exist"}`}, providers.NotFound, "ollama.com/library"},
		{"old", 200, nil, []string{`{"error":"pull model manifest: 412: The model you are pulling requires a newer version of Ollama."}`}, providers.Unsupported, "update Ollama"},
		{"busy", 200, nil, []string{`{"error":"max retries exceeded: 429"}`}, providers.Overloaded, "goes on"},
		{"locked", 200, nil, []string{`{"error":"open /models: permission denied"}`}, providers.Unsupported, "OLLAMA_MODELS"},
		{"slow", 200, nil, []string{`{"error":"pull model manifest: Get \"https://registry.ollama.ai/v2/\": context deadline exceeded"}`}, providers.Unreachable, "HTTPS_PROXY"},
		{"cancelled", 200, nil, []string{`{"error":"max retries exceeded: context canceled"}`}, providers.Overloaded, "goes on"},
		{"damaged", 200, nil, []string{`{"error":"digest mismatch, file must be downloaded again: want sha256:aa4290, got sha256:bb"}`}, providers.ServerFault, "goes on"},
		{"name", 200, nil, []string{`{"error":"Get \"https://registry.ollama.ai/v2/me/space-tls/manifests/latest\": unexpected status"}`}, providers.ServerFault, "goes on"},
		{"keyless", 401, nil, []string{`{"error":"unauthorized"}`}, providers.Auth, "wants a key"},
		{"refused", 400, nil, []string{`{"error":"invalid model name"}`}, providers.Unsupported, ""},
		{"short", 200, nil, []string{`{"status":"pulling manifest"}`}, providers.Truncated, "goes on where it ended"},
		{"cut", 200, cut, []string{`{"status":"pulling manifest"}`}, providers.Truncated, "goes on where it ended"},
		{"garbage", 200, nil, []string{`not JSON`}, providers.Malformed, ""},
		{"page", 200, nil, []string{`<html>`}, providers.Malformed, ""},
	} {
		p, _ := registryOf(t, tt.status, tt.end, tt.lines...)
		var last error
		for _, last = range p.Pull(t.Context(), "m") {
		}
		var e *providers.Error
		if !errors.As(last, &e) || e.Kind != tt.kind || !strings.Contains(e.Advice(), tt.advice) || e.Advice() == "" || e.Ref.Model != "m" || strings.Contains(e.Message(), "invalid character") {
			t.Errorf("%s: %v → %s", tt.name, last, providers.AsError(last).Advice())
		}
	}
}

func TestAPullThatFailsNamesTheFolderAlone(t *testing.T) {
	for text, want := range map[string]string{
		`write /m/blobs/sha256-11b1b04f-partial: no space left on device`:                               "no space left on device (/m/blobs)",
		`open C:\\Users\\A B\\blobs\\sha256-11b1b04f-partial-0: There is not enough space on the disk.`: `There is not enough space on the disk. (C:\Users\A B\blobs)`,
		`pull model manifest: file does not exist`:                                                      "pull model manifest: file does not exist",
	} {
		p, _ := registryOf(t, http.StatusOK, nil, `{"error":"`+text+`"}`)
		for _, err := range p.Pull(t.Context(), "m") {
			if got := providers.AsError(err).Message(); !strings.HasSuffix(got, ": "+want) {
				t.Errorf("%s: %s", text, got)
			}
		}
	}
}

func TestAPullEndsAtOnceWhenItIsStopped(t *testing.T) {
	gone := make(chan struct{})
	p, asked := registryOf(t, http.StatusOK, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done(); close(gone) },
		`{"status":"pulling aa","digest":"sha256:aa","total":1000,"completed":400}`)
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	for d, err := range p.Pull(ctx, "m") {
		if d.Done == 400 {
			cancel(providers.ErrStopped)
			continue
		}
		if e := providers.AsError(err); e.Kind != providers.Stopped || !strings.Contains(e.Advice(), "goes on where it was stopped") {
			t.Errorf("%v → %s", e, e.Advice())
		}
	}
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Error("the server is still asked")
	}
	if *asked != 1 {
		t.Errorf("asked %d times", *asked)
	}
}
