package tui

import (
	"slices"

	"juxta/sessions"
)

const (
	turnsAtOnce = 40 // turns that are loaded together
	turnsHeld   = 48 // more than these are let go at the far end
	turnsDrawn  = 24 // turns further away than this are not kept laid out
)

// A transcript is the turns side by side: every turn is as high as its longest
// cell, so that its top is aligned in all panes. It is scrolled by turn and
// line; what is above or below is loaded when it is needed.
type transcript struct {
	turns   []*turn // of one branch, each following the one before, oldest first
	top     int     // index of the turn at the top of the body
	skip    int     // its lines above the body
	follow  bool    // the end stays in view
	chosen  int     // ID of the turn that was gone to, until something scrolls; 0 for none
	loading bool
	shown   int // how often everything was replaced
}

// A turn is a question with a cell for each answer, made when it is first seen.
// The cell of a column that was not asked is that of take 0.
type turn struct {
	sessions.Turn
	cells    map[sessions.Pick]*cell
	seats    []int          // while it is hidden
	veiled   *sessions.Turn // the same: what may be shown of it
	changing int            // changes of it that are on their way to the bench

	branch string // which of several that follow the same turn this is: "⑂ 2/3"; "" for the only one

	judged  *judgement // what its answers have in common, once they were all there; nil if that is not known
	judging compared   // what is being found out
}

func newTurn(t sessions.Turn) *turn {
	return &turn{Turn: t, cells: map[sessions.Pick]*cell{}}
}

// cell is a column's answer that stands.
func (t *turn) cell(column int, look *look) *cell {
	p := sessions.Pick{Column: column}
	if a, ok := t.Answer(column); ok {
		p.Take = a.Take
	}
	c, ok := t.cells[p]
	if !ok {
		c = t.lay(p, false, look)
		c.sampled = t.sampled(column)
		t.tag(p, c, look)
		t.cells[p] = c
	}
	return c
}

// lay makes the cell of an answer.
func (t *turn) lay(p sessions.Pick, running bool, look *look) *cell {
	c := newCell(t.shown(look), p, running, look)
	c.judge(&t.Turn, p)
	return c
}

// running reports whether an answer of a column is still coming.
func (t *turn) running(column int) bool {
	for p, c := range t.cells {
		if p.Column == column && c.running {
			return true
		}
	}
	return false
}

// last is the ID of the last turn; 0 for none.
func (tr *transcript) last() int {
	if len(tr.turns) == 0 {
		return 0
	}
	return tr.turns[len(tr.turns)-1].ID
}

// show replaces everything by the newest turns of a session.
func (tr *transcript) show(turns []sessions.Turn) {
	*tr = transcript{follow: true}
	for _, t := range turns {
		tr.turns = append(tr.turns, newTurn(t))
	}
}

// add puts a new turn at the end and follows it.
func (tr *transcript) add(t sessions.Turn) *turn {
	n := newTurn(t)
	tr.turns = append(tr.turns, n)
	tr.follow, tr.chosen = true, 0
	if over := len(tr.turns) - turnsHeld; over > 0 {
		tr.turns = slices.Clone(tr.turns[over:])
		tr.top = max(0, tr.top-over)
	}
	forget(tr.turns[:max(len(tr.turns)-turnsDrawn, 0)])
	return n
}

// older puts earlier turns in front, without moving what is in view, and returns
// them.
func (tr *transcript) older(turns []sessions.Turn) []*turn {
	tr.loading = false
	if len(turns) == 0 || len(tr.turns) > 0 && turns[len(turns)-1].ID != tr.turns[0].Parent {
		return nil // of a session that is no longer shown
	}
	front := make([]*turn, len(turns), len(turns)+len(tr.turns))
	for i, t := range turns {
		front[i] = newTurn(t)
	}
	tr.turns = append(front, tr.turns...)
	tr.top += len(turns)
	forget(tr.turns[min(tr.top+turnsDrawn, len(tr.turns)):])
	return front
}

// forget lets the cells of turns far from the body go; they are made again when
// they are seen again. Laid-out text is many times its size.
func forget(turns []*turn) {
	for _, t := range turns {
		for p, c := range t.cells {
			if !c.running {
				delete(t.cells, p)
			}
		}
	}
}

// wantsOlder reports whether earlier turns should be loaded, and before which.
func (tr *transcript) wantsOlder() (before int, ok bool) {
	if tr.loading || len(tr.turns) == 0 || tr.turns[0].Parent == 0 || tr.top > 3 {
		return 0, false
	}
	return tr.turns[0].ID, true
}

// index is where a turn is in turns; -1 if it is not loaded.
func (tr *transcript) index(id int) int {
	for i, t := range slices.Backward(tr.turns) {
		if t.ID == id {
			return i
		}
	}
	return -1
}

// find is a turn; nil if it is not loaded.
func (tr *transcript) find(id int) *turn {
	if i := tr.index(id); i >= 0 {
		return tr.turns[i]
	}
	return nil
}

// A body is what the transcript is laid out for.
type body struct {
	first   int   // place of the first column in view
	columns []int // IDs of the columns in view
	widths  []int // of their text
	height  int
	paged   bool // the terminal is behind
	look    *look
}

// cell is turn i's in the k-th pane in view.
func (tr *transcript) cell(i, k int, b body) *cell {
	t := tr.turns[i]
	return t.cell(t.at(b.first+k, b.columns[k]), b.look)
}

// heightOf is a turn's height with the blank line below it.
func (tr *transcript) heightOf(i int, b body) int {
	h := 0
	for k := range b.columns {
		h = max(h, tr.cell(i, k, b).room(k, b))
	}
	return h + 1
}

// stride is by how many lines a pane scrolls while an answer runs out of it. A
// pane that scrolls is painted anew, and text that moves with every line is
// harder to read than text that moves with every third.
const stride = 3

// room is how many lines the k-th column's cell takes in a body: its height, and
// while it grows beyond the body, the next multiple of its stride. For a terminal
// that is behind that is half of the body, and of each column at another line:
// then a frame has one pane to paint anew, and seldom.
func (c *cell) room(k int, b body) int {
	h := c.height(b.widths[k], b.look)
	if !c.running || h <= b.height || b.height <= 4*stride {
		return h
	}
	by, first := stride, 0
	if b.paged {
		by = b.height - stride
		first = by * k / len(b.columns)
	}
	return h + (by-(h-first)%by)%by
}

// settle makes top and skip valid for b: at the end if that is followed, and
// never beyond it.
func (tr *transcript) settle(b body) {
	if len(tr.turns) == 0 {
		tr.top, tr.skip = 0, 0
		return
	}
	tr.top = min(max(tr.top, 0), len(tr.turns)-1)
	if !tr.follow {
		tr.skip = min(max(tr.skip, 0), tr.heightOf(tr.top, b)-1)
		left := -tr.skip - 1 // lines from the top of the body to the end
		for i := tr.top; i < len(tr.turns) && left <= b.height; i++ {
			left += tr.heightOf(i, b)
		}
		if left > b.height {
			return
		}
		tr.follow = true
	}
	need := b.height + 1 // the last blank line stays out of view
	for i := len(tr.turns) - 1; i >= 0; i-- {
		h := tr.heightOf(i, b)
		if h >= need {
			tr.top, tr.skip = i, h-need
			return
		}
		need -= h
	}
	tr.top, tr.skip = 0, 0
}

// scroll moves by lines, down if positive.
func (tr *transcript) scroll(lines int, b body) {
	if len(tr.turns) == 0 {
		return
	}
	tr.settle(b)
	tr.chosen = 0
	if lines < 0 {
		tr.follow = false
	}
	tr.skip += lines
	for tr.skip < 0 && tr.top > 0 {
		tr.top--
		tr.skip += tr.heightOf(tr.top, b)
	}
	for tr.top < len(tr.turns)-1 {
		h := tr.heightOf(tr.top, b)
		if tr.skip < h {
			break
		}
		tr.skip -= h
		tr.top++
	}
	tr.skip = max(tr.skip, 0)
	tr.settle(b)
}

// jump goes to the turn that is by turns further: its top is put at the top, as
// far as the end allows, and it is the current one even where nothing scrolls.
func (tr *transcript) jump(by int, b body) {
	if len(tr.turns) == 0 {
		return
	}
	tr.settle(b)
	from := tr.top
	if tr.chosen > 0 || tr.follow { // several turns may be in view
		from = slices.Index(tr.turns, tr.current(b))
	}
	if by < 0 && from == tr.top && tr.skip > 0 {
		by++ // first to this one's own top
	}
	tr.open(min(max(from+by, 0), len(tr.turns)-1), b)
}

// open puts the top of a turn at the top, as far as the end allows, and makes it
// the current one.
func (tr *transcript) open(i int, b body) {
	tr.top, tr.skip, tr.follow, tr.chosen = i, 0, false, tr.turns[i].ID
	tr.settle(b)
}

// begin shows a turn from its top, if the end was followed so far: what came all
// at once is read from the beginning.
func (tr *transcript) begin(t *turn) {
	if i := slices.Index(tr.turns, t); i >= 0 && tr.follow {
		tr.top, tr.skip, tr.follow, tr.chosen = i, 0, false, t.ID
	}
}

// end goes to the newest turn, and follows it.
func (tr *transcript) end() { tr.follow, tr.chosen = true, 0 }

// current is the turn that the meters speak of: the one that was gone to, the
// newest while the end is followed, else the first one whose top or most is in
// view.
func (tr *transcript) current(b body) *turn {
	if t := tr.find(tr.chosen); t != nil {
		return t
	}
	switch {
	case len(tr.turns) == 0:
		return nil
	case tr.follow:
		return tr.turns[len(tr.turns)-1]
	case tr.top+1 < len(tr.turns) && tr.heightOf(tr.top, b)-tr.skip < b.height/3:
		return tr.turns[tr.top+1]
	}
	return tr.turns[tr.top]
}

// column is the k-th column's lines in the body, top to bottom, at most
// b.height of them. A cell that is shorter than its turn stays in view beside
// the longer ones until the turn has gone by.
func (tr *transcript) column(k int, b body) []string {
	lines := make([]string, 0, b.height)
	tr.eachInView(k, b, func(i, row, from, rows int) {
		for len(lines) < row {
			lines = append(lines, "")
		}
		lines = tr.cell(i, k, b).lines(lines, from, from+rows, b.widths[k], b.look)
		if s := b.look.picked; s != nil && s.pane == k {
			s.mark(tr.turns[i].ID, from, lines[row:], b.look)
		}
	})
	return lines
}

// eachInView tells of each turn in the body, from top to bottom: its index, the
// row of the body where it is first seen, and which of the lines of its cell in
// the k-th column stand there, from which one on and in how many rows.
func (tr *transcript) eachInView(k int, b body, f func(i, row, from, rows int)) {
	y := -tr.skip
	for i := tr.top; i < len(tr.turns) && y < b.height; i++ {
		h := tr.heightOf(i, b)
		hidden, rows := max(-y, 0), min(b.height, y+h)-max(y, 0)
		if hidden+rows == h {
			rows-- // the blank line below stays blank
		}
		f(i, max(y, 0), min(hidden, max(0, tr.cell(i, k, b).room(k, b)-rows)), rows)
		y += h
	}
}
