package tui

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"juxta/sessions"
	"juxta/sessions/plain"
)

// mostDue is how many of the votes to cast next are listed.
const mostDue = 8

// A due is a turn that a vote is missing on, or its reveal.
type due struct {
	turn   int
	text   string // the question
	adds   int    // candidates that the vote says something of
	blind  bool
	reveal bool // the vote is there, and counts once the names are shown
	alike  bool // the answers are the same to the letter, so that the vote is known
}

// dues are the turns that a vote is missing on, those that tell the most first:
// where others are blind a blind one, since open votes don't count beside them;
// then by how many candidates it compares with the baseline. Of equals the plan's
// seed has the order, which is to be random. Of a hidden turn nothing is looked at
// but whether it can be voted on.
func dues(s *sessions.Session, turns []sessions.Turn, baseline int) []due {
	var all []due
	blind := slices.ContainsFunc(turns, func(t sessions.Turn) bool {
		return slices.ContainsFunc(t.Votes, func(v sessions.Vote) bool { return v.Blind && v.Counts() })
	})
	for i := range turns {
		t := &turns[i]
		d := due{turn: t.ID, text: plain.Line(t.Text), blind: t.Hidden()}
		voted := slices.ContainsFunc(t.Votes, func(v sessions.Vote) bool { return v.Counts() })
		switch {
		case t.Sealed() || !slices.Contains(t.Columns, baseline):
			continue
		case t.Hidden():
			d.adds, d.reveal = len(t.Columns)-1, voted
		case voted || blind:
			continue
		default:
			d.adds, d.alike = speaking(t, baseline)
		}
		if d.adds > 0 {
			all = append(all, d)
		}
	}
	lot := func(d due) uint64 {
		if s.Plan == nil {
			return 0
		}
		return rand.NewPCG(uint64(s.Plan.Seed), uint64(d.turn)).Uint64()
	}
	slices.SortStableFunc(all, func(a, b due) int {
		return cmp.Or(last(b.blind)-last(a.blind), last(a.reveal)-last(b.reveal), last(a.alike)-last(b.alike), b.adds-a.adds, cmp.Compare(lot(a), lot(b)))
	})
	return all
}

// speaking is how many answers of a turn that is not hidden could be voted on against
// the baseline's, and whether they all say the same.
func speaking(t *sessions.Turn, baseline int) (n int, alike bool) {
	base, ok := t.Answer(baseline)
	if !ok || !speaks(base) {
		return 0, false
	}
	alike = true
	for _, id := range t.Columns {
		if a, ok := t.Answer(id); ok && id != baseline && speaks(a) {
			n++
			alike = alike && a.Text == base.Text
		}
	}
	return n, alike
}

func last(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// words is why the turn is in the list.
func (d *due) words() string {
	switch {
	case d.reveal:
		return "voted, counts once revealed"
	case d.blind && d.adds == 1:
		return "blind, no vote"
	case d.blind:
		return fmt.Sprintf("blind, no vote, compares %d", d.adds)
	case d.alike:
		return "no vote, all say the same"
	case d.adds == 1:
		return "no vote"
	}
	return fmt.Sprintf("no vote, compares %d", d.adds)
}
