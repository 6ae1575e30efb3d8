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
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"juxta/providers"
	"juxta/providers/keys"
	"juxta/sessions/plain"
	"juxta/ui/tui"
)

// Main runs the command line of this process and returns its exit code.
func Main(b Build) int { return mainWith(b, keys.System{}) }

func mainWith(b Build, vault keys.Vault) int {
	ctx, stop := untilSignal()
	defer stop()
	defer obey(os.Stdout)()
	defer obey(os.Stderr)()
	a := &app{
		build: b, getenv: os.Getenv, vault: vault, screen: tui.Run, probe: tui.Probe, width: tui.Width,
		in: os.Stdin, out: outlet{os.Stdout}, err: os.Stderr,
		inTerm: terminal(os.Stdin), outTerm: terminal(os.Stdout), errTerm: terminal(os.Stderr),
	}
	return a.run(ctx, os.Args[1:])
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
	probe  func(context.Context) (tui.Terminal, error) // nil for not asking the terminal
	width  func() int                                  // of the terminal, in cells; nil for no limit

	in                       io.Reader
	out, err                 io.Writer
	inTerm, outTerm, errTerm bool

	db, config      string // of the flags
	localOnly, json bool
	anywhere        bool // the flag says that it is not local only

	unhelped error // what went wrong with printing help: cobra passes none on
	crashes  *crashes
	logFile  string
	logLevel string
	log      *slog.Logger // nil for none
	logbook  *logbook     // what it writes to
}

func (a *app) run(ctx context.Context, args []string) (code int) {
	return a.execute(ctx, a.root(), args)
}

func (a *app) execute(ctx context.Context, root *cobra.Command, args []string) (code int) {
	a.crashes = &crashes{}
	defer func() {
		if p := recover(); p != nil {
			code = a.report(ctx, providers.Caught(p))
		}
		a.logEnd(code)
		a.sayFaults()
	}()
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = a.unhelped
	}
	return a.report(ctx, err)
}

func (a *app) root() *cobra.Command {
	w := &workbench{app: a}
	root := &cobra.Command{
		Use:   "juxta [-m MODEL]...",
		Short: "Put language models side by side and see what they say, take and cost",
		Long: `juxta puts language models side by side, local ones and remote ones, and
measures what each answer takes and costs.

Alone it opens the workbench; in a pipe, use juxta ask.

The exit code is 0 if all went well, 1 if an answer failed or something could not
be done, 2 for wrong usage, 3 for trouble with the store, 130 if interrupted.`,
		Example: `juxta
juxta -m ollama/qwen3-vl:2b -m openrouter/qwen/qwen3-8b
juxta ask -m demo/swift -m demo/sage "What is a monad?"`,
		Version:       a.version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          w.args,
		RunE:          w.run,
	}
	f := root.PersistentFlags()
	f.BoolP("help", "h", false, "say what a command is for and takes")
	root.Flags().BoolP("version", "v", false, "say which juxta this is")
	f.StringVar(&a.db, "db", "", "the store's `FILE` (JUXTA_DB; by default "+homely(defaultStore(a.getenv))+")")
	f.StringVar(&a.config, "config", "", "the configuration's `FILE` (JUXTA_CONFIG; by default "+homely(defaultConfig(a.getenv))+")")
	a.localOnly, a.anywhere = false, false
	f.BoolFunc("local-only", "ask only devices of yours: this machine, and what your configuration calls local", func(text string) (err error) {
		a.localOnly, err = strconv.ParseBool(text)
		a.anywhere = !a.localOnly
		return err
	})
	f.BoolVar(&a.json, "json", false, "print JSON")
	f.StringVar(&a.logFile, "log", "", "write into `FILE` what juxta does, for a bug report: no word of yours, no key")
	f.StringVar(&a.logLevel, "log-level", "info", "how much --log writes, `LEVEL`: debug, info, warn or error")
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		if err := a.housed(); err != nil && !slices.Contains(homeless, c.Name()) {
			return err
		}
		return a.openLog(c)
	}
	w.flags(root)
	root.AddCommand(a.askCommand(), a.modelsCommand(), a.sessionsCommand(), a.promptsCommand(), a.planCommand(), a.voteCommand(), a.reportCommand(), a.keysCommand(), a.doctorCommand(), a.completionCommand(), a.manCommand(), a.licencesCommand())
	root.SetVersionTemplate("juxta {{.Version}}\n")
	root.SetFlagErrorFunc(wrongFlag)
	root.SetHelpFunc(a.help)
	root.SetHelpCommand(a.helpCommand())
	root.CompletionOptions.DisableDefaultCmd = true
	return root
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
// flag from here on, unless the flag says otherwise.
func (a *app) network(c config, ring *keys.Ring) *network {
	n := connect(c, a.getenv, ring)
	n.log = a.log
	defer a.logNetwork(n)
	switch path, _ := a.configPath(); {
	case a.localOnly:
		n.stay("--local-only")
	case c.localOnly && !a.anywhere:
		n.stay("local_only in " + filepath.Base(path))
		a.localOnly = true
	}
	return n
}
