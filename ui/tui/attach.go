package tui

import (
	tea "charm.land/bubbletea/v2"

	"juxta/prompts"
)

// An attached file is a pill in the composer, from the moment it is named.
type attached struct {
	source string              // its path or URL; "" for what was never a file
	file   *prompts.File       // nil until it was looked at
	ready  *prompts.Attachment // nil until it was prepared
	err    error               // why it can't be attached
	cancel func()              // ends what is still being done to it
}

// attach attaches what paths, folders, globs and URLs name, each as soon as it
// was found.
func (m *Model) attach(sources ...string) tea.Cmd { return nil }

// attachReady attaches what is prepared already: a part of a picture, or a file
// of an earlier turn.
func (m *Model) attachReady(a *prompts.Attachment) tea.Cmd { return nil }

// files is what is attached to the question being written, in order.
func (m *Model) files() []*attached { return nil }

// detach takes a file off the question, and its pill out of the text.
func (m *Model) detach(f *attached) {}

// shift moves a file by places to the right, or left if by is negative.
func (m *Model) shift(f *attached, by int) {}

// pasteClipboard attaches the picture on the system's clipboard.
func (m *Model) pasteClipboard() tea.Cmd { return nil }

// samePixels chooses the size to which pictures are scaled before they are sent
// to all columns alike.
func (m *Model) samePixels() tea.Cmd { return nil }

// strip is the lines above the composer that tell of the files attached.
func (m *Model) strip(w int) []string { return nil }
