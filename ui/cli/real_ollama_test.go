package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestARealOllamaBesideACompatibleServer is the main job on real input: one
// question to a model through Ollama's own protocol and to another through an
// OpenAI-compatible endpoint, answered, measured and found again in the store.
func TestARealOllamaBesideACompatibleServer(t *testing.T) {
	host := os.Getenv("JUXTA_OLLAMA")
	if host == "" {
		t.Skip("JUXTA_OLLAMA does not name a running Ollama with the test models")
	}
	r := install(t, "providers:\n  - name: compat\n    api: openai-chat\n    base_url: http://"+host+"/v1\n", "OLLAMA_HOST="+host)
	juxta := func(args ...string) []byte {
		t.Helper()
		out, said := r.run(append(args, "--json")...)
		if out == "" {
			t.Fatalf("%v: %s", args, said)
		}
		return []byte(out)
	}
	type answer struct {
		Session, Model, Text, Finish string
		Usage                        struct {
			Input, Output int
			Estimated     bool
		}
		Cost   struct{ Source string }
		Timing struct {
			First *float64 `json:"ttft_ms"`
			Total *float64 `json:"total_ms"`
		}
		Server *struct {
			Load *float64 `json:"load_ms"`
		}
		Error any
	}
	lines := bytes.Split(bytes.TrimSpace(juxta("ask", "-m", "ollama/tiny-text", "-m", "compat/tiny-tools", "@hello")), []byte("\n"))
	if len(lines) != 2 {
		t.Fatalf("%d lines for two models:\n%s", len(lines), bytes.Join(lines, []byte("\n")))
	}
	var first answer
	for i, model := range []string{"ollama/tiny-text", "compat/tiny-tools"} {
		var a answer
		if err := json.Unmarshal(lines[i], &a); err != nil {
			t.Fatal(err)
		}
		if a.Model != model || !strings.HasPrefix(a.Text, "Hello there, tester.") || a.Finish != "stop" || a.Error != nil {
			t.Errorf("%s", lines[i])
		}
		if a.Usage.Output == 0 || a.Usage.Estimated || a.Cost.Source != "local" || a.Timing.First == nil || a.Timing.Total == nil || *a.Timing.Total < *a.Timing.First {
			t.Errorf("figures: %s", lines[i])
		}
		if i == 0 {
			first = a
			if a.Server == nil || a.Server.Load == nil {
				t.Errorf("Ollama said how long it loaded: %s", lines[i])
			}
		}
	}
	var kept struct {
		Turns []struct{ Answers []answer }
	}
	if err := json.Unmarshal(juxta("sessions", "show", first.Session), &kept); err != nil {
		t.Fatal(err)
	}
	if len(kept.Turns) != 1 || len(kept.Turns[0].Answers) != 2 || kept.Turns[0].Answers[0].Text != first.Text {
		t.Errorf("kept: %+v", kept)
	}
}
