package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// A board is an overlay with what the session tells of its models: one picture
// per figure, in which the columns stand below each other.
type board struct {
	look  *look
	busy  bool   // the session is being read
	wrong string // why it could not be
	turns string // how many are counted
	facts string // what must be known of all figures, and is always in view
	notes []string
	names []scored // by score
	sums  []chart

	top   int   // first line in view
	heads []int // the line of each chart
	lines []string
	width int // that lines are for; 0: not drawn
}

// A scored is whom a score is of: the number of a column with marks, a model, and
// the place whose colour the bars have.
type scored struct {
	number, text string
	place        int
}

// scoreboard opens the board and reads the session for it.
func (m *Model) scoreboard() tea.Cmd {
	if m.bench == nil {
		return nil
	}
	o := &board{look: &m.look, busy: true}
	m.push(o)
	b := m.bench
	return func() tea.Msg {
		scores, err := b.Score()
		return action(func(m *Model) tea.Cmd {
			o.busy, o.width = false, 0
			if err != nil {
				o.wrong = worded(err)
				return nil
			}
			o.take(scores, m.panes)
			return nil
		})
	}
}

// take makes the pictures of the scores.
func (o *board) take(b sessions.Board, panes []pane) {
	if o.turns = plural(b.Turns, "turn") + ", all branches"; b.Turns == 0 {
		o.turns = ""
	}
	var facts []string
	if b.Hidden > 0 {
		facts = append(facts, plural(b.Hidden, "blind turn")+" left out until revealed")
	}
	if slices.ContainsFunc(b.Scores, func(s sessions.Score) bool { return s.Simulated }) {
		facts = append(facts, "° simulated, nothing real answered")
	}
	o.facts = strings.Join(facts, " · ")
	for _, s := range b.Scores {
		o.names = append(o.names, scoreName(s, b.Scores, panes))
	}
	o.sums = charts(b.Scores)
	o.notes = notes(b.Scores, o.names)
}

// scoreName is a score's label: the number of its column, if that is on the screen
// and has the model still, and the model; with its settings where the model
// stands twice.
func scoreName(s sessions.Score, all []sessions.Score, panes []pane) scored {
	mark := ""
	if s.Simulated {
		mark = "°"
	}
	text := plain.Line(s.Model.Model)
	i := slices.IndexFunc(panes, func(p pane) bool { return p.column.ID == s.Column })
	if i < 0 || panes[i].column.Model != s.Model {
		return scored{"·" + mark, text, s.Column - 1}
	}
	p := panes[i]
	if p.starred {
		mark += star
	}
	twice := slices.ContainsFunc(all, func(x sessions.Score) bool { return x.Model == s.Model && x.Column != s.Column })
	if words := p.brief(); twice && words != nil {
		text += " · " + strings.Join(words, " ")
	}
	return scored{strconv.Itoa(p.place+1) + mark, text, p.place}
}

func (o *board) key(k tea.KeyPressMsg) (action, tea.Cmd) {
	if by, ok := scrolled(k.String(), 10); ok {
		o.top += by
		return nil, nil
	}
	switch k.String() {
	case "tab":
		o.next(1)
	case "shift+tab":
		o.next(-1)
	case "v":
		return (*Model).openVerdict, nil
	}
	return nil, nil
}

// next brings the next figure, or the one before, to the top.
func (o *board) next(by int) {
	at := 0
	for i, h := range o.heads {
		if h <= o.top {
			at = i
		}
	}
	if by < 0 && len(o.heads) > 0 && o.heads[at] < o.top {
		by = 0
	}
	if at += by; at >= 0 && at < len(o.heads) {
		o.top = o.heads[at]
	}
}

func (o *board) paste(string) {}

func (o *board) cursor() *tea.Cursor { return nil }

func (o *board) restyle() { o.width = 0 }

func (o *board) view(w, h int) string {
	th, inner := o.look.theme, max(w-4, 1)
	if o.width != w {
		o.lines, o.width = o.draw(inner), w
	}
	room := max(h-2, 1)
	var shown []string
	if o.facts != "" && room > 3 {
		shown = []string{th.Warn.Render(o.look.cut(o.facts, inner))}
		room--
	}
	o.top = max(0, min(o.top, len(o.lines)-room))
	shown = append(shown, o.lines[o.top:min(o.top+room, len(o.lines))]...)
	foot := o.look.keyed("v verdict · {back} closes")
	if len(o.lines) > room {
		foot = fmt.Sprintf("%d–%d of %d lines · j k scroll · tab next figure · ", o.top+1, min(o.top+room, len(o.lines)), len(o.lines)) + foot
	}
	return o.look.box("Scoreboard", o.turns, foot, shown, w)
}
