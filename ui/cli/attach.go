package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// attaching is what the flags say of files that go with a question.
type attaching struct {
	words []string
	fit   int // pixels; 0 for as they are
	keep  bool
}

func (t *attaching) flags(c *cobra.Command, words string) {
	f := c.Flags()
	f.StringArrayVarP(&t.words, "attach", "a", nil, words)
	_ = c.RegisterFlagCompletionFunc("attach", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveDefault // files
	})
	f.BoolVar(&t.keep, "keep-metadata", false, "leave camera data and place in pictures")
}

// loader is what finds and prepares files, as the configuration and the flags
// have it.
func (t *attaching) loader(c config, n *network) prompts.Loader {
	return prompts.Loader{KeepMetadata: c.keepMetadata || t.keep, Private: c.privateURLs, LocalOnly: n.reason}
}

// takesInput reports whether the standard input is a file to attach.
func (t *attaching) takesInput() bool { return slices.Contains(t.words, "-") }

// check finds the mistakes in the flags alone.
func (t *attaching) check(args []string) error {
	if t.fit > 0 && len(t.words) == 0 {
		return usage("attach one with -a, or leave --fit out", "--fit scales attached pictures, and none is attached")
	}
	inputs := 0
	for _, w := range append(t.words[:len(t.words):len(t.words)], args...) {
		if w == "-" {
			inputs++
		}
	}
	if inputs > 1 && t.takesInput() {
		return usage("name the others by their paths", "-a -: the standard input can stand in one place only")
	}
	return nil
}

// setFit is what --fit says.
func (t *attaching) setFit(text string) (err error) {
	if t.fit, err = strconv.Atoi(text); err != nil || t.fit < 1 {
		return errors.New("it is a number of pixels from 1, such as 1024")
	}
	return nil
}

// find is what -a names, in order; "-" is the standard input. Whatever is wrong
// with one of them is wrong usage.
func (t *attaching) find(ctx context.Context, l prompts.Loader) ([]string, error) {
	var all []string
	for _, word := range t.words {
		if word == "-" {
			all = append(all, word)
			continue
		}
		found, err := l.Find(ctx, word)
		if err != nil {
			return nil, badFile(err)
		}
		for _, f := range found {
			if f == "-" { // a file that a pattern matched
				f = "." + string(filepath.Separator) + f
			}
			all = append(all, f)
		}
	}
	if len(all) > prompts.MostFiles {
		return nil, usage("name fewer, or ask more than once", "-a: these are %d files; a question has at most %d", len(all), prompts.MostFiles)
	}
	return all, nil
}

// files finds, reads and prepares what -a names, in order, and says what that
// took. If anything is wrong, nothing is asked.
func (q *ask) files(ctx context.Context, l prompts.Loader) ([]*prompts.Attachment, error) {
	sources, err := q.attach.find(ctx, l)
	if err != nil {
		return nil, err
	}
	var all []*prompts.Attachment
	var same []*prompts.Attachment // to which nothing was done, where they are too many to be named
	for _, s := range sources {
		f, err := q.open(ctx, l, s)
		if err != nil {
			return nil, badFile(err)
		}
		a, err := q.prepare(ctx, f)
		if err != nil {
			return nil, badFile(err)
		}
		all = append(all, a)
		switch {
		case q.json:
		case len(sources) > severally && len(a.Notes) == 0:
			same = append(same, a)
		default:
			q.say("%s", plain.Line(done(a)))
		}
	}
	if len(same) > 0 {
		q.say("%s", plain.Line(asTheyAre(same)))
	}
	return all, nil
}

// badFile is an error about a file, which names it.
func badFile(err error) error {
	hint := ""
	if errors.Is(err, prompts.ErrPrivate) {
		hint = "or allow it in the configuration: attachments: {private_urls: true}"
	}
	return usage(hint, "-a: %w", err)
}

// open looks at a file that was found.
func (q *ask) open(ctx context.Context, l prompts.Loader, source string) (*prompts.File, error) {
	if source != "-" {
		return l.Open(ctx, source)
	}
	if q.inTerm {
		return nil, errors.New("-: the standard input is the keyboard; send a file there, as in: juxta ask -a - < pin.jpg")
	}
	data, err := q.input(ctx, io.LimitReader(q.in, prompts.MostBytes+1))
	if err != nil {
		return nil, err
	}
	return l.Look("stdin", "standard input", data)
}

// prepare makes a file what is sent.
func (q *ask) prepare(ctx context.Context, f *prompts.File) (*prompts.Attachment, error) {
	a, err := f.Prepare(ctx)
	if err != nil || q.attach.fit == 0 {
		return a, err
	}
	return a.Fit(ctx, q.attach.fit)
}

// asTheyAre is a line for all files to which nothing was done.
func asTheyAre(all []*prompts.Attachment) string {
	if len(all) == 1 {
		return done(all[0])
	}
	total := 0
	for _, a := range all {
		total += len(a.Data)
	}
	return fmt.Sprintf("%d files, %s, as they are", len(all), size(total))
}

// done is a file's name and size, and what was done to it.
func done(a *prompts.Attachment) string {
	s := a.Name + " " + extent(len(a.Data), a.FileWidth, a.FileHeight)
	if len(a.Notes) == 0 {
		return s + ": as it is"
	}
	return s + ": " + strings.Join(a.Notes, "; ")
}

// foresee says what each model is going to see, and what that is estimated to
// cost. Who can't be asked says so in the place of an answer.
func (q *ask) foresee(b *sessions.Bench, files []*prompts.Attachment) {
	s := b.Session()
	shown := s.Shown()
	for i, p := range b.Preflight(files, 0) {
		if p.Trouble != "" || i >= len(shown) {
			continue
		}
		name := shown[i].Model.String()
		if p.Doubt != "" {
			q.say("%s: %s", plain.Line(name), plain.Line(p.Doubt))
		}
		if len(p.Sights) > severally {
			q.say("%s", plain.Line(inAll(name, p.Sights)))
			continue
		}
		for k, sight := range p.Sights {
			if p.Doubt != "" && sight.View == (providers.View{}) {
				continue // that nothing is known of it has been said
			}
			q.say("%s", plain.Line(foreseen(name, files[k], sight)))
		}
	}
}

// severally is how many files are told of one by one; of more, what they come to.
const severally = 6

// inAll is what a model makes of many files together: not known as soon as that
// of one of them is not.
func inAll(model string, sights []sessions.Sight) string {
	tokens, known := 0, true
	var cost providers.Money
	priced := true
	for _, s := range sights {
		tokens, known = tokens+s.View.Tokens, known && s.View.Tokens > 0
		if priced = priced && s.Cost != nil; priced {
			cost += *s.Cost
		}
	}
	line := fmt.Sprintf("%s takes %d files", model, len(sights))
	switch {
	case !known:
		return line + "; for how many tokens is not known"
	case !priced:
		return fmt.Sprintf("%s, ~%d tokens", line, tokens)
	}
	return fmt.Sprintf("%s, ~%d tokens, ~%s", line, tokens, cost)
}

func foreseen(model string, a *prompts.Attachment, s sessions.Sight) string {
	verb := map[prompts.Kind]string{prompts.Picture: "sees", prompts.Sound: "hears"}[a.Kind()]
	if verb == "" {
		verb = "reads"
	}
	line := model + " " + verb + " " + a.Name
	if s.View.Width == 0 && s.View.Tokens == 0 {
		return line + "; how, and for how many tokens, is not known"
	}
	if s.View.Width > 0 {
		line += " at " + pixels(s.View.Width, s.View.Height)
	}
	if s.View.Tokens > 0 {
		line += fmt.Sprintf(", ~%d tokens", s.View.Tokens)
	} else {
		line += ", tokens unknown"
	}
	if s.Cost != nil {
		line += ", ~" + s.Cost.String()
	}
	return line
}

// kept is an attachment of a turn: what it was, what was sent and by which hash
// it is in the store.
func kept(f sessions.Attachment) string {
	const enough = 12 // digits of a hash, to tell one from another
	s := f.Name + " " + extent(f.Bytes, f.Width, f.Height) + " · " + f.MIME + " · sha256 " + f.SHA256[:min(len(f.SHA256), enough)]
	if len(f.Notes) > 0 {
		s += " · " + strings.Join(f.Notes, "; ")
	}
	return s
}

// extent is how large a file was: in pixels, or in bytes if it is no picture.
// If other pixels were sent, its notes say so.
func extent(n, width, height int) string {
	if width == 0 {
		return size(n)
	}
	return pixels(width, height)
}

func pixels(w, h int) string { return fmt.Sprintf("%d×%d", w, h) }

// size is a number of bytes for people.
func size(n int) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 999_500:
		return fmt.Sprintf("%.3g kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.3g MB", float64(n)/1e6)
}
