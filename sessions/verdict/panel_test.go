package verdict

import (
	"slices"
	"testing"
)

func TestWhereOneStandsIsSeen(t *testing.T) {
	trial := trialOf(10, 5, 0)
	s := trial.Sides()
	if s.N != 10 || s.Left != 10 || s.Right != 0 || !s.Biased {
		t.Errorf("%+v", s)
	}
	isInterval(t, "the left", s.Interval, .722467, 1, six)
	for i := range trial.Prompts {
		if i%2 == 0 {
			slices.Reverse(trial.Prompts[i].Ballots[0].Seats)
		}
	}
	if s := trial.Sides(); s.Biased {
		t.Errorf("%+v", s)
	}
	if s := (Trial{}).Sides(); s.Biased || s.N != 0 {
		t.Errorf("of nothing: %+v", s)
	}
}

func TestVotersAreComparedByTheirLastVotes(t *testing.T) {
	trial := trialOf(0, 0, 0)
	add := func(x, y []int) {
		trial.Prompts = append(trial.Prompts, Prompt{Ballots: []Ballot{
			{Voter: "ann", Blind: true, Seats: []int{0, 1}, Best: []int{1}}, // and then thought again
			{Voter: "ann", Blind: true, Seats: []int{0, 1}, Best: x},
			{Voter: "bob", Blind: true, Seats: []int{1, 0}, Best: y},
			{Voter: "bob", Blind: false, Seats: []int{1, 0}, Best: []int{1}},
		}})
	}
	for range 20 {
		add([]int{0}, []int{0})
	}
	for range 5 {
		add([]int{0}, []int{1})
	}
	for range 10 {
		add(nil, []int{0, 1})
	}
	if got := trial.Voters(); !slices.Equal(got, []string{"ann", "bob"}) {
		t.Errorf("%q", got)
	}
	a := trial.Between(0, "ann", "bob")
	if want := AgreementOf([][]int{{0, 0, 0}, {0, 10, 0}, {5, 0, 20}}); a != want || a.N != 35 {
		t.Errorf("%+v, want %+v", a, want)
	}
	if a := trial.Between(0, "ann", "nobody"); a.N != 0 || a.Defined {
		t.Errorf("%+v", a)
	}
}

func TestWhoFailsDoesNotLeadTheRanking(t *testing.T) {
	trial := trialOf(25, 0, 0)
	trial.Models = append(trial.Models, "other")
	for i := range trial.Prompts {
		p := &trial.Prompts[i]
		p.Answers = append(p.Answers, Answer{State: Failed})
	}
	r, ok := trial.Ranking()
	if !ok || r.Prompts != 25 {
		t.Fatalf("%+v", r)
	}
	if x := r.Rated; !(x[0].Strength > x[1].Strength && x[1].Strength > x[2].Strength) || x[0].Best != 1 || x[2].Worst != 3 {
		t.Errorf("%+v", r.Rated)
	}
}
