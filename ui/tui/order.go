package tui

import tea "charm.land/bubbletea/v2"

// What is asked, and what is changed of turns, reaches the bench in the order of
// the keys: a question follows the take that was chosen just before it, however
// long that takes to save. What waits stands in m.order; its first is under way.

// inOrder does something with the bench after all that was to be done before it.
// What do returns changes the model.
func (m *Model) inOrder(do func() action) tea.Cmd {
	if m.order = append(m.order, do); len(m.order) > 1 {
		return nil
	}
	return m.nextInOrder()
}

func (m *Model) nextInOrder() tea.Cmd {
	if len(m.order) == 0 {
		return nil
	}
	do := m.order[0]
	return func() tea.Msg {
		done := do()
		return action(func(m *Model) tea.Cmd {
			m.order = m.order[1:]
			next := m.nextInOrder() // before done, which may have something to do as well
			return tea.Batch(done(m), next)
		})
	}
}
