package verdict

import "slices"

// An outcome is what a vote says of one answer against another.
type outcome uint8

// Outcomes of one against another.
const (
	unjudged outcome = iota // neither is among the best, and nobody said which is better
	loss
	tie
	win
)

// against is what a vote for the best of several says of a against b: the best
// win over the rest and tie with each other, and where nothing is best, because
// all are bad, everything ties.
func against(best []int, a, b int) outcome {
	mine, other := slices.Contains(best, a), slices.Contains(best, b)
	switch {
	case len(best) == 0, mine && other:
		return tie
	case mine:
		return win
	case other:
		return loss
	}
	return unjudged
}

// A Tally counts the outcomes of one against others.
type Tally struct {
	Wins   int `json:"wins"`
	Ties   int `json:"ties"`
	Losses int `json:"losses"`
	Bad    int `json:"both_bad"` // of Ties, those where both were bad
}

// N is how many times one was judged against another.
func (t Tally) N() int { return t.Wins + t.Ties + t.Losses }

// Count adds what a vote among seats says of one of them.
func (t *Tally) Count(seats, best []int, one int) {
	for _, other := range seats {
		if other == one {
			continue
		}
		t.add(against(best, one, other), len(best) == 0)
	}
}

func (t *Tally) add(o outcome, bad bool) {
	switch o {
	case win:
		t.Wins++
	case loss:
		t.Losses++
	case tie:
		t.Ties++
		if bad {
			t.Bad++
		}
	}
}

// score is what an outcome that was judged is worth.
func (o outcome) score() float64 { return float64(o-loss) / 2 }
