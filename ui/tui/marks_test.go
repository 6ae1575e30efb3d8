package tui

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnAnswerNamesItsModelWhereTheColumnHasAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 30, bench(t, "", []string{"script:say=first"}))
		screen := x.ask("question", time.Second)
		if strings.Contains(screen, "answered by") {
			t.Errorf("its own model is named twice:\n%s", screen)
		}
		x.press("ctrl+l", "sage", "enter")
		want(t, x.now(), "1 sage", "· answered by demo/script:say=first")
		x.quit()
	})
}

func TestTabsTellWhatTheirColumnsDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 60, 16, bench(t, "", []string{"script:say=done", "script:tps=10,n=100", "script:ttft=5000,say=late", "script:err=auth", "script:tps=10,n=90"}))
		screen := x.ask("question", time.Second)
		want(t, screen, `1 script`, `2 ● scri`, `3 ◷ scri`, `4 ✗ scri`, `5 ● scri`)
		x.press("ctrl+x")
		want(t, x.after(time.Second), `1 script`, `2 ■ scri`, `3 ■ scri`, `4 ✗ scri`)
		x.quit()
	})
}

func TestTheEditorsWordsAreAShells(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no shell")
	}
	file := filepath.Join(t.TempDir(), "a draft.md")
	for editor, want := range map[string]string{
		`sh -c 'printf quoted > "$0"'`: "quoted",
		`cp /dev/null`:                 "",
	} {
		if out, err := edits(editor, file).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", editor, err, out)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("%s: wrote %q, %v", editor, got, err)
		}
	}
}
