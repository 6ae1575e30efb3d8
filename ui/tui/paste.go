package tui

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
)

// How files come in as words: pasted or dropped, and typed. Text is never held
// back by it: what names nothing stays what it is.

// paste takes in what was pasted into the composer. What may name files stands
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
	if !ok || !m.plausible(words) {
		return nil
	}
	stands := c.area.Value()[from:c.cursor()]
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
			m.blame(&attached{source: f.word, err: f.err})
			any = true
		}
	}
	return any
}

// plausible reports whether words may be meant as files: none was told to stay
// text, and none is a folder of which nobody attaches all.
func (m *Model) plausible(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool {
		return m.refused[w] || strings.Trim(w, `/.~\`) == ""
	})
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
				f := &attached{source: source, words: s.words}
				if isURL(source) {
					f.words = found.word
				}
				if len(c.order)+len(names) >= mostFiles {
					m.full(f)
					continue
				}
				c.enlist(f)
				labels, names = append(labels, f.label), append(names, f.name())
			}
		}
		put := strings.Join(labels, " ")
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
		ending := strings.ToLower(filepath.Ext(w))
		if m.refused[text[c.from:c.to]] || m.refused[w] || w == "" || isURL(w) || !c.at && !slices.Contains(pictureEndings(), ending) {
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
		word := strings.TrimRight(w.String(), ".,;:!?)]}'\"")
		c.to, c.words = i-(w.Len()-len(word)), []string{word}
		all = append(all, c)
	}
	return all
}

// lookFirst looks for the files that a question names before it is sent. Where
// there are some they become pills, and enter sends them.
func (m *Model) lookFirst(may []candidate) tea.Cmd {
	ctx, loader, text := m.ctx, m.opts.Loader, m.composer.area.Value()
	m.checking = true
	return func() tea.Msg {
		var all []swapped
		var bad []finding
		for _, c := range may {
			s, ok := c.look(ctx, loader, text)
			if !ok {
				bad = append(bad, s.found...)
				continue
			}
			if all = append(all, s); c.all {
				break // the others are parts of it
			}
		}
		return action(func(m *Model) tea.Cmd {
			m.checking = false
			switch {
			case m.composer.area.Value() != text:
				return m.say("the question has changed meanwhile: enter sends it")
			case m.forbidden(bad):
				return m.say("not sent: enter sends it as text")
			case len(all) == 0:
				return m.submit()
			}
			return m.say("attached " + some(m.swap(all)) + ": enter sends")
		})
	}
}

// look finds the files of a candidate.
func (c candidate) look(ctx context.Context, l prompts.Loader, text string) (swapped, bool) {
	s := swapped{span: c.span, words: text[c.from:c.to]}
	s.found = findAll(ctx, l, c.words)
	for _, f := range s.found {
		if f.err != nil || len(f.sources) == 0 || !c.all && (len(f.sources) != 1 || isURL(f.sources[0])) {
			return s, false
		}
	}
	if c.at { // a mention of somebody may be the name of something that can't be attached
		if _, err := l.Open(ctx, s.found[0].sources[0]); err != nil && !slices.Contains(pictureEndings(), strings.ToLower(filepath.Ext(c.words[0]))) {
			return s, false
		}
	}
	if len(c.words) > 1 || len(s.found[0].sources) > 1 {
		s.words = ""
	}
	return s, true
}

// some names one or two things, and counts more.
func some(names []string) string {
	if len(names) > 2 {
		return fmt.Sprintf("%d files", len(names))
	}
	return strings.Join(names, " and ")
}
