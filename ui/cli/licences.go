package cli

import (
	_ "embed"
	"io"

	"github.com/spf13/cobra"
)

// licences are the licences of what is linked in on any system, with their
// whole texts, as those want it. A test keeps them current.
//
//go:embed licences.txt
var licences string

func (a *app) licencesCommand() *cobra.Command {
	return &cobra.Command{
		Use: "licences", Short: "Print the licences of what juxta is made of", Args: noArgs,
		Long: `Print the licences of the modules that are part of juxta, and of Go itself: a list
first, then the whole text of each. juxta's own is the MIT licence.`,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(a.out, licences)
			return err
		},
	}
}
