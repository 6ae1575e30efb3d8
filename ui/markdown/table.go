package markdown

import (
	"slices"
	"strings"
)

// A table's columns are as wide as its head and first rows want. Later rows are
// settled one by one and live with that, so that a long table costs no more
// than a short one and its upper rows never move again.
type table struct {
	head  []string
	align []byte // 0, 'l', 'c' or 'r'
	rows  [][]string

	// What was computed, for the rows that were there then.
	natural []int // the columns' widths if there were room
	counted int   // rows in natural; the head is one more
	shown   shown
}

// decisive is the number of rows that decide on the columns' widths.
const decisive = 64

// shown is what an open table looked like at the last frame.
type shown struct {
	st    *Styles
	fit   fit
	lines []string
	rows  int
}

// A fit is how a table is put into a width.
type fit struct {
	width int
	cols  []int // nil if columns don't fit, and the rows are shown as records
	tight bool  // cells may take several lines
}

func (f fit) equal(g fit) bool {
	return f.width == g.width && f.tight == g.tight && slices.Equal(f.cols, g.cols)
}

func (t *table) fixed() bool { return len(t.rows) >= decisive }

// startTable makes the last line of the open paragraph a table's head.
func (p *parser) startTable(align []byte) bool {
	line := p.text[p.line:]
	head := splitCells(line, 0)
	if len(head) != len(align) {
		return false
	}
	if before := strings.TrimRight(p.text[:p.line], " \n"); before != "" {
		p.emit(piece{kind: paragraph, text: before, cont: p.cont})
	}
	p.start(inTable)
	p.table = &table{head: head, align: align}
	return true
}

func (p *parser) addRow(cells []string) {
	switch t := p.table; {
	case t.fixed():
		p.emit(piece{kind: tableRow, table: t, cells: cells})
	case p.trial:
		p.cells = cells
	default:
		t.rows = append(t.rows, cells)
		if t.fixed() {
			p.emit(piece{kind: wholeTable, table: t})
		}
	}
}

// delimiterRow is the alignments that the line under a table's head gives; nil
// if s is no such line.
func delimiterRow(s string) []byte {
	if !strings.Contains(s, "|") || strings.Trim(s, " |:-") != "" {
		return nil
	}
	cells := splitCells(s, 0)
	align := make([]byte, len(cells))
	for i, c := range cells {
		bar := strings.TrimSuffix(strings.TrimPrefix(c, ":"), ":")
		if bar == "" || strings.Trim(bar, "-") != "" {
			return nil
		}
		switch left, right := c[0] == ':', c[len(c)-1] == ':'; {
		case left && right:
			align[i] = 'c'
		case right:
			align[i] = 'r'
		case left:
			align[i] = 'l'
		}
	}
	return align
}

// splitCells is the cells of a row; if n is not 0, exactly n, and what is too
// much stays in the last one: nothing a model said is dropped.
func splitCells(s string, n int) []string {
	s = strings.Trim(s, " ")
	s = strings.TrimPrefix(s, "|")
	if strings.HasSuffix(s, "|") && !strings.HasSuffix(s, `\|`) {
		s = s[:len(s)-1]
	}
	cells := make([]string, 0, max(n, 4))
	from, escaped := 0, false
	cell := func(to int) {
		c := strings.Trim(s[from:to], " ")
		if escaped {
			c = strings.ReplaceAll(c, `\|`, "|")
		}
		cells = append(cells, c)
		from, escaped = to+1, false
	}
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i+1 < len(s) && s[i+1] == '|' {
				escaped = true
				i++
			}
		case '|':
			if len(cells) != n-1 {
				cell(i)
			}
		}
	}
	cell(len(s))
	for len(cells) < n {
		cells = append(cells, "")
	}
	return cells
}

// table appends the rows of t, and those of one row that is not in it yet.
func (l *layout) table(t *table, extra []string, first, rest prefix) {
	to := l.fit(t, extra, l.width-first.width)
	s := &t.shown
	if s.st != l.st || !s.fit.equal(to) {
		*s = shown{st: l.st, fit: to, lines: l.tableHead(t, to)}
	}
	for ; s.rows < len(t.rows); s.rows++ {
		s.lines = l.tableLines(s.lines, t, t.rows[s.rows], to, s.rows > 0)
	}
	lines := s.lines
	if extra != nil {
		lines = l.tableLines(slices.Clip(lines), t, extra, to, s.rows > 0)
	}
	if len(lines) == 0 { // a head too wide for columns, and nothing to make a record of
		lines = l.cellLines(nil, []string{strings.Join(t.head, ", ")}, []byte{0}, []int{to.width}, text|strong)
	}
	for _, line := range lines {
		l.rows = append(l.rows, first.text+line)
		first = rest
	}
	if t.fixed() {
		t.shown = shown{}
	}
}

// tableRow appends a row that comes after the decisive ones.
func (l *layout) tableRow(t *table, cells []string, rest prefix) {
	for _, line := range l.tableLines(nil, t, cells, l.fit(t, nil, l.width-rest.width), true) {
		l.rows = append(l.rows, rest.text+line)
	}
}

// least is the narrowest column that still reads as one.
const least = 5

// fit puts t, and one row that is not in it yet, into width.
func (l *layout) fit(t *table, extra []string, width int) fit {
	if t.natural == nil {
		t.natural = make([]int, len(t.head))
		l.measure(t.natural, t.head, strong)
	}
	for ; t.counted < len(t.rows); t.counted++ {
		l.measure(t.natural, t.rows[t.counted], text)
	}
	cols := slices.Clone(t.natural)
	if extra != nil {
		l.measure(cols, extra, text)
	}
	room := width - 3*(len(cols)-1)
	sum := 0
	for _, c := range cols {
		sum += c
	}
	if sum > room {
		return fit{width, squeeze(cols, room), true}
	}
	return fit{width, cols, false}
}

// squeeze narrows the widest columns to one width so that all fit into room.
func squeeze(cols []int, room int) []int {
	order := slices.Clone(cols)
	slices.Sort(order)
	left, limit := room, 0
	for i, c := range order {
		limit = left / (len(order) - i)
		if c > limit {
			break
		}
		left -= c
	}
	if limit < least {
		return nil
	}
	spare := room
	for i := range cols {
		cols[i] = min(cols[i], limit)
		spare -= cols[i]
	}
	for i := range cols { // what the division left over
		if cols[i] == limit && spare > 0 {
			cols[i]++
			spare--
		}
	}
	return cols
}

// measure raises widths to what cells want on one line each.
func (l *layout) measure(widths []int, cells []string, lk look) {
	for i, c := range cells {
		l.flow.reset()
		l.in.flatten(c, lk, &l.flow)
		for _, r := range l.wrap.wrap(&l.flow, 1<<30, 0, false) {
			widths[i] = max(widths[i], r.width)
		}
	}
}

func (l *layout) tableHead(t *table, to fit) []string {
	if to.cols == nil {
		return nil
	}
	lines := l.cellLines(nil, t.head, t.align, to.cols, text|strong)
	return append(lines, l.crossbar(to.cols))
}

func (l *layout) crossbar(cols []int) string {
	var b strings.Builder
	for i, c := range cols {
		if i > 0 {
			b.WriteString("─┼─")
		}
		b.WriteString(strings.Repeat("─", c))
	}
	return dye(l.st, marker, b.String())
}

// tableLines appends one row of t: in columns, or as a record.
func (l *layout) tableLines(lines []string, t *table, cells []string, to fit, later bool) []string {
	if to.cols == nil {
		return l.record(lines, t, cells, later, to.width)
	}
	if later && to.tight {
		lines = append(lines, l.crossbar(to.cols)) // keeps the rows apart
	}
	return l.cellLines(lines, cells, t.align, to.cols, text)
}

// record appends a row as "head: cell" lines.
func (l *layout) record(lines []string, t *table, cells []string, later bool, width int) []string {
	if later {
		lines = append(lines, dye(l.st, marker, strings.Repeat("─", min(width, 8))))
	}
	for i, c := range cells {
		l.flow.reset()
		l.in.flatten(t.head[i]+":", text|strong, &l.flow)
		l.flow.add(" ", text)
		l.in.flatten(c, text, &l.flow)
		for _, r := range l.wrap.wrap(&l.flow, width, 0, false) {
			l.buf = l.flow.paint(l.buf[:0], l.st, r.a, r.b)
			lines = append(lines, string(l.buf))
		}
	}
	return lines
}

// cellLines appends the lines of cells side by side.
func (l *layout) cellLines(lines, cells []string, align []byte, cols []int, lk look) []string {
	for len(l.cells) < len(cells) {
		l.cells, l.cuts = append(l.cells, flow{method: l.st.Method}), append(l.cuts, nil)
	}
	height := 1
	for i, c := range cells {
		l.cells[i].reset()
		l.in.flatten(c, lk, &l.cells[i])
		l.cuts[i] = append(l.cuts[i][:0], l.wrap.wrap(&l.cells[i], cols[i], 0, false)...)
		height = max(height, len(l.cuts[i]))
	}
	bar := dye(l.st, marker, "│")
	for y := range height {
		l.buf = l.buf[:0]
		for i := range cells {
			if i > 0 {
				l.buf = append(append(append(l.buf, ' '), bar...), ' ')
			}
			var r row
			if y < len(l.cuts[i]) {
				r = l.cuts[i][y]
			}
			before, after := pad(align[i], cols[i]-r.width)
			if i == len(cells)-1 {
				after = 0
			}
			l.buf = append(l.buf, strings.Repeat(" ", before)...)
			l.buf = l.cells[i].paint(l.buf, l.st, r.a, r.b)
			l.buf = append(l.buf, strings.Repeat(" ", after)...)
		}
		lines = append(lines, string(l.buf))
	}
	return lines
}

func pad(align byte, room int) (before, after int) {
	room = max(room, 0)
	switch align {
	case 'r':
		return room, 0
	case 'c':
		return room / 2, room - room/2
	}
	return 0, room
}
