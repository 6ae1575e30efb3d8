package tui

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/sessions/plain"
)

// How files come in as words: pasted or dropped, and typed. Text is never held
// back by it: what names nothing stays what it is.

// pasteText takes in what was pasted into the composer. What may name files stands
// there as text until somebody has looked, so that nothing typed meanwhile is
// out of order.
func (m *Model) pasteText(text string) tea.Cmd {
	if text == "" { // what some terminals send for a picture on the clipboard
		return m.pasteClipboard()
	}
	c := m.composer
	from := c.cursor()
	c.insert(text)
	m.stale = true
	words, ok := prompts.Words(text)
	all, to := c.area.Value(), c.cursor()
	if !ok || !m.plausible(words) || isURL(words[0]) && !apart(all, from, to) {
		return nil
	}
	stands := all[from:to]
	ctx, loader := m.ctx, m.opts.Loader
	return func() tea.Msg {
		found := findAll(ctx, loader, words)
		return action(func(m *Model) tea.Cmd {
			at := strings.LastIndex(c.area.Value(), stands)
			if m.forbidden(found) || at < 0 || slices.ContainsFunc(found, func(f finding) bool { return f.err != nil }) {
				return nil
			}
			m.swap([]swapped{{span{from: at, to: at + len(stands)}, found, ""}})
			return nil
		})
	}
}

// forbidden says why URLs may not be fetched, and reports whether there are such.
// They stay text.
func (m *Model) forbidden(found []finding) bool {
	any := false
	for _, f := range found {
		if f.err != nil && isURL(f.word) {
			m.refuse(f.word)
			m.blame(&attached{source: f.word, words: f.word, err: f.err})
			any = true
		}
	}
	return any
}

// plausible reports whether words may be meant as files: none has failed in this
// question, and none is a folder of which nobody attaches all. A URL is fetched
// only if it is alone and ends like a medium's: a link may work once, and who
// asks about a page does not ask for its source. What is to be fetched all the
// same is named in the picker or at the start.
func (m *Model) plausible(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool {
		return m.refused[w] || strings.Trim(w, `/.~\`) == "" || isURL(w) && (len(words) > 1 || kindByName(w) == prompts.Written)
	})
}

// apart reports whether text[from:to] is no part of a word.
func apart(text string, from, to int) bool {
	return (from == 0 || strings.IndexByte(" \n", text[from-1]) >= 0) && (to == len(text) || strings.IndexByte(" \n", text[to]) >= 0)
}

// A swapped is a stretch of the text that stood for files.
type swapped struct {
	span
	found []finding
	words string // what goes back into the text if the file can't be attached; a URL always does
}

// swap puts pills in the place of the words that named their files. The cursor
// stays where it is in the rest of the text.
func (m *Model) swap(all []swapped) (names []string) {
	c := m.composer
	text, at := c.area.Value(), c.cursor()
	var b strings.Builder
	done, shift := 0, 0
	for _, s := range all {
		var labels []string
		for _, found := range s.found {
			for _, source := range found.sources {
				f := &attached{source: source, words: s.words, file: found.file}
				if isURL(source) {
					f.words = found.word
				}
				if len(c.order)+len(names) >= prompts.MostFiles {
					m.full(f)
					continue
				}
				c.enlist(f)
				labels, names = append(labels, f.label), append(names, f.name())
			}
		}
		put := strings.Join(labels, " ")
		if s.from > 0 && strings.IndexByte(" \n", text[s.from-1]) < 0 {
			put = " " + put
		}
		if s.to == len(text) {
			put += " "
		}
		b.WriteString(text[done:s.from] + put)
		if at >= s.to {
			shift += len(put) - (s.to - s.from)
		}
		done = s.to
	}
	b.WriteString(text[done:])
	c.place(b.String(), at+shift)
	m.stale = true
	return names
}

// typedFiles is what the question names that may be files, while nobody has
// looked: all of it if it consists of nothing else, words that begin with "@",
// and names of pictures.
func (m *Model) typedFiles() []candidate {
	text := m.composer.area.Value()
	spans := m.composer.spans(text)
	bare := []byte(text)
	for _, s := range spans {
		for i := s.from; i < s.to; i++ {
			bare[i] = ' '
		}
	}
	var all []candidate
	if len(m.composer.pastes)+len(spans) == 0 && !m.refused[strings.TrimSpace(text)] {
		if words, ok := prompts.Words(text); ok && m.plausible(words) {
			all = append(all, candidate{span: span{to: len(text)}, words: words, all: true})
		}
	}
	for _, c := range tokens(string(bare)) {
		w := c.words[0]
		if m.refused[text[c.from:c.to]] || m.refused[w] || w == "" || isURL(w) || !c.at && kindByName(w) != prompts.Picture {
			continue
		}
		all = append(all, c)
	}
	return all
}

// A candidate is a stretch of the text that may name files.
type candidate struct {
	span
	words []string
	at    bool // it begins with "@"
	all   bool // it is the whole question
}

// tokens are the words of a text that stand apart, as a shell would see them,
// without the punctuation of a sentence at their end.
func tokens(text string) []candidate {
	var all []candidate
	for i := 0; i < len(text); {
		if strings.IndexByte(" \t\n", text[i]) >= 0 {
			i++
			continue
		}
		if i+1 < len(text) && strings.IndexByte("([{<", text[i]) >= 0 {
			i++ // what a sentence puts around a word
			continue
		}
		c := candidate{span: span{from: i}}
		if text[i] == '@' {
			c.at = true
			i++
		}
		var w strings.Builder
		if i < len(text) && (text[i] == '\'' || text[i] == '"') {
			if end := strings.IndexByte(text[i+1:], text[i]); end >= 0 {
				w.WriteString(text[i+1 : i+1+end])
				i += end + 2
				c.to, c.words = i, []string{w.String()}
				all = append(all, c)
				continue
			}
		}
		for i < len(text) && strings.IndexByte(" \t\n", text[i]) < 0 {
			if text[i] == '\\' && i+1 < len(text) && text[i+1] == ' ' && filepath.Separator == '/' {
				i++
			}
			w.WriteByte(text[i])
			i++
		}
		word := strings.TrimRight(w.String(), ".,;:!?)]}>'\"")
		c.to, c.words = i-(w.Len()-len(word)), []string{word}
		all = append(all, c)
	}
	return all
}

// lookFirst looks for the files that a question names before it is sent. Those
// that are there become pills, and those that are not are told of: enter sends
// what then stands there.
func (m *Model) lookFirst(may []candidate) tea.Cmd {
	ctx, loader, text := m.ctx, m.opts.Loader, m.composer.area.Value()
	m.checking = true
	return func() tea.Msg {
		var all []swapped
		var bad []finding
		for _, c := range may {
			s := c.look(ctx, loader, text)
			i := slices.IndexFunc(s.found, func(f finding) bool { return f.err != nil })
			switch {
			case i < 0:
				all = append(all, s)
			case c.all || kindByName(c.words[0]) != prompts.Written: // and no mention of somebody
				bad = append(bad, slices.DeleteFunc(s.found, func(f finding) bool { // "@" is no part of a name
					return f.err == nil || c.all && strings.HasPrefix(f.word, "@")
				})...)
			}
			if i < 0 && c.all {
				break // the others are parts of it
			}
		}
		return action(func(m *Model) tea.Cmd {
			m.checking = false
			if m.composer.area.Value() != text {
				return m.say(m.keyed("the question has changed meanwhile: {send} sends it"))
			}
			missing := m.missing(bad)
			done := some(m.swap(all))
			switch {
			case len(all) > 0 && missing != "":
				return m.say("attached " + done + ", but " + missing + m.keyed(": {send} sends"))
			case len(all) > 0:
				return m.say("attached " + done + m.keyed(": {send} sends"))
			case missing != "":
				return m.say(missing + m.keyed(": {send} sends it as text"))
			}
			return m.dispatch()
		})
	}
}

// missing says which of the findings are no files that can be attached, and has
// them stay text in this question; "" if all can.
func (m *Model) missing(bad []finding) string {
	var gone []string
	others := false
	for _, b := range bad {
		if m.refused[b.word] {
			continue
		}
		m.refuse(b.word)
		f := &attached{source: b.word, err: b.err, told: true}
		if strings.HasPrefix(f.reason(), "there is no such file") {
			gone = append(gone, m.look.middle(plain.Line(f.name()), 30))
			continue
		}
		others = true
		m.blame(f)
	}
	switch {
	case others:
		return "not attached"
	case len(gone) == 1:
		return gone[0] + " is not there"
	case len(gone) > 1:
		return some(gone) + " are not there"
	}
	return ""
}

// mostOpened is how many files are looked at before a question that names them
// is attached to: each is read for it.
const mostOpened = 8

// look finds the files of a candidate, and opens them where they are few.
func (c candidate) look(ctx context.Context, l prompts.Loader, text string) swapped {
	s := swapped{span: c.span, words: text[c.from:c.to]}
	s.found = findAll(ctx, l, c.words)
	for i := range s.found {
		f := &s.found[i]
		switch {
		case f.err != nil:
		case len(f.sources) != 1 && !c.all:
			f.err = errors.New("stands for several files; name it alone, or in the picker")
		case len(f.sources) == 1 && !isURL(f.sources[0]) && len(s.found) <= mostOpened:
			f.file, f.err = l.Open(ctx, f.sources[0])
		}
	}
	if len(c.words) > 1 || len(s.found[0].sources) > 1 {
		s.words = ""
	}
	return s
}

// some names one or two things, and counts more.
func some(names []string) string {
	if len(names) > 2 {
		return fmt.Sprintf("%d files", len(names))
	}
	return strings.Join(names, " and ")
}
