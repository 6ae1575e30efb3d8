package openai

import (
	"strings"
	"testing"

	"juxta/providers"
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

func TestAnEndThatEchoesTheKeyIsToldWithoutIt(t *testing.T) {
	for name, p := range map[string]providers.Provider{
		"finish":     answering(t, 200, nil, stream(delta0(`{"content":"x"}`, `"`+key+`"`))),
		"incomplete": responding(t, 200, nil, happenings(`{"type":"response.incomplete","response":{"incomplete_details":{"reason":"`+key+`"}}}`)),
		"status":     responding(t, 200, nil, happenings(`{"type":"response.completed","response":{"status":"`+key+`"}}`)),
	} {
		got := listen(t, p, hello("m"))
		all := ""
		for _, ev := range got.events {
			if note, ok := ev.(providers.Notice); ok {
				all += note.Text
			}
		}
		if got.err != nil {
			all += got.err.Error()
		}
		if strings.Contains(all, key) || !strings.Contains(all, "[secret]") {
			t.Errorf("%s: %s", name, all)
		}
	}
}
