package sessions

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"juxta/prompts"
	"juxta/providers"
)

// filed is a session of one turn that has the given files.
func filed(at time.Time, files ...*prompts.Attachment) (Session, Batch) {
	ses, batches := asked(at, 1)
	b := batches[1]
	b.Files = map[string][]byte{}
	for _, f := range files {
		sum := f.SHA256()
		b.Turn.Files = append(b.Turn.Files, keptAs(f, sum))
		b.Files[sum] = f.Data
	}
	return ses, b
}

// used is how many bytes of the store's file are in use, and of how many files
// it has bytes.
func used(t testing.TB, s *Store) (size, files int) {
	t.Helper()
	err := s.view("measuring", func(tx *bolt.Tx) error {
		return tx.ForEach(func(_ []byte, b *bolt.Bucket) error {
			st := b.Stats()
			size += st.BranchAlloc + st.LeafAlloc
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return size, tally(t, s, inFiles)
}

// tally counts the keys of a bucket.
func tally(t testing.TB, s *Store, bucket string) (n int) {
	t.Helper()
	err := s.view("counting", func(tx *bolt.Tx) error {
		return tx.Bucket([]byte(bucket)).ForEach(func(_, _ []byte) error { n++; return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func sizeOf(t testing.TB, s *Store) int64 {
	t.Helper()
	info, err := os.Stat(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestAPictureInAThousandTurnsIsKeptOnce(t *testing.T) {
	const turns, size = 1000, 3_000_000
	grown := func(files ...*prompts.Attachment) (int, *Store) {
		s := opened(t)
		_, first := filed(time.Now(), files...)
		for n := 0; n < turns; {
			var batches []Batch
			for range 20 {
				n++
				b, turn := first, *first.Turn
				turn.ID, turn.Parent, b.Turn, b.Answers = n, n-1, &turn, nil
				batches = append(batches, b)
			}
			saved(t, s, batches...)
		}
		all, n := used(t, s)
		want(t, "files", n, len(files))
		return all, s
	}
	pic := blob("pin.png", 1, size)
	without, _ := grown()
	with, s := grown(pic)
	// A turn names its file and what was done to it in some 300 bytes.
	if more := with - without; more < size || more > size+turns*600+size/20 {
		t.Errorf("with a picture of %d bytes in every turn the store has %d bytes more", size, more)
	}
	_, turn := filed(time.Now(), pic)
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	heap := peak()
	at := commits(t, s)
	saved(t, s, turn)
	want(t, "commits for one more", commits(t, s)-at, 1)
	if most := heap(); most > before.HeapAlloc+size/2 {
		t.Errorf("saving it once more took %d bytes", most-before.HeapAlloc)
	}
	if got, err := s.file(turn.Turn.Files[0].SHA256); err != nil || !bytes.Equal(got, pic.Data) {
		t.Error(err)
	}
}

func TestWhatTheLastSessionLetsGoOfIsUsedAgain(t *testing.T) {
	s := opened(t)
	now := time.Now()
	_, other := filed(now, blob("other.png", 9, 500_000))
	saved(t, s, other)
	_, empty := used(t, s)
	var before int64
	for i := range 6 {
		shared, own := blob("shared.png", 100+i, 4_000_000), blob("own.png", 200+i, 2_500_000)
		one, a := filed(now.Add(time.Duration(3*i+1)*time.Second), shared, own, shared)
		two, b := filed(now.Add(time.Duration(3*i+2)*time.Second), shared)
		saved(t, s, a)
		saved(t, s, b)
		if err := s.Delete(one.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.file(own.SHA256()); !errors.Is(err, ErrNotFound) {
			t.Errorf("a file that nobody has: %v", err)
		}
		if got, err := s.file(shared.SHA256()); err != nil || !bytes.Equal(got, shared.Data) {
			t.Errorf("a file that another session has: %v", err)
		}
		if err := s.Delete(two.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.file(shared.SHA256()); !errors.Is(err, ErrNotFound) {
			t.Errorf("a file that the last session had: %v", err)
		}
		if _, n := used(t, s); n != empty {
			t.Errorf("%d files are left, want %d", n, empty)
		}
		if i == 3 { // bbolt uses pages again one transaction later
			before = sizeOf(t, s)
		}
	}
	want(t, "size of the file", sizeOf(t, s), before)
	want(t, "holders", tally(t, s, inHolders), 1)
	want(t, "held", tally(t, s, inHeld), 1)
	want(t, "loose", tally(t, s, inLoose), 0)
}

func TestAStoreOfTheFirstLayoutGetsRoomForFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "juxta.db")
	old, err := openStore(path, layout()[:1])
	if err != nil {
		t.Fatal(err)
	}
	ses, batches := asked(time.Now(), 40)
	saved(t, old, batches...)
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := old.Save(batches[0]); !errors.Is(err, errNewer) {
		t.Errorf("the old program, still running: %v", err)
	}
	_ = old.Close()
	if turns, err := s.Turns(ses.ID, 0, 0); err != nil || len(turns) != 40 || turns[7].Answers[1].Text != "answer 8 of 2" {
		t.Errorf("after the upgrade: %d turns, %v", len(turns), err)
	}
	r := &recorder{}
	b := sighted(t, s, r)
	if err := b.Resume(ses.ID); err != nil {
		t.Fatal(err)
	}
	b.SetModel(1, providers.Ref{Provider: "rec", Model: "a"})
	askWith(t, b, "and this?", blob("pin.png", 1, 2_000_000))
	if req, _ := r.take("a"); len(req.Messages) != 81 || len(req.Messages[80].Parts) != 2 {
		t.Errorf("told %s", show(req))
	}
	if err := s.Delete(ses.ID); err != nil {
		t.Error(err)
	}
	if _, n := used(t, s); n != 0 {
		t.Errorf("%d files are left", n)
	}
	copied, err := openStore(copyBeforeUpgrade(t, path, 1), layout()[:1])
	if err != nil {
		t.Fatal("opening the copy:", err)
	}
	defer copied.Close()
	want(t, "turns in the copy", tally(t, copied, inTurns), 40)
}

// childSavesAhead saves large files, and waits to be killed before the question
// that they belong to.
func childSavesAhead(t *testing.T, path string) {
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	_, b := filed(time.Now(), blob("a.png", 1, 3_000_000), blob("b.png", 2, 4_000_000))
	if err := s.saveAhead([]Batch{b}); err != nil {
		t.Fatal(err)
	}
	fmt.Println("ahead")
	time.Sleep(time.Hour)
}

// age makes the files that wait for their question older than they are.
func age(t testing.TB, s *Store, by time.Duration) {
	t.Helper()
	err := s.update("ageing", func(tx *bolt.Tx) error {
		loose := tx.Bucket([]byte(inLoose))
		var keys [][]byte
		err := loose.ForEach(func(k, _ []byte) error { keys = append(keys, bytes.Clone(k)); return nil })
		for _, k := range keys {
			err = errors.Join(err, loose.Put(k, binary.BigEndian.AppendUint64(nil, uint64(time.Now().Add(-by).UnixMilli()))))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAKillBetweenFilesAndQuestionLeavesNothingForLong(t *testing.T) {
	s := opened(t)
	cmd, out := child(t, "ahead", s.Path())
	want(t, "the child", said(t, out), "ahead")
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	list, err := s.Sessions(0)
	if err != nil || len(list) != 0 {
		t.Errorf("sessions %v, %v", list, err)
	}
	_, n := used(t, s)
	want(t, "files that came ahead", n, 2)

	// The same question, asked again, takes what is there.
	again, b := filed(time.Now(), blob("a.png", 1, 3_000_000))
	saved(t, s, b)
	other, c := filed(time.Now().Add(time.Second), blob("c.png", 3, 10))
	saved(t, s, c)
	age(t, s, 59*time.Minute)
	if err := s.Delete(other.ID); err != nil {
		t.Fatal(err)
	}
	_, n = used(t, s)
	want(t, "files within the hour", n, 2)
	age(t, s, 61*time.Minute)
	_, d := filed(time.Now().Add(2*time.Second), blob("d.png", 4, 2_000_000))
	saved(t, s, d) // saving sweeps as well as deleting
	if _, err := s.file(blob("b.png", 2, 4_000_000).SHA256()); !errors.Is(err, ErrNotFound) {
		t.Errorf("the file without a question: %v", err)
	}
	for _, f := range []*prompts.Attachment{blob("a.png", 1, 3_000_000), blob("d.png", 4, 2_000_000)} {
		if _, err := s.file(f.SHA256()); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	want(t, "loose", tally(t, s, inLoose), 0)
	if err := s.Delete(again.ID); err != nil {
		t.Error(err)
	}
}

// childAttaches asks about new files, small and large, until it is killed.
func childAttaches(t *testing.T, path string) {
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	b := bench(t, s, []string{"read/a"}, reading("read"))
	for i := 0; ; i += 3 {
		r, err := b.Put(t.Context(), Question{Files: []*prompts.Attachment{blob("a", os.Getpid()+i, 400_000), blob("b", os.Getpid()+i+1, 900_000), blob("c", os.Getpid()+i+2, 2_000_000)}})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(r.Turn)
		if err := r.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAKillAtAnyTimeLeavesNoQuestionWithoutItsFiles(t *testing.T) {
	s := opened(t)
	for round := range 4 {
		cmd, out := child(t, "attach", s.Path())
		asked := said(t, out)
		time.Sleep(time.Duration(13*round) * time.Millisecond)
		_ = cmd.Process.Kill()
		for line, err := out.ReadString('\n'); err == nil; line, err = out.ReadString('\n') {
			asked = strings.TrimSpace(line)
		}
		_ = cmd.Wait() // closes the pipe, whatever is still in it
		list, err := s.Sessions(0)
		if err != nil || len(list) != round+1 {
			t.Fatalf("%d sessions, %v", len(list), err)
		}
		_, turns := keptSession(t, s, list[0].ID)
		if n := len(turns); fmt.Sprint(n) != asked && fmt.Sprint(n-1) != asked { // one may not have been said any more
			t.Errorf("%s questions were asked, and %d are kept", asked, n)
		}
		for _, turn := range turns {
			for _, f := range turn.Files {
				if _, err := s.file(f.SHA256); err != nil || len(turn.Files) != 3 {
					t.Errorf("turn %d: %v", turn.ID, err)
				}
			}
		}
	}
	list, err := s.Sessions(0)
	for _, ses := range list {
		err = errors.Join(err, s.Delete(ses.ID))
	}
	age(t, s, 2*time.Hour)
	_, last := filed(time.Now(), blob("d", 1, 2_000_000))
	err = errors.Join(err, s.Save(last), s.Delete(last.Session.ID))
	if _, n := used(t, s); n != 0 || err != nil {
		t.Errorf("%d files are left, %v", n, err)
	}
}

// A question that could not be saved for more than an hour has lost the files
// that went ahead to the sweep: it brings them again.
func TestAQuestionBringsItsFilesAsOftenAsItMust(t *testing.T) {
	s := opened(t)
	pic := blob("a.png", 1, 3_000_000)
	ses, b := filed(time.Now(), pic)
	if err := s.saveAhead([]Batch{b}); err != nil {
		t.Fatal(err)
	}
	age(t, s, 2*time.Hour)
	if err := s.update("sweeping", func(tx *bolt.Tx) error { return sweep(tx, time.Now()) }); err != nil {
		t.Fatal(err)
	}
	_, n := used(t, s)
	want(t, "files after the sweep", n, 0)
	saved(t, s, b)
	if got, err := s.file(pic.SHA256()); err != nil || !bytes.Equal(got, pic.Data) {
		t.Error(err)
	}
	if err := s.Delete(ses.ID); err != nil {
		t.Error(err)
	}
}
