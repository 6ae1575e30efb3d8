package tui

import (
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

func TestAPasteStandsWhereTheCursorIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 30, bench(t, t.TempDir()+"/db", []string{"script:say=walnut"}))
		x.ask("one", time.Second)
		for _, open := range [][]string{{"ctrl+s"}, {"ctrl+l"}, {"ctrl+t"}, {"tab", "/"}} {
			x.press(open...)
			x.press("ad", "left")
			x.paste("bc")
			want(t, x.now(), "abcd")
			x.press("esc")
			x.press("esc")
		}
		x.quit()
	})
}

// A line that reads the system's clipboard by itself would bring text that nobody
// has cleaned, and its answer would come to the composer.
func TestNoLineReadsTheClipboardByItself(t *testing.T) {
	m := newModel(t.Context(), Options{})
	line, area := newLine("", "", m.look.theme), newArea("", m.look.theme)
	line.Focus()
	area.Focus()
	ctrlV := tea.KeyPressMsg{Code: 'v', Mod: tea.ModCtrl}
	if _, cmd := line.Update(ctrlV); cmd != nil {
		t.Error("a line does")
	}
	if _, cmd := area.Update(ctrlV); cmd != nil {
		t.Error("a text does")
	}
}
