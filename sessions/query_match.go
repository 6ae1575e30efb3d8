package sessions

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"juxta/prompts"
	"juxta/sessions/plain"
)

// A Mark is a piece of a text, in bytes.
type Mark struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// A matcher looks for phrases in texts, reading each text once however many
// phrases there are. It is used by one goroutine.
type matcher struct {
	phrases []phrase
	states  []uint64 // of each phrase, bit i: its first i+1 words end here
	scan    scan
	from    [mostPhrase]int // where the last words begin, by their number
}

func newMatcher(phrases []phrase) *matcher {
	return &matcher{phrases: phrases, states: make([]uint64, len(phrases))}
}

// all is a set of every phrase.
func (m *matcher) all() uint64 { return 1<<len(m.phrases) - 1 }

// find is which phrases a text has, as a set of bits. With marks it appends
// where.
func (m *matcher) find(text string, marks *[]Mark) (found uint64) {
	if len(m.phrases) == 0 {
		return 0
	}
	clear(m.states)
	m.scan.text, m.scan.at = text, 0
	for n := 0; m.scan.next(); n++ {
		m.from[n%mostPhrase] = m.scan.from
		for i, p := range m.phrases {
			state := m.states[i]
			if len(p) > 1 {
				state = state<<1 | 1
			} else {
				state = 1
			}
			for open := state & (1<<len(p) - 1); open != 0; open &= open - 1 {
				if at := bits.TrailingZeros64(open); !p[at].is(&m.scan) {
					state &^= 1 << at
				}
			}
			m.states[i] = state
			if state>>(len(p)-1)&1 == 0 {
				continue
			}
			if found |= 1 << i; marks != nil {
				*marks = append(*marks, Mark{m.from[(n-len(p)+1)%mostPhrase], m.scan.to})
			} else if found == m.all() {
				return found
			}
		}
	}
	return found
}

func (w *wanted) is(s *scan) bool {
	if w.lone != s.lone || len(s.word) < len(w.word) || string(s.word[:len(w.word)]) != w.word {
		return false
	}
	return w.prefix || len(s.word) == len(w.word)
}

// aroundMark is how many bytes of a text are shown before its first mark, and
// snippetLen how many in all, about.
const (
	aroundMark = 40
	snippetLen = 240
)

// snippet is the part of a text where the phrases are first found, on one line
// and safe for a screen, with what was found marked.
func (m *matcher) snippet(text string) (string, []Mark) {
	var marks []Mark
	m.find(text, &marks)
	from := 0
	if len(marks) > 0 {
		from = startOf(text, slices.MinFunc(marks, func(a, b Mark) int { return a.From - b.From }).From)
	}
	to := len(text)
	if to-from > snippetLen {
		to = from + snippetLen
		for !utf8.RuneStart(text[to]) {
			to--
		}
		if i := strings.LastIndexAny(text[from:to], " \n\t"); i > snippetLen/2 {
			to = from + i
		}
	}
	shown := plain.Line(text[from:to])
	if from > 0 {
		shown = "…" + shown
	}
	if to < len(text) {
		shown += "…"
	}
	marks = marks[:0]
	m.find(shown, &marks)
	return shown, merged(marks)
}

// startOf is where what is shown of a text begins, a little before the first
// mark and at a word.
func startOf(text string, mark int) int {
	from := mark - aroundMark
	if from <= 0 {
		return 0
	}
	for !utf8.RuneStart(text[from]) {
		from++
	}
	if i := strings.IndexAny(text[from:mark], " \n\t"); i >= 0 {
		return from + i + 1
	}
	return from
}

// merged are the marks in order, those that touch as one.
func merged(marks []Mark) []Mark {
	slices.SortFunc(marks, func(a, b Mark) int { return cmp.Or(a.From-b.From, a.To-b.To) })
	out := marks[:0]
	for _, m := range marks {
		if n := len(out); n > 0 && m.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, m.To)
			continue
		}
		out = append(out, m)
	}
	return out
}

// admits reports whether a session passes the filters that ask about it alone.
func (q *Query) admits(s *Session) bool {
	archived := func(f filter) bool { return f.key == "is" && f.value == "archived" }
	if !s.Binned.IsZero() || s.Archived && !slices.ContainsFunc(q.filters, archived) {
		return false
	}
	for i := range q.filters {
		if f := &q.filters[i]; f.ofTurn() {
			continue
		} else if f.admits(s) == f.not {
			return false
		}
	}
	return true
}

// ofTurn reports whether the filter asks about a turn.
func (f *filter) ofTurn() bool { return f.key == "vote" || f.key == "has" }

func (f *filter) admits(s *Session) bool {
	switch f.key {
	case "model":
		return slices.ContainsFunc(s.Columns, func(c Column) bool { return f.names(c.Model.String()) })
	case "tag":
		return slices.ContainsFunc(s.Tags, func(t string) bool { return folded(t) == f.value })
	case "is":
		return f.value == "pinned" && s.Pinned || f.value == "archived" && s.Archived
	case "after":
		return !s.Updated.Before(f.when)
	case "before":
		return s.Updated.Before(f.when)
	case "cost>":
		return len(s.Hidden) == 0 && s.Spent > f.money
	case "cost<":
		return len(s.Hidden) == 0 && s.Spent < f.money
	}
	return false
}

// names reports whether a model's name has the words of the filter.
func (f *filter) names(model string) bool {
	return strings.Contains(" "+folded(model), " "+f.value)
}

// turn reports whether a turn passes the filters that ask about one.
func (q *Query) turn(t *Turn) bool {
	for i := range q.filters {
		if f := &q.filters[i]; f.ofTurn() && f.turn(t) == f.not {
			return false
		}
	}
	return true
}

// turn tells nothing of votes on a turn that is hidden but that they are blind.
func (f *filter) turn(t *Turn) bool {
	switch f.key + f.value {
	case "hasimage":
		return slices.ContainsFunc(t.Files, func(f Attachment) bool { return kindOf(f.MIME) == prompts.Picture })
	case "hasnote":
		return strings.TrimSpace(t.Note) != ""
	case "hasvote":
		return slices.ContainsFunc(t.Votes, func(v Vote) bool { return v.Counts() })
	}
	return slices.ContainsFunc(t.Votes, func(v Vote) bool {
		switch {
		case !v.Counts():
			return false
		case f.value == "blind" || f.value == "open":
			return v.Blind == (f.value == "blind")
		case t.Hidden():
			return false
		case f.value == "tie":
			return len(v.Best) > 1
		case f.value == "bad":
			return len(v.Best) == 0
		}
		return slices.ContainsFunc(v.Takes, func(p Pick) bool {
			a, ok := t.Take(p)
			return ok && slices.Contains(v.Best, p.Column) && f.names(a.Model.String())
		})
	})
}
