package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/sessions"
)

func TestAWrongSchemaNamesItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		"":                             ":1:1: it ends too early",
		"{\n  \"a\": tru}":             ":2:11: '}' can't stand there",
		"{\"type\": \"object\",\n}":    ":2:1: '}' can't",
		"{\"é漢\": x}":                  ":1:8: 'x' can't",
		"\ufeff{\"a\": 1":              ":1:8: it ends too early",
		"{} {}":                        ":1:4: '{' can't",
		"\n  [{\"type\": \"object\"}]": ":2:3: this is not an object",
		"\"object\"":                   ":1:1: this is not an object",
		"{\"type\": \"obejct\"}":       `:1:10: there is no type "obejct"; it is one of object, array,`,
		"{\n\"properties\": {\"type\": {\"type\":\"sting\"}}}": `:2:32: there is no type "sting"`,
		`{"items": {"anyOf": [{"type": ["null", "strin"]}]}}`:  `:1:40: there is no type "strin"`,
		`{"type": 5}`:                     ":1:10: there is no type 5",
		strings.Repeat(" ", 1<<20) + "{}": ": a schema has at most",
	} {
		path := filepath.Join(t.TempDir(), "answer.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		a, _, stderr := bench(t)
		if code := a.run(t.Context(), []string{"ask", "-m", "demo/swift", "--schema", path, "hi"}); code != exitUsage || !strings.Contains(stderr.String(), path+want) {
			t.Errorf("%.40q: exit code %d: %s", text, code, stderr)
		}
	}
	for _, text := range []string{
		`{"properties": {"type": {"type": ["string", "null"]}, "const": {"type": "integer"}}, "required": ["type"]}`,
		`{"const": {"type": "cat"}, "enum": ["x", {"type": "dog"}], "default": {"type": 1}, "examples": [{"type": "x"}]}`,
		`{"$defs": {"default": {"type": "boolean", "enum": [{"properties": {"a": {"type": "no"}}}]}}}`,
	} {
		if at, typ := wrongType([]byte(text)); typ != "" {
			t.Errorf("%s: %s at %d", text, typ, at)
		}
	}
	path := filepath.Join(t.TempDir(), "good.json")
	if err := os.WriteFile(path, []byte(`{"type": "object"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	a, _, stderr := bench(t)
	if code := a.run(t.Context(), []string{"ask", "-m", "demo/swift", "--schema", path, "--schema", path, "hi"}); code != exitUsage || !strings.Contains(stderr.String(), "--schema is given twice\n  → give it once") {
		t.Errorf("twice: exit code %d: %s", code, stderr)
	}
	a, _, stderr = bench(t)
	if code := a.run(t.Context(), []string{"ask", "-m", "demo/swift", "--schema", "/none.json", "hi"}); code != exitUsage || !strings.Contains(stderr.String(), "/none.json: no such file") {
		t.Errorf("no file: exit code %d: %s", code, stderr)
	}
}

func TestASchemaIsSentToEveryColumnAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "answer.json")
	if err := os.WriteFile(path, []byte("{\n  \"type\": \"object\"\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, _, stderr := bench(t, local("gemma", 4))
	asked := make(chan string, 2)
	a.build.APIs["ollama"] = func(e providers.Endpoint) (providers.Provider, error) {
		return overheard{shelf{Endpoint: e, models: []providers.Model{}}, func(r providers.Request) { asked <- string(r.Schema) }}, nil
	}
	if code := a.run(t.Context(), []string{"ask", "-m", "ollama/a", "-m", "ollama/b", "--schema", path, "hi"}); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	const want = `{"type":"object"}`
	for range 2 {
		if got := <-asked; got != want {
			t.Errorf("sent %s, want %s", got, want)
		}
	}
	store, err := sessions.Open(a.storePath())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	turn := only(t, store)
	all, err := store.Sessions(1)
	if err != nil {
		t.Fatal(err)
	}
	for i, answer := range turn.Answers {
		if string(answer.Schema) != want || string(all[0].Columns[i].Schema) != want {
			t.Errorf("kept %s of the answer, %s of the column", answer.Schema, all[0].Columns[i].Schema)
		}
	}
}
