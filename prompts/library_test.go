package prompts

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// With links and without, who was quicker keeps what they wrote.
func TestADraftTakesANameThatNobodyHas(t *testing.T) {
	for name, take := range map[string]func(draft, file string) error{"with links": Appear, "without": take} {
		t.Run(name, func(t *testing.T) { takesAFreeName(t, take) })
	}
}

func takesAFreeName(t *testing.T, take func(draft, file string) error) {
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
	if err := take(draft, file); !errors.Is(err, fs.ErrExist) {
		t.Errorf("err %v", err)
	}
	if got, _ := os.ReadFile(file); string(got) != "ours" {
		t.Errorf("it holds %q", got)
	}
	if got, _ := os.ReadFile(draft); string(got) != "ours again" {
		t.Errorf("the draft holds %q", got)
	}
	if err := take(filepath.Join(dir, "none"), filepath.Join(dir, "y.md")); err == nil {
		t.Error("nothing took a name")
	}
	if all, _ := os.ReadDir(dir); len(all) != 2 {
		t.Errorf("%d files are there", len(all))
	}
}
