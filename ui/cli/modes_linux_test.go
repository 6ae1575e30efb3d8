package cli

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever a command writes is for its owner alone, also where the umask would let
// everybody in.
func TestWhatIsWrittenIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	r := install(t, "", "OLLAMA_HOST=127.0.0.1:9")
	script := `umask 000
juxta() { n=$((n + 1)); "` + r.path + `" --log "$HOME/log$n.txt" "$@" >/dev/null 2>&1 || failed="$failed, $*"; }
juxta ask -m demo/script:say=x -m demo/script:say=y q
for f in html md csv jsonl json capsule chat; do juxta sessions export last --format $f -O out.$f; done
for f in html csv md; do juxta report last --baseline 2 -O report.$f; done
juxta sessions backup
juxta sessions backup copy.db
juxta sessions compact
juxta doctor --repair repaired.db
echo 'Hi {{x}}' | juxta prompts add hi -
echo "$failed"`
	c := exec.Command("sh", "-c", script)
	c.Dir, c.Env = r.home, r.env
	out, err := c.CombinedOutput()
	if err != nil {
		t.Skipf("skipped: there is no shell here: %v", err)
	}
	if failed := strings.TrimSpace(string(out)); failed != "" {
		t.Error("failed" + failed)
	}
	written := 0
	err = filepath.WalkDir(r.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == r.home {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		written++
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if got := info.Mode().Perm(); got != want && info.Mode()&os.ModeType&^os.ModeDir == 0 {
			t.Errorf("%s has the mode %o", path, got)
		}
		return nil
	})
	if err != nil || written < 16 {
		t.Errorf("%d files were written, %v", written, err)
	}
}
