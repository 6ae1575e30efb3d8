package tui

import (
	"image"
	"slices"
	"strings"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"juxta/prompts"
)

// twice is how soon a second click makes a double click.
const twice = 400 * time.Millisecond

// A mouse is what was clicked last and is being dragged.
type mouse struct {
	drag    *selection // while the button is held in a pane
	clicked *textPoint // of a click that may become a double click
	clicks  int        // how many there were
}

// wheel scrolls what is under it: the top overlay, or the panes.
func (m *Model) wheel(w tea.MouseWheelMsg) tea.Cmd {
	lines := map[tea.MouseButton]int{tea.MouseWheelUp: -3, tea.MouseWheelDown: 3}[w.Button]
	if lines == 0 {
		return nil
	}
	if n := len(m.overlays); n > 0 {
		switch o := m.overlays[n-1].(type) {
		case interface{ roll(lines int) action }:
			if act := o.roll(lines); act != nil {
				return act(m)
			}
		case interface{ scroll(lines int) }:
			o.scroll(lines)
		}
		return nil
	}
	return m.scroll(lines)
}

// click does what was clicked, or gives the keys to it.
func (m *Model) click(c tea.MouseClickMsg) tea.Cmd {
	m.look.picked, m.mouse.drag = nil, nil
	if c.Button != tea.MouseLeft {
		return nil
	}
	at := image.Pt(c.X, c.Y)
	if n := len(m.overlays); n > 0 {
		if o, ok := m.overlays[n-1].(interface{ click(y int) action }); ok && at.In(m.laid) {
			if act := o.click(c.Y - m.laid.Min.Y); act != nil {
				return act(m)
			}
		}
		return nil
	}
	f := m.frame
	for i, r := range f.panes {
		if at.In(r) {
			m.focus = f.first + i
			m.toPanes()
			return m.pressIn(i, at)
		}
	}
	switch {
	case at.In(f.tabs):
		return m.clickTab(c.X)
	case at.In(f.status):
		return m.clickHint(c.X)
	case at.In(f.strip):
		return m.clickFile(ansi.Strip(lineAt(m.strip(m.w), c.Y-f.strip.Min.Y)), -1)
	case at.In(f.composer):
		m.toComposer()
		return m.clickFile(ansi.Strip(lineAt(strings.Split(m.composer.view(), "\n"), c.Y-f.composer.Min.Y)), c.X-f.composer.Min.X-1)
	}
	return nil
}

// lineAt is at, and also nothing before the first line.
func lineAt(lines []string, i int) string {
	if i < 0 {
		return ""
	}
	return at(lines, i)
}

// pressIn begins a selection in a pane, or with the second click in the same
// place selects a word.
func (m *Model) pressIn(pane int, at image.Point) tea.Cmd {
	p, ok := m.placeAt(pane, at)
	if !ok {
		return nil
	}
	if last := m.mouse.clicked; last != nil && *last == p {
		m.mouse.clicked = nil
		return m.selectWord(pane, p)
	}
	m.mouse.drag = &selection{pane: pane, from: p, to: p}
	m.mouse.clicked, m.mouse.clicks = &p, m.mouse.clicks+1
	n := m.mouse.clicks
	return tea.Tick(twice, func(time.Time) tea.Msg {
		return action(func(m *Model) tea.Cmd {
			if m.mouse.clicks == n {
				m.mouse.clicked = nil
			}
			return nil
		})
	})
}

// placeAt is what is at a point of a pane: the nearest of its text, so that a
// drag that leaves the pane ends at its edge and never in its neighbour.
func (m *Model) placeAt(pane int, at image.Point) (textPoint, bool) {
	b := m.body()
	if pane >= len(m.frame.panes) || len(m.tr.turns) == 0 {
		return textPoint{}, false
	}
	r := m.frame.panes[pane]
	left := r.Min.X + 1
	if m.frame.boxed {
		left++
	}
	return m.tr.placeAt(pane, min(max(at.Y-r.Min.Y-1, 0), b.height-1), min(max(at.X-left, 0), b.widths[pane]), b)
}

// drag extends the selection, and scrolls where it is pulled beyond the pane.
func (m *Model) drag(e tea.MouseMotionMsg) tea.Cmd {
	d := m.mouse.drag
	if d == nil || e.Button != tea.MouseLeft || d.pane >= len(m.frame.panes) {
		return nil
	}
	m.mouse.clicked = nil
	var cmd tea.Cmd
	top := m.frame.panes[d.pane].Min.Y + 1
	switch {
	case e.Y < top:
		cmd = m.scroll(-1)
	case e.Y >= top+m.body().height:
		cmd = m.scroll(1)
	}
	if p, ok := m.placeAt(d.pane, image.Pt(e.X, e.Y)); ok {
		d.to = p
	}
	if m.look.picked = nil; d.from != d.to {
		m.look.picked = d
	}
	return cmd
}

// release copies what was selected, or shows the picture that was clicked.
func (m *Model) release() tea.Cmd {
	d := m.mouse.drag
	m.mouse.drag = nil
	switch {
	case d == nil:
		return nil
	case m.look.picked == nil:
		return m.clickQuestion(d.pane, d.from)
	}
	return m.copySelection()
}

// clickQuestion shows the picture whose name, or the count of pictures, stands at
// a place of a question.
func (m *Model) clickQuestion(pane int, p textPoint) tea.Cmd {
	b := m.body()
	i := m.tr.index(p.turn)
	if i < 0 {
		return nil
	}
	c := m.tr.cell(i, pane, b)
	if c.height(b.widths[pane], b.look); p.line >= len(c.head) {
		return nil
	}
	before, name, is := strings.Cut(ansi.Strip(c.head[p.line]), sign(prompts.Picture)+" ")
	if !is || p.x < b.look.width(before) {
		return nil
	}
	for k := range c.files {
		if f := nameOf(c.files[k].Name); strings.HasPrefix(name, b.look.middle(f, max(b.widths[pane]/2, 8))) {
			return m.openFile(m.tr.turns[i], f)
		}
	}
	if p.line > 0 {
		return nil
	}
	return m.openFile(m.tr.turns[i], "")
}

func (m *Model) copySelection() tea.Cmd {
	text := m.tr.selected(m.look.picked, m.body())
	if strings.TrimSpace(text) == "" {
		return nil
	}
	m.say("copied the selection")
	return tea.SetClipboard(text)
}

// selectWord selects and copies the word at a place.
func (m *Model) selectWord(pane int, p textPoint) tea.Cmd {
	b := m.body()
	i := m.tr.index(p.turn)
	if i < 0 {
		return nil
	}
	from, to := wordAt(ansi.Strip(m.tr.cell(i, pane, b).line(p.line, b.widths[pane], b.look)), p.x, b.look.ruler)
	if from == to {
		return nil
	}
	m.look.picked = &selection{pane: pane, from: textPoint{p.turn, p.line, from}, to: textPoint{p.turn, p.line, to - 1}}
	return m.copySelection()
}

// wordAt is the cells [from, to) of the word at a cell of a line; none where no
// word is.
func wordAt(line string, x int, r ruler) (from, to int) {
	at := 0
	for line != "" {
		cluster, wide := ansi.FirstGraphemeCluster(line, r.Method)
		line = line[len(cluster):]
		letter := []rune(cluster)[0]
		at += wide
		switch {
		case unicode.IsLetter(letter) || unicode.IsDigit(letter) || letter == '_':
			to = at
		case at > x:
			return ended(from, to, x)
		default:
			from, to = at, at
		}
	}
	return ended(from, to, x)
}

func ended(from, to, x int) (int, int) {
	if x < from || x >= to {
		return 0, 0
	}
	return from, to
}

// clickTab makes the column of a tab the current one.
func (m *Model) clickTab(x int) tea.Cmd {
	at := 0
	marks := m.marks()
	for i := range m.panes {
		if at += m.look.width(tabLabel(m.panes[i], i, marks[i], m.w/len(m.panes), &m.look)); x < at {
			m.focus = i
			m.refresh()
			return nil
		}
	}
	return nil
}

// clickHint does what a hint in the status line says.
func (m *Model) clickHint(x int) tea.Cmd {
	if m.trouble != nil || m.notice.text != "" || m.searching != nil {
		return nil // no hints stand there
	}
	for _, h := range m.buttons {
		if x >= h.from && x < h.to {
			for _, c := range m.look.keys.commands {
				if c.id == h.id {
					return m.perform(c)
				}
			}
		}
	}
	return nil
}

// clickFile shows the picture whose pill stands at a cell of a line, or whose
// name stands in the line where x is negative.
func (m *Model) clickFile(line string, x int) tea.Cmd {
	for _, f := range m.files() {
		name := f.label
		if x < 0 {
			name = m.nameIn(f, m.w)
		}
		i := strings.Index(line, name)
		if i < 0 || name == "" {
			continue
		}
		if from := m.look.width(line[:i]); x >= 0 && (x < from || x >= from+m.look.width(name)) {
			continue
		}
		m.see()
		if s := &m.stage; f.ready != nil {
			if k := slices.IndexFunc(s.shots, func(sh shot) bool { return sh.ready == f.ready }); k >= 0 {
				s.at = k
				return m.openPicture()
			}
		}
	}
	return nil
}
