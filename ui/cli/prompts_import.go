package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"juxta/prompts"
	"juxta/sessions/plain"
)

func (a *app) promptsImport() *cobra.Command {
	dry := false
	c := &cobra.Command{
		Use: "import FOLDER...", Short: "Keep all Markdown files of a folder as prompts", Args: some("FOLDER"),
		Long: `Keep the Markdown files of folders, and of the folders in them, in the library, each
under its name. A text that the library has already adds nothing, and a name that it
has for another one is kept apart: as "caption 2". No prompt is replaced, and links
are not followed. Pictures and schemas that a text names are not copied; those that
it does not find from its new place are said. What other programs keep in the front
matter is left out, and so is a file that can't be a prompt; both are said. So is
what a prompt attaches: it is sent when the prompt is asked.`,
		RunE: func(c *cobra.Command, args []string) error { return a.importPrompts(c.Context(), args, dry) },
	}
	c.Flags().BoolVar(&dry, "dry-run", false, "say what would be kept and left out, and keep nothing")
	return c
}

// A promptArrival is what became of a file, as the command prints it.
type promptArrival struct {
	File    string       `json:"file"`
	Name    *string      `json:"name"` // null if it was left out
	Fate    prompts.Fate `json:"fate"`
	Dropped []string     `json:"dropped"` // settings of its front matter
	Error   *string      `json:"error"`

	Attachments []string `json:"attachments"` // that it is asked with, as the file has them
}

func (a *app) importPrompts(ctx context.Context, folders []string, dry bool) error {
	count := map[prompts.Fate]int{}
	for _, folder := range folders {
		all, err := a.promptLibrary().Import(folder, dry)
		for _, one := range all {
			count[one.Fate]++
			if err := a.tellPrompt(one); err != nil {
				return err
			}
			if !dry && (one.Fate == prompts.Added || one.Fate == prompts.Apart) {
				a.sayMissing(ctx, plain.Line(one.Name), one.Name)
			}
		}
		var file *fs.PathError
		if errors.As(err, &file) {
			return usage("name a folder", "importing %q: %w", folder, file.Err)
		}
		if err != nil {
			return fmt.Errorf("importing %q: %w", folder, err)
		}
		if len(all) == 0 {
			a.say("%s: there are no Markdown files in it", plain.Line(folder))
		}
	}
	a.say("%d added, %d added apart, %d there already, %d left out", count[prompts.Added], count[prompts.Apart], count[prompts.Known], count[prompts.Left])
	if dry {
		a.say("nothing was kept, because of --dry-run")
	}
	return nil
}

func (a *app) tellPrompt(one prompts.Arrival) error {
	if a.json {
		r := promptArrival{File: one.File, Fate: one.Fate, Dropped: append([]string{}, one.Dropped...), Attachments: append([]string{}, one.Attachments...)}
		if one.Name != "" {
			r.Name = &one.Name
		}
		if one.Err != nil {
			words := one.Err.Error()
			r.Error = &words
		}
		return a.printJSON(r)
	}
	if one.Err != nil {
		a.say("left out: %s", plain.Line(one.Err.Error()))
		return nil
	}
	if len(one.Dropped) > 0 {
		a.say("%s: left out of its front matter: %s", plain.Line(one.File), plain.Line(strings.Join(one.Dropped, ", ")))
	}
	if len(one.Attachments) > 0 && one.Fate != prompts.Known {
		a.say("%s: it is asked with %s; look whether that may be sent", plain.Line(one.File), plain.Line(strings.Join(one.Attachments, ", ")))
	}
	_, err := fmt.Fprintf(a.out, "%s %s\n", one.Fate, plain.Line(one.Name))
	return err
}
