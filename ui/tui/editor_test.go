package tui

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestTheEditorIsTheOneThatSomebodyChose(t *testing.T) {
	for _, test := range []struct{ goos, visual, editor, want string }{
		{"linux", "", "", "vi"},
		{"darwin", "", "nano", "nano"},
		{"linux", "code --wait", "nano", "code --wait"},
		{"linux", " ", " ", "vi"},
		{"windows", "", "", "notepad"},
		{"windows", "", `"C:\Program Files\Vim\vim.exe" -f`, `"C:\Program Files\Vim\vim.exe" -f`},
	} {
		getenv := func(name string) string { return map[string]string{"VISUAL": test.visual, "EDITOR": test.editor}[name] }
		if got := chosenEditor(test.goos, getenv); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}

func TestAWindowsPathWithSpacesIsOneWord(t *testing.T) {
	for command, want := range map[string][]string{
		"notepad":                             {"notepad"},
		`"C:\Program Files\Vim\vim.exe"  -f `: {`C:\Program Files\Vim\vim.exe`, "-f"},
		`C:\vim\vim.exe -c "set tw=0" ""`:     {`C:\vim\vim.exe`, "-c", "set tw=0", ""},
		`"C:\Program Files\never closed`:      {`C:\Program Files\never closed`},
	} {
		if got := quotedWords(command); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
}

func TestAQuestionGoesThroughTheEditorAsAFileThatIsGoneAfterwards(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the editor of this test is a shell")
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	e := &edit{editor: `sh -c 'ls -l "$1" | cut -c1-10; echo "and more" >> "$1"' edit`, text: "a question\n"}
	var said strings.Builder
	e.SetStdout(nil)
	e.said = &said
	if err := e.Run(); err != nil || e.text != "a question\nand more\n" || said.String() != "-rw-------\n" {
		t.Errorf("%q, %v, %q", e.text, err, said.String())
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	e = &edit{editor: "false", text: "a question"}
	if err := e.Run(); err == nil || !strings.HasPrefix(err.Error(), "the editor failed: ") || e.text != "a question" {
		t.Errorf("%q, %v", e.text, err)
	}
	t.Setenv("TMPDIR", filepath.Join(dir, "gone"))
	if err := e.Run(); err == nil || !strings.HasPrefix(err.Error(), "no file for the editor: ") {
		t.Error(err)
	}
	m := newModel(t.Context(), Options{})
	if cmd := m.editor(); cmd == nil || m.notice.text != "" {
		t.Errorf("a key used the disk: %q", m.notice.text)
	}
}
