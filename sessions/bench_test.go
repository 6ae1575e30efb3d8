package sessions

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

func TestTurnsArePagedAlikeOverMemoryAndStore(t *testing.T) {
	const n = 2*remembered + 9
	var kept, resumed, inMemory *Bench
	for _, b := range []**Bench{&kept, &inMemory} {
		var s *Store
		if b == &kept {
			s = opened(t)
		}
		*b = bench(t, s, []string{"demo/script:n=1", "demo/script:err=auth"})
		for i := range n {
			r, err := (*b).Put(t.Context(), Question{Text: fmt.Sprint("question ", i+1)})
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if held := len(kept.desk.recent); held > 2*remembered || held < remembered {
		t.Errorf("%d turns are held in memory", held)
	}
	want(t, "turns in memory without a store", len(inMemory.desk.recent), n)
	resumed = bench(t, kept.Store(), nil)
	if err := resumed.Resume(kept.Session().ID); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]*Bench{"kept": kept, "resumed": resumed, "in memory": inMemory} {
		for _, limit := range []int{1, 7, remembered, n, 2 * n} {
			next, pages := 0, 0
			for before := 0; before != 1; pages++ {
				turns, err := b.Turns(before, limit)
				if err != nil || len(turns) == 0 || len(turns) > limit || pages > n {
					t.Fatalf("%s: %d turns before %d, %v", name, len(turns), before, err)
				}
				if next > 0 && turns[len(turns)-1].ID != next-1 {
					t.Fatalf("%s: turn %d follows %d", name, next, turns[len(turns)-1].ID)
				}
				for i, turn := range turns {
					if turn.ID != turns[0].ID+i || turn.Text != fmt.Sprint("question ", turn.ID) || len(turn.Answers) != 2 || turn.Answers[0].Finish != providers.Finished {
						t.Fatalf("%s: turn %d: %+v", name, turn.ID, turn)
					}
				}
				next, before = turns[0].ID, turns[0].ID
			}
			want(t, fmt.Sprintf("%s: pages of %d", name, limit), pages, (n+limit-1)/limit)
		}
		if turns, err := b.Turns(1, 5); err != nil || len(turns) != 0 {
			t.Errorf("%s: before the first one: %v, %v", name, turns, err)
		}
	}
	// What was let go of is still told.
	b := resumed
	b.Registry = kept.Registry
	b.SetModel(1, providers.Ref{Provider: "demo", Model: echo})
	h := ask(t, b, "all?")
	want(t, "messages told", strings.Count(h.text[1], "\n"), 2*n+1)
}

func TestWithoutAStoreNothingIsKeptButEverythingWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, nil, []string{"demo/script:n=2"})
		want(t, "keeps", b.Keeps(), false)
		ask(t, b, "x")
		turns, err := b.Turns(0, 5)
		if err != nil || len(turns) != 1 || len(turns[0].Answers[0].Text) != 8 {
			t.Errorf("%+v, %v", turns, err)
		}
		if err := b.Resume(b.Session().ID); err == nil {
			t.Error("it was resumed from nowhere")
		}
		if err := b.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestBeginKeepsTheColumnsUnderFreshIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"demo/a", "demo/b", "demo/" + echo})
		b.SetSystem("brief")
		seed := int64(4)
		b.Add(Column{Model: providers.Ref{Provider: "demo", Model: "d"}, Params: providers.Params{Seed: &seed}})
		b.Remove(2)
		b.Move(3, -1)
		ask(t, b, "old")
		old := b.Session()
		b.Begin()
		ses := b.Session()
		if ses.ID == old.ID || ses.Title != "" || ses.Turns != 0 || ses.Spent != 0 || ses.Unpriced != 0 {
			t.Errorf("%+v", ses)
		}
		var models []string
		for i, c := range ses.Columns {
			want(t, "column's ID", c.ID, i+1)
			models = append(models, c.Model.Model+"/"+c.System)
		}
		want(t, "columns", strings.Join(models, " "), echo+"/brief a/brief d/")
		want(t, "places", fmt.Sprint(ses.Places), "[1 2 3]")
		want(t, "params", *ses.Columns[2].Params.Seed, 4)
		want(t, "told", told(t, b, "new", 1)[0], "system: brief\nuser: new\n")
		list, err := s.Sessions(0)
		if err != nil || len(list) != 2 {
			t.Errorf("%d sessions, %v", len(list), err)
		}
		if err := b.Resume(old.ID); err != nil {
			t.Fatal(err)
		}
		want(t, "resumed columns", fmt.Sprint(b.Session().Places), "[3 1 4]")
		want(t, "told", told(t, b, "more", 3)[0], "system: brief\nuser: old\nassistant: system: brief\nuser: old\n\nuser: more\n")
	})
}

func TestASessionPutAwayWhileItsAnswersComeGetsThemAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"paid/script:tps=10,n=50"})
		r, err := b.Put(t.Context(), Question{Text: "four"})
		if err != nil {
			t.Fatal(err)
		}
		old := b.Session().ID
		b.Begin()
		want(t, "spent in the new session", b.Session().Spent, 0)
		if err := b.Resume(old); err != nil {
			t.Fatal(err)
		}
		hear(r, 0)
		ses, turns := keptSession(t, s, old)
		want(t, "kept", len(turns[0].Answers[0].Text), 200)
		want(t, "spent", ses.Spent, providers.Money(1_000_000+50*10_000_000))
		want(t, "spent by the session that came back", b.Session().Spent, ses.Spent)
		held, err := b.Turns(0, 1)
		if err != nil || held[0].Answers[0].Finish != providers.Finished || held[0].Answers[0].Timing.Chunks != nil {
			t.Errorf("held %+v, %v", held, err)
		}

		r, err = b.Put(t.Context(), Question{Text: "more"})
		if err != nil {
			t.Fatal(err)
		}
		b.Begin()
		hear(r, 0)
		ses, _ = keptSession(t, s, old)
		want(t, "spent in the new session", b.Session().Spent, 0)
		if err := b.Resume(old); err != nil {
			t.Fatal(err)
		}
		want(t, "spent after coming back", b.Session().Spent, ses.Spent)
	})
}

func TestWhatCouldNotBeSavedIsStillThereAfterResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"demo/" + saying("said")})
		ask(t, b, "saved")
		letGo := obstruct(t, s)
		ask(t, b, "not saved")
		id := b.Session().ID
		if err := b.Resume(id); err != nil {
			t.Fatal(err)
		}
		turns, err := b.Turns(0, 9)
		if err != nil || len(turns) != 2 || turns[1].Answers[0].Text != "said" {
			t.Errorf("%+v, %v", turns, err)
		}
		letGo()
		if err := b.Close(t.Context()); err != nil {
			t.Error(err)
		}
		_, turns = keptSession(t, s, id)
		want(t, "kept turns", len(turns), 2)
	})
}

func TestColumnsMoveAndTheirIDsAreNeverReused(t *testing.T) {
	b := bench(t, nil, []string{"demo/a", "demo/b", "demo/c"})
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() { b.Move(1, 1) }, "[2 1 3]"},
		{func() { b.Move(3, -9) }, "[3 2 1]"},
		{func() { b.Move(3, 9) }, "[2 1 3]"},
		{func() { b.Move(8, 1) }, "[2 1 3]"},
		{func() { b.Remove(3) }, "[2 1]"},
		{func() { b.Remove(8) }, "[2 1]"},
		{func() { b.Add(Column{ID: 2}) }, "[2 1 4]"},
		{func() { b.Remove(1); b.Remove(2); b.Remove(4); b.Move(4, 1) }, "[]"},
		{func() { b.Add(Column{}) }, "[5]"},
	} {
		step.do()
		want(t, "places", fmt.Sprint(b.Session().Places), step.want)
	}
	want(t, "columns there ever were", len(b.Session().Columns), 5)
	ses := b.Session()
	ses.Places[0], ses.Columns[0].System = 9, "mine alone"
	if again := b.Session(); again.Places[0] == 9 || again.Columns[0].System != "" {
		t.Error("what Session returned is not the caller's own")
	}
}

func TestASessionIsNamedAfterItsFirstQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for text, title := range map[string]string{
			"  \n what is it?\nmore":    "what is it?",
			strings.Repeat("word ", 20): strings.TrimSpace(strings.Repeat("word ", 12)) + "…",
			strings.Repeat("語", 80):     strings.Repeat("語", 60) + "…",
			" ":                         "",
		} {
			b := bench(t, nil, []string{"demo/script:n=0"})
			ask(t, b, text)
			ask(t, b, "second")
			want(t, "title", b.Session().Title, title)
		}
	})
}

func TestIDsSortByTimeAndDiffer(t *testing.T) {
	now := time.Now()
	one, two, later := NewID(now), NewID(now), NewID(now.Add(time.Millisecond))
	if one == two || later <= one || later <= two || len(one) != 26 || len(NewID(time.Time{})) != 26 {
		t.Error(one, two, later)
	}
	if _, err := keyOf(one); err != nil {
		t.Error(err)
	}
	if _, err := keyOf(NewID(time.Date(10889, 1, 1, 0, 0, 0, 0, time.UTC))); err != nil {
		t.Error(err)
	}
}

func TestTheSessionKnowsExactlyWhatItsAnswersCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		billed := double{name: "billed", stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
			return func(yield func(providers.Event, error) bool) {
				money := providers.Money(7)
				yield(providers.Sent{At: time.Now()}, nil)
				yield(providers.Delta{At: time.Now(), Text: "not cheap"}, nil)
				yield(providers.Stop{At: time.Now(), Reason: providers.Finished, Billed: &money}, nil)
			}
		}}
		s := opened(t)
		b := bench(t, s, []string{
			"paid/script:n=3,tps=10", "paid/script:say=abcdefgh,tps=1", "paid/script:err=cut@9", "paid/script:err=auth",
			"paid/script:ttft=9000", "paid/script:n=9,nousage=1",
			"demo/script:n=3,tps=10", "demo/script:err=auth", "demo/script:n=0", "demo/script:say=abcdefgh,tps=1",
			"here/script:n=3", "here/script:err=cut@2", "demo/swift", "billed/x",
		}, billed)
		for range b.Registry.List(t.Context(), time.Second) { // so that swift is known to be free
		}
		// What is kept adds up at any time; at the end memory agrees.
		check := func(when string) {
			t.Helper()
			ses, turns := keptSession(t, s, b.Session().ID)
			if again, _ := keptSession(t, s, ses.ID); again.Spent != ses.Spent || again.Unpriced != ses.Unpriced {
				return // saved between the two readings
			}
			var sum providers.Money
			for _, turn := range turns {
				for _, a := range turn.Answers {
					if money, _ := a.Cost(); money != nil {
						sum += *money
					}
				}
			}
			want(t, when+": kept as spent", ses.Spent, sum)
			if when != "meanwhile" {
				want(t, when+": spent", b.Session().Spent, sum)
				want(t, when+": kept as unpriced", ses.Unpriced, b.Session().Unpriced)
			}
		}
		run := func(r *Run, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(900*ms, b.StopAll)
			for range r.All() {
				check("meanwhile")
			}
			check("at the end")
		}
		run(b.Put(t.Context(), Question{Text: "12345678"})) // two tokens by any count
		const in, out = 1_000_000, 10_000_000
		want(t, "spent", b.Session().Spent, 2*in+3*out+ // as reported
			2*in+1*out+ // stopped: estimated
			2*in+9*out+ // cut: estimated
			2*in+9*out+ // no usage: estimated
			7) // as billed; a failure without a word and one that was stopped before are not known
		// Of unknown price: one whole, one that reported no words, one stopped. And
		// what was stopped before its first word may have been charged for.
		want(t, "unpriced", b.Session().Unpriced, 4)
		before := b.Session()
		run(b.Again(t.Context(), 1, 1))
		want(t, "spent with another take", b.Session().Spent, before.Spent+2*in+3*out)
		if err := b.Resume(before.ID); err != nil {
			t.Fatal(err)
		}
		check("resumed")
		run(b.Put(t.Context(), Question{Text: "12345678"}))
		want(t, "unpriced after resuming", b.Session().Unpriced, 8)
	})
}

func TestACostThatIsNotKnownIsNotZero(t *testing.T) {
	price := &providers.Price{Rates: providers.Rates{Input: 1, Output: 1}, Source: providers.Listed}
	guess := providers.Usage{Estimated: true}
	for name, a := range map[string]Answer{
		"failed without a word":  {Finish: providers.Failed, Price: price, Usage: guess},
		"stopped without a word": {Finish: providers.Cancelled, Price: price, Usage: guess},
		"without a price":        {Finish: providers.Finished, Usage: providers.Usage{Input: 3}},
		"local":                  {Finish: providers.Finished, Usage: providers.Usage{Input: 3}, Local: true},
		"more than money holds":  {Finish: providers.Finished, Usage: providers.Usage{Input: 2}, Price: &providers.Price{Rates: providers.Rates{Input: 1 << 62}}},
	} {
		if money, source := a.Cost(); money != nil || source == "" && name != "more than money holds" {
			t.Errorf("%s: %v, %q", name, money, source)
		}
	}
	huge := Session{Spent: 1<<63 - 2}
	a := Answer{Finish: providers.Finished, Text: "x", Usage: providers.Usage{Input: 3}, Price: price}
	huge.count(&a)
	want(t, "beyond what money holds", huge.Spent, 1<<63-2)
	want(t, "and that is seen", huge.Unpriced, 1)
}

func TestABenchSharesNothingThatItsCallerMayChange(t *testing.T) {
	b := bench(t, nil, []string{"demo/script:n=2"})
	ask(t, b, "x")
	turns, _ := b.Turns(0, 1)
	turns[0].Answers[0].Text, turns[0].Text = "changed", "changed"
	again, _ := b.Turns(0, 1)
	if reflect.DeepEqual(turns, again) {
		t.Error("what Turns returned is not the caller's own")
	}
}
