package prompts

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const caption = `---
title: Caption a pin
tags: [vision, captions]
system: You write for {{audience}}.
variables:
  product:                      # required
  audience: everybody
  tone: {default: neutral, choices: [neutral, playful], description: how it sounds}
  count: 3
attachments: [pins/a.png, /abs/b.png, "https://example.com/c.png"]
schema: {type: object, properties: {caption: {type: string}}}
---

Describe {{product}} in a {{ tone }} tone, {{count}} times, with \{{braces}}.
{{product}} again.
`

func parsed(t *testing.T, source string) *Prompt {
	t.Helper()
	p, err := Parse("caption", "caption.md", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAPromptIsItsFrontMatterAndItsText(t *testing.T) {
	for _, source := range []string{caption, "\ufeff" + caption, strings.ReplaceAll(caption, "\n", "\r\n")} {
		p := parsed(t, source)
		if p.Title != "Caption a pin" || !slices.Equal(p.Tags, []string{"vision", "captions"}) || p.System() != "You write for {{audience}}." || len(p.Attachments) != 3 {
			t.Errorf("%+v", p)
		}
		if got := string(p.Schema); got != `{"type":"object","properties":{"caption":{"type":"string"}}}` {
			t.Errorf("schema %s", got)
		}
		var names []string
		for _, v := range p.Variables {
			names = append(names, v.Name)
		}
		if !slices.Equal(names, []string{"product", "audience", "tone", "count"}) {
			t.Errorf("variables %q", names)
		}
		if v := p.Variables[2]; v.Description != "how it sounds" || *v.Default != "neutral" || !slices.Equal(v.Choices, []string{"neutral", "playful"}) {
			t.Errorf("%+v", v)
		}
		if p.Variables[0].Default != nil {
			t.Error("a variable without a default has one")
		}
		if p.Source != source {
			t.Error("the source is not the file")
		}
		if got := p.Body(); !strings.HasPrefix(got, `Describe {{product}} in a {{tone}} tone, {{count}} times, with \{{braces}}.`) {
			t.Errorf("body %q", got)
		}
	}
}

// Services answer in the order of a schema's members.
func TestASchemaKeepsItsOrder(t *testing.T) {
	p := parsed(t, "---\nschema:\n  type: object\n  properties:\n    z: {type: string, description: 'a \"b\" <c>'}\n    a: {type: [number, 'null'], multipleOf: 0.10}\n    m: {enum: [true, ~, -1.5e3, yes, \"1\"]}\n  description: |\n    two\n    lines\n---\nx")
	want := `{"type":"object","properties":{"z":{"type":"string","description":"a \"b\" <c>"},"a":{"type":["number","null"],"multipleOf":0.10},"m":{"enum":[true,null,-1.5e3,"yes","1"]}},"description":"two\nlines\n"}`
	if got := string(p.Schema); got != want {
		t.Errorf("schema\n%s\nwant\n%s", got, want)
	}
}

func TestFillingPutsInValuesAndDefaults(t *testing.T) {
	p := parsed(t, caption)
	f, err := p.Fill(map[string]string{"product": "{{tone}} chair", "tone": "playful"})
	if err != nil {
		t.Fatal(err)
	}
	want := "Describe {{tone}} chair in a playful tone, 3 times, with {{braces}}.\n{{tone}} chair again."
	if f.Text != want || f.System != "You write for everybody." {
		t.Errorf("%q, %q", f.Text, f.System)
	}
	if u := f.Used; u.Name != "caption" || u.Source != caption || u.SHA256 != p.SHA256() || len(u.SHA256) != 64 ||
		fmt.Sprint(u.Values) != "map[audience:everybody count:3 product:{{tone}} chair tone:playful]" {
		t.Errorf("%+v", u)
	}
	if f, err := p.Fill(map[string]string{"product": ""}); err != nil || !strings.HasPrefix(f.Text, "Describe  in") {
		t.Errorf("an empty value that was given: %q, %v", f.Text, err)
	}
}

func TestAMissingVariableIsAnErrorThatNamesAll(t *testing.T) {
	p := parsed(t, "---\nvariables: {b: , c: x}\nsystem: '{{d}}'\n---\n{{a}} {{b}} {{c}}")
	_, err := p.Fill(map[string]string{})
	var missing *MissingError
	if !errors.As(err, &missing) || !slices.Equal(missing.Names, []string{"b", "a", "d"}) {
		t.Fatalf("%v", err)
	}
	if got := err.Error(); got != `the prompt "caption" needs values for b, a and d` {
		t.Error(got)
	}
	text, err := Template("Hello {{name}}")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := text.Fill(nil); err == nil || err.Error() != "the question needs a value for name" {
		t.Error(err)
	}
}

func TestAValueThatIsNoChoiceOrHasNoVariableIsAnError(t *testing.T) {
	p := parsed(t, caption)
	for _, x := range []struct{ key, value, want string }{
		{"tone", "loud", `tone can't be "loud"; it is one of neutral, playful`},
		{"tune", "x", `there is no variable "tune"; there are product, audience, tone and count`},
	} {
		if _, err := p.Fill(map[string]string{"product": "chair", x.key: x.value}); err == nil || err.Error() != x.want {
			t.Errorf("%s=%s: %v", x.key, x.value, err)
		}
	}
}

func TestADeclaredVariableThatNobodyUsesIsAWarning(t *testing.T) {
	p := parsed(t, "---\nvariables: {a: , b: x}\n---\nHello")
	if got := p.Warnings(); len(got) != 2 {
		t.Errorf("%q", got)
	}
	if _, err := p.Fill(nil); err != nil {
		t.Errorf("it is missed all the same: %v", err)
	}
}

func TestMistakesInAPromptHaveTheirPlace(t *testing.T) {
	for source, want := range map[string]string{
		"---\ntitle: x\n":                 "x.md:1: the front matter has no end: a line of --- closes it",
		"---\ntitle: [a\n---\nx":          "x.md:2:",
		"---\ntitel: a\n---\nx":           `x.md:2:1: there is no setting "titel" here`,
		"---\ntitle: a\ntitle: b\n---\nx": "x.md:3:1: title is set twice",
		"---\n- a\n---\nx":                "x.md:2:1: the front matter is a list of settings",
		"---\nvariables: [a]\n---\nx":     "x.md:2:12: variables is a mapping",
		"---\nvariables: {1a: x}\n---\nx": `x.md:2:13: "1a" can't name a variable`,
		"---\nvariables:\n  a: {default: x, choices: [y]}\n---\n{{a}}": `x.md:3:`,
		"---\nvariables:\n  a: {defalt: x}\n---\n{{a}}":                `a variable has no "defalt"`,
		"---\nvariables:\n  a: {choices: []}\n---\n{{a}}":              "at least one value",
		"---\ntags: {a: b}\n---\nx":                                    "this is a list of texts",
		"---\nsystem: {a: b}\n---\nx":                                  "this is a text",
		"---\nsystem: 'a {{b'\n---\nx":                                 "x.md:2: system: {{ begins a variable",
		"---\ntitle: a\n---\n\none\ntwo {{ three\n":                    "x.md:6: {{ begins a variable",
		"one {{1}}":                           "x.md:1: {{ begins a variable",
		"{{}}":                                "x.md:1: {{ begins a variable",
		"":                                    "x.md:1: there is no question",
		"---\ntitle: a\n---\n \n":             "there is no question below the front matter",
		"a\xff":                               "x.md: this is not UTF-8 text",
		"a\x00":                               "x.md: this is not UTF-8 text",
		"---\ntitle: \n---\nx":                "the value is missing",
		"---\nschema: [1]\n---\nx":            "this is a text",
		"---  \ntitel: a\n---\nx":             "x.md:2:1: there is no setting",
		"---\nschema: {a: 0x10}\n---\nx":      "x.md:2:13: 0x10 is no number in JSON",
		"---\nschema: {a: {b: .inf}}\n---\nx": "has only what JSON has",
		"---\nschema: {[a]: b}\n---\nx":       "x.md:2:",
		"---\nschema:\n  a: &a [x]\n  b: *a\n---\n":                        "x.md:3:6: a schema has only what JSON has",
		"---\ntitle: a\n\"title\": b\n---\nx":                              "x.md:3:1: title is set twice",
		"---\nvariables: {a: b, 'a': c}\n---\nx":                           "x.md:2:19: the variable a is declared twice",
		"---\nvariables: {a: {default: b, default: c}}\n---\nx":            "x.md:2:29: default is set twice",
		"---\nschema: {a: 1, a: 2}\n---\nx":                                "x.md:2:16: a is set twice",
		"---\ntitle: a\n--- # two\n---\nx":                                 "x.md:3:1: the front matter is one document",
		"---\ntitle: a\n--- \"two\"\n---\nx":                               "x.md:3:",
		"a\n" + tooManyVariables(""):                                       "x.md:2: there are more than 500 variables",
		"---\nvariables: {" + tooManyVariables(",") + "}\n---\nx":          "x.md:2:12: there are more than 500 variables",
		"---\ntitle: a\ntags: " + strings.Repeat("[", 60_000) + "\n---\nx": "x.md:3: this is nested more than 100 deep",
		"---\nschema: " + strings.Repeat("{a: ", 15_000) + "\n---\nx":      "x.md:2: this is nested more than 100 deep",
		"---\nschema:\n  " + strings.Repeat("- ", 30_000) + "\n---\nx":     "x.md:3: this is nested more than 100 deep",
		"---\n" + strings.Repeat("? ", 30_000) + "\n---\nx":                "x.md:2: this is nested more than 100 deep",
		"---\ntitle: " + strings.Repeat("x", mostFront) + "\n---\nx":       "x.md:1: the front matter has more than 65536 bytes",
	} {
		_, err := Parse("x", "x.md", []byte(source))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", source, err, want)
		}
		var e *FileError
		if !errors.As(err, &e) {
			t.Errorf("%q: %T", source, err)
		}
	}
}

func tooManyVariables(end string) string {
	var b strings.Builder
	for i := range mostVariables + 1 {
		if end == "" {
			fmt.Fprintf(&b, "{{a%d}}", i)
		} else {
			fmt.Fprintf(&b, "a%d: x%s", i, end)
		}
	}
	return b.String()
}

func TestSettingsMayBeQuoted(t *testing.T) {
	p := parsed(t, "---\n\"title\": a\n'tags' : [b]\nvariables: {\"c\": {'default': d}}\n---\n{{c}}")
	if f, err := p.Fill(nil); err != nil || p.Title != "a" || len(p.Tags) != 1 || f.Text != "d" {
		t.Errorf("%+v, %v", p, err)
	}
}

// A file of a megabyte takes no more than a few copies of it, however many lines
// its front matter has.
func TestALongFrontMatterTakesNoRoom(t *testing.T) {
	source := []byte("---\n" + strings.Repeat("\n", mostFront/2) + "---\nx")
	took, err := allocated(func() error {
		_, err := Parse("x", "x.md", source)
		return err
	})
	if took > 4<<20 || err != nil {
		t.Errorf("%d kB were made room for: %v", took>>10, err)
	}
}

func TestALibraryListsWhatIsThereAndWhatIsWrong(t *testing.T) {
	l := Library{filepath.Join(t.TempDir(), "prompts")}
	if all, err := l.List(); err != nil || len(all) != 0 {
		t.Errorf("an empty library: %v, %v", all, err)
	}
	for _, name := range []string{"b", "a/deep one", "größe", "हिन्दी"} {
		if _, err := l.Add(name, []byte("Hello {{x}}"), false); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(l.Dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("broken.md", "---\nx\n---\n")
	write("notes.txt", "no prompt")
	write("what? \x1b[31m.md", "a name that could not be given")
	write(".hidden.md", "no prompt")
	write("big.md", strings.Repeat("x", mostPrompt+1))
	if err := os.Symlink(t.TempDir(), filepath.Join(l.Dir, "elsewhere.md")); err != nil {
		t.Skip("no links here:", err)
	}
	all, err := l.List()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range all {
		got = append(got, fmt.Sprint(e.Name, " ", e.Err == nil))
	}
	if want := "a/deep one true, b true, big false, broken false, elsewhere false, größe true, what? \x1b[31m false, हिन्दी true"; strings.Join(got, ", ") != want {
		t.Errorf("got %s", strings.Join(got, ", "))
	}
	info, err := os.Stat(filepath.Join(l.Dir, "b.md"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// A path may be longer than any that the system opens.
func TestAFolderThatCannotBeReadHidesNoOther(t *testing.T) {
	l := Library{t.TempDir()}
	if _, err := l.Add("a", []byte("Hello"), false); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(l.Dir)
	for range 20 {
		if err != nil {
			t.Skip("no such paths here:", err)
		}
		name := strings.Repeat("x", 250)
		above := root
		if err = above.Mkdir(name, 0o700); err == nil {
			root, err = above.OpenRoot(name)
		}
		above.Close()
	}
	root.Close()
	all, err := l.List()
	if err != nil || len(all) != 2 || all[0].Name != "a" || all[0].Err != nil || all[1].Err == nil {
		t.Errorf("%d prompts, %v", len(all), err)
	}
}

func TestPathsOfAPromptAreRelativeToItsFile(t *testing.T) {
	l := Library{t.TempDir()}
	if err := os.MkdirAll(filepath.Join(l.Dir, "a"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(l.Dir, "a", "s.json"), []byte("\ufeff{\n \"type\": \"object\"\n}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Add("a/b", []byte("---\nattachments: [x/y.png, ../z.png, https://example.com/c.png]\nschema: s.json\n---\nHi"), false); err != nil {
		t.Fatal(err)
	}
	p, err := l.Open("a/b")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(l.Dir, "a", "x", "y.png"), filepath.Join(l.Dir, "z.png"), "https://example.com/c.png"}
	if !slices.Equal(p.Attachments, want) || string(p.Schema) != `{"type":"object"}` {
		t.Errorf("%q, %s", p.Attachments, p.Schema)
	}
	for text, where := range map[string]string{"{\n\n x": "s.json:3", "[1]": "s.json"} {
		if err := os.WriteFile(filepath.Join(l.Dir, "a", "s.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Open("a/b"); err == nil || !strings.Contains(err.Error(), where) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := os.Remove(filepath.Join(l.Dir, "a", "s.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Open("a/b"); err == nil || !strings.Contains(err.Error(), "there is no file") {
		t.Errorf("no schema: %v", err)
	}
}

func TestAPromptIsNeverOverwrittenByItself(t *testing.T) {
	l := Library{t.TempDir()}
	add := func(text string, replace bool) error {
		_, err := l.Add("a", []byte(text), replace)
		return err
	}
	if err := add("one", false); err != nil {
		t.Fatal(err)
	}
	if err := add("two", false); !errors.Is(err, ErrPromptExists) {
		t.Error(err)
	}
	if err := add("{{", true); err == nil {
		t.Error("a broken prompt was kept")
	}
	if p, err := l.Open("a"); err != nil || p.Body() != "one" {
		t.Errorf("%v, %v", p, err)
	}
	if err := add("two", true); err != nil {
		t.Error(err)
	}
	if files, _ := os.ReadDir(l.Dir); len(files) != 1 {
		t.Errorf("%d files are left", len(files))
	}
	if err := errors.Join(l.Remove("a")); err != nil {
		t.Error(err)
	}
	if err := l.Remove("a"); !errors.Is(err, ErrNoPrompt) {
		t.Error(err)
	}
	if _, err := l.Open("a"); !errors.Is(err, ErrNoPrompt) {
		t.Error(err)
	}
}

func TestNamesNeverLeadOutOfTheLibrary(t *testing.T) {
	l := Library{filepath.Join(t.TempDir(), "in")}
	for _, name := range []string{"", ".", "..", "../a", "a/../b", "/a", "a//b", "a/", ".a", "a/.b", "a.md", "a\\b", "a\x1b", "a\n", " a", "a ", "a:b", "a/\u0301b", "a\ufe0f", strings.Repeat("a", 300), "a\x00", "CON?"} {
		_, opened := l.Open(name)
		_, added := l.Add(name, []byte("x"), true)
		if opened == nil || added == nil || l.Remove(name) == nil || errors.Is(opened, ErrNoPrompt) {
			t.Errorf("%q: %v, %v", name, opened, added)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(caption))
	f.Add([]byte("---\n---\n{{a}} \\{{b}}"))
	f.Add([]byte("---\nvariables: {a: {choices: [x]}}\n---\n{{a}}"))
	f.Add([]byte("---\ntitle: a\n--- # two\n...\n%YAML 1.2\n---\nx"))
	f.Fuzz(func(t *testing.T, source []byte) {
		p, err := Parse("x", "x.md", source)
		if err != nil {
			var e *FileError
			if !errors.As(err, &e) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		values := map[string]string{}
		for _, v := range p.Variables {
			values[v.Name] = "{{a}}"
			if len(v.Choices) > 0 {
				values[v.Name] = v.Choices[0]
			}
		}
		filled, err := p.Fill(values)
		if err != nil {
			t.Fatal(err)
		}
		// What is written means the same again.
		again, err := parseTemplate(p.Body())
		if err != nil || again.fill(values) != filled.Text {
			t.Fatalf("%q: %v", p.Body(), err)
		}
	})
}
