package tui

import (
	"fmt"
	"image"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/ui/picture"
	"juxta/ui/theme"
)

// A stage is where pictures are shown above the panes: those attached to the
// question being written, else those of the current turn.
type stage struct {
	gallery gallery
	shots   []shot
	spare   []shot // the other of two buffers
	at      int    // index of the one that is chosen
	shown   shown
	before  shown  // what F2 brings back
	peek    func() // ends the picker's preview that is being made

	lines []string // as drawn for
	drawn staged
}

// shown is whether the user wants the stage.
type shown uint8

const (
	asFits shown = iota // where the screen is high enough
	always
	never
)

// staged is what the stage's lines depend on.
type staged struct {
	w, h, change int
	theme        *theme.Theme
}

// ask is what the terminal is asked at the start, without waiting for it: its
// name. See [screen] for what comes of it.
func (s *stage) ask() tea.Cmd { return tea.RequestTerminalVersion }

// hear takes in a message that nobody else knows, which may be the terminal's
// answer.
func (s *stage) hear(msg tea.Msg) tea.Cmd { return s.gallery.hear(msg) }

// takeBack lets the terminal forget the pictures, whose memory it would keep
// after the program. What is sent last is only sent if the program waits for it.
func (s *stage) takeBack() tea.Cmd {
	told := s.gallery.clear()
	if told == "" {
		return nil
	}
	return tea.Sequence(raw(told), func() tea.Msg { time.Sleep(sending); return nil })
}

// sending is a few ticks of the renderer.
const sending = 30 * time.Millisecond

// see takes in which pictures there are to be seen.
func (m *Model) see() {
	m.place() // which turn is the current one depends on it
	s := &m.stage
	shots := s.spare[:0]
	m.refreshPicker()
	for _, f := range m.files() {
		switch {
		case f.ready != nil && f.ready.Kind() == prompts.Picture:
			shots = append(shots, readyShot(f.ready))
		case f.ready == nil && f.early != nil:
			s := readyShot(f.early)
			s.early = true
			shots = append(shots, s)
		}
	}
	if len(shots) == 0 {
		if t := m.staged(); t != nil {
			for _, f := range t.Files {
				if isPicture(f) {
					sh := keptShot(f)
					if t != m.tr.turns[len(m.tr.turns)-1] {
						sh.turn = t.ID
					}
					shots = append(shots, sh)
				}
			}
		}
	}
	if slices.EqualFunc(s.shots, shots, func(a, b shot) bool { return a.is(b) && a.turn == b.turn }) {
		s.spare = shots
		return
	}
	s.shots, s.spare = shots, s.shots
	s.at = max(0, min(s.at, len(shots)-1))
	s.gallery.change++
	m.stale = true
}

// isPicture reports whether a turn's file is one.
func isPicture(a sessions.Attachment) bool { return strings.HasPrefix(a.MIME, "image/") }

// staged is the turn whose pictures are shown: the current one, else the nearest
// one before it that has some, of which models are told again. What it depends
// on must not depend on whether they are: so it is looked for in a body that has
// the stage's lines, too.
func (m *Model) staged() *turn {
	if len(m.tr.turns) == 0 || len(m.frame.panes) == 0 {
		return nil
	}
	b := m.body()
	b.height += m.frame.stage.Dy()
	for i := slices.Index(m.tr.turns, m.tr.current(b)); i >= 0; i-- {
		if slices.ContainsFunc(m.tr.turns[i].Files, isPicture) {
			return m.tr.turns[i]
		}
	}
	return nil
}

// tend keeps what is being drawn in step with what is on the screen.
func (m *Model) tend() {
	g := &m.stage.gallery
	if m.frame.stage.Dy() == 0 {
		g.wish(aboveThePanes)
	}
	var top overlay
	if n := len(m.overlays); n > 0 {
		top = m.overlays[n-1]
	}
	if _, ok := top.(*viewer); !ok {
		g.wish(fullScreen)
		g.full = pixels{}
	}
	if _, ok := top.(*picker); !ok {
		if m.browser() == nil {
			g.wish(preview)
		}
		if m.stage.peek != nil {
			m.stage.peek()
			m.stage.peek = nil
		}
	}
	if ask, changed := g.screen.resized(m.w, m.h); changed && m.send != nil {
		go m.send(tea.RawMsg{Msg: ask})
	}
	g.prune()
	g.tend(m)
}

// stageLines is what the stage would like; nothing where it shows nothing.
func (m *Model) stageLines() stageRoom {
	s := &m.stage
	if len(s.shots) == 0 {
		return stageRoom{}
	}
	return stageHeight(m.h, s.attached(), s.shown, s.gallery.screen.mode())
}

// attached reports whether the pictures are of the question being written.
func (s *stage) attached() bool { return len(s.shots) > 0 && s.shots[0].ready != nil }

// toggleStage hides the stage, or shows it as it was.
func (m *Model) toggleStage() tea.Cmd {
	s := &m.stage
	m.see()
	if len(s.shots) == 0 {
		return m.say(m.keyed("no pictures to show: {attach} attaches some"))
	}
	m.place()
	m.stale = true
	if m.frame.stage.Dy() > 0 {
		s.before, s.shown = s.shown, never
		return nil
	}
	if s.shown == never {
		s.shown = s.before
		m.place()
	}
	if m.frame.stage.Dy() == 0 {
		s.shown, m.stale = always, true
	}
	if m.place(); m.frame.stage.Dy() == 0 {
		return m.say(m.keyed("the screen is too low for pictures above the panes; {picture} shows them"))
	}
	return nil
}

// minSlot is the narrowest place worth giving a picture beside others.
const minSlot = 18

// drawStage is the stage, w cells wide and h lines high: pictures side by side,
// and below each what it is.
func (m *Model) drawStage(w, h int) []string {
	s := &m.stage
	now := staged{w, h, s.gallery.change, m.look.theme}
	if s.drawn == now && s.lines != nil {
		return s.lines
	}
	s.drawn = now
	if s.gallery.screen.mode() == picture.Words {
		s.lines = s.words(w, &m.look)
		return s.lines
	}
	n := max(1, min(len(s.shots), w/minSlot))
	first := max(0, min(s.at-n/2, len(s.shots)-n))
	room := w/n - 2
	wishes := make([]wish, 0, n)
	for _, shot := range s.shots[first : first+n] {
		cols, rows := picture.Fit(shot.size, room, h-1, s.gallery.screen.cell)
		wishes = append(wishes, wish{shot: shot, part: image.Rectangle{Max: shot.size}, cols: cols, rows: rows})
	}
	s.gallery.wish(aboveThePanes, wishes...)
	lines := make([]strings.Builder, h)
	for i, wi := range wishes {
		wide := min(max(wi.cols, minSlot-2, m.look.width(caption(wi.shot))+2), room)
		d := s.gallery.get(wi)
		for y := range h - 1 {
			lines[y].WriteString(" ")
			gap := wide
			if d != nil && y < len(d.lines) {
				lines[y].WriteString(d.lines[y])
				gap -= wi.cols
			}
			lines[y].WriteString(spaces(gap + 1))
		}
		lines[h-1].WriteString(" " + s.under(wi.shot, first+i, wide, &m.look) + " ")
	}
	s.lines = make([]string, h)
	for y := range lines {
		s.lines[y] = m.look.cut(lines[y].String(), w)
	}
	if left := len(s.shots) - n; left > 0 {
		s.lines[h-1] = m.look.spread(s.lines[h-1], m.look.theme.Faint.Render(fmt.Sprintf("%d more ", left)), w)
	}
	return s.lines
}

// under is what stands below a picture, in w cells.
func (s *stage) under(sh shot, i, w int, lk *look) string {
	style, mark := lk.theme.Muted, ""
	if len(s.shots) > 1 {
		if i == s.at {
			style, mark = lk.theme.Title, "▸ "
		}
	}
	if err := s.gallery.err(sh); err != nil {
		return lk.theme.Warn.Render(lk.fit(mark+sh.name+": "+plain.Line(err.Error()), w))
	}
	return style.Render(lk.fit(mark+labelled(sh, w-lk.width(mark), lk), w))
}

// labelled is a picture's name, pixels and turn in w cells; the name is cut
// first.
func labelled(sh shot, w int, lk *look) string {
	facts := sh.facts()
	if room := w - lk.width(facts); room >= 4 {
		return lk.cut(sh.name, room) + facts
	}
	return lk.cut(sh.name, w)
}

// facts is what stands behind a picture's name.
func (s shot) facts() string {
	facts := fmt.Sprintf(" %d×%d", s.size.X, s.size.Y)
	if s.turn > 0 {
		facts += fmt.Sprintf(" · turn %d", s.turn)
	}
	return facts
}

func caption(sh shot) string { return sh.name + sh.facts() }

// words is the stage where no picture can be drawn: one line.
func (s *stage) words(w int, lk *look) []string {
	s.gallery.wish(aboveThePanes)
	line := ""
	for i, sh := range s.shots {
		next := " ▣ " + caption(sh) + " "
		more := fmt.Sprintf(" +%d", len(s.shots)-i)
		if i > 0 && lk.width(line+next)+lk.width(more) > w {
			line += more
			break
		}
		line += next
	}
	return []string{lk.theme.Muted.Render(lk.fit(line, w))}
}
