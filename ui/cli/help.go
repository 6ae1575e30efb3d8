package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// help prints what a command is for and takes. Nothing is asked of the
// terminal: fang's help, which asks for its background colour, waits four
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
	if c.HasAvailableSubCommands() {
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
	_, _ = fmt.Fprint(a.out, b.String())
}

func indent(s string) string {
	if s == "" {
		return ""
	}
	return "  " + strings.ReplaceAll(s, "\n", "\n  ")
}
