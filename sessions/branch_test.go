package sessions

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// tree is a session's turns as anybody would draw them: who follows whom. It
// knows nothing of stretches.
type tree struct {
	parent []int // by ID; the first is not used
}

// follow adds a turn and returns its ID.
func (tr *tree) follow(parent int) int {
	if tr.parent == nil {
		tr.parent = []int{-1}
	}
	tr.parent = append(tr.parent, parent)
	return len(tr.parent) - 1
}

// path lists the turns from the first to the given one.
func (tr *tree) path(turn int) (ids []int) {
	for ; turn > 0; turn = tr.parent[turn] {
		ids = append(ids, turn)
	}
	slices.Reverse(ids)
	return ids
}

func (tr *tree) after(turn int) (ids []int) {
	for id := 1; id < len(tr.parent); id++ {
		if tr.parent[id] == turn {
			ids = append(ids, id)
		}
	}
	return ids
}

func (tr *tree) end(turn int) int {
	for {
		more := tr.after(turn)
		if len(more) == 0 {
			return turn
		}
		turn = more[len(more)-1]
	}
}

// plant is a random tree and the session that has followed its turns. One in
// bend of the turns begins a branch.
func plant(r *rand.Rand, turns, bend int) (*tree, Session) {
	tr, s := &tree{}, Session{}
	for range turns {
		parent := s.Last()
		if s.Turns > 0 && r.IntN(bend) == 0 {
			parent = r.IntN(s.Turns + 1)
		}
		id := tr.follow(parent)
		s.follow(&Turn{ID: id, Parent: parent})
	}
	return tr, s
}

// spelled lists every turn of a path.
func (p Path) spelled() (ids []int) {
	for _, s := range p {
		for id := s.From; id <= s.To; id++ {
			ids = append(ids, id)
		}
	}
	return ids
}

func TestASessionKnowsItsBranches(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 2))
	for n := range 300 {
		tr, s := plant(r, 1+r.IntN(40), 1+r.IntN(8))
		where := fmt.Sprintf("tree %d, %v", n, tr.parent)
		want(t, where+": the last turn", s.Last(), len(tr.parent)-1)
		for id := 0; id <= s.Turns; id++ {
			if id > 0 {
				want(t, fmt.Sprint(where, ": the parent of ", id), s.Parent(id), tr.parent[id])
				equal(t, fmt.Sprint(where, ": the siblings of ", id), s.Siblings(id), tr.after(tr.parent[id]))
			}
			want(t, fmt.Sprint(where, ": the end after ", id), s.End(id), tr.end(id))
			path, ids := s.PathTo(id), tr.path(id)
			equal(t, fmt.Sprint(where, ": the path to ", id), path.spelled(), ids)
			want(t, fmt.Sprint(where, ": its length"), path.Len(), len(ids))
			for other := -1; other <= s.Turns+1; other++ {
				want(t, fmt.Sprint(where, ": ", other, " is on the path to ", id), path.Has(other), slices.Contains(ids, other))
			}
			s.Tip = id
			if id > 0 {
				equal(t, fmt.Sprint(where, ": the path worked on at ", id), s.Path().spelled(), ids)
			}
		}
	}
}

func TestAPathIsReadInPages(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 3))
	for n := range 200 {
		tr, s := plant(r, 1+r.IntN(30), 1+r.IntN(6))
		end := 1 + r.IntN(s.Turns)
		path, ids := s.PathTo(end), tr.path(end)
		where := fmt.Sprintf("tree %d, %v, to %d", n, tr.parent, end)
		for turn := 0; turn <= s.Turns+1; turn++ {
			at, _ := slices.BinarySearch(ids, turn)
			rest := ids[at:]
			if len(rest) > 0 && rest[0] == turn {
				rest = rest[1:]
			}
			for n := range len(ids) + 2 {
				var got Path
				for stretch := range path.After(turn, n) {
					got = append(got, stretch)
				}
				equal(t, fmt.Sprint(where, ": ", n, " after ", turn), got.spelled(), rest[:min(n, len(rest))])
				from, first := path.Before(turn, n), 0
				if at > n {
					first = ids[at-n-1]
				}
				want(t, fmt.Sprint(where, ": ", n, " before ", turn), from, first)
			}
		}
	}
}

// Whatever is on one branch stays one stretch, so that a long session is as
// quick as a short one.
func TestALongBranchIsOneStretch(t *testing.T) {
	s := Session{}
	for id := 1; id <= 10_000; id++ {
		s.follow(&Turn{ID: id, Parent: id - 1})
	}
	equal(t, "the path", s.Path(), Path{{1, 10_000}})
	want(t, "forks", len(s.Forks), 0)
	s.follow(&Turn{ID: 10_001, Parent: 5000})
	s.follow(&Turn{ID: 10_002, Parent: 10_001})
	equal(t, "the path after a fork", s.Path(), Path{{1, 5000}, {10_001, 10_002}})
	want(t, "forks", len(s.Forks), 1)
}

// equal fails unless got is want; nil and empty are the same.
func equal[T any](t testing.TB, what string, got, want []T) {
	t.Helper()
	if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
