package tui

import (
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// A browser is the list of sessions on the whole screen. It is read a page at a
// time. While the line above has the keys, what is typed is searched at once and
// what it finds stands in the place of the list, with the words marked; with tab
// the list has them, and single letters command, see inBrowser.
type browser struct {
	look    *look
	gallery *gallery
	store   *sessions.Store
	ctx     context.Context // of the program

	input textinput.Model
	panel bool // the list has the keys, not the line
	shelf sessions.Shelf
	total int // sessions on the shelf; -1 while nobody has counted

	list  listing
	found listing  // of the query
	query string   // what found is of; "" for nothing
	wrong string   // why what is typed can't be understood, sanitised
	none  []string // parts of the query that no session has; nil while nobody knows

	now   int                // number of the newest reading or search: answers of older ones are dropped
	stop  context.CancelFunc // ends the search under way; nil for none
	busy  bool               // somebody reads or searches
	works bool               // something is being done with sessions
	eager bool               // enter was pressed while something was still being looked for

	at, top int
	back    spotted // what is chosen once it is there; zero for the first line
	marked  []sessions.Session
	peek    peep
	note    string // said in place of the hints; sanitised
	bad     bool   // it is a warning

	change int // counts whatever may look different
	drawn  browsed
	lines  []string
	rowsAt int // line of the view where the first place stands
	rows   int // lines for places
}

// A listing is sessions as they are listed, as far as they are read.
type listing struct {
	all    []*entry
	places []spotted
	more   bool            // there may be more behind them
	next   sessions.Cursor // behind those that were found
}

// A spotted is a line that can be chosen: a session, or with hit from 0 a place
// in it.
type spotted struct {
	of  *entry
	hit int // -1 for the session
}

// lay makes the lines of what there is.
func (l *listing) lay() {
	l.places = nil
	for _, s := range l.all {
		l.places = append(l.places, spotted{s, -1})
		for i := range s.hits {
			l.places = append(l.places, spotted{s, i})
		}
	}
}

// shown is what stands in the list now.
func (b *browser) shown() *listing {
	if b.query != "" {
		return &b.found
	}
	return &b.list
}

// chosen is the line that is chosen; its session is nil if there is none.
func (b *browser) chosen() spotted {
	if l := b.shown(); b.at >= 0 && b.at < len(l.places) {
		return l.places[b.at]
	}
	return spotted{}
}

// place is where a line leads to: for a session the first place in it where
// something was found. It is zero where nothing was.
func (p spotted) place() sessions.Hit {
	switch {
	case p.of == nil:
		return sessions.Hit{}
	case p.hit < 0 || p.of.hits[p.hit].Turn == 0:
		return p.of.first
	}
	return p.of.hits[p.hit]
}

// turn is the one that a line leads to; 0 for the session's end.
func (p spotted) turn() int { return p.place().Turn }

// browse opens the list of sessions.
func (m *Model) browse() tea.Cmd {
	switch {
	case m.bench == nil:
		return nil
	case !m.bench.Keeps():
		return m.say("nothing is kept with --no-save: start juxta without it to see your sessions")
	}
	in := newLine("❯ ", `search: words, "phrases", model: tag: has:image vote: after: cost>`, m.look.theme)
	b := &browser{look: &m.look, gallery: &m.stage.gallery, store: m.bench.Store(), ctx: m.ctx, input: in, total: -1}
	b.list.more = true
	b.input.Focus()
	b.input.SetValue(m.shelving.query)
	b.input.CursorEnd()
	b.back = m.shelving.at
	m.push(b)
	return tea.Batch(b.typed(), b.count())
}

// browser is the one that is open; nil for none.
func (m *Model) browser() *browser {
	for _, o := range m.overlays {
		if b, ok := o.(*browser); ok {
			return b
		}
	}
	return nil
}

// open reports whether a browser is still on the screen: what comes for one that
// was closed is dropped.
func (b *browser) open(m *Model) bool { return m.browser() == b }

func (b *browser) covers() {}

func (b *browser) restyle() {
	styleLine(&b.input, b.look.theme)
	b.change++
}

func (b *browser) cursor() *tea.Cursor {
	if b.panel {
		return nil
	}
	c := b.input.Cursor()
	if c != nil {
		c.X += 2
		c.Y++
	}
	return c
}

// pasted follows what was pasted.
func (b *browser) pasted() tea.Cmd { return b.typed() }

func (b *browser) paste(text string) {
	b.write()
	pasteLine(&b.input, text)
}

// write gives the line the keys.
func (b *browser) write() tea.Cmd {
	b.panel = false
	b.input.Focus()
	b.change++
	return nil
}

// command gives the list the keys.
func (b *browser) command() {
	b.panel = true
	b.input.Blur()
	b.change++
}

// escape reports whether esc was for the browser itself: it takes back what is
// marked.
func (b *browser) escape() bool {
	b.change++
	if len(b.marked) > 0 {
		b.marked = nil
		return true
	}
	return false
}

// say says something in the browser.
func (b *browser) say(text string, bad bool) {
	b.note, b.bad = plain.Line(text), bad
	b.change++
}

func (b *browser) key(k tea.KeyPressMsg) (action, tea.Cmd) {
	b.change++
	b.note, b.eager = "", false
	s := k.String()
	switch s {
	case "up", "ctrl+p":
		return nil, b.move(-1)
	case "down", "ctrl+n":
		return nil, b.move(1)
	case "pgup":
		return nil, b.move(-max(b.rows-1, 1))
	case "pgdown":
		return nil, b.move(max(b.rows-1, 1))
	case "enter":
		return b.enter(), nil
	case "ctrl+space", "ctrl+@":
		return nil, b.mark()
	case "tab", "shift+tab":
		if b.panel {
			return nil, b.write()
		}
		b.command()
		return nil, nil
	}
	if b.panel {
		return b.press(s)
	}
	before := b.input.Value()
	var cmd tea.Cmd
	b.input, cmd = b.input.Update(k)
	if b.input.Value() != before {
		cmd = tea.Batch(cmd, b.typed())
	}
	return nil, cmd
}

// press is a key while the list has them.
func (b *browser) press(s string) (action, tea.Cmd) {
	if c, ok := b.look.keys.find(s, inBrowser); ok {
		return c.do, nil
	}
	switch s {
	case "j":
		return nil, b.move(1)
	case "k":
		return nil, b.move(-1)
	case "g", "home":
		return nil, b.move(-b.at)
	case "G", "end":
		return nil, b.move(len(b.shown().places))
	}
	return nil, nil
}

// move chooses another line, reads on where the end comes near, and has a look
// at what is chosen.
func (b *browser) move(by int) tea.Cmd {
	b.at = max(0, min(b.at+by, len(b.shown().places)-1))
	b.change++
	return tea.Batch(b.near(), b.peer())
}

// near reads the next page where the end of what is read comes near.
func (b *browser) near() tea.Cmd {
	if l := b.shown(); !l.more || b.busy || b.at < len(l.places)-2*max(b.rows, 20) {
		return nil
	}
	if b.query != "" {
		return b.seek(b.query, b.found.next, 0)
	}
	return b.load()
}

// stay keeps a line chosen while what stands in the list changes: that of the
// same session and place, or one of the session, or the one in its place.
func (b *browser) stay(was spotted) tea.Cmd {
	places := b.shown().places
	at := -1
	for i, p := range places {
		if was.of == nil || p.of.ID != was.of.ID {
			continue
		}
		if at < 0 || p.hit == was.hit {
			at = i
		}
	}
	if at >= 0 {
		b.at = at
	}
	b.at = max(0, min(b.at, len(places)-1))
	b.change++
	return tea.Batch(b.near(), b.peer())
}

// roll moves the choice with the wheel.
func (b *browser) roll(lines int) action {
	return func(*Model) tea.Cmd { return b.move(lines) }
}

// click chooses what is in a line of the view, and with the second click opens
// it.
func (b *browser) click(y int) action {
	b.change++
	i := b.top + y - b.rowsAt
	switch {
	case y == 1:
		b.write()
		return nil
	case y < b.rowsAt || y >= b.rowsAt+b.rows || i >= len(b.shown().places):
		return nil
	case i != b.at:
		return func(*Model) tea.Cmd { return b.move(i - b.at) }
	}
	return b.enter()
}

// enter opens what is chosen, at the turn where something was found.
func (b *browser) enter() action {
	if b.busy && strings.TrimSpace(b.input.Value()) != b.query { // what is chosen now is not what was meant
		b.eager = true
		return nil
	}
	p := b.chosen()
	if p.of == nil {
		return nil
	}
	id, turn, words := p.of.ID, p.turn(), p.words()
	return func(m *Model) tea.Cmd { return m.openSession(b, id, turn, words) }
}

// words are what was found in a question or an answer first, for the search in
// the session; "" where nothing is to be searched.
func (p spotted) words() string {
	h := p.place()
	if len(h.Marks) == 0 || h.Part != sessions.InQuestion && h.Part != sessions.InAnswer {
		return ""
	}
	return strings.ToLower(h.Text[h.Marks[0].From:h.Marks[0].To])
}

// targets are the sessions that a command means: those that are marked, or else
// the chosen one.
func (b *browser) targets() []sessions.Session {
	if len(b.marked) > 0 {
		return slices.Clone(b.marked)
	}
	if p := b.chosen(); p.of != nil {
		return []sessions.Session{p.of.Session}
	}
	return nil
}

// mark marks the chosen session, or no longer.
func (b *browser) mark() tea.Cmd {
	p := b.chosen()
	if p.of == nil {
		return nil
	}
	if i := b.markOf(p.of.ID); i >= 0 {
		b.marked = slices.Delete(b.marked, i, i+1)
	} else {
		b.marked = append(b.marked, p.of.Session)
	}
	by := 1
	for places := b.shown().places; b.at+by < len(places) && places[b.at+by].hit >= 0; by++ { // to the next session
	}
	return b.move(by)
}

// markOf is which of the marked sessions one is; -1 for none.
func (b *browser) markOf(id sessions.ID) int {
	return slices.IndexFunc(b.marked, func(s sessions.Session) bool { return s.ID == id })
}

// nextShelf shows the archived sessions, then those that wait to be deleted,
// then the current ones again.
func (b *browser) nextShelf() tea.Cmd {
	b.shelf = map[sessions.Shelf]sessions.Shelf{sessions.Current: sessions.Archived, sessions.Archived: sessions.Bin}[b.shelf]
	b.marked, b.at, b.top, b.total = nil, 0, 0, -1
	b.list = listing{more: true}
	if b.shelf == sessions.Bin { // which is not searched
		b.input.SetValue("")
	}
	b.query, b.found = "", listing{}
	return tea.Batch(b.typed(), b.count())
}
