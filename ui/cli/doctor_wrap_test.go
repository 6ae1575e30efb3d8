package cli

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTheDoctorBreaksItsLinesBetweenWords(t *testing.T) {
	said := func(pipe bool) string {
		a, _, _ := bench(t)
		a.outTerm, a.width = !pipe, func() int { return 80 }
		if code := a.run(t.Context(), []string{"doctor"}); code != 0 {
			t.Fatalf("exit code %d", code)
		}
		return a.out.(*bytes.Buffer).String()
	}
	long := 0
	for _, l := range strings.Split(said(true), "\n") {
		if utf8.RuneCountInString(l) > 80 {
			long++
		}
	}
	if long == 0 {
		t.Error("a pipe gets broken lines, or nothing is long")
	}
	for _, l := range strings.Split(said(false), "\n") {
		if fields := strings.Fields(l); utf8.RuneCountInString(l) > 80 && len(fields) > 3 {
			t.Errorf("wider than the terminal: %q", l)
		}
	}
	for _, name := range []string{"OPENAI_API_KEY", "OPENROUTER_API_KEY", "FIREWORKS_API_KEY", "CEREBRAS_API_KEY"} {
		if strings.Contains(said(true), name) && !strings.Contains(said(false), name) {
			t.Errorf("%s is broken inside:\n%s", name, said(false))
		}
	}
}
