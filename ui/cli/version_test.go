package cli

import (
	"strings"
	"testing"
)

func TestTheVersionNamesItsCommitAndDay(t *testing.T) {
	for _, test := range []struct {
		name string
		Build
		want string
	}{
		{"a release", Build{Version: "1.2.0", Commit: "0fcb6e86131f7d4ab0d85f2f4ff6ea2fd77ee1a0", Date: "2026-11-28T18:39:00Z"}, "1.2.0 (0fcb6e86131f, 2026-11-28)"},
		{"from an archive of the source", Build{Version: "1.2.0"}, "1.2.0"},
		{"a short commit", Build{Version: "1.2.0", Commit: "0fcb6e8"}, "1.2.0 (0fcb6e8)"},
	} {
		if got := (&app{build: test.Build}).version(); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	// A test is built from source, and knows no more.
	if got := (&app{}).version(); !strings.HasPrefix(got, "from source") {
		t.Errorf("nothing linked in: %q", got)
	}
}
