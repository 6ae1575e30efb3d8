package sessions

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"juxta/providers"
)

// The order of a poll follows from the seed of the plan, or else of the session,
// and the voter's name, so that it can be made again: whoever comes back goes on
// where they stopped, and another voter has another order. Turns that are added
// later come in between and leave the others in theirs.

// lot is a number that is drawn for what is named.
func lot(seed uint32, what, voter string, turn, column int) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s %q %d %d", what, voter, turn, column)
	return rand.NewPCG(uint64(seed), h.Sum64()).Uint64()
}

// secondLooks is how many of n pairs are shown again: between 5 and 10 % of ten and
// more.
func secondLooks(n int) int {
	if n < 10 {
		return 0
	}
	return (n + 5) / 13
}

// A pairing are the slips of one candidate for one prompt.
type pairing struct {
	slips []Slip // the baseline's answer on the left
}

// list makes the slips, in the voter's order.
func (p *Poll) list(turns []Turn, o PollOptions) error {
	s := &p.Session
	seed, planned, base := s.Seed, 0, s.Baseline
	p.Pass = o.Pass
	if plan := s.Plan; plan != nil && plan.precedes(turns) {
		seed, base = plan.Seed, plan.Baseline
		if o.Baseline == 0 || o.Baseline == plan.Baseline {
			planned, p.Pass = plan.N, plan.Metric == Pass
		}
	}
	base = cmp.Or(o.Baseline, base)
	if _, ok := s.Column(base); !ok {
		if len(s.Places) > 2 {
			return ErrNoBaseline
		}
		base = slices.Min(append(slices.Clone(s.Places), len(s.Columns)+1)) // of two it makes no difference
	}
	var slips []Slip
	for _, id := range s.Places {
		if id == base || o.Column != 0 && id != o.Column {
			continue
		}
		pairs, failed := s.pairings(turns, base, id)
		if planned > 0 && !o.All {
			slices.SortStableFunc(pairs, func(a, b pairing) int {
				return cmp.Compare(lot(seed, "prompt", "", a.slips[0].Turn, 0), lot(seed, "prompt", "", b.slips[0].Turn, 0))
			})
			pairs = pairs[:votesFor(planned, len(pairs), failed)]
		}
		for _, of := range pairs {
			slips = append(slips, of.slips...)
		}
	}
	p.Slips, p.Planned, p.Baseline = shuffled(slips, base, seed, o.Voter), planned, base
	for i := range p.Slips {
		p.Slips[i].Pass = p.Pass
	}
	return nil
}

// pairings are a candidate's by prompt, and how many prompts count without a vote
// because one of the two failed.
func (s *Session) pairings(turns []Turn, base, candidate int) (all []pairing, failed int) {
	at, lost := map[string]int{}, map[string]bool{}
	for i := range turns {
		t := &turns[i]
		a, asked := t.Answer(base)
		b, too := t.Answer(candidate)
		late := t.Hidden() && (slices.Contains(t.Late, base) || slices.Contains(t.Late, candidate))
		key := s.prompt(t)
		switch {
		case !asked || !too || t.Sealed() || late:
		case a.ended() && b.ended():
			k, ok := at[key]
			if !ok {
				k = len(all)
				at[key], all = k, append(all, pairing{})
			}
			all[k].slips = append(all[k].slips, Slip{Turn: t.ID, Left: Pick{base, a.Take}, Right: Pick{candidate, b.Take}})
		case a.lost() && b.ended(), b.lost() && a.ended():
			lost[key] = true
		}
	}
	for key := range lost {
		if _, ok := at[key]; !ok {
			failed++
		}
	}
	return all, failed
}

// lost reports whether an answer failed by its model's or its service's fault.
func (a *Answer) lost() bool {
	return a.Finish == providers.Failed && (a.Error == nil || inTheWay[a.Error.Kind] == "")
}

// votesFor is how many of n prompts are to be voted on for a sample of the planned
// size, in which as large a part of the failures counts as of the others has a
// vote; see [verdict.Judge].
func votesFor(planned, n, failed int) int {
	for v := range n {
		if v+(2*failed*v+n)/(2*n) >= planned {
			return v
		}
	}
	return n
}

// shuffled are slips in the voter's order, each pair with the seats that it drew,
// and some of them again.
func shuffled(slips []Slip, base int, seed uint32, voter string) []Slip {
	draw := func(what string, s *Slip) uint64 {
		other := s.Left.Column
		if other == base {
			other = s.Right.Column
		}
		return lot(seed, what, voter, s.Turn, other)
	}
	by := func(what string) func(a, b Slip) int {
		return func(a, b Slip) int {
			return cmp.Or(cmp.Compare(draw(what, &a), draw(what, &b)), a.Turn-b.Turn, a.Right.Column-b.Right.Column)
		}
	}
	slices.SortFunc(slips, by("order"))
	for i := range slips {
		if s := &slips[i]; draw("side", s)>>63 == 1 {
			s.Left, s.Right = s.Right, s.Left
		}
	}
	n := len(slips)
	apart := max(5, n/4) // so many others come between the two looks, at the least
	looks := secondLooks(n)
	if looks == 0 {
		return slips
	}
	early := slices.Clone(slips[:n-apart])
	slices.SortFunc(early, by("again"))
	out := slips
	for _, s := range early[:min(looks, len(early))] {
		first := slices.Index(out, s)
		from := first + apart + 1
		at := from + int(draw("when", &s)%uint64(len(out)-from+1))
		s.Left, s.Right, s.Again = s.Right, s.Left, true
		out = slices.Insert(slices.Clip(out), at, s)
	}
	return out
}
