package sessions

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// A Cursor is a place in the list of sessions, which goes from the one that was
// updated last to the oldest. "" is its beginning, and as what follows a page
// the list's end.
type Cursor string

// Page says which part of a list is wanted.
type Page struct {
	After Cursor
	Limit int // sessions; 0 is all
}

// Results is a page of what was found.
type Results struct {
	Found []Found
	Next  Cursor // behind the page; "" if there is no more
}

// Found is a session that a query finds, and where in it.
type Found struct {
	Session Session
	Hits    []Hit // the title first, then the newest turn; none if the query is of sessions alone
	More    bool  // there are more hits in the session
}

// Hit is a text in which words of the query stand. Of a hidden turn it tells the
// seat of an answer instead of its column, and shows no more than [Turn.Veil].
type Hit struct {
	Part   Part   `json:"part"`
	Turn   int    `json:"turn,omitempty"` // 0 for the session's own
	Column int    `json:"column,omitempty"`
	Take   int    `json:"take,omitempty"`
	Seat   int    `json:"seat,omitempty"`
	Model  string `json:"model,omitempty"` // that gave the answer, unless it is hidden
	Text   string `json:"text"`            // a piece of it, safe for a screen, on one line
	Marks  []Mark `json:"marks"`           // what was looked for, in Text
}

// Part is what a hit stands in.
type Part string

// Parts of a session.
const (
	InTitle    Part = "title"
	InTag      Part = "tag"
	InQuestion Part = "question"
	InNote     Part = "note"
	InAnswer   Part = "answer"
)

// hitsOfSession is how many hits of a session are told.
const hitsOfSession = 3

// A search is a query that looks at one session after the other.
type search struct {
	query   Query
	words   *matcher
	without *matcher
	known   int       // how many sessions are looked up one by one, see know
	others  []*search // the same for other goroutines, see apart
}

func newSearch(q Query) *search {
	return &search{query: q, words: newMatcher(q.words), without: newMatcher(q.without), known: mostKnown}
}

// A look is what a search has found of one session so far.
type look struct {
	*search
	found Found
	own   uint64 // the words that the title or the tags have
	is    bool   // the session is found
}

// begin looks at what stands for the whole session. It is false if nothing in
// the session can be found.
func (s *search) begin(ses Session) (*look, bool) {
	l := &look{search: s, found: Found{Session: ses}}
	if !s.query.admits(&ses) {
		return l, false
	}
	own := append([]string{ses.Title}, ses.Tags...)
	for i, text := range own {
		if s.without.find(text, nil) != 0 {
			return l, false
		}
		has := s.words.find(text, nil)
		if has == 0 {
			continue
		}
		l.own |= has
		part := InTitle
		if i > 0 {
			part = InTag
		}
		if part == InTitle || len(l.found.Hits) < hitsOfSession {
			l.add(Hit{Part: part}, text)
		}
	}
	l.is = l.own == s.words.all() && !slices.ContainsFunc(s.query.filters, func(f filter) bool { return f.ofTurn() })
	return l, true
}

// add notes a hit in a text.
func (l *look) add(h Hit, text string) {
	h.Text, h.Marks = l.words.snippet(text)
	l.found.Hits = append(l.found.Hits, h)
}

// done reports whether nothing that follows would be told.
func (l *look) done() bool { return l.is && (len(l.words.phrases) == 0 || l.found.More) }

// turn looks at a turn with its answers and votes.
func (l *look) turn(t *Turn) {
	if !l.query.turn(t) {
		return
	}
	shown := t.Veil(l.found.Session.Columns)
	type text struct {
		hit  Hit
		text string
		has  uint64
	}
	texts := []text{{hit: Hit{Part: InQuestion}, text: t.Text}, {hit: Hit{Part: InNote}, text: t.Note}}
	for i := range shown.Answers {
		a := &shown.Answers[i]
		h := Hit{Part: InAnswer, Column: a.Column, Take: a.Take, Model: a.Model.String()}
		if t.Hidden() {
			h.Column, h.Seat, h.Model = 0, t.Seat(a.Column), ""
		}
		texts = append(texts, text{hit: h, text: a.Text}, text{hit: h, text: a.Refusal})
	}
	has := l.own
	for i := range texts {
		if l.without.find(texts[i].text, nil) != 0 {
			return
		}
		texts[i].has = l.words.find(texts[i].text, nil)
		has |= texts[i].has
	}
	if has != l.words.all() {
		return
	}
	l.is = true
	if t.Hidden() { // nor does the order tell
		slices.SortStableFunc(texts, func(x, y text) int { return cmp.Or(x.hit.Seat-y.hit.Seat, x.hit.Take-y.hit.Take) })
	}
	slices.SortStableFunc(texts, func(x, y text) int { return bits.OnesCount64(y.has) - bits.OnesCount64(x.has) })
	for _, x := range texts {
		switch {
		case x.has == 0 && (len(l.words.phrases) > 0 || x.hit.Part != InQuestion || strings.TrimSpace(x.text) == ""):
		case len(l.found.Hits) >= hitsOfSession:
			l.found.More = true
			return
		default:
			x.hit.Turn = t.ID
			l.add(x.hit, x.text)
		}
	}
}
