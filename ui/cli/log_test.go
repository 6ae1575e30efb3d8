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

// precious stands in files that juxta must not touch.
const precious = "somebody's own"

// Who plants a link between the look at a file and its opening gains nothing: the
// system refuses, where it can.
func TestALogIsNotOpenedThroughALinkThatAppears(t *testing.T) {
	if noFollow == 0 {
		t.Skip("skipped: this system can't refuse to follow a link")
	}
	theirs, path := filepath.Join(t.TempDir(), "theirs"), filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(theirs, []byte(precious), 0o644); err != nil {
		t.Fatal(err)
	}
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() { // changes a file for a link and back, as fast as it can
		defer close(ended)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			draft := path + ".draft"
			if i%2 == 0 {
				_ = os.Symlink(theirs, draft)
			} else {
				_ = os.WriteFile(draft, nil, 0o600)
			}
			_ = os.Rename(draft, path)
		}
	}()
	opened := 0
	for range 2000 {
		f, _, err := openLogFile(path)
		if err == nil {
			opened++
			_, _ = f.WriteString("a line\n")
			_ = f.Close()
		}
	}
	close(stop)
	<-ended
	info, err := os.Stat(theirs)
	if text, _ := os.ReadFile(theirs); err != nil || string(text) != precious || info.Mode().Perm() != 0o644 {
		t.Errorf("somebody's file is %q, %v, %v", text, info.Mode(), err)
	}
	if opened == 0 {
		t.Error("it was never opened at all")
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
