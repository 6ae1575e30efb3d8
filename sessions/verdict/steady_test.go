package verdict

import (
	"math"
	"testing"
)

// looks is a trial of two models in which a voter looked twice: table[k][l]
// prompts on which the first look said k and the second l, of lost, tied and won.
func looks(table [3][3]int, voter string) Trial {
	t := Trial{Models: []string{"a", "b"}, Baseline: 1}
	best := [][]int{{1}, {0, 1}, {0}}
	for k, row := range table {
		for l, n := range row {
			for range n {
				t.Prompts = append(t.Prompts, Prompt{
					Answers: []Answer{{State: Answered}, {State: Answered}},
					Ballots: []Ballot{{Voter: voter, Blind: true, Seats: []int{0, 1}, Best: best[k]}},
					Again:   []Ballot{{Voter: voter, Blind: true, Seats: []int{1, 0}, Best: best[l]}},
				})
			}
		}
	}
	return t
}

// A worked example: κ .796409 ± .058911, AC1 .849331 ± .043217.
func TestSecondLooksTellHowSteadyAVoterIs(t *testing.T) {
	trial := looks([3][3]int{{13, 0, 0}, {0, 20, 7}, {0, 4, 56}}, "ann")
	got := trial.Steady("ann")
	for _, x := range []struct {
		name      string
		got, want float64
	}{{"κ", got.Kappa, .796409}, {"its error", got.KappaError, .058911}, {"AC1", got.AC1, .849331}, {"its error", got.AC1Error, .043217}, {"agreement", got.Agree, .89}} {
		if math.Abs(x.got-x.want) > 5e-7 {
			t.Errorf("%s is %f, want %f", x.name, x.got, x.want)
		}
	}
	if got.N != 100 || trial.Steady("bob").N != 0 {
		t.Errorf("%d looks of ann, %d of bob", got.N, trial.Steady("bob").N)
	}
}

// They are never votes.
func TestSecondLooksCountForNothingElse(t *testing.T) {
	table := [3][3]int{{0, 0, 30}, {0, 10, 0}, {0, 0, 2}} // 30 prompts lost at first, and won at the second look
	with, without := looks(table, "ann"), looks(table, "ann")
	for i := range without.Prompts {
		without.Prompts[i].Again = nil
	}
	a, b := Judge(with)[0], Judge(without)[0]
	if a.Mean != b.Mean || a.N != b.N || a.Votes != b.Votes || a.Interval != b.Interval || a.Word != b.Word || with.Sides() != without.Sides() {
		t.Errorf("with second looks %+v, without %+v", a, b)
	}
}

func TestSidesOfAVoterAreTheirsAlone(t *testing.T) {
	trial := looks([3][3]int{{}, {}, {0, 0, 10}}, "ann") // a, on the left, wins
	for i := range trial.Prompts {
		trial.Prompts[i].Ballots = append(trial.Prompts[i].Ballots, Ballot{Voter: "bob", Blind: true, Seats: []int{0, 1}, Best: []int{1}})
	}
	ann, bob := trial.SidesOf("ann"), trial.SidesOf("bob")
	if ann.Left != 10 || ann.Right != 0 || !ann.Biased || math.Abs(ann.Interval.Low-.722467) > 5e-7 || bob.Right != 10 || bob.Mean != 0 || trial.Sides().Biased {
		t.Errorf("ann %+v, bob %+v", ann, bob)
	}
}
