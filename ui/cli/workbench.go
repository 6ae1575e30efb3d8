package cli

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions"
	"juxta/ui/tui"
)

// workbench is the command that juxta alone is.
type workbench struct {
	*app
	models  []string
	system  string
	presets []string
	session string // "" for a new one
	attach  attaching
	prompts prompting
	budget  budget
	noSave  bool
	blind   bool
	browse  bool // begin with the list of sessions
}

func (w *workbench) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVarP(&w.models, "model", "m", nil, "ask `MODEL`, named provider/model (repeat it for more columns)")
	_ = c.RegisterFlagCompletionFunc("model", w.completeModels)
	f.StringVarP(&w.system, "system", "s", "", "`TEXT` that every column is told before the first question")
	w.presetFlag(c, &w.presets)
	f.StringVarP(&w.session, "continue", "c", "", "go on with `SESSION`, or the last one; the beginning of its id is enough")
	f.Lookup("continue").NoOptDefVal = lastSession
	_ = c.RegisterFlagCompletionFunc("continue", w.completeSessions)
	w.prompts.flags(w.app, c, "begin with the prompt `NAME` of the library")
	w.attach.flags(c, "attach `FILE` to the first question: a path, a folder, a quoted pattern or a URL (may be repeated)")
	w.budget.flags(c, "the cost of the session")
	f.BoolVar(&w.noSave, "no-save", false, "keep nothing")
	f.BoolVar(&w.blind, "blind", false, "hide who answers what until you have voted (ctrl+g does it on the screen)")
}

// args takes the session of -c, which the flag itself can't take as a word of
// its own because it may also stand alone.
func (w *workbench) args(c *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case len(args) == 1 && w.session == lastSession:
		w.session = args[0]
		return nil
	}
	var commands []string
	for _, child := range c.Commands() {
		commands = append(commands, child.Name())
	}
	hint := fmt.Sprintf("to ask a question: juxta ask %q; see `juxta --help`", args[0])
	if near := nearest(args[0], append(commands, "help")); args[0] == "version" {
		hint = "juxta --version says it"
	} else if near != "" {
		hint = fmt.Sprintf("did you mean juxta %s? %s", near, hint)
	}
	return usage(hint, "there is no command %q", args[0])
}

func (w *workbench) run(c *cobra.Command, _ []string) error {
	switch {
	case w.json:
		return usage("juxta ask --json MODEL…", "the workbench is a screen and prints no JSON")
	case !w.inTerm || !w.outTerm:
		return usage(`juxta ask -m MODEL "the question"; see `+"`juxta --help`",
			"the workbench needs a terminal, and this is a pipe")
	case w.noSave && w.session != "":
		return usage("leave one of them out", "--no-save and -c contradict each other: there is nothing to go on with")
	}
	if err := w.budget.check(); err != nil {
		return err
	}
	prompt, given, err := w.prompt()
	if err != nil {
		return err
	}
	conf, n, err := w.setup()
	if err != nil {
		return err
	}
	look, err := w.theme(conf)
	if err != nil {
		return err
	}
	refs, err := w.refs(c.Context(), n, w.models)
	if err != nil {
		return err
	}
	presets, err := w.named(conf, n, w.presets)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(presets, free); i >= 0 && w.session != "" && len(refs) == 0 {
		return usage("name one with -m; or press P on the screen to give it to a column that is there",
			"--preset %s: it has no model of its own to add to the session", presets[i].Name)
	}
	if columns := columnsOf(refs, presets, sessions.Column{}, nil); len(columns) > tui.MostColumns {
		return usage(fmt.Sprintf("give at most %d", tui.MostColumns), "-m: %d columns are more than the workbench shows", len(columns))
	}
	within := w.session == "" && n.within(columnsOf(refs, presets, sessions.Column{}, nil))
	loader := w.attach.loader(conf, n)
	if w.attach.takesInput() {
		return usage("name a file, or use juxta ask -a -", "-a -: the standard input is what the workbench reads keys from")
	}
	sources, err := w.attach.find(c.Context(), loader)
	if err != nil {
		return err
	}
	return w.screen(c.Context(), tui.Options{
		Version: w.version(), Fault: w.fault, Log: w.log, Keys: conf.keys, Theme: look, Themes: w.themes,
		Ollama: sync.OnceValue(func() string { return ollamaCommand(runtime.GOOS, exec.LookPath) }), Missing: n.wanted(w.build.APIs), Catalogue: w.catalogue(n).forScreen(w.noSave),
		Staying: n.forScreen(), Loader: loader, Machine: conf.machine.costs, Attach: sources, Presets: conf.presets,
		Library: w.promptLibrary(), Prompt: prompt, Values: given, KeepSystem: c.Flags().Changed("system"), Browse: w.browse, Within: within, Export: w.exports(),
		Open: func(ctx context.Context) (*sessions.Bench, error) {
			return w.open(ctx, conf, n, refs, presets)
		},
	})
}

// within reports whether there are columns, and nobody outside this program is
// needed for any of them.
func (n *network) within(columns []sessions.Column) bool {
	return len(columns) > 0 && !slices.ContainsFunc(columns, func(c sessions.Column) bool {
		return !slices.ContainsFunc(n.endpoints, func(e providers.Endpoint) bool { return e.Name == c.Model.Provider && e.API == "demo" })
	})
}

// prompt is the one that the composer begins with, and the values that are given
// of its variables: the screen asks for the others.
func (w *workbench) prompt() (*prompts.Prompt, map[string]string, error) {
	if w.prompts.name == "" {
		if len(w.prompts.set) > 0 {
			return nil, nil, usage("name one with -t", "-p is the value of a prompt's variable, and there is no prompt")
		}
		return nil, nil, nil
	}
	p, err := w.openPrompt(w.prompts.name)
	if err != nil {
		return nil, nil, err
	}
	given, err := values(w.prompts.set)
	if err != nil {
		return nil, nil, err
	}
	if _, err := p.Fill(given); err != nil && !errors.As(err, new(*prompts.MissingError)) {
		return nil, nil, usage("", "-p: %w", err)
	}
	return p, given, nil
}

// open opens the store and lays out the columns.
func (w *workbench) open(ctx context.Context, conf config, n *network, refs []providers.Ref, presets []sessions.Preset) (_ *sessions.Bench, err error) {
	var store *sessions.Store
	if !w.noSave {
		if store, err = w.openStore(); err != nil {
			return nil, err
		}
	}
	b := sessions.NewBench(n.registry(w.build.APIs, conf.prices), store)
	b.Gauge = conf.gauge()
	for _, e := range b.Registry.Entries() { // what the simulated ones can is known without asking anybody
		if e.API == "demo" {
			models, _ := e.Provider.Models(ctx)
			b.Registry.Recall(models)
		}
	}
	err = w.layOut(ctx, b, conf, n, refs, presets)
	if err != nil {
		_ = b.Close(ctx)
		return nil, err
	}
	return b, nil
}

func (w *workbench) layOut(ctx context.Context, b *sessions.Bench, conf config, n *network, refs []providers.Ref, presets []sessions.Preset) error {
	if w.session != "" {
		id, err := resolve(b.Store(), w.session)
		if err != nil {
			return err
		}
		if err := b.Resume(id); err != nil {
			return err
		}
		if w.system != "" {
			b.SetSystem(w.system)
		}
	} else if len(refs) == 0 && !complete(presets) {
		var err error
		if refs, err = w.choose(ctx, n, b.Store(), len(w.attach.words) > 0); err != nil {
			return err
		}
	}
	for _, c := range columnsOf(refs, presets, sessions.Column{System: w.system}, conf.presets) {
		b.Add(c)
	}
	if w.budget.limit != nil {
		b.Limit(w.budget.limit, w.budget.uncounted)
	}
	if w.blind {
		b.Blindly(true)
	}
	return nil
}
