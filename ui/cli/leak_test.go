package cli

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"juxta/providers"
)

// vendorsKeys look like the keys of each, and are nobody's.
func vendorsKeys() []string {
	return []string{
		"sk-proj-Zx81_qWerTy-77uiOpAsDfGhJkLz",
		"sk-ant-api03-Qm4nBvCx9ZaSdFgH-JkLpOiUyTrEwQ_AA",
		"AIzaSyQ9w8E7r6T5y4U3i2O1p0aSdFgHjKlZxCv",
		"gsk_4Rf7Tg9Yh2Uj5Ik8Ol1Pz3Xs6Dc",
		"xai-Vb5Nm8Kj2Hg4Fd6Sa9Qw1Er3Ty7",
		"hf_pLoKmIjNuHbYgVtFcRdXeSzWaQ",
		"r8_Ab3Cd5Ef7Gh9Ij1Kl3Mn5Op7Qr9",
		"csk-8h2k4m6n9p3r5t7v1x3z5b7d9f2g",
		"fw_3ZxCvBnMaSdFgHjKlQwErT",
		"tgp_v1_Hy7Uj8Ik9Ol0Pq1Ws2Ed3Rf4Tg5",
		"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqdXh0YSJ9.c2lnbmF0dXJlLW9mLW5vYm9keQ",
		"wJalrX/UtnFEMI+K7MDENG/bPxRfiCYzz+Q==",
	}
}

// written is a key in every form in which a service may give it back.
func written(key string) []string {
	js, _ := json.Marshal(strings.ReplaceAll(key, "/", `\/`))
	percent := ""
	for _, c := range []byte(key) {
		percent += fmt.Sprintf("%%%02X", c)
	}
	return []string{
		key, url.QueryEscape(key), url.PathEscape(key), percent, strings.ReplaceAll(key, "/", `\/`), string(js), html.EscapeString(key),
		base64.StdEncoding.EncodeToString([]byte(key)), base64.RawURLEncoding.EncodeToString([]byte("user:" + key)),
		base64.StdEncoding.EncodeToString([]byte("Bearer " + key)), hex.EncodeToString([]byte(key)),
		key[:12] + "…", "…" + key[len(key)-12:], strings.ToUpper(key), key[:5] + "****" + key[len(key)-4:],
	}
}

// echo answers every request with the key that it carries, in the way that the
// first part of its path says.
func echo(rw http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("X-Api-Key") + r.Header.Get("X-Goog-Api-Key") + strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	all := strings.Join(written(key), " ")
	quoted, _ := json.Marshal("Hello " + all)
	parts := strings.Split(r.URL.Path, "/")
	how, api := parts[1], parts[2]
	for _, name := range []string{"X-Request-Id", "Request-Id", "Www-Authenticate", "X-Ratelimit-Remaining-Tokens", "Retry-After", "Openai-Organization", "X-Debug"} {
		rw.Header().Set(name, key)
	}
	fault := fmt.Sprintf(`{"type":"error","error":{"type":%s,"code":%s,"status":"UNAUTHENTICATED","message":%s,"metadata":{"raw":%s}}}`, quoted, quoted, quoted, quoted)
	if api == "ollama" {
		fault = fmt.Sprintf(`{"error":%s}`, quoted)
	}
	switch how {
	case "error":
		rw.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprint(rw, fault)
	case "limit":
		rw.WriteHeader(http.StatusTooManyRequests)
		_, _ = fmt.Fprint(rw, fault)
	case "words":
		rw.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(rw, "no such thing: "+all)
	case "page":
		_, _ = fmt.Fprintf(rw, "<html><title>%s %s</title>", key, all)
	case "list":
		_, _ = fmt.Fprintf(rw, `[{"error":{"message":%s}}]`, quoted)
	case "redirect":
		http.Redirect(rw, r, "http://"+url.QueryEscape(key[:8])+".example/"+url.PathEscape(key)+"?key="+url.QueryEscape(key), http.StatusTemporaryRedirect)
	case "bounce":
		http.Redirect(rw, r, "/else/"+api+"/"+key+"/"+url.PathEscape(key)+"?key="+url.QueryEscape(key), http.StatusFound)
	case "line": // not HTTP at all
		conn, _, err := rw.(http.Hijacker).Hijack()
		if err == nil {
			_, _ = fmt.Fprintf(conn, "%s %s\r\n\r\n", key, all)
			_ = conn.Close()
		}
	case "coded":
		rw.Header().Set("Content-Encoding", key)
	case "garbage":
		rw.Header().Set("Content-Type", "text/event-stream")
		_, _ = fmt.Fprintf(rw, "data: {\"id\": %s\n\nevent: %s\ndata: %s\n\n", all, key, key)
	case "midway":
		speak(rw, api, quoted)
		_, _ = fmt.Fprintf(rw, "event: error\ndata: %s\n\n", fault)
	default:
		speak(rw, api, quoted)
		finish(rw, api, quoted)
	}
}

// speak begins an answer, in which only what is about it holds the key.
func speak(rw http.ResponseWriter, api string, key []byte) {
	format := map[string]string{
		"openai-chat": `data: {"id":%[1]s,"model":%[1]s,"system_fingerprint":%[1]s,"choices":[{"index":0,"delta":{"content":"Spoken"}}]}` + "\n\n",
		"openai-responses": `data: {"type":"response.created","response":{"id":%[1]s,"model":%[1]s,"status":"in_progress"}}` + "\n\n" +
			`data: {"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"Spoken"}` + "\n\n",
		"anthropic": "event: message_start\n" + `data: {"type":"message_start","message":{"id":%[1]s,"model":%[1]s,"role":"assistant","content":[],"usage":{"input_tokens":3,"output_tokens":1,"service_tier":%[1]s}}}` + "\n\n" +
			`data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}` + "\n\n" +
			`data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Spoken"}}` + "\n\n",
		"gemini": `data: {"candidates":[{"content":{"role":"model","parts":[{"text":"Spoken"}]}}],"modelVersion":%[1]s,"responseId":%[1]s}` + "\n\n",
		"ollama": `{"model":%[1]s,"message":{"role":"assistant","content":"Spoken"},"done":false}` + "\n",
	}[api]
	if api != "ollama" {
		rw.Header().Set("Content-Type", "text/event-stream")
	}
	_, _ = fmt.Fprintf(rw, format, key)
}

func finish(rw http.ResponseWriter, api string, key []byte) {
	format := map[string]string{
		"openai-chat": `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"service_tier":%[1]s,"usage":{"prompt_tokens":3,"completion_tokens":2,"odd":%[1]s}}` + "\n\ndata: [DONE]\n\n",
		"openai-responses": `data: {"type":"response.completed","response":{"id":%[1]s,"model":%[1]s,"status":"completed","service_tier":%[1]s,"output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Spoken"}]}],` +
			`"usage":{"input_tokens":3,"output_tokens":2,"odd":%[1]s}}}` + "\n\n",
		"anthropic": `data: {"type":"content_block_stop","index":0}` + "\n\n" + `data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2,"odd":%[1]s}}` + "\n\n" +
			`data: {"type":"message_stop"}` + "\n\n",
		"gemini": `data: {"candidates":[{"content":{"role":"model","parts":[{"text":"."}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2,"odd":%[1]s},"modelVersion":%[1]s}` + "\n\n",
		"ollama": `{"model":%[1]s,"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2}` + "\n",
	}[api]
	_, _ = fmt.Fprintf(rw, format, key)
}

// leaks are the pieces of a key that stand in a text: 8 characters of it, or as
// much of it in base64 or hexadecimal. The text is in lower case.
func leaks(text, key string) (found []string) {
	look := func(form string, size int) {
		form = strings.ToLower(form)
		for i := 0; i+size <= len(form); i++ {
			if at := strings.Index(text, form[i:i+size]); at >= 0 {
				found = append(found, text[max(0, at-60):min(len(text), at+size+20)])
				return
			}
		}
	}
	look(key, 8)
	look(url.QueryEscape(key), 12)
	look(base64.StdEncoding.EncodeToString([]byte(key)), 12)
	look(hex.EncodeToString([]byte(key)), 16)
	return found
}

func TestNoByteOfAKeyLeaves(t *testing.T) {
	const password = "Tr0ub4dor-and-3-horses"
	basic := strings.ToLower(base64.StdEncoding.EncodeToString([]byte("proxyuser:" + password)))[14:] // as a header has it, behind the name
	server := httptest.NewServer(http.HandlerFunc(echo))
	defer server.Close()
	r := install(t, "", "OPENAI_API_KEY="+vendorsKeys()[0], "OPENAI_BASE_URL="+server.URL+"/error/openai-chat")
	built := r.builtAPIs()
	ways := []string{"ok", "error", "limit", "words", "page", "list", "redirect", "bounce", "line", "coded", "garbage", "midway"}
	rows, ask := "providers:\n", []string{"ask"}
	for i, key := range vendorsKeys() { // each in all the ways, with one API or another
		api := built[i%len(built)]
		r.env = append(r.env, fmt.Sprintf("HUSH%d=%s", i, key))
		for j, how := range ways {
			from := fmt.Sprintf("${HUSH%d}", i)
			if j == 0 {
				from = fmt.Sprintf("$(printenv HUSH%d)", i)
			}
			rows += fmt.Sprintf("  - {name: %s%d, api: %s, base_url: '%s/%s/%s', key: '%s', local: false, retries: 0}\n", how, i, api, server.URL, how, api, from)
			ask = append(ask, "-m", fmt.Sprintf("%s%d/m", how, i))
		}
	}
	for i, api := range built { // in the address, as a proxy may want it
		for _, how := range ways {
			address := strings.Replace(server.URL, "://", "://proxyuser:"+password+"@", 1)
			rows += fmt.Sprintf("  - {name: with-%s%d, api: %s, base_url: '%s/%s/%s', local: false, retries: 0}\n", how, i, api, address, how, api)
			ask = append(ask, "-m", fmt.Sprintf("with-%s%d/m", how, i))
		}
	}
	if err := os.WriteFile(filepath.Join(r.home, "config.yaml"), []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	run := func(args ...string) string {
		out, said := r.run(args...)
		text[strings.Join(args[:min(3, len(args))], " ")] = out + said
		return out
	}
	log := filepath.Join(r.home, "log.txt")
	run(append(ask, "--log", log, "--log-level", "debug", "hi")...)
	canaries(t, r, log)
	answers := run(append(ask, "--json", "hi")...)
	keys := len(vendorsKeys())
	if spoke, hid := strings.Count(answers, `"text":"Spoken`), strings.Count(answers, "[secret]"); spoke < 2*keys || hid < 5*keys {
		t.Errorf("only %d answers spoke, and %d words were hidden:\n%s", spoke, hid, answers)
	}
	for _, args := range [][]string{{"doctor"}, {"doctor", "--json"}, {"keys", "list"}, {"keys", "list", "--json"}, {"models", "list"}, {"models", "list", "--json"}} {
		run(args...)
	}
	run("sessions", "show", "last")
	run("sessions", "show", "last", "--json")
	run("sessions", "replay", "last", "--json")
	for _, f := range formats() {
		out, said := r.run("sessions", "export", "--all", "--format", f.name)
		text["export as "+f.name] = out + said
		if f.name != "chat" && !strings.Contains(f.name, "preferences") && !strings.Contains(out, "Spoken") {
			t.Errorf("there is no answer in the export as %s:\n%.500s", f.name, out+said)
		}
	}
	err := filepath.WalkDir(r.home, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			var b []byte
			b, err = os.ReadFile(path)
			text[path] = string(b)
		}
		return err
	})
	if err != nil || len(text[filepath.Join(r.home, "juxta", "juxta.db")]) == 0 {
		t.Fatalf("no store: %v", err)
	}
	for from, what := range text {
		what = strings.ToLower(what)
		if strings.HasSuffix(from, "config.yaml") {
			continue // where they were written by hand
		}
		for i := range len(basic) - 12 {
			if strings.Contains(what, basic[i:i+12]) {
				t.Errorf("%s: the password as a header has it: %s", from, basic[i:i+12])
			}
		}
		for _, key := range append(vendorsKeys(), password) {
			for _, piece := range leaks(what, key) {
				t.Errorf("%s: …%s…", from, piece)
			}
		}
	}
}

// canaries asks with words that may not be in the log, and looks for them there.
func canaries(t *testing.T, r *real, log string) {
	t.Helper()
	file := filepath.Join(r.home, "canaryfile.txt")
	if err := os.WriteFile(file, []byte("canarytext"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, said := r.run("ask", "--log", log, "--log-level", "debug", "-m", "ok0/canarymodel", "-m", "midway0/canarymodel", "-m", "error0/canarymodel",
		"-s", "canarysystem", "-a", file, "canaryquestion")
	_, _ = r.run("sessions", "search", "canaryquestion", "--log", log, "--log-level", "debug")
	text, err := os.ReadFile(log)
	if err != nil || !strings.Contains(out+said, "Spoken") {
		t.Fatalf("%v: %s%s", err, out, said)
	}
	for _, w := range []string{"msg=juxta", "version=", "msg=provider", "request answered", "status=", "host=127.0.0.1", "method=POST", "msg=store", "op=saving", "msg=end", "request over"} {
		if !strings.Contains(string(text), w) {
			t.Errorf("the log has no %q", w)
		}
	}
	for _, w := range []string{"canary", "Spoken", "/ok/", "/error/", "?", r.home} {
		if i := strings.Index(string(text), w); i >= 0 {
			t.Errorf("the log has %q: …%s…", w, text[max(0, i-80):min(len(text), i+80)])
		}
	}
	if info, err := os.Stat(log); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// panics is a juxta whose provider panics with all it has.
func panics() int {
	b := testBuild()
	b.APIs["openai-chat"] = func(e providers.Endpoint) (providers.Provider, error) {
		panic(fmt.Sprintf("%v %+v %#v %s %q %x", e, &e, e, e.Key, e.Key, e.Key))
	}
	return Main(b)
}

func TestAPanicShowsNoKeyAndIsDescribedInAFile(t *testing.T) {
	for _, key := range vendorsKeys() {
		c := launch(t, "ask", "-m", "groq/x", "my-canary-question")
		c.Args[0] = "juxta-panics"
		state := t.TempDir()
		c.Env = append(c.Env, "GROQ_API_KEY="+key, "GOTRACEBACK=system", "XDG_STATE_HOME="+state)
		out, err := c.CombinedOutput()
		said := string(out)
		if err == nil || c.ProcessState.ExitCode() != exitFailed || !strings.Contains(said, "a fault in juxta") || strings.Contains(said, "goroutine") {
			t.Fatalf("%v: %s", err, said)
		}
		files, err := filepath.Glob(filepath.Join(state, "juxta", "*"))
		if err != nil || len(files) != 1 || !strings.Contains(said, files[0]) {
			t.Fatalf("%v, %v: %s", files, err, said)
		}
		if info, err := os.Stat(files[0]); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		text, err := os.ReadFile(files[0])
		if err != nil || !strings.Contains(string(text), "cli.panics") || !strings.Contains(string(text), "v0.0-test") {
			t.Errorf("%v: %s", err, text)
		}
		for _, piece := range append(leaks(strings.ToLower(string(text)), key), leaks(strings.ToLower(said), key)...) {
			t.Errorf("…%s…", piece)
		}
		if strings.Contains(string(text), "canary") {
			t.Errorf("the question is in it: %s", text)
		}
	}
}
