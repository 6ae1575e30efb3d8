package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A prompt is where somebody types into a shell, in a home of its own with
// juxta on the PATH.
type prompt struct {
	*testing.T
	home, bin string
}

func newPrompt(t *testing.T) prompt {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := prompt{t, t.TempDir(), t.TempDir()}
	if err := os.Symlink(exe, filepath.Join(p.bin, "juxta")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	return p
}

// runs gives what a shell prints that runs a script. What the program says
// meanwhile goes to the test's log.
func (p prompt) runs(script string, shell ...string) string {
	p.Helper()
	path, err := exec.LookPath(shell[0])
	if err != nil {
		p.Skip("there is no ", shell[0])
	}
	c := exec.Command(path, append(shell[1:], script)...)
	c.Env = append(os.Environ(), "HOME="+p.home, "XDG_DATA_HOME="+p.home, "XDG_CONFIG_HOME="+p.home, "XDG_CACHE_HOME="+p.home,
		"PATH="+p.bin+string(filepath.ListSeparator)+os.Getenv("PATH"), "OLLAMA_HOST=127.0.0.1:1", "TERM=dumb", "PS1=")
	c.Stderr = p.Output()
	out, err := c.Output()
	if err != nil {
		p.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// asked keeps a session whose title is "a question" and gives its ID.
func (p prompt) asked() string {
	p.Helper()
	out := p.runs(`juxta ask -m demo/script:say=hello a question >/dev/null && juxta sessions list --json`, "sh", "-c")
	_, id, _ := strings.Cut(out, `"id":"`)
	if len(id) < 26 {
		p.Fatalf("no ID in %s", out)
	}
	return id[:26]
}

// typed is how bash hands over a line with the cursor at its end. Only bash
// itself may call compopt then.
const typed = `
compopt() { :; }
typed() {
    COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9 COMP_KEY=9 COMPREPLY=()
    shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    __start_juxta || : # it returns whether its last test held
    printf '%s|' "${COMPREPLY[@]}"
    echo
}
set -e
`

func TestBashCompletes(t *testing.T) {
	t.Parallel()
	p := newPrompt(t)
	id := p.asked()
	lines := typed + `source <(juxta completion bash)
typed 'juxta sess' juxta sess
typed 'juxta ask -m demo/sw' juxta ask -m demo/sw
typed 'juxta ask --model=demo/sw' juxta ask --model = demo/sw
typed 'juxta sessions show ' juxta sessions show ''
typed 'juxta sessions export ` + id + ` --format cs' juxta sessions export ` + id + ` --format cs
`
	want := []string{"sessions", "demo/swift", "demo/swift", id, "csv"}
	check := func(name, script string) {
		got := strings.Split(strings.TrimSpace(p.runs(script, "bash", "--noprofile", "--norc", "-c")), "\n")
		for i := range got {
			got[i] = strings.Fields(strings.TrimRight(got[i], "|"))[0] // without its title
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	check("a bare bash", lines)
	const usual = "/usr/share/bash-completion/bash_completion"
	if _, err := os.Stat(usual); err == nil {
		check("with the package bash-completion", "shopt -s extglob\nsource "+usual+"\n"+lines)
	}
}

// TestBashCompletesAModelWithAColon: bash takes the colon for the end of a word,
// and puts what it is given behind it.
func TestBashCompletesAModelWithAColon(t *testing.T) {
	t.Parallel()
	p := newPrompt(t)
	out := p.runs(typed+`source <(juxta completion bash)
juxta() { if [[ $1 == __complete ]]; then printf 'ollama/gemma3:4b\nollama/gemma3:12b\n:4\n'; fi; }
typed 'juxta ask -m ollama/gemma3:1' juxta ask -m ollama/gemma3 : 1
typed 'juxta ask -m ollama/gemma3:' juxta ask -m ollama/gemma3 :
`, "bash", "--noprofile", "--norc", "-c")
	if want := "12b|\n4b|12b|\n"; out != want {
		t.Errorf("%q, want %q", out, want)
	}
}

func TestFishCompletes(t *testing.T) {
	t.Parallel()
	p := newPrompt(t)
	id := p.asked()
	out := p.runs(`juxta completion fish | source
complete -C 'juxta sess'
complete -C 'juxta ask -m demo/sw'
complete -C 'juxta sessions show '`, "fish", "--no-config", "-c")
	for _, want := range []string{"sessions\t", "demo/swift", id + "\ta question"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// TestZshCompletes types into a zsh behind a terminal of its own: tab ends the
// model's name and a blank follows, so that a flag can stand behind it.
func TestZshCompletes(t *testing.T) {
	t.Parallel()
	p := newPrompt(t)
	functions := filepath.Join(p.home, "functions")
	if err := os.Mkdir(functions, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(functions, "_juxta"), []byte(p.runs("juxta completion zsh", "sh", "-c")), 0o600); err != nil {
		t.Fatal(err)
	}
	out := p.runs(`zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1= fpath=(~/functions $fpath); autoload -U compinit; compinit -D -u; setopt no_beep'
zpty -w shell $'juxta models show demo/sw\t--json >~/shown; exit'
while zpty -r shell line; do print -rn -- $line; done`, "zsh", "-f", "-c")
	if shown, err := os.ReadFile(filepath.Join(p.home, "shown")); err != nil || !strings.Contains(string(shown), `"demo/swift"`) {
		t.Errorf("it showed %s (%v)\n%s", shown, err, out)
	}
}

// The README's lines for shells are typed as they stand there. What they bring about
// is one of the shell's scripts, or a page.
func TestTheLinesForShellsDoWhatTheySay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		line, then, shows string
		shell             []string
	}{
		{"source <(juxta completion bash)", "complete -p juxta", `^complete .*-F __start_juxta juxta\n$`, []string{"bash", "--noprofile", "--norc", "-ec"}},
		{"juxta completion zsh > \"${fpath[1]}/_juxta\"", "zsh -n ~/_juxta && head -n 1 ~/_juxta", `^#compdef juxta\n$`, []string{"zsh", "-fec", "fpath=($HOME $fpath)"}},
		{"juxta completion fish > ~/.config/fish/completions/juxta.fish", "fish -n ~/.config/fish/completions/juxta.fish; and head -n 1 ~/.config/fish/completions/juxta.fish", `^# fish completion for juxta`, []string{"fish", "--no-config", "-c", "mkdir -p ~/.config/fish/completions"}},
		{"juxta completion powershell | Out-String | Invoke-Expression", "(TabExpansion2 'juxta sess' 10).CompletionMatches.CompletionText", `(?m)^sessions`, []string{"pwsh", "-NoProfile", "-Command"}},
		{"juxta man | man -l -", "", `(?s)JUXTA\(1\).*\nNAME\n.*\nSYNOPSIS\n.*\nCOMMANDS\n`, []string{"sh", "-ec"}},
	} {
		t.Run(tt.line, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(readme(t), tt.line) {
				t.Fatal("the README has no such line")
			}
			if tt.then == "" && exec.Command("sh", "-c", "man --version | grep -q '^man [0-9]'").Run() != nil { // others read no page from a pipe
				t.Skip("skipped: this is not the man of most Linuxes")
			}
			shell, script := tt.shell, tt.line+"\n"+tt.then
			if n := len(shell) - 1; !strings.HasPrefix(shell[n], "-") {
				shell, script = shell[:n], shell[n]+"\n"+script
			}
			if out := newPrompt(t).runs(script, shell...); !regexp.MustCompile(tt.shows).MatchString(out) {
				t.Errorf("it does not show %s:\n%.2000s", tt.shows, out)
			}
		})
	}
}
