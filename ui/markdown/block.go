package markdown

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A box is a container that is open: a quote or a list item. Boxes are never
// changed once made, so pieces share them and a trial parse costs no copy.
type box struct {
	up      *box
	depth   int // 1 for the outermost
	quote   bool
	indent  int    // item: where its content begins, within up
	offset  int    // item: where its marker begins, within up
	bullet  byte   // item: the character that makes siblings: - + * . )
	number  int    // item: of an ordered list
	first   string // what the screen shows before the item's first row
	hanging int    // and how wide that is: the other rows are indented by it
}

// maxDepth bounds nesting; what is nested deeper is text.
const maxDepth = 12

// A piece is the smallest part that is laid out by itself. Once emitted it never
// changes, whatever follows.
type piece struct {
	kind  pieceKind
	level uint8 // of a heading
	gap   bool  // an empty row stands before it
	cont  bool  // goes on in the last row of the piece before
	more  bool  // is where the text ends so far
	fresh int   // boxes from this depth on show their markers here
	box   *box
	text  string
	lang  *language
	state scan     // of the highlighter at the start of text
	table *table   // a table's head and first rows, or what a tableRow belongs to
	cells []string // the row that follows those of table
}

type pieceKind uint8

const (
	paragraph pieceKind = iota
	headingLine
	codeLabel
	codeLine
	formula
	thematic
	wholeTable
	tableRow
)

// A parser turns lines into pieces, each as soon as nothing can change it. All
// of its state is a value: copy it, parse what may come, and put it back.
type parser struct {
	st    *Styles // for the languages it knows
	out   []piece
	trial bool // nothing that is parsed now stays

	box     *box // innermost open container
	leaf    leaf
	fresh   int  // boxes from this depth on have not shown their markers
	blank   bool // an empty line has come since the last piece
	last    pieceKind
	lastBox *box // of the last piece
	item    *box // the item closed last, whose sibling may follow

	text string // the open paragraph, its lines joined; or the open formula
	line int    // where its last line begins; -1 if it is no line of its own
	join string // what its next line is joined with
	cont bool   // its beginning has been emitted

	fence  string // what closes the open code
	indent int    // of the fence: its lines lose as much
	lang   *language
	state  scan
	table  *table
	cells  []string // on trial: the row after those of table
}

// A leaf is the kind of block that is open.
type leaf uint8

const (
	none leaf = iota
	inParagraph
	inFence
	inFormula
	inTable
)

// longest is the most text, in bytes, that is parsed as one: longer lines and
// paragraphs are cut into pieces, so that the open end is never expensive.
const longest = 2048

// parse takes one line, without its end. Of a long line it is the first part.
func (p *parser) parse(s string, long bool) {
	s = expandIndent(s, p.leaf == inFence)
	var chain [maxDepth]*box
	n := p.box.chain(&chain)
	matched, i, debt := 0, 0, 0
	for ; matched < n; matched++ {
		size, short, ok := chain[matched].matches(s[i:], debt)
		if !ok {
			break
		}
		i, debt = i+size, short
	}
	rest := s[i:]
	if p.leaf == inFence && p.inOpenFence(chain[:n], matched, rest) {
		return
	}
	empty := strings.TrimLeft(rest, " ") == ""
	if matched < n {
		if p.leaf == inParagraph && !empty && !p.begins(rest) {
			p.addText(rest, long)
			return
		}
		p.close(matched)
	}
	switch {
	case p.leaf == inFormula:
		p.inOpenFormula(rest, empty)
	case empty:
		p.closeLeaf()
		p.blank = true
	default:
		p.open(rest, debt, matched == n, long)
	}
}

// more takes the next part of a long line.
func (p *parser) more(s string) {
	if p.leaf == inFence {
		p.codeText(s, true)
		return
	}
	s = strings.ReplaceAll(s, "\t", " ")
	if p.leaf == none { // the first part was an end of something
		p.start(inParagraph)
	} else {
		p.text += s
		p.line = -1
		p.flushText()
		return
	}
	p.text = s
}

// open looks for the blocks that begin in rest and gives it to the last one.
func (p *parser) open(rest string, debt int, direct, long bool) {
	for {
		ind := runLength(rest, ' ')
		body := rest[ind:]
		if body == "" {
			return
		}
		paragraphOpen := p.leaf == inParagraph && direct
		switch {
		case ind >= 4 && !paragraphOpen && !long && p.leaf != inTable:
			p.closeLeaf()
			p.lang, p.state = nil, open
			p.codeText(rest[4:], false)
			return
		case ind >= 4:
			p.addText(body, long)
			return
		case body[0] == '>' && p.box.level() < maxDepth:
			p.closeLeaf()
			p.push(&box{quote: true})
			rest = strings.TrimPrefix(body[1:], " ")
			debt, direct = 0, false
			continue
		}
		if !long && p.oneLiner(body, ind, paragraphOpen) {
			return
		}
		b, size := p.itemAt(body, ind-debt)
		if b == nil || paragraphOpen && (size == len(body) || b.ordered() && b.number != 1) {
			break
		}
		p.closeLeaf()
		p.push(b)
		rest, debt, direct = body[size:], 0, false
	}
	p.addLine(rest, long)
}

// oneLiner takes what a single line decides: headings, fences, rules, the line
// under a heading or under a table's head.
func (p *parser) oneLiner(body string, ind int, paragraphOpen bool) bool {
	if level, title := atx(body); level > 0 {
		p.closeLeaf()
		p.emit(piece{kind: headingLine, level: uint8(level), text: title})
		return true
	}
	if fence, info := fenceOpen(body); fence != "" {
		p.closeLeaf()
		p.start(inFence)
		p.fence, p.indent, p.lang, p.state = fence, ind, p.st.language(info), open
		p.emit(piece{kind: codeLabel, text: info})
		return true
	}
	if paragraphOpen && p.line >= 0 {
		if level := setext(body); level > 0 && !p.cont {
			p.emit(piece{kind: headingLine, level: uint8(level), text: p.text})
			p.leaf, p.text = none, ""
			return true
		}
		if align := delimiterRow(body); align != nil && p.startTable(align) {
			return true
		}
	}
	if isRule(body) {
		p.closeLeaf()
		p.emit(piece{kind: thematic})
		return true
	}
	if body == "$$" || body == `\[` {
		p.closeLeaf()
		p.start(inFormula)
		p.text = body
		return true
	}
	return false
}

// addLine gives a line that begins nothing to the open table or paragraph.
func (p *parser) addLine(s string, long bool) {
	if p.leaf == inTable {
		if !long && strings.Contains(s, "|") {
			p.addRow(splitCells(s, len(p.table.align)))
			return
		}
		p.closeLeaf()
	}
	p.addText(s, long)
}

// addText adds a line to the open paragraph, or opens one.
func (p *parser) addText(s string, long bool) {
	raw := s
	s = strings.TrimLeft(s, " ")
	if p.leaf == inParagraph && definition(s) {
		p.closeLeaf()
	}
	if p.leaf != inParagraph {
		p.closeLeaf()
		p.start(inParagraph)
	} else {
		if p.join == "\n" && strings.HasSuffix(p.text, `\`) && !strings.HasSuffix(p.text, `\\`) {
			p.text = p.text[:len(p.text)-1]
		}
		p.text += p.join
	}
	p.line = len(p.text)
	if long {
		p.line = -1
		p.text += s
		p.join = " "
		p.flushText()
		return
	}
	s = strings.TrimRight(s, " ")
	p.join = lineEnd(raw, s)
	p.text += s
	p.flushText()
}

// flushText emits the beginning of a paragraph that is too long to stay open.
func (p *parser) flushText() {
	for len(p.text) > longest {
		n := cutPoint(p.text)
		p.emit(piece{kind: paragraph, text: p.text[:n], cont: p.cont})
		p.text, p.cont = p.text[n:], true
		if p.line -= n; p.line < 0 {
			p.line = -1
		}
	}
}

func (p *parser) start(l leaf) {
	p.leaf, p.text, p.line, p.cont, p.join = l, "", -1, false, " "
}

// closeLeaf ends the open block.
func (p *parser) closeLeaf() {
	l := p.leaf
	p.leaf = none
	switch l {
	case inParagraph:
		if p.trial && !p.cont && strings.HasPrefix(p.text, "|") && strings.IndexByte(p.text, '\n') < 0 {
			// Most likely the head of a table.
			head := splitCells(p.text, 0)
			p.emit(piece{kind: wholeTable, table: &table{head: head, align: make([]byte, len(head))}})
			break
		}
		p.emit(piece{kind: paragraph, text: p.text, cont: p.cont})
	case inFormula:
		p.emit(piece{kind: formula, text: p.text})
	case inTable:
		if !p.table.fixed() {
			p.emit(piece{kind: wholeTable, table: p.table, cells: p.cells})
		}
	}
	p.text, p.table, p.cells = "", nil, nil
}

// close ends the open block and all boxes deeper than depth.
func (p *parser) close(depth int) {
	p.closeLeaf()
	if p.fresh <= p.box.level() && depth < p.fresh { // an item without content
		p.emit(piece{kind: paragraph})
	}
	for p.box.level() > depth {
		if !p.box.quote {
			p.item = p.box
		} else {
			p.item = nil
		}
		p.box = p.box.up
	}
}

// push opens a box.
func (p *parser) push(b *box) {
	b.up, b.depth = p.box, p.box.level()+1
	if b.quote {
		b.first, b.hanging = "│ ", 2
	}
	p.box = b
	if !b.quote {
		p.fresh = min(p.fresh, b.depth)
	}
}

// itemAt is the list item whose marker body begins with, and the length of what
// stands before its content.
func (p *parser) itemAt(body string, ind int) (*box, int) {
	if p.box.level() >= maxDepth {
		return nil, 0
	}
	n, number := listMarker(body)
	if n == 0 {
		return nil, 0
	}
	spaces := runLength(body[n:], ' ')
	if spaces > 4 || n+spaces == len(body) {
		spaces = min(1, spaces) // indented code, or nothing
	}
	b := &box{offset: ind, indent: ind + n + max(1, spaces), bullet: body[n-1], number: number}
	size := n + spaces
	if b.ordered() {
		if s := p.item; s != nil && s.up == p.box && s.bullet == b.bullet && b.number <= s.number {
			b.number = s.number + 1 // "1." on every line counts
		}
		b.first = strconv.Itoa(b.number) + string(b.bullet) + " "
	} else if rest := body[size:]; len(rest) > 3 && rest[0] == '[' && strings.IndexByte(" xX", rest[1]) >= 0 && rest[2:4] == "] " {
		b.first = "[" + strings.ToLower(rest[1:2]) + "] "
		size += 4
	} else {
		b.first = [...]string{"• ", "◦ ", "‣ "}[p.box.bullets()%3]
	}
	b.hanging = utf8.RuneCountInString(b.first)
	return b, size
}

// emit adds a piece to the result.
func (p *parser) emit(pc piece) {
	pc.box, pc.fresh = p.box, p.fresh
	apart := pc.kind == codeLabel || pc.kind == thematic || pc.kind == wholeTable || pc.kind == headingLine
	was := p.last == codeLine || p.last == codeLabel || p.last == thematic || p.last == wholeTable || p.last == tableRow
	inCode := pc.kind == codeLine && p.leaf == inFence || pc.kind == tableRow || pc.cont
	pc.gap = !inCode && (p.blank || (apart || was && (pc.kind != codeLine || p.last != codeLine)) && !(p.box.inItem() && p.lastBox.inItem()))
	p.blank, p.fresh, p.last, p.lastBox = false, maxDepth+1, pc.kind, p.box
	if p.item != nil && p.box.level() < p.item.depth {
		p.item = nil
	}
	p.out = append(p.out, pc)
}

// begins reports whether a line can't go on a paragraph of a box that it does
// not belong to.
func (p *parser) begins(s string) bool {
	ind := runLength(s, ' ')
	if ind >= 4 {
		return false
	}
	s = s[ind:]
	level, _ := atx(s)
	fence, _ := fenceOpen(s)
	n, _ := listMarker(s)
	return s[0] == '>' || level > 0 || fence != "" || n > 0 || isRule(s) || s == "$$" || s == `\[`
}
