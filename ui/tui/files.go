package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// A picker is an overlay with what is attached and what could be: the files of
// a folder, and those of earlier turns. One types to narrow the folder, or a
// path, a glob or a URL.
type picker struct {
	look    *look
	gallery *gallery
	input   textinput.Model
	wide    func() bool // the screen has room for a preview

	pills   []*attached
	folder  folder // the one that is shown
	home    string // of the user, for paths that begin with ~
	base    string // the folder that what is typed begins in; "" until the first was read
	wants   string // the folder that is being read, or was last
	entries []row  // of the folder
	earlier []row  // of earlier turns
	rows    []row  // all that is seen now
	marked  []row  // chosen with others
	at, top int    // index of the chosen row, and of the first in view
	peek    peeked // of the row that is chosen
	peeks   int    // counts changes of what is previewed
	stop    func() // ends the preview that is being made
	busy    bool   // files of earlier turns are being fetched
	note    string // what went wrong
}

// pickFile opens the list of files to attach.
func (m *Model) pickFile() tea.Cmd {
	if m.bench == nil {
		return nil
	}
	in := newLine("❯ ", "type to search, or a path, a folder/, *.png, a URL", m.look.theme)
	p := &picker{look: &m.look, gallery: &m.stage.gallery, input: in, wide: func() bool { return m.w >= 100 }}
	p.input.Focus()
	p.earlier = earlier(m.tr.turns)
	m.push(p)
	m.refreshPicker()
	return p.read("")
}

// refreshPicker gives an open picker what is attached by now.
func (m *Model) refreshPicker() {
	for _, o := range m.overlays {
		if p, ok := o.(*picker); ok && !slices.Equal(p.pills, m.files()) {
			p.pills = slices.Clone(m.files())
			p.list()
		}
	}
}

// fewEarlier is how many files of earlier turns are listed before anything is
// typed: the folder below them must stay in view.
const fewEarlier = 5

// list makes the rows of what is typed, and keeps the chosen one where it is
// still there. In the place of an attached file that was removed the next one is
// chosen; else the first file is.
func (p *picker) list() {
	var was row
	if p.at < len(p.rows) {
		was = p.rows[p.at]
	}
	filter := p.filter()
	p.rows = nil
	if filter == "" && len(p.pills) > 0 {
		p.rows = append(p.rows, row{kind: header, name: "attached"})
		for _, f := range p.pills {
			p.rows = append(p.rows, pillOf(f))
		}
	}
	if old := match(p.earlier, filter); len(old) > 0 && !p.typedPath() {
		title := "in this session"
		if over := len(old) - fewEarlier; over > 0 && filter == "" {
			old = old[:fewEarlier]
			title += fmt.Sprintf(" · %d more: type to search", over)
		}
		p.rows = append(p.rows, row{kind: header, name: title})
		p.rows = append(p.rows, old...)
	}
	p.rows = append(p.rows, row{kind: header, name: p.folder.title(p.home)})
	p.rows = append(p.rows, match(p.entries, filter)...)
	if i := slices.IndexFunc(p.rows, was.same); i >= 0 && was.kind != header {
		p.at = i
		return
	}
	if was.kind == pillRow && filter == "" {
		for i := min(p.at, len(p.rows)-1); i >= p.at-1 && i >= 0; i-- {
			if p.rows[i].kind == pillRow {
				p.at = i
				return
			}
		}
	}
	p.at, p.top = p.firstFile(), 0
}

// firstFile is the row that is chosen at first: something to attach rather than
// what is attached or the way out.
func (p *picker) firstFile() int {
	for _, good := range []func(row) bool{
		func(r row) bool { return r.kind == fileRow || r.kind == folderRow && r.name != up },
		func(r row) bool { return r.kind == keptRow },
		func(r row) bool { return r.kind != header },
	} {
		if i := slices.IndexFunc(p.rows, good); i >= 0 {
			return i
		}
	}
	return 0
}

// chosen is the row that is chosen.
func (p *picker) chosen() row {
	if p.at >= 0 && p.at < len(p.rows) {
		return p.rows[p.at]
	}
	return row{}
}

func (p *picker) key(k tea.KeyPressMsg) (action, tea.Cmd) {
	p.note = ""
	before := p.chosen()
	act, cmd := p.press(k)
	if now := p.chosen(); !now.same(before) {
		cmd = tea.Batch(cmd, p.glance(now))
	}
	return act, cmd
}

func (p *picker) press(k tea.KeyPressMsg) (action, tea.Cmd) {
	switch s := k.String(); {
	case s == "up", s == "ctrl+p":
		p.move(-1)
	case s == "down", s == "ctrl+n":
		p.move(1)
	case s == "pgup":
		p.move(-10)
	case s == "pgdown":
		p.move(10)
	case s == "enter":
		return p.enter()
	case s == "ctrl+space", s == "ctrl+@", s == "space" && p.input.Value() == "":
		p.mark()
	case s == "backspace" && p.input.Value() == "" && p.folder.path != "":
		return nil, p.open(parent(p.folder.path))
	case (s == "ctrl+d" || s == "delete") && p.chosen().kind == pillRow:
		f := p.chosen().pill
		return func(m *Model) tea.Cmd { m.detach(f); m.refreshPicker(); return nil }, nil
	case s == "alt+up", s == "shift+up":
		return p.shift(-1), nil
	case s == "alt+down", s == "shift+down":
		return p.shift(1), nil
	default:
		before := p.input.Value()
		var cmd tea.Cmd
		p.input, cmd = p.input.Update(k)
		if p.input.Value() != before {
			return nil, tea.Batch(cmd, p.typed())
		}
		return nil, cmd
	}
	return nil, nil
}

// move chooses another row; headers are passed.
func (p *picker) move(by int) {
	step := 1
	if by < 0 {
		step = -1
	}
	for ; by != 0; by -= step {
		i := p.at + step
		for i >= 0 && i < len(p.rows) && p.rows[i].kind == header {
			i += step
		}
		if i < 0 || i >= len(p.rows) {
			return
		}
		p.at = i
	}
}

// mark chooses a row together with others, or no longer.
func (p *picker) mark() {
	r := p.chosen()
	if r.kind != fileRow && r.kind != keptRow && (r.kind != folderRow || r.name == up) {
		return
	}
	if i := slices.IndexFunc(p.marked, r.same); i >= 0 {
		p.marked = slices.Delete(p.marked, i, i+1)
	} else {
		p.marked = append(p.marked, r)
	}
	p.move(1)
}

func (p *picker) shift(by int) action {
	r := p.chosen()
	if r.kind != pillRow {
		return nil
	}
	return func(m *Model) tea.Cmd { m.shift(r.pill, by); m.refreshPicker(); return nil }
}

// enter opens a folder, or attaches what is marked, else what is chosen, else
// what is typed.
func (p *picker) enter() (action, tea.Cmd) {
	r, text := p.chosen(), strings.TrimSpace(p.input.Value())
	switch {
	case p.busy:
		return nil, nil
	case len(p.marked) > 0:
		return p.attach(p.marked), nil
	case isURL(text), strings.HasPrefix(text, "file:"), isGlob(text):
		return attachWords(p.words(text)), nil
	case r.kind == folderRow:
		return nil, p.open(r.path)
	case r.kind == fileRow, r.kind == keptRow:
		return p.attach([]row{r}), nil
	case text != "" && r.kind != pillRow:
		return attachWords(p.words(text)), nil
	}
	return nil, nil
}

// words are the files that what is typed names: several where it is quoted or
// escaped, as what was dropped is.
func (p *picker) words(text string) []string {
	words := []string{text}
	if strings.ContainsAny(text, "\"'\\") {
		if several, ok := prompts.Words(text); ok {
			words = several
		}
	}
	for i, w := range words {
		words[i] = p.whole(w)
	}
	return words
}

// attachWords attaches what was typed; what is wrong with it is said where
// files are attached.
func attachWords(words []string) action {
	return func(m *Model) tea.Cmd {
		m.pop()
		m.toComposer()
		return m.attach(words...)
	}
}

// attach attaches rows, in order. Those of earlier turns are fetched first.
func (p *picker) attach(rows []row) action {
	rows = slices.Clone(rows)
	return func(m *Model) tea.Cmd {
		var paths []string
		var old []sessions.Attachment
		for _, r := range rows {
			if r.kind == keptRow {
				old = append(old, r.kept)
			} else {
				paths = append(paths, r.path)
			}
		}
		if len(old) == 0 {
			m.pop()
			m.toComposer()
			return m.attach(paths...)
		}
		p.busy = true
		b := m.bench
		return func() tea.Msg {
			var ready []*prompts.Attachment
			var failed error
			for _, a := range old {
				r, err := b.File(a)
				if err != nil {
					failed = err
					continue
				}
				ready = append(ready, r)
			}
			return action(func(m *Model) tea.Cmd {
				p.busy, p.marked = false, nil
				if !m.shows(p) {
					return nil // closed: nothing was chosen
				}
				if failed != nil {
					p.note = plain.Line(failed.Error())
					return nil
				}
				m.drop(p)
				m.toComposer()
				for _, r := range ready {
					m.attachReady(r)
				}
				return m.attach(paths...)
			})
		}
	}
}

func (p *picker) paste(text string) { pasteLine(&p.input, text) }

// pasted follows what was pasted.
func (p *picker) pasted() tea.Cmd { return p.typed() }

func (p *picker) restyle() { styleLine(&p.input, p.look.theme) }

func (p *picker) cursor() *tea.Cursor {
	c := p.input.Cursor()
	if c != nil {
		c.X += 2
		c.Y++
	}
	return c
}
