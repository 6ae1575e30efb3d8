package cli

import (
	"regexp"
	"strings"
	"testing"

	"juxta/ui/theme"
)

var codeBlock = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

// blocksOf are the README's and the guide's blocks of code in a language.
func blocksOf(t *testing.T, language string) (all []string) {
	t.Helper()
	for _, m := range codeBlock.FindAllStringSubmatch(readme(t), -1) {
		if m[1] == language {
			all = append(all, m[2])
		}
	}
	return all
}

// What people copy from the guide into their files is read without an error.
func TestTheFilesInTheGuideAreRead(t *testing.T) {
	settings := blocksOf(t, "yaml")
	if len(settings) < 2 {
		t.Errorf("only %d configurations were found", len(settings))
	}
	for _, text := range settings {
		if _, err := parseConfig([]byte(text)); err != nil {
			t.Errorf("%v in\n%s", err, text)
		}
	}
	themes := 0
	for _, text := range blocksOf(t, "") {
		if !strings.HasPrefix(text, "[dark]") {
			continue
		}
		themes++
		if _, err := theme.Parse("own", "own.theme", []byte(text)); err != nil {
			t.Errorf("%v in\n%s", err, text)
		}
	}
	prompts := blocksOf(t, "markdown")
	for _, text := range prompts {
		f := furnished(t, map[string][]byte{"caption.md": []byte(text)})
		if seen := f.seen(t, "prompts add caption ~/caption.md", ""); !strings.Contains(seen, "\nkept caption\n") || !strings.Contains(seen, "\nexit 0\n") {
			t.Errorf("%s\nof\n%s", seen, text)
		}
	}
	if themes != 1 || len(prompts) != 1 {
		t.Errorf("%d themes and %d prompts were found", themes, len(prompts))
	}
}
