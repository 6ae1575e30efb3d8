package tui

import (
	"cmp"
	"os"
	"os/exec"
	"runtime"
	"strings"

	tea "charm.land/bubbletea/v2"
)

func (m *Model) editor() tea.Cmd {
	f, err := os.CreateTemp("", "juxta-*.md") // 0600
	if err != nil {
		return m.warn("no file for the editor: " + err.Error())
	}
	if m.waiting {
		m.hold(changed)
	}
	_, err = f.WriteString(m.composer.text())
	if err = firstError(err, f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return m.warn("no file for the editor: " + err.Error())
	}
	edit := edits(chosenEditor(runtime.GOOS, os.Getenv), f.Name())
	edit.Stdout = os.Stdout
	return tea.Sequence(m.gauge.leave, tea.ExecProcess(edit, func(failed error) tea.Msg {
		text, err := os.ReadFile(f.Name())
		_ = os.Remove(f.Name())
		return action(func(m *Model) tea.Cmd {
			m.gauge.back()
			if err = firstError(failed, err); err != nil {
				return m.warn("the editor failed: " + err.Error())
			}
			m.composer.show(&draft{text: strings.TrimRight(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n"), files: m.composer.files, using: m.composer.using})
			m.stale = true
			return nil
		})
	}))
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
