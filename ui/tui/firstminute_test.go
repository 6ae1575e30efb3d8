package tui

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The README's first minute on the screen: each key that it names, in its order,
// brings about what it says there.
func TestTheREADMEsFirstMinuteOnTheScreen(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, words, _ := strings.Cut(string(readme), "**On the screen.** `juxta` opens the workbench.")
	words, _, _ = strings.Cut(words, "**In a shell.**")
	var named []string
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(words, -1) {
		named = append(named, strings.ToLower(m[1]))
	}
	steps := []struct{ key, shows string }{
		{"enter", `(?s)1 swift.*❯ Why is the sky blue\?.*first 0\.\d+s · \d+ tok/s · \d+ tok.*free`},
		{"tab", `h l column`},
		{"2", `you chose demo/sage over demo/swift`},
		{"d", `Differences · \d+ of \d+ words differ`},
		{"b", `2 sage[^\n]*★`},
		{"v", `demo/swift[^\n]* · too few prompts`},
		{"ctrl+l", `─ Model of column 2 ─`},
		{"ctrl+v", `clipboard`},
		{"f1", `─ All commands ─`},
	}
	var keys []string
	for _, s := range steps {
		keys = append(keys, s.key)
	}
	if !slices.Equal(named, keys) {
		t.Fatalf("the README names %q, and here are %q", named, keys)
	}
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 120, 36, bench(t, t.TempDir()+"/juxta.db", []string{"swift", "sage"}))
		x.press("Why is the sky blue?")
		for _, s := range steps {
			switch s.key {
			case "b":
				x.press("esc", "l")
			case "ctrl+l":
				x.press("esc")
			case "ctrl+v", "f1":
				x.press("esc", "esc")
			}
			before := x.now()
			x.press(s.key)
			after := x.after(10 * time.Second)
			if shows := regexp.MustCompile(s.shows); shows.MatchString(before) || !shows.MatchString(after) {
				t.Errorf("%s does not bring about %s:\n%s", s.key, s.shows, after)
			}
		}
		x.quit()
	})
}
