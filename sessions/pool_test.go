package sessions

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"juxta/providers"
	"juxta/sessions/verdict"
)

// caseOf is a session of two columns with turns, under an ID.
func caseOf(id ID, baseline int, turns ...Turn) Case {
	s := columnsOf(1, 2)
	s.ID, s.Kind, s.Baseline, s.Turns = id, Chat, baseline, len(turns)
	return Case{s, turns}
}

func asking(text string) func(*Turn) { return func(t *Turn) { t.Text = text } }

func pooled(t *testing.T, cases ...Case) Trial {
	t.Helper()
	base, err := BaselineOf(cases)
	if err != nil {
		t.Fatal(err)
	}
	trial, err := Pool(cases, base)
	if err != nil {
		t.Fatal(err)
	}
	return trial
}

// What was asked in two sessions first is one prompt; behind something else it is
// another, because the models were told something else before.
func TestTheSameQuestionOfTwoSessionsIsOnePrompt(t *testing.T) {
	a := caseOf("A", 2, turnOf(1, []int{1, 2}, preferring(true, 1)), turnOf(2, []int{1, 2}, asking("next"), preferring(true, 1)))
	b := caseOf("B", 0, turnOf(1, []int{1, 2}, preferring(true, 2)), turnOf(2, []int{1, 2}, asking("next"), preferring(true, 2)))
	b.Turns[0].Asked = b.Turns[0].Asked.Add(time.Hour)
	for i := range b.Turns {
		b.Turns[i].Votes[0].At = time.Unix(6000, 0)
	}
	trial := pooled(t, a, b)
	want := [][]Asking{{{"A", 1}, {"B", 1}}, {{"A", 2}}, {{"B", 2}}}
	if !slices.EqualFunc(trial.Asked, want, slices.Equal) {
		t.Errorf("%v", trial.Asked)
	}
	v := verdict.Judge(trial.Trial)
	if len(v) != 1 || v[0].N != 3 || v[0].Mean != .5 || v[0].Votes.N() != 4 || !v[0].Exploratory || !strings.Contains(v[0].Remarks()[0], "a plan holds for its own alone: this is a hint") {
		t.Errorf("%+v", v)
	}
	if trial.Seats[0] != (Seat{Model: modelOf(1)}) {
		t.Errorf("%+v", trial.Seats)
	}
}

// A fork has copies of turns and votes, and they are the same ones.
func TestWhatWasCopiedCountsOnce(t *testing.T) {
	a := caseOf("A", 2, turnOf(1, []int{1, 2}, preferring(true, 1)), turnOf(2, []int{1, 2}, asking("next"), preferring(true, 1)))
	b := caseOf("B", 2, a.Turns...)
	again := b.Turns[1].Votes[0]
	again.ID, again.At, again.Best = 2, time.Unix(7000, 0), []int{2}
	b.Turns = slices.Clone(b.Turns)
	b.Turns[1].Votes = append(slices.Clip(b.Turns[1].Votes), again) // voted on in the fork alone
	trial := pooled(t, a, b)
	if v := verdict.Judge(trial.Trial)[0]; v.N != 2 || v.Votes.N() != 3 || v.Mean != .75 {
		t.Errorf("%+v", v)
	}
}

// So are the answers that came with the turns: what a fork added is as much of a
// mean as what was there.
func TestAnAnswerThatWasCopiedCountsOnce(t *testing.T) {
	costing := func(a Answer, cost providers.Money) Answer { a.Billed = &cost; return a }
	a := caseOf("A", 2, turnOf(1, []int{1, 2}, preferring(true, 1)))
	a.Turns[0].Answers[0] = costing(a.Turns[0].Answers[0], 100)
	b := caseOf("B", 2, a.Turns[0].clone())
	take := costing(a.Turns[0].Answers[0], 400)
	take.Take, take.Timing.Sent = 2, take.Timing.Sent.Add(time.Hour)
	b.Turns[0].place(take)
	trial := pooled(t, a, b)
	if len(trial.Prompts) != 1 || *trial.Prompts[0].Answers[0].Cost != 250 {
		t.Errorf("%d prompts, the first at %v", len(trial.Prompts), *trial.Prompts[0].Answers[0].Cost)
	}
	for at, copied := range map[Asking]bool{{"A", 1}: false, {"B", 1}: true} {
		want(t, "an answer of session "+string(at.Session)+" was copied", trial.Copied(at, Pick{1, 1}), copied)
	}
	want(t, "what the fork added was copied", trial.Copied(Asking{"B", 1}, Pick{1, 2}), false)

	b.Turns[0].Asked = b.Turns[0].Asked.Add(time.Second) // somebody asked it once more
	trial = pooled(t, a, b)
	want(t, "the cost of both together", *trial.Prompts[0].Answers[0].Cost, 200)
	want(t, "what was asked once more was copied", trial.Copied(Asking{"B", 1}, Pick{1, 1}), false)
}

// Columns mean nothing in another session: models do.
func TestSessionsArePooledByModel(t *testing.T) {
	a := caseOf("A", 2, turnOf(1, []int{1, 2}, preferring(true, 1)))
	b := caseOf("B", 0, turnOf(1, []int{1, 2}, asking("other"), preferring(true, 1)))
	b.Session.Columns[0].Model, b.Session.Columns[1].Model = modelOf(2), modelOf(1)
	for i := range b.Turns[0].Answers {
		b.Turns[0].Answers[i].Model = b.Session.Columns[i].Model
	}
	v := verdict.Judge(pooled(t, a, b).Trial)
	if len(v) != 1 || v[0].Baseline != "lab/m2" || v[0].Votes != (verdict.Tally{Wins: 1, Losses: 1}) {
		t.Errorf("%+v", v)
	}
}

// A model in two columns is judged in each of them, and not by the better one.
func TestAModelInTwoColumnsIsJudgedByBoth(t *testing.T) {
	c := caseOf("A", 2, turnOf(1, []int{1, 2, 3}, preferring(true, 1)))
	c.Session.Columns = append(c.Session.Columns, Column{ID: 3, Model: modelOf(1)})
	c.Turns[0].Answers[2].Model = modelOf(1)
	v := verdict.Judge(pooled(t, c).Trial)
	// Column 1 was best; column 3 and the baseline were not, and are not compared.
	if len(v) != 1 || v[0].N != 1 || v[0].Votes != (verdict.Tally{Wins: 1}) {
		t.Errorf("%+v", v)
	}
	c.Turns[0].Votes[0].Best = []int{1, 2}
	if v := verdict.Judge(pooled(t, c).Trial); v[0].Mean != .25 || v[0].Votes != (verdict.Tally{Ties: 1, Losses: 1}) {
		t.Errorf("%+v", v)
	}
}

func TestSessionsWithOtherBaselinesAreNotPooledUnasked(t *testing.T) {
	a, b := caseOf("A", 2), caseOf("B", 1)
	_, err := BaselineOf([]Case{a, b, a})
	var e *BaselinesError
	if !errors.As(err, &e) || err.Error() != "the sessions are measured against different models: lab/m2 (A and 1 more), lab/m1 (B)" {
		t.Error(err)
	}
	b.Session.Plan = &TestPlan{Baseline: 2} // which is before the session's own
	if base, err := BaselineOf([]Case{a, b}); err != nil || base != modelOf(2) {
		t.Error(base, err)
	}
	if _, err := BaselineOf([]Case{caseOf("A", 0)}); !errors.Is(err, ErrNoBaseline) {
		t.Error(err)
	}
	if _, err := Pool([]Case{a}, providers.Ref{Provider: "lab", Model: "never"}); !errors.Is(err, ErrNoBaseline) {
		t.Error(err)
	}
}
