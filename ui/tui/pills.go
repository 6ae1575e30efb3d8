package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"juxta/prompts"
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
