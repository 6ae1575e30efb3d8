package tui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheComposerHasTheTerminalsOwnEditingKeys(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		want string
	}{
		{"alt+enter and ctrl+j begin a line", []string{"one", "alt+enter", "two", "ctrl+j", "three"}, "one\ntwo\nthree"},
		{"ctrl+a and ctrl+e", []string{"b", "ctrl+a", "a", "ctrl+e", "c"}, "abc"},
		{"ctrl+b, ctrl+f, ctrl+d", []string{"abcd", "ctrl+a", "ctrl+f", "ctrl+d", "ctrl+e", "ctrl+b", "x"}, "acxd"},
		{"ctrl+k and ctrl+y", []string{"keep this", "ctrl+a", "ctrl+f", "ctrl+f", "ctrl+f", "ctrl+f", "ctrl+k", "+", "ctrl+y"}, "keep+ this"},
		{"ctrl+u", []string{"all of it", "ctrl+u", "new", "ctrl+y"}, "newall of it"},
		{"ctrl+w", []string{"two words", "ctrl+w", "ctrl+y", "ctrl+y"}, "two wordswords"},
		{"wide characters are one each", []string{"日本語", "backspace", "left", "x"}, "日x本"},
		{"marks that are typed one by one", []string{"e", "\u0301", "ก", "ั"}, "e\u0301กั"},
		{"what was deleted keeps its characters whole", []string{"日月", "left", "ctrl+u", "ctrl+y", "ctrl+y"}, "日日月"},
		{"an emoji of several characters", []string{"a🇩🇪", "ctrl+a", "b"}, "ba🇩🇪"},
	} {
		synctest.Test(t, func(t *testing.T) {
			x := show(t, 80, 24, bench(t, "", []string{"swift"}))
			x.press(c.keys...)
			if got := x.typed(); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
			x.quit()
		})
	}
}

func TestUpAndDownAtTheEdgesRecallQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"script:say=yes"}))
		x.ask("first", time.Second)
		x.press("second", "ctrl+j", "line two", "enter")
		x.after(time.Second)
		x.press("a draft", "alt+enter", "of two lines")
		text := func() string { return x.typed() }
		x.press("up")
		if text() != "a draft\nof two lines" {
			t.Errorf("up within the draft left it: %q", text())
		}
		x.press("up")
		if text() != "second\nline two" {
			t.Errorf("up at the first line: %q", text())
		}
		x.press("up", "up")
		if text() != "first" {
			t.Errorf("further up: %q", text())
		}
		x.press("up", "up")
		if text() != "first" {
			t.Errorf("up at the oldest: %q", text())
		}
		x.press("down")
		if text() != "second\nline two" {
			t.Errorf("down: %q", text())
		}
		x.press("down", "down")
		if text() != "a draft\nof two lines" {
			t.Errorf("the draft did not come back: %q", text())
		}
		x.quit()
	})
}

func TestTheComposerGrowsWithItsLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"swift"}))
		x.press("one", "ctrl+j", "two", "ctrl+j", "three")
		for i, part := range []string{"❯ one", "two", "three"} {
			want(t, x.line(-4+i), part)
		}
		x.whole()
		x.quit()
	})
}

func TestALongPasteIsAPillAndIsSentWhole(t *testing.T) {
	var many strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&many, "line %d of a paste 日本語 "+strings.Repeat("x", 70)+"\n", i)
	}
	for name, text := range map[string]string{
		"5,000 lines": many.String(),
		"one line":    strings.Repeat("word ", 100_000),
		"tabs":        strings.Repeat("\tindented\n", 50),
	} {
		path := t.TempDir() + "/juxta.db"
		synctest.Test(t, func(t *testing.T) {
			x := show(t, 100, 24, bench(t, path, []string{"script:echo=1"}))
			x.press("before ")
			screen := x.paste(text)
			want(t, screen, `before \[Pasted text #1: \d+ lines?\]`)
			x.press(" after")
			x.press("enter")
			x.after(3 * time.Second)
			x.whole()
			x.quit()
		})
		_, as := answers(t, path)
		if got, want := as[0].Text, "user: before "+text+" after\n"; got != want {
			t.Errorf("%s: %d bytes were sent, not %d", name, len(got), len(want))
		}
	}
}

func TestAShortPasteStaysText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 24, bench(t, "", []string{"script:echo=1"}))
		x.paste("first line\r\nsecond line\rthird")
		if got := x.typed(); got != "first line\nsecond line\nthird" {
			t.Errorf("the paste became %q", got)
		}
		want(t, x.press("enter"), "user: first line", "second line")
		x.quit()
	})
}

func TestBackspaceTakesAPillAwayWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 24, bench(t, "", []string{"script:echo=1"}))
		x.press("see ")
		x.paste(strings.Repeat("a line\n", 40))
		x.press("backspace")
		if got := x.typed(); got != "see " {
			t.Errorf("left: %q", got)
		}
		x.press("backspace")
		if got := x.typed(); got != "see" {
			t.Errorf("then: %q", got)
		}
		x.quit()
	})
}

// Pills go where the cursor is, and one that was deleted is not sent.
func TestPillsAreWhatTheyStandFor(t *testing.T) {
	one, two := strings.Repeat("one\n", 20), strings.Repeat("two\n", 20)
	c := newComposer(newModel(t.Context(), Options{}).look.theme)
	c.resize(80, 10)
	c.insert(one)
	c.insert(" and ")
	c.insert(two)
	if got, want := c.text(), one+" and "+two; got != want {
		t.Errorf("%q", got)
	}
	c.set("")
	c.insert(pill(2, "x"))
	if got := c.text(); got != pill(2, "x") {
		t.Errorf("typed text that looks like a pill became %q", got)
	}
	// A recalled question with a long paste is a pill again and the same text.
	c.set("")
	c.insert("look: ")
	c.insert(one)
	sent := c.take().text
	if !c.recallBy(-1) || c.text() != sent {
		t.Errorf("recalled %q, sent %q", c.text(), sent)
	}
}

func TestAPasteNeverActsOnTheTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 100, 24, bench(t, "", []string{"script:echo=1"}))
		evil := "a\x1b[31mred\x1b]52;c;b3duZWQ=\x07 \u202eevil\u2066 \u009b2J \x1bPq\x1b\\ \u200b"
		x.paste(evil)
		x.press("enter")
		x.after(time.Second)
		x.paste(evil + strings.Repeat("\n"+evil, 30))
		x.press("enter")
		x.after(time.Second)
		for _, r := range "\u202ex\u2066\u200by\u009b31m\ufeffz" { // as pasted by a terminal that does not bracket
			x.press(string(r))
		}
		x.press("enter", "f1", "\u202e", "\u2066x")
		x.paste(evil)
		x.press("esc", "tab", "S")
		x.paste(evil)
		x.press("enter")
		x.inert()
		x.whole()
		x.quit()
	})
}

func TestWhatWasMadeOfAnEarlierQuestionComesBackToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"script:say=yes"}))
		x.ask("first", time.Second)
		x.ask("second", time.Second)
		x.press("a draft", "up", " changed", "up", " too", "down")
		if got := x.typed(); got != "second changed" {
			t.Errorf("the second question as it was changed: %q", got)
		}
		x.press("up")
		if got := x.typed(); got != "first too" {
			t.Errorf("the first: %q", got)
		}
		x.press("down", "down")
		if got := x.typed(); got != "a draft" {
			t.Errorf("the draft: %q", got)
		}
		// Asking one of them loses none of the others.
		x.press("up")
		x.press("enter")
		x.after(time.Second)
		var all []string
		for range 5 {
			x.press("up")
			all = append(all, x.typed())
		}
		if got := strings.Join(all, "|"); got != "second changed|a draft|first too|second|first" {
			t.Errorf("behind up: %s", got)
		}
		x.quit()
	})
}
