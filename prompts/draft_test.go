package prompts

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestADraftIsReadAsItWasMeant(t *testing.T) {
	for _, d := range []Draft{
		{Text: "Describe {{product}}."},
		{Text: "---\ntitle: no front matter\n---\nbut text"},
		{Text: "\ufeff---\ntitle: no front matter either\n---\nbut text"},
		{Text: "  indented\n\n---\n", System: "one\ntwo: [three]"},
		{Text: Escape("a {{b}} {{{{c}}}} \\{{d"), System: Escape("{{x"), Attachments: []string{"/tmp/a b.png", "https://example.com/?a={{b}}", "- \"odd\"\n\x1b.png"}},
		{Text: "x", System: "  spaces\n\n\ttabs: |\n# and\u2028more \u00a0\nü 漢 🙂"},
		{Text: "x", System: "one\n\n two\n"},
	} {
		p, err := Parse("x", "x.md", d.Source())
		if err != nil {
			t.Errorf("%q: %v in\n%s", d.Text, err, d.Source())
			continue
		}
		want := strings.TrimRight(strings.TrimLeft(d.Text, "\n"), "\n ")
		if p.Body() != want && p.Preview(nil) != strings.ReplaceAll(want, `\{{`, "{{") || p.System() != d.System || !slices.Equal(p.Attachments, d.Attachments) {
			t.Errorf("%+v became %q, %q, %q in\n%s", d, p.Body(), p.System(), p.Attachments, d.Source())
		}
	}
}

func TestWhatIsEscapedHasNoVariables(t *testing.T) {
	for _, text := range []string{"{{a}}", "{{{a}}}", "{{{{{", `\{{a}}`, `\\{{a}}`, "{{ {{", "plain"} {
		p, err := Template(Escape(text))
		if err != nil || len(p.Variables) > 0 {
			t.Errorf("%q: %v, %v", text, p, err)
			continue
		}
		if f, err := p.Fill(nil); err != nil || f.Text != text {
			t.Errorf("%q became %q, %v", text, f.Text, err)
		}
	}
}

func FuzzDraft(f *testing.F) {
	f.Add("Describe {{a}}", "Be\nbrief", "a.png")
	f.Add("---\nx", "  a: b\n", "- x\n")
	f.Fuzz(func(t *testing.T, text, system, file string) {
		if !utf8.ValidString(text) || !utf8.ValidString(system) || !utf8.ValidString(file) {
			t.Skip()
		}
		d := Draft{Text: Escape(text), System: Escape(system), Attachments: []string{file}}
		p, err := Parse("x", "x.md", d.Source())
		if err != nil {
			t.Skip() // not UTF-8, or too long
		}
		got, err := p.Fill(nil)
		if err != nil {
			t.Fatal(err)
		}
		want := strings.TrimRight(strings.TrimLeft(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n"), "\n ")
		if got.Text != want || p.Attachments[0] != file || strings.TrimRight(got.System, "\n") != strings.TrimRight(system, "\n") {
			t.Fatalf("%q, %q, %q became %q, %q, %q in\n%s", text, system, file, got.Text, got.System, p.Attachments, d.Source())
		}
	})
}

func TestAPreviewShowsWhatIsMissing(t *testing.T) {
	p := parsed(t, caption)
	want := "Describe {{product}} in a loud tone, 3 times, with {{braces}}.\n{{product}} again."
	if got := p.Preview(map[string]string{"tone": "loud"}); got != want {
		t.Errorf("%q", got)
	}
}
