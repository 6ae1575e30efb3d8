package verdict

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"juxta/providers"
)

// trialOf is a trial of two models: so many blind votes for the first, ties, and
// votes for the second, each of a prompt of its own.
func trialOf(wins, ties, losses int) Trial {
	t := Trial{Models: []string{"open", "frontier"}, Baseline: 1}
	for best, n := range map[int]int{0: wins, 1: losses, 2: ties} {
		for range n {
			b := Ballot{Blind: true, Seats: []int{0, 1}, Best: []int{best}}
			if best == 2 {
				b.Best = []int{0, 1}
			}
			t.Prompts = append(t.Prompts, Prompt{Answers: []Answer{{State: Answered}, {State: Answered}}, Ballots: []Ballot{b}})
		}
	}
	return t
}

// failing adds prompts on which one of the two failed and the other did not.
func failing(t Trial, model, n int) Trial {
	for range n {
		p := Prompt{Answers: []Answer{{State: Answered}, {State: Answered}}}
		p.Answers[model].State = Failed
		t.Prompts = append(t.Prompts, p)
	}
	return t
}

func planned(t Trial, n int) Trial {
	t.Plan = &Plan{Margin: DefaultMargin, N: n}
	return t
}

func ExampleVerdict_Sentence() {
	t := planned(trialOf(21, 26, 13), 60)
	for i := range t.Prompts {
		a, b := providers.Dollar*7/10_000, providers.Dollar*providers.Money(5+i%21)/1000
		t.Prompts[i].Answers[0].Cost, t.Prompts[i].Answers[1].Cost = &a, &b
		t.Prompts[i].Answers[0].First, t.Prompts[i].Answers[1].First = .485, .775
	}
	v, f := Judge(t)[0], t.Figures(0)
	f.Volume = f.AtPrice(100_000)
	fmt.Println(v.Sentence(f))
	for _, s := range v.Remarks() {
		fmt.Println(s)
	}
	// Output:
	// open matches or beats frontier on 47 of 60 prompts (win + ½ tie 0.57, 95% interval 0.47–0.66; non-inferior at a margin of 10%), at 4.8% of the cost [4.4%–5.4%] and 0.63× the time to the first token; at 100,000 requests a month it saves $1385.00; about 553 more prompts would settle superiority.
	// The interval is that of the 60 planned prompts. Whoever would also have stopped earlier is wrong in up to 5% of such tests, instead of 2.5%.
}

func TestTheWordIsThatOfTheInterval(t *testing.T) {
	for _, tt := range []struct {
		wins, ties, losses int
		want               Word
	}{
		{60, 0, 0, Better},
		{40, 10, 10, Better},
		{21, 26, 13, NonInferior},
		{34, 0, 26, NonInferior},
		{0, 60, 0, NonInferior},
		{26, 0, 34, Inconclusive},
		{18, 0, 42, Inferior},
		{5, 0, 55, ClearlyInferior},
		{19, 0, 0, TooFew},
		{0, 0, 19, TooFew},
		{20, 0, 0, Better},
		{0, 0, 20, ClearlyInferior},
		{400, 0, 480, WithinMargin},
	} {
		n := tt.wins + tt.ties + tt.losses
		v := Judge(planned(trialOf(tt.wins, tt.ties, tt.losses), max(n, Fewest)))[0]
		if v.Word != tt.want || v.N != n || v.Matched != tt.wins+tt.ties || v.Fixed != (n >= Fewest) || v.Exploratory || v.Evidence != Blind {
			t.Errorf("%d wins, %d ties, %d losses: %+v, want %s", tt.wins, tt.ties, tt.losses, v, tt.want)
		}
	}
}

func TestFixedAndAnytimeIntervalsAreNotMixed(t *testing.T) {
	data := trialOf(21, 26, 13)
	for name, tt := range map[string]struct {
		trial Trial
		fixed bool
	}{
		"as planned":      {planned(data, 60), true},
		"before the plan": {planned(data, 80), false},
		"beyond the plan": {planned(data, 40), false},
		"no plan":         {data, false},
	} {
		v := Judge(tt.trial)[0]
		want := Anytime(34, 60, 50)
		if tt.fixed {
			want = SampleOf(scoresOf(21, 26, 13)).Interval()
		}
		if v.Fixed != tt.fixed || math.Abs(v.Interval.Low-want.Low)+math.Abs(v.Interval.High-want.High) > 1e-12 {
			t.Errorf("%s: fixed %t, %v, want %v", name, v.Fixed, v.Interval, want)
		}
		if v.Exploratory != (tt.trial.Plan == nil) || strings.HasPrefix(v.Sentence(Figures{}), "Exploratory: ") != v.Exploratory {
			t.Errorf("%s: exploratory %t: %s", name, v.Exploratory, v.Sentence(Figures{}))
		}
		if tt.fixed != (v.Word == NonInferior) {
			t.Errorf("%s: %s", name, v.Word)
		}
	}
	if v := Judge(planned(trialOf(100, 0, 100), 400))[0]; v.Interval != Anytime(100, 200, 200) {
		t.Errorf("the plan does not say where the interval is sharpest: %v", v.Interval)
	}
}

// Every degenerate trial has a right sentence.
func TestWhatIsNotKnownIsNotClaimed(t *testing.T) {
	manyVotes := Trial{Models: []string{"open", "frontier"}, Baseline: 1, Prompts: []Prompt{{Answers: []Answer{{State: Answered}, {State: Answered}}}}}
	for range 500 {
		manyVotes.Prompts[0].Ballots = append(manyVotes.Prompts[0].Ballots, Ballot{Blind: true, Seats: []int{1, 0}, Best: []int{0}})
	}
	opened := trialOf(0, 0, 30)
	for i := range opened.Prompts {
		opened.Prompts[i].Ballots[0].Blind = false
	}
	mixed := trialOf(30, 0, 0)
	mixed.Prompts = append(mixed.Prompts, opened.Prompts...)
	unvoted := trialOf(30, 0, 0)
	for i := range unvoted.Prompts {
		unvoted.Prompts[i].Ballots = nil
	}
	bad := trialOf(0, 30, 0)
	for i := range bad.Prompts {
		bad.Prompts[i].Ballots[0].Best = nil
	}
	both := failing(trialOf(0, 0, 0), 0, 25)
	for i := range both.Prompts {
		both.Prompts[i].Answers[1].State = Failed
	}
	stopped := failing(trialOf(0, 0, 0), 0, 3)
	for i := range stopped.Prompts {
		stopped.Prompts[i].Answers[0] = Answer{State: Excluded, Why: "stopped"}
	}
	third := Trial{Models: []string{"open", "frontier", "other"}, Baseline: 1, Prompts: []Prompt{{
		Answers: []Answer{{State: Answered}, {State: Answered}, {State: Answered}},
		Ballots: []Ballot{{Blind: true, Seats: []int{0, 1, 2}, Best: []int{2}}},
	}}}

	for name, tt := range map[string]struct {
		trial    Trial
		word     Word
		sentence string
		remark   string // of one that begins so; "" for any
	}{
		"nothing asked":      {Trial{Models: []string{"open", "frontier"}, Baseline: 1}, TooFew, "No verdict on open against frontier yet: no prompt was asked.", ""},
		"no vote":            {unvoted, TooFew, "No verdict on open against frontier yet: 30 (no vote).", ""},
		"one vote":           {trialOf(1, 0, 0), TooFew, "open matches or beats frontier on 1 of 1 prompt (win + ½ tie 1.00; too few prompts, 20 are the fewest); at least 19 more are needed for a verdict.", ""},
		"all ties":           {trialOf(0, 30, 0), Inconclusive, "Exploratory: open matches or beats frontier on 30 of 30 prompts (win + ½ tie 0.50, 95% interval 0.24–0.76; inconclusive at a margin of 10%); about 221 more prompts would settle non-inferiority.", ""},
		"all bad":            {bad, Inconclusive, "", "30 votes are of both being bad, and count as ties."},
		"all wins":           {trialOf(30, 0, 0), Better, "Exploratory: open matches or beats frontier on 30 of 30 prompts (win + ½ tie 1.00, 95% interval 0.86–1.00; better).", ""},
		"one prompt":         {manyVotes, TooFew, "open matches or beats frontier on 1 of 1 prompt (win + ½ tie 1.00; too few prompts, 20 are the fewest); at least 19 more are needed for a verdict.", ""},
		"failed half":        {failing(trialOf(30, 0, 0), 0, 30), Inconclusive, "", "open failed on 30 prompts; 30 without a vote count as lost."},
		"failed and lost":    {failing(trialOf(0, 0, 30), 0, 30), ClearlyInferior, "", "open failed on 30 prompts; 30 without a vote count as lost."},
		"the baseline fails": {failing(trialOf(30, 0, 0), 1, 30), Better, "", "frontier failed on 30 prompts; 30 without a vote count as won by open."},
		"nothing but fails":  {failing(trialOf(0, 0, 0), 0, 30), ClearlyInferior, "", "open failed on 30 prompts; 30 without a vote count as lost."},
		"fails, no vote yet": {failing(unvoted, 0, 30), TooFew, "No verdict on open against frontier yet: 30 (failed, and counted once the others are voted on), 30 (no vote).", ""},
		"both failed":        {both, TooFew, "No verdict on open against frontier yet: 25 (both failed).", ""},
		"stopped":            {stopped, TooFew, "No verdict on open against frontier yet: 3 (stopped).", ""},
		"mixed":              {mixed, Better, "", "30 open votes are left out, because others are blind."},
		"open":               {opened, ClearlyInferior, "", "The votes are open: the voters saw who answered."},
		"a third is best":    {third, TooFew, "No verdict on open against frontier yet: 1 (another model was best, and these two not compared).", ""},
	} {
		v := Judge(tt.trial)[0]
		said := v.Sentence(Figures{})
		if v.Word != tt.word || tt.sentence != "" && said != tt.sentence {
			t.Errorf("%s: %s\n%s\nwant %s\n%s", name, v.Word, said, tt.word, tt.sentence)
		}
		if tt.remark != "" && !slices.Contains(v.Remarks(), tt.remark) {
			t.Errorf("%s: %q", name, v.Remarks())
		}
		sound(t, name, tt.trial)
	}
}

// Few votes and many failures are not a sample of the trial.
func TestFailuresCountAsFarAsTheOthersAreVotedOn(t *testing.T) {
	trial := failing(trialOf(30, 0, 0), 0, 20)
	for i := 10; i < 30; i++ {
		trial.Prompts[i].Ballots = nil
	}
	v := Judge(trial)[0]
	if v.N != 17 || v.Failed != 20 || v.Lost != 7 { // 10 of 30, and 20/3
		t.Errorf("%+v", v)
	}
	if want := []Left{{noVote, 20}, {waiting, 13}}; !slices.Equal(v.Left, want) {
		t.Errorf("left out: %v", v.Left)
	}
}

func TestAVoteOnAPromptIsWorthMoreThanItsFailure(t *testing.T) {
	trial := trialOf(25, 0, 0)
	for i := range trial.Prompts {
		trial.Prompts[i].Answers[0].State = Failed // and another take of it was voted on
	}
	if v := Judge(trial)[0]; v.Mean != 1 || v.Failed != 25 || v.Lost != 0 {
		t.Errorf("%+v", v)
	}
}

func TestSeveralCandidatesAreCorrectedFor(t *testing.T) {
	// Each of ten wins 34 of 60: alone that is non-inferior, p = .0042.
	alone := planned(trialOf(34, 0, 26), 60)
	if v := Judge(alone)[0]; v.Word != NonInferior {
		t.Fatalf("alone: %s", v.Word)
	}
	many := Trial{Models: slices.Repeat([]string{"open"}, 10), Baseline: 10, Plan: alone.Plan}
	many.Models = append(many.Models, "frontier")
	for i := range 60 {
		p := Prompt{Answers: slices.Repeat([]Answer{{State: Answered}}, 11)}
		for m := range 10 {
			best := 10
			if i < 34 {
				best = m
			}
			p.Ballots = append(p.Ballots, Ballot{Blind: true, Seats: []int{m, 10}, Best: []int{best}})
		}
		many.Prompts = append(many.Prompts, p)
	}
	many.Models = append(many.Models, "idle") // of whom nothing is known, and who costs nobody anything
	vs := Judge(many)
	if idle := vs[len(vs)-1]; idle.Word != TooFew || idle.N != 0 {
		t.Errorf("%+v", idle)
	}
	if vs = vs[:len(vs)-1]; len(vs) != 10 {
		t.Fatalf("%d verdicts", len(vs))
	}
	for _, v := range vs {
		if v.Word != Inconclusive || math.Abs(v.NonInferiority-.04204) > 1e-4 || v.Candidates != 10 || !slices.ContainsFunc(v.Remarks(), func(s string) bool { return strings.Contains(s, "10 candidates") }) {
			t.Errorf("%+v", v)
		}
		if v.Next == nil || v.Next.More < 10 {
			t.Errorf("what it takes: %+v", v.Next)
		}
	}
}

func TestPlansThatCannotBeTestedAreRefused(t *testing.T) {
	for _, p := range []Plan{{}, {0, 60}, {.5, 60}, {-.1, 60}, {math.NaN(), 60}, {.1, 19}, {.1, 2_000_000}} {
		if p.Check() == nil {
			t.Errorf("%+v is a plan", p)
		}
		trial := trialOf(30, 0, 0)
		trial.Plan = &p
		if v := Judge(trial)[0]; !v.Exploratory || v.Margin != DefaultMargin {
			t.Errorf("%+v counts: %+v", p, v)
		}
	}
	if err := (Plan{.1, 60}).Check(); err != nil {
		t.Error(err)
	}
}
