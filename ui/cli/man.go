package cli

import (
	"charm.land/fang/v2"
	"github.com/spf13/cobra"
)

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man", Short: "Print the manual page", Args: noArgs,
		Example: "juxta man | man -l -",
		RunE: func(c *cobra.Command, _ []string) error {
			// fang brings a command of this name for a root that has none.
			root := a.root()
			for _, child := range root.Commands() {
				if child.Name() == "man" {
					root.RemoveCommand(child)
				}
			}
			root.SetArgs([]string{"man"})
			return fang.Execute(c.Context(), root, fang.WithVersion(a.version()))
		},
	}
}
