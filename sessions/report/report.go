// Package report writes sessions for people to read and for spreadsheets:
// Markdown, one self-contained page of HTML, CSV and JSON lines.
//
// Its model of the world: a [Report] is one session with all its figures worked
// out once, and every writer tells the same ones. A writer puts one report after
// the other into one file, so that no more than one session is in memory.
// A [Decision] is what a session says of its models against the baseline.
//
// What models say is hostile. It passes sessions/plain before it is written
// anywhere but into JSON, which has it as it was received; a page has no script,
// loads nothing and obeys no word of an answer, and a cell is never a formula.
// Nothing is told of a turn that was asked blind and is not revealed.
package report

import (
	"cmp"
	"slices"
	"time"

	"juxta/providers"
	"juxta/sessions"
	"juxta/sessions/plain"
)

// A Report is one session as it is told to others.
type Report struct {
	Session sessions.Session
	Models  []Model // those on the screen first, from left to right
	Turns   []Turn
	Hidden  int // turns that were left out because they are blind, still

	// What everything that was asked here cost, and how many answers cost what
	// nobody knows.
	Spent    providers.Money
	Guessed  bool
	Unpriced int

	file  func(sha256 string) []byte
	marks map[providers.Ref]string // colours of models, where columns have none
}

// A Model is what the session tells of one model in one column.
type Model struct {
	sessions.Score
	Name    string // in one line, harmless
	Ballots Ballots
	Asked   *sessions.Answer // its first: what it was asked with
}

// A Turn is a question with its answers, in the order of the screen.
type Turn struct {
	*sessions.Turn
	Answers []Answer
}

// An Answer is one answer and what there is to say of it.
type Answer struct {
	*sessions.Answer
	Record  sessions.Record
	Of      int  // how many takes its column gave
	Stands  bool // it is the one that is shown, of several takes
	Ballots Ballots
}

// Ballots are the votes on which answer is better in which an answer was judged.
// Blind and open ones are never counted together, and what passes is none of them.
type Ballots struct {
	Blind Ballot `json:"blind"`
	Open  Ballot `json:"open"`
}

// A Ballot counts votes.
type Ballot struct {
	Votes int `json:"votes"`
	Best  int `json:"best"`    // it alone was
	Tied  int `json:"tied"`    // it was among several
	Bad   int `json:"all_bad"` // nothing was good enough
}

// plus is both together.
func (b Ballot) plus(c Ballot) Ballot {
	return Ballot{b.Votes + c.Votes, b.Best + c.Best, b.Tied + c.Tied, b.Bad + c.Bad}
}

// New is the report of a session's turns. file has the bytes of their
// attachments by SHA-256; nil for one that is not there.
func New(s sessions.Session, turns []sessions.Turn, file func(sha256 string) []byte) *Report {
	r := &Report{Session: s, file: file}
	turns = slices.DeleteFunc(slices.Clone(turns), func(t sessions.Turn) bool {
		if t.Hidden() {
			r.Hidden++
		}
		return t.Hidden()
	})
	r.Spent, r.Guessed, r.Unpriced = sessions.Spent(turns)
	for _, score := range sessions.BoardOf(s, turns).Scores {
		r.Models = append(r.Models, Model{Score: score, Name: plain.Line(score.Model.String())})
	}
	for i := range turns {
		r.Turns = append(r.Turns, r.turn(&turns[i]))
	}
	return r
}

func (r *Report) turn(t *sessions.Turn) Turn {
	told := Turn{Turn: t}
	takes := map[int]int{}
	for i := range t.Answers {
		takes[t.Answers[i].Column]++
	}
	for i := range t.Answers {
		a := &t.Answers[i]
		stands, _ := t.Answer(a.Column)
		one := Answer{
			Answer: a, Record: a.Record(r.Session.ID, t.ID, t.Files...),
			Of: takes[a.Column], Stands: stands == a, Ballots: ballots(t, a),
		}
		told.Answers = append(told.Answers, one)
		for j := range r.Models {
			if m := &r.Models[j]; m.Column == a.Column && m.Model == a.Model {
				m.Ballots.Blind, m.Ballots.Open = m.Ballots.Blind.plus(one.Ballots.Blind), m.Ballots.Open.plus(one.Ballots.Open)
				if m.Asked == nil {
					m.Asked = a
				}
			}
		}
	}
	slices.SortStableFunc(told.Answers, func(x, y Answer) int { return cmp.Or(r.place(x.Column)-r.place(y.Column), x.Take-y.Take) })
	return told
}

// place is where a column stands on the screen, or behind all that do.
func (r *Report) place(column int) int {
	if i := slices.Index(r.Session.Places, column); i >= 0 {
		return i
	}
	return len(r.Session.Places) + column
}

// ballots counts the votes on which answer is better, of those on an answer.
func ballots(t *sessions.Turn, a *sessions.Answer) (all Ballots) {
	for i := range t.Votes {
		v := &t.Votes[i]
		if !v.Prefers() || !slices.Contains(v.Takes, sessions.Pick{Column: a.Column, Take: a.Take}) {
			continue
		}
		b := Ballot{Votes: 1}
		switch best := slices.Contains(v.Best, a.Column); {
		case len(v.Best) == 0:
			b.Bad = 1
		case best && len(v.Best) == 1:
			b.Best = 1
		case best:
			b.Tied = 1
		}
		if v.Blind {
			all.Blind = all.Blind.plus(b)
		} else {
			all.Open = all.Open.plus(b)
		}
	}
	return all
}

// tags are the session's.
func (r *Report) tags() []string { return append([]string{}, r.Session.Tags...) }

// title is what the session is known by, in one line.
func (r *Report) title() string { return titleOf(r.Session) }

// titleOf is what a session is known by, in one line and harmless.
func titleOf(s sessions.Session) string {
	return cmp.Or(plain.Line(s.Title), "A session in which nothing was asked")
}

// day is a date for people, who may live anywhere.
func day(t time.Time) string { return t.UTC().Format("2 January 2006") }
