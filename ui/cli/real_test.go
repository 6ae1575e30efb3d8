package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A real is juxta as it is installed, with every provider, in a home of its own.
type real struct {
	t    *testing.T
	path string
	home string
	env  []string
}

// A workshop is where juxta is built, once for all tests that install it.
type workshop struct {
	*testing.M
	dir   string
	build func() (string, error)
}

func newWorkshop(m *testing.M) *workshop {
	w := &workshop{M: m}
	w.build = sync.OnceValues(func() (path string, err error) {
		if w.dir, err = os.MkdirTemp("", "juxta-built-"); err != nil {
			return "", err
		}
		path = filepath.Join(w.dir, "juxta")
		build := exec.Command("go", "install", ".") // as the README has it
		build.Dir = filepath.Join("..", "..")       // where main.go is
		build.Env = append(os.Environ(), "GOBIN="+w.dir)
		if out, err := build.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%w\n%s", err, out)
		}
		return path, nil
	})
	return w
}

// Run implements [testscript.TestingM].
func (w *workshop) Run() int {
	defer func() { _ = os.RemoveAll(w.dir) }() // "" removes nothing
	return w.M.Run()
}

// works is set by TestMain.
var works *workshop

// install gives t a juxta with a configuration.
func install(t *testing.T, config string, variables ...string) *real {
	t.Helper()
	r := &real{t: t, home: t.TempDir()}
	var err error
	if r.path, err = works.build(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(r.home, "config.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	r.env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.home, "XDG_DATA_HOME=" + r.home, "XDG_CONFIG_HOME=" + r.home, "JUXTA_CONFIG=" + file,
		"DBUS_SESSION_BUS_ADDRESS=unix:path=" + filepath.Join(r.home, "none"), "SystemRoot=" + os.Getenv("SystemRoot"),
	}, variables...)
	return r
}

// run runs it and returns what it wrote.
func (r *real) run(args ...string) (stdout, stderr string) {
	r.t.Helper()
	var out, err bytes.Buffer
	c := exec.Command(r.path, args...)
	c.Env, c.Stdout, c.Stderr = r.env, &out, &err
	_ = c.Run() // an answer that failed is an exit code
	return out.String(), err.String()
}

// builtAPIs are the apis that this juxta has.
func (r *real) builtAPIs() []string {
	r.t.Helper()
	var built []string
	for _, api := range apiNames() {
		config := filepath.Join(r.home, "api.yaml")
		row := "providers:\n  - {name: probe, api: " + api + ", base_url: 'http://127.0.0.1:1', retries: 0}\n"
		if err := os.WriteFile(config, []byte(row), 0o600); err != nil {
			r.t.Fatal(err)
		}
		if _, said := r.run("--config", config, "ask", "--no-save", "-m", "probe/x", "hi"); strings.Contains(said, "not built") {
			r.t.Logf("skipped: api %s is not built into this juxta", api)
			continue
		}
		built = append(built, api)
	}
	return built
}
