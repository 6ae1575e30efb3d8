package cli

import (
	"io"
	"regexp"
	"strings"

	mango "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"
)

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man", Short: "Print the manual page", Args: noArgs,
		Example: "juxta man | man -l -",
		RunE: func(*cobra.Command, []string) error {
			root := a.root()
			flow(root)
			page, err := mango.NewManPage(1, root)
			if err != nil {
				return err
			}
			_, day := a.built()
			_, err = io.WriteString(a.out, tidy(page.Build(roff.NewDocument()), day))
			return err
		},
	}
}

// flow makes one line of every paragraph: the page would end one with the line.
func flow(c *cobra.Command) {
	paragraphs := strings.Split(c.Long, "\n\n")
	for i, p := range paragraphs {
		paragraphs[i] = strings.ReplaceAll(p, "\n", " ")
	}
	c.Long = strings.Join(paragraphs, "\n\n")
	for _, child := range c.Commands() {
		flow(child)
	}
}

var (
	heading   = regexp.MustCompile(`(?m)^(\.TH JUXTA 1 ")[^"]*`)
	shorthand = regexp.MustCompile(`\\fB--([A-Za-z]) --`)
	metavar   = regexp.MustCompile("`([A-Z=-]+)`")
)

// tidy writes -m, --model where the page has --m --model, and what a flag takes
// in italics. The page is of the day of what it is about, and not of today: it is
// part of a release, which is the same whenever it is built.
func tidy(page, day string) string {
	page = heading.ReplaceAllString(page, "${1}"+day)
	page = shorthand.ReplaceAllString(page, `\fB-$1\fP, \fB--`)
	return metavar.ReplaceAllString(page, `\fI$1\fP`)
}
