package cli

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// writers are the files of the source that make, rename or link files, each with
// what they are called where a test finds them; "" for those that are gone when
// juxta is. Whoever adds one says here what it writes.
var writers = map[string]string{
	"sessions/lock.go":          "juxta/juxta.db.lock",
	"sessions/store_open.go":    "juxta/juxta.db",
	"sessions/store_compact.go": "juxta/juxta.db",
	"sessions/store_backup.go":  "juxta/juxta.db.*.bak copy.db copy.db.lock old.db old.db.lock old.db.*.v1.bak",
	"sessions/store_repair.go":  "repaired.db",
	"providers/keys/index.go":   "juxta/keys.json",
	"prompts/library.go":        "juxta/prompts/hi.md",
	"prompts/appear.go":         "out.* report.*",
	"ui/cli/files.go":           "juxta/models.json juxta/prices.txt juxta/crash-*.txt over.json",
	"ui/cli/log.go":             "log full.log full.log.1",
	"ui/cli/sessions_import.go": "",
	"ui/tui/editor.go":          "", // TestAQuestionGoesThroughTheEditorAsAFileThatIsGoneAfterwards
}

func TestEveryWriterOfFilesIsLookedAt(t *testing.T) {
	makes := []string{"Create", "CreateTemp", "Link", "Mkdir", "MkdirAll", "MkdirTemp", "OpenFile", "Rename", "Symlink", "WriteFile"}
	found := map[string]string{}
	eachFile(t, func(path string, _ *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && brief(s.X) == "os" && slices.Contains(makes, s.Sel.Name) {
				found[path] = writers[path]
			}
			return true
		})
	})
	if !maps.Equal(found, writers) {
		t.Errorf("files are written in\n%q, and looked at are those of\n%q", found, writers)
	}
}

// A writing is a juxta whose every file is wanted.
type writing struct {
	*real
	bin string // where the test's own programs are
	web string // a server on this machine with models and prices
}

func newWriting(t *testing.T) *writing {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/models") {
			_, _ = fmt.Fprint(rw, `{"data":[{"id":"x","object":"model"}]}`)
			return
		}
		_, _ = fmt.Fprint(rw, aList())
	}))
	t.Cleanup(server.Close)
	w := &writing{real: install(t, "", "OLLAMA_HOST=127.0.0.1:9", "GROQ_API_KEY=k", "LMSTUDIO_BASE_URL="+server.URL+"/v1"), bin: t.TempDir(), web: server.URL}
	w.env = append(w.env, "XDG_STATE_HOME="+w.home, "XDG_CACHE_HOME="+w.home, "TMPDIR="+w.home)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"juxta": w.path, "juxta-keyring": exe, "juxta-panics": exe, "layout1.db.gz": "../../sessions/testdata/layout1.db.gz"} {
		if to, err = filepath.Abs(to); err == nil {
			err = os.Symlink(to, filepath.Join(w.bin, name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.env = append(w.env, "BIN="+w.bin, "WEB="+w.web)
	return w
}

// all has every file written; before is done first. It returns what failed.
func (w *writing) all(before string) string {
	w.t.Helper()
	c := exec.Command("sh", "-c", before+`
juxta() { "$BIN/juxta" --log log "$@" >/dev/null 2>said || { failed="$failed
$*: $(cat said)"; }; rm said; }
juxta ask -m demo/script:say=x -m demo/script:say=y q
for f in html md csv jsonl json capsule chat; do juxta sessions export last --format $f -O out.$f; done
for f in html csv md; do juxta report last --baseline 2 -O report.$f; done
juxta sessions export last -O over.json --force
juxta sessions export last -O over.json --force
"$BIN/juxta" sessions export last | "$BIN/juxta" sessions import - >/dev/null 2>&1 || failed="$failed, import"
juxta sessions backup
juxta sessions backup copy.db
juxta --db copy.db sessions list
juxta sessions compact
juxta doctor --repair repaired.db
gunzip <"$BIN/layout1.db.gz" >old.db && chmod 600 old.db
juxta --db old.db sessions list
echo 'Hi {{x}}' | juxta prompts add hi -
juxta models list
juxta models refresh --url "$WEB/list"
echo gsk_1 | "$BIN/juxta-keyring" keys set groq >/dev/null 2>&1 || failed="$failed, keys"
"$BIN/juxta-panics" ask -m groq/x q >/dev/null 2>&1
juxta --log full.log --help && juxta --log full.log sessions list
head -c 4194304 /dev/zero >>full.log
juxta --log full.log sessions list
echo "$failed"`)
	c.Dir, c.Env = w.home, w.env
	out, err := c.CombinedOutput()
	if err != nil {
		w.t.Skipf("skipped: there is no shell here: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// Whatever is written is for its owner alone, also where the umask would let
// everybody in.
func TestWhatIsWrittenIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	for _, umask := range []string{"000", "077"} {
		if umask != "000" && os.Getenv("JUXTA_SHARED") == "" {
			t.Log("skipped: umask 077 takes another second, and JUXTA_SHARED is not set")
			continue
		}
		w := newWriting(t)
		if failed := w.all("umask " + umask); failed != "" {
			t.Errorf("umask %s: %s", umask, failed)
		}
		unseen := strings.Fields(strings.Join(slices.Collect(maps.Values(writers)), " "))
		slices.Sort(unseen)
		patterns := append(slices.Compact(unseen), "config.yaml")
		seen := map[string]bool{}
		err := filepath.WalkDir(w.home, func(path string, d fs.DirEntry, err error) error {
			if err != nil || path == w.home {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			name, want := strings.TrimPrefix(path, w.home+"/"), os.ModeDir|0o700
			if !d.IsDir() {
				want = 0o600
				known := false
				for _, p := range patterns {
					if ok, _ := filepath.Match(p, name); ok {
						known, seen[p] = true, true
					}
				}
				if !known {
					t.Errorf("umask %s: %s is written, and not looked for", umask, name)
				}
			}
			if info.Mode() != want {
				t.Errorf("umask %s: %s has the mode %v", umask, name, info.Mode())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range patterns {
			if !seen[p] {
				t.Errorf("umask %s: %s was not written", umask, p)
			}
		}
	}
}

// A link in the place of a file of juxta's is replaced, or refused: what it leads
// to is somebody else's, and stays as it is, and what it names and is not there is
// not made.
func TestNoLinkLeadsToSomebodysFile(t *testing.T) {
	if os.Getenv("JUXTA_SHARED") == "" {
		t.Skip("skipped: it takes seconds, and JUXTA_SHARED is not set")
	}
	t.Parallel()
	var names []string
	for _, all := range writers {
		for name := range strings.FieldsSeq(all) {
			// The store's own end everything else, and others are written by the shell.
			if !slices.Contains([]string{"juxta/juxta.db", "juxta/juxta.db.lock", "old.db", "full.log"}, name) && !strings.Contains(name, "*") {
				names = append(names, name)
			}
		}
	}
	names = append(names, "out.json", "out.html", "report.csv", "juxta/juxta.db.new")
	slices.Sort(names)
	names = slices.Compact(names)
	for _, whole := range []bool{true, false} { // the store's own are refused, and nothing more is done
		w := newWriting(t)
		theirs, nowhere := filepath.Join(w.bin, "theirs"), filepath.Join(w.bin, "nowhere")
		if err := os.WriteFile(theirs, []byte(precious), 0o640); err != nil {
			t.Fatal(err)
		}
		for _, dir := range []string{"juxta", "juxta/prompts"} {
			if err := os.Mkdir(filepath.Join(w.home, dir), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		planted := names
		if !whole {
			planted = []string{"juxta/juxta.db", "juxta/juxta.db.lock"}
		}
		for i, name := range planted {
			to := theirs
			if i%2 == 1 {
				to = nowhere
			}
			if err := os.Symlink(to, filepath.Join(w.home, name)); err != nil {
				t.Fatal(err)
			}
		}
		w.all("umask 000")
		if text, err := os.ReadFile(theirs); err != nil || string(text) != precious {
			t.Errorf("%q: somebody's file is %q now, %v", planted, text, err)
		}
		if info, err := os.Stat(theirs); err != nil || info.Mode() != 0o640 {
			t.Errorf("%q: its mode is %v, %v", planted, info.Mode(), err)
		}
		if _, err := os.Lstat(nowhere); err == nil {
			t.Errorf("%q: what was not there is made", planted)
		}
	}
}
