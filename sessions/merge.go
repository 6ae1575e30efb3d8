package sessions

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A seam is how the turns of one session become turns of another one, behind
// those that this has.
type seam struct {
	turns   int         // that the other one has: what is added to the number of a turn
	tip     int         // the turn that a first one follows
	columns map[int]int // the other one's by the ID that they had
}

// sew appends what a session has besides its turns to s: its columns, where s
// has none of the same model and settings, its branches, its tags.
func (s *Session) sew(from *Session) (seam, error) {
	m := seam{s.Turns, s.Last(), map[int]int{}}
	taken := map[int]bool{}
	for _, c := range from.Columns {
		c.Follows = m.columns[c.Follows] // which was added before it
		i := slices.IndexFunc(s.Columns, func(o Column) bool { return !taken[o.ID] && c.alike(&o) })
		if i < 0 {
			one := c
			one.ID = 1
			for _, o := range s.Columns {
				one.ID = max(one.ID, o.ID+1)
			}
			if slices.Contains(from.Places, c.ID) {
				s.Places = append(s.Places, one.ID)
			}
			s.Columns, i = append(s.Columns, one), len(s.Columns)
		}
		taken[s.Columns[i].ID], m.columns[c.ID] = true, s.Columns[i].ID
	}
	if from.Turns == 0 {
		return m, nil
	}
	if m.tip != m.turns {
		s.Forks = append(s.Forks, Fork{m.turns + 1, m.tip})
	}
	for _, f := range from.Forks {
		s.Forks = append(s.Forks, Fork{f.Turn + m.turns, m.parent(f.Parent)})
	}
	for _, id := range from.Hidden {
		s.Hidden = append(s.Hidden, id+m.turns)
	}
	s.Turns += from.Turns
	if s.Tip = 0; len(s.Forks) > 0 {
		s.Tip = from.Last() + m.turns
	}
	return m, s.tag(from.Tags, nil)
}

// alike reports whether two columns are the same model with the same settings,
// told the same.
func (c *Column) alike(o *Column) bool { return c.Follows == o.Follows && sameAs(*c, *o) }

func (m seam) parent(turn int) int {
	if turn == 0 {
		return m.tip
	}
	return turn + m.turns
}

func (m seam) column(id int) int { return cmp.Or(m.columns[id], id) }

func (m seam) all(ids []int) []int {
	moved := slices.Clone(ids)
	for i, id := range moved {
		moved[i] = m.column(id)
	}
	return moved
}

// turn is a turn as it is behind the seam. A blind one keeps its seats, which is
// why it may get another seed.
func (m seam) turn(t Turn) (Turn, error) {
	seats := m.all(t.Seats())
	t.ID, t.Parent = t.ID+m.turns, m.parent(t.Parent)
	t.Columns, t.Late = m.all(t.Columns), m.all(t.Late)
	if len(t.Late) == 0 {
		t.Late = nil
	}
	if t.Takes != nil {
		takes := map[int]int{}
		for column, take := range t.Takes {
			takes[m.column(column)] = take
		}
		t.Takes = takes
	}
	if t.Adopted != nil {
		t.Adopted = &Pick{m.column(t.Adopted.Column), t.Adopted.Take}
	}
	if !t.Blind || len(seats) < 2 || slices.Equal(seats, t.Seats()) {
		return t, nil
	}
	// Of 8! orders of the most columns each has its share of the seeds, so that
	// one of them comes up after about 40,000.
	for seed := range uint32(10_000_000) {
		t.Seed = seed + 1
		if slices.Equal(seats, t.Seats()) {
			return t, nil
		}
	}
	return t, &Refusal{Err: errors.New("the seats of its answers can't be kept")}
}

func (m seam) vote(v Vote) Vote {
	v.Seats, v.Best, v.Takes = m.all(v.Seats), m.all(v.Best), slices.Clone(v.Takes)
	for i := range v.Takes {
		v.Takes[i].Column = m.column(v.Takes[i].Column)
	}
	return v
}

// stillWritten is for how long an answer without an end may be one that another
// juxta is still writing down.
const stillWritten = time.Hour

// unended is why a turn can't be moved: somebody may still be answering it.
func (t *Turn) unended(a *Answer, now time.Time) error {
	if a.Finish != "" || now.Sub(t.Asked) > stillWritten {
		return nil
	}
	return &Refusal{fmt.Errorf("turn %d is still being answered", t.ID), "wait for its end"}
}
