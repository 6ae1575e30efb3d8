package prompts

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func arrivals(t *testing.T, l Library, dir string, dry bool) string {
	t.Helper()
	all, err := l.Import(dir, dry)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, a := range all {
		fmt.Fprintf(&b, "%s: %s", a.File, a.Fate)
		if a.Name != "" {
			fmt.Fprintf(&b, " as %s", a.Name)
		}
		if a.Err != nil {
			fmt.Fprintf(&b, ", %v", a.Err)
		}
		for _, s := range a.Dropped {
			fmt.Fprintf(&b, ", without %s", s)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n%s\nwant\n%s", what, got, want)
	}
}

func TestAFolderOfMarkdownBecomesPrompts(t *testing.T) {
	l := Library{Dir: t.TempDir()}
	if _, err := l.Add("caption", []byte("An older caption of {{pin}}."), false); err != nil {
		t.Fatal(err)
	}
	dir := folderOf(t, map[string]string{
		"caption.md":          "Caption {{pin}}.",
		"copy.md":             "Caption {{pin}}.",
		"work/Review: PR?.md": "---\ntitle: Review\nmode: agent\ntools:\n  - search\n  - fetch\n---\nReview {{diff}}.",
		"work/spaced.md":      "---\ntitle : Spaced\naliases:\n- a: b\n\"x y\" : z\n---\nSpaced {{out}}.",
		"work/notes.markdown": "---\ndescription: mine\n---\n\nSum up {{notes}}.",
		"empty.md":            "---\ntitle: nothing\n---\n",
		"latin.md":            "Gr\xfc\xdfe",
		"loop.md":             "{{#each x}}\n",
		"long.md":             strings.Repeat("x", mostPrompt+1),
		".hidden/secret.md":   "Secret",
		"readme.txt":          "no prompt",
	})
	want := `caption.md: added as caption 2
copy.md: known as caption 2
empty.md: left, empty.md:4: there is no question below the front matter
latin.md: left, latin.md: this is not UTF-8 text: save it as UTF-8
long.md: left, long.md: it has more than 1048576 bytes
loop.md: left, LOOP
work/Review: PR?.md: added as work/Review- PR-, without mode, without tools
work/notes.markdown: added as work/notes, without description
work/spaced.md: added as work/spaced, without aliases, without x y
`
	want = strings.Replace(want, "added as caption 2", "apart as caption 2", 1)
	dry := arrivals(t, l, dir, true)
	_, loop, _ := strings.Cut(dry, "loop.md: left, ")
	loop, _, _ = strings.Cut(loop, "\n")
	want = strings.Replace(want, "LOOP", loop, 1)
	if !strings.HasPrefix(loop, "loop.md:1") {
		t.Errorf("a mistake without its place: %s", loop)
	}
	same(t, "dry", dry, want)
	if all, err := l.List(); err != nil || len(all) != 1 {
		t.Fatalf("a dry run added something: %v, %v", all, err)
	}
	same(t, "first", arrivals(t, l, dir, false), want)
	p, err := l.Open("work/Review- PR-")
	if err != nil || p.Title != "Review" || p.Body() != "Review {{diff}}." {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err := l.Open("work/spaced"); err != nil || p.Title != "Spaced" {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err := l.Open("caption"); err != nil || p.Body() != "An older caption of {{pin}}." {
		t.Errorf("the older one: %v, %v", p, err)
	}
	again := strings.NewReplacer("apart as", "known as", "added as", "known as").Replace(want)
	same(t, "again", arrivals(t, l, dir, false), again)
}

func TestALinkOutOfTheFolderIsNotFollowed(t *testing.T) {
	secret := folderOf(t, map[string]string{"secret.md": "Secret"})
	dir := folderOf(t, map[string]string{"a.md": "Ask {{this}}."})
	if err := os.Symlink(filepath.Join(secret, "secret.md"), filepath.Join(dir, "b.md")); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, "c")); err != nil {
		t.Fatal(err)
	}
	same(t, "taken", arrivals(t, Library{Dir: t.TempDir()}, dir, false), "a.md: added as a\n")
}

func FuzzWithoutOthers(f *testing.F) {
	f.Add([]byte("---\ntitle: x\nmode: y\n  z\n---\ntext"))
	f.Add([]byte("---\r\n\"a b\": |\r\n  ---\r\n---\r\n"))
	f.Fuzz(func(t *testing.T, source []byte) {
		clean, dropped := withoutOthers(source)
		if len(dropped) == 0 && string(clean) != string(source) {
			t.Errorf("%q became %q", source, clean)
		}
		if again, more := withoutOthers(clean); len(dropped) > 0 && len(more) > 0 && string(again) == string(clean) {
			t.Errorf("%q still has %q", clean, more)
		}
		_, _ = Parse("x", "x.md", clean)
	})
}
