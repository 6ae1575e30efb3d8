package cli

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"juxta/providers"
	"juxta/sessions"
)

const examplePresets = `
presets:
  - name: precise
    system: |
      Answer in one sentence.
      No lists.
    temperature: 0
    think: high
    max_tokens: 400
    schema: caption.json
  - {name: wild, model: demo/sage, temperature: 1.3, top_p: 0.95, seed: -7, stop: [END, "\n\n"], context: 16384, think_budget: 1024}
  - {name: one stop, stop: "---"}
  - {name: nothing set, model: demo/swift}
`

func TestPresetsAreRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(path, []byte(examplePresets), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "caption.json"), []byte(`{"type": "object"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := readConfig(path, true)
	if err != nil {
		t.Fatal(err)
	}
	cold, hot, most, seed := 0.0, 1.3, 0.95, int64(-7)
	want := []sessions.Preset{
		{
			Name: "precise", System: "Answer in one sentence.\nNo lists.", Schema: []byte(`{"type":"object"}`),
			Params: providers.Params{Temperature: &cold, Think: "high", MaxTokens: 400},
		},
		{
			Name: "wild", Model: providers.Ref{Provider: "demo", Model: "sage"},
			Params: providers.Params{Temperature: &hot, TopP: &most, Seed: &seed, Stop: []string{"END", "\n\n"}, Context: 16384, ThinkBudget: 1024},
		},
		{Name: "one stop", Params: providers.Params{Stop: []string{"---"}}},
		{Name: "nothing set", Model: providers.Ref{Provider: "demo", Model: "swift"}},
	}
	if !reflect.DeepEqual(c.presets, want) {
		t.Errorf("got %+v\nwant %+v", c.presets, want)
	}
}

func TestAMistakeInAPresetNamesItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		"presets:\n  - temperature: 1\n":                  ":2:5: this preset has no name",
		"presets:\n  - {name: \"a\\nb\"}\n":               ":2:12: a preset's name is one line",
		"presets:\n  - {name: a}\n  - {name: a}\n":        `:3:12: there are two presets named "a"`,
		"presets:\n  - {name: a, model: gpt}\n":           `:2:22: "gpt" is not provider/model`,
		"presets:\n  - name: a\n    temperature: hot\n":   ":3:18: temperature is a number from 0 to 10",
		"presets:\n  - name: a\n    think: hard\n":        ":3:12: think is one of on, off, minimal",
		"presets:\n  - name: a\n    stop: [x, '']\n":      ":3:15: stop is a text that ends the answer",
		"presets:\n  - name: a\n    stop: {x: 1}\n":       ":3:12: there is a single value to be here",
		"presets:\n  - name: a\n    temprature: 1\n":      `:3:5: there is no setting "temprature" here; did you mean "temperature"?`,
		"presets:\n  - name: a\n    schema: none.json\n":  ":3:13: schema DIR/none.json: no such file",
		"presets:\n  - name: a\n    schema: wrong.json\n": ":3:13: schema DIR/wrong.json:2:1: ",
		"presets: yes\n":                                              ":1:10: ",
		"presets:\n  - precise\n":                                     ":2:5: ",
		"presets:\n  - name: a\n    system: [a, b]\n":                 ":3:13: there is a single value to be here",
		"presets:\n  - name: a\n    max_tokens: 0\n    think: high\n": ":3:17: max_tokens is a whole number of tokens, from 1",
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "config.yaml")
		for name, s := range map[string]string{"config.yaml": text, "wrong.json": "{\n"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := readConfig(path, true)
		if err == nil {
			t.Errorf("%q was accepted", text)
			continue
		}
		if got := strings.TrimPrefix(err.Error(), path); !strings.HasPrefix(got, strings.ReplaceAll(want, "DIR", dir)) {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}
