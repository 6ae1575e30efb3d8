package sessions

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"juxta/prompts"
	"juxta/providers"
)

// trouble notes what OnTrouble is told, and looks at the session meanwhile as
// a screen would.
type trouble struct {
	mu   sync.Mutex
	told []error
}

func troubles(b *Bench) *trouble {
	var n trouble
	b.OnTrouble(func(err error) {
		b.Session()
		n.mu.Lock()
		defer n.mu.Unlock()
		n.told = append(n.told, err)
	})
	return &n
}

// list says how often saving began to fail, and how it stands.
func (n *trouble) list() (s string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, err := range n.told {
		if err != nil {
			s += "trouble "
		} else {
			s += "fine "
		}
	}
	return s
}

func TestPartialAnswersAreSavedOnceASecondAllTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"demo/script:tps=10,n=45,ttft=55", "demo/script:tps=20,n=90,ttft=55,think=10", "here/script:tps=10,n=45,ttft=55", "here/script:err=hang"})
		r, err := b.Put(t.Context(), Question{Text: "x"})
		if err != nil {
			t.Fatal(err)
		}
		before := commits(t, s)
		for second := 1; second <= 4; second++ {
			time.Sleep(time.Second)
			synctest.Wait()
			_, turns := keptSession(t, s, b.Session().ID)
			want(t, fmt.Sprintf("commits after %d s", second), commits(t, s)-before, second)
			for i, tokens := range []int{10 * second, 20*second - 11, 10 * second} {
				a := turns[0].Answers[i]
				want(t, fmt.Sprintf("kept of column %d after %d s", i+1, second), len(a.Text), 4*tokens)
				want(t, "finish", a.Finish, "")
				if !a.Usage.Estimated || a.Usage.Output == 0 || a.Timing.FirstToken != 55*ms {
					t.Errorf("kept figures %+v, %+v", a.Usage, a.Timing)
				}
			}
			chunks, err := s.Chunks(b.Session().ID, 1, 1, 1)
			if err != nil || len(chunks) != 10*second {
				t.Errorf("%d times are kept, %v", len(chunks), err)
			}
		}
		b.Stop(4)
		hear(r, 0)
		// One checkpoint found only the stopped column's news, if any.
		if n := commits(t, s) - before; n < 5 || n > 4+4+1 {
			t.Errorf("%d commits", n)
		}
	})
}

func TestAFinishedAnswerIsInTheStoreWhenItIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"demo/script:tps=10,n=3", "demo/script:tps=10,n=6", "demo/script:err=auth,ttft=10", "demo/script:n=5"})
		r, err := b.Put(t.Context(), Question{Text: "x"})
		if err != nil {
			t.Fatal(err)
		}
		for news := range r.All() {
			for _, n := range news {
				if n.Final == nil {
					continue
				}
				if n.Unsaved != nil {
					t.Error(n.Unsaved)
				}
				_, turns := keptSession(t, s, b.Session().ID)
				a := turns[0].Answers[n.Column-1]
				want(t, "kept text", a.Text, n.Final.Text)
				want(t, "kept finish", a.Finish, n.Final.Finish)
				want(t, "kept usage", a.Usage, n.Final.Usage)
				chunks, err := s.Chunks(b.Session().ID, 1, n.Column, 1)
				if said := [...]int{3, 6, 0, 5}[n.Column-1]; err != nil || len(chunks) != said {
					t.Errorf("%d times are kept of %d, %v", len(chunks), said, err)
				}
				if n.Final.Timing.Chunks != nil {
					t.Error("the times are kept in memory, too")
				}
			}
		}
	})
}

func TestAQuestionIsAskedAlsoWhenItCannotBeSavedAndIsSavedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"demo/script:tps=10,n=5", "demo/script:say=abcdefghijklmnop,tps=1"})
		told := troubles(b)
		letGo := obstruct(t, s)
		r, err := b.Put(t.Context(), Question{Text: "what?"})
		if err != nil {
			t.Fatal(err)
		}
		want(t, "told", told.list(), "trouble ")
		id := b.Session().ID
		done := make(chan heard)
		go func() { done <- hear(r, 0) }()
		time.Sleep(2500 * ms) // a checkpoint or two have failed as well
		turns, err := b.Turns(0, 9)
		if err != nil || len(turns) != 1 || len(turns[0].Answers[0].Text) != 20 {
			t.Errorf("in memory: %+v, %v", turns, err)
		}
		want(t, "told", told.list(), "trouble ")
		letGo()
		time.Sleep(1200 * ms)
		want(t, "told", told.list(), "trouble fine ")
		// The question's empty answers were tried again first, and may not
		// have the last word.
		ses, turns := keptSession(t, s, id)
		want(t, "kept title", ses.Title, "what?")
		want(t, "kept text", turns[0].Answers[0].Text, turns[0].Answers[0].Text[:20])
		want(t, "kept finish", turns[0].Answers[0].Finish, providers.Finished)
		if got := turns[0].Answers[1]; got.Finish != "" && got.Finish != providers.Finished || len(got.Text) < 12 {
			t.Errorf("kept of the one that streams: %+v", got)
		}
		h := <-done
		if h.unsaved[1] == nil || h.unsaved[2] != nil {
			t.Errorf("unsaved: %v", h.unsaved)
		}
		_, turns = keptSession(t, s, id)
		want(t, "kept at the end", turns[0].Answers[1].Text, "abcdefghijklmnop")
	})
}

func TestASilentAnswerIsNotSavedAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"demo/script:err=hang@3,ttft=500"})
		if _, err := b.Put(t.Context(), Question{Text: "x"}); err != nil {
			t.Fatal(err)
		}
		before := commits(t, s)
		time.Sleep(time.Minute)
		want(t, "commits", commits(t, s)-before, 1)
	})
}

func TestTextThatCouldNotBeSavedIsSavedLaterThoughNothingNewComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"demo/script:err=hang@3,ttft=500"})
		if _, err := b.Put(t.Context(), Question{Text: "x"}); err != nil {
			t.Fatal(err)
		}
		letGo := obstruct(t, s)
		time.Sleep(1500 * ms)
		letGo()
		time.Sleep(time.Second)
		_, turns := keptSession(t, s, b.Session().ID)
		want(t, "kept", len(turns[0].Answers[0].Text), 12)
	})
}

func TestWhatWaitsToBeSavedDoesNotGrowWithEveryChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"demo/script:n=0"})
		ask(t, b, "x")
		letGo := obstruct(t, s)
		ask(t, b, "y")
		for i := range 100 {
			b.SetSystem(fmt.Sprint(i))
			synctest.Wait()
		}
		// The question, its answer and the newest settings.
		want(t, "waiting", len(b.saver.unsure), 3)
		letGo()
		if err := b.Close(t.Context()); err != nil {
			t.Error(err)
		}
		want(t, "still waiting", len(b.saver.unsure), 0)
		ses, _ := keptSession(t, s, b.Session().ID)
		want(t, "newest", ses.Columns[0].System, "99")
	})
}

func TestASessionThatAnotherProcessDeletedKeepsNoOtherFromBeingSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		b := bench(t, s, []string{"demo/script:ttft=500,tps=10,n=15," + saying("mine")[len("script:"):]})
		told := troubles(b)
		ask(t, b, "first")
		r, err := b.Put(t.Context(), Question{Text: "my second"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Delete(b.Session().ID); err != nil {
			t.Fatal(err)
		}
		h := hear(r, 0)
		if h.unsaved[1] == nil || h.text[1] != "mine" {
			t.Errorf("said %q, unsaved because %v", h.text[1], h.unsaved[1])
		}
		want(t, "told", told.list(), "trouble ")
		b.Begin()
		h = ask(t, b, "in a new session")
		if h.unsaved[1] != nil {
			t.Error(h.unsaved[1])
		}
		_, turns := keptSession(t, s, b.Session().ID)
		want(t, "kept", turns[0].Answers[0].Text, "mine")
		if err := b.Close(t.Context()); !errors.Is(err, ErrNotFound) {
			t.Errorf("closing says %v", err)
		}
	})
}

func TestAPanicOfTheSaverLosesNothingAndIsTold(t *testing.T) {
	for name, harm := range map[string]func(v *saver) (mend func()){
		"writing": func(v *saver) func() {
			whole := v.store
			v.store = nil
			return func() { v.store = whole }
		},
		"what is told of it": func(v *saver) func() {
			whole, times := v.stored, 0
			v.stored = func(files map[string][]byte) {
				if times++; times == 1 {
					panic("a fault")
				}
				whole(files)
			}
			return func() {}
		},
		"what is told of trouble": func(v *saver) func() {
			whole, trouble, times := v.store, v.trouble, 0
			v.store = nil
			v.trouble = func(err error) {
				if times++; times == 1 {
					panic("a fault")
				}
				trouble(err)
			}
			return func() { v.store = whole }
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := opened(t)
				b := bench(t, s, []string{"demo/script:say=kept"})
				told := make(chan *providers.Panic, 100)
				b.OnFault(func(p *providers.Panic) { told <- p })
				mend := harm(b.saver)
				ask(t, b, "x")
				synctest.Wait()
				mend()
				b.SetSystem("which the saver hears of after that")
				time.Sleep(3 * time.Second)
				if len(told) == 0 {
					t.Error("nobody was told")
				}
				if err := b.Close(t.Context()); err != nil {
					t.Error(err)
				}
				_, turns := keptSession(t, s, b.Session().ID)
				want(t, "kept", turns[0].Answers[0].Text, "kept")
			})
		})
	}
}

// A saver that can't go on tells whoever waits for it, and closing tells why.
func TestASaverThatGivesUpKeepsNobodyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bench(t, opened(t), []string{"demo/script:say=heard"})
		b.saver.stored = func(map[string][]byte) { panic("a fault, each time") }
		for range 2 {
			want(t, "what is heard all the same", ask(t, b, "x").text[1], "heard")
			time.Sleep(time.Minute)
		}
		if err := b.Close(t.Context()); err == nil {
			t.Error("closing says that all is well")
		}
	})
}

func TestTheNewestSettingsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		for range 20 {
			b := bench(t, s, []string{"demo/script:n=0"})
			ask(t, b, "x")
			id := b.Session().ID
			for i := range 10 {
				b.SetSystem(fmt.Sprint("prompt ", i))
			}
			b.Add(Column{})
			b.Remove(1)
			b.Begin()
			b.SetSystem("of the next session")
			if err := b.Resume(id); err != nil {
				t.Fatal(err)
			}
			ses := b.Session()
			want(t, "columns, places, prompt", fmt.Sprintf("%d %v %s", len(ses.Columns), ses.Places, ses.Columns[0].System), "2 [2] prompt 9")
			if err := b.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Everything at once, for the race detector and against deadlocks.
func TestAnyMethodMayBeCalledAtAnyTime(t *testing.T) {
	s := opened(t)
	b := bench(t, s, []string{"demo/script:n=300,tps=3000", "here/script:n=300,tps=3000", "here/script:n=30,err=cut@20", "eager/script:err=overloaded@5,n=9"})
	troubles(b)
	s.SetPatience(0)
	pic := blob("pin.png", 1, 1_200_000)
	end := make(chan struct{})
	var others sync.WaitGroup
	for _, meddle := range []func(){
		func() { b.Session(); b.Stop(3) },
		func() { b.SetSystem("x"); b.Move(2, 1); b.Move(2, -1) },
		func() {
			if turns, err := b.Turns(0, 3); err == nil {
				_ = fmt.Sprint(turns)
			}
		},
		func() { letGo := obstruct(t, s); time.Sleep(ms); letGo() },
		func() { b.OnTrouble(func(error) { b.Session() }) },
		func() { _, _ = b.Again(t.Context(), 1, 1) },
		func() { b.Preflight([]*prompts.Attachment{pic}, 0) },
		func() { _, _ = b.File(keptAs(pic, pic.SHA256())) },
	} {
		others.Go(func() {
			for {
				select {
				case <-end:
					return
				case <-time.After(5 * ms):
					meddle()
				}
			}
		})
	}
	for asked := 0; asked < 5; {
		r, err := b.Put(t.Context(), Question{Text: "x", Files: []*prompts.Attachment{pic}})
		if err != nil {
			time.Sleep(ms)
			continue
		}
		asked++
		hear(r, 0)
	}
	close(end)
	others.Wait()
	if err := b.Close(t.Context()); err != nil {
		t.Error(err)
	}
	ses, turns := keptSession(t, s, b.Session().ID)
	if len(turns) < 5 || ses.Turns != len(turns) {
		t.Errorf("%d turns of %d", len(turns), ses.Turns)
	}
	for _, turn := range turns {
		for _, a := range turn.Answers {
			if a.Finish == "" {
				t.Errorf("turn %d, column %d, take %d has no end", turn.ID, a.Column, a.Take)
			}
		}
	}
}
