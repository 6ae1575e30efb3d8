package tui

import (
	"strings"
	"unicode"

	"juxta/sessions"
	"juxta/sessions/plain"
	"juxta/ui/markdown"
)

// A needle is what is looked for: in both cases, unless it has a capital.
type needle struct {
	runes []rune // none finds nothing
	exact bool
}

func newNeedle(query string) *needle {
	n := &needle{exact: strings.ContainsFunc(query, unicode.IsUpper)}
	n.runes = []rune(n.fold(query))
	return n
}

// fold is text as it is compared.
func (n *needle) fold(text string) string {
	if n.exact {
		return text
	}
	return strings.Map(unicode.ToLower, text)
}

// A hay is a text that is looked through: as it is read on the screen, without
// the marks of Markdown and with each line whole.
type hay struct {
	turn  int // its ID
	place int // of the pane that shows it, from 0; -1 for the question
	text  string
	lower string
}

// count is how often n stands in the text.
func (h *hay) count(n *needle) int {
	if len(n.runes) == 0 {
		return 0
	}
	text := h.lower
	if n.exact {
		text = h.text
	}
	return strings.Count(text, string(n.runes))
}

// A speech is a text of a turn before it is made a hay, which takes a while.
type speech struct {
	turn, place int
	text        string // as it was received
}

func (s speech) hay() hay {
	h := hay{turn: s.turn, place: s.place, text: plain.Text(s.text)}
	if s.place >= 0 {
		h.text = markdown.Flat(h.text)
	}
	h.lower = strings.Map(unicode.ToLower, h.text)
	return h
}

// haysOf are the hays of speeches, in their order: those that are known, and fresh
// ones of the others.
func haysOf(all []speech, known map[speech]hay) (hays []hay, fresh map[speech]hay) {
	hays, fresh = make([]hay, len(all)), map[speech]hay{}
	for i, s := range all {
		h, ok := known[s]
		if !ok {
			h = s.hay()
			fresh[s] = h
		}
		hays[i] = h
	}
	return hays, fresh
}

// speeches are the question and the answers of a turn as it may be shown, in the
// order of the panes, which show the given columns. seats are those of a hidden
// turn.
func speeches(t *sessions.Turn, columns, seats []int) []speech {
	all := []speech{{t.ID, -1, strings.TrimRight(t.Text, "\n")}}
	for place, id := range columns {
		if seats != nil {
			id = 0
			if place < len(seats) {
				id = seats[place]
			}
		}
		if a, ok := t.Answer(id); ok && a.Text+a.Refusal != "" {
			all = append(all, speech{t.ID, place, a.Text + a.Refusal})
		}
	}
	return all
}

// Finds are where a needle stands, in the order of reading.
type finds struct {
	in    []stack
	total int
}

// A stack is a hay with the needle in it.
type stack struct {
	turn, place int
	before, n   int // how often it stands before this, and in it
}

func (f *finds) look(n *needle, hays []hay) {
	for i := range hays {
		if k := hays[i].count(n); k > 0 {
			f.in = append(f.in, stack{hays[i].turn, hays[i].place, f.total, k})
			f.total += k
		}
	}
}

// at is the place with the number i, from 0, and which one it is there.
func (f *finds) at(i int) (s stack, nth int) {
	lo, hi := 0, len(f.in)-1
	for lo < hi {
		if mid := (lo + hi + 1) / 2; f.in[mid].before <= i {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return f.in[lo], i - f.in[lo].before
}

// from is the number of the first place in a turn or after it; the first of all
// if there is none.
func (f *finds) from(turn int) int {
	for _, s := range f.in {
		if s.turn >= turn {
			return s.before
		}
	}
	return 0
}
