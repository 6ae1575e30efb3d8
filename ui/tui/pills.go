package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"juxta/prompts"
	"juxta/sessions"
)

// A span is where a pill stands in the composer's text, in bytes.
type span struct {
	from, to int
	file     *attached // nil for a long paste
}

// kindWord is what a kind of file is called on its pill.
func kindWord(k prompts.Kind) string {
	switch k {
	case prompts.Picture:
		return "Image"
	case prompts.Document:
		return "PDF"
	case prompts.Sound:
		return "Sound"
	}
	return "File"
}

func label(k prompts.Kind, n int) string { return "[" + kindWord(k) + " #" + strconv.Itoa(n) + "]" }

// spans are the pills that stand in text, from left to right. A label that
// stands there twice has two.
func (c *composer) spans(text string) []span {
	var all []span
	find := func(label string, f *attached, most int) {
		for at := 0; most > 0; most-- {
			i := strings.Index(text[at:], label)
			if i < 0 {
				return
			}
			all = append(all, span{at + i, at + i + len(label), f})
			at += i + len(label)
		}
	}
	for _, f := range c.files {
		if f.err == nil {
			find(f.label, f, len(text))
		}
	}
	for i, s := range c.pastes {
		find(pill(i+1, s), nil, 1)
	}
	slices.SortFunc(all, func(a, b span) int { return a.from - b.from })
	return all
}

// changed takes in that the text is another: a file is attached as long as its
// label stands there.
func (c *composer) changed() {
	c.stale = true
	if len(c.files) == 0 {
		c.order = nil
		return
	}
	c.order = nil // a new one each time: whoever has the old may still look at it
	for _, s := range c.spans(c.area.Value()) {
		if s.file != nil && !slices.Contains(c.order, s.file) {
			c.order = append(c.order, s.file)
		}
	}
}

// enlist gives a file its number and label, without putting that in the text.
func (c *composer) enlist(f *attached) {
	for _, old := range c.files {
		f.number = max(f.number, old.number)
	}
	f.number++
	f.label = label(f.kind(), f.number)
	c.files = append(c.files, f)
}

// attach puts a file's label where the cursor is, apart from the words around
// it.
func (c *composer) attach(f *attached) {
	c.enlist(f)
	text, at := c.area.Value(), c.cursor()
	s := f.label
	if at > 0 && !strings.ContainsAny(text[at-1:at], " \n") {
		s = " " + s
	}
	if at == len(text) || text[at] != ' ' {
		s += " "
	}
	c.area.InsertString(s)
	c.changed()
}

// drop takes a file's label out of the text, with the space that came with it,
// and puts words there instead if there are any.
func (c *composer) drop(f *attached, words string) {
	text, at := c.area.Value(), c.cursor()
	for _, s := range slices.Backward(c.spans(text)) {
		if s.file != f {
			continue
		}
		to := s.to
		if words == "" && to < len(text) && text[to] == ' ' {
			to++
		}
		text = text[:s.from] + words + text[to:]
		switch {
		case at >= to:
			at += len(words) - (to - s.from)
		case at > s.from:
			at = s.from
		}
	}
	c.place(text, at)
}

// relabel follows what a file turned out to be, once somebody looked.
func (c *composer) relabel(f *attached) {
	old, now := f.label, label(f.kind(), f.number)
	if old == now {
		return
	}
	text, at := c.area.Value(), c.cursor()
	at += strings.Count(text[:at], old) * (len(now) - len(old))
	text = strings.ReplaceAll(text, old, now)
	c.killed = strings.ReplaceAll(c.killed, old, now)
	f.label = now
	c.place(text, at)
}

// shift moves a file among the others by places to the right: labels change
// places, and the words between them stay.
func (c *composer) shift(f *attached, by int) {
	from := slices.Index(c.order, f)
	to := min(max(from+by, 0), len(c.order)-1)
	if from < 0 || from == to {
		return
	}
	next := slices.Insert(slices.Delete(slices.Clone(c.order), from, from+1), to, f)
	text, done := c.area.Value(), 0
	var b strings.Builder
	var seen []*attached
	for _, s := range c.spans(text) {
		if s.file == nil || slices.Contains(seen, s.file) {
			continue
		}
		b.WriteString(text[done:s.from] + next[len(seen)].label)
		seen, done = append(seen, s.file), s.to
	}
	at := c.cursor()
	c.place(b.String()+text[done:], at)
}

// cursor is where the cursor is in the text, in bytes.
func (c *composer) cursor() int {
	text, at := c.area.Value(), 0
	for range c.area.Line() {
		at += strings.IndexByte(text[at:], '\n') + 1
	}
	for range c.area.Column() {
		if at >= len(text) || text[at] == '\n' {
			break
		}
		for at++; at < len(text) && text[at]&0xc0 == 0x80; at++ {
		}
	}
	return at
}

// place replaces the text and puts the cursor at a byte of it.
func (c *composer) place(text string, at int) {
	at = min(max(at, 0), len(text))
	for at > 0 && at < len(text) && text[at]&0xc0 == 0x80 {
		at--
	}
	c.area.SetValue(text[at:])
	c.area.MoveToBegin()
	c.area.InsertString(text[:at])
	c.changed()
}

// mend keeps pills whole after a key: whoever deletes a part of one deletes it,
// what is typed inside of one stands behind it, and the cursor is never inside
// of one, or its label would be words that are sent. It returns what was cut.
func (c *composer) mend(before string, from int, key string) (cut string) {
	after, at := c.area.Value(), c.cursor()
	spans := c.spans(before)
	if before == after {
		if !c.area.HasSelection() {
			c.step(spans, after, from, at)
		}
		return ""
	}
	i, j := stretch(before, after, at) // before[i:j] was replaced
	put := after[i : len(after)-(len(before)-j)]
	if key == "backspace" && j-i == 1 && before[i:j] == " " && put == "" { // the space that came with a pill
		for _, s := range spans {
			if s.file != nil && s.to == i {
				i = s.from // goes with it
			}
		}
	}
	typed := i == j
	from, to := i, j
	for _, s := range spans {
		switch {
		case s.to <= i || s.from >= j:
		case typed:
			from, to = s.to, s.to
		default:
			from, to = min(from, s.from), max(to, s.to)
		}
	}
	if from != i || to != j || after != before[:from]+put+before[to:] {
		if strings.EqualFold(put, before[i:j]) { // a word's letters, not a pill's
			c.place(before, at)
			return ""
		}
		c.place(before[:from]+put+before[to:], from+len(put))
	}
	if len(put) > 0 {
		return ""
	}
	return before[from:to]
}

// step takes the cursor out of a pill in the direction in which it goes.
func (c *composer) step(spans []span, text string, from, at int) {
	for _, s := range spans {
		switch {
		case at <= s.from || at >= s.to:
		case at < from:
			c.place(text, s.from)
		default:
			c.place(text, s.to)
		}
	}
}

// stretch is what of before is not in after any more, before[i:j], if the cursor
// is at a byte of after: what was typed is before it, what was deleted was there.
func stretch(before, after string, at int) (i, j int) {
	j = max(len(before)-(len(after)-at), 0)
	for i < j && i < at && before[i] == after[i] {
		i++
	}
	for i > 0 && i < len(before) && before[i]&0xc0 == 0x80 {
		i-- // both sides of the cut begin with the same bytes
	}
	return i, j
}

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

// unfold puts long pastes in the place of their pills.
func (c *composer) unfold(s string) string {
	for i := len(c.pastes); i > 0; i-- { // from the last, so that a pill inside a paste stays text
		s = strings.Replace(s, pill(i, c.pastes[i-1]), c.pastes[i-1], 1)
	}
	return s
}

func pill(n int, s string) string {
	return fmt.Sprintf("[Pasted text #%d: %d lines]", n, strings.Count(s, "\n")+1)
}

// keep lets go of the bytes of files that were sent: the bench has them, should
// the question be recalled.
func (d *draft) keep(sent []sessions.Attachment) {
	if len(sent) != len(d.files) {
		return
	}
	light := make([]*attached, len(sent))
	for i, f := range d.files {
		light[i] = &attached{number: f.number, label: f.label, kept: &sent[i]}
	}
	d.files = light
}

// recalled is the draft of a question that was asked before: labels in its
// sentences are those of its files again, and the others' stand where they were
// left out.
func recalled(t *sessions.Turn) *draft {
	d := &draft{text: t.Text, using: usingOf(t)}
	var old, now []string
	var first, last []string // labels before and after the text
	counts := map[prompts.Kind]int{}
	for i := range t.Files {
		f := &attached{number: i + 1, kept: &t.Files[i]}
		f.label = label(f.kind(), f.number)
		counts[f.kind()]++
		was := label(f.kind(), counts[f.kind()])
		d.files = append(d.files, f)
		switch {
		case strings.Contains(t.Text, was):
			old, now = append(old, was), append(now, f.label)
			first, last = append(first, last...), nil // they came before it
		default:
			last = append(last, f.label)
		}
	}
	if len(d.files) == 0 {
		return d
	}
	if len(old) == 0 { // as they are attached: before what is said of them
		first, last = last, nil
	}
	swaps := make([]string, 0, 2*len(old))
	for i := range old {
		swaps = append(swaps, old[i], now[i])
	}
	d.text = strings.Join(append(append(first, strings.NewReplacer(swaps...).Replace(t.Text)), last...), " ")
	return d
}
