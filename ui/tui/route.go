package tui

import (
	tea "charm.land/bubbletea/v2"

	"juxta/providers"
)

// Update implements [tea.Model]. A panic on the way ends the workbench.
func (m *Model) Update(msg tea.Msg) (next tea.Model, cmd tea.Cmd) {
	defer func() {
		if p := recover(); p != nil {
			next, cmd = m, m.fall(providers.Caught(p))
		}
	}()
	if m.fallen {
		return m, nil
	}
	return m, guarded(m.update(msg))
}

// update takes in a message. Whatever it changed, the files attached are
// followed.
func (m *Model) update(msg tea.Msg) tea.Cmd {
	m.typed = false
	switch msg.(type) {
	case newsMsg, restMsg:
	default:
		m.guess.dirty = true // it is cheap to look later whether it really has changed
	}
	cmd := m.route(msg)
	if s := m.searching; s != nil && s.shown != m.tr.shown { // of what is no longer on the screen
		m.searching = nil
	}
	if news, ok := msg.(newsMsg); !m.typed && (!ok || !news.more) { // only a whole answer changes what is compared
		cmd = tea.Batch(cmd, m.judgeCurrent(), m.contrast())
	}
	return tea.Batch(cmd, m.work())
}

// route is the routing table and nothing else.
func (m *Model) route(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h, m.stale, m.look.picked = msg.Width, msg.Height, true, nil
		m.gauge.sieve.resize(msg.Height)
	case tea.BackgroundColorMsg:
		if msg.IsDark() != m.dark {
			m.dark = msg.IsDark()
			m.retheme()
		}
	case tea.ModeReportMsg:
		m.measure(msg)
	case newsMsg:
		return m.report(msg)
	case restMsg:
		return m.rested()
	case tea.KeyPressMsg:
		return m.press(msg)
	case tea.PasteMsg:
		return m.paste(msg.Content)
	case tea.MouseWheelMsg:
		return m.wheel(msg)
	case tea.MouseClickMsg:
		return m.click(msg)
	case tea.MouseMotionMsg:
		return m.drag(msg)
	case tea.MouseReleaseMsg:
		return m.release()
	case action: // what a command asks for
		return msg(m)
	default:
		return m.forward(msg)
	}
	return nil
}

// press offers a key to the top overlay, else to the commands, else to the
// composer.
func (m *Model) press(k tea.KeyPressMsg) tea.Cmd {
	m.notice, k.Text, m.look.picked = notice{}, typed(k.Text), nil
	defer func(sure int) {
		if m.ballot.sure == sure { // another key was pressed
			m.ballot.sure = 0
		}
	}(m.ballot.sure)
	if n := len(m.overlays); n > 0 {
		if c, ok := m.look.keys.find(k.String(), overAll); ok {
			return m.do(c)
		}
		act, cmd := m.overlays[n-1].key(k)
		if act == nil {
			m.typed = true
			return cmd
		}
		return tea.Batch(cmd, act(m))
	}
	if s := m.searching; s != nil && s.typing {
		if c, ok := m.look.keys.find(k.String(), overAll); ok {
			return m.do(c)
		}
		return m.typeSearch(k)
	}
	scopes := []scope{overAll, anywhere, m.where()}
	if m.replaying() {
		scopes = []scope{overAll, inReplay, anywhere, inPanes}
	}
	if c, ok := m.look.keys.find(k.String(), scopes...); ok {
		return m.do(c)
	}
	if m.panel || m.replaying() {
		return nil
	}
	before, text, recall := m.composer.lines(), "", m.composer.recall
	if m.waiting {
		text = m.composer.area.Value()
	}
	cmd := m.composer.key(k)
	m.stale = m.stale || m.composer.lines() != before
	if m.waiting && m.composer.area.Value() != text {
		cmd = tea.Batch(cmd, m.hold(changed))
	}
	if len(m.failed)+len(m.refused) > 0 && (m.composer.recall != recall || m.composer.empty()) {
		m.forget()
	}
	m.typed = !m.stale
	return cmd
}

func (m *Model) paste(text string) tea.Cmd {
	if n := len(m.overlays); n > 0 {
		m.overlays[n-1].paste(text)
		if o, ok := m.overlays[n-1].(interface{ pasted() tea.Cmd }); ok {
			return o.pasted()
		}
		return nil
	}
	if s := m.searching; s != nil && s.typing {
		return m.pasteSearch(text)
	}
	if m.replaying() {
		return nil
	}
	m.toComposer()
	if m.waiting {
		m.hold(changed)
	}
	return m.pasteText(text)
}

// forward gives a message nobody here knows to what may have asked for it.
func (m *Model) forward(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	m.composer.area, cmd = m.composer.area.Update(msg)
	return tea.Batch(cmd, m.stage.hear(msg))
}
