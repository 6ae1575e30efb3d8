package markdown

import (
	"bytes"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// A Join is how a row goes on from the one before it.
type Join uint8

const (
	Apart  Join = iota // it begins a line of its own
	Spaced             // the same line, cut at a space
	Close              // the same line, cut where there was none
)

// A Fold is how a row stands in its text.
type Fold struct {
	Join Join
	Lead int // the cells in front that are no text: indentation, bars, the gutter of code
}

// Fold is that of a row at a width; zero for one that does not exist.
func (d *Doc) Fold(width, row int) Fold {
	d.sync(width)
	return d.lay.fold(row)
}

func (l *layout) fold(row int) Fold {
	if row < 0 || row >= len(l.folds) {
		return Fold{}
	}
	return l.folds[row]
}

// note keeps the fold of the row that is appended next.
func (l *layout) note(f Fold) {
	n := len(l.rows)
	if f == (Fold{}) {
		l.folds = l.folds[:min(len(l.folds), n)]
		return
	}
	for len(l.folds) < n {
		l.folds = append(l.folds, Fold{})
	}
	l.folds = append(l.folds[:n], f)
}

// join is how a row that begins at next goes on from one that ends at end.
func (f *flow) join(end, next int) Join {
	switch between := f.buf[end:next]; {
	case len(between) == 0:
		return Close
	case bytes.IndexByte(between, '\n') >= 0:
		return Apart
	}
	return Spaced
}

// flatWidth is so wide that only very long lines are cut, and a rule is short.
const flatWidth = 500

// Flat is the text that rows show, without styles and with each line whole: what
// a reader who looks for a word looks through.
func Flat(source string) string {
	d := New(&Styles{})
	d.Append(source)
	d.Finish()
	var b strings.Builder
	for i, row := range d.Rows(flatWidth, 0, d.Height(flatWidth)) {
		row, f := ansi.Strip(row), d.Fold(flatWidth, i)
		switch {
		case i == 0:
		case f.Join == Apart:
			b.WriteByte('\n')
		case f.Join == Spaced:
			b.WriteByte(' ')
		}
		if f.Lead > 0 {
			row = ansi.TruncateLeft(row, f.Lead, "")
		}
		b.WriteString(row)
	}
	return b.String()
}
