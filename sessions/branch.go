package sessions

import (
	"iter"
	"slices"
)

// A Fork is where a branch begins: a turn that follows another one than that
// numbered before it.
type Fork struct {
	Turn   int `json:"turn"`
	Parent int `json:"parent"` // 0 for a first one
}

// A Path is the turns of one branch from the first to the last, as stretches of
// consecutive IDs, so that 10,000 turns on one branch are one stretch. IDs rise
// along a path: a turn is numbered after the one it follows.
type Path []Stretch

// A Stretch is the turns with the IDs From to To, both included.
type Stretch struct{ From, To int }

// Last is the ID of the turn that a next question follows; 0 before the first.
func (s *Session) Last() int {
	if s.Tip > 0 {
		return s.Tip
	}
	return s.Turns
}

// Parent is the ID of the turn that a turn follows; 0 for a first one.
func (s *Session) Parent(turn int) int {
	for _, f := range s.Forks {
		if f.Turn == turn {
			return f.Parent
		}
	}
	return turn - 1
}

// PathTo is the branch that ends with the given turn. It is empty for turn 0.
func (s *Session) PathTo(turn int) Path {
	var p Path
	for turn > 0 {
		from := Fork{Turn: 1}
		for _, f := range s.Forks { // the last one up to turn begins its stretch
			if f.Turn <= turn && f.Turn >= from.Turn {
				from = f
			}
		}
		p = append(p, Stretch{from.Turn, turn})
		turn = from.Parent
	}
	slices.Reverse(p)
	return p
}

// Path is the branch that is worked on.
func (s *Session) Path() Path { return s.PathTo(s.Last()) }

// Siblings lists the turns that follow the same one as turn does, itself
// included, in the order in which they were asked.
func (s *Session) Siblings(turn int) []int { return s.next(s.Parent(turn)) }

// next lists the turns that follow a turn.
func (s *Session) next(turn int) []int {
	var all []int
	if n := turn + 1; n <= s.Turns && s.Parent(n) == turn {
		all = append(all, n)
	}
	for _, f := range s.Forks {
		if f.Parent == turn && !slices.Contains(all, f.Turn) {
			all = append(all, f.Turn)
		}
	}
	slices.Sort(all)
	return all
}

// End is the last turn of the branch that goes on from a turn, always by the
// newest of the turns that follow.
func (s *Session) End(turn int) int {
	for {
		more := s.next(turn)
		if len(more) == 0 {
			return turn
		}
		turn = more[len(more)-1]
	}
}

// Has reports whether a turn is on the path.
func (p Path) Has(turn int) bool {
	return slices.ContainsFunc(p, func(s Stretch) bool { return s.From <= turn && turn <= s.To })
}

// Len is the number of turns on the path.
func (p Path) Len() int {
	n := 0
	for _, s := range p {
		n += s.To - s.From + 1
	}
	return n
}

// renumber is those of the turns that are on the path, by their place on it.
func (p Path) renumber(turns []int) []int {
	var all []int
	before := 0
	for _, s := range p {
		for _, id := range turns {
			if s.From <= id && id <= s.To {
				all = append(all, before+id-s.From+1)
			}
		}
		before += s.To - s.From + 1
	}
	return all
}

// After yields the stretches of at most n turns that come after the given one,
// oldest first.
func (p Path) After(turn, n int) iter.Seq[Stretch] {
	return func(yield func(Stretch) bool) {
		for _, s := range p {
			s.From = max(s.From, turn+1)
			s.To = min(s.To, s.From+n-1)
			if s.From > s.To {
				continue
			}
			if n -= s.To - s.From + 1; !yield(s) || n <= 0 {
				return
			}
		}
	}
}

// Before is the ID of the turn with n turns between it and the given one, from
// which those n are read with After; 0 if there are no more than n.
func (p Path) Before(turn, n int) int {
	for _, s := range slices.Backward(p) {
		s.To = min(s.To, turn-1)
		if s.From > s.To {
			continue
		}
		if here := s.To - s.From + 1; here <= n {
			n -= here
			continue
		}
		return s.To - n
	}
	return 0
}
