package sessions

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"juxta/providers"
)

// of is a reask of models, with the settings of the first column.
func of(t testing.TB, b *Bench, models ...string) Reask {
	t.Helper()
	s := b.Session()
	like, _ := s.Original()
	var r Reask
	for _, m := range models {
		ref, err := providers.ParseRef(m)
		if err != nil {
			t.Fatal(err)
		}
		r.Columns = append(r.Columns, like.Like(ref))
	}
	return r
}

// reasked goes through a reask to its end.
func reasked(t testing.TB, b *Bench, r Reask) *Reasking {
	t.Helper()
	a, err := b.Reask(r)
	if err != nil {
		t.Fatal(err)
	}
	for {
		run, err := a.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if run == nil {
			return a
		}
		hear(run, 0)
	}
}

func planned(t testing.TB, b *Bench, r Reask) Plan {
	t.Helper()
	turns, err := b.Turns(0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Plan(b.Session(), turns, b.Registry.Model)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestASessionAskedAgainKeepsWhatWasAnsweredAndAddsTheOthersBesideIt(t *testing.T) {
	s := opened(t)
	b := bench(t, s, []string{says("one"), says("two")})
	b.SetSystem("be brief")
	for _, q := range []string{"first", "second", "third"} {
		ask(t, b, q)
	}
	_, before := keptSession(t, s, b.Session().ID)
	a := reasked(t, b, of(t, b, says("three")))
	want(t, "turns", a.Progress(), Progress{Turn: 3, Turns: 3, Answered: 3, Unpriced: 3})
	ses, after := keptSession(t, s, b.Session().ID)
	want(t, "turns of the session", ses.Turns, 3)
	equal(t, "columns on the screen", ses.Places, []int{1, 2, 3})
	want(t, "system prompt", ses.Columns[2].System, "be brief")
	for i := range after {
		for _, was := range before[i].Answers {
			is, ok := after[i].Take(Pick{was.Column, was.Take})
			if !ok || is.Text != was.Text || !is.Timing.Sent.Equal(was.Timing.Sent) {
				t.Errorf("turn %d, column %d: %+v", i+1, was.Column, is)
			}
		}
		if got, ok := after[i].Answer(3); !ok || got.Text != "three" || got.System != "be brief" {
			t.Errorf("turn %d: %+v", i+1, got)
		}
	}
	if a = reasked(t, b, of(t, b, says("three"))); len(a.Plan.Turns) > 0 || a.Plan.Columns[0].Answered != 3 {
		t.Errorf("asked once more: %+v", a.Plan)
	}
}

func TestAPlanTellsWhatAskingAgainCosts(t *testing.T) {
	b := bench(t, nil, []string{"demo/script:n=10"})
	for range b.Registry.List(t.Context(), 0) {
	}
	b.SetSystem("1234") // a token
	ask(t, b, "12345678")
	ask(t, b, "1234")
	// Two requests with 1+2 and 1+2+1 tokens, and what was said to the first.
	r := of(t, b, "paid/script:n=1", "gone/unpriced", "here/script:n=1")
	r.Columns[0].Params.MaxTokens = 30
	free := planned(t, b, r)
	own := providers.Money(3+4+30)*micro + 2*30*10*micro
	want(t, "on its own answers", free.Columns[0].Forecast, Forecast{own, 0})
	want(t, "nobody knows", free.Columns[1].Forecast, Forecast{0, 2})
	want(t, "here", free.Columns[2].Forecast, Forecast{0, 0})
	want(t, "together", free.Total(), Forecast{own, 2})
	want(t, "requests", free.Sent(), 6)
	r.Follows = 1
	want(t, "on the answers of then", planned(t, b, r).Columns[0].Cost, (3+4+10)*micro+2*30*10*micro)
	r.From = 2
	want(t, "the last turn alone", planned(t, b, r).Columns[0].Cost, (4+10)*micro+30*10*micro)
	want(t, "columns", len(b.Session().Columns), 1)
}

func TestAPlanDoesNotTellHowLongAHiddenAnswerIs(t *testing.T) {
	b := bench(t, nil, []string{"demo/script:n=10", "demo/script:n=99"})
	b.Blindly(true)
	ask(t, b, "which?")
	b.Blindly(false)
	ask(t, b, "and now?")
	r := of(t, b, "paid/script:n=1")
	var costs [2]providers.Money
	for i := range costs {
		r.Follows = i + 1
		turns, _ := b.Turns(0, 2)
		for j := range turns[1].Answers { // only the hidden ones differ
			turns[1].Answers[j].Text = "the same"
		}
		plan, err := r.Plan(b.Session(), turns, b.Registry.Model)
		if err != nil {
			t.Fatal(err)
		}
		costs[i] = plan.Total().Cost
	}
	want(t, "following the second instead of the first", costs[1], costs[0])
}

func TestWhatCannotBeAskedAgainSaysWhy(t *testing.T) {
	b := bench(t, nil, []string{says("one")})
	ask(t, b, "first")
	ask(t, b, "second")
	if r, err := b.Put(t.Context(), Question{Text: "another first", Instead: 1}); err != nil {
		t.Fatal(err)
	} else {
		hear(r, 0)
	}
	r := of(t, b, says("two"))
	for wants, edit := range map[string]func(*Reask){
		"there is no model to ask":            func(r *Reask) { r.Columns = nil },
		"is named twice":                      func(r *Reask) { r.Columns = append(r.Columns, r.Columns[0]) },
		"there is no column 7":                func(r *Reask) { r.Follows = 7 },
		"there is no turn 9":                  func(r *Reask) { r.From = 9 },
		"there is no turn -1":                 func(r *Reask) { r.To = -1 },
		"turn 2 is not on the branch in view": func(r *Reask) { r.From = 2 },
	} {
		x := r
		edit(&x)
		if _, err := b.Reask(x); err == nil || !strings.Contains(err.Error(), wants) {
			t.Errorf("%q: %v", wants, err)
		}
	}
	want(t, "columns", len(b.Session().Columns), 1)
	a := reasked(t, b, r)
	equal(t, "turns of the branch in view", a.Plan.Turns, []int{3})
}

func TestAskingAgainStopsWhereTheBudgetEnds(t *testing.T) {
	b := bench(t, nil, []string{says("one")})
	for range 3 {
		ask(t, b, "1234")
	}
	r := of(t, b, "paid/script:n=2500")
	total := planned(t, b, r).Total().Cost
	r.Most = p(total - 1)
	var over *OverBudget
	if _, err := b.Reask(r); !errors.As(err, &over) || over.Cost != total || over.Left() != total-1 {
		t.Fatalf("more than may be spent: %v", err)
	}
	want(t, "columns after it", len(b.Session().Columns), 1)

	r.Most = p(total) // but an answer is longer than foreseen
	a, err := b.Reask(r)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; ; n++ {
		var run *Run
		if run, err = a.Next(t.Context()); err != nil || run == nil {
			break
		}
		hear(run, 0)
	}
	if !errors.As(err, &over) || n == 0 || n == 3 {
		t.Errorf("%d turns were asked: %v", n, err)
	}
	want(t, "answers", a.Progress().Answered, n)
	if s := b.Session(); s.Budget != nil || s.Spent != a.Progress().Spent {
		t.Errorf("the session: %v, %s spent instead of %s", s.Budget, s.Spent, a.Progress().Spent)
	}

	limited(b, b.Session().Spent)
	r.Most = nil
	if _, err := b.Reask(r); !errors.As(err, &over) {
		t.Errorf("above the session's own budget: %v", err)
	}
}

func TestStoppingKeepsWhatWasSaidAndAskingAgainGoesOnThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{says("one")})
		for _, q := range []string{"first", "second", "third"} {
			ask(t, b, q)
		}
		r := of(t, b, "demo/script:n=100,tps=10")
		a, err := b.Reask(r)
		if err != nil {
			t.Fatal(err)
		}
		run, err := a.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		hear(run, 0)
		if run, err = a.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
		run.Next()
		for range 20 {
			run.Next()
		}
		run.StopAll()
		hear(run, 0)
		want(t, "so far", a.Progress().Answered, 1)
		want(t, "stopped", a.Progress().Failed, 1)
		want(t, "closing", b.Close(t.Context()), nil)

		b = bench(t, s, nil)
		if err := b.Resume(a.session); err != nil {
			t.Fatal(err)
		}
		_, turns := keptSession(t, s, a.session)
		if got, ok := turns[1].Answer(2); !ok || got.Finish != providers.Cancelled || got.Text == "" {
			t.Errorf("what was said: %+v", got)
		}
		again := reasked(t, b, r)
		equal(t, "the rest", again.Plan.Turns, []int{2, 3})
		want(t, "answered before", again.Plan.Columns[0].Answered, 1)
		_, turns = keptSession(t, s, a.session)
		want(t, "takes of the first turn", len(turns[0].Answers), 2)
		want(t, "takes of the second", len(turns[1].Answers), 3)
	})
}

func TestAPictureIsSentAgainAndWhoCannotSeeItFailsThere(t *testing.T) {
	rec := &recorder{}
	b := sighted(t, opened(t), rec, "a")
	askWith(t, b, "what is it?", blob("pin.png", 1, 100))
	askWith(t, b, "and now?")
	r := of(t, b, "rec/b", "rec/blind")
	p := planned(t, b, r)
	want(t, "barred", p.Columns[1].Barred, 1)
	want(t, "requests", p.Sent(), 3)
	a := reasked(t, b, r)
	want(t, "answered", a.Progress().Answered, 3)
	_, turns := keptSession(t, b.Store(), b.Session().ID)
	got, _ := turns[0].Answer(3)
	if got.Error == nil || got.Error.Kind != providers.Unsupported {
		t.Errorf("of who can't see: %+v", got)
	}
	if told := show(rec.last["b"]); !strings.Contains(told, "pin.png image/png 100") {
		t.Errorf("told of the picture: %s", told)
	}
	if told := show(rec.last["blind"]); strings.Contains(told, "what is it?") {
		t.Errorf("told of a turn that it failed in: %s", told)
	}
	p = planned(t, b, r)
	want(t, "it is not asked in vain again", len(p.Turns), 0)
	want(t, "and said to be barred", p.Columns[1].Barred, 1)

	r.Columns, r.Follows = r.Columns[1:], 1 // what it is told has the picture
	want(t, "barred behind it, too", planned(t, b, r).Columns[0].Barred, 2)
}

func TestAnswersOfHiddenTurnsStayHiddenWhenTheyAreAskedAgain(t *testing.T) {
	b := bench(t, opened(t), []string{says("one"), says("two")})
	b.Blindly(true)
	ask(t, b, "which?")
	a, err := b.Reask(of(t, b, "demo/script:n=5", says("three")))
	if err != nil {
		t.Fatal(err)
	}
	run, err := a.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	turns := func() *Turn {
		_, turns := keptSession(t, b.Store(), b.Session().ID)
		return &turns[0]
	}
	if turns().Sealed() {
		t.Error("who joins late seals the others")
	}
	hear(run, 0)
	turn := turns()
	want(t, "answers", len(turn.Answers), 4)
	want(t, "seats", len(turn.Seats()), 2)
	s := b.Session()
	if v := turn.Veil(s.Columns); len(v.Answers) != 2 {
		t.Errorf("shown of a hidden turn: %+v", v.Answers)
	}
	if said := turn.Said(s.Columns); strings.Contains(said, "three") {
		t.Errorf("printed: %s", said)
	}
	if _, err := b.Again(t.Context(), 1, 1); !errors.Is(err, errHidden) {
		t.Errorf("a seat is asked again: %v", err)
	}
	if _, err := b.Vote(1, "", 1); err != nil {
		t.Errorf("voting: %v", err)
	}
	if _, err := b.Reveal(1); err != nil {
		t.Fatal(err)
	}
	if said := turns().Said(s.Columns); !strings.Contains(said, "three") {
		t.Errorf("printed once it is revealed: %s", said)
	}
}

func TestAskingAgainEndsWhereAnotherSessionIsOpened(t *testing.T) {
	b := bench(t, opened(t), []string{says("one")})
	ask(t, b, "first")
	ask(t, b, "second")
	a, err := b.Reask(of(t, b, says("two")))
	if err != nil {
		t.Fatal(err)
	}
	run, err := a.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hear(run, 0)
	b.Begin()
	if run, err := a.Next(context.Background()); run != nil || !errors.Is(err, ErrElsewhere) {
		t.Errorf("%v, %v", run, err)
	}
	for _, c := range b.Session().Columns {
		if c.Again || c.Follows != 0 {
			t.Errorf("a new session has nothing that was asked before: %+v", c)
		}
	}
}

func TestAColumnThatIsTakenOffTheScreenIsNotAskedAnyMore(t *testing.T) {
	b := bench(t, nil, []string{says("one")})
	ask(t, b, "first")
	ask(t, b, "second")
	a, err := b.Reask(of(t, b, says("two")))
	if err != nil {
		t.Fatal(err)
	}
	run, err := a.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hear(run, 0)
	b.Remove(2)
	if run, err := a.Next(t.Context()); run != nil || err != nil {
		t.Errorf("%v, %v", run, err)
	}
}

// Two processes add a column each at the same time: the later one's moves to
// another ID, and it is that which is asked.
func TestAskingAgainKnowsItsColumnsThoughTheirIDsChange(t *testing.T) {
	s := opened(t)
	b := bench(t, s, []string{says("one")})
	ask(t, b, "first")
	ask(t, b, "second")
	other := bench(t, s, nil)
	if err := other.Resume(b.Session().ID); err != nil {
		t.Fatal(err)
	}
	want(t, "their column", other.Add(Column{Model: providers.Ref{Provider: "demo", Model: saying("theirs")}}), 2)
	_ = other.settle()
	a, err := b.Reask(Reask{Columns: of(t, b, says("mine")).Columns, Follows: 1})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		run, err := a.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "who is asked", run.Columns(), []int{3})
		if h := hear(run, 0); h.text[3] != "mine" {
			t.Errorf("said: %v", h.text)
		}
	}
	c, _ := b.desk.session.Column(3)
	want(t, "whom it follows", c.Follows, 1)
}

func TestAnAnswerTellsWhoseHistoryItHad(t *testing.T) {
	b := bench(t, nil, []string{says("one")})
	ask(t, b, "first")
	r := of(t, b, says("two"))
	r.Follows = 1
	reasked(t, b, r)
	turns, _ := b.Turns(0, 1)
	for column, wants := range map[int]int{1: 0, 2: 1} {
		a, _ := turns[0].Answer(column)
		want(t, "of whose answers", a.Record("", 1).Follows, wants)
	}
}

func TestTheOriginalIsTheBaselineOrWhoAnsweredFirst(t *testing.T) {
	s := Session{Columns: []Column{{ID: 1, Again: true}, {ID: 2}, {ID: 3}}, Places: []int{1, 2, 3}}
	c, _ := s.Original()
	want(t, "the first that was there", c.ID, 2)
	s.Baseline = 3
	c, _ = s.Original()
	want(t, "the baseline", c.ID, 3)
	s.Places = nil
	if _, ok := s.Original(); ok {
		t.Error("there is none")
	}
}
