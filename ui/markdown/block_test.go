package markdown

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// Each case is Markdown as models write it, and its rows at width 40.
func TestBlocks(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{
			"code between items stands apart", "1. Install:\n```sh\nnpm i\n```\n2. Run",
			"1. Install:||─ sh|  npm i||2. Run",
		},
		{
			"code in an item need not be indented", "1. Run:\n   ```sh\nnpm start\n   ```\n2. Done",
			"1. Run:|   ─ sh|     npm start|2. Done",
		},
		{"two columns of indent nest under a number", "10. a\n  - b\n    - c\n11. d", "10. a|    • b|      ◦ c|11. d"},
		{"so do three", "10. a\n   - b\n     - c\n   - d\n     e", "10. a|    • b|      ◦ c|    • d|      e"},
		{"and siblings stay siblings", "10. a\n  - b\n  - c\n\n    text", "10. a|    • b|    • c||      text"},
		{"numbers count on", "1. a\n1. b\n5. c\n\nx\n\n1. d", "1. a|2. b|5. c||x||1. d"},
		{"the two kinds of numbers are two lists", "1) a\n2) b\n1. c", "1) a|2) b|1. c"},
		{"an item without content", "-\n- x", "•|• x"},
		{"tasks", "- [ ] t\n- [X] u\n- [link](x)", "[ ] t|[x] u|• link (x)"},
		{"lazy lines go on", "> quote\nlazy\n\n- item\nlazy", "│ quote|│ lazy||• item|  lazy"},
		{"a short line was ended on purpose", "one\ntwo", "one|two"},
		{
			"a long line was broken by habit", "This line is one of those that were broken at some width.....\nnot here",
			"This line is one of those that were|broken at some width..... not here",
		},
		{"a backslash breaks, but not at the end", "one\\\ntwo\\", `one|two\`},
		{"rules and headings under a line", "a\n===\nb\n---\nc\n\n---", "a||b|c||" + strings.Repeat("─", 40)},
		{"no heading without a space", "#tag\n# Head #", "#tag||Head"},
		{"a fence in a longer fence", "````\n```\nx\n```\n````\ny", "  ```|  x|  ```||y"},
		{"a fence ends with its quote", "> ```\n> x\ny", "│   x||y"},
		{"a formula is no list", "\\[\n- a \\\\\n= b\n\\]\nx", `\[|- a \\|= b|\]|x`},
		{"a table ends without pipes", "|a|b|\n|-|-|\n|1|2|\ntext", "a │ b|──┼──|1 │ 2||text"},
		{"no cell is dropped", "|a|b|\n|-|-|\n|1|\n|1|2|3|", "a │ b|──┼────|1 │|1 │ 2|3"},
		{"a table after a line", "Look:\n|a|\n|-|", "Look:||a|─"},
		{"pipes are no table", "a | b\nc | d", "a | b|c | d"},
		{"HTML is text", "<details>\n<b>x</b>", "<details>|<b>x</b>"},
	} {
		rows := all(whole(c.src), 40)
		for i, r := range rows {
			rows[i] = strings.TrimRight(ansi.Strip(r), " ")
		}
		if got := strings.Join(rows, "|"); got != c.want {
			t.Errorf("%s:\n is  %s\nwant %s", c.name, got, c.want)
		}
	}
}
