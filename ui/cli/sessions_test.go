package cli

import (
	"context"
	"testing"

	"juxta/ui/tui"
)

func TestSessionsAloneIsTheBrowserOnATerminalAndTheListInAPipe(t *testing.T) {
	a, columns, stderr := bench(t)
	browses, screen := false, a.screen
	a.screen = func(ctx context.Context, o tui.Options) error {
		browses = o.Browse
		return screen(ctx, o)
	}
	if code := a.run(t.Context(), []string{"sessions"}); code != 0 || !browses || len(*columns) == 0 {
		t.Errorf("code %d, browses %v, columns %v: %s", code, browses, *columns, stderr)
	}
	if code := a.run(t.Context(), nil); code != 0 || browses {
		t.Errorf("juxta alone: code %d, browses %v: %s", code, browses, stderr)
	}
	browses = true
	a.outTerm = false
	if code := a.run(t.Context(), []string{"sessions"}); code != 0 || !browses {
		t.Errorf("in a pipe the screen was opened, or code %d: %s", code, stderr)
	}
}
