package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/ui/tui"
)

// sealed is a keyring that does not answer.
type sealed struct{}

func (sealed) Get(string, string) (string, error) { return "", errors.New("no bus") }
func (sealed) Set(string, string, string) error   { return errors.New("no bus") }
func (sealed) Delete(string, string) error        { return errors.New("no bus") }

func TestTheDoctorLooksAtTheMachine(t *testing.T) {
	a, said, files := broken(t)
	a.vault = sealed{}
	under := a.getenv
	a.getenv = func(name string) string {
		return cmp.Or(map[string]string{"TMUX": "x", "SSH_TTY": "y", "LANG": "de_DE.UTF-8", "LC_ALL": "C"}[name], under(name))
	}
	a.crashes = &crashes{}
	a.fault(&providers.Panic{What: "x", Stack: "y"})
	if code := a.run(t.Context(), []string{"doctor", "--json"}); code != 0 {
		t.Fatalf("exit code %d: %s", code, said)
	}
	var d diagnosis
	if err := json.Unmarshal(a.out.(*bytes.Buffer).Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if f := d.Terminal; !f.Tmux || !f.SSH || f.Unicode != (runtime.GOOS == "windows") {
		t.Errorf("terminal %+v", f)
	}
	if v := d.Vault; v.Answers == nil || *v.Answers || v.Problem == nil || !strings.Contains(*v.Problem, "no bus") || v.Next == nil {
		t.Errorf("keyring %+v", v)
	}
	if n := len(d.Files.Crashes); n == 0 || d.Files.Crashes[0] != files()[0] {
		t.Errorf("%d faults", n)
	}
}

func TestTheDoctorAsksATerminalOnly(t *testing.T) {
	for name, tt := range map[string]struct {
		pipe  bool
		env   []string
		fails error
		want  string
	}{
		"a terminal":      {false, []string{"TERM", "xterm-kitty"}, nil, "80×24, kitty's keyboard protocol, pictures as kitty's protocol, says it is kitty"},
		"a pipe":          {true, []string{"TERM", "xterm-kitty"}, nil, "not asked, not a terminal"},
		"SSH":             {false, []string{"TERM", "xterm", "SSH_TTY", "x"}, nil, "not asked, it is far"},
		"a dumb terminal": {false, []string{"TERM", "dumb"}, nil, "not asked, its type"},
		"one that fails":  {false, []string{"TERM", "xterm"}, errors.New("gone"), "not asked, gone"},
	} {
		a, _, _ := bench(t)
		under, over, asked := a.getenv, env(tt.env...), 0
		a.getenv = func(name string) string { return cmp.Or(over(name), under(name)) }
		a.outTerm = !tt.pipe
		a.probe = func(context.Context) (tui.Terminal, error) {
			asked++
			return tui.Terminal{Name: "kitty", Width: 80, Height: 24, Keyboard: true, Pictures: "kitty's protocol"}, tt.fails
		}
		out := a.out.(*bytes.Buffer)
		code := a.run(t.Context(), []string{"doctor"})
		if code != 0 || !strings.Contains(out.String(), tt.want) || (asked == 0) != (strings.Contains(tt.want, "not asked") && tt.fails == nil) {
			t.Errorf("%s: exit code %d, asked %d times: %s", name, code, asked, out)
		}
	}
}

func TestWhatGetsOllamaHere(t *testing.T) {
	there := func(string) (string, error) { return "/bin/ollama", nil }
	absent := func(string) (string, error) { return "", os.ErrNotExist }
	for system, want := range map[string]string{"linux": "curl", "darwin": "brew", "windows": "winget", "plan9": ""} {
		if got := ollamaCommand(system, there); got != "ollama serve" {
			t.Errorf("%s: %s", system, got)
		}
		if got := ollamaCommand(system, absent); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %s", system, got)
		}
	}
}
