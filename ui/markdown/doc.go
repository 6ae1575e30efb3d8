// Package markdown turns Markdown that is still being written into styled lines
// of a terminal, at a cost per token that does not grow with the answer.
//
// Its model of the world: a [Doc] reads lines. A parser turns them into pieces,
// the smallest parts that are laid out by themselves, each as soon as nothing
// that follows can change it. Pieces are laid out once per width and their rows
// kept. What is still open, a paragraph, a table, half a line, is parsed on
// trial before each frame, shown as if it ended there, and taken back.
//
//	Append ─► parser ─► pieces ─► rows      once
//	           └─ on trial ─► rows after    every frame, bounded by longest
//
// The dialect is CommonMark with tables, strikethrough and task lists, as models
// write it: indentation is forgiven, a line that was ended early stays ended,
// HTML and LaTeX are text. Code is coloured by a small scanner of our own:
// chroma's lexers take 12 to 17 ms in init, at every start of the program.
//
// The text must be sanitised before; nothing here adds control characters but
// the sequences of the styles, and every row ends plain.
package markdown

import (
	"bytes"
	"slices"
)

// A Doc is one Markdown text and its rows. It is not safe for concurrent use.
type Doc struct {
	p    parser
	part []byte // the line that has not ended, or what is left of it
	mid  bool   // part goes on a long line whose beginning is parsed
	done bool

	lay     *layout
	laid    int     // pieces that are laid out for good
	settled mark    // of the layout after them
	fresh   bool    // the rows show everything
	st      *Styles // also in lay, which may be nil
}

// New returns an empty text.
func New(st *Styles) *Doc {
	return &Doc{st: st, p: parser{st: st, fresh: maxDepth + 1, line: -1}}
}

// Append adds what came: any number of lines, or a part of one.
func (d *Doc) Append(text string) {
	d.fresh = d.fresh && text == ""
	for text != "" {
		line, rest, ended := cutLine(text)
		d.part = append(d.part, line...)
		text = rest
		left := d.part
		for len(left) > longest {
			n := cutPoint(string(left[:longest]))
			d.feed(string(left[:n]), true)
			left = left[n:]
		}
		if ended {
			d.feed(string(left), false)
			left = nil
		}
		d.part = append(d.part[:0], left...)
	}
}

func cutLine(s string) (line, rest string, ended bool) {
	for i := range len(s) {
		if s[i] == '\n' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

func (d *Doc) feed(s string, more bool) {
	if d.mid {
		d.p.more(s)
	} else {
		d.p.parse(s, more)
	}
	d.mid = more
}

// Finish says that the text is complete. Nothing may be appended after it.
func (d *Doc) Finish() {
	if d.done {
		return
	}
	if len(d.part) > 0 {
		d.feed(string(d.part), false)
	}
	d.p.close(0)
	d.p.out = slices.Clip(d.p.out)
	d.part, d.done, d.fresh = nil, true, false
}

// Restyle shows the text in other styles from now on.
func (d *Doc) Restyle(st *Styles) {
	d.st, d.p.st, d.lay = st, st, nil
}

// Height is the number of rows at a width; widths below 1 count as 1.
func (d *Doc) Height(width int) int {
	d.sync(width)
	return len(d.lay.rows)
}

// Rows are the rows from (inclusive) to (exclusive) at a width, as far as they
// exist: styled, at most width cells wide, without line ends, and plain at both
// ends. They are valid until the next call; the caller does not change them.
func (d *Doc) Rows(width, from, to int) []string {
	d.sync(width)
	n := len(d.lay.rows)
	from = max(0, min(from, n))
	to = max(from, min(to, n))
	return d.lay.rows[from:to:to]
}

// sync brings the rows up to date.
func (d *Doc) sync(width int) {
	width = max(width, 1)
	if d.lay == nil || d.lay.width != width {
		d.lay = newLayout(d.st, width)
		d.laid, d.settled, d.fresh = 0, mark{}, false
	}
	if d.fresh {
		return
	}
	d.fresh = true
	l := d.lay
	l.takeBack(d.settled)
	for ; d.laid < len(d.p.out); d.laid++ {
		l.piece(&d.p.out[d.laid])
	}
	d.settled = l.mark()
	if d.done {
		l.release()
		return
	}
	for _, pc := range d.open() {
		l.piece(&pc)
	}
}

// open is what the unsettled rest of the text would be if it ended here.
func (d *Doc) open() []piece {
	saved, mid := d.p, d.mid
	d.p.trial = true
	if len(d.part) > 0 && !d.Held() {
		d.feed(string(d.part), false)
	}
	d.p.close(0)
	out := d.p.out
	d.p, d.mid = saved, mid
	d.p.out = out[:len(saved.out)] // keep the room
	tail := out[len(saved.out):]
	if n := len(tail); n > 0 {
		tail[n-1].more = true
	}
	return tail
}

// Held reports whether the text ends in something that does not show yet: the
// beginning of a line that may become a mark of more than one kind.
func (d *Doc) Held() bool { return len(d.part) > 0 && !d.mid && d.undecided() }

func (d *Doc) undecided() bool {
	if d.p.leaf != inFence {
		return undecided(string(d.part))
	}
	rest := bytes.TrimLeft(d.part, " ")
	return len(bytes.Trim(rest, d.p.fence[:1])) == 0
}
