package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"juxta/ui/tui"
)

func TestAKeyIsBoundInTheConfiguration(t *testing.T) {
	for _, text := range []string{
		"keys:\n  zoom: Z\n  regenerate: [Ctrl+G, R]\n",
		"keys: {back: ctrl+g, zoom: esc}\n",
		"keys: {zoom: \"1\", copy: 2}\n",
		"keys: {newline: enter, send: [ctrl+s, F5]}\n",
		"keys: {suspend: []}\n",
		"keys:\n",
	} {
		if _, err := parseConfig([]byte(text)); err != nil {
			t.Errorf("%q: %v", text, placed("f", err))
		}
	}
}

func TestAMistakeInAKeyNamesItsPlaceAndEndsWithTwo(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"keys: [zoom]\n", ":1:7: keys is a mapping from a command to its key"},
		{"keys:\n  zoom: z\n  zom: Z\n", `:3:3: keys: there is no command "zom"; did you mean "zoom"?`},
		{"keys:\n  zoom: [z, ctrl+paeg]\n", `:2:13: keys: there is no key "ctrl+paeg"`},
		{"keys:\n  zoom: pgdwn\n", `:2:9: keys: there is no key "pgdwn"; did you mean "pgdown"?`},
		{"keys:\n  zoom: ctlr+z\n", `:2:9: keys: there is no key "ctlr+z": "ctlr" is none of ctrl, alt, shift, meta, hyper, super; did you mean "ctrl"?`},
		{"keys:\n  zoom: shift+1\n", ":2:9: keys: what shift makes of 1 depends on the keyboard"},
		{"keys:\n  zoom: ctrl+i\n", ":2:9: keys: ctrl+i is tab to a terminal"},
		{"keys:\n  zoom:\n", ":2:9: zoom: name a key, such as ctrl+k, or write [] for none"},
		{"keys:\n  zoom: {key: z}\n", ":2:10: there is a single value to be here"},
		{"keys:\n  zoom: q\n  copy: q\n", ":3:9: keys: q is already the key of zoom"},
		{"keys:\n  zoom: [q, q]\n", ":2:13: keys: q is already the key of zoom"},
		{"keys:\n  attach: ctrl+q\n  quit: ctrl+q\n", ":3:9: keys: ctrl+q is already the key of attach"},
		{"keys:\n  zoom: q\n  zoom: Z\n", ":3:3: "},
		{"keys:\n  send: s\n", ":2:9: keys: s writes the question; send is a command of the composer"},
		{"keys:\n  quit: q\n", ":2:9: keys: q writes and chooses where quit works, too"},
		{"keys:\n  back: []\n", ":2:3: keys: back needs a key"},
		{"keys:\n  quit: []\n", ":2:3: keys: quit needs a key"},
		{"keys:\n  zoom: esc\n", ":2:3: keys: zoom takes the only key of back, which needs one; give it another: back: KEY"},
		{"keys:\n  attach: ctrl+c\n", ":2:3: keys: attach takes the only key of quit, which needs one"},
		{"key:\n  zoom: z\n", `:1:1: there is no setting "key" here; did you mean "keys"?`},
	} {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		a, _, stderr := bench(t)
		a.screen = func(context.Context, tui.Options) error { t.Errorf("%q: the screen opened", tt.text); return nil }
		if code := a.run(t.Context(), []string{"--config", path, "-m", "demo/swift"}); code != exitUsage {
			t.Errorf("%q: exit %d", tt.text, code)
		}
		if got := stderr.String(); !strings.Contains(got, path+tt.want) {
			t.Errorf("%q:\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestTheScreenIsGivenTheKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte("keys: {zoom: Z}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, _, stderr := bench(t)
	var got tui.Options
	a.screen = func(_ context.Context, o tui.Options) error { got = o; return nil }
	if code := a.run(t.Context(), []string{"--config", path, "-m", "demo/swift"}); code != 0 || got.Keys == nil {
		t.Errorf("exit code %d, %v: %s", code, got.Keys, stderr)
	}
}
