package markdown

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// unfold joins the rows of a text at a width.
func unfold(text string, width int) string {
	d := New(testStyles())
	d.Append(text)
	d.Finish()
	var b strings.Builder
	for i, row := range d.Rows(width, 0, d.Height(width)) {
		f := d.Fold(width, i)
		if i > 0 {
			b.WriteString(map[Join]string{Apart: "\n", Spaced: " ", Close: ""}[f.Join])
		}
		b.WriteString(ansi.TruncateLeft(ansi.Strip(row), f.Lead, ""))
	}
	return b.String()
}

const folded = `A first paragraph that is long enough to be cut at a width that panes have, with a-hyphenated-word and **bold** words.

- an item that is long enough to be cut as well, and says little
- another

  with a paragraph of its own that is long enough to be cut

> a quotation that is long enough to be cut at the width of a pane

` + "```go\nfunc long(one string, two string) error { return nil }\n\tindented()\n```" + `

日本語の長い文はどこでも切れる。そして続く。
`

func TestFoldsBringTheLinesBack(t *testing.T) {
	want := unfold(folded, 400)
	for width := 16; width < 90; width++ {
		if got := unfold(folded, width); got != want {
			t.Errorf("at %d:\n%s\nwant\n%s", width, got, want)
		}
	}
	for _, line := range []string{
		"A first paragraph that is long enough to be cut at a width that panes have, with a-hyphenated-word and bold words.",
		"• an item that is long enough to be cut as well, and says little", "with a paragraph of its own that is long enough to be cut",
		"a quotation that is long enough to be cut at the width of a pane", "func long(one string, two string) error { return nil }", "    indented()",
		"日本語の長い文はどこでも切れる。そして続く。",
	} {
		if !strings.Contains("\n"+want+"\n", "\n"+line+"\n") {
			t.Errorf("no line %q in\n%s", line, want)
		}
	}
	if flat := Flat(folded); flat != want {
		t.Errorf("flat is\n%s\nwant\n%s", flat, want)
	}
}

func TestFoldsAreThoseOfTheTextWhileItGrows(t *testing.T) {
	whole := New(testStyles())
	whole.Append(folded)
	whole.Finish()
	d := New(testStyles())
	for _, r := range folded {
		d.Append(string(r))
		d.Height(30)
	}
	d.Finish()
	for i := range whole.Height(30) {
		if got, want := d.Fold(30, i), whole.Fold(30, i); got != want {
			t.Errorf("row %d: %+v, want %+v: %q, %q", i, got, want, d.Rows(30, i-1, i+1), whole.Rows(30, i-1, i+1))
		}
	}
}

func BenchmarkFlat(b *testing.B) {
	text := strings.Repeat(folded, 200)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Flat(text)
	}
}
