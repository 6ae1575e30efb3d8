package openai

import (
	"strings"
	"testing"
)

func TestAnErrorIsReadAsFarAsAPersonWould(t *testing.T) {
	for name, body := range map[string]string{
		"a string":  `{"error":"` + strings.Repeat("x", 1<<20) + `"}`,
		"an object": `{"error":{"message":"` + strings.Repeat("x", 1<<20) + `","type":"` + strings.Repeat("y", 1<<20) + `"}}`,
	} {
		f, ok := parseFault([]byte(body))
		if !ok || len(f.message)+len(f.code)+len(f.kind)+len(f.param) > 16<<10 {
			t.Errorf("%s: %d bytes of message, %d of type, %t", name, len(f.message), len(f.kind), ok)
		}
	}
}

func TestThoughtsInThoughtsInThoughtsAreNoWork(t *testing.T) {
	const deep = 4000
	text := strings.Repeat(`[{"type":"thinking","thinking":`, deep) + `"hm"` + strings.Repeat(`}]`, deep)
	var c content
	if err := c.UnmarshalJSON([]byte(text)); err != nil || c.text() != "" {
		t.Errorf("%q, %v: every level was read, and each reads all that is within", c.text(), err)
	}
}
