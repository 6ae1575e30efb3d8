//go:build unix

package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"juxta/providers/keys"
)

// surroundings are the variables that juxta, or a library in it, looks at.
var surroundings = strings.Fields(`HOME XDG_DATA_HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME XDG_RUNTIME_DIR TMPDIR
JUXTA_DB JUXTA_CONFIG TERM COLORTERM TERM_PROGRAM TERMINFO LANG LC_ALL LC_CTYPE NO_COLOR CLICOLOR CLICOLOR_FORCE COLUMNS LINES
EDITOR VISUAL PAGER BROWSER SHELL USER TZ TMUX STY SSH_TTY SSH_CONNECTION DISPLAY WAYLAND_DISPLAY WSL_DISTRO_NAME DO_NOT_TRACK GOGC GOMAXPROCS
OLLAMA_HOST OPENAI_BASE_URL ANTHROPIC_BASE_URL LMSTUDIO_BASE_URL OPENAI_API_KEY GEMINI_API_KEY HTTP_PROXY HTTPS_PROXY NO_PROXY SSL_CERT_FILE`)

// A sandbox is all that a juxta in odd surroundings could reach by their names.
type sandbox struct {
	root, at string // at is where it is started
	values   []string
}

func newSandbox(t *testing.T) *sandbox {
	t.Helper()
	root := t.TempDir()
	b := &sandbox{root: root, at: filepath.Join(root, "at")}
	for _, dir := range []string{"at", "home", "odd \x1b[2Jevil\nname", "dir"} {
		if err := os.Mkdir(filepath.Join(root, dir), 0o700); err != nil {
			t.Fatal(err)
		}
		b.values = append(b.values, filepath.Join(root, dir))
	}
	file := filepath.Join(root, "file")
	if err := os.WriteFile(file, []byte(precious), 0o600); err != nil {
		t.Fatal(err)
	}
	b.values = append(b.values, file, filepath.Join(root, "none", "deep"), filepath.Join(root, "dir", "..", "home", "x.db"),
		"", "here", "./here", "../dir", "../../..", "~", "~/x", ".", "/dev/null", "/dev/full", "/proc/self/mem",
		"\x1b]52;c;ZXZpbA==\a\x1b[2J\x1b[31mevil", "\u009b2J\u009d0;evil\u009c", "\u202eevil\u2066", "evil\r\nbreak\tx", "\xff\xfe\x80evil", strings.Repeat("evil", 5000),
		"%s%n%!x{{.}}", "$(touch PWNED)", "`touch PWNED`; touch PWNED", "-1", "0", "1", "99999999999999999999", "NaN", "true",
		"C", "C.UTF-8", "de_DE.ISO-8859-1", "xterm-256color", "dumb", "linux", "tmux-256color", "xterm-kitty", "truecolor", "off",
		"http://user:evil@127.0.0.1:9/?key=evil", "http://\x1b[2Jevil/", ":::", "127.0.0.1:99999", "file:///etc/passwd", "javascript:evil",
		"/tmp/tmux-0/default,1,0", "10.0.0.1 1 10.0.0.2 22", "sh -c 'touch PWNED'")
	return b
}

// around is a choice of surroundings.
func (b *sandbox) around(r *rand.Rand) map[string]string {
	env := map[string]string{"HOME": filepath.Join(b.root, "home")}
	if r.IntN(4) == 0 {
		delete(env, "HOME")
	}
	for _, name := range surroundings {
		if r.IntN(3) == 0 {
			env[name] = b.values[r.IntN(len(b.values))]
		}
	}
	return env
}

// named are the folders, and the beginnings of files' names, that such
// surroundings give juxta to write to.
func (b *sandbox) named(env map[string]string) (all []string) {
	for _, name := range []string{"HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"} {
		if dir := env[name]; filepath.IsAbs(dir) && (name != "HOME" || filepath.Clean(dir) != "/") {
			all = append(all, filepath.Clean(dir))
		}
	}
	db := env["JUXTA_DB"]
	if db != "" && !filepath.IsAbs(db) {
		db = filepath.Join(b.at, db)
	}
	if info, err := os.Stat(db); db != "" && (err != nil || !info.IsDir()) {
		all = append(all, filepath.Clean(db))
	}
	return all
}

// files are all that there is below root.
func (b *sandbox) files(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	err := filepath.WalkDir(b.root, func(path string, d fs.DirEntry, err error) error {
		all[path] = true
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var colour = regexp.MustCompile(`\x1b\[[0-9;:]*m`)

// acts is the first thing in a text that a terminal could obey.
func acts(text string) string {
	for _, r := range colour.ReplaceAllString(text, "") {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return fmt.Sprintf("%+q", r)
		}
	}
	return ""
}

// What the environment says is text of others': it neither acts on the terminal
// nor ends juxta, and what it does not name is not written to.
func TestNoEnvironmentHarms(t *testing.T) {
	t.Parallel()
	times, first := 5, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("JUXTA_ENVIRONMENTS")); err == nil {
		times = n
	}
	if n, err := strconv.ParseUint(os.Getenv("JUXTA_ENVIRONMENT"), 10, 64); err == nil { // the one that a failure names
		times, first = 1, n
	}
	ask := []string{"ask", "-m", "demo/script:ttft=1,tps=1000,say=x", "hi"}
	commands := [][]string{
		{"doctor"},
		{"sessions", "list"},
		append(ask, "-m", "none/x"),
		{"models", "list"},
		{"prompts", "list"},
		{"doctor", "--json"},
		{"keys", "list"},
		{"sessions", "list", "--json"},
		{"report", "last"},
		{"--help"},
		{"prompts", "show", "none"},
		{"man"},
	}
	exe := install(t, "").path
	for i := range times {
		seed := first + uint64(i)
		b := newSandbox(t)
		env := b.around(rand.New(rand.NewPCG(seed, 8)))
		before := b.files(t)
		for _, args := range [][]string{ask, commands[seed%uint64(len(commands))]} {
			out, code := b.run(t, exe, env, append([]string{"--local-only"}, args...))
			problem := func(format string, a ...any) {
				t.Errorf("JUXTA_ENVIRONMENT=%d, %q in %q:\n%s\n%.2000q", seed, args, env, fmt.Sprintf(format, a...), out)
			}
			if what := acts(out); what != "" {
				problem("a terminal would obey %s", what)
			}
			if code < 0 || code > exitStore || strings.Contains(out, "goroutine ") || strings.Contains(out, "a fault of juxta's own is") {
				problem("exit code %d", code)
			}
			for path := range b.files(t) {
				if !before[path] && !b.may(env, path) {
					problem("%q was written", path)
				}
			}
			if text, err := os.ReadFile(filepath.Join(b.root, "file")); err != nil || string(text) != precious {
				problem("a file of somebody's is %q now, %v", text, err)
			}
		}
	}
}

// may reports whether a file may be made in such surroundings: below what they
// name, beside a store of that name, or as a folder above it.
func (b *sandbox) may(env map[string]string, path string) bool {
	for _, n := range b.named(env) {
		if strings.HasPrefix(path, n) || strings.HasPrefix(n, path+"/") {
			return true
		}
	}
	return false
}

func (b *sandbox) run(t *testing.T, exe string, env map[string]string, args []string) (out string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, exe, args...)
	c.Dir, c.Env = b.at, []string{"DBUS_SESSION_BUS_ADDRESS=unix:path=" + b.root + "/none", "PATH=" + os.Getenv("PATH")}
	for name, value := range env {
		c.Env = append(c.Env, name+"="+value)
	}
	var both bytes.Buffer
	c.Stdout, c.Stderr = &both, &both
	err := c.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return both.String(), c.ProcessState.ExitCode()
}

// A variable, or a link, may lead to what has no end.
func TestADeviceInAFilesPlaceIsNotReadForEver(t *testing.T) {
	const endless = "/dev/zero"
	if _, err := readConfig(endless, true); err == nil || !strings.Contains(err.Error(), "longer than 4 MB") {
		t.Errorf("as the configuration: %v", err)
	}
	if _, err := keys.Read(endless, &drawer{}); err == nil || !strings.Contains(err.Error(), "not what juxta wrote") {
		t.Errorf("as the list of keys: %v", err)
	}
	a, _, _ := bench(t)
	path := filepath.Join(a.themesPath(), "endless"+themeEnding)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(endless, path); err != nil {
		t.Fatal(err)
	}
	if _, err := a.readTheme("endless"); err == nil {
		t.Error("as a theme it is one")
	}
}

func TestWithoutAHomeNothingIsReadOrWrittenWhereItStands(t *testing.T) {
	a, _, said := bench(t)
	for _, home := range []string{"", "here", "./here"} {
		t.Setenv("HOME", home)
		a.getenv = func(name string) string { return map[string]string{"HOME": home}[name] }
		for _, args := range [][]string{{"ask", "-m", "demo/swift", "hi"}, {"sessions", "list"}, {"doctor"}, nil} {
			said.Reset()
			if code := a.run(t.Context(), args); code != exitUsage || !strings.Contains(said.String(), "no home folder is known") || !strings.Contains(said.String(), "→ set HOME") {
				t.Errorf("HOME %q, %q: exit code %d, said %s", home, args, code, said)
			}
		}
		for _, args := range [][]string{{"completion", "bash"}, {"man"}, {"--version"}, {"--help"}} {
			if code := a.run(t.Context(), args); code != 0 {
				t.Errorf("HOME %q, %q: exit code %d, said %s", home, args, code, said)
			}
		}
		dirs := map[string]string{"XDG_CONFIG_HOME": t.TempDir(), "XDG_DATA_HOME": t.TempDir(), "XDG_STATE_HOME": t.TempDir(), "XDG_CACHE_HOME": t.TempDir()}
		a.getenv = func(name string) string { return dirs[name] }
		if code := a.run(t.Context(), []string{"sessions", "list"}); code != 0 {
			t.Errorf("with every folder named: exit code %d, said %s", code, said)
		}
	}
}
