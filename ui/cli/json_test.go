package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

func TestJSONHoldsNothingThatATerminalObeys(t *testing.T) {
	const hostile = "a\x1b]52;c;x\x07 \u009b2J \u202e \u200b \x7f \U000e0041 é 漢 😀"
	var out bytes.Buffer
	if err := (&app{out: &out}).printJSON(map[string]string{"text": hostile}); err != nil {
		t.Fatal(err)
	}
	line := strings.TrimSuffix(out.String(), "\n")
	if i := strings.IndexFunc(line, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }); i >= 0 {
		t.Errorf("%q", line[i:])
	}
	var back map[string]string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back["text"] != hostile {
		t.Errorf("%v: %q, want %q", err, back["text"], hostile)
	}

	var whole, bytewise bytes.Buffer
	text := []byte(`{"a":"` + strings.ReplaceAll(hostile, "\x1b", "") + `"}`)
	_, _ = (&disarmed{w: &whole}).Write(text)
	d := &disarmed{w: &bytewise}
	for i := range text {
		if n, err := d.Write(text[i : i+1]); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if !bytes.Equal(whole.Bytes(), bytewise.Bytes()) {
		t.Errorf("whole %q, and byte by byte %q", whole.Bytes(), bytewise.Bytes())
	}
}
