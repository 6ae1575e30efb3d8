package tui

import tea "charm.land/bubbletea/v2"

// A stage is where pictures are shown above the panes: those attached to the
// question being written, else those of the current turn.
type stage struct{}

// ask is what the terminal is asked at the start, without waiting for it: whether
// it can show pictures.
func (s *stage) ask() tea.Cmd { return nil }

// hear takes in a message that nobody else knows, which may be the terminal's
// answer.
func (s *stage) hear(msg tea.Msg) tea.Cmd { return nil }

// lines is how high the stage would like to be; 0 for not there.
func (m *Model) stageLines() int { return 0 }

// drawStage is the stage, w cells wide and h lines high.
func (m *Model) drawStage(w, h int) []string { return nil }

// toggleStage shows or hides the stage.
func (m *Model) toggleStage() tea.Cmd { return nil }

// openPicture shows a picture of the stage on the whole screen.
func (m *Model) openPicture() tea.Cmd { return nil }

// pickFile opens the list of files to attach.
func (m *Model) pickFile() tea.Cmd { return nil }
