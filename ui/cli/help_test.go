package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"
)

// eachCommand visits every command.
func eachCommand(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, child := range c.Commands() {
		eachCommand(child, visit)
	}
}

// What a flag takes has a name in capitals, and a sentence that has it: never a
// type of the program.
func TestEveryFlagSaysWhatItTakes(t *testing.T) {
	a, _, _ := bench(t)
	takes := regexp.MustCompile("`[A-Z][A-Z=-]*`")
	eachCommand(a.root(), func(c *cobra.Command) {
		for _, f := range collect(c.LocalFlags().VisitAll) {
			if alone := f.NoOptDefVal == "true"; takes.MatchString(f.Usage) == alone || strings.Count(f.Usage, "`") > 2 {
				t.Errorf("%s --%s: %s", c.CommandPath(), f.Name, f.Usage)
			}
		}
	})
}

func TestHelpFitsATerminal(t *testing.T) {
	const widest = 100
	a, _, _ := bench(t)
	a.getenv = env() // a home with a short name
	out := a.out.(*bytes.Buffer)
	eachCommand(a.root(), func(c *cobra.Command) {
		out.Reset()
		if code := a.run(t.Context(), append(strings.Fields(c.CommandPath())[1:], "--help")); code != 0 {
			t.Errorf("%s --help: exit code %d", c.CommandPath(), code)
		}
		for line := range strings.Lines(out.String()) {
			if len([]rune(line)) > widest+1 {
				t.Errorf("%s --help: %d letters: %s", c.CommandPath(), len([]rune(line))-1, line)
			}
		}
	})
}

// full is a disk that is.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestWhatCannotBeWrittenIsAnError(t *testing.T) {
	for _, args := range []string{"--help", "help ask", "--version", "man", "licences", "completion bash", "prompts list", "keys list"} {
		a, _, stderr := bench(t)
		a.vault = &drawer{held: map[string]string{}}
		a.out = outlet{full{}}
		code := a.run(t.Context(), strings.Fields(args))
		if code != exitFailed || !strings.Contains(stderr.String(), "no space left") {
			t.Errorf("%s: exit code %d: %s", args, code, stderr)
		}
	}
}

// The page is a part of a release, and two builds of a commit are the same.
func TestTheManualPageIsOfTheDayOfItsCommit(t *testing.T) {
	a, _, _ := bench(t)
	a.build.Date = "2020-02-29T10:00:00Z"
	out := a.out.(*bytes.Buffer)
	if code := a.run(t.Context(), []string{"man"}); code != 0 {
		t.Fatal(code)
	}
	if page := out.String(); !strings.HasPrefix(page, `.TH JUXTA 1 "2020-02-29" `) || strings.Contains(page, "`") {
		t.Errorf("%s", page)
	}
}

func TestAnInterruptionEndsAnExport(t *testing.T) {
	f := furnished(t, map[string][]byte{"a.json": []byte(savedSession("01KA", 2, true))})
	f.does(t, "sessions import ~/a.json")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(interruption{os.Interrupt})
	for _, format := range []string{"json", "html", "chat", "capsule"} {
		to := filepath.Join(f.dir, "out")
		if code := f.app.run(ctx, []string{"sessions", "export", "--all", "--format", format, "-O", to}); code != exitInterrupted {
			t.Errorf("%s: exit code %d", format, code)
		}
	}
	if left, err := filepath.Glob(filepath.Join(f.dir, "*")); err != nil || len(left) != 2 { // a.json and juxta
		t.Errorf("left: %q, %v", left, err)
	}
	if hidden, err := filepath.Glob(filepath.Join(f.dir, ".juxta-*")); err != nil || len(hidden) > 0 {
		t.Errorf("left: %q, %v", hidden, err)
	}
	// Whoever reads it may have been interrupted with it.
	f.app.out = unheard{}
	if code := f.app.run(ctx, []string{"licences"}); code != exitInterrupted {
		t.Errorf("nobody reads: exit code %d", code)
	}
}

// unheard is a pipe that nobody reads any more.
type unheard struct{}

func (unheard) Write([]byte) (int, error) { return 0, errUnread }

func TestAFlagThatTakesSomethingElseSaysWhat(t *testing.T) {
	for args, want := range map[string]string{
		"sessions list -n x":                    `--limit "x": it is a whole number`,
		"sessions list --limit 1e3":             `--limit "1e3": it is a whole number`,
		"sessions list -n 99999999999999999999": `--limit "99999999999999999999": it is too large`,
		"plan 01KA --margin wide":               `--margin "wide": it is a number`,
		"plan 01KA --seed=-1":                   `--seed "-1": it is a whole number from 0`,
		"sessions list --json=perhaps":          `--json "perhaps": it is true or false`,
		"sessions list --local-only=perhaps":    `--local-only "perhaps": it is true or false`,
		"ask --repeat 0 hi":                     `--repeat "0": it is a number of answers from 1 to 100`,
		"sessions backup --prune=-1":            `--prune "-1": it is a number from 0, which keeps none`,
		`sessions list -n "for"_flag:`:          `--limit "\"for\"_flag:": it is a whole number`,
	} {
		a, _, stderr := bench(t)
		if code := a.run(t.Context(), strings.Fields(args)); code != exitUsage || !strings.HasPrefix(stderr.String(), "juxta: "+want+"\n  → ") {
			t.Errorf("%s: exit code %d: %s", args, code, stderr)
		}
	}
}
