package prompts

import (
	"encoding/json"
	"testing"
)

func TestWhyATextIsNoJSONIsSaidInPlainWords(t *testing.T) {
	for text, want := range map[string]string{
		"":             "it ends too early: something is not closed",
		`{"a": [1`:     "it ends too early: something is not closed",
		`{"a": x}`:     "'x' can't stand there: a value belongs there",
		`{"a": '1'}`:   `'\'' can't stand there: a value belongs there`,
		`{a: 1}`:       "'a' can't stand there: a name in quotes belongs there",
		`{"a" 1}`:      "'1' can't stand there: a colon belongs there",
		`{"a": 1 "b"}`: `'"' can't stand there: a comma or } belongs there`,
		`[1 2]`:        "'2' can't stand there: a comma or ] belongs there",
		`{} {}`:        "'{' can't stand there: the JSON is over before it",
		"{\"a\": tru}": "'}' can't stand there",
		"[\"a\nb\"]":   `'\n' can't stand there: within quotes it needs a backslash before it, or is written \n or \t`,
	} {
		var v any
		if got := NotJSON(json.Unmarshal([]byte(text), &v)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
