package sessions

import (
	"fmt"
	"math"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
	"juxta/providers/demo"
	"juxta/sessions/verdict"
)

// answered is an answer that came to its end, with a first token after the given
// milliseconds.
func answered(column, ms int, more ...func(*Answer)) Answer {
	a := Answer{Column: column, Take: 1, Model: modelOf(column), Finish: providers.Finished, Text: "x"}
	a.Timing = providers.Timing{Attempts: 1, FirstToken: time.Duration(ms) * time.Millisecond, FirstAnswer: time.Duration(2*ms) * time.Millisecond}
	a.Timing.Last = a.Timing.FirstToken + time.Second
	a.Usage.Output = 11 // ten a second
	for _, edit := range more {
		edit(&a)
	}
	return a
}

func modelOf(column int) providers.Ref {
	return providers.Ref{Provider: "lab", Model: fmt.Sprintf("m%d", column)}
}

func costing(m providers.Money) func(*Answer) { return func(a *Answer) { a.Billed = &m } }

func board(s Session, turns ...Turn) Board {
	t := newScoring(s)
	for i := range turns {
		t.add(&turns[i])
	}
	return t.board()
}

func columnsOf(ids ...int) (s Session) {
	for _, id := range ids {
		s.Columns, s.Places = append(s.Columns, Column{ID: id, Model: modelOf(id)}), append(s.Places, id)
	}
	return s
}

func TestVotesAreCountedForThoseThatWereJudged(t *testing.T) {
	turn := func(blind bool, best []int, edit ...func(*Vote)) Turn {
		v := Vote{ID: 1, Blind: blind, Seats: []int{2, 1, 3}, Takes: []Pick{{2, 1}, {1, 1}, {3, 1}}, Best: best}
		for _, e := range edit {
			e(&v)
		}
		return Turn{ID: 1, Columns: []int{1, 2, 3}, Answers: []Answer{answered(1, 1), answered(2, 1), answered(3, 1)}, Votes: []Vote{v}}
	}
	again := turn(false, []int{1})
	again.Answers = append(again.Answers, answered(1, 1, func(a *Answer) { a.Take, a.Model = 2, modelOf(9) })) // a later take of another model was not judged
	b := board(columnsOf(1, 2, 3),
		turn(true, []int{1}), turn(true, []int{1, 2}), turn(true, nil),
		turn(false, []int{3}), again,
		turn(true, []int{2}, func(v *Vote) { v.Undone = time.Now() }),
		turn(true, []int{2}, func(v *Vote) { v.Pass = true }), // it passes, whichever is better
		turn(true, []int{2}, func(v *Vote) { v.Again = true }),
	)
	want := map[providers.Ref][2]verdict.Tally{
		modelOf(1): {{Wins: 3, Ties: 3, Bad: 2}, {Wins: 2, Losses: 1}},
		modelOf(2): {{Wins: 1, Ties: 3, Losses: 1, Bad: 2}, {Losses: 2}},
		modelOf(3): {{Ties: 2, Losses: 3, Bad: 2}, {Wins: 2, Losses: 1}},
		modelOf(9): {},
	}
	if b.Turns != 8 || len(b.Scores) != len(want) {
		t.Fatalf("%d turns, %d scores", b.Turns, len(b.Scores))
	}
	for _, s := range b.Scores {
		if got := [2]verdict.Tally{s.Blind, s.Open}; got != want[s.Model] {
			t.Errorf("%v: blind %+v, open %+v\nwant %+v", s.Model, got[0], got[1], want[s.Model])
		}
	}
}

// A board would tell who answered what.
func TestAHiddenTurnIsNotCountedBeforeItIsRevealed(t *testing.T) {
	hidden := Turn{
		ID: 1, Columns: []int{1, 2}, Blind: true, Answers: []Answer{answered(1, 1), answered(2, 900)},
		Votes: []Vote{{ID: 1, Blind: true, Seats: []int{1, 2}, Takes: []Pick{{1, 1}, {2, 1}}, Best: []int{2}}},
	}
	if b := board(columnsOf(1, 2), hidden); b.Hidden != 1 || b.Turns != 0 || b.Scores != nil {
		t.Errorf("%+v", b)
	}
	hidden.Revealed = time.Now()
	if b := board(columnsOf(1, 2), hidden); b.Hidden != 0 || b.Turns != 1 || len(b.Scores) != 2 || b.Scores[1].Blind.Wins != 1 {
		t.Errorf("revealed: %+v", b)
	}
}

func TestTimesAreThoseOfWarmAnswersThatEnded(t *testing.T) {
	load := func(d time.Duration) func(*Answer) { return func(a *Answer) { a.Server.Load = &d } }
	local := func(a *Answer) { a.Local = true }
	failing := func(k providers.Kind) func(*Answer) {
		return func(a *Answer) { a.Finish, a.Error = providers.Failed, &Failure{Kind: k} }
	}
	var turns []Turn
	for i, a := range []Answer{
		answered(1, 100, local, load(10*time.Millisecond)), answered(1, 300, local), answered(1, 200, local, load(0)),
		answered(1, 9000, local, load(8*time.Second)), // cold
		answered(1, 5000, func(a *Answer) { a.Local, a.Raced = true, true }),
		answered(1, 1, failing(providers.Timeout)), answered(1, 1, failing(providers.RateLimit)), answered(1, 1, failing(providers.Timeout)),
		answered(1, 1, func(a *Answer) { a.Finish = providers.Cancelled }),
		answered(1, 1, func(a *Answer) { a.Finish = "" }),
		answered(1, 250, local, load(0), func(a *Answer) { a.Finish = providers.Length }),
		answered(1, 0, local, load(0), func(a *Answer) { a.Finish, a.Timing.FirstAnswer, a.Usage.Output = providers.Refused, 0, 0 }),
	} {
		turns = append(turns, Turn{ID: i + 1, Columns: []int{1}, Answers: []Answer{a}})
	}
	s := board(columnsOf(1), turns...).Scores[0]
	if s.First.N != 4 || math.Abs(s.First.Median-.225) > 1e-9 || s.First.TailOf != "max" || math.Abs(s.First.Tail-.3) > 1e-9 {
		t.Errorf("first tokens: %+v", s.First)
	}
	if s.Visible.N != 4 || math.Abs(s.Visible.Median-.45) > 1e-9 || s.Speed.N != 4 || math.Abs(s.Speed.Median-10) > 1e-9 {
		t.Errorf("visible %+v, speed %+v", s.Visible, s.Speed)
	}
	if s.Cold.N != 1 || s.Cold.Median != 9 || s.Load.Median != 8 || s.Raced != 1 || s.Untold != 1 {
		t.Errorf("cold %+v, load %+v, %d raced, %d untold", s.Cold, s.Load, s.Raced, s.Untold)
	}
	want := map[providers.Kind]int{providers.Timeout: 2, providers.RateLimit: 1}
	if s.Answers != 7 || !reflect.DeepEqual(s.Failed, want) || s.Stopped != 1 || s.Lost != 1 || s.Cut != 1 || s.Refused != 1 {
		t.Errorf("%d answers, failed %v, %d stopped, %d lost, %d cut, %d refused", s.Answers, s.Failed, s.Stopped, s.Lost, s.Cut, s.Refused)
	}
}

func TestAnUnknownCostIsNeverZero(t *testing.T) {
	free := func(a *Answer) { a.Price = &providers.Price{Source: providers.Free} }
	s := columnsOf(1, 2, 3)
	s.Baseline = 2
	both := func(mine, base func(*Answer)) Turn {
		return Turn{ID: 1, Columns: []int{1, 2}, Answers: []Answer{answered(1, 1, mine), answered(2, 1, base)}}
	}
	b := board(s,
		both(costing(40), costing(1000)), both(costing(60), costing(1500)),
		both(func(*Answer) {}, costing(7000)), // unknown: no pair
		both(costing(500), func(a *Answer) { a.Finish, a.Error = providers.Failed, &Failure{Kind: providers.Timeout} }),
		both(func(a *Answer) { a.Local = true }, costing(1)),
		both(free, costing(100)),
		both(func(a *Answer) { a.Finish, a.Billed = providers.Cancelled, new(providers.Money) }, costing(9)),
	)
	one, two := b.Scores[0].Cost, b.Scores[1].Cost
	if one.Known != 4 || one.Sum != 600 || one.Unknown != 1 || one.Local != 1 || one.Free != 1 {
		t.Errorf("%+v", one)
	}
	if one.Pairs != 3 || one.Paired != 100 || one.Baseline != 2600 || one.Share() != "4%" {
		t.Errorf("against the baseline: %+v, %q", one, one.Share())
	}
	if two.Pairs != 0 || two.Share() != "" {
		t.Errorf("the baseline against itself: %+v", two)
	}
	s.Baseline = 0
	if c := board(s, both(costing(1), costing(2))).Scores[0].Cost; c.Pairs != 0 {
		t.Errorf("without a baseline: %+v", c)
	}
}

func TestAColumnHasAScoreForEachOfItsModels(t *testing.T) {
	s := columnsOf(1, 2, 3)
	s.Places = []int{3, 1} // 2 was removed
	cold := 0.0
	b := board(s,
		Turn{ID: 1, Columns: []int{1, 2}, Answers: []Answer{answered(1, 1, func(a *Answer) { a.Model = modelOf(7) }), answered(2, 1)}},
		Turn{ID: 2, Columns: []int{1, 3}, Answers: []Answer{
			answered(1, 1), answered(1, 1, func(a *Answer) { a.Take, a.Params.Temperature, a.Params.Context = 2, &cold, 4096 }),
			answered(1, 1, func(a *Answer) { a.Take, a.Params.Context = 3, 8192 }), answered(3, 1, func(a *Answer) { a.Simulated = true }),
		}},
	)
	var got []string
	for _, s := range b.Scores {
		got = append(got, fmt.Sprintf("%d %s %d answers, %d settings, simulated %t", s.Column, s.Model.Model, s.Answers, s.Settings, s.Simulated))
	}
	want := []string{
		"3 m3 1 answers, 1 settings, simulated true",
		"1 m1 3 answers, 2 settings, simulated false", // its window is no setting: it grows with the prompt
		"1 m7 1 answers, 1 settings, simulated false",
		"2 m2 1 answers, 1 settings, simulated false",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// The board is of every branch and every take, from the store and from memory.
func TestABenchScoresAllBranches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, err := Open(t.TempDir() + "/juxta.db")
		if err != nil {
			t.Fatal(err)
		}
		for _, keep := range []*Store{nil, store} {
			b := NewBench(providers.NewRegistry([]providers.Endpoint{{Name: "demo", API: "demo"}}, map[string]providers.Builder{"demo": demo.New}, nil), keep)
			for _, m := range []string{"script:say=a,ttft=1", "script:say=b,ttft=1"} {
				b.Add(Column{Model: providers.Ref{Provider: "demo", Model: m}})
			}
			if board, err := b.Score(); err != nil || board.Turns != 0 || board.Scores != nil {
				t.Errorf("of nothing: %+v, %v", board, err)
			}
			ask := func(r *Run, err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				for range r.All() {
				}
			}
			ask(b.Put(t.Context(), Question{Text: "one"}))
			ask(b.Put(t.Context(), Question{Text: "two"}))
			ask(b.Put(t.Context(), Question{Text: "another two", Instead: 2}))
			ask(b.Again(t.Context(), 1, 1))
			if _, err := b.Vote(2, "", 1); err != nil { // on the branch that is left
				t.Fatal(err)
			}
			board, err := b.Score()
			if err != nil || board.Turns != 3 || len(board.Scores) != 2 {
				t.Fatalf("%+v, %v", board, err)
			}
			one, two := board.Scores[0], board.Scores[1]
			if one.Answers != 4 || two.Answers != 3 || one.Open.Wins != 1 || two.Open.Losses != 1 || !one.Simulated {
				t.Errorf("%+v\n%+v", one, two)
			}
			if err := b.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
}
