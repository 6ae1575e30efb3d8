package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"juxta/prompts"
)

func TestWhatIsNoTextIsNoQuestion(t *testing.T) {
	pic := solid(t, "jpg", "red", 16, 8)
	lay(t, map[string][]byte{"pin.png": pngOf(t, 8, 4)})
	for _, tt := range []struct {
		in   io.Reader
		args []string
		want string
	}{
		{bytes.NewReader(pic), []string{"-a", "pin.png"}, "the standard input is a JPEG picture: attach it with -a -"},
		{bytes.NewReader(pic), []string{"-"}, "the standard input is a JPEG picture: attach it with -a -"},
		{bytes.NewReader(pic), nil, "the standard input is a JPEG picture"},
		{forever{}, nil, "the standard input is no text"},
		{io.MultiReader(strings.NewReader(strings.Repeat("x", prompts.MostQuestion)), forever{}), nil, "the standard input is more than 4 MB"},
	} {
		a, _, stderr := bench(t)
		out := new(bytes.Buffer)
		a.in, a.inTerm, a.out = tt.in, false, out
		if code := a.run(t.Context(), append([]string{"ask", "-m", "demo/script:say=asked"}, tt.args...)); code != exitUsage || out.Len() > 0 || !strings.Contains(stderr.String(), tt.want) {
			t.Errorf("%q: exit code %d, printed %q, said %s", tt.args, code, out, stderr)
		}
	}
}

// forever is zeros without an end.
type forever struct{}

func (forever) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// A prompt is a question of its own, and what was piped in for nothing is told.
func TestAFileThatIsSentToAPromptInVainIsTold(t *testing.T) {
	c := launch(t, "ask", "--no-save", "-m", "demo/script:say=ok", "-t", "hello")
	home := t.TempDir()
	c.Env = append(c.Env, "XDG_CONFIG_HOME="+home)
	name := filepath.Join(home, "juxta", "prompts", "hello.md")
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte("Hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	diff, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer diff.Close()
	var said bytes.Buffer
	c.Stdin, c.Stderr = diff, &said
	if err := c.Run(); err != nil || !strings.Contains(said.String(), "the standard input was not read; a - among the words puts it there") {
		t.Errorf("%v, %s", err, &said)
	}
}
