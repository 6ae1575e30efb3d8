package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// How long saving may take after the answers ended, prices may be looked for
// while they come, and what models can do before a file is sent to them.
const (
	patienceToSave  = 10 * time.Second
	patienceToPrice = 30 * time.Second
	patienceToLook  = 3 * time.Second
)

// ask is the command of that name.
type ask struct {
	*app
	models  []string
	system  string
	options []string
	schemas []string
	presets []string
	attach  attaching
	prompts prompting
	warm    bool
	repeat  int // answers of each model; 0 is one
	budget  budget
	noSave  bool
}

func (a *app) askCommand() *cobra.Command {
	q := &ask{app: a}
	c := &cobra.Command{
		Use:   "ask [-m MODEL]... [-a FILE]... [-t NAME] [-p KEY=VALUE]... [PROMPT | -]",
		Short: "Ask one question and print every answer",
		Long: fmt.Sprintf(`Ask one question, of one model or of several at once, and print every answer in
the order of the models; with several, under a heading each. What it took and
cost goes to the standard error.

The question is the arguments, or the standard input if there are none; "-" puts
the standard input where it stands.

A file is attached by its path, a folder's files by the folder's, others by a
pattern in quotes or a URL, and "-a -" is the standard input itself. Every model
gets the same bytes: a picture upright and as PNG or JPEG, without camera data and
place; what was done to it is said. With a file, the question may be empty.

A prompt of the library is asked with -t, with what the arguments say below it.
With -p, {{KEY}} in the question is a variable; one without a value is an error,
and nothing is asked.

With --repeat N every model answers N times, one answer after the other; each is
printed as a take of its own, and the standard error says how alike they are.

With --max-cost a question that would cost more, by estimate, is not sent: exit 1,
nothing is kept, and --json prints a line per model with error.kind "quota". The
estimate is the prompt's length and %d tokens for an answer, or max_tokens. What is
sent by then is not cut, so an answer longer than that may pass it; after that
nothing more is sent, neither retries nor what waits in line.`, sessions.UsualOutput),
		Example: `juxta ask -m ollama/qwen3-vl:2b -m demo/swift "What is a monad?"
git diff | juxta ask -m ollama/qwen3:8b "Review this:" -
juxta ask -m ollama/qwen3-vl:2b -m openai/gpt-5-mini -a pin.jpg "Describe this pin."
juxta ask -m demo/swift --json "Hi" | jq .timing`,
		Args: cobra.ArbitraryArgs,
		RunE: q.run,
	}
	f := c.Flags()
	f.StringArrayVarP(&q.models, "model", "m", nil, "ask `MODEL`, named provider/model (may be repeated)")
	_ = c.RegisterFlagCompletionFunc("model", q.completeModels)
	f.StringVarP(&q.system, "system", "s", "", "`TEXT` that every model is told before the question")
	f.StringArrayVarP(&q.options, "option", "o", nil, "set `KEY=VALUE` (may be repeated): "+strings.Join(providers.ParamNames(), ", "))
	f.StringArrayVar(&q.schemas, "schema", nil, "ask for answers that follow the JSON Schema in `FILE`; services do their best, and not all are strict")
	q.presetFlag(c, &q.presets)
	q.prompts.flags(q.app, c, "ask the prompt `NAME` of the library")
	q.attach.flags(c, "attach `FILE`: a path, a folder, a quoted pattern, a URL, or - for the standard input (may be repeated)")
	f.Func("fit", "scale pictures down to at most `PIXELS` wide and high before they are sent, once and for all models alike", q.attach.setFit)
	q.budget.flags(c, "the cost of all answers together")
	f.Func("repeat", fmt.Sprintf("have every model answer `N` times, up to %d, to see how much its answers differ", mostRepeats), q.setRepeat)
	f.BoolVar(&q.warm, "warm", false, "have the local models loaded before they are asked, by a request that is discarded")
	f.BoolVar(&q.noSave, "no-save", false, "keep nothing")
	return c
}

func (q *ask) run(c *cobra.Command, args []string) error {
	ctx := c.Context()
	set, err := q.settings(args)
	if err != nil {
		return err
	}
	conf, n, err := q.setup()
	if err != nil {
		return err
	}
	refs, err := q.refs(ctx, n, q.models)
	if err != nil {
		return err
	}
	presets, err := q.named(conf, n, q.presets)
	if err != nil {
		return err
	}
	question, err := q.question(ctx, args)
	if err != nil {
		return err
	}
	if !c.Flags().Changed("system") {
		set.System = question.System
	}
	files, err := q.files(ctx, q.attach.loader(conf, n))
	if err != nil {
		return err
	}
	var store *sessions.Store
	if !q.noSave {
		if store, err = q.openStore(); err != nil {
			return err
		}
	}
	if len(refs) == 0 && !complete(presets) {
		if refs, err = q.choose(ctx, n, store, len(files) > 0); err != nil {
			return err
		}
		q.say("asking %s (name others with -m)", plain.Line(joined(refs)))
	}
	columns := columnsOf(refs, presets, set, conf.presets)
	b := sessions.NewBench(q.registry(ctx, conf, n, refsOf(columns), len(files) > 0, q.budget.limit != nil), store)
	b.Gauge = conf.gauge()
	b.OnFault(q.fault)
	for _, c := range columns {
		b.Add(c)
	}
	if q.budget.limit != nil {
		b.Limit(q.budget.limit, q.budget.uncounted)
	}
	return q.ask(ctx, b, question, files)
}

// settings are what the flags alone say of every column, the prompt of -t with
// them.
func (q *ask) settings(args []string) (all sessions.Column, err error) {
	if err := q.prompts.open(q.app, &q.attach); err != nil {
		return all, err
	}
	if err := errors.Join(q.attach.check(args), q.budget.check()); err != nil {
		return all, err
	}
	all.System = q.system
	if all.Params, err = params(q.options); err != nil {
		return all, err
	}
	if all.Schema, err = q.schemaFile(); err != nil {
		return all, err
	}
	if p := q.prompts.opened; p != nil && all.Schema == nil {
		all.Schema = p.Schema
	}
	return all, nil
}

// ask asks, prints what comes and saves it, whatever ends the answers.
func (q *ask) ask(ctx context.Context, b *sessions.Bench, f prompts.Filled, files []*prompts.Attachment) error {
	if !q.json {
		q.foresee(b, files)
	}
	if q.warm {
		if err := q.warmUp(ctx, b, nil, files); err != nil {
			_ = b.Close(ctx)
			return q.refuse(b, err)
		}
	}
	question := sessions.Question{Text: f.Text, Files: files, Samples: q.repeat}
	if f.Used.Source != "" {
		question.Prompt = &f.Used
	}
	run, err := b.Put(ctx, question)
	if err != nil {
		_ = b.Close(ctx)
		return q.refuse(b, err)
	}
	var failed error
	if q.json {
		failed = q.printRecords(b, run)
	} else {
		failed = newPrinter(q.app, b, run).print(run)
	}
	if err := save(ctx, b); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return failed
}

// save closes a bench when all that is to be saved was. An interruption leaves
// it the time.
func save(ctx context.Context, b *sessions.Bench) error {
	saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), patienceToSave)
	defer cancel()
	if err := b.Close(saving); err != nil {
		return &mistake{exitStore, fmt.Errorf("not everything could be saved: %w", err), adviceOf(err)}
	}
	return nil
}

// question is what is asked: the prompt of -t, or what the arguments say.
func (q *ask) question(ctx context.Context, args []string) (prompts.Filled, error) {
	text := ""
	if q.prompts.opened == nil || len(args) > 0 {
		var err error
		if text, err = q.words(ctx, args); err != nil {
			return prompts.Filled{}, err
		}
	} else {
		q.sayUnread()
	}
	return q.prompts.fill(q.app, text)
}

// words are the question: the arguments, with the standard input in the place
// of a "-", or the standard input alone. Beside a file it may be empty.
func (q *ask) words(ctx context.Context, args []string) (string, error) {
	attached := len(q.attach.words) > 0
	if len(args) == 0 {
		if q.attach.takesInput() || attached && q.inTerm {
			return "", nil
		}
		if q.inTerm {
			return "", usage(`juxta ask -m MODEL "the question", or pipe it in`, "there is no question")
		}
		args = []string{"-"}
	}
	separator := " "
	if at := slices.Index(args, "-"); at >= 0 {
		if slices.Contains(args[at+1:], "-") {
			return "", usage("write one - where it is to stand", "the standard input can stand in one place only")
		}
		data, err := q.input(ctx, io.LimitReader(q.in, prompts.MostQuestion+1))
		if err != nil {
			return "", err
		}
		text, err := prompts.Question(data)
		if err != nil {
			return "", usage("", "the standard input %w", err)
		}
		args = slices.Clone(args)
		args[at] = strings.TrimRight(text, "\r\n")
		separator = "\n\n"
	} else {
		q.sayUnread()
	}
	text := strings.Join(args, separator)
	if strings.TrimSpace(text) == "" && !attached {
		return "", usage(`juxta ask -m MODEL "the question"`, "the question is empty")
	}
	return text, nil
}

// sayUnread says that something was sent here in vain.
func (q *ask) sayUnread() {
	if f, ok := q.in.(*os.File); ok && piped(f) && !q.attach.takesInput() {
		q.say("the standard input was not read; a - among the words puts it there")
	}
}

// input reads from the standard input to the end, or until somebody interrupts.
func (a *app) input(ctx context.Context, r io.Reader) ([]byte, error) {
	data, err := interruptibly(ctx, func() ([]byte, error) { return io.ReadAll(r) })
	if err != nil {
		return nil, usage("write it into a file, and send that: juxta ask - < FILE", "reading the standard input: %w", err)
	}
	return data, nil
}

// piped reports whether f holds something that somebody sent here on purpose.
func piped(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular() && info.Size() > 0
}

func joined(refs []providers.Ref) string {
	var names []string
	for _, r := range refs {
		names = append(names, r.String())
	}
	return strings.Join(names, " and ")
}

// printRecords prints a line per answer, in column order and then by take, when
// all have ended.
func (a *app) printRecords(b *sessions.Bench, run *sessions.Run) error {
	finals, picks := map[sessions.Pick]*sessions.Answer{}, run.Picks()
	for n := range each(run) {
		if n.Final != nil {
			p := sessions.Pick{Column: n.Column, Take: n.Take}
			finals[p] = n.Final
			a.warn(n, repeated(p, picks))
		}
	}
	s := b.Session()
	var failed error
	for _, p := range inOrder(run, &s) {
		f := finals[p]
		if f == nil {
			continue
		}
		if !answered(f) {
			failed = &mistake{code: exitFailed}
		}
		if err := a.printJSON(f.Record(s.ID, run.Turn, run.Asked.Files...)); err != nil && !errors.Is(err, errUnread) {
			return err
		}
	}
	return failed
}

// each iterates over the news of all columns until the run ends.
func each(run *sessions.Run) iter.Seq[sessions.News] {
	return func(yield func(sessions.News) bool) {
		for all := range run.All() {
			for _, n := range all {
				if !yield(n) {
					return
				}
			}
		}
	}
}

// answered reports whether a model said all it had to say, or as much as it was
// allowed to.
func answered(a *sessions.Answer) bool {
	return a.Error == nil && a.Finish != providers.Failed && a.Finish != providers.Cancelled && a.Finish != ""
}

// warn says what a person must know of an answer that has ended, besides its
// text; which is which of a model's several answers it is, if there are several.
func (a *app) warn(n sessions.News, which string) {
	f := n.Final
	name := plain.Line(f.Model.String())
	if which != "" {
		name += " " + which
	}
	say := func(format string, args ...any) {
		a.say("%d %s: %s", f.Column, name, plain.Line(fmt.Sprintf(format, args...)))
	}
	for _, notice := range f.Notices {
		say("%s", notice)
	}
	switch {
	case f.Finish == providers.Cancelled:
		say("stopped; what had come is kept")
	case f.Error != nil:
		say("%s", f.Error.Message)
		if f.Error.Hint != "" {
			a.say("  → %s", plain.Line(f.Error.Hint))
		}
	case f.Finish == providers.Length:
		say("CUT OFF at the limit of tokens after %d: the answer is not complete", f.Usage.Output)
		a.say("  → raise it with -o max_tokens=N, or -o context=N for a local model")
	case f.Finish == providers.Refused && f.Filter != "": // a notice has said it
	case f.Finish == providers.Refused:
		say("the model declined to answer")
	case strings.TrimSpace(f.Text) == "" && len(f.Calls) == 0:
		say("the answer is empty")
	}
	if n.Unsaved != nil {
		say("not saved yet: %v", n.Unsaved)
	}
}
