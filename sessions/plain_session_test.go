package sessions

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"juxta/providers"
)

// A plainSession is a session as anybody would write it down: a tree of turns
// with the words that were said. It writes out anew what a column shows.
type plainSession struct {
	id      ID
	turns   []*plainTurn // by ID from 1
	tip     int
	columns []int          // on the screen
	models  map[int]string // by column, of all there ever were
	follows map[int]int    // whose answers a column is told instead of its own
	reasks  []Reask        // that were begun
	spent   providers.Money
}

type plainTurn struct {
	parent  int
	text    string
	files   []string
	answers map[int][]plainAnswer // by column, then by take from 1
	stands  map[int]int           // take by column
	adopted Pick                  // of no column: none
	note    string
}

type plainAnswer struct {
	text  string
	told  bool // it is part of what is told next
	ended bool
	whole bool
	vain  bool // nothing was sent
	cost  providers.Money
}

func (s *plainSession) turn(id int) *plainTurn { return s.turns[id-1] }

// path lists the turns from the first to the given one.
func (s *plainSession) path(turn int) (ids []int) {
	if turn == 0 {
		return nil
	}
	return append(s.path(s.turn(turn).parent), turn)
}

func (s *plainSession) after(turn int) (ids []int) {
	for i, t := range s.turns {
		if t.parent == turn {
			ids = append(ids, i+1)
		}
	}
	return ids
}

func (s *plainSession) end(turn int) int {
	for {
		more := s.after(turn)
		if len(more) == 0 {
			return turn
		}
		turn = more[len(more)-1]
	}
}

// shows is the answer to a turn that a column shows as what it goes on from.
func (s *plainSession) shows(t *plainTurn, column int) (a plainAnswer, ok bool) {
	if lead := s.follows[column]; len(t.answers[lead]) > 0 {
		column = lead
	}
	p := Pick{column, t.stands[column]}
	if t.adopted.Column > 0 {
		p = t.adopted
	}
	if takes := t.answers[p.Column]; p.Take > 0 && p.Take <= len(takes) {
		return takes[p.Take-1], true
	}
	return plainAnswer{}, false
}

// settle has answers end.
func (t *plainTurn) settle(all []Pick) {
	for _, p := range all {
		t.answers[p.Column][p.Take-1].ended = true
	}
}

// request is what a column is sent with a question after a turn.
func (s *plainSession) request(column, after int, question *plainTurn) string {
	var b strings.Builder
	for _, id := range s.path(after) {
		t := s.turn(id)
		if a, ok := s.shows(t, column); ok && a.told {
			fmt.Fprintf(&b, "user:%s %q\nassistant: %q\n", files(t.files), t.text, a.text)
		}
	}
	fmt.Fprintf(&b, "user:%s %q\n", files(question.files), question.text)
	return b.String()
}

// remembers is how many files a column is told again after a turn.
func (s *plainSession) remembers(column, after int) (n int) {
	for _, id := range s.path(after) {
		if a, ok := s.shows(s.turn(id), column); ok && a.told {
			n += len(s.turn(id).files)
		}
	}
	return n
}

func files(names []string) (list string) {
	for _, name := range names {
		list += fmt.Sprintf(" [%s image/png 50]", name)
	}
	return list
}

// fork is the session that begins with the turns up to the given one.
func (s *plainSession) fork(turn int) *plainSession {
	f := &plainSession{
		columns: slices.Clone(s.columns), models: maps.Clone(s.models), follows: maps.Clone(s.follows), reasks: slices.Clone(s.reasks),
	}
	for i, id := range s.path(turn) {
		t := *s.turn(id)
		t.parent, t.answers, t.stands = i, maps.Clone(t.answers), maps.Clone(t.stands)
		for c, takes := range t.answers {
			t.answers[c] = slices.Clone(takes)
		}
		f.turns = append(f.turns, &t)
	}
	f.tip = len(f.turns)
	return f
}

// compare looks at everything that the bench tells of the session.
func (l *life) compare() {
	s := l.b.Session()
	want(l, "session", s.ID, l.ses.id)
	want(l, "turns there are", s.Turns, len(l.ses.turns))
	equal(l, "places", s.Places, l.ses.columns)
	want(l, "spent", s.Spent, l.ses.spent)
	turns, err := l.b.Turns(0, 1000)
	if err != nil {
		l.fail("%v", err)
	}
	var ids []int
	for i := range turns {
		ids = append(ids, turns[i].ID)
		l.compareTurn(&s, &turns[i])
	}
	equal(l, "turns of the branch", ids, l.ses.path(l.ses.tip))
	for _, p := range l.b.Preflight(nil, 0) {
		want(l, fmt.Sprintf("files that column %d is told again", p.Column), p.Again.Files, l.ses.remembers(p.Column, l.ses.tip))
	}
	if path := l.ses.path(l.ses.tip); len(path) > 0 {
		instead := path[l.dice(len(path))]
		for _, p := range l.b.Preflight(nil, instead) {
			want(l, fmt.Sprintf("files that column %d is told again in place of turn %d", p.Column, instead), p.Again.Files, l.ses.remembers(p.Column, l.ses.turn(instead).parent))
		}
	}
	if l.Failed() {
		l.fail("that is not what it should be")
	}
}

func (l *life) compareTurn(s *Session, t *Turn) {
	should, where := l.ses.turn(t.ID), fmt.Sprintf("turn %d: ", t.ID)
	want(l, where+"text", t.Text, should.text)
	want(l, where+"note", t.Note, should.note)
	want(l, where+"parent", t.Parent, should.parent)
	want(l, where+"files", len(t.Files), len(should.files))
	equal(l, where+"siblings", s.Siblings(t.ID), l.ses.after(should.parent))
	adopted := Pick{}
	if t.Adopted != nil {
		adopted = *t.Adopted
	}
	want(l, where+"adopted", adopted, should.adopted)
	equal(l, where+"columns that were asked", slices.Sorted(slices.Values(t.Columns)), slices.Sorted(maps.Keys(should.answers)))
	n := 0
	for c, takes := range should.answers {
		n += len(takes)
		for i, a := range takes {
			got, ok := t.Take(Pick{c, i + 1})
			if !ok {
				l.fail("%stake %d of column %d is gone", where, i+1, c)
			}
			want(l, fmt.Sprintf("%stake %d of column %d", where, i+1, c), got.Text+got.Refusal, a.text)
		}
		if got, ok := t.Answer(c); !ok || got.Take != should.stands[c] {
			l.fail("%sof column %d there stands %+v instead of take %d", where, c, got, should.stands[c])
		}
	}
	want(l, where+"answers", len(t.Answers), n)
}
