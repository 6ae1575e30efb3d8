package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// patienceToList is how long a provider may take to list its models when that
// is all that was asked.
const patienceToList = 10 * time.Second

func (a *app) modelsCommand() *cobra.Command {
	return group("models", "See which models there are",
		&cobra.Command{
			Use: "list", Short: "List the models of every provider", Args: noArgs,
			Long: `List the models of every provider. A price is dollars per million tokens of
input and of output; ? is not known. A provider that does not answer is a line
on the standard error, and what it listed before is shown with its age. If none
answers that was there before or is configured, the exit code is 1.`,
			RunE: func(c *cobra.Command, _ []string) error { return a.listModels(c.Context()) },
		},
		&cobra.Command{
			Use: "show MODEL...", Short: "Show what is known of a model", Args: some("MODEL"), ValidArgsFunction: a.completeModels,
			RunE: func(c *cobra.Command, args []string) error { return a.showModels(c.Context(), args) },
		},
		a.refreshCommand(),
	)
}

// listings asks every provider of n and sorts the answers as n does.
func (a *app) listings(ctx context.Context, conf config, n *network, patience time.Duration) []providers.Listing {
	return a.look(ctx, n.registry(a.build.APIs, conf.prices), n, patience)
}

func (a *app) look(ctx context.Context, reg *providers.Registry, n *network, patience time.Duration) []providers.Listing {
	by := map[string]providers.Listing{}
	for l := range reg.List(ctx, patience) {
		var fault *providers.Panic
		if errors.As(l.Err, &fault) {
			a.fault(fault)
		}
		by[l.Entry.Name] = l
	}
	var all []providers.Listing
	for _, e := range n.endpoints {
		if l, ok := by[e.Name]; ok {
			all = append(all, l)
		}
	}
	return all
}

func (a *app) listModels(ctx context.Context) error {
	conf, n, err := a.setup()
	if err != nil {
		return err
	}
	all := a.stock(ctx, conf, n)
	if a.localOnly {
		for i, l := range all {
			all[i].Models = slices.DeleteFunc(l.Models, func(m providers.Model) bool { return where(l.Entry, m) == "cloud" })
		}
	}
	if a.json {
		for _, l := range all {
			for _, m := range l.Models {
				if err := a.printJSON(recordOf(l.Entry, m)); err != nil {
					return err
				}
			}
		}
	} else if err := a.tableOfModels(all); err != nil {
		return err
	}
	var absent, others []string
	answered, failed := false, false
	for _, l := range all {
		answered = answered || l.Err == nil && l.Entry.API != "demo"
		failed = failed || l.Err != nil && (!n.guessed[l.Entry.Name] || len(l.Models) > 0)
		if l.Err == nil {
			continue
		}
		e, guessed, place := providers.AsError(l.Err), n.guessed[l.Entry.Name], fmt.Sprintf("%s (%s)", l.Entry.Name, shown(l.Entry.Endpoint))
		switch {
		case guessed && (e.Kind == providers.Unreachable || e.Kind == providers.Unsupported): // nobody was there, or nobody could ask
			absent = append(absent, place)
		case guessed && another(e):
			others = append(others, place)
		default:
			next := e.Advice()
			if guessed {
				next = cmp.Or(adviceOnFound(l.Entry.Endpoint, e), next)
			}
			a.say("%s: %s\n  → %s", l.Entry.Name, plain.Line(e.Message()), plain.Line(next))
		}
	}
	if len(others) > 0 {
		a.say("looked for, and another program answers there: %s\n  → if one of them is not, `juxta doctor` tells more", strings.Join(others, ", "))
	}
	if len(absent) > 0 {
		a.say("looked for and not running: %s", strings.Join(absent, ", "))
	}
	if failed && !answered && ctx.Err() == nil {
		return &mistake{code: exitFailed} // each has been named
	}
	return ctx.Err()
}

func (a *app) tableOfModels(all []providers.Listing) error {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { _, _ = fmt.Fprintln(w, strings.Join(cells, "\t")) }
	aged := slices.ContainsFunc(all, func(l providers.Listing) bool { return l.Err != nil && len(l.Models) > 0 })
	head := []string{"MODEL", "CONTEXT", "CAN", "WHERE", "PRICE"}
	if aged {
		head = append(head, "LISTED")
	}
	row(head...)
	for _, l := range all {
		for _, m := range l.Models {
			cells := []string{plain.Line(m.Ref.String()), tokens(m.Context), abilities(m.Can), where(l.Entry, m), price(m)}
			if aged {
				cells = append(cells, listed(l, m))
			}
			row(cells...)
		}
	}
	return w.Flush() // of everything above
}

func (a *app) showModels(ctx context.Context, names []string) error {
	conf, n, err := a.setup()
	if err != nil {
		return err
	}
	refs, err := a.refs(ctx, n, names)
	if err != nil {
		return err
	}
	n.keep(func(e providers.Endpoint) bool {
		return slices.ContainsFunc(refs, func(r providers.Ref) bool { return r.Provider == e.Name })
	})
	all := a.stock(ctx, conf, n)
	for i, ref := range refs {
		l, m, err := find(all, ref)
		if err != nil {
			return err
		}
		if a.json {
			err = a.printJSON(recordOf(l.Entry, m))
		} else {
			if i > 0 {
				_, _ = fmt.Fprintln(a.out)
			}
			err = a.card(l, m)
		}
		if err != nil {
			return err
		}
		if l.Err != nil {
			a.say("%s: %s\n  → what it listed %s is shown", l.Entry.Name, plain.Line(providers.AsError(l.Err).Message()), listed(l, m))
		}
	}
	return nil
}

// find is one model of the listings.
func find(all []providers.Listing, ref providers.Ref) (providers.Listing, providers.Model, error) {
	for _, l := range all {
		if l.Entry.Name != ref.Provider {
			continue
		}
		var names []string
		for _, m := range l.Models {
			if m.Ref == ref || m.Ref.Model == ref.Model+":latest" {
				return l, m, nil
			}
			names = append(names, m.Ref.Model)
		}
		if l.Err != nil {
			return l, providers.Model{}, l.Err
		}
		hint := "`juxta models list` shows which there are"
		if near := nearest(ref.Model, names); near != "" {
			hint = fmt.Sprintf("did you mean %s/%s? %s", ref.Provider, near, hint)
		}
		return l, providers.Model{}, &mistake{exitUsage, fmt.Errorf("%s does not list a model %q", ref.Provider, ref.Model), hint}
	}
	return providers.Listing{}, providers.Model{}, fmt.Errorf("nothing came from %s", ref.Provider)
}

func (a *app) card(l providers.Listing, m providers.Model) error {
	e := l.Entry
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	line := func(name, value string) { _, _ = fmt.Fprintf(w, "%s\t%s\n", plain.Line(name), plain.Line(value)) }
	_, _ = fmt.Fprintln(w, plain.Line(m.Ref.String()))
	line("context", cmp.Or(strings.Trim(tokens(m.Context), "?"), "unknown"))
	line("longest answer", cmp.Or(strings.Trim(tokens(m.Output), "?"), "unknown"))
	line("images", m.Can.Images.String())
	if p := pictures(m); p != "" {
		line("pictures", p)
	}
	line("thoughts", m.Can.Thoughts.String())
	line("tools", m.Can.Tools.String())
	line("audio", m.Can.Audio.String())
	line("documents", m.Can.Documents.String())
	line("where", where(e, m)+" ("+cmp.Or(shown(e.Endpoint), "built in")+")")
	if m.Price == nil {
		line("price", cmp.Or(strings.Trim(price(m), "?"), "unknown"))
	} else {
		for _, l := range priceLines(*m.Price) {
			line(l[0], l[1])
		}
	}
	line("accepts", cmp.Or(accepts(m), "unknown"))
	line("licence", cmp.Or(m.Licence, "unknown"))
	if m.Size > 0 {
		line("size", fmt.Sprintf("%.3g GB", float64(m.Size)/1e9))
	}
	line("listed", listed(l, m))
	if m.Digest != "" {
		line("digest", m.Digest)
	}
	return w.Flush() // of everything above
}

// accepts is every parameter that is sent to a model, with what it may be.
func accepts(m providers.Model) string {
	var all []string
	for _, k := range m.Accepts {
		all = append(all, strings.TrimSpace(k.Name+" "+k.Values))
	}
	return strings.Join(all, " · ")
}

// pictures is how a model looks at them, "" if nobody knows.
func pictures(m providers.Model) string {
	how, ok := m.Vision.(fmt.Stringer)
	if !ok {
		return ""
	}
	s := how.String()
	if v := m.Vision.See(1024, 1024); v.Tokens > 0 {
		s += fmt.Sprintf("; 1024×1024 is ~%d tok", v.Tokens)
	}
	return s
}

// listed is when a model's provider listed it. What stands in for a list that
// did not come is never of now.
func listed(l providers.Listing, m providers.Model) string {
	if l.Err == nil {
		return "now"
	}
	return sessions.Ago(m.Seen, time.Now())
}

// tokens is a number of tokens for people, "?" if it is not known.
func tokens(n int) string {
	if n == 0 {
		return "?"
	}
	return sessions.Count(n)
}

// abilities are those a model is known to have: "text" if it has none, "?" if
// it may have some.
func abilities(can providers.Abilities) string {
	var has []string
	for _, x := range []struct {
		name string
		can  providers.Support
	}{{"images", can.Images}, {"thoughts", can.Thoughts}, {"tools", can.Tools}, {"audio", can.Audio}, {"documents", can.Documents}} {
		if x.can == providers.Yes {
			has = append(has, x.name)
		}
	}
	if len(has) > 0 {
		return strings.Join(has, ",")
	}
	can.Documents = providers.Unknown // whoever takes them has said so
	if can == (providers.Abilities{Images: providers.No, Thoughts: providers.No, Tools: providers.No, Audio: providers.No}) {
		return "text"
	}
	return "?"
}

func where(e providers.Entry, m providers.Model) string {
	switch {
	case e.API == "demo":
		return "simulated"
	case m.Local:
		return "local"
	case e.Local: // a server of ours passes it on
		return "cloud"
	}
	return "remote"
}

// price is what a million tokens cost, in and out.
func price(m providers.Model) string {
	switch {
	case m.Price == nil && m.Local:
		return "local"
	case m.Price == nil:
		return "?"
	case m.Price.Source == providers.Free:
		return "free"
	}
	return fmt.Sprintf("$%s / $%s", m.Price.Input.PerMillion(), m.Price.Output.PerMillion())
}
