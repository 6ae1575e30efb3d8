package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/sessions"
	"juxta/ui/tui"
)

// withPresets is a bench whose configuration has three presets.
func withPresets(t *testing.T) (a *app, stderr *bytes.Buffer) {
	t.Helper()
	a, _, stderr = bench(t)
	path := filepath.Join(t.TempDir(), "config.yaml")
	text := "presets:\n  - {name: brief, system: Be brief., temperature: 0.2}\n  - {name: wild, temperature: 1.5}\n  - {name: deep, model: demo/sage, think: high}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	alsoSet(a, "JUXTA_CONFIG", path)
	return a, stderr
}

// settled is a column in words: its model, its preset, and what is set.
func settled(c sessions.Column) string {
	words := []string{c.Model.String(), c.Preset}
	for _, name := range providers.ParamNames() {
		words = append(words, c.Params.Values(name)...)
	}
	return strings.Join(strings.Fields(strings.Join(append(words, c.System), " ")), " ")
}

func TestAPresetMakesColumns(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"--preset deep", "demo/sage deep high"},
		{"-m demo/swift --preset deep", "demo/swift; demo/sage deep high"},
		{"-m demo/swift --preset brief --preset wild", "demo/swift brief 0.2 Be brief.; demo/swift wild 1.5"},
		{"-m demo/swift -m demo/sage --preset deep --preset brief", "demo/swift brief 0.2 Be brief.; demo/sage brief 0.2 Be brief.; demo/sage deep high"},
		{"--preset wild", "demo/swift wild 1.5; demo/sage wild 1.5"}, // on those that are chosen where nobody names any
		{"-m demo/swift --preset brief -s Other", "demo/swift 0.2 Other"},
	} {
		a, stderr := withPresets(t)
		var got []string
		a.screen = func(ctx context.Context, o tui.Options) error {
			b, err := o.Open(ctx)
			if err != nil {
				return err
			}
			s := b.Session()
			for _, c := range s.Shown() {
				got = append(got, settled(c))
			}
			return b.Close(ctx)
		}
		if code := a.run(t.Context(), strings.Fields(tt.args)); code != 0 || strings.Join(got, "; ") != tt.want {
			t.Errorf("%s: exit code %d %s\n got %s\nwant %s", tt.args, code, stderr, strings.Join(got, "; "), tt.want)
		}
	}
}

func TestAPresetIsAskedWith(t *testing.T) {
	a, stderr := withPresets(t)
	args := []string{"ask", "--no-save", "--json", "-m", "demo/script:say=hi,ttft=1", "--preset", "brief", "--preset", "wild", "-o", "temperature=0.9", "hello"}
	if code := a.run(t.Context(), args); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var got []float64
	for line := range strings.SplitSeq(strings.TrimSpace(a.out.(*bytes.Buffer).String()), "\n") {
		var r struct{ Params providers.Params }
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Params.Temperature == nil {
			t.Fatalf("%v: %s", err, line)
		}
		got = append(got, *r.Params.Temperature)
	}
	if len(got) != 2 || got[0] != 0.9 || got[1] != 0.9 {
		t.Errorf("a flag goes before a preset, and the temperatures are %v", got)
	}
}

func TestAPresetThatIsNotThereIsAMistake(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"--preset breif", "did you mean brief? presets in the configuration: brief, wild, deep"},
		{"ask --preset nope hi", `--preset nope: there is no preset "nope"`},
		{"-c --preset brief", "--preset brief: it has no model of its own"},
		{strings.Repeat("-m demo/swift ", 5) + "--preset brief --preset wild", "10 columns are more than the workbench shows"},
	} {
		a, stderr := withPresets(t)
		a.screen = func(context.Context, tui.Options) error {
			t.Errorf("%s: the screen opened", tt.args)
			return nil
		}
		if code := a.run(t.Context(), strings.Fields(tt.args)); code != exitUsage || !strings.Contains(stderr.String(), tt.want) {
			t.Errorf("%s: exit code %d: %s", tt.args, code, stderr)
		}
	}
	a, _, stderr := bench(t)
	if code := a.run(t.Context(), []string{"--preset", "x"}); code != exitUsage || !strings.Contains(stderr.String(), "the configuration has none; a preset is a row under presets:") {
		t.Errorf("without any: exit code %d: %s", code, stderr)
	}
}
