package tui

import (
	"image"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// View implements [tea.Model].
func (m *Model) View() (v tea.View) {
	if m.fallen {
		return tea.NewView("")
	}
	if m.send != nil { // else nobody could be told
		defer func() {
			if p := recover(); p != nil {
				m.fell(providers.Caught(p))
				v = tea.NewView("")
			}
		}()
	}
	if m.pulse != nil {
		m.pulse.beat()
	}
	if m.w <= 0 || m.h <= 0 {
		return tea.NewView("")
	}
	if !m.typed {
		m.see()
	}
	m.place()
	defer m.tend()
	if n := len(m.overlays); n > 0 {
		if full, ok := m.overlays[n-1].(cover); ok {
			v = m.dress(full.view(m.w, m.h))
			v.Cursor, m.laid = full.cursor(), image.Rect(0, 0, m.w, m.h)
			return v
		}
	}
	v = m.dress(m.below())
	if len(m.overlays) > 0 {
		m.lay(&v)
		return v
	}
	if m.searching != nil && m.searching.typing {
		v.Cursor = m.searchCursor()
		return v
	}
	if c := m.composer.area.Cursor(); c != nil && !m.panel {
		c.X = min(c.X+m.frame.composer.Min.X+1, m.w-1)
		c.Y = min(c.Y+m.frame.composer.Min.Y, m.h-1)
		v.Cursor = c
	}
	return v
}

// below is what overlays are drawn over: one that has the whole screen, or the
// workbench.
func (m *Model) below() string {
	for i := len(m.overlays) - 2; i >= 0; i-- {
		if full, ok := m.overlays[i].(cover); ok {
			return full.view(m.w, m.h)
		}
	}
	return m.screen()
}

// dress is a screen with all that belongs to it.
func (m *Model) dress(content string) tea.View {
	v := tea.NewView(content)
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.WindowTitle = "juxta"
	if t := plain.Line(m.session.Title); t != "" {
		v.WindowTitle = t + " · juxta"
	}
	return v
}

// lay draws the top overlay over the workbench.
func (m *Model) lay(v *tea.View) {
	top := m.overlays[len(m.overlays)-1]
	w := m.w // a few cells of the panes at its sides would only be debris
	if m.w > 90 {
		w = max(m.w*4/5, 80)
	}
	h := min(m.h, max(m.h*3/4, min(m.h, 18)))
	over := strings.Split(m.look.crop(top.view(w, h), w, h), "\n")
	x, y := (m.w-w)/2, max((m.h-len(over))/3, 0)
	m.laid = image.Rect(x, y, x+w, y+len(over))
	lines := strings.Split(v.Content, "\n")
	for i, l := range over {
		if i+y < len(lines) {
			lines[i+y] = m.look.splice(lines[i+y], l, x, w, m.w)
		}
	}
	v.Content = strings.Join(lines, "\n")
	if c := top.cursor(); c != nil {
		c.X, c.Y = min(c.X+x, m.w-1), min(c.Y+y, m.h-1)
		v.Cursor = c
	}
}

// screen is the workbench without overlays, exactly w×h cells.
func (m *Model) screen() string {
	f := m.frame
	if !m.typed || m.upper == nil {
		m.upper = m.drawUpper()
	}
	lines := append(make([]string, 0, m.h), m.upper...)
	strip := m.strip(m.w)
	for i := range f.strip.Dy() {
		lines = append(lines, m.look.fit(at(strip, i), m.w))
	}
	written := strings.Split(m.composer.view(), "\n")
	if m.replaying() {
		written = []string{m.replayBar(m.w - 1)}
	}
	for i, l := range written[:min(len(written), f.composer.Dy())] {
		next := ""
		if i == min(len(written), f.composer.Dy())-1 {
			next = m.next()
		}
		lines = append(lines, m.beside(" "+l, next))
	}
	for len(lines) < f.composer.Max.Y {
		lines = append(lines, "")
	}
	if f.status.Dy() > 0 {
		lines = append(lines, m.status())
	}
	return strings.Join(lines, "\n")
}

// drawUpper is what stands above the composer: a key that only types leaves it
// as it is.
func (m *Model) drawUpper() []string {
	f := m.frame
	lines := make([]string, 0, m.h)
	current := m.settle()
	m.blindfold(current)
	if f.header.Dy() > 0 {
		lines = append(lines, m.header())
	}
	if f.tabs.Dy() > 0 {
		lines = append(lines, tabs(m.panes, m.marks(), f.first, len(f.panes), m.w, &m.look))
	}
	if n := f.stage.Dy(); n > 0 {
		stage := m.drawStage(m.w, n)
		for i := range n {
			lines = append(lines, at(stage, i))
		}
	}
	if n := f.welcome.Dy(); n > 0 {
		w := m.welcome(m.w, n)
		for i := range n {
			lines = append(lines, m.look.fit(at(w, i), m.w))
		}
	}
	lines = m.drawPanes(lines, current)
	if f.ballot.Dy() > 0 {
		lines = append(lines, m.drawBallot(current, m.w))
	}
	return lines
}

// settle puts the transcript in order for the panes and returns the current
// turn; nil for none.
func (m *Model) settle() *turn {
	if len(m.frame.panes) == 0 {
		return nil
	}
	b := m.body()
	m.tr.settle(b)
	return m.tr.current(b)
}

// marks are what each column is doing in the newest turn, for its tab: waiting,
// answering, stopped or failed, or nothing to tell.
func (m *Model) marks() []string {
	marks := make([]string, len(m.panes))
	if m.veiled() {
		return marks
	}
	for i, p := range m.panes {
		switch {
		case p.warming != nil:
			marks[i] = "◷ "
		case m.unable(p.column.ID):
			marks[i] = "✗ "
		}
	}
	if len(m.tr.turns) == 0 {
		return marks
	}
	t := m.tr.turns[len(m.tr.turns)-1]
	for i, p := range m.panes {
		switch c := t.cell(p.column.ID, &m.look); {
		case p.warming != nil:
		case c.running && c.state.Phase == sessions.Answering:
			marks[i] = "● "
		case c.running:
			marks[i] = "◷ "
		case t.running(p.column.ID): // a sample
			marks[i] = "◷ "
		case c.answer.Finish == providers.Cancelled:
			marks[i] = "■ "
		case c.answer.Error != nil:
			marks[i] = "✗ "
		}
	}
	return marks
}

func (m *Model) drawPanes(lines []string, t *turn) []string {
	f := m.frame
	if len(f.panes) == 0 {
		return lines
	}
	b := m.body()
	m.point(b)
	drawn := make([][]string, len(f.panes))
	for i, r := range f.panes {
		p := &m.panes[f.first+i]
		p.first, p.last = i == 0, i == len(f.panes)-1
		var c *cell
		text := m.tr.column(i, b)
		if t != nil {
			column := t.at(f.first+i, p.column.ID)
			c = t.cell(column, &m.look)
			p.take, p.samples = t.whichTake(column), m.progress(t, column)
			if share := c.ofBaseline(&t.Turn, m.session.Baseline); share != c.share {
				c.share, c.metered = share, 0
			}
		} else {
			p.take, p.samples = "", ""
			text = p.facts(b.widths[i], &m.look)
		}
		drawn[i] = p.draw(r, f.boxed, text, c, &m.look)
	}
	for y := range f.panes[0].Dy() {
		var s strings.Builder
		for i := range drawn {
			s.WriteString(at(drawn[i], y))
		}
		lines = append(lines, s.String())
	}
	if ribbon := m.ribbonOf(t, m.w-6); f.boxed && ribbon != "" {
		lines[len(lines)-1] = m.bottom(ribbon)
	}
	return lines
}

// bottom is the panes' lower border with a ribbon in it.
func (m *Model) bottom(ribbon string) string {
	p, style, corner := &m.panes[m.frame.first], m.look.theme.Border, "╰─"
	if p.focused && p.active {
		style = m.look.theme.BorderFocus
	}
	if p.first && p.last {
		corner = "──"
	}
	rest := strings.Repeat("─", max(m.w-4-m.look.width(ribbon), 0))
	return style.Render(corner) + " " + ribbon + " " + m.look.theme.Border.Render(rest)
}
