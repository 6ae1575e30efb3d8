package sessions

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// shared is how many turns of two snapshots are one and the same.
func shared(a, b *Snapshot) (n int) {
	for i := range min(len(a.Turns), len(b.Turns)) {
		if &a.Turns[i].Answers[0] == &b.Turns[i].Answers[0] {
			n++
		}
	}
	return n
}

// inJSON is what a value is in JSON, where a time from the disk is as one from memory.
func inJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// allOf is what stands in a snapshot.
func allOf(t *testing.T, s *Snapshot) string {
	var b strings.Builder
	for i := range s.Turns {
		b.WriteString(inJSON(t, s.Turns[i]) + inJSON(t, s.Turns[i].Answers) + inJSON(t, s.Turns[i].Votes))
	}
	return b.String()
}

// Whatever is done to a session, by this bench or by another one, what a snapshot takes
// over from the one before is as it is read anew, and so is what is tried with it.
func TestASnapshotThatIsReadOnIsTheSameAsTheWhole(t *testing.T) {
	for seed := range uint64(3) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 7))
			s := opened(t)
			models := []string{"demo/script:ttft=1,n=3,tps=900", "demo/script:ttft=2,n=2,tps=900"}
			b := bench(t, s, models)
			b.Measure(2)
			for i := range 14 { // more than are remembered
				ask(t, b, fmt.Sprint("question ", i/2))
			}
			other := bench(t, s, nil)
			if err := other.Resume(b.Session().ID); err != nil {
				t.Fatal(err)
			}
			var before *Snapshot
			var docket Docket
			once := 0
			for step := range 30 {
				turn := 1 + r.IntN(b.Session().Turns)
				var err error
				did := r.IntN(9)
				switch did {
				case 0, 1:
					_, err = b.Vote(turn, "", 1+r.IntN(2))
				case 2:
					_, err = b.Vote(turn, "ann")
				case 3:
					_, _ = b.Unvote(turn, "") // there may be none
				case 4:
					_, err = b.Note(turn, fmt.Sprint("note ", step))
				case 5:
					b.Blindly(true)
					ask(t, b, fmt.Sprint("blind ", r.IntN(3)))
					b.Blindly(false)
				case 6:
					_, _ = b.Reveal(turn)
				case 7:
					run, e := b.Again(context.Background(), turn)
					if e == nil { // else it is blind
						hear(run, 0)
					}
				case 8:
					_, err = other.Vote(1+r.IntN(14), "bob", 2)
				}
				if err != nil {
					t.Fatalf("seed %d, step %d: %d: %v", seed, step, did, err)
				}
				time.Sleep(time.Second)
				now, err := b.Whole(before)
				if err != nil {
					t.Fatal(err)
				}
				anew, err := b.Whole(nil)
				if err != nil {
					t.Fatal(err)
				}
				if allOf(t, now) != allOf(t, anew) || inJSON(t, now.Session) != inJSON(t, anew.Session) {
					t.Fatalf("seed %d, step %d: after %d of turn %d the snapshot is another one", seed, step, did, turn)
				}
				kept, errKept := now.Session.TrialWith(&docket, now.Turns, 0)
				trial, err := anew.Session.Trial(anew.Turns, 0)
				if err != nil || errKept != nil || inJSON(t, kept) != inJSON(t, trial) {
					t.Fatalf("seed %d, step %d: another trial, %v %v", seed, step, err, errKept)
				}
				if before != nil && shared(before, now) >= len(before.Turns)-1 {
					once++
				}
				before = now
			}
			if once < 10 {
				t.Errorf("seed %d: only %d of 30 were read on", seed, once)
			}
		})
	}
}
