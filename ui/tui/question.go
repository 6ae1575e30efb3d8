package tui

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// question is what is sent: the text without the labels at its ends, those in
// the middle of a sentence numbered as the model counts what it gets, and long
// pastes unfolded. "Compare [Image #1] with [Image #2]" would be no sentence
// without its last label and "[Image #1] or [Image #2]?" none without its first,
// so those stay.
func (c *composer) question() string {
	text := c.area.Value()
	var spans []span
	for _, s := range c.spans(text) {
		if s.file != nil {
			spans = append(spans, s)
		}
	}
	first, last := 0, len(spans) // spans[first:last] stay
	for at := 0; first < last && strings.TrimSpace(text[at:spans[first].from]) == ""; first++ {
		at = spans[first].to
	}
	for to := len(text); last > first && strings.TrimSpace(text[spans[last-1].to:to]) == ""; last-- {
		to = spans[last-1].from
	}
	if last > 0 && last < len(spans) && goesOn(text[spans[last-1].to:spans[last].from]) {
		last = len(spans)
		if first > 0 && !strings.Contains(text[spans[first-1].to:], "\n") {
			first = 0
		}
	}
	if 0 < first && first < last && begins(text[spans[first-1].to:spans[first].from]) {
		first = 0
	}
	from, to := 0, len(text)
	if first > 0 {
		from = spans[first-1].to
	}
	if last < len(spans) {
		to = spans[last].from
	}
	var b strings.Builder
	done := from
	for _, s := range spans[first:last] {
		b.WriteString(text[done:s.from] + label(s.file.kind(), c.position(s.file)))
		done = s.to
	}
	if done < to {
		b.WriteString(text[done:to])
	}
	s := b.String()
	if from > 0 {
		s = strings.TrimLeft(s, " \n")
	}
	if n := len(spans); n > 0 && strings.TrimSpace(text[spans[n-1].to:]) == "" {
		s = strings.TrimRight(s, " \n")
	}
	return c.unfold(s)
}

// goesOn reports whether a sentence that words end in is not over.
func goesOn(words string) bool {
	words = strings.TrimRight(words, " ")
	r, _ := utf8.DecodeLastRuneInString(words)
	return words != "" && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == ',' || r == ':')
}

// begins reports whether words go on with a sentence that a label began.
func begins(words string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(words, " "))
	return unicode.IsLower(r) || r == ',' || r == ':'
}

// position is a file's place among those of its kind, from 1.
func (c *composer) position(f *attached) int {
	n := 0
	for _, g := range c.order {
		if g.kind() == f.kind() {
			n++
		}
		if g == f {
			break
		}
	}
	return n
}
