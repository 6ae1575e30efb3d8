package ollama

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"juxta/providers"
)

// emptyOllama starts a real Ollama that has no models and knows that registry.
// JUXTA_OLLAMA_PROGRAM is its program.
func emptyOllama(t *testing.T, r *registry) providers.Provider {
	t.Helper()
	home := t.TempDir()
	log, err := os.Create(filepath.Join(home, "log"))
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Getenv("JUXTA_OLLAMA_PROGRAM"), "serve")
	c.Env = []string{
		"HOME=" + home, "PATH=" + os.Getenv("PATH"), "OLLAMA_MODELS=" + filepath.Join(home, "models"), "OLLAMA_HOST=127.0.0.1:0", "OLLAMA_NO_CLOUD=1",
		"HTTPS_PROXY=" + r.proxy, "SSL_CERT_FILE=" + r.cert,
	}
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		late := time.AfterFunc(10*time.Second, func() { _ = c.Process.Kill() })
		defer late.Stop()
		if c.Process.Signal(os.Interrupt) != nil { // upon which it ends what runs its models, too
			_ = c.Process.Kill()
		}
		_ = c.Wait()
		_ = log.Close()
	})
	listens := regexp.MustCompile(`Listening on (127\.0\.0\.1:\d+)`)
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); <-time.After(20 * time.Millisecond) {
		said, _ := os.ReadFile(log.Name())
		if at := listens.FindSubmatch(said); at != nil {
			return made(t, string(at[1]))
		}
	}
	t.Fatal("Ollama did not start")
	return nil
}

// The whole of what the workbench offers a newcomer, without a fake: Ollama has
// nothing, half of a model comes, it is stopped, it goes on there, and answers.
func TestARealPullGoesOnWhereItWasStopped(t *testing.T) {
	models := os.Getenv("JUXTA_OLLAMA_MODELS")
	if models == "" || os.Getenv("JUXTA_OLLAMA_PROGRAM") == "" {
		t.Skip("JUXTA_OLLAMA_MODELS and JUXTA_OLLAMA_PROGRAM are not set: no real Ollama to fetch with")
	}
	r := newRegistry(t, models)
	p := emptyOllama(t, r)
	if list, err := p.Models(t.Context()); err != nil || len(list) != 0 {
		t.Fatalf("it has %v, %v", list, err)
	}
	from := p.(providers.Puller)
	for _, err := range from.Pull(t.Context(), "no-such-model:1b") {
		if e := providers.AsError(err); err != nil && (e.Kind != providers.NotFound || !strings.Contains(e.Advice(), "library")) {
			t.Errorf("a model that is not there: %v → %s", e, e.Advice())
		}
	}
	ctx, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	var was providers.Pulled
	for now, err := range from.Pull(ctx, "qwen3-vl:2b") {
		if err != nil {
			if e := providers.AsError(err); e.Kind != providers.Stopped {
				t.Fatalf("stopped: %v", e)
			}
			break
		}
		if was = now; now.Done > 0 { // half of it has gone, and nothing more comes
			<-r.half
			stop(providers.ErrStopped)
		}
	}
	if was.Done == 0 || was.Done >= was.Total {
		t.Errorf("it was stopped at %+v", was)
	}
	r.mu.Lock()
	r.holds = false
	r.mu.Unlock()
	for now, err := range from.Pull(t.Context(), "qwen3-vl:2b") {
		if err != nil {
			t.Fatal(err)
		}
		was = now
	}
	if was.Doing != "success" || was.Done != was.Total || was.Total < 1_000_000 {
		t.Errorf("it ended with %+v", was)
	}
	r.mu.Lock()
	begins := r.begins
	r.mu.Unlock()
	if len(begins) != 2 || !strings.HasPrefix(begins[0], "bytes=0-") || strings.HasPrefix(begins[1], "bytes=0-") {
		t.Errorf("it was asked for %v", begins)
	}
	list, err := p.Models(t.Context())
	if err != nil || len(list) != 1 || list[0].Ref.Model != "qwen3-vl:2b" || list[0].Can.Images != providers.Yes {
		t.Fatalf("it has %+v, %v", list, err)
	}
	text := ""
	for ev, err := range p.Stream(t.Context(), askFor("qwen3-vl:2b", "@hello")) {
		if err != nil {
			t.Fatal(err)
		}
		if d, ok := ev.(providers.Delta); ok {
			text += d.Text
		}
	}
	if !strings.HasPrefix(text, "Hello there, tester.") {
		t.Errorf("it says %q", text)
	}
}
