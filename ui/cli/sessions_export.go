package cli

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/sessions/report"
	"juxta/sessions/transfer"
	"juxta/ui/tui"
)

// A format is one in which sessions leave.
type format struct {
	name, ext, says string
	whole           bool // all of a session or nothing: no turn is left out
	write           func(ctx context.Context, e *exporting, w io.Writer) error
}

// into writes what no terminal obeys, for people look into files, too. A capsule
// is no text.
func (f format) into(ctx context.Context, e *exporting, w io.Writer) error {
	if strings.Contains(f.ext, ".json") {
		w = &disarmed{w: w}
	}
	return f.write(ctx, e, w)
}

// formats are those of juxta sessions export.
func formats() []format {
	return []format{
		{"html", ".html", "a page that needs nothing else: answers side by side, pictures in it", false, told(func(e *exporting, w io.Writer) teller { return report.NewPage(w, e.sessions) })},
		{"md", ".md", "Markdown: a table of the models, then the questions and answers", false, told(func(e *exporting, w io.Writer) teller { return report.NewMarkdown(w) })},
		{"csv", ".csv", "a table for spreadsheets: an answer a row, with every figure", false, told(func(e *exporting, w io.Writer) teller { return report.NewTable(w) })},
		{"jsonl", ".jsonl", "an answer a line, as juxta ask --json prints it, and the votes", false, told(func(e *exporting, w io.Writer) teller { return report.NewLines(w) })},
		{"chat", ".chat.jsonl", "the chosen answers as OpenAI chat JSONL, for fine-tuning", false, taught(func(e *exporting, w io.Writer) teacher { return transfer.NewChat(w, e.wants) })},
		{"preferences", ".preferences.jsonl", "a chosen and a rejected answer of each vote, as TRL reads them", false, taught(func(e *exporting, w io.Writer) teacher { return transfer.NewPreferences(w, e.wants) })},
		{"openai-preferences", ".openai.jsonl", "the same pairs as OpenAI's preference fine-tuning reads them", false, taught(func(e *exporting, w io.Writer) teacher { return transfer.NewOpenAIPreferences(w, e.wants) })},
		{"json", ".json", "all that juxta has of them, without loss, a session a line", true, lossless},
		{"capsule", ".capsule", "the same as one file that juxta sessions verify proves whole", true, capsule},
	}
}

// An exporting is the export command with its flags.
type exporting struct {
	*app
	format, to, tag            string
	all, voted, blind, replace bool

	store    *sessions.Store
	sessions []sessions.Session
	root     string // of a capsule
}

func (a *app) sessionsExport() *cobra.Command {
	e := &exporting{app: a}
	long, names := "Write sessions to a file, in one of these formats:\n\n", []string{}
	for _, f := range formats() {
		long += fmt.Sprintf("  %-19s %s\n", f.name, f.says)
		names = append(names, f.name)
	}
	c := &cobra.Command{
		Use: "export [SESSION...]", Short: "Write sessions for people, spreadsheets, trainers, or another juxta", ValidArgsFunction: a.completeSessions,
		Long: long + `
juxta sessions import reads json and capsule. Of a session with blind turns that
are not revealed those turns don't leave, and json and capsule, which are whole,
are refused. What is left out is said on the standard error.`,
		Example: `juxta sessions export 01KB --format html -O comparison.html
juxta sessions export --tag pins --votes --format preferences -O pairs.jsonl`,
		RunE: func(c *cobra.Command, args []string) error { return e.run(c.Context(), args) },
	}
	f := c.Flags()
	f.StringVar(&e.format, "format", "json", "`FORMAT`: "+strings.Join(names, ", "))
	f.StringVarP(&e.to, "output", "O", "", "write to `FILE` instead of the standard output")
	f.StringVar(&e.tag, "tag", "", "only sessions with this `TAG`; without SESSION all of them")
	f.BoolVar(&e.all, "all", false, "all sessions")
	f.BoolVar(&e.voted, "votes", false, "only turns with a vote")
	f.BoolVar(&e.blind, "blind", false, "only turns that were asked blind; with --votes, with a blind vote")
	f.BoolVar(&e.replace, "force", false, "write over a file that is there")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (e *exporting) run(ctx context.Context, prefixes []string) error {
	all := formats()
	i := slices.IndexFunc(all, func(f format) bool { return f.name == e.format })
	switch {
	case e.json && e.format != "json":
		return usage("choose one of them", "--json and --format %s don't go together", plain.Line(e.format))
	case i < 0:
		var names []string
		for _, f := range all {
			names = append(names, f.name)
		}
		return usage("--format is one of "+strings.Join(names, ", "), "sessions are not written as %q", plain.Line(e.format))
	case all[i].whole && (e.voted || e.blind):
		return usage("leave out --votes and --blind, or choose another format", "%s has all of a session, and no choice of turns", e.format)
	case len(prefixes) == 0 && e.tag == "" && !e.all:
		return usage("juxta sessions export SESSION, or --tag TAG, or --all", "juxta sessions export needs to know which sessions")
	case len(prefixes) > 0 && e.all:
		return usage("name sessions, or say --all", "--all and SESSION don't go together")
	case e.format == "capsule" && e.to == "" && e.outTerm:
		return usage("write it to a file: -O FILE, or > FILE", "a capsule is no text, and this is a terminal")
	}
	if err := e.find(prefixes); err != nil {
		return err
	}
	defer e.store.Close()
	if all[i].whole {
		if err := e.revealed(); err != nil {
			return err
		}
	}
	err := e.written(e.to, e.replace, func(w io.Writer) error { return all[i].into(ctx, e, w) })
	if err == nil && e.root != "" {
		e.say("root %s", e.root)
	}
	return err
}

// find lists the sessions to write. No session is not an error where all with a
// tag are wanted, but it is said.
func (e *exporting) find(prefixes []string) (err error) {
	tag := ""
	if e.tag != "" {
		if tag, err = sessions.Tag(e.tag); err != nil {
			return usage("juxta sessions list shows the sessions", "--tag %q: %w", plain.Line(e.tag), err)
		}
	}
	store, ids, err := e.several(prefixes)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = store.Close()
		}
	}()
	keep := func(s *sessions.Session) bool { return tag == "" || slices.Contains(s.Tags, tag) }
	if len(prefixes) == 0 {
		if e.sessions, err = store.List(sessions.Listing{Shelf: sessions.Every, Keep: keep}); err != nil {
			return err
		}
	}
	other := 0
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			continue // named twice
		}
		s, err := store.Session(id)
		if err != nil {
			return err
		}
		if !keep(&s) {
			other++
			continue
		}
		e.sessions = append(e.sessions, s)
	}
	if other > 0 {
		e.say("left out %s without the tag %s", things(other, "session"), tag)
	}
	if len(e.sessions) == 0 {
		e.say("there is no session to write")
	}
	e.store = store
	return nil
}

// revealed refuses what would have to leave whole and is partly blind.
func (e *exporting) revealed() error {
	for _, s := range e.sessions {
		if len(s.Hidden) > 0 {
			return blindly(s.ID)
		}
	}
	return nil
}

// blindly refuses what would tell who is who.
func blindly(id sessions.ID) error {
	return usage("vote on them and reveal them first: juxta -c "+string(id), "session %s: %w", id, transfer.ErrHidden)
}

// wants reports whether a turn is to be written.
func (e *exporting) wants(t *sessions.Turn) bool {
	if e.blind && !t.Blind {
		return false
	}
	return !e.voted || slices.ContainsFunc(t.Votes, func(v sessions.Vote) bool { return v.Counts() && (v.Blind || !e.blind) })
}

// bundles reads the sessions one after the other, until somebody interrupts.
func (e *exporting) bundles(ctx context.Context) iter.Seq2[sessions.Bundle, error] {
	return func(yield func(sessions.Bundle, error) bool) {
		for _, s := range e.sessions {
			b, err := e.store.Bundle(s.ID)
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}

func lossless(ctx context.Context, e *exporting, w io.Writer) error {
	for b, err := range e.bundles(ctx) {
		if err == nil {
			err = transfer.WriteJSON(w, b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func capsule(ctx context.Context, e *exporting, w io.Writer) (err error) {
	e.root, err = transfer.WriteCapsule(w, e.bundles(ctx))
	return err
}

// A teller writes sessions for people.
type teller interface {
	Add(*report.Report) error
	End() error
}

func told(to func(*exporting, io.Writer) teller) func(context.Context, *exporting, io.Writer) error {
	return func(ctx context.Context, e *exporting, w io.Writer) error {
		t := to(e, w)
		hidden, other, wrote := 0, 0, 0
		var blind sessions.ID // of which nothing is left
		for b, err := range e.bundles(ctx) {
			if err != nil {
				return err
			}
			all := len(b.Turns)
			b.Turns = slices.DeleteFunc(b.Turns, func(t sessions.Turn) bool { return !e.wants(&t) })
			other += all - len(b.Turns)
			r := report.New(b.Session, b.Turns, func(sum string) []byte { return b.Files[sum] })
			hidden += r.Hidden
			if len(r.Turns) == 0 && r.Hidden > 0 {
				blind = b.Session.ID
				continue
			}
			if err := t.Add(r); err != nil {
				return err
			}
			wrote++
		}
		if wrote == 0 && blind != "" {
			return blindly(blind)
		}
		e.omitted(hidden, "blind turn", "not revealed")
		e.omitted(other, "turn", "not what --votes and --blind ask for")
		return t.End()
	}
}

func (e *exporting) omitted(n int, what, why string) {
	switch {
	case n == 1:
		e.say("left out 1 %s that is %s", what, why)
	case n > 1:
		e.say("left out %s that are %s", things(n, what), why)
	}
}

// A teacher writes what a model can be trained with.
type teacher interface {
	Add(*sessions.Bundle) error
	Wrote() (lines, simulated int)
	Left() []transfer.Left
}

func taught(to func(*exporting, io.Writer) teacher) func(context.Context, *exporting, io.Writer) error {
	return func(ctx context.Context, e *exporting, w io.Writer) error {
		t := to(e, w)
		for b, err := range e.bundles(ctx) {
			if err == nil {
				err = t.Add(&b)
			}
			if err != nil {
				return err
			}
		}
		lines, simulated := t.Wrote()
		e.say("wrote %s", things(lines, "example"))
		if simulated > 0 {
			e.say("%d of them with answers of simulated models: nothing to train with", simulated)
		}
		for _, l := range t.Left() {
			e.say("left out %d: %s", l.Times, l.What)
		}
		if lines == 0 && len(e.sessions) > 0 {
			e.say("→ vote on answers first: juxta -c %s", e.sessions[0].ID)
		}
		return nil
	}
}

func things(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// exports is how the workbench writes sessions to files: as the command does.
func (a *app) exports() tui.Export {
	var all []tui.Format
	for _, f := range formats() {
		all = append(all, tui.Format{Name: f.name, Ext: f.ext})
	}
	return tui.Export{
		Formats: all,
		Write: func(ids []sessions.ID, format, file string) (string, error) {
			var said strings.Builder
			quiet := *a
			quiet.out, quiet.err, quiet.json = io.Discard, &said, false
			var names []string
			for _, id := range ids {
				names = append(names, string(id))
			}
			err := (&exporting{app: &quiet, format: format, to: file}).run(context.Background(), names)
			return said.String(), err
		},
	}
}
