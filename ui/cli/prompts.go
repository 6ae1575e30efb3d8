package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"juxta/prompts"
	"juxta/sessions/plain"
)

// promptLibrary is where the prompts are: beside the configuration that is used by
// default, whichever file is named.
func (a *app) promptLibrary() prompts.Library {
	return prompts.Library{Dir: filepath.Join(filepath.Dir(defaultConfig(a.getenv)), "prompts")}
}

// promptsFolder is the library's folder, for help texts.
func (a *app) promptsFolder() string { return homely(a.promptLibrary().Dir) }

func (a *app) promptsCommand() *cobra.Command {
	var set []string
	render := &cobra.Command{
		Use: "render NAME [-p KEY=VALUE]...", Short: "Print a prompt with its variables filled in, as it would be asked",
		Args: one("NAME"), ValidArgsFunction: a.completePrompts,
		RunE: func(_ *cobra.Command, args []string) error { return a.renderPrompt(args[0], set) },
	}
	valueFlag(render, &set)
	force := false
	add := &cobra.Command{
		Use: "add NAME [FILE | -]", Short: "Keep a prompt: a file, or the standard input", Args: oneOrTwo("NAME [FILE | -]"),
		Long: `Keep a prompt in the library, ` + a.promptsFolder() + `: a Markdown file whose
front matter may hold title, tags, system, variables, attachments and schema, and
in whose text {{name}} is a variable. Paths in it are relative to the library.`,
		Example: `juxta prompts add caption caption.md
echo 'Describe {{product}} in one line.' | juxta prompts add caption -`,
		RunE: func(c *cobra.Command, args []string) error { return a.addPrompt(c.Context(), args, force) },
	}
	add.Flags().BoolVar(&force, "force", false, "replace a prompt of that name")
	return group("prompts", "Keep prompts and fill them in",
		&cobra.Command{
			Use: "list", Short: "List the prompts by name", Args: noArgs,
			RunE: func(*cobra.Command, []string) error { return a.listPrompts() },
		},
		&cobra.Command{
			Use: "show NAME", Short: "Print a prompt's file", Args: one("NAME"), ValidArgsFunction: a.completePrompts,
			RunE: func(_ *cobra.Command, args []string) error { return a.showPrompt(args[0]) },
		},
		add, a.promptsImport(), render,
		&cobra.Command{
			Use: "rm NAME", Short: "Remove a prompt's file; turns that used it keep what they were asked", Args: one("NAME"), ValidArgsFunction: a.completePrompts,
			RunE: func(_ *cobra.Command, args []string) error { return a.removePrompt(args[0]) },
		},
	)
}

func valueFlag(c *cobra.Command, set *[]string) {
	c.Flags().StringArrayVarP(set, "var", "p", nil, "`KEY=VALUE` of a variable, {{KEY}} (may be repeated)")
}

// values are those of -p.
func values(set []string) (map[string]string, error) {
	all := map[string]string{}
	for _, s := range set {
		key, value, ok := strings.Cut(s, "=")
		if !ok || key == "" {
			return nil, usage("-p product=chair", "-p %s: this is not KEY=VALUE", s)
		}
		if _, twice := all[key]; twice {
			return nil, usage("give it once", "-p %s: it is given twice", key)
		}
		all[key] = value
	}
	return all, nil
}

// A promptRecord is a prompt as the commands print it.
type promptRecord struct {
	Name        string           `json:"name"`
	Title       string           `json:"title"`
	Tags        []string         `json:"tags"`
	System      string           `json:"system"`
	Text        string           `json:"text"`
	Variables   []variableRecord `json:"variables"`
	Attachments []string         `json:"attachments"`
	Schema      json.RawMessage  `json:"schema"`
	SHA256      string           `json:"sha256"`
	Warnings    []string         `json:"warnings"`
}

type variableRecord struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Default     *string  `json:"default"` // null if it is required
	Choices     []string `json:"choices"`
}

func promptRecordOf(p *prompts.Prompt) promptRecord {
	r := promptRecord{
		Name: p.Name, Title: p.Title, Tags: append([]string{}, p.Tags...), System: p.System(), Text: p.Body(),
		Variables: []variableRecord{}, Attachments: append([]string{}, p.Attachments...), Schema: p.Schema,
		SHA256: p.SHA256(), Warnings: append([]string{}, p.Warnings()...),
	}
	for _, v := range p.Variables {
		r.Variables = append(r.Variables, variableRecord{v.Name, v.Description, v.Default, append([]string{}, v.Choices...)})
	}
	return r
}

// listPrompts lists the prompts; a file that is none is said and fails the
// command, after the others were listed.
func (a *app) listPrompts() error {
	all, err := a.promptLibrary().List()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		a.say("there are no prompts in %s yet; `juxta prompts add NAME FILE` keeps one", a.promptsFolder())
	}
	var broken error
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for i, e := range all {
		if e.Err != nil {
			a.say("%s", plain.Line(e.Err.Error()))
			broken = &mistake{code: exitUsage}
			continue
		}
		for _, warning := range e.Prompt.Warnings() {
			a.say("%s: %s", plain.Line(e.Name), warning)
		}
		if a.json {
			if err := a.printJSON(promptRecordOf(e.Prompt)); err != nil {
				return err
			}
			continue
		}
		if i == 0 {
			_, _ = fmt.Fprintln(w, "PROMPT\tTITLE\tTAGS\tVARIABLES")
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", plain.Line(e.Name), plain.Line(e.Prompt.Title),
			plain.Line(strings.Join(e.Prompt.Tags, ", ")), plain.Line(wanted(e.Prompt)))
	}
	return errors.Join(w.Flush(), broken)
}

// wanted lists the variables, those with a value of their own in brackets.
func wanted(p *prompts.Prompt) string {
	var names []string
	for _, v := range p.Variables {
		name := v.Name
		if v.Default != nil {
			name = "[" + name + "]"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func (a *app) showPrompt(name string) error {
	p, err := a.openPrompt(name)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(promptRecordOf(p))
	}
	_, err = io.WriteString(a.out, strings.TrimRight(plain.Text(p.Source), "\n")+"\n")
	return err
}

// openPrompt opens a prompt that somebody named; what is wrong with it is wrong
// usage.
func (a *app) openPrompt(name string) (*prompts.Prompt, error) {
	p, err := a.promptLibrary().Open(name)
	switch {
	case err == nil:
		return p, nil
	case errors.Is(err, prompts.ErrNoPrompt):
		hint := "`juxta prompts list` shows which there are"
		if all, listed := a.promptLibrary().List(); listed == nil {
			var names []string
			for _, e := range all {
				names = append(names, e.Name)
			}
			if near := nearest(name, names); near != "" {
				hint = fmt.Sprintf("did you mean %s? %s", near, hint)
			}
		}
		return nil, usage(hint, "there is no prompt %q in %s", name, a.promptsFolder())
	}
	return nil, usage("", "%w", err)
}

func (a *app) addPrompt(ctx context.Context, args []string, force bool) error {
	name, from := args[0], "-"
	if len(args) == 2 {
		from = args[1]
	}
	source, err := a.promptSource(ctx, from)
	if err != nil {
		return err
	}
	p, err := a.promptLibrary().Add(name, source, force)
	var file *prompts.FileError
	switch {
	case errors.Is(err, prompts.ErrPromptExists):
		return usage("--force replaces it", "%w", err)
	case errors.As(err, &file):
		if file.Path = from; from == "-" {
			file.Path = "the standard input"
		}
		return usage("nothing was kept", "%w", err)
	case errors.As(err, new(*os.PathError)), errors.As(err, new(*os.LinkError)):
		return fmt.Errorf("keeping the prompt: %w", err)
	case err != nil:
		return usage("", "%w", err)
	}
	for _, warning := range p.Warnings() {
		a.say("%s", warning)
	}
	a.sayMissing(ctx, "it", name)
	if a.json {
		return a.printJSON(promptRecordOf(p))
	}
	_, err = fmt.Fprintf(a.out, "kept %s\n", plain.Line(name))
	return err
}

// sayMissing says what a prompt that was just kept, which is called it, names and
// does not find: its paths begin where it lies now.
func (a *app) sayMissing(ctx context.Context, it, name string) {
	p, err := a.promptLibrary().Open(name)
	if err != nil {
		a.say("%s can't be asked yet: %s", it, plain.Line(err.Error()))
		return
	}
	for _, file := range p.Attachments {
		if _, err := (prompts.Loader{Private: true}).Find(ctx, file); err != nil {
			a.say("%s can't be asked yet: %s", it, plain.Line(err.Error()))
		}
	}
}

// promptSource reads what becomes a prompt.
func (a *app) promptSource(ctx context.Context, from string) ([]byte, error) {
	if from != "-" {
		b, err := readUpTo(from, prompts.MostQuestion+1)
		if err != nil {
			return nil, usage("name a Markdown file, or - for the standard input", "%w", err)
		}
		return b, nil
	}
	if a.inTerm {
		return nil, usage("juxta prompts add NAME FILE, or pipe it in", "there is nothing to keep")
	}
	return a.input(ctx, io.LimitReader(a.in, prompts.MostQuestion+1))
}

func (a *app) renderPrompt(name string, set []string) error {
	p, err := a.openPrompt(name)
	if err != nil {
		return err
	}
	f, err := a.fill(p, set)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(struct {
			Text        string            `json:"text"`
			System      string            `json:"system"`
			Attachments []string          `json:"attachments"`
			Values      map[string]string `json:"values"`
		}{f.Text, f.System, append([]string{}, p.Attachments...), f.Used.Values})
	}
	if f.System != "" {
		a.say("system prompt: %s", plain.Line(f.System))
	}
	_, err = fmt.Fprintln(a.out, strings.TrimRight(plain.Text(f.Text), "\n"))
	return err
}

// fill puts the values of -p into a prompt.
func (a *app) fill(p *prompts.Prompt, set []string) (prompts.Filled, error) {
	given, err := values(set)
	if err != nil {
		return prompts.Filled{}, err
	}
	f, err := p.Fill(given)
	var missing *prompts.MissingError
	switch {
	case errors.As(err, &missing):
		return f, usage("give them with -p "+missing.Names[0]+"=…", "%w", err)
	case err != nil:
		return f, usage("", "-p: %w", err)
	}
	return f, nil
}

func (a *app) removePrompt(name string) error {
	if _, err := a.openPrompt(name); err != nil && !errors.As(err, new(*prompts.FileError)) {
		return err
	}
	if err := a.promptLibrary().Remove(name); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]string{"removed": name})
	}
	_, err := fmt.Fprintf(a.out, "removed %s\n", plain.Line(name))
	return err
}

// completePrompts offers the names of the library with their titles.
func (a *app) completePrompts(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	all, err := a.promptLibrary().List()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []cobra.Completion
	for _, e := range all {
		title := ""
		if e.Prompt != nil {
			title = e.Prompt.Title
		}
		names = append(names, cobra.CompletionWithDesc(plain.Line(e.Name), plain.Line(title)))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
