package prompts

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Without links, too, who was quicker keeps what they wrote.
func TestADraftTakesANameThatNobodyHas(t *testing.T) {
	dir := t.TempDir()
	draft, file := filepath.Join(dir, "draft"), filepath.Join(dir, "x.md")
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(draft, "ours")
	if err := take(draft, file); err != nil {
		t.Fatal(err)
	}
	write(draft, "ours again")
	if err := take(draft, file); !errors.Is(err, ErrPromptExists) {
		t.Errorf("err %v", err)
	}
	if got, _ := os.ReadFile(file); string(got) != "ours" {
		t.Errorf("it holds %q", got)
	}
}
