package sessions

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

// A process is one of two juxta that work on one session. It knows by itself
// what it has heard.
type process struct {
	b     *Bench
	ear   *ear
	name  int
	ever  int // columns it has added
	heard map[string]string
	asked map[int]string // texts by turn
}

func (p *process) add(t testing.TB) {
	t.Helper()
	p.ever++
	seed := int64(100*p.name + p.ever)
	p.b.Add(Column{Model: providers.Ref{Provider: "ear", Model: "m"}, Params: providers.Params{Seed: &seed}})
}

// run lets everybody answer, and notes what was said and what had been told.
func (p *process) run(t testing.TB, r *Run, err error) map[int][]string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for id, a := range hear(r, 0).final {
		p.heard[fmt.Sprint(r.Turn, id, a.Take)] = a.Text
	}
	return p.ear.take()
}

// plan has every column say something that names it.
func (p *process) plan(n int) {
	p.ear.plan = map[int][]deed{}
	for _, c := range p.b.Session().Columns {
		seed := int(*c.Params.Seed)
		p.ear.plan[seed] = []deed{{tells, fmt.Sprintf("said by %d, the %dth", seed, n)}}
	}
}

// Two juxta that work on one session in any order lose nothing of each other's,
// and no column is told what another said, though both add columns.
func TestTwoProcessesInOneSessionKeepApart(t *testing.T) {
	from, n := seeds(t, 10, 150)
	for seed := from; seed < from+n; seed++ {
		dice := rand.New(rand.NewPCG(seed, 8))
		synctest.Test(t, func(t *testing.T) {
			s := opened(t)
			var two [2]*process
			for i := range two {
				e := &ear{}
				p := &process{b: bench(t, s, nil), ear: e, name: i, heard: map[string]string{}, asked: map[int]string{}}
				p.b.Registry = e.registry()
				two[i] = p
			}
			two[0].name = 9 // whose columns both have
			two[0].add(t)
			two[0].add(t)
			two[0].name = 0
			two[0].plan(0)
			r, err := two[0].b.Put(t.Context(), Question{Text: "question 0"})
			two[0].run(t, r, err)
			two[0].asked[1] = "question 0"
			if err := two[1].b.Resume(two[0].b.Session().ID); err != nil {
				t.Fatal(err)
			}
			for n := range 50 {
				i := dice.IntN(2)
				two[i].step(t, dice, n+1)
				if t.Failed() {
					t.Fatalf("seed %d, step %d", seed, n)
				}
			}
			check(t, s, two)
		})
		if t.Failed() {
			t.Fatalf("again with JUXTA_FAULT_SEED=%d", seed)
		}
	}
}

// step does one thing.
func (p *process) step(t *testing.T, dice *rand.Rand, n int) {
	t.Helper()
	time.Sleep(time.Millisecond) // no two things happen at one time
	p.plan(n)
	ses := p.b.Session()
	shown := ses.Shown()
	turns, err := p.b.Turns(0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	turn := turns[dice.IntN(len(turns))].ID
	column := shown[dice.IntN(len(shown))].ID
	switch dice.IntN(9) {
	case 0, 1:
		if len(shown) > 3 {
			p.b.Remove(column)
			break
		}
		p.add(t)
	case 2:
		if err := p.b.Go(turn); err != nil {
			t.Fatal(err)
		}
	case 3:
		if _, err := p.b.Note(turn, fmt.Sprint("note ", n)); err != nil {
			t.Fatal(err)
		}
	case 4:
		r, err := p.b.Again(t.Context(), turn, column)
		p.run(t, r, err)
	case 5:
		// What the other one has told already, it tells as it is now.
		t0 := turns[dice.IntN(len(turns))]
		if len(t0.Answers) == 0 {
			break
		}
		a := t0.Answers[dice.IntN(len(t0.Answers))]
		if _, err := p.b.Choose(t0.ID, Pick{a.Column, a.Take}); err != nil {
			t.Fatal(err)
		}
	default:
		q := Question{Text: fmt.Sprintf("question %d", n)}
		if dice.IntN(3) == 0 {
			q.Instead = turn
		}
		if dice.IntN(2) == 0 {
			q.Columns = []int{column}
		}
		r, err := p.b.Put(t.Context(), q)
		told := p.run(t, r, err)
		p.asked[r.Turn] = q.Text
		p.compare(t, told, len(shown), q)
	}
}

// compare holds what was told against what there is, whoever made it.
func (p *process) compare(t *testing.T, told map[int][]string, shown int, q Question) {
	t.Helper()
	if q.Columns != nil {
		shown = len(q.Columns)
	}
	want(t, "columns that were asked", len(told), shown)
	_ = p.b.settle()
	ses := p.b.Session()
	_, turns := keptSession(t, p.b.Store(), ses.ID)
	path := ses.Path()
	turns = slices.DeleteFunc(turns, func(t Turn) bool { return !path.Has(t.ID) })
	for _, c := range p.b.Session().Columns {
		seed := int(*c.Params.Seed)
		if len(told[seed]) == 0 || !slices.Contains(p.b.Session().Places, c.ID) {
			continue
		}
		want(t, "requests of a column", len(told[seed]), 1)
		var b strings.Builder
		for i := range turns[:len(turns)-1] {
			if a, ok := turns[i].Answer(c.ID); ok {
				fmt.Fprintf(&b, "user: %q\nassistant: %q\n", turns[i].Text, a.Text)
				if !strings.HasPrefix(a.Text, fmt.Sprintf("said by %d,", seed)) {
					t.Errorf("the column with the seed %d shows %q", seed, a.Text)
				}
			}
		}
		fmt.Fprintf(&b, "user: %q\n", q.Text)
		want(t, fmt.Sprint("told with the seed ", seed), told[seed][0], b.String())
	}
}

// check looks into the store for everything that anybody has asked or heard.
func check(t *testing.T, s *Store, two [2]*process) {
	t.Helper()
	for _, p := range two {
		if err := p.b.Trouble(); err != nil {
			t.Error(err)
		}
		want(t, "everything is saved", p.b.settle(), nil)
	}
	ses, turns := keptSession(t, s, two[0].b.Session().ID)
	want(t, "turns", ses.Turns, len(turns))
	for i := range turns {
		id := turns[i].ID
		want(t, "text", turns[i].Text, two[0].asked[id]+two[1].asked[id])
		want(t, "parent", ses.Parent(id), turns[i].Parent)
		for _, a := range turns[i].Answers {
			where := fmt.Sprint(id, a.Column, a.Take)
			one, ok := two[0].heard[where]
			other, also := two[1].heard[where]
			if ok && also {
				t.Errorf("both processes gave answer %s: %q and %q", where, one, other)
			}
			want(t, "answer "+where, a.Text, one+other)
			delete(two[0].heard, where)
			delete(two[1].heard, where)
			if _, ok := ses.Column(a.Column); !ok {
				t.Errorf("column %d is not in the session", a.Column)
			}
		}
	}
	if lost := len(two[0].heard) + len(two[1].heard); lost > 0 {
		t.Errorf("%d answers are lost", lost)
	}
}

// Whatever is looked at or changed while answers come, nothing is read while it
// is written.
func TestTurnsMayBeChangedWhileAnswersCome(t *testing.T) {
	s := opened(t)
	b := bench(t, s, nil, speaker("many", 400))
	for range 3 {
		b.Add(Column{Model: providers.Ref{Provider: "many", Model: "m"}})
	}
	ask(t, b, "first")
	end := make(chan struct{})
	done := make(chan struct{})
	for i, do := range []func(){
		func() { _, _ = b.Choose(1, Pick{1, 1}) },
		func() { _, _ = b.Adopt(1, &Pick{2, 1}); _, _ = b.Adopt(1, nil) },
		func() { _, _ = b.Note(1, "note"); _, _ = b.Turns(0, 9) },
		func() { b.Session(); b.Preflight(nil, 0); b.Measure(1 + rand.IntN(3)) },
	} {
		go func() {
			defer func() { done <- struct{}{} }()
			for {
				select {
				case <-end:
					return
				default:
					do()
					time.Sleep(time.Duration(1+i) * time.Millisecond)
				}
			}
		}()
	}
	for range 6 {
		ask(t, b, "next")
		r, err := b.Sample(t.Context(), 1, 2, 1, 3)
		if err != nil {
			t.Fatal(err)
		}
		hear(r, 0)
	}
	close(end)
	for range 4 {
		<-done
	}
	want(t, "everything is saved", b.settle(), nil)
	ses, turns := keptSession(t, s, b.Session().ID)
	want(t, "turns", ses.Turns, 7)
	want(t, "answers to the first", len(turns[0].Answers), 3+2*12)
	for _, a := range turns[0].Answers {
		want(t, fmt.Sprintf("take %d of column %d", a.Take, a.Column), a.Finish, providers.Finished)
	}
}

// What another juxta has made of a turn is not undone by a change that is made
// here: nothing of a vote, a note, a reveal or a chosen take is lost.
func TestTwoProcessesChangeOneTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		one := bench(t, s, []string{says("alpha"), says("omega")})
		one.Blindly(true)
		ask(t, one, "who?")
		two := bench(t, s, nil)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(two.Resume(one.Session().ID))
		_, err := two.Vote(1, "", 2)
		must(err)
		_, err = two.Reveal(1)
		must(err)
		_, err = two.Note(1, "noted elsewhere")
		must(err)
		r, err := two.Again(t.Context(), 1, 1)
		must(err)
		hear(r, 0)
		_, err = two.Choose(1, Pick{1, 1})
		must(err)

		turn, err := one.Vote(1, "", 1)
		must(err)
		_, kept := keptSession(t, s, one.Session().ID)
		for _, is := range []Turn{turn, kept[0]} {
			a, _ := is.Answer(1)
			if is.Hidden() || is.Note != "noted elsewhere" || a.Take != 1 || len(is.Answers) != 3 {
				t.Errorf("after a vote here the turn is %+v", is)
			}
			if len(is.Votes) != 2 || !is.Votes[0].Blind || !is.Votes[0].Counts() || is.Votes[1].Blind {
				t.Errorf("after a vote here the votes are %+v", is.Votes)
			}
		}
		one.Race(true) // which saves the session as it is known here
		must(one.settle())
		ses, _ := keptSession(t, s, one.Session().ID)
		want(t, "hidden turns", fmt.Sprint(ses.Hidden, one.Session().Hidden), "[] []")
	})
}

// What somebody sets while a question looks for what another juxta has made of
// the session holds, for the question too: a limit that was taken for set is one.
func TestWhatIsSetWhileAQuestionCatchesUpHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		one := bench(t, s, []string{"paid/" + saying("a"), says("b")})
		ask(t, one, "first")
		two := bench(t, s, nil)
		want(t, "resuming", two.Resume(one.Session().ID), nil)
		_, err := two.Note(1, "noted elsewhere")
		want(t, "noting", err, nil)

		var meanwhile sync.Once
		s.Observe(func(op string, _ time.Duration, _ error) {
			if op == "reading" {
				meanwhile.Do(func() {
					one.Limit(new(providers.Money), false)
					one.Measure(2)
					one.Add(Column{Model: providers.Ref{Provider: "demo", Model: saying("c")}})
				})
			}
		})
		_, err = one.Put(t.Context(), Question{Text: "second"})
		if over := (*OverBudget)(nil); !errors.As(err, &over) {
			t.Errorf("a question beyond the limit: %v", err)
		}
		ses := one.Session()
		want(t, "the baseline", ses.Baseline, 2)
		want(t, "columns", fmt.Sprint(len(ses.Columns), ses.Places), "3 [1 2 3]")
		if ses.Budget == nil {
			t.Error("the limit is gone")
		}
	})
}

// What another juxta spent in the session counts here too once a question has met
// it: the limit is the session's.
func TestWhatAnotherProcessSpentCountsAgainstTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		one := bench(t, s, []string{"paid/" + saying("1234")})
		ask(t, one, "12345678") // 2 tokens read, and 1 written
		two := bench(t, s, nil)
		want(t, "resuming", two.Resume(one.Session().ID), nil)
		r, err := two.Sample(t.Context(), 1, 4)
		want(t, "sampling", err, nil)
		hear(r, 0)
		kept, _ := keptSession(t, s, one.Session().ID)
		want(t, "spent by both", kept.Spent, 5*12*micro)

		limited(one, 5*12*micro)
		_, err = one.Put(t.Context(), Question{Text: "1"})
		if over := (*OverBudget)(nil); !errors.As(err, &over) || over.Left() != 0 {
			t.Errorf("a question when all is spent: %v", err)
		}
		want(t, "spent, as it is known here", one.Session().Spent, kept.Spent)
	})
}

// An answer that was still coming in another juxta when its turn was looked at here
// is whole here, too, once it is there.
func TestAnAnswerThatEndedElsewhereIsWholeHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		one := bench(t, s, []string{says("quick"), "demo/script:n=300,tps=100"})
		r, err := one.Put(t.Context(), Question{Text: "who?"})
		want(t, "asking", err, nil)
		time.Sleep(2500 * time.Millisecond)
		two := bench(t, s, nil)
		want(t, "resuming", two.Resume(one.Session().ID), nil)
		turn, err := two.Note(1, "looked at")
		want(t, "noting", err, nil)
		if a, ok := turn.Answer(2); !ok || a.Finish != "" || a.Text == "" {
			t.Fatalf("it is not coming: %+v", a)
		}
		final := hear(r, 0).final[2]
		turn, err = two.Vote(1, "", 2)
		if err != nil {
			t.Fatal("voting: ", err)
		}
		if a, ok := turn.Answer(2); !ok || a.Finish != providers.Finished || a.Text != final.Text {
			t.Errorf("here it has %d bytes of %d, and ended with %q", len(a.Text), len(final.Text), a.Finish)
		}
	})
}
