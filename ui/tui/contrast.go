package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
	"juxta/sessions/diff"
	"juxta/sessions/plain"
	"juxta/ui/theme"
)

// A contrast is an overlay on the whole screen: two answers to one question side
// by side, aligned, with what differs marked.
type contrast struct {
	look   *look
	turn   *turn
	sides  []side // what can be compared, from left to right
	left   int    // index in sides
	right  int
	hidden bool
	of     trial // the turn as it was, to take the texts from

	w, h int
	made *contrasted // what is shown; nil while it is being made
	want contrastKey // what is being made
	top  int         // first line in view
	at   int         // index of the difference gone to; -1 for none
	note string      // why a key did nothing
}

// A side is an answer that can be compared.
type side struct {
	pick   sessions.Pick
	number int    // of its pane, or seat
	name   string // of the model; of the seat while that is hidden
}

// A contrastKey is what lines are made of.
type contrastKey struct {
	turn        int
	left, right sessions.Pick
	hidden      bool
	w           int
	theme       *theme.Theme
	ruler       ruler
}

// compareColumns shows the differences between the current column's answer and
// the next one's.
func (m *Model) compareColumns() tea.Cmd {
	_, t := m.current()
	if t == nil {
		return m.say("nothing was asked yet: ask something first")
	}
	c := &contrast{look: &m.look}
	if why := c.aim(m, t); why != "" {
		return m.say(why)
	}
	m.push(c)
	return nil // Update has it made
}

// aim compares answers of another turn, of the same columns if it has them. It
// says why if there are not two.
func (c *contrast) aim(m *Model, t *turn) string {
	sides := m.sides(t)
	if len(sides) < 2 {
		switch {
		case t.Sealed():
			return "the answers are shown together, when all are there"
		case !m.whole(t):
			return "fewer than two answers are there yet: wait for them"
		case len(m.panes) < 2:
			return m.keyed("there is nothing to compare with: {add} adds a column, {regenerate} asks again")
		}
		return "fewer than two answers have any words"
	}
	column := m.speaker(t)
	other := 0
	if c.sides != nil {
		column, other = c.sides[c.left].pick.Column, c.sides[c.right].pick.Column
	}
	index := func(column int) int {
		return slices.IndexFunc(sides, func(s side) bool { return s.pick.Column == column })
	}
	c.turn, c.sides, c.hidden = t, sides, t.Hidden()
	c.of = m.trialOf(t, compared{})
	c.left = max(index(column), 0)
	if c.right = index(other); c.right < 0 || c.right == c.left {
		c.right = (c.left + 1) % len(sides)
	}
	c.reset()
	return ""
}

// sides are the answers of a turn that can be compared: those that stand, or of
// a single column its takes.
func (m *Model) sides(t *turn) []side {
	if t.Sealed() {
		return nil
	}
	var all []side
	columns, number := m.seats(t)
	add := func(a *sessions.Answer, take bool) {
		if !speaks(a) || a.Finish == "" && !m.whole(t) {
			return
		}
		s := side{sessions.Pick{Column: a.Column, Take: a.Take}, number(a.Column), plain.Line(a.Model.Model)}
		if t.Hidden() {
			s.name = fmt.Sprintf("Answer %d", s.number)
		}
		if take {
			s.name += fmt.Sprintf(" · take %d", a.Take)
		}
		all = append(all, s)
	}
	for _, id := range columns {
		if a, ok := t.Answer(id); ok {
			add(a, false)
		}
	}
	if len(columns) == 1 {
		all = nil
		for i := range t.Answers {
			if t.Answers[i].Column == columns[0] {
				add(&t.Answers[i], true)
			}
		}
	}
	return all
}

func (c *contrast) reset() { c.top, c.at, c.note = 0, -1, "" }

// contrast has what the overlay on top shows made, if that is not what it has.
func (m *Model) contrast() tea.Cmd {
	if n := len(m.overlays); n > 0 {
		if c, ok := m.overlays[n-1].(*contrast); ok {
			c.w, c.h = m.w, m.h
			return c.make()
		}
	}
	return nil
}

// make compares the two answers and lays them out, off the screen's path.
func (c *contrast) make() tea.Cmd {
	l, r := c.sides[c.left].pick, c.sides[c.right].pick
	key := contrastKey{c.turn.ID, l, r, c.hidden, c.w, c.look.theme, c.look.ruler}
	if c.want == key || c.w <= 0 {
		return nil
	}
	c.want = key
	of := c.of
	return func() tea.Msg {
		made := of.contrasted(key)
		return action(func(*Model) tea.Cmd {
			if c.want == key {
				c.made = made
				c.top = c.within(c.top)
			}
			return nil
		})
	}
}

func (x *trial) contrasted(key contrastKey) *contrasted {
	as := x.as.Veil(x.columns)
	text := func(p sessions.Pick) string {
		a, ok := as.Take(p)
		if !ok {
			return ""
		}
		return plain.Text(a.Text + a.Refusal)
	}
	d := &contrasted{key: key, found: diff.Compare(text(key.left), text(key.right))}
	d.lay()
	return d
}

func (c *contrast) key(k tea.KeyPressMsg) (action, tea.Cmd) {
	c.note = ""
	s := k.String()
	if c.scrollKey(s) {
		return nil, nil
	}
	switch s {
	case "n":
		c.step(1)
	case "N", "p":
		c.step(-1)
	case "l", "right":
		c.pair(c.left, c.other(c.right, c.left, 1))
	case "h", "left":
		c.pair(c.left, c.other(c.right, c.left, -1))
	case "tab":
		c.pair(c.other(c.left, c.right, 1), c.right)
	case "shift+tab":
		c.pair(c.other(c.left, c.right, -1), c.right)
	case "s":
		c.pair(c.right, c.left)
	case "]":
		return c.turnBy(1), nil
	case "[":
		return c.turnBy(-1), nil
	case "q", "enter", "d":
		return func(m *Model) tea.Cmd { m.pop(); return nil }, nil
	default:
		if len(s) == 1 && s[0] >= '1' && s[0] <= '9' {
			c.digit(int(s[0] - '0'))
		}
	}
	return nil, c.make()
}

// other is the side after i, or before it, that is not the one opposite.
func (c *contrast) other(i, opposite, by int) int {
	for {
		i = (i + by + len(c.sides)) % len(c.sides)
		if i != opposite {
			return i
		}
	}
}

func (c *contrast) pair(left, right int) {
	if left != c.left || right != c.right {
		c.left, c.right = left, right
		c.reset()
	}
}

// digit puts the answer of that number on the right; the one on the left changes
// places.
func (c *contrast) digit(n int) {
	i := slices.IndexFunc(c.sides, func(s side) bool { return s.number == n })
	if len(c.sides) > 1 && c.sides[0].number == c.sides[1].number { // takes of one column
		i = slices.IndexFunc(c.sides, func(s side) bool { return s.pick.Take == n })
	}
	switch {
	case i < 0:
		c.note = fmt.Sprintf("%d has no answer to compare", n)
	case i == c.left:
		c.pair(c.right, c.left)
	default:
		c.pair(c.left, i)
	}
}

// turnBy goes to the next turn of which two answers can be compared.
func (c *contrast) turnBy(by int) action {
	return func(m *Model) tea.Cmd {
		note := "there is no further turn"
		at := slices.Index(m.tr.turns, c.turn)
		for i := at + by; at >= 0 && i >= 0 && i < len(m.tr.turns); i += by {
			t := m.tr.turns[i]
			why := c.aim(m, t)
			if why == "" {
				m.tr.open(i, m.body())
				return m.loadOlder()
			}
			note = fmt.Sprintf("turn %d: %s", t.ID, why)
		}
		c.note = note
		return m.loadOlder()
	}
}

func (c *contrast) paste(string) {}

func (c *contrast) restyle() {} // another theme is another key

func (c *contrast) cursor() *tea.Cursor { return nil }

func (c *contrast) covers() {}
