package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"juxta/providers"
	"juxta/providers/demo"
)

func testBuild() Build {
	return Build{Version: "v0.0-test", APIs: map[string]providers.Builder{"demo": demo.New}}
}

// localBuild has simulated models of a local server, too: ollama/script:….
func localBuild() Build {
	b := testBuild()
	b.APIs["ollama"] = demo.New
	return b
}

func TestMain(m *testing.M) {
	works = newWorkshop(m)
	testscript.Main(works, map[string]func(){
		"juxta":         func() { os.Exit(Main(testBuild())) },
		"juxta-keyring": func() { os.Exit(mainWith(testBuild(), &drawer{held: map[string]string{}})) },
		"juxta-local":   func() { os.Exit(Main(localBuild())) },
		"juxta-panics":  func() { os.Exit(panics()) },
	})
}

// TestScripts runs testdata/script/*.txtar, each in a home of its own.
//
//	exits CODE COMMAND ARG...    runs it and wants this exit code, and a next step with every error
//	id                           sets $ID to the newest session's
//	cut FILE                     takes away the last half of what a store uses
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			home := filepath.Join(e.WorkDir, "home")
			e.Setenv("HOME", home)
			e.Setenv("USERPROFILE", home)
			e.Setenv("APPDATA", filepath.Join(home, "roaming"))
			e.Setenv("LOCALAPPDATA", filepath.Join(home, "local"))
			e.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(e.WorkDir, "none")) // nobody's keyring
			return os.Mkdir(home, 0o700)
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, errors.New("unknown condition " + cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"id": func(ts *testscript.TestScript, _ bool, _ []string) {
				ts.Check(ts.Exec("juxta", "sessions", "list", "--json", "-n", "1"))
				var s struct{ ID string }
				ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &s))
				ts.Setenv("ID", s.ID)
			},
			"cut": func(ts *testscript.TestScript, _ bool, args []string) {
				name := ts.MkAbs(args[0])
				b, err := os.ReadFile(name)
				ts.Check(err)
				used := len(bytes.TrimRight(b, "\x00"))
				ts.Check(os.Truncate(name, int64(used/2)))
			},
			"exits": func(ts *testscript.TestScript, neg bool, args []string) {
				want, err := strconv.Atoi(args[0])
				if err != nil || neg {
					ts.Fatalf("usage: exits CODE COMMAND ARG...")
				}
				got := 0
				var failed *exec.ExitError
				if err := ts.Exec(args[1], args[2:]...); errors.As(err, &failed) {
					got = failed.ExitCode()
				} else if err != nil {
					ts.Fatalf("%v", err)
				}
				if got != want {
					ts.Fatalf("exit code %d, want %d", got, want)
				}
				for _, e := range deadEnds(ts.ReadFile("stderr")) {
					ts.Fatalf("%s", e)
				}
			},
		},
	})
}
