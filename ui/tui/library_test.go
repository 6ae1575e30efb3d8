package tui

import (
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/prompts"
	"juxta/providers"
	"juxta/sessions"
)

const captionPrompt = `---
title: Caption a pin
tags: [vision, captions]
system: You write for {{audience}}.
variables:
  product: {description: what is seen}
  audience: everybody
  tone: {default: neutral, choices: [neutral, playful], description: how it sounds}
schema: {type: object}
---
Describe {{product}} in a {{tone}} tone.
Mention the colour.
`

// shelved is a library with prompts, by name.
func shelved(t *testing.T, files map[string]string) prompts.Library {
	t.Helper()
	l := prompts.Library{Dir: t.TempDir()}
	for name, text := range files {
		file := filepath.Join(l.Dir, filepath.FromSlash(name)+".md")
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// withLibrary starts the workbench on two models that keep what they are asked.
func withLibrary(t *testing.T, w, h int, l prompts.Library, heard *[]providers.Request) *terminal {
	t.Helper()
	o := opens(bench(t, "", []string{"lab/small", "lab/small"}, double{name: "lab", stream: hearing(heard)}))
	o.Library = l
	return start(t, w, h, o)
}

func lastTurn(x *terminal) sessions.Turn {
	return see(x, func(m *Model) sessions.Turn { return m.tr.turns[len(m.tr.turns)-1].Turn })
}

func TestAPromptIsFoundFilledInAndAsked(t *testing.T) {
	library := shelved(t, map[string]string{
		"caption": captionPrompt, "review/code": "---\ntags: code\n---\nReview this.\n\n{{diff}}",
		"monad": "What is a monad?", "broken": "---\ncolour: red\n---\nx",
	})
	synctest.Test(t, func(t *testing.T) {
		var heard []providers.Request
		x := withLibrary(t, 80, 24, library, &heard)
		golden(t, "prompts-80x24", x.press("f5"))
		want(t, x.press("review"), "Review this[.]", `\{\{diff\}\}`)
		lacks(t, x.now(), "caption")
		want(t, x.press("ctrl+u", "vision"), "▸ caption", `Describe \{\{product\}\} in a neutral tone[.]`) // by a tag
		want(t, x.press("ctrl+u", "the colour"), "▸ caption")                                              // by its text
		golden(t, "prompt-form-80x24", x.press("enter"))
		want(t, x.press("enter"), `▸ product \*`, "✗ a value is needed")
		want(t, x.press("a {{tone}} chair", "tab", "tab", "right"), `Describe a \{\{tone\}\} chair in a playful tone[.]`, `\[playful\]`)
		golden(t, "prompt-composed-80x24", x.press("enter"))
		if len(heard) > 0 {
			t.Error("something was asked before enter")
		}
		screen := x.press("enter")
		want(t, screen, "❯ Describe a", `prompt caption [0-9a-f]{8} · audience`)
		lacks(t, screen, "edited")
		if len(heard) != 2 {
			t.Fatalf("%d were asked", len(heard))
		}
		for _, r := range heard {
			if r.System != "You write for everybody." || string(r.Schema) != `{"type":"object"}` {
				t.Errorf("told %q, %s", r.System, r.Schema)
			}
		}
		turn := lastTurn(x)
		if turn.Text != "Describe a {{tone}} chair in a playful tone.\nMention the colour." {
			t.Errorf("asked %q", turn.Text)
		}
		if u := turn.Prompt; u == nil || u.Name != "caption" || u.Source != captionPrompt || u.Values["product"] != "a {{tone}} chair" || u.Edited {
			t.Errorf("kept %+v", u)
		}
		x.quit()
	})
}

// A question that is changed is still the prompt's, and says so; one that is
// written anew is not.
func TestAnEditedQuestionSaysThatItIsEdited(t *testing.T) {
	library := shelved(t, map[string]string{"monad": "What is a monad?"})
	synctest.Test(t, func(t *testing.T) {
		var heard []providers.Request
		x := withLibrary(t, 100, 30, library, &heard)
		used := func(keys ...string) (string, *prompts.Used) {
			x.press(keys...)
			return lastTurn(x).Text, lastTurn(x).Prompt
		}
		if text, u := used("f5", "enter", " Briefly.", "enter"); text != "What is a monad? Briefly." || u == nil || !u.Edited {
			t.Errorf("%q, %+v", text, u)
		}
		want(t, x.now(), `prompt monad [0-9a-f]{8}, edited`)
		if text, u := used("f5", "enter", "x", "backspace", " ", "enter"); u == nil || u.Edited {
			t.Errorf("%q, %+v", text, u)
		}
		if text, u := used("up", "enter"); strings.TrimSpace(text) != "What is a monad?" || u == nil || u.Edited { // asked again
			t.Errorf("%q, %+v", text, u)
		}
		if text, u := used("up", "up", "enter"); text != "What is a monad? Briefly." || u == nil || !u.Edited {
			t.Errorf("%q, %+v", text, u)
		}
		if text, u := used("f5", "enter", "ctrl+u", "Something else", "enter"); text != "Something else" || u != nil {
			t.Errorf("%q, %+v", text, u)
		}
		x.quit()
	})
}

// Nothing that was typed is lost, and what was attached stays.
func TestAPromptKeepsWhatWasWrittenAndAttached(t *testing.T) {
	library := shelved(t, map[string]string{"monad": "What is it?", "files": "---\nattachments: [notes.txt, nowhere.txt]\n---\nRead these."})
	pin := filepath.Join(library.Dir, "pin.png")
	for file, data := range map[string][]byte{pin: painted(t, 8, 8, color.Black), filepath.Join(library.Dir, "notes.txt"): []byte("notes")} {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		var heard []providers.Request
		x := withLibrary(t, 100, 30, library, &heard)
		x.press("half a ")
		x.paste(pin)
		x.after(time.Second)
		x.press("draft", "f5", "monad", "esc")
		if got := x.typed(); !strings.HasPrefix(got, "half a ") || !strings.HasSuffix(got, "draft") {
			t.Errorf("esc left %q", got)
		}
		want(t, x.press("f5", "monad", "enter"), "what you had written is behind ↑", `❯ What is it\? \[Image #1\]`, "▣ 1 pin.png")
		want(t, x.press("up"), "❯ half a", "draft")
		want(t, x.press("down", "f5", "files", "enter"), `Read these[.]`, "≡ . notes.txt", "✗ nowhere.txt")
		x.quit()
	})
}

// What a prompt gave the columns goes with it, unless somebody made it theirs.
func TestTheNextPromptTakesBackWhatTheLastOneGave(t *testing.T) {
	library := shelved(t, map[string]string{"strict": "---\nsystem: Be strict.\nschema: {type: object}\n---\nA?", "free": "B?"})
	synctest.Test(t, func(t *testing.T) {
		var heard []providers.Request
		x := withLibrary(t, 100, 30, library, &heard)
		column := func() sessions.Column { return see(x, func(m *Model) sessions.Column { return m.panes[1].column }) }
		want(t, x.press("f5", "strict", "enter"), "all columns have its system prompt and schema from now on")
		if c := column(); c.System != "Be strict." || string(c.Schema) != `{"type":"object"}` {
			t.Errorf("%+v", c)
		}
		want(t, x.press("ctrl+u", "f5", "free", "enter"), "taken back from all columns: the last prompt's system prompt and schema")
		if c := column(); c.System != "" || c.Schema != nil {
			t.Errorf("%+v", c)
		}
		x.press("ctrl+u", "f5", "strict", "enter", "tab", "S", " And brief.", "enter", "i")
		want(t, x.press("ctrl+u", "f5", "free", "enter"), "taken back from all columns: the last prompt's schema")
		if c := column(); c.System != "Be strict. And brief." || c.Schema != nil {
			t.Errorf("%+v", c)
		}
		x.quit()
	})
}

func TestALongPromptCanBeReadAndChanged(t *testing.T) {
	library := shelved(t, map[string]string{"lines": strings.Repeat("line\n", 15) + "last", "long": strings.Repeat("word ", 1000)})
	synctest.Test(t, func(t *testing.T) {
		var heard []providers.Request
		x := withLibrary(t, 100, 40, library, &heard)
		x.press("f5", "lines", "enter", "!")
		if got := x.typed(); got != strings.Repeat("line\n", 15)+"last!" {
			t.Errorf("the composer has %q", got)
		}
		x.press("f5", "long", "enter")
		want(t, x.now(), `\[Pasted text #1: 1 lines\]`)
		x.press("enter")
		if turn := lastTurn(x); turn.Text != strings.TrimSpace(strings.Repeat("word ", 1000)) || turn.Prompt.Edited {
			t.Errorf("%d bytes, %+v", len(turn.Text), turn.Prompt.Edited)
		}
		x.quit()
	})
}

func TestWhatIsWrongWithALibraryIsSaid(t *testing.T) {
	library := shelved(t, map[string]string{"broken\x1b[31m": "---\ncolour: red\n---\nx"})
	synctest.Test(t, func(t *testing.T) {
		var heard []providers.Request
		x := withLibrary(t, 100, 30, library, &heard)
		want(t, x.press("f5"), `broken␛\[31m +✗ can't be read`, `rename +`)
		want(t, x.press("enter"), "Prompts", `rename +`)
		x.press("esc")
		x.quit()
		x = withLibrary(t, 100, 30, prompts.Library{Dir: filepath.Join(library.Dir, "none")}, &heard)
		want(t, x.press("f5"), "none yet: F7 keeps a question as one")
		x.press("esc")
		x.quit()
	})
}

// A prompt at the start is in the composer, or asks for what is missing.
func TestTheWorkbenchBeginsWithAPrompt(t *testing.T) {
	p, err := prompts.Parse("caption", "caption.md", []byte(captionPrompt))
	if err != nil {
		t.Fatal(err)
	}
	for _, values := range []map[string]string{{"product": "a chair"}, {"tone": "playful"}} {
		synctest.Test(t, func(t *testing.T) {
			b := bench(t, "", []string{"swift"})
			b.SetSystem("My own.")
			o := opens(b)
			o.Prompt, o.Values, o.KeepSystem = p, values, true
			x := start(t, 100, 30, o)
			if values["product"] == "" {
				want(t, x.now(), "caption · Caption a pin", `tone +neutral \[playful\]`)
				x.press("a table", "enter")
			}
			want(t, x.now(), "❯ Describe a (chair in a neutral|table in a playful) tone[.]", "all columns have its schema")
			if got := see(x, func(m *Model) string { return m.panes[0].column.System }); got != "My own." {
				t.Errorf("told %q", got)
			}
			x.quit()
		})
	}
}

func TestPromptsFitEveryScreen(t *testing.T) {
	p, err := prompts.Parse("caption", "caption.md", []byte(captionPrompt))
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range [][2]int{{80, 24}, {40, 12}, {30, 9}, {12, 6}, {3, 3}, {1, 1}} {
		synctest.Test(t, func(t *testing.T) {
			s := newRehearsal(t, size[0], size[1], bench(t, "", []string{"swift"}))
			s.m.pickPrompt()
			l := s.m.overlays[0].(*list)
			l.fill(promptItems([]prompts.Entry{{Name: "caption", Prompt: p}, {Name: "broken", Err: prompts.ErrNoPrompt}}, s.m.look.ruler))
			s.fits(t, "the list", size[0], size[1])
			s.m.fillIn(p, nil, false)
			s.fits(t, "the form", size[0], size[1])
			s.m.pop()
			s.m.pop()
			s.m.fillIn(p, map[string]string{"product": "漢字\x1b[31m"}, false)
			s.fits(t, "the composer", size[0], size[1])
			s.m.keepPrompt()
			s.fits(t, "keeping it", size[0], size[1])
		})
	}
}

func TestWhatIsFilledInAndLeftStandsThereAgain(t *testing.T) {
	library := shelved(t, map[string]string{"caption": captionPrompt})
	synctest.Test(t, func(t *testing.T) {
		var heard []providers.Request
		x := withLibrary(t, 80, 24, library, &heard)
		lacks(t, x.press("f5", "enter", "esc"), "not kept")
		want(t, x.press("enter", "a long description", "esc"), "not kept; what you wrote stands there")
		x.press("esc")
		want(t, x.press("f5", "enter"), "product.*a long description")
		x.press("esc", "esc")
		want(t, x.press("f5", "enter", " of it", "enter"), "❯ Describe a long description of it")
		want(t, x.press("f5", "enter"), `product \* +required`)
		x.press("esc", "esc")
		x.quit()
	})
}
