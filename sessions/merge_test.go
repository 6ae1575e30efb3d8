package sessions

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"juxta/prompts"
	"juxta/providers"
)

func TestAMergedSessionHasTheTurnsOfBoth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := branched(t, s) // with a file in turn 4
		into := b.Session().ID
		other := bench(t, s, []string{"paid/" + saying("two"), "paid/" + saying("three"), "paid/" + saying("one")})
		ask(t, other, "p1")
		put(t, other, Question{Text: "p2", Files: []*prompts.Attachment{blob("b.png", 2, 90)}})
		put(t, other, Question{Text: "p3", Instead: 2})
		for _, do := range []func() (Turn, error){
			func() (Turn, error) { return other.Vote(2, "", 2) },
			func() (Turn, error) { return other.Adopt(1, &Pick{1, 1}) },
		} {
			_, err := do()
			no(t, err)
		}
		no(t, other.settle())
		from := other.Session().ID
		no(t, s.Tag([]ID{into}, []string{"b"}, nil))
		no(t, s.Tag([]ID{from}, []string{"a"}, nil))
		source, asked := keptSession(t, s, from)
		was, _ := keptSession(t, s, into)

		_, err := s.Merge(into, []ID{from}, false)
		no(t, err)
		ses, turns := keptSession(t, s, into)
		untouched, _ := keptSession(t, s, from)
		if !reflect.DeepEqual(source, untouched) {
			t.Errorf("the source is\n%+v\ninstead of\n%+v", untouched, source)
		}
		want(t, "turns", ses.Turns, 7)
		want(t, "read", len(turns), 7)
		var models []string
		for _, c := range ses.Columns {
			models = append(models, fmt.Sprint(c.ID, " ", c.Model.Model))
		}
		equal(t, "columns", models, []string{"1 " + saying("one"), "2 " + saying("two"), "3 " + saying("three")})
		equal(t, "places", ses.Places, []int{1, 2, 3})
		equal(t, "path", ses.Path(), Path{{1, 1}, {4, 5}, {7, 7}})
		equal(t, "tags", ses.Tags, []string{"a", "b"})
		want(t, "cost", ses.Spent, was.Spent)
		at := map[int]int{1: 2, 2: 3, 3: 1} // columns of the source in the other one
		for i, old := range asked {
			now := turns[i+4]
			want(t, "text", now.Text, old.Text)
			for _, a := range old.Answers {
				b, ok := now.Take(Pick{at[a.Column], a.Take})
				if !ok || b.Text != a.Text || b.Model != a.Model {
					t.Errorf("turn %d: %s became %+v", now.ID, a.Text, b)
				}
				one, err := s.Chunks(from, old.ID, a.Column, a.Take)
				no(t, err)
				two, err := s.Chunks(into, now.ID, at[a.Column], a.Take)
				if err != nil || len(one) == 0 || !reflect.DeepEqual(one, two) {
					t.Errorf("arrivals: %v and %v, %v", one, two, err)
				}
			}
		}
		equal(t, "vote", turns[5].Votes[0].Best, []int{3})
		want(t, "adopted", *turns[4].Adopted, Pick{2, 1})

		// The juxta that has it open goes on behind what was appended, and the
		// files outlive the session that they came from.
		no(t, s.Delete(from))
		ask(t, b, "q8")
		want(t, "next", b.Session().Turns, 8)
		no(t, b.Resume(into))
		b.SetModel(1, providers.Ref{Provider: "demo", Model: echo})
		want(t, "files told again", b.Preflight(nil, 0)[0].Again.Files, 1)
	})
}

func TestAMergeMayTakeTheOtherSessionWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"paid/" + saying("one")})
		ask(t, b, "q")
		one := b.Session()
		b.Begin()
		ask(t, b, "p")
		two := b.Session()
		all, err := s.Merge(one.ID, []ID{two.ID}, true)
		no(t, err)
		want(t, "cost", all.Spent, one.Spent+two.Spent)
		want(t, "current", titles(t, s, Listing{}), "q")
		want(t, "bin", titles(t, s, Listing{Shelf: Bin}), "p")
		for _, bad := range [][]ID{{one.ID}, {two.ID, two.ID}, {NewID(one.Created)}} {
			if _, err := s.Merge(one.ID, bad, false); err == nil {
				t.Errorf("merged %v", bad)
			}
		}
		kept, turns := keptSession(t, s, one.ID)
		want(t, "turns", kept.Turns, 2)
		want(t, "turns that are there", len(turns), 2)
	})
}

func TestMergedBlindTurnsKeepTheirSeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		models := []string{"paid/" + saying("a"), "paid/" + saying("b"), "paid/" + saying("c"), "paid/" + saying("d")}
		b := bench(t, s, models)
		ask(t, b, "q")
		into := b.Session().ID
		slices.Reverse(models)
		other := bench(t, s, models)
		other.Blindly(true)
		seated := func(turns []Turn) (all [][]string) {
			for i := range turns {
				var seats []string
				for _, id := range turns[i].Seats() {
					a, _ := turns[i].Answer(id)
					seats = append(seats, a.Text)
				}
				all = append(all, seats)
			}
			return all
		}
		for i := range 6 {
			ask(t, other, fmt.Sprint("p", i))
			if i%2 == 0 {
				_, err := other.Vote(i+1, "", 1)
				no(t, err)
				_, err = other.Reveal(i + 1)
				no(t, err)
			}
		}
		no(t, other.settle())
		_, before := keptSession(t, s, other.Session().ID)
		_, err := s.Merge(into, []ID{other.Session().ID}, false)
		no(t, err)
		ses, after := keptSession(t, s, into)
		alike(t, "seats", seated(after[1:]), seated(before))
		equal(t, "hidden", ses.Hidden, []int{3, 5, 7})
		for i := range after[1:] {
			for _, v := range after[1+i].Votes {
				equal(t, "seats of the vote", v.Seats, after[1+i].Seats())
			}
		}
	})
}

func alike(t testing.TB, what string, got, want [][]string) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s are %v, want %v", what, got, want)
	}
}

func TestAMergedColumnFollowsTheOneThatItFollowed(t *testing.T) {
	s := opened(t)
	columns := func(models ...string) (all []Column) {
		for i, m := range models {
			all = append(all, Column{ID: i + 1, Model: providers.Ref{Provider: "lab", Model: m}})
		}
		return all
	}
	into, from := dated(t, s, "into", 1), NewID(time.Now())
	at := time.Now()
	ses := Session{ID: from, Title: "from", Created: at, Updated: at, Turns: 1, Columns: columns("x", "y", "y", "y"), Places: []int{1, 2, 3, 4}}
	ses.Columns[2].Again, ses.Columns[2].Follows = true, 1
	ses.Columns[3].Again, ses.Columns[3].Follows = true, 2
	turn := Turn{ID: 1, Text: "q", Asked: at, Columns: []int{1, 2, 3, 4}}
	b := Batch{Session: &ses, Turn: &turn}
	for _, c := range ses.Columns {
		b.Answers = append(b.Answers, Kept{from, 1, Answer{Column: c.ID, Take: 1, Follows: c.Follows, Text: "a", Finish: providers.Finished}})
	}
	no(t, s.Save(b))
	all, err := s.Merge(into, []ID{from}, false)
	no(t, err)
	var got []int
	for _, c := range all.Columns {
		got = append(got, c.Follows)
	}
	equal(t, "columns follow", got, []int{0, 0, 0, 2, 3}) // the first is of the other session
	_, turns := keptSession(t, s, into)
	got = nil
	for _, a := range turns[1].Answers {
		got = append(got, a.Follows)
	}
	equal(t, "answers follow", got, []int{0, 0, 2, 3})
}

func TestWhatWasMergedIsFoundWhereItIs(t *testing.T) {
	s := opened(t)
	into, from := dated(t, s, "a walnut table", 1), dated(t, s, "an oak chair", 2)
	found := func() (all []string) {
		q, err := ParseQuery("oak")
		no(t, err)
		r, err := s.Search(t.Context(), q, Page{})
		no(t, err)
		for _, f := range r.Found {
			all = append(all, f.Session.Title)
		}
		return all
	}
	equal(t, "before", found(), []string{"an oak chair"})
	_, err := s.Merge(into, []ID{from}, false)
	no(t, err)
	equal(t, "merged", found(), []string{"a walnut table", "an oak chair"})
	no(t, s.Bin([]ID{from}))
	equal(t, "with the other one in the bin", found(), []string{"a walnut table"})
	no(t, s.Empty([]ID{from}))
	equal(t, "with the other one gone", found(), []string{"a walnut table"})
	_, err = s.Fork(into, 2)
	no(t, err)
	equal(t, "forked", found(), []string{"a walnut table", "a walnut table"})
}

// An import finds a session also where it has become a part of another one, or
// what it cost would be there twice.
func TestWhatWasMergedAwayIsNotAddedByTheSameImport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home := opened(t)
		var all []Bundle
		for range 3 {
			b := bench(t, home, []string{"paid/" + saying("an answer")})
			ask(t, b, "a question")
			no(t, b.settle())
			bundle, err := home.Bundle(b.Session().ID)
			no(t, err)
			all = append(all, bundle)
		}
		s := opened(t)
		_, err := s.Import(t.Context(), all...)
		no(t, err)
		a, b, c := all[0].Session.ID, all[1].Session.ID, all[2].Session.ID
		for _, m := range [][2]ID{{b, a}, {a, c}} {
			_, err := s.Merge(m[1], []ID{m[0]}, true)
			no(t, err)
			no(t, s.Delete(m[0]))
		}
		was, _ := keptSession(t, s, c)
		got, err := s.Import(t.Context(), all...)
		no(t, err)
		for _, g := range got {
			if g.Fate != Known || g.ID != c {
				t.Errorf("%+v", g)
			}
		}
		is, _ := keptSession(t, s, c)
		want(t, "cost", is.Spent, was.Spent)
		left, err := s.Sessions(0)
		want(t, "sessions", len(left), 1)
		no(t, err)

		changed := all[1]
		changed.Session.Title = "another title"
		got, err = s.Import(t.Context(), changed)
		if err != nil || got[0].Fate != Added {
			t.Errorf("what is not the same: %+v, %v", got, err)
		}
		no(t, s.Delete(b))
		no(t, s.Delete(c))
		got, err = s.Import(t.Context(), all[1])
		if err != nil || got[0].Fate != Added {
			t.Errorf("after the other one is deleted, too: %+v, %v", got, err)
		}
	})
}

// A merge can't be undone, so the same one twice is most likely a slip.
func TestTheSameMergeTwiceAddsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		into := bench(t, s, []string{"paid/" + saying("one")})
		ask(t, into, "p1")
		other := bench(t, s, []string{"paid/" + saying("two")})
		ask(t, other, "p2")
		third := bench(t, s, []string{"paid/" + saying("three")})
		ask(t, third, "p3")
		id, from := into.Session().ID, other.Session().ID
		merged, err := s.Merge(id, []ID{from}, false)
		no(t, err)
		if merged.Turns != 2 {
			t.Fatalf("it has %d turns", merged.Turns)
		}
		ask(t, other, "p4") // it has grown, and what it had is there all the same
		for _, all := range [][]ID{{from}, {third.Session().ID, from}} {
			if _, err := s.Merge(id, all, false); !errors.Is(err, ErrMerged) {
				t.Errorf("the second time: %v", err)
			}
		}
		now, err := s.Session(id)
		no(t, err)
		if now.Turns != 2 {
			t.Errorf("of a merge that was refused %d turns were left", now.Turns-2)
		}
		fork, err := s.Fork(from, 0)
		no(t, err)
		if merged, err = s.Merge(id, []ID{fork.ID}, false); err != nil || merged.Turns != 4 {
			t.Errorf("a fork: %d turns, %v", merged.Turns, err)
		}
	})
}
