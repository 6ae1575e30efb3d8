package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"juxta/ui/tui"
)

func TestTheConfiguredThemeIsBuiltInOrAFileOfOnesOwn(t *testing.T) {
	home := t.TempDir()
	own := filepath.Join(home, "juxta", "themes")
	if err := os.MkdirAll(own, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"mine.theme": "[dark]\nblue = 4\n", "broken.theme": "[dark]\nbleu = 4\n", "auto.theme": "stands for nothing\n", "notes.txt": "",
	} {
		if err := os.WriteFile(filepath.Join(own, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ config, name, said string }{
		{"", "auto", ""},
		{"theme: auto\n", "auto", ""},
		{"theme: contrast\n", "contrast", ""},
		{"theme: mine\n", "mine", ""},
		{"theme: contrats\n", "", `:1:8: theme: there is no theme "contrats"; there are auto, dark, light, contrast, plain, broken, mine; did you mean "contrast"?`},
		{"theme: ../mine\n", "", `:1:8: theme: there is no theme "../mine"`},
		{"theme: solarized\n", "", "one of your own is a file "},
		{"theme: broken\n", "", filepath.Join(own, "broken.theme") + `:2: there is no colour "bleu"`},
		{"theme: [dark]\n", "", ":1:8: there is a single value"},
	} {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte(tt.config), 0o600); err != nil {
			t.Fatal(err)
		}
		a, _, stderr := bench(t)
		before := a.getenv
		a.getenv = func(name string) string {
			if name == "XDG_CONFIG_HOME" {
				return home
			}
			return before(name)
		}
		var got tui.Options
		a.screen = func(_ context.Context, o tui.Options) error { got = o; return nil }
		code := a.run(t.Context(), []string{"--config", path, "-m", "demo/swift"})
		if tt.said != "" {
			if code != exitUsage || got.Theme != nil || !strings.Contains(stderr.String(), tt.said) {
				t.Errorf("%q: exit code %d: %s", tt.config, code, stderr)
			}
			continue
		}
		if code != 0 || got.Theme == nil || got.Theme.Name != tt.name {
			t.Errorf("%q: exit code %d, %v: %s", tt.config, code, got.Theme, stderr)
			continue
		}
		all, err := got.Themes()
		if len(all) != 1 || all[0].Name != "mine" || err == nil || !strings.Contains(err.Error(), "broken.theme:2: ") {
			t.Errorf("%q: the user's own are %v, %v", tt.config, all, err)
		}
	}
}
