package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestALogIsARegularFileOfItsOwner(t *testing.T) {
	dir := t.TempDir()
	run := func(path string, more ...string) (int, string) {
		a, _, said := bench(t)
		code := a.run(t.Context(), append([]string{"ask", "--log", path, "-m", "demo/script:say=x", "hi"}, more...))
		return code, said.String()
	}
	file := filepath.Join(dir, "log")
	if err := os.WriteFile(file, []byte("before\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, said := run(file); code != 0 {
		t.Fatalf("exit code %d: %s", code, said)
	}
	text, err := os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(text), "before\n") || !strings.Contains(string(text), "msg=end code=0") {
		t.Errorf("%v: %s", err, text)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	bad := map[string]string{"a folder": dir, "nowhere": filepath.Join(dir, "none", "log")}
	if runtime.GOOS != "windows" {
		bad["a link"] = filepath.Join(dir, "link")
		if err := os.Symlink(file, bad["a link"]); err != nil {
			t.Fatal(err)
		}
		bad["a device"] = os.DevNull
	}
	for name, path := range bad {
		if code, said := run(path); code != exitUsage || !strings.Contains(said, "--log: ") || !strings.Contains(said, "→ name a file") {
			t.Errorf("%s: exit code %d, said %s", name, code, said)
		}
	}
	if code, said := run(file, "--log-level", "loud"); code != exitUsage || !strings.Contains(said, `"loud" is none of`) {
		t.Errorf("exit code %d, said %s", code, said)
	}
}

func TestAFullLogMakesRoomAndNeverGrowsBeyondIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, make([]byte, mostLogged/2), 0o600); err != nil {
		t.Fatal(err)
	}
	f, size, err := openLogFile(path)
	if err != nil || size != 0 {
		t.Fatalf("%d, %v", size, err)
	}
	if info, err := os.Stat(path + ".1"); err != nil || info.Size() != mostLogged/2 {
		t.Errorf("%v, %v", info, err)
	}
	b := newLogbook(f, 100)
	for range 30 {
		_, _ = b.Write([]byte("0123456789"))
	}
	if left := b.close(); left != 20 {
		t.Errorf("%d lines were left out", left)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 100 {
		t.Errorf("%v, %v", info, err)
	}
	if n, err := b.Write([]byte("late")); n != 4 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}
