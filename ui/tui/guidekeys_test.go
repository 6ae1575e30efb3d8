package tui

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The tables of keys in the README and the guide name keys that there are, and the
// guide's has one of every command of the composer, the panes and the list of sessions.
func TestTheKeysInTheGuideAreTheKeysThereAre(t *testing.T) {
	there := map[string]bool{"ctrl+a": true} // in the list of models, where it can't be another
	for _, c := range commands() {
		for _, k := range c.keys {
			there[k] = true
		}
	}
	spelt := strings.NewReplacer("pgdn", "pgdown")
	table := func(file string) map[string]bool {
		text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		_, section, _ := strings.Cut(string(text), "\n## The keys\n")
		section, _, _ = strings.Cut(section, "\n## ")
		named := map[string]bool{}
		for line := range strings.Lines(section) {
			if !strings.HasPrefix(line, "|") {
				continue
			}
			for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(line, -1) {
				k := m[1]
				if len(k) > 1 && k[0] == 'F' {
					k = strings.ToLower(k)
				}
				k = spelt.Replace(k)
				if named[k] = true; !there[k] && k != "$EDITOR" && k != "fg" {
					t.Errorf("%s: there is no key %s", file, m[1])
				}
			}
		}
		return named
	}
	if n := len(table("README.md")); n < 15 {
		t.Errorf("only %d keys were found in the README", n)
	}
	guide := table(".github/GUIDE.md")
	for _, c := range commands() {
		vote := c.scope == inPanes && strings.HasPrefix(c.id, "vote_") // "`1` to `8`"
		found := len(c.keys) == 0 || c.scope > inBrowser || vote
		for _, k := range c.keys {
			found = found || guide[k]
		}
		if !found {
			t.Errorf("the guide has no key of %s: %s (%s)", c.id, c.help, c.keys)
		}
	}
}
