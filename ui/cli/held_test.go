//go:build unix

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
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
	c := launch(t, "--db", db, "ask", "-m", "demo/swift", "hi")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	_ = c.Run()
	if code := c.ProcessState.ExitCode(); code != exitStore {
		t.Errorf("exit code %d", code)
	}
	if s := stderr.String(); !strings.Contains(s, "held by juxta sessions (process 4242)") || !strings.Contains(s, "--db") {
		t.Errorf("it said %s", s)
	}
}
