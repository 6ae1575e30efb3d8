package sessions

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// recorded is a session of two questions to two models that differ in speed.
func recorded(t *testing.T, s *Store) Bundle {
	t.Helper()
	b := bench(t, s, []string{"demo/script:ttft=500,tps=10,n=20,think=5", "paid/script:ttft=100,tps=50,n=30"})
	ask(t, b, "q1")
	ask(t, b, "q2")
	if err := b.settle(); err != nil {
		t.Fatal(err)
	}
	return bundled(t, s, b.Session().ID)
}

func TestAReplayTellsWhatWasSaidWhenItWasSaid(t *testing.T) {
	for _, speed := range []float64{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			was := recorded(t, opened(t))
			b, err := NewReplay(bench(t, nil, nil).Registry, was, NewPace(speed))
			if err != nil {
				t.Fatal(err)
			}
			for n := range 2 {
				began := time.Now()
				run, err := b.Play(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				want(t, "question", run.Asked.Text, was.Turns[n].Text)
				h := hear(run, 0)
				for _, a := range was.Turns[n].Answers {
					want(t, "text", h.text[a.Column], a.Text)
					want(t, "thoughts", h.thoughts[a.Column], a.Thoughts)
					final := a
					final.Timing.Chunks = nil
					if !reflect.DeepEqual(h.final[a.Column], final) {
						t.Errorf("got  %+v\nwant %+v", h.final[a.Column], final)
					}
				}
				longest := max(was.Turns[n].Answers[0].Timing.Total, was.Turns[n].Answers[1].Timing.Total)
				took := time.Duration(float64(time.Since(began)) * speed)
				if took < longest || took > longest+time.Duration(speed*float64(2*Frame)) {
					t.Errorf("at speed %v it took %v by its clock, and was %v", speed, took, longest)
				}
			}
			if _, err := b.Play(t.Context()); !errors.Is(err, ErrPlayed) {
				t.Errorf("after the end: %v", err)
			}
		})
	}
}

func TestAReplayStandsWhileItIsPausedAndGoesToItsEndWhenStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		was := recorded(t, opened(t))
		pace := NewPace(1)
		b, err := NewReplay(bench(t, nil, nil).Registry, was, pace)
		if err != nil {
			t.Fatal(err)
		}
		run, err := b.Play(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		pace.Pause()
		said := func() (n int) {
			for _, a := range run.snapshots() {
				n += len(a.Text)
			}
			return n
		}
		synctest.Wait()
		said()
		time.Sleep(time.Hour)
		want(t, "said in an hour of pause", said(), 0)
		want(t, "over", run.over(), false)
		if _, err := b.Play(t.Context()); !errors.Is(err, ErrBusy) {
			t.Errorf("while one plays: %v", err)
		}
		run.StopAll()
		want(t, "over", run.Wait(t.Context()), nil)
		turns, err := b.Turns(0, 9)
		if err != nil || len(turns) != 1 || turns[0].Answers[0].Text != was.Turns[0].Answers[0].Text {
			t.Errorf("what was skipped is there all the same: %v", err)
		}
	})
}

func TestNothingIsAskedOrChangedInAReplay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		was := recorded(t, s)
		before := commits(t, s)
		b, err := NewReplay(bench(t, nil, nil).Registry, was, NewPace(Fastest))
		if err != nil {
			t.Fatal(err)
		}
		run, err := b.Play(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		hear(run, 0)
		_, asked := b.Put(t.Context(), Question{Text: "and this?"})
		_, again := b.Again(t.Context(), 1)
		_, voted := b.Vote(1, "", 1)
		for _, err := range []error{asked, again, voted, b.Fork(1)} {
			if !errors.Is(err, ErrReplay) {
				t.Errorf("got %v", err)
			}
		}
		b.Remove(1)
		want(t, "columns", len(b.Session().Places), 2)
		want(t, "transactions", commits(t, s), before)
	})
}

func TestABlindSessionIsNotReplayedBeforeItIsRevealed(t *testing.T) {
	b := fullBundle()
	b.Session.Hidden = []int{1}
	if _, err := NewReplay(nil, b, NewPace(1)); err == nil || !strings.Contains(err.Error(), "reveal") {
		t.Errorf("got %v", err)
	}
}

func TestAReplayPlaysTheBranchAndWhatWasAskedAgainLaterWithoutItsGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		was := fullBundle()
		was.Turns[0].Answers[2].Timing.Sent = was.Turns[0].Answers[2].Timing.Sent.Add(time.Hour)
		was.Session.Tip = 1
		b, err := NewReplay(bench(t, nil, nil).Registry, was, NewPace(1))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		run, err := b.Play(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		hear(run, 0)
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %v", took)
		}
		_, of, _ := b.Replays()
		want(t, "turns", of, 1)
	})
}
