package cli

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/sessions/report"
)

// A deciding is the report command with its flags.
type deciding struct {
	*app
	baseline, volume, format string
}

func (a *app) reportCommand() *cobra.Command {
	d := &deciding{app: a}
	c := &cobra.Command{
		Use: "report SESSION...", Short: "Say whether a model is good enough, what it saves, and how sure that is",
		Long: `Say of every model of a session whether it is as good as the baseline by what was
voted, what it costs and how fast it is beside it, and how sure that is. Below 20
prompts it says that they are too few, and without a plan (juxta plan) that what
it found is a hint. Turns that are blind and not revealed don't count.

It is Markdown, or with --json one line for each session, and everything that it
rests on stands in it.`,
		Example: `juxta report 01KB --volume 100000 > verdict.md
juxta report 01KB --baseline openai/gpt-5.1 --json`,
		Args: some("SESSION"), ValidArgsFunction: a.completeSessions,
		RunE: func(_ *cobra.Command, args []string) error { return d.run(args) },
	}
	f := c.Flags()
	f.StringVar(&d.baseline, "baseline", "", "the `COLUMN` or model that the others are measured against (by default that of the plan or the session)")
	f.StringVar(&d.volume, "volume", "", "also what so many requests a month cost, `N`")
	f.StringVar(&d.format, "format", "", "`md` or json (by default md)")
	return c
}

func (d *deciding) run(prefixes []string) error {
	volume, err := volumeOf(d.volume)
	if err != nil {
		return err
	}
	switch d.format {
	case "", "md", "json":
	default:
		return usage("--format md, or --format json", "no report is written as %q", plain.Line(d.format))
	}
	store, ids, err := d.several(prefixes)
	if err != nil {
		return err
	}
	defer store.Close()
	var all []*report.Decision // before anything is written of any
	for _, id := range ids {
		one, err := d.decide(store, id, volume)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	for i, one := range all {
		if d.json || d.format == "json" {
			err = d.printJSON(one)
		} else {
			if i > 0 {
				_, _ = io.WriteString(d.out, "\n")
			}
			err = one.Markdown(d.out)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *deciding) decide(store *sessions.Store, id sessions.ID, volume int64) (*report.Decision, error) {
	s, err := store.Session(id)
	if err != nil {
		return nil, err
	}
	base := 0
	if d.baseline != "" {
		if base, err = columnOf(&s, d.baseline); err != nil {
			return nil, err
		}
	}
	turns, err := store.Turns(id, 0, 0)
	if err != nil {
		return nil, err
	}
	one, err := report.Decide(s, turns, base, volume)
	if errors.Is(err, sessions.ErrNoBaseline) {
		_, err = columnOf(&s, "") // says which columns there are
		if err == nil {
			err = sessions.ErrNoBaseline
		}
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
