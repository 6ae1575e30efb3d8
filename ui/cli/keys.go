package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"juxta/providers"
	"juxta/providers/keys"
	"juxta/sessions/plain"
)

func (a *app) keysCommand() *cobra.Command {
	return group("keys", "Keep keys in the system's keyring, and see where each comes from",
		&cobra.Command{
			Use: "set PROVIDER", Short: "Keep a provider's key in the keyring", Args: onlyProvider, ValidArgsFunction: a.completeProviders,
			Long: `Keep a provider's key in the system's keyring. The key is typed at a prompt that
does not show it, or comes from the standard input; it is never an argument, as
that would stay in the shell's history. It goes to the address that the provider
has now, and to no other.

A key in the environment comes before the keyring, and the keyring before the
configuration.`,
			Example: "juxta keys set openai\npass show openai | juxta keys set openai",
			RunE:    func(c *cobra.Command, args []string) error { return a.setKey(c.Context(), args[0]) },
		},
		&cobra.Command{
			Use: "list", Short: "List where every provider's key comes from and where it goes", Args: noArgs,
			Long: "List where every provider's key comes from and where it goes. No part of a key\nis shown, and the keyring is not opened.",
			RunE: func(*cobra.Command, []string) error { return a.listKeys() },
		},
		&cobra.Command{
			Use: "rm PROVIDER", Short: "Remove a provider's key from the keyring", Args: onlyProvider, ValidArgsFunction: a.completeProviders,
			RunE: func(c *cobra.Command, args []string) error { return a.removeKey(c.Context(), args[0]) },
		},
	)
}

// onlyProvider wants one argument. What it refuses it does not repeat, as that
// may be a key.
func onlyProvider(c *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return usage(c.CommandPath()+" openai", "%s needs a provider", c.CommandPath())
	case len(args) > 1:
		return usage(c.CommandPath()+" PROVIDER asks for the key, or reads it from a pipe",
			"a key is not given as an argument: it would stay in the shell's history; if this was one, renew it")
	}
	return nil
}

// ring is the keyring and every endpoint that may have a key in it.
func (a *app) ring() (*keys.Ring, *network, error) {
	c, err := readConfig(a.configPath())
	if err != nil {
		return nil, nil, err
	}
	ring, err := keys.Read(a.indexPath(), a.vault)
	if err != nil {
		return nil, nil, err
	}
	return ring, connect(c, a.getenv, ring), nil // without --local-only: nobody is asked
}

// keyholders are the endpoints that a key may be for.
func (n *network) keyholders() []providers.Endpoint {
	return slices.DeleteFunc(slices.Clone(n.all), func(e providers.Endpoint) bool { return e.API == "demo" })
}

// keyholder is the endpoint that somebody named, under the name that the
// keyring knows, and the names of all that share its key.
func (n *network) keyholder(name string) (providers.Endpoint, []string, error) {
	all := n.keyholders()
	var names []string
	for _, e := range all {
		names = append(names, e.Name)
	}
	at := slices.Index(names, name)
	if at < 0 {
		hint := "providers: " + strings.Join(names, ", ") + "; others need a row in the configuration"
		if near := nearest(name, names); near != "" {
			hint = fmt.Sprintf("did you mean %s? %s", near, hint)
		}
		return providers.Endpoint{}, nil, usage(hint, "there is no provider of that name") // which may be a key
	}
	e := all[at]
	e.Name = account(e.Name)
	shared := slices.DeleteFunc(names, func(other string) bool { return account(other) != e.Name })
	return e, shared, nil
}

// account is the name under which the keyring has a provider's key.
func account(name string) string {
	if b, ok := builtinNamed(name); ok {
		return b.account()
	}
	return name
}

func (a *app) setKey(ctx context.Context, name string) error {
	ring, n, err := a.ring()
	if err != nil {
		return err
	}
	e, shared, err := n.keyholder(name)
	if err != nil {
		return err
	}
	if keys.Origin(e.BaseURL) == "" {
		return usage("correct its address first; `juxta doctor` shows what is wrong with it", "%s has no address that a key could be for", name)
	}
	if a.inTerm {
		if err := patiently(ctx, func(ctx context.Context) error { return ring.Answers(ctx, e) }); err != nil {
			return err
		}
	}
	key, err := a.readKey(ctx, fmt.Sprintf("key of %s for %s (not shown): ", strings.Join(shared, " and "), plain.Line(goesTo(e))))
	if err != nil {
		return err
	}
	if err := patiently(ctx, func(ctx context.Context) error { return ring.Set(ctx, e, key) }); err != nil {
		return err
	}
	if n.sources[name] == keys.Environment {
		a.say("%s is set and comes first: unset it to use the key from the keyring", e.KeyName)
	}
	if a.json {
		return a.printJSON(map[string]any{"providers": shared, "source": keys.Keyring, "host": goesTo(e)})
	}
	_, err = fmt.Fprintf(a.out, "kept the key of %s for %s\n", strings.Join(shared, " and "), plain.Line(goesTo(e)))
	return err
}

// patiently asks the keyring for something, which somebody may have to unlock.
func patiently(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, keyPatience)
	defer cancel()
	return ask(ctx)
}

// goesTo is the service that a key of e's is sent to, in the words of whoever
// wrote the address: the names of this machine are one only to the keyring.
func goesTo(e providers.Endpoint) string {
	u, err := url.Parse(e.BaseURL)
	if err != nil || keys.Origin(e.BaseURL) == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// readKey asks for a key, or reads it from a pipe.
func (a *app) readKey(ctx context.Context, prompt string) (key providers.Secret, err error) {
	if f, ok := a.in.(*os.File); ok && a.inTerm {
		show, err := silence(f)
		if err != nil {
			return key, usage("pipe it in: pass show KEY | juxta keys set PROVIDER", "this terminal can't hide what is typed")
		}
		defer func() { show(); a.say("") }()
		_, _ = io.WriteString(a.err, prompt)
	}
	text, err := a.firstLine(ctx)
	if err != nil {
		return key, err
	}
	key = providers.NewSecret(text)
	if key.Empty() {
		return key, usage("paste it when asked, or pipe it in: pass show KEY | juxta keys set PROVIDER", "there is no key: nothing came")
	}
	odd := oddities(strings.TrimSpace(text))
	if !key.Printable() {
		odd = "there are spaces or odd characters in it"
	}
	if odd != "" {
		return providers.Secret{}, usage("give the key alone, on one line, without quotes or a name before it", "this is not a key: %s", odd)
	}
	return key, nil
}

// oddities are the reason why what somebody copied is more than a key. Base64
// ends in an equals sign, and has none in front of anything.
func oddities(text string) string {
	const quotes = "\"'`"
	name, rest, assigned := strings.Cut(text, "=")
	switch {
	case assigned && variableName(name) && strings.Trim(rest, "=") != "":
		return "there is a name in front of it"
	case strings.ContainsAny(text[:1]+text[len(text)-1:], quotes):
		return "there are quotes around it"
	}
	return ""
}

// firstLine is all of the standard input, which must be one line; of a
// terminal, its first one.
func (a *app) firstLine(ctx context.Context) (string, error) {
	const most = 16 << 10
	in := io.LimitReader(a.in, most)
	text, err := interruptibly(ctx, func() (string, error) {
		if a.inTerm {
			return bufio.NewReader(in).ReadString('\n')
		}
		all, err := io.ReadAll(in)
		return string(all), err
	})
	if err != nil && !errors.Is(err, io.EOF) {
		return "", usage("pipe it in anew, or type it", "reading the key: %w", err)
	}
	return text, nil
}

func (a *app) removeKey(ctx context.Context, name string) error {
	ring, n, err := a.ring()
	if err != nil {
		return err
	}
	e := providers.Endpoint{Name: account(name)} // it may have lost its row meanwhile
	if _, held := ring.Origin(e.Name); !held {
		if e, _, err = n.keyholder(name); err != nil {
			return err
		}
		hint := "`juxta keys list` shows where keys come from"
		if n.sources[name] == keys.Environment {
			hint = "its key comes from the environment: unset " + e.KeyName
		}
		return &mistake{exitFailed, fmt.Errorf("the keyring holds no key of %s", name), hint}
	}
	err = patiently(ctx, func(ctx context.Context) error { _, err := ring.Remove(ctx, e); return err })
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]string{"removed": e.Name})
	}
	_, err = fmt.Fprintf(a.out, "removed the key of %s\n", plain.Line(e.Name))
	return err
}

// A keyRecord is what may be told of a provider's key.
type keyRecord struct {
	Provider string      `json:"provider"`
	Source   keys.Source `json:"source"`
	Variable *string     `json:"variable"`   // that holds it, or would
	Command  bool        `json:"command"`    // the configuration has a command for it
	Host     *string     `json:"host"`       // where it goes, as configured
	InRing   *string     `json:"in_keyring"` // where the key in the keyring may go; null if there is none
	Problem  *string     `json:"problem"`
}

func (n *network) keyRecord(e providers.Endpoint, ring *keys.Ring) keyRecord {
	r := keyRecord{Provider: e.Name, Source: n.sources[e.Name], Variable: given(e.KeyName), Host: given(goesTo(e))}
	r.Command = r.Source == keys.Configuration && n.late[e.Name].fetch != nil
	if origin, held := ring.Origin(account(e.Name)); held {
		r.InRing = &origin
	}
	if err := n.faults[e.Name]; err != nil {
		r.Problem = given(plain.Line(providers.AsError(err).Err.Error()))
	}
	return r
}

// words say where the key comes from.
func (r keyRecord) words() string {
	named := ""
	if r.Variable != nil {
		named = " " + *r.Variable
	}
	switch r.Source {
	case keys.Keyring:
		return "keyring"
	case keys.Configuration:
		if r.Command {
			return "configuration (a command)"
		}
		return "configuration" + named
	case keys.Missing:
		return "missing" + named
	case keys.Unneeded:
		return "not needed"
	}
	return string(r.Source) + named
}

func (a *app) listKeys() error {
	ring, n, err := a.ring()
	if err != nil {
		return err
	}
	var records []keyRecord
	known := map[string]bool{}
	for _, e := range n.keyholders() {
		records = append(records, n.keyRecord(e, ring))
		known[account(e.Name)] = true
	}
	for _, name := range ring.Providers() {
		if origin, _ := ring.Origin(name); !known[name] {
			records = append(records, keyRecord{Provider: name, Source: keys.Keyring, InRing: &origin, Problem: given("no provider has this name any more")})
		}
	}
	if a.json {
		for _, r := range records {
			if err := a.printJSON(r); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "PROVIDER\tKEY FROM\tGOES TO")
	for _, r := range records {
		host := "?"
		if r.Host != nil {
			host = *r.Host
		}
		if r.Problem != nil {
			host += "  (" + *r.Problem + ")"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", plain.Line(r.Provider), plain.Line(r.words()), plain.Line(host))
	}
	return w.Flush() // of everything above
}

// completeProviders offers the names that a key may be set for.
func (a *app) completeProviders(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	_, n, err := a.ring()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	for _, e := range n.keyholders() {
		names = append(names, plain.Line(e.Name))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
