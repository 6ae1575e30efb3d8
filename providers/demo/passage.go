package demo

import (
	"fmt"
	"strings"
)

// thought is what think=N repeats.
const thought = "Let me take this one step at a time, and check each step before the next. "

// passages are the texts that a script can ask for, besides long. None is
// empty.
var passages = map[string]string{
	"plain": "This is a simulated answer in plain words. It has a few sentences of ordinary length, " +
		"so that lines wrap and a pane fills. Nothing in it depends on the question.",
	"md": markdown,
	"cjk": "这是一个模拟的回答，用来检查宽字符的排版。每个汉字占两列，所以换行的位置很重要。\n" +
		"これは模擬の回答です。全角の文字は二桁の幅を取ります。\n" +
		"이것은 모의 답변입니다. 한글도 두 칸을 차지합니다.",
	"emoji": "Faces 😀😅🙃, families 👨‍👩‍👧‍👦 👩🏽‍🚀, flags 🇩🇪🇯🇵, keycaps 1️⃣ #️⃣, hearts ❤️ ❤, " +
		"skin tones 👍🏻👍🏿, combining é ñ ạ̈, and text right after🎉them.",
	"hostile": hostile,
}

const markdown = `## A simulated answer

Some *emphasis*, some **weight**, some ` + "`code`" + ` and a [link](https://example.com/page).

1. First, a numbered item.
2. Then another, with a nested list:
   - one level down
   - and its neighbour

| model | first token | cost |
|:------|------------:|-----:|
| small |      180 ms |   $0 |
| large |      700 ms |   $0 |

` + "```go\nfunc add(a, b int) int {\n\treturn a + b // no surprises\n}\n```" + `

> A quotation, to end with.
`

// hostile holds what model output must never do to a terminal, a page or a
// sheet. The words around each attempt name it, so that a screen test can see
// that only the attempt is gone.
const hostile = "colour \x1b[31mred\x1b[0m, clear \x1b[2J\x1b[H, title \x1b]0;owned\x07, " +
	"clipboard \x1b]52;c;b3duZWQ=\x07 and \x1b]52;c;b3duZWQ=\x1b\\, link \x1b]8;;https://evil.example\x1b\\text\x1b]8;;\x1b\\, " +
	"device \x1bP1$r0m\x1b\\, application \x1b_Gi=1;AAAA\x1b\\, private \x1b^x\x1b\\, string \x1bXx\x1b\\, " +
	"C1 \u009b31m and \u009d52;c;b3duZWQ=\u009c, raw C1 \x9b31m, report \x1b[6n, reset \x1bc, " +
	"bell \x07, backspace abc\b\b\bxyz, return over\rwrite, null \x00, delete \x7f, tab\tstop, " +
	"invalid \xff\xfe \xc0\xaf \xed\xa0\x80 \xf0\x9f\x98, " +
	"bidi \u202eevil\u202c \u2066isolate\u2069 \u200fmark, zero width a\u200bb\u200dc\ufeffd\u2060e, tag \U000e0041, " +
	"line\u2028separator\u2029here, variation \ufe0f, " +
	"page <script>alert(1)</script><img src=x onerror=alert(1)>, [click](javascript:alert(1)), ![pixel](https://evil.example/p.png),\n" +
	"=cmd|'/c calc'!A1\n" +
	"open \x1b]52;c;" // never ended: what follows must still be seen

// long is numbered paragraphs of at least n tokens, so that a reader sees where
// in the answer the screen stands.
func long(n int) string {
	var b strings.Builder
	for i := 1; b.Len() < 4*n; i++ {
		fmt.Fprintf(&b, "Paragraph %d. %s\n\n", i, passages["plain"])
	}
	return b.String()
}
