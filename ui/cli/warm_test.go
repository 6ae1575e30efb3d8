package cli

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
)

// With a real Ollama, whose address JUXTA_OLLAMA holds.
func TestAWarmUpLeavesNoColdAnswerOfARealServer(t *testing.T) {
	address := os.Getenv("JUXTA_OLLAMA")
	if address == "" {
		t.Skip("JUXTA_OLLAMA is not set: no real Ollama to ask")
	}
	r := install(t, "", "OLLAMA_HOST="+address)
	cold := func(args ...string) []bool {
		t.Helper()
		for _, model := range []string{"tiny-text", "tiny-think"} {
			resp, err := http.Post("http://"+strings.TrimPrefix(address, "http://")+"/api/generate", "application/json", strings.NewReader(`{"model":"`+model+`","keep_alive":0}`))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		}
		out, stderr := r.run(append([]string{"ask", "--json", "--no-save", "-m", "ollama/tiny-text", "-m", "ollama/tiny-think", "@hello"}, args...)...)
		var all []bool
		for line := range strings.Lines(out) {
			var a struct {
				Server struct{ Cold *bool }
			}
			if err := json.Unmarshal([]byte(line), &a); err != nil || a.Server.Cold == nil {
				t.Fatalf("%s: %v; it said %s", line, err, stderr)
			}
			all = append(all, *a.Server.Cold)
		}
		if len(all) != 2 {
			t.Fatalf("%s; it said %s", out, stderr)
		}
		return all
	}
	// Other packages' tests use the server, too, and load and unload what they
	// want meanwhile: then it is tried again.
	const tries = 20
	for i := 1; ; i++ {
		all := cold()
		if all[0] && all[1] {
			break
		}
		if i == tries {
			t.Fatalf("after they were unloaded: cold %v", all)
		}
	}
	for i := 1; ; i++ {
		all := cold("--warm")
		if !all[0] && !all[1] {
			break
		}
		if i == tries {
			t.Fatalf("after a warm-up: cold %v", all)
		}
	}
}
