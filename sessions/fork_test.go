package sessions

import (
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"

	"juxta/prompts"
	"juxta/providers"
)

// branched works on a session with the turns 1 ─ 2 ─ 3 and 1 ─ 4, in which
// turn 4 is worked on.
func branched(t *testing.T, s *Store) *Bench {
	t.Helper()
	b := bench(t, s, []string{"paid/" + saying("one"), "paid/" + saying("two")})
	ask(t, b, "q1")
	ask(t, b, "q2")
	ask(t, b, "q3")
	put(t, b, Question{Text: "q4", Instead: 2, Files: []*prompts.Attachment{blob("a.png", 1, 90)}})
	return b
}

func put(t *testing.T, b *Bench, q Question) heard {
	t.Helper()
	r, err := b.Put(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return hear(r, 0)
}

func TestAForkHasEverythingUpToItsTurnAndLeavesTheOtherAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := branched(t, s)
		for _, do := range []func() (Turn, error){
			func() (Turn, error) { return b.Vote(4, "", 1) },
			func() (Turn, error) { return b.Note(4, "a note") },
			func() (Turn, error) { return b.Adopt(4, &Pick{2, 1}) },
		} {
			if _, err := do(); err != nil {
				t.Fatal(err)
			}
		}
		want(t, "everything is saved", b.settle(), nil)
		was := b.Session()
		old, turns := keptSession(t, s, was.ID)
		if err := b.Fork(4); err != nil {
			t.Fatal(err)
		}
		ses, forked := keptSession(t, s, b.Session().ID)
		want(t, "another session", ses.ID != was.ID, true)
		want(t, "from", *ses.Origin, Origin{was.ID, 4})
		want(t, "title", ses.Title, "q1")
		want(t, "seed", ses.Seed != was.Seed, true)
		want(t, "what it has cost itself", ses.Spent, 0)
		want(t, "turns", len(forked), 2)
		equal(t, "path", ses.Path(), Path{{1, 2}})
		for i, from := range []int{1, 4} {
			a, b := turns[from-1], forked[i]
			want(t, "number", b.ID, i+1)
			want(t, "parent", b.Parent, i)
			b.ID, b.Parent = a.ID, a.Parent
			if !reflect.DeepEqual(a, b) {
				t.Errorf("turn %d is\n%+v\nin the fork instead of\n%+v", from, b, a)
			}
			for column := 1; column <= 2; column++ {
				one, err := s.Chunks(was.ID, from, column, 1)
				other, err2 := s.Chunks(ses.ID, i+1, column, 1)
				if err != nil || err2 != nil || len(one) == 0 || !reflect.DeepEqual(one, other) {
					t.Errorf("arrivals of column %d: %v and %v, %v, %v", column, one, other, err, err2)
				}
			}
		}
		ask(t, b, "q of the fork")
		want(t, "what it has cost itself", b.Session().Spent > 0, true)
		left, same := keptSession(t, s, was.ID)
		if !reflect.DeepEqual(old, left) || !reflect.DeepEqual(turns, same) {
			t.Error("the other session is no longer what it was")
		}

		// Its files are its own, too.
		if err := s.Delete(was.ID); err != nil {
			t.Fatal(err)
		}
		again := bench(t, s, nil)
		again.Registry = b.Registry
		if err := again.Resume(ses.ID); err != nil {
			t.Fatal(err)
		}
		want(t, "files told again", again.Preflight(nil, 0)[0].Again.Files, 1)
		again.SetModel(1, providers.Ref{Provider: "demo", Model: echo})
		h := ask(t, again, "last")
		want(t, "finish", h.final[1].Finish, providers.Finished)
	})
}

func TestAForkWithoutAStoreHasTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := branched(t, nil)
		was := b.Session()
		if err := b.Fork(3); err != nil {
			t.Fatal(err)
		}
		b.SetModel(1, providers.Ref{Provider: "demo", Model: echo})
		want(t, "told", told(t, b, "next", 1)[0], "user: q1\nassistant: one\nuser: q2\nassistant: one\nuser: q3\nassistant: one\nuser: next\n")
		turns, err := b.Turns(0, 9)
		if err != nil {
			t.Fatal(err)
		}
		var list string
		for i := range turns {
			list += fmt.Sprintf("%d after %d: %s; ", turns[i].ID, turns[i].Parent, turns[i].Text)
		}
		want(t, "turns", list, "1 after 0: q1; 2 after 1: q2; 3 after 2: q3; 4 after 3: next; ")
		want(t, "from", *b.Session().Origin, Origin{was.ID, 3})
	})
}

func TestWhatCannotBeForkedSaysWhy(t *testing.T) {
	s := opened(t)
	b := bench(t, s, []string{"demo/" + saying("x")})
	for _, turn := range []int{-1, 0, 1} {
		if err := b.Fork(turn); err == nil {
			t.Errorf("turn %d of nothing was forked", turn)
		}
	}
	ask(t, b, "q1")
	was := b.Session().ID
	letGo := obstruct(t, s)
	if err := b.Fork(1); err == nil {
		t.Error("a fork that is not kept anywhere")
	}
	want(t, "the session that is worked on", b.Session().ID, was)
	letGo()
	if err := b.Fork(1); err != nil {
		t.Error(err)
	}
	if err := b.Go(2); err == nil {
		t.Error("there is no turn 2")
	}
	if _, err := b.Put(t.Context(), Question{Text: "x", Instead: 2}); err == nil {
		t.Error("there is no turn 2 to ask in place of")
	}
}
