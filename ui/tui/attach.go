package tui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"path"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/sessions"
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
	cancel func()              // ends what is still being done to it

	number int                  // on its label, never two alike in a draft
	label  string               // as it stands in the text
	words  string               // what goes back into the text if it can't be attached
	kept   *sessions.Attachment // what it was in an earlier turn; nil for a new one
	whole  *prompts.Attachment  // prepared and not scaled
	edge   int                  // that ready was scaled to; 0 for not
	job    int                  // what is being done to it; 0 for nothing
}

// mostFiles bounds what one question holds in memory.
const mostFiles = 100

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
	name, _, _ := strings.Cut(f.source, "?")
	switch ext := strings.ToLower(filepath.Ext(name)); {
	case slices.Contains(pictureEndings(), ext):
		return prompts.Picture
	case ext == ".pdf":
		return prompts.Document
	case slices.Contains([]string{".mp3", ".wav", ".flac", ".ogg", ".m4a", ".aac"}, ext):
		return prompts.Sound
	}
	return prompts.Written
}

// pictureEndings are those of the names of pictures, of such that can't be read
// as well: who attaches one is told why.
func pictureEndings() []string {
	return []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif"}
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
	err     error
}

// findAll finds what each of the words stands for.
func findAll(ctx context.Context, l prompts.Loader, words []string) []finding {
	var all []finding
	for _, w := range words {
		sources, err := l.Find(ctx, w)
		all = append(all, finding{w, sources, err})
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
func (m *Model) attachReady(a *prompts.Attachment) tea.Cmd {
	m.pin(&attached{whole: a, ready: a})
	return m.work()
}

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
	if len(m.files()) < mostFiles {
		return false
	}
	f.err = errors.New("100 files are the most of one question: not attached")
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
			switch {
			case errors.Is(err, clipboard.ErrNone):
				return m.say("no picture on the clipboard; paste text with the terminal's own paste key")
			case err != nil:
				return m.warn(err.Error())
			}
			m.toComposer()
			m.attachFile(file)
			return nil
		})
	}
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
		m.warn("not sent: a file could not be attached; enter sends without it")
	}
}

// blame has the strip say why a file could not be attached, until the question
// is sent or esc is pressed.
func (m *Model) blame(f *attached) {
	m.failed = slices.DeleteFunc(m.failed, func(old *attached) bool { return old.source == f.source && f.source != "" })
	m.failed, m.stale = append(m.failed, f), true
}

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

// A lane is where work on files waits for its turn.
type lane uint8

const (
	reading   lane = iota // the disk
	fetching              // the network
	preparing             // the processor
	lanes
)

// next is what must be done to a file before it can be sent, if anything.
func (f *attached) next(edge int) (l lane, any bool) {
	switch {
	case f.settled(edge):
		return 0, false
	case f.whole == nil && f.file == nil && isURL(f.source):
		return fetching, true
	case f.whole == nil && f.file == nil:
		return reading, true
	}
	return preparing, true
}

// work starts what must be done to the files attached, as far as there is a
// turn for it, and ends what is done to those that are not any more.
func (m *Model) work() tea.Cmd {
	order := m.composer.order
	for _, f := range m.composer.files {
		if f.cancel != nil && !slices.Contains(order, f) {
			f.cancel()
			f.cancel, f.job = nil, 0
		}
	}
	if !slices.Equal(order, m.told) {
		for _, f := range m.told {
			if f.words != "" && !slices.Contains(order, f) {
				m.refuse(f.words)
			}
		}
		m.told, m.stale, m.typed, m.flown = order, true, false, false
		if m.waiting {
			m.hold(changed)
		}
	}
	most := [lanes]int{reading: 2, fetching: 4, preparing: 2}
	var cmds []tea.Cmd
	for _, f := range order {
		l, any := f.next(m.edge)
		if f.cancel != nil || !any || m.busy[l] >= most[l] {
			continue
		}
		m.busy[l]++
		cmds = append(cmds, m.start(f, l))
	}
	return tea.Batch(append(cmds, m.submitReady(), m.fly())...)
}

// start does the next thing to a file.
func (m *Model) start(f *attached, l lane) tea.Cmd {
	var ctx context.Context
	ctx, f.cancel = context.WithCancel(m.ctx)
	m.jobs++
	f.job = m.jobs
	do, job, cancel := m.step(ctx, f), f.job, f.cancel
	return func() tea.Msg {
		done, err := do()
		cancel()
		return action(func(m *Model) tea.Cmd {
			m.busy[l]--
			if f.job != job {
				return nil // its label went meanwhile
			}
			f.cancel, f.job, m.stale, m.flown = nil, 0, true, false
			if err != nil {
				m.fail(f, err)
				return nil
			}
			done()
			m.composer.relabel(f)
			return nil
		})
	}
}

// glimpse shows what a picture looks like while it is still being saved anew.
// It is called by who prepares it.
func (m *Model) glimpse(f *attached, job int, file *prompts.File, thumb image.Image) {
	early := &prompts.Attachment{Name: file.Name, Width: file.Width, Height: file.Height, Thumb: thumb}
	early.Data = fmt.Appendf(nil, "a glimpse of job %d", job) // its hash is the name that drawings of it have
	send := m.send
	go send(action(func(m *Model) tea.Cmd { // send waits for the screen, and preparing must not
		if f.job == job {
			f.early, m.stale = early, true
		}
		return nil
	}))
}

// step is the next thing to do to a file, off the screen's path, and what that
// changes.
func (m *Model) step(ctx context.Context, f *attached) func() (done func(), err error) {
	bench, loader, edge := m.bench, m.opts.Loader, m.edge
	file, whole, source, kept, job := f.file, f.whole, f.source, f.kept, f.job
	finish := func(a *prompts.Attachment) (func(), error) {
		fit, err := a, error(nil)
		if edge > 0 && a.Kind() == prompts.Picture {
			fit, err = a.Fit(ctx, edge)
		}
		return func() {
			f.whole, f.ready, f.early, f.edge = a, fit, nil, edge
			if f.file != nil { // what is known of it, without its bytes
				f.file = &prompts.File{Name: file.Name, From: file.From, MIME: file.MIME, Bytes: file.Bytes, Width: file.Width, Height: file.Height}
			}
		}, err
	}
	return func() (func(), error) {
		switch {
		case whole != nil:
			return finish(whole)
		case kept != nil:
			a, err := bench.File(*kept)
			if err != nil {
				return nil, err
			}
			return finish(a)
		case file == nil:
			opened, err := loader.Open(ctx, source)
			return func() { f.file = opened }, err
		}
		file.Early = func(thumb image.Image) { m.glimpse(f, job, file, thumb) }
		a, err := file.Prepare(ctx)
		if err != nil {
			return nil, err
		}
		return finish(a)
	}
}
