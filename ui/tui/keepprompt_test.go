package tui

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/prompts"
	"juxta/providers"
)

func TestTheQuestionIsKeptAsAPrompt(t *testing.T) {
	library := prompts.Library{Dir: filepath.Join(t.TempDir(), "new")}
	synctest.Test(t, func(t *testing.T) {
		var heard []providers.Request
		x := withLibrary(t, 80, 24, library, &heard)
		want(t, x.press("f7"), "write a question first; F7 keeps it, and F5 finds it again")
		x.press("tab", "S", "Be brief.", "enter", "i")
		golden(t, "keep-prompt-80x24", x.press("Describe {{product}}.", "f7"))
		want(t, x.press("enter"), "✗ a name is needed")
		want(t, x.press("../out", "enter"), "can't name a prompt")
		want(t, x.press("ctrl+u", "short/describe", "enter"), "kept as short/describe; F5 finds it")
		if got := x.typed(); got != "Describe {{product}}." {
			t.Errorf("the composer has %q", got)
		}
		p, err := library.Open("short/describe")
		if err != nil || p.Body() != "Describe {{product}}." || p.System() != "Be brief." {
			t.Errorf("kept %+v, %v", p, err)
		}
		x.press("f5", "describe", "enter", "a chair", "enter")
		if got := x.typed(); got != "Describe a chair." {
			t.Errorf("the composer has %q", got)
		}
		x.quit()
	})
}

func TestAPromptIsReplacedOnlyWhenThatIsSaidTwice(t *testing.T) {
	library := shelved(t, map[string]string{"a": "one", "b": "two"})
	synctest.Test(t, func(t *testing.T) {
		var heard []providers.Request
		x := withLibrary(t, 80, 24, library, &heard)
		kept := func(name, want string) {
			t.Helper()
			if p, err := library.Open(name); err != nil || p.Body() != want {
				t.Errorf("%s is %+v, %v", name, p, err)
			}
		}
		want(t, x.press("three", "f7", "a", "enter"), "there is a prompt of that name")
		want(t, x.press("backspace", "b", "enter"), "there is a prompt of that name") // of another
		kept("a", "one")
		kept("b", "two")
		x.press("esc")
		kept("b", "two")
		want(t, x.press("f7", "a", "enter", "enter"), "kept as a")
		kept("a", "three")
		kept("b", "two")
		if got := x.typed(); got != "three" {
			t.Errorf("the composer has %q", got)
		}
		x.quit()
	})
}

// A prompt has the paths of files, what was told and braces as they are meant.
func TestAKeptPromptSaysWhatItIsTo(t *testing.T) {
	library := shelved(t, nil)
	pin := filepath.Join(library.Dir, "a pin.png")
	if err := os.WriteFile(pin, painted(t, 8, 8, color.Black), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var heard []providers.Request
		x := withLibrary(t, 100, 30, library, &heard)
		x.press("tab", "S", "Write {{x}} as it is.", "enter", "i", "What is {{1}}? ")
		x.paste(`"` + pin + `"`)
		x.after(time.Second)
		want(t, x.press("f7"), "its {{ stand for themselves", `files +off +\[on\]`, `system prompt +off +\[on\] +Write`)
		x.press("pin", "enter")
		p, err := library.Open("pin")
		if err != nil {
			t.Fatal(err)
		}
		f, err := p.Fill(nil)
		if err != nil || f.Text != "What is {{1}}?" || f.System != "Write {{x}} as it is." || fmt.Sprint(p.Attachments) != fmt.Sprint([]string{pin}) {
			t.Errorf("kept %q, %q, %q, %v", f.Text, f.System, p.Attachments, err)
		}
		x.press("f7", "bare", "down", "left", "down", "left", "enter")
		if p, err = library.Open("bare"); err != nil || p.System() != "" || p.Attachments != nil || strings.Contains(p.Source, "---") {
			t.Errorf("kept %+v, %v", p, err)
		}
		x.quit()
	})
}

func TestAPromptThatCannotBeKeptIsSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var heard []providers.Request
		x := withLibrary(t, 120, 30, prompts.Library{Dir: filepath.Join(file, "prompts")}, &heard)
		want(t, x.press("question", "f7", "a", "enter"), "not kept: .*not a directory")
		x.press("esc")
		if got := x.typed(); got != "question" {
			t.Errorf("the composer has %q", got)
		}
		x.quit()
	})
}
