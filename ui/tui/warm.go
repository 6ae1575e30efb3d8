package tui

import (
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// A warmth is a warm-up under way: what each local model does, by column, and
// how those that are over have ended.
type warmth struct {
	states map[int]sessions.State
	ended  []sessions.Answer
}

// warmUp has the local models loaded before they are asked.
func (m *Model) warmUp() tea.Cmd {
	switch {
	case m.bench == nil:
		return nil
	case m.run != nil || m.asking:
		return m.still("{back} stops a column, {stop_all} all")
	case m.opening:
		return m.say("the session is still opening: a moment")
	case m.unready() > 0:
		return m.say("the files are still being prepared: a warm-up shows a picture of their size")
	}
	m.asking, m.stopped = true, nil
	b, ctx, files := m.bench, m.ctx, readied(m.files())
	return func() tea.Msg {
		run, err := b.Warm(ctx, nil, files...)
		return action(func(m *Model) tea.Cmd {
			m.asking = false
			switch {
			case errors.Is(err, sessions.ErrNoneLocal):
				return m.say("nothing to warm up: " + worded(err))
			case err != nil:
				return m.warn(m.whyNot(err))
			}
			m.warm = &warmth{states: map[int]sessions.State{}}
			m.say(m.keyed("warming up " + plural(len(run.Columns()), "local model") + ": {back} skips one, {stop_all} all"))
			return m.follow(run)
		})
	}
}

// still says what must end before something else can be done.
func (m *Model) still(way string) tea.Cmd {
	if m.warm != nil {
		return m.say(m.keyed("models are still warming up: " + way))
	}
	if m.reask != nil {
		return m.say(m.keyed("the session is still being asked again: {back} stops that"))
	}
	return m.say(m.keyed("answers are still coming: " + way))
}

// hear takes in what the run reports.
func (w *warmth) hear(news []sessions.News) {
	for _, n := range news {
		w.states[n.Column] = n.State
		if n.Final != nil {
			delete(w.states, n.Column)
			w.ended = append(w.ended, *n.Final)
		}
	}
}

// heat tells the panes what their models' warm-ups do. While names are hidden
// they say nothing, because that would tell who is local.
func (m *Model) heat() {
	for i := range m.panes {
		p := &m.panes[i]
		p.warming = nil
		if m.warm == nil || m.session.Blind || m.veiled() {
			continue
		}
		if s, ok := m.warm.states[p.column.ID]; ok {
			p.warming = &s
		}
	}
}

// over says how a warm-up ended, and rings if somebody may have looked away.
func (m *Model) over(w *warmth) tea.Cmd {
	var good, bad []string
	long := false
	for i := range w.ended {
		a := &w.ended[i]
		name := plain.Line(a.Model.Model)
		long = long || a.Timing.Wall > longRun
		switch {
		case a.Finish == providers.Cancelled:
			bad = append(bad, name+" (skipped)")
		case a.Error != nil:
			bad = append(bad, fmt.Sprintf("%s (%s)", name, plain.Line(a.Error.Message)))
		case a.Server.Load != nil:
			good = append(good, fmt.Sprintf("%s in %s (load %s)", name, sessions.Seconds(a.Timing.Wall), sessions.Seconds(*a.Server.Load)))
		default:
			good = append(good, fmt.Sprintf("%s in %s", name, sessions.Seconds(a.Timing.Wall)))
		}
	}
	var said []string
	if bad != nil {
		said = append(said, "not warm: "+strings.Join(bad, ", "))
	}
	if good != nil {
		said = append(said, "warm: "+strings.Join(good, ", "))
	}
	m.notice = notice{text: strings.Join(said, " · "), bad: bad != nil}
	if long {
		return tea.Raw("\a")
	}
	return nil
}

// heated is the line of a pane whose model warms up.
func (p *pane) heated(w int, lk *look) string {
	th, s := lk.theme, p.warming
	what := []word{{"warming up " + tenths(s.For), th.Accent}}
	switch text := plain.Line(s.Text); {
	case s.Phase == sessions.Queued:
		what = []word{{"warm-up", th.Accent}, {text, th.Warn}, {tenths(s.For), th.Muted}}
	case text != "":
		what = []word{{"warming up", th.Accent}, {text + " " + tenths(s.For), th.Accent}}
	}
	line, _ := lk.words(append(what, word{lk.keyed("{back} skips"), th.Muted}), w-2)
	return th.Accent.Render("◷ ") + line
}
