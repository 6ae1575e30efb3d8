package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// scope is where a key means a command.
type scope uint8

const (
	overAll    scope = iota // with an overlay on top, too
	anywhere                // where no overlay is
	inComposer              // while the composer has the keys
	inPanes                 // while the panes have them
)

// A command is something the user can do: it has a line in the help and in the
// palette, and mostly a key.
type command struct {
	keys  []string // as Bubble Tea names them; the first is shown
	scope scope
	help  string
	do    func(*Model) tea.Cmd
	short string // in the status line; "" for not there
}

// commands is the key map, in the order of the help. What it does not name
// types, in the composer.
func commands() []command {
	return []command{
		{[]string{"enter"}, inComposer, "send the question to every column", (*Model).ask, "send"},
		{[]string{"alt+enter", "ctrl+j", "shift+enter"}, inComposer, "new line", (*Model).newline, ""},
		{[]string{"tab"}, inComposer, "go to the panes", (*Model).toPanes, "panes"},
		{[]string{"ctrl+t"}, anywhere, "attach files: find, preview, order, remove", (*Model).pickFile, "attach"},
		{[]string{"ctrl+v", "alt+v"}, anywhere, "paste a picture from the clipboard", (*Model).pasteClipboard, ""},
		{[]string{"f2"}, anywhere, "show or hide the pictures above the panes", (*Model).toggleStage, ""},
		{[]string{"f3"}, anywhere, "scale pictures once, so that every model gets the same pixels", (*Model).samePixels, ""},
		{[]string{"f4"}, anywhere, "show a picture on the whole screen", (*Model).openPicture, ""},
		{[]string{"ctrl+l"}, anywhere, "choose a model for the current column", (*Model).pickModel, "models"},
		{[]string{"ctrl+s"}, anywhere, "open an earlier session", (*Model).pickSession, "sessions"},
		{[]string{"esc"}, overAll, "close, stop the column, or go back", (*Model).escape, ""},
		{[]string{"ctrl+x"}, anywhere, "stop all columns", (*Model).stopAll, ""},
		{[]string{"ctrl+r"}, anywhere, "ask the current column again", (*Model).again, ""},
		{[]string{"pgup"}, anywhere, "scroll up", (*Model).pageUp, ""},
		{[]string{"pgdown"}, anywhere, "scroll down", (*Model).pageDown, ""},
		{[]string{"ctrl+o"}, anywhere, "write in $EDITOR", (*Model).editor, ""},
		{[]string{"f1", "ctrl+\\"}, anywhere, "all commands", (*Model).palette, "all commands"},
		{[]string{"ctrl+z"}, overAll, "suspend", suspend, ""},
		{[]string{"ctrl+c"}, overAll, "quit; everything is saved", quit, ""},

		{[]string{"tab", "i"}, inPanes, "back to the composer", (*Model).toComposerCmd, "write"},
		{[]string{"l", "right"}, inPanes, "next column", (*Model).nextPane, ""},
		{[]string{"h", "left"}, inPanes, "column before", (*Model).previousPane, "h l  column"},
		{[]string{"j", "down"}, inPanes, "scroll down a line", (*Model).lineDown, ""},
		{[]string{"k", "up"}, inPanes, "scroll up a line", (*Model).lineUp, "j k  scroll"},
		{[]string{"g", "home"}, inPanes, "first turn loaded", (*Model).first, ""},
		{[]string{"G", "end"}, inPanes, "newest turn", (*Model).last, ""},
		{[]string{"["}, inPanes, "turn before", (*Model).turnBefore, "[ ]  turn"},
		{[]string{"]"}, inPanes, "next turn", (*Model).turnAfter, ""},
		{[]string{"z"}, inPanes, "zoom the current column", (*Model).toggleZoom, "zoom"},
		{[]string{"t"}, inPanes, "fold or unfold thoughts", (*Model).toggleThoughts, "thoughts"},
		{[]string{"enter"}, inPanes, "show a picture of the turn on the whole screen", (*Model).openPicture, ""},
		{[]string{"x"}, inPanes, "stop the current column, or skip its wait", (*Model).stopCurrent, ""},
		{[]string{"r"}, inPanes, "ask the current column again", (*Model).again, ""},
		{[]string{"c"}, inPanes, "copy the current answer", (*Model).copyAnswer, "copy"},
		{[]string{"m"}, inPanes, "choose a model for the current column", (*Model).pickModel, "model"},
		{[]string{"p"}, inPanes, "settings of the current column", (*Model).settings, "settings"},
		{[]string{"P"}, inPanes, "presets: settings by name", (*Model).pickPreset, ""},
		{[]string{"b", "*"}, inPanes, "make the current column the baseline ★", (*Model).toggleBaseline, ""},
		{[]string{"a"}, inPanes, "add a column", (*Model).addColumn, "add"},
		{[]string{"D"}, inPanes, "duplicate the current column", (*Model).duplicate, ""},
		{[]string{"X"}, inPanes, "remove the current column", (*Model).remove, ""},
		{[]string{"H"}, inPanes, "move the column to the left", (*Model).moveLeft, ""},
		{[]string{"L"}, inPanes, "move the column to the right", (*Model).moveRight, ""},
		{[]string{"S"}, inPanes, "system prompt of all columns", (*Model).system, ""},
		{[]string{"W"}, inPanes, "warm up the local models, so that no answer waits for a load", (*Model).warmUp, ""},
		{[]string{"!"}, inPanes, "race: local models answer at once, or one after the other again", (*Model).race, ""},
		{[]string{"N"}, inPanes, "new session with the same columns", (*Model).newSession, ""},
		{[]string{"?"}, inPanes, "all commands", (*Model).palette, "all"},
	}
}

// table is the commands by scope and key.
var table = func() map[scope]map[string]command {
	t := map[scope]map[string]command{}
	for _, c := range commands() {
		if t[c.scope] == nil {
			t[c.scope] = map[string]command{}
		}
		for _, k := range c.keys {
			t[c.scope][k] = c
		}
	}
	return t
}()

// find is the command of a key in the first of the scopes that has one.
func find(key string, scopes ...scope) (command, bool) {
	for _, s := range scopes {
		if c, ok := table[s][key]; ok {
			return c, true
		}
	}
	return command{}, false
}

// name is a key as it is written for people.
func name(key string) string {
	switch key {
	case "f1", "f2", "f3", "f4":
		return strings.ToUpper(key)
	case "pgup":
		return "PgUp"
	case "pgdown":
		return "PgDn"
	}
	return key
}
