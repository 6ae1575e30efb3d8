package sessions

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"juxta/providers"
	"juxta/sessions/verdict"
)

func TestTheOrderOfAPollFollowsFromItsSeedAndItsVoter(t *testing.T) {
	store, id := pollable(t, 40, 3)
	ann, again, bob := poll(t, store, id, PollOptions{Voter: "ann"}), poll(t, store, id, PollOptions{Voter: "ann"}), poll(t, store, id, PollOptions{Voter: "bob"})
	if !slices.Equal(ann.Slips, again.Slips) {
		t.Error("the same voter has another order the second time")
	}
	if slices.Equal(ann.Slips, bob.Slips) {
		t.Error("two voters have one order")
	}
	if err := store.Plan(id, TestPlan{At: time.Now(), Metric: Votes, Margin: .1, N: 40, Baseline: 3, Seed: 8}); err != nil {
		t.Fatal(err)
	}
	planned := poll(t, store, id, PollOptions{Voter: "ann"})
	if slices.Equal(ann.Slips, planned.Slips) || planned.Planned != 40 {
		t.Error("the plan's seed changes nothing")
	}
	asked := slices.IsSortedFunc(ann.Slips, func(a, b Slip) int { return a.Turn - b.Turn })
	left := 0
	for _, s := range ann.Slips {
		if s.Left.Column == 3 {
			left++
		}
		if s.Left.Column != 3 && s.Right.Column != 3 {
			t.Errorf("%+v has no baseline", s)
		}
	}
	if asked || left < 25 || left > 60 {
		t.Errorf("in the order of the session: %v; the baseline is %d times of %d on the left", asked, left, len(ann.Slips))
	}
}

// That a plan's order is this one, today and with another version of Go.
func TestTheOrderOfAPollNeverChanges(t *testing.T) {
	store, id := pollable(t, 6, 2)
	var got []string
	for _, s := range poll(t, store, id, PollOptions{Voter: "ann"}).Slips {
		got = append(got, fmt.Sprintf("%d:%d|%d", s.Turn, s.Left.Column, s.Right.Column))
	}
	want(t, "the order", strings.Join(got, " "), "4:2|1 5:2|1 2:1|2 6:1|2 3:2|1 1:2|1")
}

func TestATurnMoreLeavesTheOthersInTheirOrder(t *testing.T) {
	store, id := pollable(t, 9, 2)
	more, longer := pollable(t, 30, 2)
	var few, many []Slip
	few = poll(t, store, id, PollOptions{}).Slips
	for _, s := range poll(t, more, longer, PollOptions{}).Slips {
		if s.Turn <= 9 && !s.Again {
			many = append(many, s)
		}
	}
	if !slices.Equal(few, many) {
		t.Errorf("%v\nbecame %v", few, many)
	}
}

func TestSecondLooksAreFewSwappedAndLater(t *testing.T) {
	for _, n := range []int{1, 9, 10, 12, 20, 21, 60, 200} {
		store, id := pollable(t, n, 2)
		p := poll(t, store, id, PollOptions{Voter: "ann"})
		looks := 0
		for i, s := range p.Slips {
			if !s.Again {
				continue
			}
			looks++
			first := slices.Index(p.Slips, Slip{Turn: s.Turn, Left: s.Right, Right: s.Left})
			if first < 0 || i-first < max(5, n/4) {
				t.Errorf("of %d: the look %d at turn %d comes after the first one, %d", n, i, s.Turn, first)
			}
		}
		if share := float64(looks) / float64(n); n < 10 && looks > 0 || n >= 10 && (share < .05 || share > .1) {
			t.Errorf("%d looks at %d pairs", looks, n)
		}
	}
}

func TestAPlanIsVotedOnAsFarAsItGoes(t *testing.T) {
	store, id := pollable(t, 50, 2, func(_ *Session, turns []Turn) {
		for i := range 10 {
			failed(1, providers.ServerFault)(&turns[i])
		}
	})
	if err := store.Plan(id, TestPlan{At: time.Now(), Metric: Votes, Margin: .1, N: 25, Baseline: 2, Seed: 8}); err != nil {
		t.Fatal(err)
	}
	p := poll(t, store, id, PollOptions{})
	vote(t, p, 1000)
	s, turns, err := p.Whole()
	if err != nil {
		t.Fatal(err)
	}
	v := verdict.Judge(tried(t, s, 0, turns...).Trial)[0]
	if v.N != 25 || !v.Fixed || v.Lost != 5 || p.Progress().Pairs != 20 {
		t.Errorf("%d prompts of 25, %d of them failures; %+v", v.N, v.Lost, p.Progress())
	}
	want(t, "pairs of all", poll(t, store, id, PollOptions{All: true}).Progress().Pairs, 40)
	one := poll(t, store, id, PollOptions{Voter: "ann"})
	for _, s := range one.Slips {
		if !slices.ContainsFunc(p.Slips, func(o Slip) bool { return o.Turn == s.Turn }) {
			t.Errorf("ann votes on turn %d, and the others don't", s.Turn)
		}
	}
}

func TestAPollLeavesOutWhatCannotBeCompared(t *testing.T) {
	store, id := pollable(t, 5, 3, func(s *Session, turns []Turn) {
		failed(1, providers.ServerFault)(&turns[0])
		turns[1].Answers[1].Finish = providers.Cancelled
		turns[2].Blind, turns[2].Late, s.Hidden = true, []int{2}, []int{3, 4}
		turns[3].Blind, turns[3].Answers[0].Finish = true, "" // sealed
	})
	var got []string
	for _, s := range poll(t, store, id, PollOptions{}).Slips {
		other := s.Left.Column
		if other == 3 {
			other = s.Right.Column
		}
		got = append(got, fmt.Sprintf("%d:%d", s.Turn, other))
	}
	slices.Sort(got)
	want(t, "pairs", strings.Join(got, " "), "1:2 2:1 3:1 5:1 5:2")
	want(t, "pairs of column 2", len(poll(t, store, id, PollOptions{Column: 2}).Slips), 2)
	if _, err := store.Poll(id, PollOptions{Column: 3}); !errors.Is(err, ErrNoPairs) {
		t.Errorf("of the baseline alone: %v", err)
	}
}

func TestAPollOfNothingSaysSo(t *testing.T) {
	one, only := pollable(t, 3, 1)
	if _, err := one.Poll(only, PollOptions{}); !errors.Is(err, ErrNoPairs) {
		t.Errorf("of one column: %v", err)
	}
	three, id := pollable(t, 3, 3, func(s *Session, _ []Turn) { s.Baseline = 0 })
	if _, err := three.Poll(id, PollOptions{}); !errors.Is(err, ErrNoBaseline) {
		t.Errorf("of three without a baseline: %v", err)
	}
	two, pair := pollable(t, 3, 2, func(s *Session, _ []Turn) { s.Baseline = 0 })
	want(t, "pairs of two without a baseline", len(poll(t, two, pair, PollOptions{}).Slips), 3)
	if _, err := two.Poll("01BX5ZZKBKACTAV9WEVGEMMVRY", PollOptions{}); !errors.Is(err, ErrNotFound) {
		t.Errorf("of no session: %v", err)
	}
}
