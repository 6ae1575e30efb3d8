//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
)

func TestAStoreThatIsHeldSaysByWhom(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "juxta.db")
	f, err := os.Create(db + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("4242 juxta sessions\n"); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) { // which waits in no time
		a, _, stderr := bench(t)
		if code := a.run(t.Context(), []string{"--db", db, "ask", "-m", "demo/swift", "hi"}); code != exitStore {
			t.Errorf("exit code %d", code)
		}
		if s := stderr.String(); !strings.Contains(s, "held by juxta sessions (process 4242)") || !strings.Contains(s, "--db") {
			t.Errorf("it said %s", s)
		}
	})
}

// TestTabMakesNoStoreAndWaitsForNone: whoever types is not kept waiting, and has
// asked for no file.
func TestTabMakesNoStoreAndWaitsForNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := filepath.Join(dir, "juxta.db")
	complete := func() string {
		t.Helper()
		c := launch(t, "--db", db, "__complete", "sessions", "show", "")
		out, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if out := complete(); out != ":36\n" {
		t.Errorf("where there is no store: %q", out)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("tab left %v, %v", left, err)
	}
	if out, err := launch(t, "--db", db, "ask", "-m", "demo/script:say=hello", "a question").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if out := complete(); !strings.Contains(out, "\ta question\n") {
		t.Errorf("where there is one: %q", out)
	}
	f, err := os.Open(db + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if out := complete(); out != ":1\n" {
		t.Errorf("where another has it: %q", out)
	}
}
