// Package cli is juxta's command line: it reads the arguments, the environment
// and the configuration, gives them out as values, and turns what comes back
// into text, JSON and an exit code.
//
// Its model of the world: an [app] is one run of the program, with its streams
// and its flags. Each command has a file and a method of app. Data goes to the
// standard output, everything else to the standard error. A command returns an
// error, and only [app.report] decides what it says and which code it means.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"juxta/providers"
	"juxta/providers/keys"
	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/ui/tui"
)

// A Build is what this juxta was built with.
type Build struct {
	Version string // "" for what Go knows of the module
	APIs    map[string]providers.Builder
}

// Exit codes.
const (
	exitFailed      = 1 // an answer failed
	exitUsage       = 2
	exitStore       = 3
	exitInterrupted = 130
)

// Main runs the command line of this process and returns its exit code.
func Main(b Build) int {
	ctx, stop := untilSignal()
	defer stop()
	a := &app{
		build: b, getenv: os.Getenv, vault: keys.System{}, screen: tui.Run,
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		inTerm: terminal(os.Stdin), outTerm: terminal(os.Stdout), errTerm: terminal(os.Stderr),
	}
	return a.run(ctx, os.Args[1:])
}

// An interruption is a signal that ends juxta. To the answers it is somebody
// who stopped them.
type interruption struct{ signal os.Signal }

func (i interruption) Error() string { return "interrupted (" + i.signal.String() + ")" }

// Unwrap returns [providers.ErrStopped].
func (i interruption) Unwrap() error { return providers.ErrStopped }

// untilSignal is a context that ends with the first signal. A second one kills
// as if nobody caught it, so that nobody is kept waiting, but for SIGHUP: of a
// terminal that closes, the system and the shell both tell.
func untilSignal() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	// Unread, so that a closed pipe is an error of the write, not a death in the
	// middle of an answer. Ignoring it instead would be passed on to commands.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		select {
		case s := <-caught:
			signal.Ignore(syscall.SIGHUP)
			signal.Stop(caught)
			cancel(interruption{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil); signal.Stop(caught) }
}

// terminal reports whether somebody sits at f. The null device is a character
// device, too, and nobody sits there.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// An app is one run of the program.
type app struct {
	build  Build
	getenv func(string) string
	vault  keys.Vault
	screen func(context.Context, tui.Options) error

	in                       io.Reader
	out, err                 io.Writer
	inTerm, outTerm, errTerm bool

	db, config      string // of the flags
	localOnly, json bool
}

func (a *app) run(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	return a.report(ctx, root.ExecuteContext(ctx))
}

// A mistake is an error of the person at the keyboard, or any other that knows
// its exit code. One without an err has been reported already.
type mistake struct {
	code int
	err  error
	hint string
}

func (m *mistake) Error() string {
	if m.err == nil {
		return "failed"
	}
	return m.err.Error()
}

// Unwrap returns the cause.
func (m *mistake) Unwrap() error { return m.err }

// Advice is the next step for a person.
func (m *mistake) Advice() string { return m.hint }

// usage is a mistake on the command line and what to do instead.
func usage(hint, format string, args ...any) error {
	return &mistake{exitUsage, fmt.Errorf(format, args...), hint}
}

// report says what went wrong and what to do, and returns the exit code.
func (a *app) report(ctx context.Context, err error) int {
	if err == nil {
		return 0
	}
	code := codeOf(ctx, err)
	var m *mistake
	if errors.As(err, &m) && m.err == nil || code == exitInterrupted {
		return code // reported already, or known to whoever did it
	}
	a.say("juxta: %s", plain.Line(err.Error()))
	var advised interface{ Advice() string }
	if errors.As(err, &advised) && advised.Advice() != "" {
		a.say("  → %s", plain.Line(advised.Advice()))
	}
	return code
}

// codeOf is the exit code of an error. That something was not saved outranks an
// interruption, and an interruption whatever failed because of it.
func codeOf(ctx context.Context, err error) int {
	var (
		m       *mistake
		config  *configError
		index   *keys.IndexError
		held    *sessions.HeldError
		store   *sessions.StoreError
		stopped interruption
	)
	switch {
	case errors.As(err, &held), errors.As(err, &store), errors.Is(err, sessions.ErrTaken), errors.As(err, &m) && m.code == exitStore:
		return exitStore
	case errors.As(err, &stopped), errors.As(context.Cause(ctx), &stopped):
		return exitInterrupted
	case errors.As(err, &m):
		return m.code
	case errors.As(err, &config), errors.As(err, &index), errors.Is(err, sessions.ErrNotFound):
		return exitUsage
	}
	return exitFailed
}

// say writes a line to the standard error. Whoever cannot be told cannot be
// told that either.
func (a *app) say(format string, args ...any) { _, _ = fmt.Fprintf(a.err, format+"\n", args...) }

func (a *app) root() *cobra.Command {
	w := &workbench{app: a}
	root := &cobra.Command{
		Use:   "juxta [-m MODEL]...",
		Short: "Put language models side by side and see what they say, take and cost",
		Long: `juxta puts language models side by side, local ones and remote ones, and
measures what each answer takes and costs.

Alone it opens the workbench; in a pipe, use juxta ask.`,
		Example: `juxta
juxta -m ollama/gemma3:4b -m openrouter/qwen/qwen3-8b
juxta ask -m demo/swift -m demo/sage "What is a monad?"`,
		Version:       a.version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          w.args,
		RunE:          w.run,
	}
	f := root.PersistentFlags()
	f.StringVar(&a.db, "db", "", "the store's `FILE` (JUXTA_DB; by default "+homely(defaultStore(a.getenv))+")")
	f.StringVar(&a.config, "config", "", "the configuration's `FILE` (JUXTA_CONFIG; by default "+homely(defaultConfig(a.getenv))+")")
	f.BoolVar(&a.localOnly, "local-only", false, "ask only models on devices of yours; nothing leaves this machine")
	f.BoolVar(&a.json, "json", false, "print JSON")
	w.flags(root)
	root.AddCommand(a.askCommand(), a.modelsCommand(), a.sessionsCommand(), a.keysCommand(), a.doctorCommand(), a.completionCommand(), a.manCommand())
	root.SetVersionTemplate("juxta {{.Version}}\n")
	root.SetFlagErrorFunc(wrongFlag)
	root.SetHelpFunc(a.help)
	root.SetHelpCommand(a.helpCommand())
	root.CompletionOptions.DisableDefaultCmd = true
	return root
}

// version is the one that was linked in, else what Go knows.
func (a *app) version() string {
	if a.build.Version != "" {
		return a.build.Version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version, revision, changed := info.Main.Version, "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value[:min(len(s.Value), 12)]
		case "vcs.modified":
			if s.Value == "true" {
				changed = ", changed"
			}
		}
	}
	if version == "" || version == "(devel)" {
		version = "from source"
	}
	if revision != "" {
		version += " (" + revision + changed + ")"
	}
	return version
}

// wrongFlag says which flag there is instead.
func wrongFlag(c *cobra.Command, err error) error {
	var unknown interface{ GetSpecifiedName() string }
	hint := fmt.Sprintf("see `%s --help`", c.CommandPath())
	if errors.As(err, &unknown) && strings.HasPrefix(err.Error(), "unknown") {
		var names []string
		for _, f := range collect(c.Flags().VisitAll) {
			names = append(names, f.Name)
		}
		if near := nearest(unknown.GetSpecifiedName(), names); near != "" {
			hint = fmt.Sprintf("did you mean --%s? %s", near, hint)
		}
	}
	return usage(hint, "%w", err)
}

// collect lists what visit visits.
func collect[T any](visit func(func(T))) (all []T) {
	visit(func(x T) { all = append(all, x) })
	return all
}

// noArgs wants none, and says so with the code for wrong usage.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage(fmt.Sprintf("see `%s --help`", c.CommandPath()), "%s takes no argument %q", c.CommandPath(), args[0])
}

// some wants at least one.
func some(what string) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return nil
		}
		return usage(fmt.Sprintf("%s %s", c.CommandPath(), what), "%s needs %s", c.CommandPath(), what)
	}
}

// group is a command that only holds others.
func group(use, short string, children ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short}
	c.AddCommand(children...)
	var names []string
	for _, child := range children {
		names = append(names, child.Name())
	}
	// A group that ran nothing itself would answer a typo with help and success.
	c.RunE = func(c *cobra.Command, args []string) error {
		list := fmt.Sprintf("%s %s", c.CommandPath(), strings.Join(names, "|"))
		if len(args) == 0 {
			return usage(list, "%s needs to know what to do", c.CommandPath())
		}
		if near := nearest(args[0], names); near != "" {
			list = fmt.Sprintf("did you mean %s %s? %s", c.CommandPath(), near, list)
		}
		return usage(list, "there is no %s %s", c.CommandPath(), args[0])
	}
	return c
}

// folder is where the desktop keeps things of a kind: $XDG_…, which counts only
// if it is absolute, else usual in the user's home.
func folder(getenv func(string) string, variable, usual string) string {
	if dir := getenv(variable); filepath.IsAbs(dir) {
		return dir
	}
	if runtime.GOOS == "windows" {
		if dir := getenv("LOCALAPPDATA"); dir != "" {
			return dir
		}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = "."
	}
	return filepath.Join(home, usual)
}

func defaultConfig(getenv func(string) string) string {
	return filepath.Join(folder(getenv, "XDG_CONFIG_HOME", ".config"), "juxta", "config.yaml")
}

func defaultStore(getenv func(string) string) string {
	return filepath.Join(folder(getenv, "XDG_DATA_HOME", filepath.Join(".local", "share")), "juxta", "juxta.db")
}

// homely writes the user's home as ~.
func homely(path string) string {
	home, err := os.UserHomeDir()
	if err != nil || home == "" {
		return path
	}
	if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok {
		return "~" + string(filepath.Separator) + rest
	}
	return path
}

// storePath is where the sessions are: flag before environment before default.
func (a *app) storePath() string {
	if a.db != "" {
		return a.db
	}
	if path := a.getenv("JUXTA_DB"); path != "" {
		return path
	}
	return defaultStore(a.getenv)
}

// configPath is where the configuration is, and whether somebody named it.
func (a *app) configPath() (path string, named bool) {
	if a.config != "" {
		return a.config, true
	}
	if path := a.getenv("JUXTA_CONFIG"); path != "" {
		return path, true
	}
	return defaultConfig(a.getenv), false
}

// indexPath is where the list of the keyring's keys is: with the data of the
// person whose keyring it is, whichever store is used.
func (a *app) indexPath() string {
	return filepath.Join(filepath.Dir(defaultStore(a.getenv)), "keys.json")
}

// setup reads the configuration and lists the endpoints that may be used.
func (a *app) setup() (config, *network, error) {
	c, err := readConfig(a.configPath())
	if err != nil {
		return config{}, nil, err
	}
	ring, err := keys.Read(a.indexPath(), a.vault)
	if err != nil {
		return config{}, nil, err
	}
	n := a.network(c, ring)
	for _, line := range n.unserved(c.prices) {
		a.say("%s", plain.Line(line))
	}
	return c, n, nil
}

// network lists the endpoints that may be used. The setting counts like the
// flag from here on.
func (a *app) network(c config, ring *keys.Ring) *network {
	n := connect(c, a.getenv, ring)
	switch path, _ := a.configPath(); {
	case a.localOnly:
		n.stay("--local-only")
	case c.localOnly:
		n.stay("local_only in " + filepath.Base(path))
		a.localOnly = true
	}
	return n
}
