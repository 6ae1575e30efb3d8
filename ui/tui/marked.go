package tui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"juxta/sessions/diff"
	"juxta/ui/theme"
)

// A piece is a run of one mark without white space.
type piece struct {
	text string
	mark diff.Mark
}

// A flowing is text with marks on its way into lines.
type flowing struct {
	ruler   ruler
	w       int
	style   func(diff.Mark) lipgloss.Style
	lines   []string
	line    strings.Builder
	run     piece // at the end of the line, not yet drawn
	col     int
	pending int // spaces before the next word
	gap     diff.Mark
}

// wrapSpans is a segment in lines of at most w cells, broken between words where
// there are any.
func wrapSpans(spans []diff.Span, w int, only lipgloss.Style, th *theme.Theme, r ruler) []string {
	if len(spans) == 0 {
		return nil
	}
	f := &flowing{ruler: r, w: max(w, 1), style: func(m diff.Mark) lipgloss.Style {
		switch m {
		case diff.Only:
			return only
		case diff.Moved:
			return th.Moved
		}
		return th.Text
	}}
	var word []piece
	for _, s := range spans {
		for rest := s.Text; rest != ""; {
			i := strings.IndexAny(rest, " \t\n")
			if i != 0 {
				if i < 0 {
					i = len(rest)
				}
				word = append(word, piece{rest[:i], s.Mark})
				rest = rest[i:]
				continue
			}
			f.word(word)
			word = word[:0]
			f.space(rest[0], s.Mark)
			rest = rest[1:]
		}
	}
	f.word(word)
	f.end()
	return f.lines
}

// space takes in white space: a new line is one, and a tab four spaces.
func (f *flowing) space(b byte, mark diff.Mark) {
	switch b {
	case '\n':
		f.end()
		f.pending = 0
		return
	case '\t':
		f.pending += 3
	}
	f.pending++
	f.gap = mark
}

// word puts a word on the line, or on the next one if it has no room there. One
// that is wider than a line is cut.
func (f *flowing) word(word []piece) {
	if len(word) == 0 {
		return
	}
	n := 0
	for _, p := range word {
		n += f.ruler.width(p.text)
	}
	if f.col+f.pending+n > f.w && n <= f.w && f.col > 0 {
		f.end()
		f.pending = 0
	}
	if f.pending > 0 {
		f.put(piece{spaces(min(f.pending, f.w-f.col)), f.gap})
		f.pending = 0
	}
	for _, p := range word {
		f.put(p)
	}
}

// put appends a piece to the line, and what has no room to the next ones.
func (f *flowing) put(p piece) {
	for p.text != "" {
		part := f.ruler.head(p.text, f.w-f.col)
		if len(part) < len(p.text) {
			if part == "" && f.col > 0 {
				f.end()
				continue
			}
			if part == "" || !strings.HasPrefix(p.text, part) { // not even one has room
				return
			}
		}
		if p.mark != f.run.mark {
			f.flush()
		}
		f.run.mark = p.mark
		f.run.text += part
		f.col += f.ruler.width(part)
		p.text = p.text[len(part):]
	}
}

func (f *flowing) flush() {
	if f.run.text != "" {
		f.line.WriteString(f.style(f.run.mark).Render(f.run.text))
		f.run.text = ""
	}
}

func (f *flowing) end() {
	f.flush()
	f.lines = append(f.lines, f.line.String())
	f.line.Reset()
	f.col = 0
}
