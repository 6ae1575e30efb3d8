package tui

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// editor gives the terminal to the person's editor, with what stands in the
// composer.
func (m *Model) editor() tea.Cmd {
	if m.waiting {
		m.hold(changed)
	}
	e := &edit{editor: chosenEditor(runtime.GOOS, os.Getenv), text: m.composer.text()}
	return tea.Sequence(m.gauge.leave, tea.Exec(e, func(failed error) tea.Msg {
		return action(func(m *Model) tea.Cmd {
			m.gauge.back()
			if failed != nil {
				return m.warn(worded(failed) + ": what stands here is as it was; EDITOR names another editor")
			}
			m.composer.show(&draft{text: strings.TrimRight(strings.ReplaceAll(e.text, "\r\n", "\n"), "\n"), files: m.composer.files, using: m.composer.using})
			m.stale = true
			return nil
		})
	}))
}

// An edit is a text that goes through an editor, as a file. Bubble Tea runs it
// while nothing else is done, so that nothing is typed meanwhile.
type edit struct {
	editor     string
	text       string // and after Run, what became of it
	in         io.Reader
	said, errs io.Writer
}

// SetStdin implements [tea.ExecCommand].
func (e *edit) SetStdin(r io.Reader) { e.in = r }

// SetStdout implements [tea.ExecCommand]: an editor needs the terminal itself, and
// is given what stands before it.
func (e *edit) SetStdout(io.Writer) { e.said = os.Stdout }

// SetStderr implements [tea.ExecCommand].
func (e *edit) SetStderr(w io.Writer) { e.errs = w }

// Run implements [tea.ExecCommand]. The file is nobody else's to read, and gone
// afterwards.
func (e *edit) Run() error {
	f, err := os.CreateTemp("", "juxta-*.md") // 0600
	if err != nil {
		return fmt.Errorf("no file for the editor: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(e.text)
	if err = cmp.Or(err, f.Close()); err != nil {
		return fmt.Errorf("no file for the editor: %w", err)
	}
	c := edits(e.editor, f.Name())
	c.Stdin, c.Stdout, c.Stderr = e.in, e.said, e.errs
	if err := c.Run(); err != nil {
		return fmt.Errorf("the editor failed: %w", err)
	}
	text, err := os.ReadFile(f.Name())
	if err != nil {
		return fmt.Errorf("the editor failed: %w", err)
	}
	e.text = string(text)
	return nil
}

// chosenEditor is the person's editor, or the one that every such system has.
func chosenEditor(goos string, getenv func(string) string) string {
	usual := "vi"
	if goos == "windows" {
		usual = "notepad"
	}
	return cmp.Or(strings.TrimSpace(getenv("VISUAL")), strings.TrimSpace(getenv("EDITOR")), usual)
}

// edits is the command that opens a file in an editor, whose words are a
// shell's, quotes and all, as git has it. Windows has no shell that would take
// them apart.
func edits(editor, file string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		words := append(quotedWords(editor), file)
		return exec.Command(words[0], words[1:]...)
	}
	return exec.Command("sh", "-c", editor+` "$@"`, editor, file)
}

// quotedWords are the words of a command; what stands between double quotes is
// of one word, as a path with spaces is. A backslash is one of a path.
func quotedWords(command string) (words []string) {
	var word strings.Builder
	quoted, begun := false, false
	for _, r := range command {
		switch {
		case r == '"':
			quoted, begun = !quoted, true
		case r == ' ' && !quoted:
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	return words
}
