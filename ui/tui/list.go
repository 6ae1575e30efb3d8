package tui

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"
)

// An item is a row of a list: what is searched and shown, and what is done
// when it is chosen.
type item struct {
	title string // sanitised
	cells []string
	find  string // what is searched, in lower case, the title first; see lower
	value any

	wide   int   // the title's width
	widths []int // the cells'
}

// measure prepares an item for a list, as far as that is not done yet: of
// thousands it takes longer than a frame.
func (it *item) measure(r ruler) {
	if it.widths != nil {
		return
	}
	if it.find == "" {
		it.find = lower(it.title, it.cells)
	}
	it.wide, it.widths = r.width(it.title), make([]int, len(it.cells))
	for i, c := range it.cells {
		it.widths[i] = r.width(c)
	}
}

// A heading names a column of cells.
type heading struct {
	name  string
	right bool // numbers, which stand at the right
}

// A sorting is an order of a list's items; the first of a list is the one they come in.
type sorting struct {
	name    string
	column  int // of cells that it goes by; -1 for the title
	compare func(a, b *item) int
}

// A list is an overlay to choose from: type to narrow, enter to choose.
type list struct {
	look    *look
	title   string
	hint    string // the keys below
	empty   string // said when there is nothing to choose from
	input   textinput.Model
	head    []heading // nil for no row of names
	sorts   []sorting // that tab goes through; nil for none
	by      int       // index in sorts
	items   []item
	order   []int  // indexes in items, sorted
	match   []int  // of order, what is typed
	at      int    // index in match
	top     int    // first one in view
	rowsAt  int    // line of the view where that stands
	rows    int    // of items in view
	widest  []int  // of each column of cells
	longest int    // of the titles
	busy    string // said while items are still coming
	note    string // a line below the items
	first   string // heading of the titles; "" for model

	detail func(it item, w, h int) []string // what is shown of the chosen item below all others; nil for nothing
	shown  detailed
	bad    bool // the note is a warning

	about func(item) string // the line below the items, of the one that is chosen; nil for the note

	choose func(it item, k string) action // k is the key: enter, or one of also
	also   []string
}

func newList(title, hint string, lk *look) *list {
	l := &list{look: lk, title: title, hint: hint, input: newLine("❯ ", "type to search", lk.theme)}
	l.input.Focus()
	return l
}

func (l *list) restyle() {
	styleLine(&l.input, l.look.theme)
	l.shown = detailed{}
}

// widestCell bounds what one long word in a named column takes from all rows.
const widestCell = 24

// fill replaces the items. Whoever has moved down stays with the item that is
// chosen, if it is still there.
func (l *list) fill(items []item) {
	title := ""
	if l.at > 0 && l.at < len(l.match) {
		title = l.items[l.match[l.at]].title
	}
	l.items, l.widest, l.longest, l.shown = items, nil, 0, detailed{}
	most := widestCell
	if l.head == nil {
		most = math.MaxInt
	}
	for i := range items {
		it := &items[i]
		it.measure(l.look.ruler)
		l.longest = max(l.longest, it.wide)
		for i, w := range it.widths {
			if i == len(l.widest) {
				l.widest = append(l.widest, 0)
			}
			l.widest[i] = max(l.widest[i], min(w, most))
		}
	}
	for i, h := range l.head {
		if i < len(l.widest) && l.widest[i] > 0 {
			l.widest[i] = max(l.widest[i], l.look.width(h.name))
		}
	}
	l.sort()
	if title == "" {
		return
	}
	for i, m := range l.match {
		if l.items[m].title == title {
			l.at = i
		}
	}
}

// sort puts the items in order.
func (l *list) sort() {
	l.order = make([]int, len(l.items))
	for i := range l.order {
		l.order[i] = i
	}
	if l.by > 0 {
		slices.SortFunc(l.order, func(a, b int) int {
			return cmp.Or(l.sorts[l.by].compare(&l.items[a], &l.items[b]), a-b)
		})
	}
	l.narrow()
}

// lower is what an item is searched by: its title, then everything else.
func lower(title string, cells []string, more ...string) string {
	return strings.ToLower(title + "\n" + strings.Join(append(slices.Clone(cells), more...), " "))
}

// narrow keeps the items in which every word that is typed stands. Where they
// come in no order of the user's, those that have them in the title, and at the
// beginning of a word, go first. If no item has them all, what was typed may be
// a word with letters left out.
func (l *list) narrow() {
	l.at, l.top = 0, 0
	words := strings.Fields(strings.ToLower(l.input.Value()))
	if len(words) == 0 {
		l.match = l.order
		return
	}
	l.match = nil
	ranks := make([]int, len(l.items))
	for _, i := range l.order {
		if ranks[i] = l.items[i].rank(words); ranks[i] >= 0 {
			l.match = append(l.match, i)
		}
	}
	if l.match == nil {
		l.match = l.guess(strings.Join(words, ""))
	} else if l.by == 0 {
		slices.SortStableFunc(l.match, func(a, b int) int { return ranks[a] - ranks[b] })
	}
}

// rank is how well an item matches the words, 0 for best and -1 for not.
func (it *item) rank(words []string) int {
	sum := 0
	for _, w := range words {
		switch at := strings.Index(it.find, w); {
		case at < 0:
			return -1
		case at >= strings.IndexByte(it.find, '\n'):
			sum += 2
		case at > 0 && unicode.IsLetter(rune(it.find[at-1])):
			sum++
		}
	}
	return sum
}

// guessed is how much of an item is looked at for letters that stand apart.
const guessed = 48

// guess lists the items that have the letters in their order, best first.
func (l *list) guess(letters string) []int {
	short := make([]string, len(l.items))
	for i, it := range l.items {
		short[i] = it.find[:min(len(it.find), guessed)]
	}
	var match []int
	for _, m := range fuzzy.Find(letters, short) {
		match = append(match, m.Index)
	}
	return match
}

func (l *list) key(k tea.KeyPressMsg) (action, tea.Cmd) {
	s := k.String()
	switch {
	case s == "up", s == "ctrl+p":
		l.at--
	case s == "down", s == "ctrl+n":
		l.at++
	case s == "pgup":
		l.at -= 10
	case s == "pgdown":
		l.at += 10
	case s == "tab" && l.sorts != nil:
		l.by = (l.by + 1) % len(l.sorts)
		l.sort()
	case s == "shift+tab" && l.sorts != nil:
		l.by = (l.by + len(l.sorts) - 1) % len(l.sorts)
		l.sort()
	case s == "enter" || slices.Contains(l.also, s):
		var it item // none, where only another key than enter makes sense
		if l.at < len(l.match) {
			it = l.items[l.match[l.at]]
		} else if s == "enter" {
			return nil, nil
		}
		return l.choose(it, s), nil
	default:
		before := l.input.Value()
		var cmd tea.Cmd
		l.input, cmd = l.input.Update(k)
		if l.input.Value() != before {
			l.narrow()
		}
		return nil, cmd
	}
	l.at = max(0, min(l.at, len(l.match)-1))
	return nil, nil
}

func (l *list) paste(text string) {
	pasteLine(&l.input, text)
	l.narrow()
}

func (l *list) cursor() *tea.Cursor {
	c := l.input.Cursor()
	if c != nil {
		c.X += 2
		c.Y++
	}
	return c
}

// scroll moves the choice.
func (l *list) scroll(lines int) { l.at = max(0, min(l.at+lines, len(l.match)-1)) }

// click chooses the item in a line of the view, and with the second click does
// what enter does.
func (l *list) click(y int) action {
	i := l.top + y - l.rowsAt
	switch {
	case y < l.rowsAt || y >= l.rowsAt+l.rows || i >= len(l.match):
		return nil
	case i != l.at:
		l.at = i
		return nil
	}
	return l.choose(l.items[l.match[i]], "enter")
}
