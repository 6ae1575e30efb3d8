package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"juxta/providers"
	"juxta/providers/keys"
	"juxta/sessions/plain"
	"juxta/ui/tui"
)

// examineTerminal is what the environment says of it, and it itself.
func (a *app) examineTerminal(ctx context.Context) (terminalFinding, error) {
	f := terminalFinding{
		Type: a.getenv("TERM"), Colours: a.colours(), Unicode: unicoded(runtime.GOOS, cmp.Or(a.getenv("LC_ALL"), a.getenv("LC_CTYPE"), a.getenv("LANG"))),
		Tmux: a.getenv("TMUX") != "", SSH: a.getenv("SSH_TTY") != "" || a.getenv("SSH_CONNECTION") != "",
		Input: a.inTerm, Output: a.outTerm,
	}
	return f, f.ask(ctx, a.probe)
}

// unicoded reports whether a locale says UTF-8, as everything on Windows is.
func unicoded(system, locale string) bool {
	return system == "windows" || strings.Contains(strings.ToLower(strings.ReplaceAll(locale, "-", "")), "utf8")
}

// ask asks the terminal itself. Over SSH and where there are few abilities its
// answers may come when juxta is gone, and then the shell takes them for typed. It
// is an error only if somebody wants juxta to end.
func (f *terminalFinding) ask(ctx context.Context, probe func(context.Context) (tui.Terminal, error)) error {
	switch {
	case !f.Input || !f.Output || probe == nil:
		f.NotAsked = given("not a terminal")
	case f.SSH:
		f.NotAsked = given("it is far, over SSH")
	case f.Type == "" || f.Type == "dumb":
		f.NotAsked = given("its type says that it has no abilities")
	}
	if f.NotAsked != nil {
		return nil
	}
	found, err := probe(ctx)
	switch {
	case errors.Is(err, tui.ErrInterrupted):
		return interruption{os.Interrupt} // typed, where it is no signal
	case err != nil:
		f.NotAsked = given(plain.Line(err.Error()))
		return nil
	}
	f.Name, f.Keyboard, f.Pictures = given(found.Name), &found.Keyboard, &found.Pictures
	if found.Width > 0 && found.Height > 0 {
		f.Columns, f.Rows = &found.Width, &found.Height
	}
	return nil
}

// answers is what the terminal said.
func (f terminalFinding) answers() string {
	if f.NotAsked != nil {
		return "size, keyboard and pictures: not asked, " + *f.NotAsked
	}
	size, keys, name := "size unknown", "plain keys", ""
	if f.Columns != nil {
		size = fmt.Sprintf("%d×%d", *f.Columns, *f.Rows)
	}
	if f.Keyboard != nil && *f.Keyboard {
		keys = "kitty's keyboard protocol"
	}
	if f.Name != nil {
		name = ", says it is " + *f.Name
	}
	return fmt.Sprintf("%s, %s, pictures as %s%s", size, keys, *f.Pictures, name)
}

// more is what else is worth a word.
func (f terminalFinding) more() string {
	s := ""
	for _, x := range []struct {
		said bool
		word string
	}{{!f.Unicode, "the locale does not say UTF-8"}, {f.Tmux, "in tmux"}, {f.SSH, "over SSH"}} {
		if x.said {
			s += ", " + x.word
		}
	}
	return s
}

// examineVault asks the keyring for what it does not hold. A nil ring has an
// index that can't be read, for a reason.
func (a *app) examineVault(ctx context.Context, ring *keys.Ring, unread error) (f vaultFinding) {
	if ring == nil {
		f.Problem, f.Next = given(plain.Line(unread.Error())), given(plain.Line(adviceOf(unread)))
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, patienceToDiagnose)
	defer cancel()
	began := time.Now()
	err := ring.Answers(ctx, providers.Endpoint{Name: "keyring", KeyName: "a key's variable instead, such as OPENROUTER_API_KEY"})
	answers, took := err == nil, float64(time.Since(began).Microseconds())/1000
	f.Answers, f.Took = &answers, &took
	if err != nil {
		e := providers.AsError(err)
		what := e.Message()
		if e.Err != nil { // without the words for a key that is wrong
			what = e.Err.Error()
		}
		f.Problem, f.Next = given(plain.Line(what)), given(plain.Line(e.Advice()))
	}
	return f
}

func (f vaultFinding) write(line func(name, format string, args ...any), next func(*string)) {
	switch {
	case f.Answers == nil && f.Problem != nil:
		line("keyring", "✗ %s", *f.Problem)
	case f.Problem != nil:
		line("keyring", "· %s (after %.0f ms)", *f.Problem, *f.Took)
	case f.Answers != nil && *f.Answers:
		line("keyring", "answers, in %.0f ms", *f.Took)
	}
	next(f.Next)
}

func (a *app) examineFiles(n *network) filesFinding {
	f := filesFinding{State: filepath.Dir(noted.in(a.getenv, "x")), Crashes: []string{}}
	if path := a.catalogue(n).path; path != "" {
		f.Cache = given(filepath.Dir(path))
	}
	if all, err := filepath.Glob(filepath.Join(f.State, "crash-*.txt")); err == nil {
		slices.Reverse(all) // their names are times
		f.Crashes = append(f.Crashes, all...)
	}
	return f
}

func (f filesFinding) write(line func(name, format string, args ...any)) {
	s := "faults in " + homely(f.State)
	if f.Cache != nil {
		s += ", lists of models in " + homely(*f.Cache)
	}
	line("files", "%s", s)
	atMost(line, f.Crashes, len(f.Crashes), func(path string) { line("", "  a fault of juxta's own is described in %s", homely(path)) })
}
