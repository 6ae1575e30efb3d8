// Package sessions is the bench itself: the same question put to several
// models, their answers, what they took and cost, and the store that keeps
// them.
//
// Its model of the world: a [Session] has columns and turns; a [Turn] is one
// question and one [Answer] per column (more with every take). A [Bench] holds
// the session that is worked on and asks its questions; a [Run] is a question
// being answered; a [Store] keeps it all in one file, through one saver per
// process.
package sessions

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"juxta/prompts"
	"juxta/providers"
)

// ID names a session. IDs sort by creation time.
type ID string

// NewID is a ULID: 48 bits of milliseconds and 80 random bits in Crockford's
// base 32, 26 characters.
func NewID(now time.Time) ID {
	var random [10]byte
	_, _ = rand.Read(random[:]) // never fails, by its documentation
	return makeID(now, random)
}

func makeID(at time.Time, rest [10]byte) ID {
	var b [16]byte
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	copy(b[6:], rest[:])
	const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	out := make([]byte, 26)
	for i := range out { // 130 bits of digits for 128 of number: the first has 3
		var v byte
		for bit := range 5 {
			if n := i*5 + bit - 2; n >= 0 {
				v = v<<1 | b[n/8]>>(7-n%8)&1
			}
		}
		out[i] = digits[v]
	}
	return ID(out)
}

// Kind says whether turns build on each other.
type Kind string

// Kinds of sessions.
const (
	Chat       Kind = "chat"       // every column carries its history from turn to turn
	Experiment Kind = "experiment" // every turn stands alone
)

// A Session is a conversation held with several models at once, without its
// turns: what a list of sessions shows.
type Session struct {
	ID      ID        `json:"id"`
	Title   string    `json:"title"` // the first question's beginning; "" before it
	Kind    Kind      `json:"kind"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
	Columns []Column  `json:"columns"`         // every column there ever was, by ID
	Places  []int     `json:"places"`          // IDs of the columns on the screen, from left to right
	Turns   int       `json:"turns"`           // ID of the last turn; turns are numbered from 1
	Tip     int       `json:"tip,omitempty"`   // ID of the last turn of the branch that is worked on; 0 for Turns
	Forks   []Fork    `json:"forks,omitempty"` // the turns that do not follow the one numbered before them
	Origin  *Origin   `json:"origin,omitempty"`

	Imported *Source `json:"imported,omitempty"` // where it came from, if it was not asked here

	// How the session is labelled, see [Store.Tag] and its like. Nothing else
	// changes that: a juxta that has the session open saves the rest.
	Named    bool      `json:"named,omitempty"`    // Title was given by hand
	Tags     []string  `json:"tags,omitempty"`     // in alphabetical order, see [Tag]
	Pinned   bool      `json:"pinned,omitempty"`   // listed ahead of the others
	Archived bool      `json:"archived,omitempty"` // listed only where that is asked for
	Binned   time.Time `json:"binned,omitzero"`    // since when it waits to be deleted, and is listed nowhere

	Plan *TestPlan `json:"plan,omitempty"` // what it is to test; nil for nothing. Like a label, see [Store.Plan]

	Seed      uint32           `json:"seed,omitempty"`      // of its turns' seeds and of the order on a device
	Blind     bool             `json:"blind,omitempty"`     // the next questions are asked blind
	Hidden    []int            `json:"hidden,omitempty"`    // IDs of the turns that were asked blind and are not revealed
	Race      bool             `json:"race,omitempty"`      // local models answer at once, and their times are worth nothing
	Baseline  int              `json:"baseline,omitempty"`  // ID of the column that ratios refer to; 0 for none
	Budget    *providers.Money `json:"budget,omitempty"`    // what Spent may come to; nil for no limit
	Uncounted bool             `json:"uncounted,omitempty"` // models whose cost can't be told are asked under a budget, too

	// What the ended answers cost together, so that nobody has to read them
	// all, and how many said something at a cost that is not known.
	Spent    providers.Money `json:"spent"`
	Guessed  bool            `json:"guessed"` // some of Spent comes of estimated tokens
	Unpriced int             `json:"unpriced"`

	// Changes is how often turns, answers or votes were saved in it. The store
	// counts on by itself, so that a process that has counted less knows that
	// others have changed something.
	Changes int `json:"changes,omitempty"`

	Underway []Underway `json:"underway,omitempty"` // kept by the store: whoever saves the session leaves it as it is there
}

// A Column is one model with its own settings and history.
type Column struct {
	ID     int              `json:"id"`             // from 1, never reused within a session
	Added  time.Time        `json:"added,omitzero"` // by which two columns are told apart that two processes gave one ID
	Model  providers.Ref    `json:"model"`
	System string           `json:"system,omitempty"`
	Params providers.Params `json:"params,omitzero"`
	Schema json.RawMessage  `json:"schema,omitempty"` // JSON Schema of the answers; nil for free text
	Preset string           `json:"preset,omitempty"` // name of the settings in the configuration that these came from; "" once they differ

	Again   bool `json:"again,omitempty"`   // it was added to answer what had been asked before, see [Reask]
	Follows int  `json:"follows,omitempty"` // ID of the column whose answers it is told as if it had given them; 0 for its own
}

// Origin is where a session was forked from: it begins with that one's turns up
// to and with Turn.
type Origin struct {
	Session ID  `json:"session"`
	Turn    int `json:"turn"`
}

// Column returns the column with the given ID.
func (s *Session) Column(id int) (*Column, bool) {
	i := slices.IndexFunc(s.Columns, func(c Column) bool { return c.ID == id })
	if i < 0 {
		return nil, false
	}
	return &s.Columns[i], true
}

// Shown lists the columns on the screen, from left to right.
func (s *Session) Shown() []Column {
	var cs []Column
	for _, id := range s.Places {
		if c, ok := s.Column(id); ok {
			cs = append(cs, *c)
		}
	}
	return cs
}

// leads is the column whose answer to a turn a column goes on from, see
// [Turn.Lead].
func (s *Session) leads(column int, t *Turn) int {
	if c, ok := s.Column(column); ok {
		return t.Lead(c.ID, c.Follows)
	}
	return column
}

// followers are the columns that are told a column's answers: itself, unless it
// follows another one, and all that follow it.
func (s *Session) followers(column int) []int {
	ids := []int{column}
	for _, c := range s.Columns {
		if c.Follows == column {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// count adds an answer that has ended to what the session cost.
func (s *Session) count(a *Answer) {
	money, source := a.Cost()
	switch {
	case money != nil && s.Spent+*money >= s.Spent: // and no overflow
		s.Spent += *money
		s.Guessed = s.Guessed || *money > 0 && a.guessed()
	case source == providers.LocalCost, source == providers.Free:
	case !a.spoke() && a.Usage.Estimated && (a.Finish != providers.Cancelled || a.Timing.Attempts == 0):
		// Nobody charges for a failure. What was stopped while it thought unseen, somebody may.
	default:
		s.Unpriced++
	}
}

// clone shares nothing with s that either may change.
func (s Session) clone() Session {
	s.Columns, s.Places = slices.Clone(s.Columns), slices.Clone(s.Places)
	s.Forks, s.Hidden, s.Tags = slices.Clone(s.Forks), slices.Clone(s.Hidden), slices.Clone(s.Tags)
	return s
}

// titleOf is a question's first line, shortened at a word.
func titleOf(text string) string {
	const most = 60
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	line = strings.TrimSpace(line)
	if utf8.RuneCountInString(line) <= most {
		return line
	}
	cut := string([]rune(line)[:most])
	if i := strings.LastIndexByte(cut, ' '); i > most/2 {
		cut = cut[:i]
	}
	return cut + "…"
}

// titleOfFiles is what a question of files alone is known by.
func titleOfFiles(files []Attachment) string {
	if len(files) == 0 {
		return ""
	}
	title := cmp.Or(titleOf(files[0].Name), "a file without a name")
	if more := len(files) - 1; more > 0 {
		title += fmt.Sprintf(" and %d more", more)
	}
	return title
}

// A Turn is one question and everybody's answers to it.
type Turn struct {
	ID       int           `json:"id"`
	Parent   int           `json:"parent"` // the turn it follows; 0 for a first one
	Text     string        `json:"text"`
	Asked    time.Time     `json:"asked"`
	Columns  []int         `json:"columns"`           // IDs of the columns that were asked
	Late     []int         `json:"late,omitempty"`    // of those, who joined a blind turn after it was asked: they have no seat
	Files    []Attachment  `json:"files,omitempty"`   // in the order in which they were sent
	Prompt   *prompts.Used `json:"prompt,omitempty"`  // of the library, that the question was made from
	Takes    map[int]int   `json:"takes,omitempty"`   // the take that stands, by column, where that is not the newest
	Adopted  *Pick         `json:"adopted,omitempty"` // the answer that every column is told next; nil for each its own
	Note     string        `json:"note,omitempty"`    // the user's
	Blind    bool          `json:"blind,omitempty"`   // it was asked with the names hidden
	Revealed time.Time     `json:"revealed,omitzero"` // when they were shown
	Race     bool          `json:"race,omitempty"`    // local models answered at once
	Seed     uint32        `json:"seed,omitempty"`    // of its seats, see Seats
	Answers  []Answer      `json:"-"`                 // by column, then by take
	Votes    []Vote        `json:"-"`                 // by ID
}

// A Pick is one answer of a turn.
type Pick struct {
	Column int `json:"column"`
	Take   int `json:"take"`
}

// Newest returns the newest take of a column's answer.
func (t *Turn) Newest(column int) (*Answer, bool) {
	for i := len(t.Answers) - 1; i >= 0; i-- {
		if t.Answers[i].Column == column {
			return &t.Answers[i], true
		}
	}
	return nil, false
}

// Take returns one take of a column's answer.
func (t *Turn) Take(p Pick) (*Answer, bool) {
	for i := range t.Answers {
		if a := &t.Answers[i]; a.Column == p.Column && a.Take == p.Take {
			return a, true
		}
	}
	return nil, false
}

// Answer returns the take of a column's answer that stands: the chosen one, or
// else the newest.
func (t *Turn) Answer(column int) (*Answer, bool) {
	if a, ok := t.Take(Pick{column, t.Takes[column]}); ok {
		return a, true
	}
	return t.Newest(column)
}

// Lead is the column whose answer to the turn a column goes on from that follows
// another one, 0 for none: that one, if it was asked in the turn, else the column
// itself.
func (t *Turn) Lead(column, follows int) int {
	if _, asked := t.Newest(follows); asked {
		return follows
	}
	return column
}

// Told returns the answer to the turn that a column is told it gave: the adopted
// one, or else its own that stands. Of a column that may follow another one, ask
// for its [Turn.Lead].
func (t *Turn) Told(column int) (*Answer, bool) {
	if t.Adopted != nil {
		return t.Take(*t.Adopted)
	}
	return t.Answer(column)
}

// Hidden reports whether the turn was asked blind and nobody has been told yet
// who answered what.
func (t *Turn) Hidden() bool { return t.Blind && t.Revealed.IsZero() }

// clone shares nothing with t that either may change. The texts of answers are
// never changed.
func (t *Turn) clone() Turn {
	c := *t
	c.Columns, c.Files, c.Answers, c.Votes = slices.Clone(t.Columns), slices.Clone(t.Files), slices.Clone(t.Answers), slices.Clone(t.Votes)
	c.Takes, c.Late = maps.Clone(t.Takes), slices.Clone(t.Late)
	return c
}
