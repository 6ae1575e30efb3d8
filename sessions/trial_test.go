package sessions

import (
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"juxta/providers"
	"juxta/sessions/verdict"
)

// turnOf is a turn with one answer of each column, and edits.
func turnOf(id int, columns []int, more ...func(*Turn)) Turn {
	t := Turn{ID: id, Parent: id - 1, Text: "question", Asked: time.Unix(int64(1000+id), 0), Columns: columns}
	for _, c := range columns {
		t.Answers = append(t.Answers, answered(c, 100*c))
	}
	for _, edit := range more {
		edit(&t)
	}
	return t
}

// preferring is a vote for some columns of a turn; of none, all are bad.
func preferring(blind bool, best ...int) func(*Turn) {
	return func(t *Turn) {
		v := Vote{ID: len(t.Votes) + 1, At: time.Unix(5000, 0), Blind: blind, Seats: t.Columns, Best: best}
		for _, c := range t.Columns {
			v.Takes = append(v.Takes, Pick{c, 1})
		}
		t.Votes = append(t.Votes, v)
	}
}

// failed has a column's answer fail.
func failed(column int, kind providers.Kind) func(*Turn) {
	return func(t *Turn) {
		for i := range t.Answers {
			if a := &t.Answers[i]; a.Column == column {
				a.Finish, a.Error, a.Text = providers.Failed, &Failure{Kind: kind}, ""
			}
		}
	}
}

func tried(t *testing.T, s Session, baseline int, turns ...Turn) Trial {
	t.Helper()
	trial, err := s.Trial(turns, baseline)
	if err != nil {
		t.Fatal(err)
	}
	return trial
}

func TestVotesOfASessionBecomeAVerdict(t *testing.T) {
	s := columnsOf(1, 2)
	s.Baseline = 2
	var turns []Turn
	for i := range 40 {
		best := []int{1}
		if i%4 == 3 {
			best = []int{1, 2}
		}
		turns = append(turns, turnOf(i+1, []int{1, 2}, preferring(true, best...)))
	}
	trial := tried(t, s, 0, turns...)
	v := verdict.Judge(trial.Trial)[0]
	if v.N != 40 || v.Word != verdict.Better || v.Votes != (verdict.Tally{Wins: 30, Ties: 10}) || v.Candidate != "lab/m1" || v.Baseline != "lab/m2" || !v.Exploratory {
		t.Errorf("%+v", v)
	}
	if f := trial.Figures(0); f.First == nil || math.Abs(f.First.Value-.5) > 1e-9 || f.Cost != nil || f.Both != 40 {
		t.Errorf("%+v", f)
	}
	if !slices.EqualFunc(trial.Asked[:2], [][]Asking{{{s.ID, 1}}, {{s.ID, 2}}}, slices.Equal) {
		t.Errorf("%v", trial.Asked[:2])
	}
}

func TestTheBaselineIsOneOfTheColumns(t *testing.T) {
	s := columnsOf(1, 2)
	if _, err := s.Trial(nil, 0); !errors.Is(err, ErrNoBaseline) {
		t.Error(err)
	}
	if _, err := s.Trial(nil, 7); !errors.Is(err, ErrNoBaseline) {
		t.Error(err)
	}
	if trial := tried(t, s, 1); trial.Seats[trial.Baseline].Column != 1 {
		t.Errorf("%+v", trial)
	}
}

// Answers of a turn that is still blind would tell who failed, and its votes who
// is who.
func TestHiddenTurnsAreNotJudged(t *testing.T) {
	s := columnsOf(1, 2)
	hide := func(t *Turn) { t.Blind = true }
	trial := tried(t, s, 2, turnOf(1, []int{1, 2}, hide, preferring(true, 1)), turnOf(2, []int{1, 2}, failed(1, providers.ServerFault)))
	if trial.Hidden != 1 || len(trial.Prompts) != 1 {
		t.Errorf("%+v", trial)
	}
}

func TestAVoteIsForTheModelThatAnswered(t *testing.T) {
	s := columnsOf(1, 2)
	other := turnOf(1, []int{1, 2}, preferring(true, 1))
	again := answered(1, 1, func(a *Answer) { a.Take, a.Model = 2, modelOf(9) })
	other.Answers = append(other.Answers, again) // which nobody has seen
	trial := tried(t, s, 2, other)
	vs := verdict.Judge(trial.Trial)
	if len(vs) != 2 || vs[0].Candidate != "lab/m1" || vs[0].N != 1 || vs[1].Candidate != "lab/m9" || vs[1].N != 0 {
		t.Errorf("%+v", vs)
	}
}

func TestFailuresOfAModelAreLossesAndThoseInTheWayAreNot(t *testing.T) {
	s := columnsOf(1, 2)
	for kind, lost := range map[providers.Kind]bool{
		providers.RateLimit: true, providers.Overloaded: true, providers.ServerFault: true, providers.Timeout: true, providers.Truncated: true,
		providers.Malformed: true, providers.ContextFull: true, providers.Declined: true,
		providers.Auth: false, providers.Quota: false, providers.NotFound: false, providers.Unsupported: false, providers.Unreachable: false,
	} {
		v := verdict.Judge(tried(t, s, 2, turnOf(1, []int{1, 2}, failed(1, kind))).Trial)[0]
		if (v.Lost == 1) != lost || v.N != v.Lost || !lost && (len(v.Left) != 1 || v.Left[0].Why != inTheWay[kind]) {
			t.Errorf("%s: %+v", kind, v)
		}
	}
	for why, edit := range map[string]func(*Answer){
		whyStopped: func(a *Answer) { a.Finish = providers.Cancelled },
		whyUnended: func(a *Answer) { a.Finish = "" },
	} {
		turn := turnOf(1, []int{1, 2})
		edit(&turn.Answers[0])
		if v := verdict.Judge(tried(t, s, 2, turn).Trial)[0]; v.N != 0 || len(v.Left) != 1 || v.Left[0].Why != why {
			t.Errorf("%s: %+v", why, v)
		}
	}
}

func TestRepeatsOfAQuestionAreOnePrompt(t *testing.T) {
	s := columnsOf(1, 2)
	first := turnOf(1, []int{1, 2}, preferring(true, 1))
	beside := turnOf(2, []int{1, 2}, preferring(true, 2), func(t *Turn) { t.Parent = 0 })
	after := turnOf(3, []int{1, 2}, preferring(true, 1)) // the same words, and another story before them
	for i, m := range []providers.Money{10, 20} {
		first.Answers[i].Billed = &m
	}
	for i, m := range []providers.Money{30, 20} {
		beside.Answers[i].Billed = &m
	}
	trial := tried(t, s, 2, first, beside, after)
	if len(trial.Prompts) != 2 || !slices.Equal(trial.Asked[0], []Asking{{s.ID, 1}, {s.ID, 2}}) {
		t.Fatalf("%+v", trial.Asked)
	}
	v := verdict.Judge(trial.Trial)[0]
	if v.N != 2 || v.Mean != .75 || v.Votes.N() != 3 {
		t.Errorf("%+v", v)
	}
	if f := trial.Figures(0); f.Mean != 20 || f.Baseline != 20 || f.Priced != 1 {
		t.Errorf("%+v", f)
	}
	s.Kind = Experiment
	if trial := tried(t, s, 2, first, beside, after); len(trial.Prompts) != 1 {
		t.Errorf("in an experiment every turn stands alone: %v", trial.Asked)
	}
}

func TestOtherSettingsAndEstimatesAreSeen(t *testing.T) {
	s := columnsOf(1, 2)
	one, other := turnOf(1, []int{1, 2}), turnOf(2, []int{1, 2}, func(t *Turn) { t.Answers[0].System = "be brief" })
	other.Answers[1].Usage.Estimated = true
	for _, turn := range []Turn{one, other} {
		for i := range turn.Answers {
			turn.Answers[i].Price = &providers.Price{Rates: providers.Rates{Input: 5, Output: 5}, Source: providers.Listed}
		}
	}
	trial := tried(t, s, 2, one, other)
	if !slices.Equal(trial.Settings, []int{2, 1}) {
		t.Errorf("%v", trial.Settings)
	}
	if f := trial.Figures(0); !f.About || f.Priced != 2 {
		t.Errorf("%+v", f)
	}
	if f := tried(t, s, 2, one).Figures(0); f.About {
		t.Errorf("%+v", f)
	}
}

func TestTimesOfColdAndRacedAnswersDoNotCount(t *testing.T) {
	s := columnsOf(1, 2)
	load := 2 * time.Second
	turns := []Turn{
		turnOf(1, []int{1, 2}),
		turnOf(2, []int{1, 2}, func(t *Turn) { t.Answers[0].Server.Load = &load }),
		turnOf(3, []int{1, 2}, func(t *Turn) { t.Answers[1].Raced = true }),
	}
	if f := tried(t, s, 2, turns...).Figures(0); f.Timed != 1 || f.Both != 3 {
		t.Errorf("%+v", f)
	}
}

func TestAModelInTwoColumnsHasTwoNames(t *testing.T) {
	s := columnsOf(1, 2)
	s.Columns[1].Model = s.Columns[0].Model
	s.Columns[0].Model.Model += "\x1b[2J"
	s.Columns[1].Model = s.Columns[0].Model
	trial := tried(t, s, 2)
	if !strings.HasSuffix(trial.Models[0], "(column 1)") || !strings.HasSuffix(trial.Models[1], "(column 2)") || strings.Contains(trial.Models[0], "\x1b") {
		t.Errorf("%q", trial.Models)
	}
}

func TestAPlanComesBeforeTheFirstVote(t *testing.T) {
	store, err := Open(filepath.Join(t.TempDir(), "juxta.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	s := columnsOf(1, 2)
	s.ID, s.Kind, s.Turns, s.Created = NewID(time.Now()), Chat, 1, time.Now()
	turn := turnOf(1, []int{1, 2})
	batch := Batch{Session: &s, Turn: &turn}
	for _, a := range turn.Answers {
		batch.Answers = append(batch.Answers, Kept{s.ID, 1, a})
	}
	if err := store.Save(batch); err != nil {
		t.Fatal(err)
	}

	plan := TestPlan{At: time.Unix(4000, 0).UTC(), Metric: Votes, Margin: .1, N: 60, Baseline: 2, Seed: 7}
	for name, edit := range map[string]func(*TestPlan){
		"no such column": func(p *TestPlan) { p.Baseline = 5 },
		"no such metric": func(p *TestPlan) { p.Metric = "taste" },
		"no margin":      func(p *TestPlan) { p.Margin = 0 },
		"too few":        func(p *TestPlan) { p.N = 5 },
	} {
		p := plan
		edit(&p)
		if err := store.Plan(s.ID, p); err == nil {
			t.Errorf("%s: planned", name)
		}
	}
	if err := store.Plan(s.ID, plan); err != nil {
		t.Fatal(err)
	}
	// A juxta that has the session open does not know of the plan, and keeps it.
	s.Title = "changed"
	if err := store.Save(Batch{Session: &s, Turn: &turn}); err != nil {
		t.Fatal(err)
	}
	kept, err := store.Session(s.ID)
	if err != nil || kept.Plan == nil || *kept.Plan != plan {
		t.Fatalf("%+v, %v", kept.Plan, err)
	}
	if trial := tried(t, kept, 0, turn); trial.Plan == nil || *trial.Plan != (verdict.Plan{Margin: .1, N: 60}) || trial.Seats[trial.Baseline].Column != 2 {
		t.Errorf("%+v", trial)
	}
	if trial := tried(t, kept, 1, turn); trial.Plan != nil {
		t.Error("the plan is about another baseline")
	}

	preferring(true, 1)(&turn)
	if err := store.Save(Batch{Session: &s, Turn: &turn, Votes: []KeptVote{{s.ID, 1, turn.Votes[0]}}}); err != nil {
		t.Fatal(err)
	}
	if err := store.Plan(s.ID, plan); !errors.Is(err, ErrVoted) {
		t.Errorf("after a vote: %v", err)
	}
	if trial := tried(t, kept, 0, turn); trial.Plan == nil || trial.Late {
		t.Error("the plan came first")
	}
	kept.Plan.At = time.Unix(6000, 0) // as in a session that was merged
	if trial := tried(t, kept, 0, turn); trial.Plan != nil || !trial.Late {
		t.Error("the plan came after a vote")
	}
	if err := store.Plan("01KAAAAAAAAAAAAAAAAAAAAAAA", plan); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

// What is made of a long session after every vote must not be felt.
func BenchmarkTrial(b *testing.B) {
	s := columnsOf(1, 2)
	var turns []Turn
	for i := range 2000 {
		turns = append(turns, turnOf(i+1, []int{1, 2}, preferring(true, 1)))
	}
	for b.Loop() {
		if trial, err := s.Trial(turns, 2); err != nil || len(verdict.Judge(trial.Trial)) != 1 {
			b.Fatal(err)
		}
	}
}
