package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"juxta/prompts"
)

// prompting is what the flags say of the prompt that a question is made from.
type prompting struct {
	name string
	set  []string

	opened *prompts.Prompt // of the library; nil without a name
}

func (p *prompting) flags(a *app, c *cobra.Command, what string) {
	c.Flags().StringVarP(&p.name, "prompt", "t", "", what+", "+a.promptsFolder())
	_ = c.RegisterFlagCompletionFunc("prompt", a.completePrompts)
	valueFlag(c, &p.set)
}

// open opens the prompt that is named, whose files go before others.
func (p *prompting) open(a *app, attach *attaching) (err error) {
	if p.name == "" {
		return nil
	}
	if p.opened, err = a.openPrompt(p.name); err != nil {
		return err
	}
	attach.words = append(p.opened.Attachments[:len(p.opened.Attachments):len(p.opened.Attachments)], attach.words...)
	return nil
}

// fill is the question: the prompt that is named with the text below it, or the
// text itself, in which {{name}} is a variable if values are given.
func (p *prompting) fill(a *app, text string) (prompts.Filled, error) {
	if p.opened == nil {
		if len(p.set) == 0 {
			return prompts.Filled{Text: text}, nil
		}
		t, err := prompts.Template(text)
		if err != nil {
			return prompts.Filled{}, usage("", "the question, %w", err)
		}
		return a.fill(t, p.set)
	}
	f, err := a.fill(p.opened, p.set)
	if below := strings.TrimSpace(text); err == nil && below != "" {
		f.Text += "\n\n" + text
		f.Used.Edited = true
	}
	return f, err
}
