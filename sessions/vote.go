package sessions

import (
	"math/bits"
	"math/rand/v2"
	"slices"
	"time"
)

// A Vote is one person's judgement of a turn: which of the answers is best.
// Blind votes and open ones are never counted together.
type Vote struct {
	ID    int       `json:"id"` // from 1 within its turn
	At    time.Time `json:"at"`
	Voter string    `json:"voter,omitempty"` // "" for the one who uses this juxta
	Blind bool      `json:"blind"`           // the names, times and costs were hidden
	Seats []int     `json:"seats"`           // IDs of the columns from left to right, as they were placed
	Takes []Pick    `json:"takes"`           // the answers that were judged, by seat
	Best  []int     `json:"best"`            // IDs of the columns with the best answer: several tie, none means that all are bad

	Pass   bool      `json:"pass,omitempty"`  // Best are those that pass, whichever is better
	Again  bool      `json:"again,omitempty"` // the second look of its voter at the same two answers, with the seats swapped
	Undone time.Time `json:"undone,omitzero"` // when it was taken back; it does not count then
}

// Counts reports whether the vote was not taken back and is a first look: a
// second one tells how steady its voter is, and nothing of the answers.
func (v *Vote) Counts() bool { return v.stands() && !v.Again }

// Prefers reports whether the vote counts and says which answer is better.
func (v *Vote) Prefers() bool { return v.Counts() && !v.Pass }

func (v *Vote) stands() bool { return v.Undone.IsZero() }

// Judges reports whether the answers that were judged are those that stand, and
// not takes that another one has taken the place of.
func (v *Vote) Judges(t *Turn) bool {
	return !slices.ContainsFunc(v.Takes, func(p Pick) bool {
		a, ok := t.Answer(p.Column)
		return !ok || a.Take != p.Take
	})
}

// Vote returns the newest vote of a voter on what is better that counts.
func (t *Turn) Vote(voter string) (*Vote, bool) {
	for i := len(t.Votes) - 1; i >= 0; i-- {
		if v := &t.Votes[i]; v.Voter == voter && v.Prefers() {
			return v, true
		}
	}
	return nil, false
}

// Seats is the order from left to right in which the answers of a blind turn
// are shown: a permutation of the columns it was asked of that follows from the
// turn's seed alone, so that it can be made again from the store.
//
// It is a Fisher-Yates shuffle of the IDs in rising order, driven by the PCG
// generator (math/rand/v2) that is seeded with the turn's seed and 0.
func (t *Turn) Seats() []int {
	seats := slices.Sorted(slices.Values(t.Columns))
	seats = slices.DeleteFunc(seats, func(id int) bool { return slices.Contains(t.Late, id) })
	shuffle(seats, rand.NewPCG(uint64(t.Seed), 0))
	return seats
}

// newSeed is a session's.
func newSeed() uint32 { return rand.Uint32() }

// seedOf is the seed of a turn.
func (s *Session) seedOf(turn int) uint32 {
	return uint32(rand.NewPCG(uint64(s.Seed), uint64(turn)).Uint64() >> 32)
}

// shuffle uses nothing of the generator but its numbers, which are specified:
// the methods of rand.Rand may draw differently in another version of Go. The
// bias of the multiplication is below 2⁻⁶⁰.
func shuffle(ids []int, from *rand.PCG) {
	for i := len(ids) - 1; i > 0; i-- {
		j, _ := bits.Mul64(from.Uint64(), uint64(i+1))
		ids[i], ids[j] = ids[j], ids[i]
	}
}
