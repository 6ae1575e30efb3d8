package tui

import "testing"

func TestWhatHangsStandsBelowItsWords(t *testing.T) {
	for _, tt := range []struct {
		w    int
		want string
	}{
		{0, "head  one two three four five six"},
		{20, "head  one two three four five six"}, // no room beside the head
		{26, "head  one two three four\n      five six"},
		{80, "head  one two three four five six"},
	} {
		if got := Hang("head  ", "one two three four five six", tt.w); got != tt.want {
			t.Errorf("%d: %q", tt.w, got)
		}
	}
	if got, want := Hang("模型  ", "一二三四五六七八九十 一二三四五六七八九十", 30), "模型  一二三四五六七八九十\n      一二三四五六七八九十"; got != want {
		t.Errorf("%q", got)
	}
}
