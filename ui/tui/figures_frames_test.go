package tui

import (
	"slices"
	"testing"
	"time"

	"juxta/providers"
	"juxta/sessions"
)

// columns are n cells that answer, and what hands each of them the same text.
func columns(t *testing.T, n int) (cells []*cell, say func(text string) (moved int)) {
	t.Helper()
	m := newModel(t.Context(), Options{})
	var shown [][2]string
	for i := range n {
		as := &sessions.Turn{Text: "?", Answers: []sessions.Answer{{Column: i + 1, Take: 1}}}
		cells = append(cells, newCell(as, sessions.Pick{Column: i + 1, Take: 1}, true, &m.look))
		shown = append(shown, [2]string{})
	}
	frame := 0
	return cells, func(text string) (moved int) {
		frame++
		for i, c := range cells {
			c.hear(sessions.News{
				Column: i + 1, Take: 1, Text: text,
				State: sessions.State{Phase: sessions.Answering, For: time.Duration(frame) * sessions.Frame},
				Live:  sessions.Live{FirstToken: time.Second, FirstAnswer: time.Second, Usage: providers.Usage{Output: 5000 + frame}, Attempts: 1},
			})
			one, two := (&pane{}).meters(c, 60, &m.look)
			if shown[i] != [2]string{one, two} {
				shown[i] = [2]string{one, two}
				moved++
			}
		}
		return moved
	}
}

// A screen on which nothing moves looks as if nothing came: while a line streams
// that does not show, the figures do.
func TestFiguresMoveWhileTheTextIsHeldBack(t *testing.T) {
	cells, say := columns(t, 1)
	for _, text := range []string{"| a | b |\n", "|--", "--", "--|", "---", "--"} {
		if say(text) == 0 {
			t.Errorf("nothing moves at %q, which shows nothing", text)
		}
	}
	if rows := cells[0].doc.Rows(60, 0, 9); len(rows) == 0 {
		t.Error("the head of the table is not shown")
	}
}

func TestColumnsChangeTheirFiguresInTurn(t *testing.T) {
	_, say := columns(t, 8)
	say("A first ")
	var moved []int
	for range 2 * int(recount/sessions.Frame) {
		moved = append(moved, say("word "))
	}
	if most := slices.Max(moved); most > 2 {
		t.Errorf("%d of 8 columns change their figures in one frame: %v", most, moved)
	}
	all := 0
	for _, n := range moved {
		all += n
	}
	if all < 8 || all > 24 {
		t.Errorf("figures changed %d times in half a second of 8 columns: %v", all, moved)
	}
}
