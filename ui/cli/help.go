package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// help prints what a command is for and takes. Nothing is asked of the
// terminal: a styled help that asks for the background colour waits four
// seconds on one that does not answer.
func (a *app) help(c *cobra.Command, _ []string) {
	bold := func(s string) string { return s }
	if a.outTerm && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb" {
		bold = func(s string) string { return "\x1b[1m" + s + "\x1b[0m" }
	}
	var b strings.Builder
	section := func(title, text string) {
		if text = strings.Trim(text, "\n"); text != "" {
			fmt.Fprintf(&b, "\n%s\n%s\n", bold(title), text)
		}
	}
	text := c.Long
	if text == "" {
		text = c.Short + "."
	}
	b.WriteString(text + "\n")
	use := c.UseLine()
	switch {
	case c.HasParent() && c.HasAvailableSubCommands():
		use = c.CommandPath() + " COMMAND"
	case c.HasAvailableSubCommands():
		use += "\n" + c.CommandPath() + " COMMAND"
	}
	section("Usage", indent(use))
	section("Examples", indent(c.Example))
	var commands strings.Builder
	for _, child := range c.Commands() {
		if child.IsAvailableCommand() {
			fmt.Fprintf(&commands, "  %-*s  %s\n", c.NamePadding(), child.Name(), child.Short)
		}
	}
	section("Commands", commands.String())
	flags := c.LocalNonPersistentFlags().FlagUsagesWrapped(100)
	section("Flags", strings.Replace(flags, `SESSION[="last"]`, `[SESSION]       `, 1))
	if c.HasParent() {
		section("Everywhere", c.InheritedFlags().FlagUsagesWrapped(100))
	} else {
		section("Everywhere", c.PersistentFlags().FlagUsagesWrapped(100))
	}
	_, a.unhelped = io.WriteString(a.out, b.String())
}

// helpCommand is cobra's, with the exit code of a mistake for one.
func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Say what a command is for and takes", Hidden: true,
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usage("see `juxta --help`", "there is no command %q", strings.Join(args, " "))
			}
			return about.Help()
		},
	}
}

func indent(s string) string {
	if s == "" {
		return ""
	}
	return "  " + strings.ReplaceAll(s, "\n", "\n  ")
}
