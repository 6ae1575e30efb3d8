package cli

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// A trace is what a run of juxta asked the system for.
type trace struct {
	opened  []string // files it opened, or tried to
	seen    []string // those whose names it looked at
	changed []string // those of them that it made, changed or removed
	sockets []string // what it opened, and whom it wanted to reach by them
	started []string // programs
}

var (
	called  = regexp.MustCompile(`^(\w+)\((.*)`)
	quoted  = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
	opening = regexp.MustCompile(`O_WRONLY|O_RDWR|O_CREAT|O_TRUNC`)
)

// strace runs r under strace. With a line to type it is the workbench on a
// terminal: it types the line, waits for a word on the screen, and quits.
func strace(t *testing.T, r *real, line, shown string, args ...string) trace {
	t.Helper()
	path, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("skipped: there is no strace here to see it with")
	}
	into := filepath.Join(t.TempDir(), "calls")
	c := exec.Command(path, append([]string{"-ff", "-s", "400", "-o", into, "-e", "trace=%file,%network,execve,execveat", r.path}, args...)...)
	c.Env, c.Dir = r.env, r.home
	if line == "" {
		if out, err := c.CombinedOutput(); err != nil && strings.Contains(string(out), "ptrace") {
			t.Skipf("skipped: strace may not trace here: %s", out)
		}
	} else {
		attended(t, c, line, shown)
	}
	return read(t, into, r.home)
}

// attended is a person at a terminal who asks one question and leaves.
func attended(t *testing.T, c *exec.Cmd, line, shown string) {
	t.Helper()
	person, terminal := pseudoTerminal(t)
	c.Stdin, c.Stdout, c.Stderr = terminal, terminal, terminal
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	screen := make(chan string, 1)
	go func() {
		var all strings.Builder
		buf := make([]byte, 32<<10)
		for {
			n, err := person.Read(buf)
			all.Write(buf[:n])
			if err != nil {
				screen <- all.String()
				return
			}
			switch text := all.String(); {
			case line != "" && strings.Contains(text, "nothing asked yet"):
				_, _ = io.WriteString(person, line+"\r")
				line = ""
			case line == "" && shown != "" && strings.Contains(text, shown):
				shown = ""
				_, _ = io.WriteString(person, "\x03")
			}
		}
	}()
	late := time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
	err := c.Wait()
	late.Stop()
	_ = terminal.Close()
	_ = person.SetReadDeadline(time.Now())
	if seen := <-screen; err != nil {
		t.Fatalf("%v: %q", err, seen[max(0, len(seen)-2000):])
	}
}

// read reads what strace wrote, a file for each thread.
func read(t *testing.T, prefix, dir string) (tr trace) {
	t.Helper()
	files, err := filepath.Glob(prefix + ".*")
	if err != nil || len(files) == 0 {
		t.Fatalf("strace wrote nothing: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(data), "\n")
		for i, line := range lines {
			if nameService.MatchString(line) || i+1 < len(lines) && strings.HasPrefix(line, "socket(AF_UNIX") && nameService.MatchString(lines[i+1]) {
				continue
			}
			tr.add(strings.TrimSpace(line), dir)
		}
	}
	for _, list := range []*[]string{&tr.opened, &tr.seen, &tr.changed, &tr.sockets, &tr.started} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return tr
}

// nameService is how a C library asks this machine who the user is, whose home
// may have a description of the terminal: the one socket of this machine's own
// that is let be. A juxta that is built without cgo, as releases are, reads
// /etc/passwd itself. Nobody else is spoken to by such a socket: no keyring, no
// clipboard's or desktop's server, no agent.
var nameService = regexp.MustCompile(`^connect\(.*sun_path="/var/run/nscd/socket"`)

func (tr *trace) add(line, dir string) {
	m := called.FindStringSubmatch(line)
	if m == nil {
		return
	}
	var paths []string
	for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
		if q[1] != "" && !filepath.IsAbs(q[1]) {
			q[1] = filepath.Join(dir, q[1])
		}
		paths = append(paths, q[1])
	}
	switch name := m[1]; {
	case strings.HasPrefix(name, "exec"):
		tr.started = append(tr.started, paths[0])
	case name == "socket" || name == "connect" || name == "sendto" || name == "sendmsg" || name == "bind" || name == "listen":
		tr.sockets = append(tr.sockets, line)
	case len(paths) == 0 || paths[0] == "": // of a file that is open
	case strings.HasPrefix(name, "open") || name == "creat":
		tr.opened = append(tr.opened, paths[0])
		if opening.MatchString(m[2]) {
			tr.changed = append(tr.changed, paths[0])
		}
	case strings.Contains(name, "stat") || strings.HasPrefix(name, "access") || strings.HasPrefix(name, "faccess") || strings.HasPrefix(name, "readlink") || name == "getcwd" || name == "statfs":
		tr.seen = append(tr.seen, paths[0])
	default: // mkdir, rename, unlink, chmod, ...
		tr.changed = append(tr.changed, paths...)
	}
}

// ofTheSystem are what the runtime, the C library and the terminal's
// description are read from.
var ofTheSystem = regexp.MustCompile(`^(/|/etc/(ld\.so\.(cache|preload)|localtime|passwd|nsswitch\.conf)|/(usr/)?lib(64)?(/.*)?|/usr/share/(zoneinfo|terminfo)/.*|/etc/terminfo/.*|/.*/\.terminfo/.*` +
	`|/proc/self/(maps|cgroup|mountinfo|exe)|/sys/kernel/mm/transparent_hugepage/hpage_pmd_size|/sys/fs/cgroup/.*|/sys/devices/system/cpu/online|/dev/(null|tty|pts/[0-9]+))$`)

// lookedFor are programs of other systems' clipboards: a library that the
// workbench's text fields come from looks whether one is there, at every start,
// and juxta uses none of them.
var lookedFor = regexp.MustCompile(`/(xclip|xsel|wl-copy|wl-paste|clip\.exe|powershell\.exe|termux-clipboard-[gs]et)$`)

// others are the paths that are neither r's own nor the system's.
func (r *real) others(paths []string) (found []string) {
	for _, p := range paths {
		own := p == r.path || p == r.home || strings.HasPrefix(p, r.home+"/") || strings.HasPrefix(r.home+"/", p+"/")
		if !own && !ofTheSystem.MatchString(p) && !lookedFor.MatchString(p) {
			found = append(found, p)
		}
	}
	return found
}

// elsewhere are the addresses in a trace's sockets that are not this machine's.
func (tr trace) elsewhere() (found []string) {
	for _, s := range tr.sockets {
		named := strings.Contains(s, "sin_port=htons(53)") || strings.Contains(s, "sin6_port=htons(53)") // a name is looked up
		if !strings.HasPrefix(s, "socket(") && (named || !onLoopback.MatchString(s)) {
			found = append(found, s)
		}
	}
	return found
}

// onLoopback is this machine; of its own sockets it is the bus of the keyring only,
// which doctor asks and whoever keeps a key there.
var onLoopback = regexp.MustCompile(`inet_addr\("127\.|"::1"|AF_NETLINK|AF_UNSPEC|AF_UNIX, sun_path="/[^"]*/none"`)

const quick = "demo/script:ttft=1,tps=1000,say=Good morning to you"

// The demo needs nothing but its store: no socket of any kind, this machine's own
// ones included, no program, no file that is not its own or the system's.
func TestNothingIsOpenedThatNobodyAskedFor(t *testing.T) {
	if os.Getenv("JUXTA_SHARED") == "" {
		t.Skip("skipped: it takes seconds, and JUXTA_SHARED is not set")
	}
	for name, tt := range map[string]struct {
		line, shown string
		args        []string
	}{
		"a question":           {args: []string{"ask", "-m", quick, "-m", quick, "hi"}},
		"one that is not kept": {args: []string{"ask", "--no-save", "-m", quick, "hi"}},
		"the list of sessions": {args: []string{"sessions", "list"}},
		"a report":             {args: []string{"report", "last"}},
		"the help":             {args: []string{"--help"}},
		"the workbench":        {"hello", "Good morning", []string{"-m", quick, "-m", quick}},
	} {
		t.Run(name, func(t *testing.T) {
			// There are a desktop and an agent, and nobody is told to talk to them.
			r := install(t, "", "TERM=xterm-256color", "DISPLAY=:0", "WAYLAND_DISPLAY=wayland-0", "SSH_AUTH_SOCK=/tmp/agent")
			r.env = append(r.env, "XDG_RUNTIME_DIR="+r.home)
			tr := strace(t, r, tt.line, tt.shown, tt.args...)
			if out, _ := r.run("sessions", "list", "--json"); tt.line != "" && !strings.Contains(out, tt.line) {
				t.Errorf("nothing was asked: %s", out)
			}
			if len(tr.started) != 1 || tr.started[0] != r.path {
				t.Errorf("programs: %q", tr.started)
			}
			if len(tr.sockets) > 0 {
				t.Errorf("sockets:\n%s", strings.Join(tr.sockets, "\n"))
			}
			for what, paths := range map[string][]string{"opened": tr.opened, "looked at": tr.seen, "changed": tr.changed} {
				if found := r.others(paths); len(found) > 0 {
					t.Errorf("%s:\n%s", what, strings.Join(found, "\n"))
				}
			}
		})
	}
	t.Run("the workbench in tmux", func(t *testing.T) { // which alone knows how many colours there are, and is asked
		r := install(t, "", "TERM=tmux-256color", "TMUX=/none/tmux,1,0")
		tr := strace(t, r, "hello", "Good morning", "-m", quick)
		for _, p := range tr.started {
			if p != r.path && filepath.Base(p) != "tmux" {
				t.Errorf("%s is started", p)
			}
		}
	})
}

// Nobody named a model: the local servers are looked for where the screen says
// so, and nobody is asked elsewhere. Whoever has set a key has asked for its
// service's list, too, unless --local-only says otherwise.
func TestABareStartAsksThisMachineOnly(t *testing.T) {
	if os.Getenv("JUXTA_SHARED") == "" {
		t.Skip("skipped: it takes seconds, and JUXTA_SHARED is not set")
	}
	for name, args := range map[string][]string{"no key": nil, "keys, and --local-only": {"--local-only"}} {
		t.Run(name, func(t *testing.T) {
			r := install(t, "", "TERM=xterm-256color")
			if args != nil {
				r.env = append(r.env, "OPENAI_API_KEY=k", "ANTHROPIC_API_KEY=k", "GEMINI_API_KEY=k", "HTTP_PROXY=http://proxy.example:3128", "HTTPS_PROXY=http://proxy.example:3128")
			}
			tr := strace(t, r, "hello", "Simulated", args...)
			if found := tr.elsewhere(); len(found) > 0 {
				t.Errorf("elsewhere:\n%s", strings.Join(found, "\n"))
			}
			if len(tr.sockets) < 4 {
				t.Errorf("it sees nothing: %q", tr.sockets)
			}
			if len(tr.started) != 1 {
				t.Errorf("programs: %q", tr.started)
			}
		})
	}
}

// A refusal comes before anything is dialled or looked up.
func TestARemoteColumnIsRefusedBeforeItsNameIsLookedUp(t *testing.T) {
	if os.Getenv("JUXTA_SHARED") == "" {
		t.Skip("skipped: it takes seconds, and JUXTA_SHARED is not set")
	}
	const row = "{name: %s, api: openai-chat, base_url: 'http://%s/v1', key: k, retries: 0, timeout: {connect: 10ms}}"
	rows := "providers:\n  - " + fmt.Sprintf(row, "lab", "lab.example") + "\n  - " + fmt.Sprintf(row, "far", "192.0.2.1") + "\n"
	r := install(t, rows, "OPENAI_API_KEY=k", "ANTHROPIC_API_KEY=k", "GEMINI_API_KEY=k", "OLLAMA_API_KEY=k",
		"HTTP_PROXY=http://proxy.example:3128", "HTTPS_PROXY=http://proxy.example:3128")
	for _, args := range [][]string{
		{"ask", "-m", "lab/x", "hi"},
		{"ask", "-m", "far/x", "-m", quick, "hi"},
		{"ask", "-m", "openai/x", "hi"},
		{"ask", "-m", "ollama/x:cloud", "hi"},
		{"ask", "-m", quick, "-a", "http://192.0.2.1/pin.png", "hi"},
		{"models", "list"},
		{"models", "show", "far/x"},
		{"doctor"},
		{"__complete", "ask", "-m", ""},
	} {
		if found := strace(t, r, "", "", append(args, "--local-only")...).elsewhere(); len(found) > 0 {
			t.Errorf("%q:\n%s", args, strings.Join(found, "\n"))
		}
	}
	r.env = slices.DeleteFunc(r.env, func(v string) bool { return strings.Contains(v, "_PROXY=") })
	if found := strace(t, r, "", "", "ask", "-m", "far/x", "hi").elsewhere(); len(found) == 0 || !strings.Contains(found[0], "192.0.2.1") {
		t.Errorf("without --local-only it sees %q", found)
	}
}
