package markdown

import (
	"slices"
	"strings"
)

// A layout is the rows of pieces at one width.
type layout struct {
	st    *Styles
	width int
	rows  []string
	folds []Fold // of the rows; what is missing at the end is zero
	col   int    // where the last row ends, for the piece that goes on in it
	box   *box   // of the last piece

	// Room that is used again.
	in    inliner
	wrap  wrapper
	flow  flow
	cells []flow
	cuts  [][]row
	buf   []byte
}

// A mark is a point that a layout can go back to.
type mark struct {
	rows, col int
	last      string // the last row, which a piece may have gone on in
	box       *box
}

func newLayout(st *Styles, width int) *layout {
	return &layout{st: st, width: width, flow: flow{method: st.Method}}
}

func (l *layout) mark() mark {
	m := mark{rows: len(l.rows), col: l.col, box: l.box}
	if m.rows > 0 {
		m.last = l.rows[m.rows-1]
	}
	return m
}

func (l *layout) takeBack(m mark) {
	l.rows, l.col, l.box = l.rows[:m.rows], m.col, m.box
	l.folds = l.folds[:min(len(l.folds), m.rows)]
	if m.rows > 0 {
		l.rows[m.rows-1] = m.last
	}
}

// release gives back the room that only a growing text needs.
func (l *layout) release() {
	*l = layout{st: l.st, width: l.width, rows: slices.Clone(l.rows), folds: slices.Clone(l.folds), col: l.col, box: l.box}
}

// piece appends the rows of pc.
func (l *layout) piece(pc *piece) {
	if pc.gap && len(l.rows) > 0 {
		l.gap(common(l.box, pc.box))
	}
	l.box = pc.box
	first, rest := pc.box.prefixes(l.st, pc.fresh, l.width)
	f := &l.flow
	f.reset()
	l.in.more = pc.more && (pc.kind == paragraph || pc.kind == headingLine)
	switch pc.kind {
	case paragraph:
		l.in.flatten(pc.text, baseLook(pc.box), f)
		l.put(pc.cont, false, first, rest)
	case headingLine:
		l.in.flatten(pc.text, headingLook(pc.level), f)
		l.put(false, false, first, rest)
	case codeLabel:
		l.label(pc.text, first, rest)
	case codeLine:
		pc.lang.paint(pc.text, pc.state, f)
		first, rest = l.gutter(first, rest)
		l.put(pc.cont, true, first, rest)
	case formula:
		f.add(pc.text, baseLook(pc.box))
		l.put(false, true, first, rest)
	case thematic:
		f.add(strings.Repeat("─", l.width-first.width), marker)
		l.put(false, true, first, rest)
	case wholeTable:
		l.table(pc.table, pc.cells, first, rest)
	case tableRow:
		l.tableRow(pc.table, pc.cells, rest)
	}
}

// baseLook is the look of plain text in b.
func baseLook(b *box) look {
	for ; b != nil; b = b.up {
		if b.quote {
			return quoted
		}
	}
	return text
}

func headingLook(level uint8) look {
	switch level {
	case 1:
		return heading | underlined
	case 2:
		return heading
	}
	return text | strong
}

// gap appends an empty row, with the bars of the quotes it lies in.
func (l *layout) gap(in *box) {
	if baseLook(in) != quoted {
		l.rows = append(l.rows, "")
		return
	}
	_, rest := in.prefixes(l.st, maxDepth+1, l.width)
	l.rows = append(l.rows, rest.text)
}

// label appends the name of a code block's language.
func (l *layout) label(name string, first, rest prefix) {
	if name == "" {
		if first.text != rest.text {
			// The item's marker needs a row of its own: the code's are indented.
			l.put(false, false, first, rest)
		}
		return
	}
	l.flow.add("─ "+name, address)
	l.put(false, false, first, rest)
}

// gutter indents code, and marks the rows that go on a line of it.
func (l *layout) gutter(first, rest prefix) (prefix, prefix) {
	if l.width-first.width < 12 {
		return first, rest
	}
	return prefix{first.text + "  ", first.width + 2}, prefix{rest.text + dye(l.st, marker, "↳ "), rest.width + 2}
}

// put appends the rows of l.flow; with cont they go on in the last row.
func (l *layout) put(cont, hard bool, first, rest prefix) {
	col, fold := 0, Fold{}
	if first.text == rest.text || hard { // else the mark of an item, which is text
		fold.Lead = first.width
	}
	if n := len(l.rows); cont && n > 0 {
		first.text, col, fold = l.rows[n-1], l.col, l.fold(n-1)
		l.rows = l.rows[:n-1]
	}
	rows := l.wrap.wrap(&l.flow, l.width-first.width, col, hard)
	for i, r := range rows {
		if i > 0 {
			fold = Fold{l.flow.join(rows[i-1].b, r.a), rest.width}
		}
		l.buf = append(l.buf[:0], first.text...)
		l.buf = l.flow.paint(l.buf, l.st, r.a, r.b)
		l.note(fold)
		l.rows = append(l.rows, string(l.buf))
		first = rest
	}
	l.col = rows[len(rows)-1].width
}
