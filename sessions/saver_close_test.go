package sessions

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"juxta/providers"
)

func TestCloseStopsWhatRunsAndSavesEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"demo/script:tps=10", "here/script:tps=10", "here/script:n=1"})
		letGo := obstruct(t, s)
		r, err := b.Put(t.Context(), Question{Text: "x"})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(450 * ms)
		b.SetSystem("later")
		letGo()
		began := time.Now()
		if err := b.Close(t.Context()); err != nil {
			t.Error(err)
		}
		want(t, "closing took", time.Since(began), 0)
		hear(r, 0)
		ses, turns := keptSession(t, s, b.Session().ID)
		want(t, "system prompt", ses.Columns[0].System, "later")
		for i, n := range []int{20, 20, 0} {
			want(t, "finish", turns[0].Answers[i].Finish, providers.Cancelled)
			want(t, "text", len(turns[0].Answers[i].Text), n)
		}
		if err := b.Close(t.Context()); err != nil {
			t.Error("a second time: ", err)
		}
		// What is done after Close is kept all the same.
		b.SetSystem("too late")
		ask(t, b, "y")
		_, turns = keptSession(t, s, b.Session().ID)
		want(t, "turns", len(turns), 2)
		want(t, "finish", turns[1].Answers[2].Finish, providers.Finished)
	})
}

func TestCloseSaysWhatCouldNotBeSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"demo/script:n=3"})
		letGo := obstruct(t, s)
		defer letGo()
		ask(t, b, "x")
		var held *HeldError
		if err := b.Close(t.Context()); !errors.As(err, &held) {
			t.Error(err)
		}
	})
}

func TestCloseKeepsTheTextOfAnAnswerThatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		deaf := double{name: "deaf", stream: func(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
			return func(yield func(providers.Event, error) bool) {
				yield(providers.Sent{At: time.Now()}, nil)
				yield(providers.Delta{At: time.Now(), Text: "so far"}, nil)
				<-release
			}
		}}
		s := opened(t)
		b := bench(t, s, []string{"deaf/x"}, deaf)
		r, err := b.Put(t.Context(), Question{Text: "x"})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 2*ms)
		defer cancel()
		if err := b.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		_, turns := keptSession(t, s, b.Session().ID)
		want(t, "kept", turns[0].Answers[0].Text, "so far")
		close(release)
		want(t, "saved at last", hear(r, 0).unsaved[1], nil)
		_, turns = keptSession(t, s, b.Session().ID)
		want(t, "finish", turns[0].Answers[0].Finish, providers.Cancelled)
	})
}

// Two juxta ask in one session at the same moment: one of them can't save its turn
// there, ever, and keeps it in a session of its own when it is left.
func TestCloseKeepsWhatAnotherProcessHasTakenThePlaceOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		one := bench(t, s, []string{"paid/" + saying("mine")})
		ask(t, one, "before")
		id := one.Session().ID
		two := bench(t, s, nil)
		want(t, "resuming", two.Resume(id), nil)

		var waits atomic.Bool
		waits.Store(true)
		s.Observe(func(op string, _ time.Duration, _ error) {
			if op == "reading" && waits.CompareAndSwap(true, false) { // one looks for what is new, and two asks right behind that
				ask(t, two, "theirs")
			}
		})
		askWith(t, one, "ours", written("notes.txt", "that we sent"))
		ask(t, one, "and more")
		_, err := one.Note(3, "noted")
		want(t, "noting", err, nil)
		spent := one.Session().Spent

		err = one.Close(t.Context())
		if !errors.Is(err, ErrTaken) {
			t.Fatal("closing: ", err)
		}
		_, name, _ := strings.Cut(err.Error(), "is kept as session ")
		ses, turns := keptSession(t, s, ID(name))
		var texts []string
		for _, turn := range turns {
			texts = append(texts, turn.Text+": "+turn.Answers[0].Text+" "+string(turn.Answers[0].Finish))
		}
		want(t, "turns", strings.Join(texts, ", "), "before: mine stop, ours: mine stop, and more: mine stop")
		want(t, "note", turns[2].Note, "noted")
		want(t, "origin", *ses.Origin, Origin{id, 1})
		there, theirs := keptSession(t, s, id)
		want(t, "the other's", fmt.Sprint(len(theirs), " ", theirs[1].Text), "2 theirs")
		others, _ := theirs[1].Answers[0].Cost()
		want(t, "spent, in both without what is theirs", ses.Spent+there.Spent-*others, spent)
		if data, err := s.file(turns[1].Files[0].SHA256); err != nil || string(data) != "that we sent" {
			t.Errorf("its file: %q, %v", data, err)
		}
		sound(t, s.Path())
	})
}
