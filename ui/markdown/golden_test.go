package markdown

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// testStyles gives every class a look that a golden file can show.
func testStyles() *Styles {
	fg := func(n string) lipgloss.Style { return lipgloss.NewStyle().Foreground(lipgloss.Color(n)) }
	return &Styles{
		Method:  ansi.GraphemeWidth,
		Heading: fg("1").Bold(true), Quote: fg("2"), Link: fg("3").Underline(true), URL: fg("4"), Code: fg("5"), Marker: fg("6"),
		Keyword: fg("7"), String: fg("8"), Comment: fg("9"), Number: fg("10"), Func: fg("11"), Type: fg("12"), Added: fg("13"), Removed: fg("14"),
	}
}

func samples(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	all := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(f), ".md")] = string(b)
	}
	return all
}

func whole(src string) *Doc {
	d := New(testStyles())
	d.Append(src)
	d.Finish()
	return d
}

func all(d *Doc, width int) []string { return d.Rows(width, 0, d.Height(width)) }

func TestGolden(t *testing.T) {
	for name, src := range samples(t) {
		for _, width := range []int{20, 38, 80} {
			var b strings.Builder
			for _, r := range all(whole(src), width) {
				b.WriteString(strings.TrimRight(ansi.Strip(r), " ") + "\n")
			}
			compare(t, fmt.Sprintf("testdata/%s.%d.golden", name, width), b.String())
		}
	}
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv("JUXTA_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look at it with JUXTA_UPDATE=1 and git diff.\ngot:\n%s", file, got)
	}
}
