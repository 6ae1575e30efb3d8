package tui

import (
	"context"
	"encoding/base64"
	"iter"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

// copied is what went to the clipboard last; "" if nothing did.
func (x *terminal) copied() string {
	x.t.Helper()
	m := regexp.MustCompile(`\x1b\]52;c;([^\x07]*)\x07`).FindAllStringSubmatch(x.bytes(), -1)
	if m == nil {
		return ""
	}
	text, err := base64.StdEncoding.DecodeString(m[len(m)-1][1])
	if err != nil {
		x.t.Fatal(err)
	}
	return string(text)
}

func TestABlockOfCodeIsCopiedAndOfSeveralTheChosenOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := double{name: "one", stream: saying("Do:\n```sh\nmake\n\tall\n```\nand be done.")}
		two := double{name: "two", stream: saying("```go\nfunc f() {}\n```\nor\n```py\ndef f():\n    pass\n```\n")}
		x := show(t, 80, 24, bench(t, "", []string{"one/m", "two/m", "script:say=none"}, one, two))
		want(t, x.press("tab", "C"), "no answer to copy")
		x.press("i")
		x.ask("question", time.Second)
		want(t, x.press("tab", "C"), "copied the code")
		if got := x.copied(); got != "make\n\tall" {
			t.Errorf("copied %q", got)
		}
		want(t, x.press("l", "C"), "Copy code", `▸ 1  func f\(\) {} +go +1 line`, `2  def f\(\): +py +2 lines`)
		want(t, x.press("down", "enter"), "copied the code")
		if got := x.copied(); got != "def f():\n    pass" {
			t.Errorf("copied %q", got)
		}
		x.press("C", "esc")
		want(t, x.press("l", "C"), "no block of code")
		if n := sequences(x.bytes())["OSC 52"]; n != 2 {
			t.Errorf("copied %d times", n)
		}
		x.quit()
	})
}

func TestATurnIsCopiedAsMarkdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"script:ttft=1000,tps=2,say=First+answer.", "script:say=Second%1B[31m"}))
		want(t, x.press("tab", "Y"), "no turn to copy")
		x.press("i")
		x.press("one", "alt+enter", "two")
		x.press("enter")
		want(t, x.press("tab", "Y"), "answers are still coming")
		x.after(10 * time.Second)
		want(t, x.press("Y"), "copied the question and all answers")
		want(t, x.copied(),
			`(?s)^## Question 1\n\n> one\n> two\n\n\| Answer .*\n\| 1 · demo/script:\S* · simulated \|  \| 1\.00s \| .* tok/s \| 2 \| 4 \| unknown \|\n`,
			`(?s)\n### 1 · demo/script:ttft=1000,tps=2,say=First\+answer\. · simulated\n\n> First answer\.\n`,
			`(?s)\n### 2 · demo/.*\n\n> Second␛\[31m\n`)
		x.quit()
	})
}

func TestATurnThatIsHiddenIsCopiedWithoutWhoSaidWhat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, "", []string{"script:say=I+am+Claude+the+first.", "script:ttft=3000,say=I+am+Claude+the+second."})
		b.Blindly(true)
		x := show(t, 120, 30, b)
		x.ask("who?", time.Second)
		if x.press("tab", "Y"); x.copied() != "" {
			t.Errorf("before all are complete: %q", x.copied())
		}
		x.after(10 * time.Second)
		want(t, x.press("Y"), "without what is blind")
		got := x.copied()
		want(t, got, "(?s)^> who\\?\n\n### Answer 1\n.*I am ▒▒▒ the .*### Answer 2\n.*I am ▒▒▒ the ")
		lacks(t, got, "script|demo|Claude|tok|first 0|first 3|free|simulated")
		x.press("1", "enter", "Y")
		want(t, x.copied(), "demo/script", "Claude", "3\\.00s", "Blind vote: ")
		x.quit()
	})
}

func TestCopyingTellsInTheStatusLineOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := show(t, 80, 24, bench(t, "", []string{"script:say=words"}))
		x.ask("question", time.Second)
		before := x.press("tab")
		after := x.press("Y")
		cut := func(s string) string { return s[:strings.LastIndex(s, "\n")] }
		if cut(before) != cut(after) {
			t.Errorf("the screen changed:\n%s", after)
		}
		x.quit()
	})
}

func TestWordsThatDeclineAreAnAnswerToCopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		no := double{name: "no", stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
			return func(yield func(providers.Event, error) bool) {
				_ = yield(providers.Sent{At: time.Now()}, nil) && yield(providers.Refusal{At: time.Now(), Text: "I would rather not."}, nil) &&
					yield(providers.Stop{At: time.Now(), Reason: providers.Refused}, nil)
			}
		}}
		x := show(t, 80, 24, bench(t, "", []string{"no/m"}, no))
		x.ask("question", time.Second)
		want(t, x.press("tab", "c"), "I would rather not", "copied the answer")
		if got := x.copied(); got != "I would rather not." {
			t.Errorf("copied %q", got)
		}
		x.quit()
	})
}
