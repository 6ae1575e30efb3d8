package tui

import (
	"cmp"
	"fmt"
	"strings"
)

// answersBeside is the width from which two answers stand beside each other in a
// booth; on a narrower screen there is one of them, and tab shows the other.
const answersBeside = 2 * minPane

// view is the booth in w×h cells.
func (b *booth) view(w, h int) string {
	if b.w != w || b.h != h {
		b.w, b.h = w, h
		b.top = b.within(b.top)
	}
	lines := []string{b.header()}
	switch b.page {
	case boothPair:
		lines = append(lines, b.asking()...)
		lines = append(lines, b.answers()...)
	case boothQuestion:
		lines = append(lines, b.part(b.question(), h-2)...)
	default:
		lines = append(lines, b.part(b.pageLines(), h-2)...)
	}
	for len(lines) < h-1 {
		lines = append(lines, "")
	}
	lines = append(lines[:max(h-1, 0)], b.foot())
	return b.look.crop(strings.Join(lines, "\n"), w, h)
}

// header is the first line: how far the voter has come, and who that is.
func (b *booth) header() string {
	th := b.look.theme
	left := " " + th.Accent.Bold(true).Render("juxta") + th.Muted.Render(" · ") + "blind voting"
	if b.poll == nil {
		return b.look.fit(left, b.w)
	}
	if b.poll.Voter != "" {
		left += th.Muted.Render(" · " + b.voter())
	}
	p := b.poll.Progress()
	done, all := p.Voted+p.Looked, p.Pairs+p.Looks
	right := fmt.Sprintf("%d of %d voted", done, all)
	if b.page == boothPair || b.page == boothQuestion {
		right = fmt.Sprintf("%s %d of %d", gaugeOf(done, all, 10), done+1, all)
	}
	return b.look.spread(left, th.Muted.Render(right+" · "+b.look.keys.nameIn(inBooth, "commands")+" help "), b.w)
}

// gaugeOf is a share as a bar of so many cells.
func gaugeOf(n, of, cells int) string {
	full := 0
	if of > 0 {
		full = n * cells / of
	}
	return strings.Repeat("━", full) + strings.Repeat("─", cells-full)
}

// question is all of the question, and what was attached to it.
func (b *booth) question() []string {
	th := b.look.theme
	var lines []string
	for i, l := range b.look.wrap(b.cells[0].question, max(b.w-4, 1)) {
		mark := "  "
		if i == 0 {
			mark = "❯ "
		}
		lines = append(lines, " "+th.Prompt.Render(mark)+th.Title.Render(l))
	}
	for i := range b.paper.Turn.Files {
		lines = append(lines, th.Muted.Render("   "+fileWords(&b.paper.Turn.Files[i], b.look, max(b.w/2, 8))))
	}
	return lines
}

// asking is the question above the answers, as much as there is room for.
func (b *booth) asking() []string {
	lines := b.question()
	most := max(min(longQuestion, b.h/5), 1)
	if len(lines) > most {
		rest := fmt.Sprintf("   … %d lines in all, %s shows them", len(lines), b.look.keys.nameIn(inBooth, "whole_question"))
		lines = append(lines[:most-1:most-1], b.look.theme.Faint.Render(rest))
	}
	for i, l := range lines {
		lines[i] = b.look.cut(l, b.w)
	}
	return lines
}

// widths are those of the two boxes; the second is 0 where only one is shown.
func (b *booth) widths() (left, right int) {
	if b.w < answersBeside {
		return b.w, 0
	}
	return b.w / 2, b.w - b.w/2
}

// texts are the lines of the answers in view, and their widths.
func (b *booth) texts() (texts [2][]string) {
	left, right := b.widths()
	for i, w := range []int{left - 3, right - 3} {
		if right == 0 && i != 0 || b.cells[0] == nil {
			continue
		}
		c := b.cells[i]
		if right == 0 {
			c = b.cells[b.side]
		}
		w = max(w, 1)
		c.lay(w, b.look)
		texts[i] = append(append(texts[i], c.doc.Rows(w, 0, c.doc.Height(w))...), c.foot...)
	}
	return texts
}

// answers are the boxes with the two answers.
func (b *booth) answers() []string {
	th := b.look.theme
	left, right := b.widths()
	texts := b.texts()
	line := func(s string) string { return th.Border.Render(s) }
	title := func(corner string, seat, w int) string {
		name := seated(seat)
		if right == 0 {
			name += " · tab shows the other"
		}
		name = b.look.cut(name, max(w-5, 1))
		return line(corner+"─ ") + th.Title.Render(name) + line(" "+strings.Repeat("─", max(w-4-b.look.width(name), 0)))
	}
	rows := b.body()
	lines := make([]string, 0, rows+2)
	if right == 0 {
		lines = append(lines, b.look.cut(title("╭", b.side+1, left), left))
	} else {
		lines = append(lines, title("╭", 1, left)+title("┬", 2, right))
	}
	for i := range rows {
		l := line("│") + " " + b.look.fit(at(texts[0], b.top+i), max(left-3, 1)) + " "
		if right > 0 {
			l += line("│") + " " + at(texts[1], b.top+i)
		}
		lines = append(lines, l)
	}
	where := b.where(max(len(texts[0]), len(texts[1])), rows)
	bottom := strings.Repeat("─", max(left-1, 0))
	if right > 0 {
		bottom += "┴" + strings.Repeat("─", right-1)
	}
	if n := b.look.width(where); n > 0 && b.w > n+8 {
		bottom = string([]rune(bottom)[:b.w-n-5]) + " " + where + " ──"
	}
	return append(lines, line("╰"+bottom))
}

// where says how much of so many lines is below those in view; "" for nothing.
func (b *booth) where(all, rows int) string {
	switch below := all - b.top - rows; {
	case below > 0:
		return fmt.Sprintf("%d more lines ↓", below)
	case b.top > 0:
		return "end"
	}
	return ""
}

// part is what is in view of lines that take all the width.
func (b *booth) part(lines []string, rows int) []string {
	var out []string
	for i := range max(rows, 0) {
		out = append(out, b.look.cut(at(lines, b.top+i), b.w))
	}
	return out
}

// body is how many lines scroll.
func (b *booth) body() int {
	if b.page != boothPair {
		return max(b.h-2, 1)
	}
	return max(b.h-2-len(b.asking())-2, 1)
}

// within is a first line that leaves none empty below the last one.
func (b *booth) within(top int) int {
	all := 0
	switch b.page {
	case boothPair:
		texts := b.texts()
		all = max(len(texts[0]), len(texts[1]))
	case boothQuestion:
		all = len(b.question())
	default:
		all = len(b.pageLines())
	}
	return max(0, min(top, all-b.body()))
}

func (b *booth) scroll(by int) { b.top = b.within(b.top + by) }

// foot is the last line: what became of the last key, or the keys.
func (b *booth) foot() string {
	th, keys := b.look.theme, b.look.keys
	switch {
	case b.said != "" && b.bad:
		return th.Warn.Render(b.look.fit(" "+b.said, b.w))
	case b.said != "" && b.w < 60:
		return th.Accent.Render(b.look.fit(" "+b.said, b.w))
	}
	room := b.w // for the keys
	if b.said != "" {
		room -= b.look.width(b.said) + 3
	}
	back := [2]string{keys.nameIn(inBooth, "back"), "stops"}
	var hints [][2]string
	switch b.page {
	case boothPair:
		for _, c := range keys.commands {
			if c.scope == inBooth {
				if names, what := keys.short(inBooth, c); names != "" {
					if b.poll.Pass {
						what = cmp.Or(map[string]string{"better": "alone passes", "alike": "both pass", "both bad": "none passes"}[what], what)
					}
					hints = append(hints, [2]string{names, what})
				}
			}
		}
		back[1] = "stop"
		if texts := b.texts(); b.where(max(len(texts[0]), len(texts[1])), b.body()) != "" {
			hints = append(hints, [2]string{"j k", "scroll"})
		}
	case boothQuestion:
		back[1] = "shows the answers"
	case boothEntry:
		hints = [][2]string{{"enter", "begins"}}
		if b.poll.Known() > 0 {
			hints = [][2]string{{"n", "begins blind"}, {"y", "openly"}}
		}
	case boothResult, boothOver:
		back[1] = "ends"
	}
	if b.page != boothPair && len(b.pageLines()) > b.body() && b.page != boothQuestion {
		hints = append(hints, [2]string{"j k", "scroll"})
	}
	s, last := " ", th.KeyHint.Render(back[0])+th.Faint.Render(" "+back[1])
	for _, k := range hints {
		if next := s + th.KeyHint.Render(k[0]) + th.Faint.Render(" "+k[1]) + "  "; b.look.width(next)+b.look.width(last) <= room {
			s = next
		}
	}
	s += last
	if b.said == "" {
		return b.look.fit(s, b.w)
	}
	return b.look.spread(s, th.Accent.Render(b.said)+" ", b.w)
}

// voter is who votes, in one harmless line.
func (b *booth) voter() string { return b.look.cut(plainName(b.poll.Voter), 30) }
