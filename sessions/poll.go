package sessions

import (
	"errors"
	"slices"
	"sync"
	"time"
)

// A Poll is a session as one voter goes through it: pairs of answers, one of the
// baseline's and one of another's, without names. Its methods may be called from
// any goroutine; those that read or write the store say so.
type Poll struct {
	Session  Session // as it was when the poll began
	Voter    string  // "" for the one who uses this juxta
	Baseline int     // ID of the column that the others are compared with
	Planned  int     // prompts that the plan tests; 0 without a plan
	Pass     bool    // what is asked is which answers pass, and not which is better
	Slips    []Slip  // in the voter's order

	store *Store
	asked map[int]*Turn // by ID; guarded by mu

	mu   sync.Mutex
	seen bool   // see Poll.Saw
	mine []cast // votes of this sitting, the last one last
}

// A Slip is one vote to be cast: on which is the better of two answers.
type Slip struct {
	Turn        int
	Left, Right Pick
	Again       bool // a second look, with the seats swapped
	Pass        bool // which of the two pass
}

// A Choice is what a voter says of a slip.
type Choice uint8

// Choices. Of pass or fail they say that the left one alone passes, the right one
// alone, both, or none.
const (
	LeftBetter Choice = iota
	RightBetter
	Alike
	BothBad
)

// cast is a vote and where it belongs.
type cast struct{ slip, vote int }

// A Paper is what a voter is shown of a slip: the question, and the answers as
// [Turn.Veil] leaves them.
type Paper struct {
	Turn        Turn // with nothing but the two answers
	Left, Right Answer
}

// Polled is how far a poll has come.
type Polled struct {
	Session ID     `json:"session"`
	Voter   string `json:"voter"`
	Pairs   int    `json:"pairs"` // to vote on, without the second looks
	Voted   int    `json:"voted"`
	Looks   int    `json:"second_looks"`
	Looked  int    `json:"second_looks_voted"`
	Pass    bool   `json:"pass_fail,omitempty"`
	Planned int    `json:"planned_prompts,omitempty"`
	Hidden  int    `json:"hidden_turns"` // asked blind and not revealed yet
}

// PollOptions are what a poll is about.
type PollOptions struct {
	Voter    string
	Baseline int  // ID of the column that the others are compared with; 0 for the plan's or the session's
	Column   int  // only the pairs of this column; 0 for all
	Pass     bool // which answers pass; so it is also where the plan tests that
	All      bool // also prompts beyond the planned number
}

// ErrNoPairs is returned where there are no two answers to vote on.
var ErrNoPairs = errors.New("no turn has two whole answers to compare")

// Poll reads a session for a voter. It is [ErrNoBaseline] for three columns and
// more of which none is the baseline, and [ErrNoPairs] where nothing is to vote on.
func (s *Store) Poll(id ID, o PollOptions) (*Poll, error) {
	ses, err := s.Session(id)
	if err != nil {
		return nil, err
	}
	turns, err := s.Turns(id, 0, 0)
	if err != nil {
		return nil, err
	}
	p := &Poll{Session: ses, Voter: o.Voter, store: s, asked: map[int]*Turn{}}
	for i := range turns {
		p.asked[turns[i].ID] = &turns[i]
	}
	if err = p.list(turns, o); err == nil && len(p.Slips) == 0 {
		err = ErrNoPairs
	}
	return p, err
}

// Paper is what is shown of a slip. Whatever is known of the turn by now, the
// names are masked in it.
func (p *Poll) Paper(i int) Paper {
	s := p.Slips[i]
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.asked[s.Turn].clone()
	t.Blind, t.Revealed, t.Late, t.Votes, t.Note, t.Takes, t.Adopted = true, time.Time{}, nil, nil, "", nil, nil
	t.Columns = []int{s.Left.Column, s.Right.Column}
	t.Answers = slices.DeleteFunc(t.Answers, func(a Answer) bool {
		at := Pick{a.Column, a.Take}
		return at != s.Left && at != s.Right
	})
	paper := Paper{Turn: t.Veil(p.Session.Columns)}
	if a, ok := paper.Turn.Take(s.Left); ok {
		paper.Left = *a
	}
	if a, ok := paper.Turn.Take(s.Right); ok {
		paper.Right = *a
	}
	return paper
}

// Voted reports whether the voter has said something on a slip.
func (p *Poll) Voted(i int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.voted(i)
}

func (p *Poll) voted(i int) bool {
	s := &p.Slips[i]
	return slices.ContainsFunc(p.asked[s.Turn].Votes, func(v Vote) bool { return v.Voter == p.Voter && s.settled(&v) })
}

// Open reports whether a slip is to be voted on now. A second look is once there
// was a first.
func (p *Poll) Open(i int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open(i)
}

func (p *Poll) open(i int) bool {
	if p.voted(i) {
		return false
	}
	s := &p.Slips[i]
	return !s.Again || slices.ContainsFunc(p.Slips, func(first Slip) bool {
		return !first.Again && first.Turn == s.Turn && first.Left == s.Right && first.Right == s.Left &&
			slices.ContainsFunc(p.asked[s.Turn].Votes, func(v Vote) bool { return v.Voter == p.Voter && first.settled(&v) })
	})
}

// settled reports whether a vote says what a slip asks: of these takes of both,
// and not that a third one is better.
func (s *Slip) settled(v *Vote) bool {
	return v.stands() && v.Again == s.Again && v.Pass == s.Pass && slices.Contains(v.Takes, s.Left) && slices.Contains(v.Takes, s.Right) &&
		(len(v.Best) == 0 || slices.Contains(v.Best, s.Left.Column) || slices.Contains(v.Best, s.Right.Column))
}

// Known counts the slips still open whose answers somebody may have seen with
// their names: they were asked openly, or revealed.
func (p *Poll) Known() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for i, s := range p.Slips {
		if !s.Again && !p.voted(i) && !p.asked[s.Turn].Hidden() {
			n++
		}
	}
	return n
}

// Saw says that the voter has read these answers with their names beside them:
// then votes on what is not hidden are open.
func (p *Poll) Saw(seen bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = seen
}

// Progress is how far the voter has come.
func (p *Poll) Progress() Polled {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := Polled{Session: p.Session.ID, Voter: p.Voter, Pass: p.Pass, Planned: p.Planned, Hidden: len(p.hidden())}
	count := func(all, done *int, i int) {
		*all++
		if p.voted(i) {
			*done++
		}
	}
	for i, s := range p.Slips {
		if s.Again {
			count(&g.Looks, &g.Looked, i)
		} else {
			count(&g.Pairs, &g.Voted, i)
		}
	}
	return g
}

// hidden are the IDs of the turns among the slips that nobody has revealed.
func (p *Poll) hidden() []int {
	var ids []int
	for _, s := range p.Slips {
		if p.asked[s.Turn].Hidden() && !slices.Contains(ids, s.Turn) {
			ids = append(ids, s.Turn)
		}
	}
	return ids
}

// Cast keeps a vote on a slip. It is on the disk when Cast returns; with an error
// nothing has changed.
//
// It is blind, unless the voter is known to have seen whose answers these are:
// has said so, see [Poll.Saw], or has voted on the turn openly before.
func (p *Poll) Cast(i int, c Choice) error {
	s := p.Slips[i]
	v := Vote{At: time.Now(), Voter: p.Voter, Seats: []int{s.Left.Column, s.Right.Column}, Takes: []Pick{s.Left, s.Right}, Again: s.Again, Pass: s.Pass}
	switch c {
	case LeftBetter:
		v.Best = []int{s.Left.Column}
	case RightBetter:
		v.Best = []int{s.Right.Column}
	case Alike:
		v.Best = slices.Clone(v.Seats)
	}
	p.mu.Lock()
	seen := p.seen
	p.mu.Unlock()
	t, err := p.store.cast(p.Session.ID, s.Turn, func(t *Turn) (*Vote, error) {
		v.ID = len(t.Votes) + 1
		open := slices.ContainsFunc(t.Votes, func(o Vote) bool { return o.Voter == v.Voter && !o.Blind })
		v.Blind = t.Hidden() || !seen && !open
		for k := range t.Votes { // of this voter in another window
			if o := &t.Votes[k]; o.Voter == v.Voter && len(o.Seats) == 2 && s.settled(o) {
				return nil, errAlready
			}
		}
		return &v, nil
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.renew(s.Turn, t)
	if err == nil {
		p.mine = append(p.mine, cast{i, v.ID})
	}
	return err
}

var errAlready = &Refusal{Err: errors.New("you have voted on this pair in another window already"), Hint: "go on with the next one"}

// renew takes in the votes of a turn as they are in the store; nil changes nothing.
func (p *Poll) renew(turn int, t *Turn) {
	if t != nil {
		p.asked[turn].Votes, p.asked[turn].Revealed = t.Votes, t.Revealed
	}
}

// Undo takes back the last vote of this sitting, and returns its slip; false if
// there is none.
func (p *Poll) Undo() (slip int, ok bool, err error) {
	p.mu.Lock()
	n := len(p.mine)
	if n == 0 {
		p.mu.Unlock()
		return 0, false, nil
	}
	last := p.mine[n-1]
	p.mu.Unlock()
	s := p.Slips[last.slip]
	t, err := p.store.cast(p.Session.ID, s.Turn, func(t *Turn) (*Vote, error) {
		if last.vote > len(t.Votes) || t.Votes[last.vote-1].Voter != p.Voter || !t.Votes[last.vote-1].stands() {
			return nil, &Refusal{Err: errors.New("the vote is not there any more: it was taken back in another window")}
		}
		v := t.Votes[last.vote-1]
		v.Undone = time.Now()
		return &v, nil
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.renew(s.Turn, t)
	if err == nil {
		p.mine = p.mine[:n-1]
	}
	return last.slip, err == nil, err
}

// Reveal shows who answered what in the turns of the poll that were asked blind,
// so that the votes on them count. It can't be undone, and is on the disk when
// Reveal returns.
func (p *Poll) Reveal() error {
	p.mu.Lock()
	ids := p.hidden()
	p.mu.Unlock()
	at := time.Now()
	if err := p.store.reveal(p.Session.ID, ids, at); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range ids {
		p.asked[id].Revealed = at
	}
	p.mine = nil
	return nil
}

// Whole is the session with all of its turns, as they are in the store now.
func (p *Poll) Whole() (Session, []Turn, error) {
	s, err := p.store.Session(p.Session.ID)
	if err != nil {
		return s, nil, err
	}
	turns, err := p.store.Turns(s.ID, 0, 0)
	return s, turns, err
}
