package sessions

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// order is the order in which the columns of one device answer for the n-th
// time, n counted from 0. Whoever goes first finds a cooler device and an
// emptier cache, so that every column has every place equally often, and every
// two of them go in both orders equally often, in each block of 2·len(ids)
// times: a shuffle of the IDs, its reverse, the shuffle turned by one place, the
// reverse of that, and so on. Of two columns that is AB BA BA AB.
//
// Each block has a shuffle of its own, which follows from the seed alone: that
// of [Turn.Seats], with the generator seeded with seed and 2³² plus the block's
// number.
func order(seed uint32, n int, ids []int) []int {
	if len(ids) < 2 {
		return ids
	}
	block, at := n/(2*len(ids)), n%(2*len(ids))
	all := slices.Sorted(slices.Values(ids))
	shuffle(all, rand.NewPCG(uint64(seed), 1<<32+uint64(block)))
	turned := append(slices.Clone(all[at/2:]), all[:at/2]...)
	if at%2 == 1 {
		slices.Reverse(turned)
	}
	return turned
}

// inLine is lanes in the order in which they take their places in line. The
// columns of a device go in balanced order, see [order]: from turn to turn, and
// from take to take of one turn, as the session's seed says; and where each
// gives several samples from one to the next, as the turn's does.
func inLine(lanes []*lane, session uint32, t *Turn, samples int) []*lane {
	type place struct{ round, rank int }
	type group struct {
		round  int
		device string
	}
	given, sharing, places := map[int]int{}, map[group][]*lane{}, map[*lane]place{}
	for _, l := range lanes {
		round := given[l.answer.Column]
		given[l.answer.Column]++
		places[l] = place{round: round}
		if l.shares() {
			g := group{round, l.device}
			sharing[g] = append(sharing[g], l)
		}
	}
	for g, of := range sharing {
		seed, n := session, t.ID-1
		var ids []int
		for _, l := range of {
			ids = append(ids, l.answer.Column)
			n = max(n, t.ID-1+l.answer.Take-1)
		}
		if samples > 1 {
			seed, n = t.Seed, g.round
		}
		line := order(seed, n, ids)
		for _, l := range of {
			places[l] = place{g.round, slices.Index(line, l.answer.Column)}
		}
	}
	queue := slices.Clone(lanes)
	slices.SortStableFunc(queue, func(x, y *lane) int {
		return cmp.Or(places[x].round-places[y].round, places[x].rank-places[y].rank)
	})
	return queue
}

// race lets the lanes of different columns that share a device answer at once,
// which their answers say.
func race(lanes []*lane) {
	rivals := map[string]int{} // the first column of each device
	for _, l := range lanes {
		if l.shares() && rivals[l.device] == 0 {
			rivals[l.device] = l.answer.Column
		}
	}
	contended := map[string]bool{}
	for _, l := range lanes {
		if l.shares() && rivals[l.device] != l.answer.Column {
			contended[l.device] = true
		}
	}
	for _, l := range lanes {
		if l.shares() && contended[l.device] {
			l.answer.Raced, l.device = true, ""
		}
	}
}
