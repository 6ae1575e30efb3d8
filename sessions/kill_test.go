package sessions

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"juxta/prompts"
)

// childDeeds works on the store as two windows of juxta would, until it is
// killed: one streams, in the other questions are asked, pictures sent, votes
// cast, sessions tagged, renamed, forked, deleted and imported, as the seed says.
// What is done is told once it was acknowledged, what may have been done as
// well:
//
//	heard SESSION TIME BYTES BYTES   of each column, so far
//	asked SESSION TURN SHA256        "-" for no picture
//	voted SESSION TURN VOTE COLUMN
//	tagged SESSION TAG
//	setting SESSION WHAT WORD, set SESSION WHAT WORD    the title, or the note of a turn by its number
//	deleting SESSION, deleted SESSION
//	imported SESSION
//	forked SESSION TURNS
func childDeeds(t *testing.T, path, args string) {
	var seed uint64
	var shared ID
	if _, err := fmt.Sscan(args, &seed, &shared); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	s.SetPatience(time.Minute)
	go func() {
		b := bench(t, s, []string{"demo/script:tps=150,n=90000", "here/script:tps=60,think=90000"})
		r, err := b.Put(context.Background(), Question{Text: "what streams"})
		if err != nil {
			panic(err)
		}
		heard := map[int]int{}
		for news := range r.All() {
			for _, n := range news {
				heard[n.Column] += len(n.Text) + len(n.Thoughts)
			}
			fmt.Println("heard", b.Session().ID, time.Now().UnixNano(), heard[1], heard[2])
		}
	}()
	d := doer{s: s, b: bench(t, s, []string{"demo/" + saying("fine"), "demo/" + saying("well")}), dice: rand.New(rand.NewPCG(seed, 1)), all: []ID{shared}}
	for n := 0; ; n++ {
		if err := d.deed(n); err != nil {
			panic(fmt.Sprint("seed ", seed, ", deed ", n, ": ", err)) // the parent reads that
		}
	}
}

// A doer does one deed after another.
type doer struct {
	s     *Store
	b     *Bench
	dice  *rand.Rand
	all   []ID // sessions of this process, and the shared one first
	ended []ID // that are not worked on any more
}

func (d *doer) deed(n int) error {
	word := fmt.Sprint("w", os.Getpid(), "-", n)
	here := d.b.Session()
	switch kind := d.dice.IntN(10); {
	case kind <= 2 || here.Turns == 0:
		var files []*prompts.Attachment
		sum := "-"
		if size := []int{0, 0, 900, 1_300_000}[d.dice.IntN(4)]; size > 0 {
			files = append(files, blob("pin.png", n+os.Getpid()%1000, size))
			sum = files[0].SHA256()
		}
		r, err := d.b.Put(context.Background(), Question{Text: fmt.Sprint("question ", here.Turns+1), Files: files})
		if err != nil {
			return err
		}
		if h := hear(r, 0); h.unsaved[1] != nil || h.unsaved[2] != nil {
			return h.unsaved[1]
		}
		if here.Turns == 0 {
			d.all = append(d.all, here.ID)
		}
		fmt.Println("asked", here.ID, here.Turns+1, sum)
	case kind == 3:
		turn, column := 1+d.dice.IntN(here.Turns), 1+d.dice.IntN(2)
		voted, err := d.b.Vote(turn, "", column)
		if err != nil {
			return err
		}
		fmt.Println("voted", here.ID, turn, len(voted.Votes), column)
	case kind == 4:
		turn := 1 + d.dice.IntN(here.Turns)
		fmt.Println("setting", here.ID, turn, word)
		if _, err := d.b.Note(turn, word); err != nil {
			return err
		}
		fmt.Println("set", here.ID, turn, word)
	case kind == 5:
		id := d.all[d.dice.IntN(len(d.all))] // also the shared one
		if err := d.s.Tag([]ID{id}, []string{word}, nil); err != nil {
			return err
		}
		fmt.Println("tagged", id, word)
	case kind == 6:
		id := d.all[d.dice.IntN(len(d.all))]
		fmt.Println("setting", id, "title", word)
		if err := d.s.Rename(id, word); err != nil {
			return err
		}
		fmt.Println("set", id, "title", word)
	case kind == 7:
		d.ended = append(d.ended, here.ID)
		d.b.Begin()
	case kind == 8 && len(d.ended) > 0:
		id := d.ended[0]
		d.ended, d.all = d.ended[1:], slices.DeleteFunc(d.all, func(i ID) bool { return i == id })
		fmt.Println("deleting", id)
		if err := d.s.Delete(id); err != nil {
			return err
		}
		fmt.Println("deleted", id)
	case kind == 8:
		to, err := d.s.Fork(here.ID, here.Turns)
		if err != nil {
			return err
		}
		fmt.Println("forked", to.ID, to.Turns)
	default:
		arrived, err := d.s.Import(context.Background(), fullBundle(), fullBundle())
		if err != nil {
			return err
		}
		for _, a := range arrived {
			fmt.Println("imported", a.ID)
			d.all, d.ended = append(d.all, a.ID), append(d.ended, a.ID)
		}
	}
	return nil
}

// A victim is a process that does deeds until it is killed, and what it told.
type victim struct {
	cmd    *exec.Cmd
	lines  []string
	killed time.Time
	read   chan struct{} // closed when all of it is read
}

func newVictim(t *testing.T, path string, seed uint64, shared ID) *victim {
	v := &victim{read: make(chan struct{})}
	cmd, out := child(t, fmt.Sprint("deeds ", seed, " ", shared), path)
	v.cmd = cmd
	go func() {
		defer close(v.read)
		for {
			line, err := out.ReadString('\n')
			if err != nil {
				return // a line that was cut off was not told
			}
			v.lines = append(v.lines, strings.TrimSpace(line))
		}
	}()
	return v
}

func (v *victim) kill() {
	v.killed = time.Now()
	_ = v.cmd.Process.Kill()
	<-v.read
	_ = v.cmd.Wait()
}

// momentsAFile is how many moments of killing one store sees.
const momentsAFile = 20

// Two processes work on one store, and are killed at any moment, one after the
// other: the store opens each time, nothing is wrong with it, and everything is
// there that was acknowledged.
func TestAKillAtAnyMomentLosesNothingThatWasAcknowledged(t *testing.T) {
	from, n := seeds(t, 4, 200)
	var s *Store
	var l *ledger
	var shared ID
	deeds, streamed := 0, 0
	for seed := from; seed < from+n; seed++ {
		if s == nil || seed%momentsAFile == 0 {
			if s, l = opened(t), newLedger(); true {
				ses, _ := asked(time.Now(), 0)
				saved(t, s, Batch{Session: &ses})
				shared = ses.ID
			}
		}
		dice := rand.New(rand.NewPCG(seed, 0))
		life := time.Duration(20+dice.IntN(600)) * time.Millisecond
		if dice.IntN(3) == 0 { // long enough to tell what was streamed
			life = mostMissing + time.Duration(dice.IntN(700))*time.Millisecond
		}
		one, other := newVictim(t, s.Path(), seed, shared), newVictim(t, s.Path(), seed+1<<32, shared)
		time.Sleep(life)
		one.kill()
		time.Sleep(time.Duration(dice.IntN(150)) * time.Millisecond)
		other.kill()
		l.enter(t, one, other)
		again, err := Open(s.Path())
		if err != nil {
			t.Fatalf("seed %d: the next start: %v", seed, err)
		}
		for _, what := range l.missing(again) {
			t.Errorf("seed %d (killed after %s): %s", seed, life, what)
		}
		_ = again.Close()
		if h, err := Examine(context.Background(), s.Path()); err != nil || h.Wrong > 0 {
			t.Errorf("seed %d (killed after %s): %+v, %v", seed, life, h.Findings, err)
		}
		if t.Failed() {
			if b, err := os.ReadFile(s.Path()); err == nil {
				kept := filepath.Join(os.TempDir(), fmt.Sprint("juxta-kill-", seed, ".db"))
				t.Log("the store is in ", kept, os.WriteFile(kept, b, 0o600))
			}
			t.Fatalf("again with JUXTA_FAULT_SEED=%d", seed)
		}
		deeds, streamed = len(l.deeds), len(l.streams)
	}
	if deeds == 0 || n > 1 && streamed == 0 {
		t.Errorf("%d deeds, %d streams: nothing was shown", deeds, streamed)
	}
	t.Logf("%d moments; the last store has %d deeds and %d streams", n, deeds, streamed)
}

// While two processes do their deeds, the store is read through, copied and
// compacted again and again: nothing is found that is not there, and nothing that
// was acknowledged is lost.
func TestTheStoreIsKeptUpWhileOthersWork(t *testing.T) {
	s, l := opened(t), newLedger()
	s.SetPatience(time.Minute)
	ses, _ := asked(time.Now(), 0)
	saved(t, s, Batch{Session: &ses})
	one, other := newVictim(t, s.Path(), 1, ses.ID), newVictim(t, s.Path(), 2, ses.ID)
	rounds := 6
	if thorough() {
		rounds = 15
	}
	for range rounds {
		sound(t, s.Path())
		c, err := s.Backup(t.Context(), filepath.Join(t.TempDir(), "copy.db"))
		if err != nil {
			t.Fatal(err)
		}
		sound(t, c.Path)
		if _, _, err := s.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(1500 * time.Millisecond) // who waited for the store has saved what came meanwhile
	one.kill()
	other.kill()
	l.enter(t, one, other)
	for _, what := range l.missing(s) {
		t.Error(what)
	}
	sound(t, s.Path())
	if len(l.deeds) == 0 {
		t.Error("nobody did anything")
	}
	t.Log(len(l.deeds), "deeds")
}
