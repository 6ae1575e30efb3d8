package cli

import (
	"context"
	"errors"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/sessions/report"
)

// A deciding is the report command with its flags.
type deciding struct {
	*app
	baseline, volume, format, rows, tag, query, to string
	replace                                        bool

	store  *sessions.Store
	chosen string // how the sessions were, in words; "" for by name
}

// reportFormats are the formats that a report has; a file's ending may name one.
func reportFormats() []string {
	return []string{"md", "html", "csv", "json", "memo", "routing", "litellm"}
}

func (a *app) reportCommand() *cobra.Command {
	d := &deciding{app: a}
	c := &cobra.Command{
		Use: "report [SESSION...]", Short: "Say whether a model is good enough, what it saves, and how sure that is",
		Long: `Say of every model of a session whether it is as good as the baseline by what was
voted, what it costs and how fast it is beside it, and how sure that is. Below 20
prompts it says that they are too few, and without a plan (juxta plan) that what
it found is a hint. Turns that are blind and not revealed don't count.

Several sessions are counted together, by model: name them, or choose them with
--tag or --find. What was asked in two of them under the same circumstances is one
prompt. A plan holds for its own session alone, so that together they are a hint.

It is Markdown, a page that needs nothing else (html), a table (csv) or one line of
JSON, and everything that it rests on stands in it.`,
		Example: `juxta report 01KB --volume 100000 > verdict.md
juxta report 01KB --volume 100000 -O verdict.html
juxta report --tag pins --baseline openai/gpt-5.1 --json
juxta report 01KB --format litellm -O config.yaml
juxta report 01KB -O prompts.csv
juxta report 01KB -O verdicts.csv --rows verdicts`,
		ValidArgsFunction: a.completeSessions,
		RunE:              func(c *cobra.Command, args []string) error { return d.run(c.Context(), args) },
	}
	f := c.Flags()
	f.StringVar(&d.baseline, "baseline", "", "the `COLUMN` or model that the others are measured against (by default that of the plan or the session); of several sessions a model")
	f.StringVar(&d.volume, "volume", "", "also what so many requests a month cost, `N`")
	f.StringVar(&d.format, "format", "", "`FORMAT`: md, html, csv, json, memo (a page of Markdown), routing or litellm (a routing rule as YAML, plain or for LiteLLM's proxy); by default what FILE ends in, or md")
	f.StringVar(&d.rows, "rows", "", "which `ROWS` csv has: prompts, one for each prompt and model, or verdicts, one for each model (by default prompts)")
	f.StringVar(&d.tag, "tag", "", "all sessions with this `TAG`")
	f.StringVar(&d.query, "find", "", "all sessions that juxta sessions search finds by this `QUERY`")
	f.StringVarP(&d.to, "output", "O", "", "write to `FILE` instead of the standard output")
	f.BoolVar(&d.replace, "force", false, "write over a file that is there")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(reportFormats(), cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("rows", cobra.FixedCompletions([]string{"prompts", "verdicts"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (d *deciding) run(ctx context.Context, prefixes []string) error {
	volume, err := volumeOf(d.volume)
	if err != nil {
		return err
	}
	if err := d.how(); err != nil {
		return err
	}
	conf, err := readConfig(d.configPath())
	if err != nil {
		return err
	}
	cases, err := d.find(ctx, prefixes)
	if err != nil {
		return err
	}
	defer d.store.Close()
	one, err := d.decide(cases, report.Terms{Volume: volume, Machine: conf.machine.costs})
	if err != nil {
		return err
	}
	one.Chosen = d.chosen
	for _, w := range one.Without {
		d.say("left out session %s: %s", w.ID, plain.Line(w.Why))
	}
	return d.written(d.to, d.replace, func(w io.Writer) error {
		switch {
		case d.format == "json":
			to := *d.app
			to.out = w
			return to.printJSON(one)
		case d.format == "memo":
			return one.Memo(w)
		case d.format == "routing":
			return one.Route().YAML(w)
		case d.format == "litellm":
			return one.Route().LiteLLM(w)
		case d.format == "html":
			return d.page(w, one, cases)
		case d.format == "csv" && d.rows == "verdicts":
			return one.VerdictsCSV(w)
		case d.format == "csv":
			return one.PromptsCSV(w)
		}
		return one.Markdown(w)
	})
}

// page writes the page, with the pictures that were asked about.
func (d *deciding) page(w io.Writer, one *report.Decision, cases []sessions.Case) error {
	files := map[string][]byte{}
	for i := range cases {
		if !slices.ContainsFunc(cases[i].Turns, func(t sessions.Turn) bool { return len(t.Files) > 0 }) {
			continue
		}
		b, err := d.store.Bundle(cases[i].Session.ID)
		if err != nil {
			return err
		}
		maps.Copy(files, b.Files)
	}
	return one.Page(w, func(sum string) []byte { return files[sum] })
}

// how settles the format: what was said, or what the file ends in, or Markdown.
func (d *deciding) how() error {
	formats := reportFormats()
	switch ext := strings.TrimPrefix(strings.ToLower(filepath.Ext(d.to)), "."); {
	case d.json && d.format != "" && d.format != "json":
		return usage("choose one of them", "--json and --format %s don't go together", plain.Line(d.format))
	case d.json:
		d.format = "json"
	case d.format == "" && slices.Contains(formats, ext):
		d.format = ext
	case d.format == "":
		d.format = "md"
	}
	if !slices.Contains(formats, d.format) {
		return usage("--format is one of "+strings.Join(formats, ", "), "no report is written as %q", plain.Line(d.format))
	}
	switch {
	case d.rows == "":
	case d.format != "csv":
		return usage("juxta report SESSION --format csv --rows "+plain.Line(d.rows), "--rows is of csv, and this is %s", d.format)
	case d.rows != "prompts" && d.rows != "verdicts":
		return usage("--rows prompts, or --rows verdicts", "--rows %q: a report has no such rows", plain.Line(d.rows))
	}
	return nil
}

// find reads the sessions that the report is about, each once. It leaves the store
// open, unless there is an error.
func (d *deciding) find(ctx context.Context, prefixes []string) (cases []sessions.Case, err error) {
	ways := 0
	for _, is := range []bool{len(prefixes) > 0, d.tag != "", d.query != ""} {
		if is {
			ways++
		}
	}
	switch {
	case ways == 0:
		return nil, usage("juxta report SESSION..., or --tag TAG, or --find QUERY", "juxta report needs SESSION")
	case ways > 1:
		return nil, usage("choose the sessions in one way", "SESSION, --tag and --find don't go together")
	}
	var ids []sessions.ID
	if d.store, ids, err = d.several(prefixes); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = d.store.Close()
		}
	}()
	if len(prefixes) == 0 {
		if ids, err = d.choose(ctx); err != nil {
			return nil, err
		}
	}
	seen := map[sessions.ID]bool{}
	for _, id := range ids {
		if seen[id] {
			continue // named twice
		}
		seen[id] = true
		c := sessions.Case{}
		if c.Session, err = d.store.Session(id); err != nil {
			return nil, err
		}
		if c.Turns, err = d.store.Turns(id, 0, 0); err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

// choose lists the sessions with a tag, or those that a query finds, oldest first.
func (d *deciding) choose(ctx context.Context) (ids []sessions.ID, err error) {
	if d.tag != "" {
		tag, err := sessions.Tag(d.tag)
		if err != nil {
			return nil, usage("juxta sessions list shows the sessions", "--tag %q: %w", plain.Line(d.tag), err)
		}
		keep := func(s *sessions.Session) bool { return slices.Contains(s.Tags, tag) }
		list, err := d.store.List(sessions.Listing{Shelf: sessions.Every, Keep: keep})
		if err != nil {
			return nil, err
		}
		for i := range list {
			ids = append(ids, list[i].ID)
		}
		d.chosen = "those with the tag " + tag
	} else {
		q, err := sessions.ParseQuery(d.query)
		if err != nil {
			return nil, usage("see `juxta sessions search --help`", "--find %w", err)
		}
		r, err := d.store.Search(ctx, q, sessions.Page{})
		if err != nil {
			return nil, err
		}
		for i := range r.Found {
			ids = append(ids, r.Found[i].Session.ID)
		}
		d.chosen = "those that the query " + plain.Line(d.query) + " finds"
	}
	if len(ids) == 0 {
		return nil, usage("juxta sessions list shows the sessions", "there are no sessions to report on, of %s", d.chosen)
	}
	slices.Sort(ids)
	return ids, nil
}

func (d *deciding) decide(cases []sessions.Case, on report.Terms) (*report.Decision, error) {
	if len(cases) > 1 {
		return d.pool(cases, on)
	}
	s, base := &cases[0].Session, 0
	if d.baseline != "" {
		var err error
		if base, err = columnOf(s, d.baseline); err != nil {
			return nil, err
		}
	}
	one, err := report.Decide(*s, cases[0].Turns, base, on)
	if errors.Is(err, sessions.ErrNoBaseline) {
		_, err = columnOf(s, "") // says which columns there are
		if err == nil {
			err = sessions.ErrNoBaseline
		}
	}
	return one, err
}

// pool is [deciding.decide] for several sessions.
func (d *deciding) pool(cases []sessions.Case, on report.Terms) (*report.Decision, error) {
	var models []string
	base := providers.Ref{}
	for i := range cases {
		for _, c := range cases[i].Session.Columns {
			name := c.Model.String()
			if name == d.baseline {
				base = c.Model
			}
			if name = plain.Line(name); !slices.Contains(models, name) {
				models = append(models, name)
			}
		}
	}
	hint := "the models are " + strings.Join(models, ", ")
	if d.baseline != "" && base == (providers.Ref{}) {
		return nil, usage(hint, "--baseline %q: of several sessions the baseline is a model, and none of them was asked of this one", plain.Line(d.baseline))
	}
	one, err := report.DecideAll(cases, base, on)
	var differ *sessions.BaselinesError
	switch {
	case errors.As(err, &differ):
		return nil, usage("name the one that all are measured against with --baseline MODEL, or report on them one at a time", "%w", err)
	case errors.Is(err, sessions.ErrNoBaseline):
		return nil, usage(hint, "none of the sessions has a baseline: name one with --baseline MODEL")
	}
	return one, err
}

// volumeOf reads a number of requests a month: 100000, 100,000 or 100000/month.
func volumeOf(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(strings.TrimSuffix(text, "/month"), ",", ""), 10, 64)
	if err != nil || n < 1 {
		return 0, usage("a number of requests a month, such as --volume 100000", "--volume %q is no number of requests", plain.Line(text))
	}
	return n, nil
}
