package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// wrongFlag says which flag there is instead, or what the flag takes.
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
	return usage(hint, "%w", wrongValue(err))
}

// wrongValue says in our words that a flag can't be what it was given.
func wrongValue(err error) error {
	var given interface{ GetValue() string }
	if !errors.As(err, &given) {
		return err
	}
	rest := strings.TrimPrefix(err.Error(), fmt.Sprintf("invalid argument %q for ", given.GetValue()))
	name, why, _ := strings.Cut(rest, " flag: ")
	name = strings.Trim(name, `"`)
	name = name[strings.LastIndex(name, " ")+1:] // -n, --limit
	var number *strconv.NumError
	if errors.As(err, &number) {
		why = map[string]string{"ParseBool": "it is true or false", "ParseFloat": "it is a number", "ParseUint": "it is a whole number from 0"}[number.Func]
		switch {
		case errors.Is(number, strconv.ErrRange):
			why = "it is too large"
		case why == "":
			why = "it is a whole number"
		}
	}
	return fmt.Errorf("%s %q: %s", name, given.GetValue(), why)
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
func some(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return nil
		}
		return usage(fmt.Sprintf("%s %s", c.CommandPath(), what), "%s needs %s", c.CommandPath(), what)
	}
}

// one wants one argument.
func one(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return usage(fmt.Sprintf("%s %s", c.CommandPath(), what), "%s needs %s", c.CommandPath(), what)
		case len(args) > 1:
			return usage(fmt.Sprintf("%s %s", c.CommandPath(), what), "%s takes one %s, not %d", c.CommandPath(), what, len(args))
		}
		return nil
	}
}

func oneOrTwo(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 1 || len(args) == 2 {
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
