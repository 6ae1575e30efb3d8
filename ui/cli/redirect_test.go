package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A web is every host there is, behind a proxy: nothing a juxta sends elsewhere
// than to this machine goes past it.
type web struct {
	*httptest.Server
	mu   sync.Mutex
	seen []*http.Request
}

func newWeb(t *testing.T, serve http.HandlerFunc) *web {
	t.Helper()
	w := &web{}
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		r.Host = strings.TrimSuffix(r.Host, ":80")
		w.mu.Lock()
		w.seen = append(w.seen, r)
		w.mu.Unlock()
		serve(rw, r)
	}))
	t.Cleanup(w.Close)
	return w
}

func (w *web) take() []*http.Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := w.seen
	w.seen = nil
	return seen
}

// variables make a juxta use the web.
func (w *web) variables() []string {
	return []string{"HTTP_PROXY=" + w.URL, "HTTPS_PROXY=" + w.URL, "NO_PROXY="}
}

// redirecting answers /redirectSTATUS-PLACE with that status and place, in which %s
// is the host that was asked.
func redirecting(places []string) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		_, number, _ := strings.Cut(strings.Split(r.URL.Path, "/")[1], "redirect")
		status, place := 0, 0
		_, _ = fmt.Sscanf(number, "%d-%d", &status, &place)
		if status == 0 {
			http.Error(rw, "no such place", http.StatusNotFound)
			return
		}
		to := places[place]
		if strings.Contains(to, "%s") {
			to = fmt.Sprintf(to, r.Host)
		}
		http.Redirect(rw, r, to, status)
	}
}

func TestAKeyIsSentInItsHeaderAndFollowsNoRedirectElsewhere(t *testing.T) {
	const hush = "hush-0123456789abcdef"
	services := []struct{ api, host, path, header string }{
		{"openai-chat", "chat.example", "/v1", "Authorization"},
		{"openai-responses", "responses.example", "/v1", "Authorization"},
		{"openai-chat", "lab.openai.azure.com", "/openai/v1", "Api-Key"},
		{"anthropic", "anthropic.example", "", "X-Api-Key"},
		{"gemini", "gemini.example", "", "X-Goog-Api-Key"},
		{"ollama", "ollama.example", "", "Authorization"},
	}
	places := []string{
		"http://evil.example/take?it=1", "http://%s:8080/v1", "https://%s.evil.example/", "http://%s@evil.example/", "//evil.example/v1", "http://127.0.0.1:9/v1",
	}
	w := newWeb(t, redirecting(places))
	var rows strings.Builder
	rows.WriteString("providers:\n")
	var models []string
	for i, s := range services {
		for place := range places {
			status := []int{307, 308, 302, 301, 307, 303}[(i+place)%6]
			name := fmt.Sprintf("s%d-%d", i, place)
			fmt.Fprintf(&rows, "  - {name: %s, api: %s, base_url: 'http://%s/redirect%d-%d%s', key: '${HUSH}', retries: 0}\n", name, s.api, s.host, status, place, s.path)
			models = append(models, name+"/m")
		}
	}
	r := install(t, rows.String(), append(w.variables(), "HUSH="+hush)...)
	built := r.builtAPIs()
	w.take()
	args := []string{"ask", "--no-save"}
	for i, m := range models {
		if slices.Contains(built, services[i/len(places)].api) {
			args = append(args, "-m", m)
		}
	}
	out, said := r.run(append(args, "hi")...)
	if strings.Contains(out+said, hush[:8]) {
		t.Error("the key is in what was printed")
	}
	if !strings.Contains(said, "redirects to another host") {
		t.Errorf("the reason is not told: %s", said)
	}
	asked := map[string]int{}
	for _, q := range w.take() {
		at := slices.IndexFunc(services, func(s struct{ api, host, path, header string }) bool { return s.host == q.Host })
		if at < 0 {
			t.Errorf("%s %s was sent to %s", q.Method, q.URL, q.Host)
			continue
		}
		asked[q.Host]++
		if got := strings.TrimPrefix(q.Header.Get(services[at].header), "Bearer "); got != hush {
			t.Errorf("%s: %s is %q", services[at].api, services[at].header, got)
		}
		for name, values := range q.Header {
			if name != services[at].header && name != "Authorization" && strings.Contains(strings.Join(values, " "), hush) {
				t.Errorf("%s: the key is also in %s", services[at].api, name)
			}
		}
		if strings.Contains(q.URL.String(), hush[:8]) {
			t.Errorf("%s: the key is in the address %s", services[at].api, q.URL)
		}
	}
	for _, s := range services {
		if slices.Contains(built, s.api) && asked[s.host] == 0 {
			t.Errorf("%s was not asked at all", s.host)
		}
	}
}

func TestNoRequestLeavesWithLocalOnly(t *testing.T) {
	w := newWeb(t, func(rw http.ResponseWriter, _ *http.Request) { http.Error(rw, "no", http.StatusTeapot) })
	r := install(t, "providers:\n  - {name: lab, api: openai-chat, base_url: 'http://lab.example/v1', key: k}\n"+
		"  - {name: box, api: openai-chat, base_url: 'http://box.example/v1', local: true, retries: 0, timeout: {connect: 10ms}}\n", append(w.variables(),
		"OPENAI_API_KEY=k", "ANTHROPIC_API_KEY=k", "GEMINI_API_KEY=k", "GROQ_API_KEY=k", "OPENROUTER_API_KEY=k", "OLLAMA_API_KEY=k", "HF_TOKEN=k")...)
	commands := [][]string{
		{"models", "list"},
		{"doctor"},
		{"keys", "list"},
		{"ask", "-m", "lab/x", "hi"},
		{"ask", "-m", "box/x", "hi"}, // ours, and reached without somebody else's proxy
		{"ask", "-m", "openai-chat/x", "hi"},
		{"ask", "-m", "ollama/x:cloud", "hi"},
		{"ask", "-m", "demo/script:say=hi", "hi"},
		{"models", "show", "lab/x"},
		{"__complete", "ask", "-m", ""},
	}
	for _, args := range commands {
		r.run(append(args, "--local-only")...)
		for _, q := range w.take() {
			t.Errorf("%q sent %s %s to %s", args, q.Method, q.URL, q.Host)
		}
	}
	r.run("ask", "-m", "lab/x", "-m", "box/x", "hi")
	if len(w.take()) < 2 {
		t.Error("the web sees nothing: without the flag the request has to come")
	}
}

func TestAnEndpointWithoutAKeyOfItsOwnGetsNobodyElses(t *testing.T) {
	const hush = "hush-0123456789abcdef"
	w := newWeb(t, func(rw http.ResponseWriter, _ *http.Request) { http.Error(rw, "no", http.StatusTeapot) })
	rows := `
providers:
  - {name: lab, api: openai-chat, base_url: 'http://lab.example/v1'}
  - {name: openai, api: openai-chat, base_url: 'http://gate.example/v1'}
  - {name: anthropic, api: anthropic, base_url: 'http://claude.example'}
  - {name: gemini, api: gemini, base_url: 'http://gem.example'}
`
	r := install(t, rows, append(w.variables(), "OPENAI_API_KEY="+hush, "ANTHROPIC_API_KEY="+hush, "GEMINI_API_KEY="+hush, "OLLAMA_API_KEY="+hush,
		"LMSTUDIO_BASE_URL=http://lmstudio.example/v1", "VLLM_BASE_URL=http://vllm.example/v1", "LLAMACPP_BASE_URL=http://llamacpp.example/v1")...)
	args := []string{"ask", "--no-save"}
	names := []string{"lab", "openai", "anthropic", "gemini", "lmstudio", "vllm", "llamacpp"}
	for _, name := range names {
		args = append(args, "-m", name+"/m")
	}
	r.run(append(args, "hi")...)
	r.run("models", "list")
	hosts := map[string]bool{}
	for _, q := range w.take() {
		hosts[q.Host] = true
		if all := fmt.Sprint(q.URL, q.Header); strings.Contains(all, hush) {
			t.Errorf("%s got a key: %s", q.Host, all)
		}
	}
	delete(hosts, "api.openai.com:443") // openai-chat is still the built-in one
	if len(hosts) != len(names) {
		t.Errorf("asked were %v", hosts)
	}
}
