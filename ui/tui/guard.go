package tui

import (
	"errors"
	"reflect"

	tea "charm.land/bubbletea/v2"

	"juxta/providers"
)

// A panic of ours anywhere on the way of a message ends the workbench as
// quitting does: the terminal is restored, what is said is saved, and Run
// returns it. Bubble Tea would print the stack where the screen was, and of a
// goroutine of ours it would not know at all.
//
//	Update, View ─┐
//	commands ─────┼─► fall ─► quit ─► show ─► Run's error
//	goroutines ───┘

// fall ends the workbench because of a fault of ours.
func (m *Model) fall(p *providers.Panic) tea.Cmd {
	if m.fallen {
		return nil
	}
	m.fallen, m.fatal = true, p
	return tea.Sequence(m.gauge.leave, tea.Quit)
}

// fell is fall for where no command can be returned.
func (m *Model) fell(p *providers.Panic) {
	if send := m.send; send != nil {
		go send(action(func(m *Model) tea.Cmd { return m.fall(p) }))
	}
}

// guarded is a command whose panic is a message.
func guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if p := recover(); p != nil {
				caught := providers.Caught(p)
				msg = action(func(m *Model) tea.Cmd { return m.fall(caught) })
			}
		}()
		msg = cmd()
		switch msg.(type) {
		case action, newsMsg, restMsg:
			return msg
		}
		guardAll(msg)
		return msg
	}
}

// guardAll guards the commands of a batch or a sequence; the type of the latter
// is Bubble Tea's own.
func guardAll(msg tea.Msg) {
	v := reflect.ValueOf(msg)
	if v.Kind() != reflect.Slice || v.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
		return
	}
	for i := range v.Len() {
		cmd, _ := v.Index(i).Interface().(tea.Cmd)
		v.Index(i).Set(reflect.ValueOf(guarded(cmd)))
	}
}

// spawn runs what is not a command on a goroutine of its own, which ends when f
// does.
func (m *Model) spawn(f func()) {
	go func() {
		defer func() {
			if p := recover(); p != nil {
				m.fell(providers.Caught(p))
			}
		}()
		f()
	}()
}

// witness tells of a fault that ended nothing but an answer or a listing.
func (m *Model) witness(err error) {
	var p *providers.Panic
	if m.opts.Fault != nil && errors.As(err, &p) {
		m.opts.Fault(p)
	}
}
