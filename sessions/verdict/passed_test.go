package verdict

import (
	"math"
	"strings"
	"testing"
)

// checked is a trial of votes of pass or fail: on so many prompts only the
// candidate passes, only the baseline, both or none.
func checked(only, base, both, none int) Trial {
	t := Trial{Models: []string{"small", "large"}, Baseline: 1, Pass: true}
	for k, n := range []int{only, base, both, none} {
		for range n {
			t.Prompts = append(t.Prompts, Prompt{
				Answers: []Answer{{State: Answered}, {State: Answered}},
				Ballots: []Ballot{{Voter: "ann", Blind: true, Pass: true, Seats: []int{0, 1}, Best: [][]int{{0}, {1}, {0, 1}, nil}[k]}},
			})
		}
	}
	return t
}

// 6 against 4 of 60 at a margin of .1 in the share that passes, which is one of
// .05 in the mean score.
func TestPassAndFailAreTestedByTango(t *testing.T) {
	trial := checked(6, 4, 40, 10)
	trial.Plan = &Plan{Margin: .05, N: 60}
	v := Judge(trial)[0]
	p := v.Passed
	if p == nil || p.Table == nil || *p.Table != (PassFail{A: 6, B: 4, N: 60}) || p.Passed != 46 || p.Baseline != 44 || p.Votes != 60 {
		t.Fatalf("%+v", p)
	}
	for _, x := range []struct {
		what      string
		got, want float64
	}{
		{"low", p.Interval.Low, -.078784},
		{"high", p.Interval.High, .148750},
		{"p of McNemar", p.McNemar, .753906},
		{"p of non-inferiority", v.NonInferiority, .011616},
		{"low of the mean", v.Interval.Low, (1 - .078784) / 2},
		{"high of the mean", v.Interval.High, (1 + .148750) / 2},
		{"difference", p.Difference, 2. / 60},
	} {
		if math.Abs(x.got-x.want) > 5e-7 {
			t.Errorf("%s is %f, want %f", x.what, x.got, x.want)
		}
	}
	if v.Word != NonInferior || !v.Fixed {
		t.Errorf("it is %s", v.Word)
	}
	words := strings.Join(v.Remarks(), "\n")
	for _, want := range []string{"by 60 votes, small passes 46 times and large 44 times", "Only small passes on 6 of 60 prompts, only large on 4: a difference of +0.033 (95% interval -0.079 to +0.149 by Tango, McNemar p 0.754)", "the margin of 5% is one of 10%"} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is missing from\n%s", want, words)
		}
	}
	if strings.Contains(words, "both being bad") {
		t.Errorf("what passes is told as a preference: %s", words)
	}
}

// Before the planned number nothing but the interval that holds at any time does.
func TestPassAndFailAreNotTestedEarly(t *testing.T) {
	trial := checked(6, 4, 20, 10)
	trial.Plan = &Plan{Margin: .05, N: 60}
	v := Judge(trial)[0]
	trial.Pass = false
	if plain := Judge(trial)[0]; v.Fixed || v.Interval != plain.Interval || v.NonInferiority != plain.NonInferiority {
		t.Errorf("%+v", v)
	}
}

func TestSeveralVotesOnAPromptHaveNoTable(t *testing.T) {
	trial := checked(3, 1, 0, 0)
	trial.Prompts[0].Ballots = append(trial.Prompts[0].Ballots, Ballot{Voter: "bob", Blind: true, Pass: true, Seats: []int{1, 0}, Best: []int{1, 0}})
	p := Judge(trial)[0].Passed
	if p.Table != nil || p.Votes != 5 || p.Passed != 4 || p.Baseline != 2 {
		t.Errorf("%+v", p)
	}
}

func TestPassAndFailNeverSayNaN(t *testing.T) {
	for _, trial := range []Trial{checked(0, 0, 0, 0), checked(1, 0, 0, 0), checked(0, 0, 30, 0), checked(0, 0, 0, 30), checked(30, 0, 0, 0), checked(0, 30, 0, 0)} {
		trial.Plan = &Plan{Margin: .1, N: 30}
		v := Judge(trial)[0]
		all := v.Sentence(Figures{}) + strings.Join(v.Remarks(), " ")
		for _, x := range []float64{v.NonInferiority, v.Superiority, v.Inferiority, v.Interval.Low, v.Interval.High, v.Passed.Difference, v.Passed.McNemar} {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				t.Errorf("%+v", v)
			}
		}
		if strings.Contains(all, "NaN") || strings.Contains(all, "Inf") {
			t.Error(all)
		}
	}
}
