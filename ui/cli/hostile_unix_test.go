//go:build unix

package cli

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

// hostile is a name, a title, a label or a text of whoever means no good.
const hostile = "\x1b]0;owned\a\x1b[2J\x1b]52;c;ZXZpbA==\a\u009b2J\u009d0;evil\u009c\u202egnp.exe\u2066\r\nsecond line\x00\x7f\b ../../../etc/passwd CON AUX.txt a\\b " +
	"<script>alert(1)</script> =cmd|'/c calc'!A0 %s%n ${HOME} $(id) \xff\xfe"

// impostor is a server whose every word is hostile.
type impostor struct{ shelf }

func (i impostor) Stream(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		_ = yield(providers.Sent{At: time.Now()}, nil) && yield(providers.Notice{At: time.Now(), Text: hostile}, nil) &&
			yield(providers.Thought{At: time.Now(), Text: hostile}, nil) && yield(providers.Delta{At: time.Now(), Text: hostile}, nil) &&
			yield(providers.ToolCall{At: time.Now(), Name: hostile, Arguments: hostile}, nil) &&
			yield(nil, &providers.Error{Kind: providers.ServerFault, Hint: hostile, Err: errors.New(hostile)})
	}
}

// Names of models and files, titles, tags, labels, answers and errors go through
// every command that prints them, and into every format, and none of them holds
// what a terminal obeys; the log holds none of them at all.
func TestNoNameActsInAnyOutput(t *testing.T) {
	models := []providers.Model{{Ref: providers.Ref{Provider: "ollama", Model: hostile}, Licence: hostile, Digest: hostile, Local: true}, local("plain", 4)}
	for _, name := range []string{"ollama/../../x", strings.Repeat("long", 2000), "CON", "-x"} {
		models = append(models, providers.Model{Ref: providers.Ref{Provider: "ollama", Model: name}, Local: true})
	}
	a, _, said := bench(t, models...)
	a.inTerm, a.outTerm = false, false
	a.build.APIs["ollama"] = func(e providers.Endpoint) (providers.Provider, error) { return impostor{shelf{e, models}}, nil }
	dir := t.TempDir()
	file := filepath.Join(dir, strings.NewReplacer("/", "_", "\x00", "_").Replace(hostile)[:120]+".txt")
	if err := os.WriteFile(file, []byte("a file\n"), 0o600); err != nil {
		t.Skipf("skipped: this disk does not take such a name: %v", err)
	}
	log := filepath.Join(dir, "log")
	do := func(args ...string) string {
		t.Helper()
		out := new(bytes.Buffer)
		a.out = out
		said.Reset()
		code := a.run(t.Context(), append(args, "--log", log))
		if code < 0 || code > exitStore {
			t.Errorf("%.100q: exit code %d", args, code)
		}
		for where, text := range map[string]string{"out": out.String(), "said": said.String()} {
			if strings.Contains(args[0]+args[1], "report") || strings.Contains(args[0]+args[1], "export") {
				text = strings.ReplaceAll(text, "\r\n", "\n") // of a table's rows
			}
			if what := acts(text); what != "" {
				at := strings.IndexFunc(text, func(r rune) bool { return acts(string(r)) != "" })
				t.Errorf("%.100q: in what is %s a terminal would obey %s: %q", args, where, what, text[max(0, at-80):min(len(text), at+80)])
			}
		}
		return out.String()
	}
	do("ask", "-m", "ollama/"+hostile, "-m", "ollama/plain", "-m", "ollama/CON", "-s", hostile, hostile)
	if do("ask", "-m", "demo/script:say=x", "-m", "ollama/plain", "-a", file, hostile) == "" {
		t.Errorf("the file was not sent: %s", said)
	}
	do("ask", "-m", "ollama/plain", "-a", filepath.Join(dir, hostile), "q")
	do("ask", "-m", hostile, "q")
	do("ask", "-m", "ollama/plain", "-o", hostile+"="+hostile, "q")
	do("ask", "-m", "demo/swift", "--"+hostile, "q")
	if !strings.Contains(do("sessions", "rename", "last", hostile), "second line") {
		t.Error("no session has the name")
	}
	do("sessions", "tag", "last", hostile)
	do("sessions", "fork", "last", "--turn", hostile)
	do("sessions", "show", hostile)
	do("sessions", "import", file)
	do("prompts", "show", hostile)
	do("prompts", "add", hostile, file)
	do("keys", "list", hostile)
	do(hostile, hostile)
	for _, json := range [][]string{nil, {"--json"}} {
		for _, args := range [][]string{
			{"models", "list"},
			{"models", "show", "ollama/" + hostile},
			{"models", "list", hostile},
			{"sessions", "list"},
			{"sessions", "show", "last"},
			{"doctor", "--local-only"},
			{"sessions", "search", "second"},
			{"prompts", "list"},
			{"ask", "-m", "ollama/" + hostile, "-m", "ollama/plain", hostile},
		} {
			do(append(args, json...)...)
		}
	}
	all := do("sessions", "list", "--json") // the newest was just asked; the one with names is older
	if !strings.Contains(all, "second line") {
		t.Errorf("%s", all)
	}
	for _, f := range formats() {
		if f.name == "capsule" { // which is no text
			continue
		}
		if text := do("sessions", "export", "--all", "--format", f.name); !strings.Contains(text, "second line") && f.name != "chat" && !strings.Contains(f.name, "preferences") {
			t.Errorf("%s holds nothing of it", f.name)
		}
	}
	for _, f := range []string{"md", "html", "csv", "json"} {
		if do("report", "last", "--baseline", "1", "--format", f) == "" {
			t.Errorf("no report as %s: %s", f, said)
		}
	}
	text, err := os.ReadFile(log)
	if err != nil || acts(string(text)) != "" || strings.Contains(string(text), "owned") || strings.Contains(string(text), "second line") {
		t.Errorf("%v: the log holds a name: %.2000q", err, text)
	}
}
