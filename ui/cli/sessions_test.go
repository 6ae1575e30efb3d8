package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"juxta/sessions"
	"juxta/ui/tui"
)

func TestSessionsAloneIsTheBrowserOnATerminalAndTheListInAPipe(t *testing.T) {
	a, columns, stderr := bench(t)
	browses, screen := false, a.screen
	a.screen = func(ctx context.Context, o tui.Options) error {
		browses = o.Browse
		return screen(ctx, o)
	}
	if code := a.run(t.Context(), []string{"sessions"}); code != 0 || !browses || len(*columns) == 0 {
		t.Errorf("code %d, browses %v, columns %v: %s", code, browses, *columns, stderr)
	}
	if code := a.run(t.Context(), nil); code != 0 || browses {
		t.Errorf("juxta alone: code %d, browses %v: %s", code, browses, stderr)
	}
	browses = true
	a.outTerm = false
	if code := a.run(t.Context(), []string{"sessions"}); code != 0 || !browses {
		t.Errorf("in a pipe the screen was opened, or code %d: %s", code, stderr)
	}
}

func TestTheBrowserWritesSessionsAsTheCommandDoes(t *testing.T) {
	a, _, stderr := bench(t)
	a.out, a.outTerm = new(bytes.Buffer), false
	if code := a.run(t.Context(), []string{"ask", "-m", "demo/script:say=one", "a question"}); code != 0 {
		t.Fatal(stderr)
	}
	store, err := sessions.Open(a.storePath())
	if err != nil {
		t.Fatal(err)
	}
	all, err := store.Sessions(1)
	if err = errors.Join(err, store.Close()); err != nil || len(all) != 1 {
		t.Fatal(err)
	}
	e := a.exports()
	for _, f := range e.Formats {
		file := filepath.Join(t.TempDir(), "x"+f.Ext)
		if _, err := e.Write([]sessions.ID{all[0].ID}, f.Name, file); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		before, err := os.ReadFile(file)
		if err != nil || len(before) == 0 && !strings.HasSuffix(f.Name, "preferences") { // nobody has voted
			t.Errorf("%s: %d bytes, %v", f.Name, len(before), err)
		}
		if _, err := e.Write([]sessions.ID{all[0].ID}, f.Name, file); err == nil || !strings.Contains(err.Error(), "is there already") {
			t.Errorf("%s over a file: %v", f.Name, err)
		}
	}
}
