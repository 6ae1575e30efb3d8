package tui

import (
	"os"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// Width is how many cells wide the terminal at the standard output is; 0 where
// there is none. The terminal itself is not asked.
func Width() int {
	w, _, err := term.GetSize(os.Stdout.Fd())
	if err != nil {
		return 0
	}
	return w
}

// Hang is head and text in lines of at most w cells, broken between words where
// there are any; what follows stands below the text. It is one line if w is 0 or
// leaves the text next to no room. Both are plain text.
func Hang(head, text string, w int) string {
	indent := ansi.StringWidth(head)
	if w-indent < 20 {
		return head + text
	}
	lines := strings.Split(ansi.Wrap(text, w-indent, " "), "\n")
	return head + strings.Join(lines, "\n"+spaces(indent))
}
