package tui

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/ui/clipboard"
)

// An attached file is a pill in the composer, from the moment it is named.
//
// Its way: found (its pill is there) → opened (its name and pixels are) →
// prepared (whole) → scaled as F3 says (ready). What is next is done by work,
// a few files at a time, as long as its label stands in the text; a label that
// goes takes the work with it, and one that comes back starts it again.
type attached struct {
	source string              // its path or URL; "" for what was never a file
	file   *prompts.File       // nil until it was looked at
	ready  *prompts.Attachment // nil until it was prepared
	early  *prompts.Attachment // what it looks like, as soon as that is known; nil for not
	err    error               // why it can't be attached
	told   bool                // enter was pressed in the face of err
	cancel func()              // ends what is being done to it; not nil until that has ended

	number int                  // on its label, never two alike in a draft
	label  string               // as it stands in the text
	words  string               // what goes back into the text if it can't be attached
	kept   *sessions.Attachment // what it was in an earlier turn; nil for a new one
	whole  *prompts.Attachment  // prepared and not scaled
	edge   int                  // that ready was scaled to; 0 for not
	job    int                  // what is being done to it; 0 for nothing, or nothing that counts
}

// kind is what the file is, or is by its name while nobody has looked.
func (f *attached) kind() prompts.Kind {
	switch {
	case f.whole != nil:
		return f.whole.Kind()
	case f.file != nil:
		return f.file.Kind()
	case f.kept != nil:
		return (&prompts.File{MIME: f.kept.MIME}).Kind()
	}
	return kindByName(f.source)
}

// kindByName is what a path or a URL is a name of, by its ending: Written for
// all that is no medium's. Pictures that can't be read are among them: who
// attaches one is told why.
func kindByName(source string) prompts.Kind {
	name := source
	if isURL(source) {
		name = address(source)
	}
	end := strings.ToLower(path.Ext(filepath.ToSlash(name)))
	if path.Base(filepath.ToSlash(name)) == end { // ".png" alone is nobody's name
		return prompts.Written
	}
	switch {
	case slices.Contains(pictureEndings(), end):
		return prompts.Picture
	case end == ".pdf":
		return prompts.Document
	case slices.Contains([]string{".mp3", ".wav", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac"}, end):
		return prompts.Sound
	}
	return prompts.Written
}

// pictureEndings are those of the names of pictures, of such that can't be read
// as well.
func pictureEndings() []string {
	return []string{".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif"}
}

// name is what people call the file, as it was found.
func (f *attached) name() string {
	switch {
	case f.whole != nil:
		return f.whole.Name
	case f.file != nil:
		return f.file.Name
	case f.kept != nil:
		return f.kept.Name
	case isURL(f.source):
		return address(f.source)
	}
	return path.Base(filepath.ToSlash(f.source))
}

func isURL(s string) bool {
	s = strings.ToLower(s)
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// settled reports whether nothing is left to do before the file is sent.
func (f *attached) settled(edge int) bool {
	return f.err != nil || f.ready != nil && (f.edge == edge || f.kind() != prompts.Picture)
}

// files is what is attached to the question being written, in order.
func (m *Model) files() []*attached { return m.composer.order }

// readied is those of files that can be sent.
func readied(files []*attached) []*prompts.Attachment {
	var all []*prompts.Attachment
	for _, f := range files {
		if f.ready != nil {
			all = append(all, f.ready)
		}
	}
	return all
}

// A finding is what a word stands for.
type finding struct {
	word    string
	sources []string
	file    *prompts.File // the only source, if somebody has looked at it already
	err     error
}

// findAll finds what each of the words stands for.
func findAll(ctx context.Context, l prompts.Loader, words []string) []finding {
	var all []finding
	for _, w := range words {
		sources, err := l.Find(ctx, w)
		all = append(all, finding{word: w, sources: sources, err: err})
	}
	return all
}

// attach attaches what paths, folders, globs and URLs name, each as soon as it
// was found.
func (m *Model) attach(sources ...string) tea.Cmd {
	if len(sources) == 0 {
		return nil
	}
	ctx, loader := m.ctx, m.opts.Loader
	return func() tea.Msg {
		found := findAll(ctx, loader, sources)
		return action(func(m *Model) tea.Cmd {
			for _, f := range found {
				if f.err != nil {
					m.blame(&attached{source: f.word, err: f.err})
					continue
				}
				for _, s := range f.sources {
					m.pin(&attached{source: s})
				}
			}
			m.stale = true
			return nil
		})
	}
}

// attachReady attaches what is prepared already: a part of a picture, or a file
// of an earlier turn.
func (m *Model) attachReady(a *prompts.Attachment) { m.pin(&attached{whole: a, ready: a}) }

// attachFile attaches a file that was read already.
func (m *Model) attachFile(f *prompts.File) { m.pin(&attached{file: f}) }

// pin puts a file's pill where the cursor is, if there is room for one more.
func (m *Model) pin(f *attached) {
	if m.full(f) {
		return
	}
	m.composer.attach(f)
}

// full refuses a file that is one too many, in view.
func (m *Model) full(f *attached) bool {
	if len(m.files()) < prompts.MostFiles {
		return false
	}
	f.err = fmt.Errorf("%d files are the most of one question: not attached", prompts.MostFiles)
	m.blame(f)
	return true
}

// detach takes a file off the question, and its pill out of the text.
func (m *Model) detach(f *attached) { m.composer.drop(f, "") }

// shift moves a file by places to the right, or left if by is negative.
func (m *Model) shift(f *attached, by int) { m.composer.shift(f, by) }

// pasteClipboard attaches the picture on the system's clipboard.
func (m *Model) pasteClipboard() tea.Cmd {
	ctx, loader, read := m.ctx, m.opts.Loader, m.clipboard
	return func() tea.Msg {
		data, err := read(ctx)
		var file *prompts.File
		if err == nil {
			file, err = loader.Look("clipboard", "clipboard", data)
		}
		return action(func(m *Model) tea.Cmd {
			if err != nil {
				return m.clipboardFails(err)
			}
			m.toComposer()
			m.attachFile(file)
			return nil
		})
	}
}

// clipboardFails says why nothing came from the clipboard, and what works
// instead, in as few words as a status line has room for.
func (m *Model) clipboardFails(err error) tea.Cmd {
	why := err.Error()
	switch {
	case err == clipboard.ErrNone: //nolint:errorlint // a more exact one has its own words
		return m.say("no picture on the clipboard; paste text with the terminal's own paste key")
	case strings.Contains(why, "SSH"):
		why = "no clipboard over SSH: copy the file to that machine and paste its path"
	default:
		var advised interface{ Advice() string }
		if errors.As(err, &advised) {
			advice, _, _ := strings.Cut(advised.Advice(), "; ")
			why += ": " + advice
		}
	}
	if errors.Is(err, clipboard.ErrNone) {
		return m.say(why)
	}
	return m.warn(why)
}

// fail ends the way of a file that can't be attached. Its pill goes, and the
// strip says why.
func (m *Model) fail(f *attached, err error) {
	m.composer.drop(f, f.words)
	m.refuse(f.words)
	f.err, f.file = err, nil
	m.blame(f)
	m.composer.changed()
	if m.waiting {
		m.waiting = false
		m.warn("not sent: " + m.without())
	}
}

// blame has the strip say why a file could not be attached, until the question
// is sent or emptied, or esc is pressed.
func (m *Model) blame(f *attached) {
	m.failed = slices.DeleteFunc(m.failed, func(old *attached) bool { return old.source == f.source && f.source != "" })
	m.failed, m.stale = append(m.failed, f), true
}

// without is what the question goes without if enter is pressed once more: the
// files that could not be attached, of which nobody has been told at an enter.
// "" if there are none.
func (m *Model) without() string {
	var names []string
	text := false
	for _, f := range m.failed {
		if !f.told {
			f.told, names, text = true, append(names, m.look.middle(plain.Line(f.name()), 30)), text || f.words != ""
		}
	}
	switch {
	case len(names) == 0:
		return ""
	case len(names) > 1:
		return some(names) + m.keyed(" are not attached: {send} sends without them")
	case text:
		return names[0] + m.keyed(" is not attached: {send} sends it as text")
	}
	return names[0] + m.keyed(" is not attached: {send} sends without it")
}

// forget begins a new question: what was said of the last one's files is over.
func (m *Model) forget() { m.failed, m.refused, m.stale = nil, nil, true }

// refuse remembers words that are to stay text.
func (m *Model) refuse(words string) {
	if words = strings.TrimSpace(words); words == "" {
		return
	}
	if m.refused == nil {
		m.refused = map[string]bool{}
	}
	m.refused[words] = true
}
