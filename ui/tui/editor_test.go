package tui

import (
	"slices"
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
