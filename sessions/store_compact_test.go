package sessions

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

func TestCompactingKeepsEverythingAndNothingOfWhatWasDeleted(t *testing.T) {
	s := lived(t)
	const secret = "what nobody should read any qxwortschatz"
	ses, batches := asked(time.Now(), 40)
	for i := range batches[1:] {
		batches[i+1].Answers[0].Answer.Text = strings.Repeat(secret+" ", 500)
	}
	saved(t, s, batches...)
	if err := s.update("indexing", func(tx *bolt.Tx) error { return index(tx, true) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(ses.ID); err != nil {
		t.Fatal(err)
	}
	was := contents(t, s.Path())
	if b, _ := os.ReadFile(s.Path()); !strings.Contains(string(b), secret) {
		t.Fatal("it is not there before, so that nothing is shown by its not being there after")
	}
	if err := os.Chmod(s.Path(), 0o640); err != nil {
		t.Fatal(err)
	}
	before, after, err := s.Compact(t.Context())
	if err != nil || before <= after {
		t.Fatal(before, after, err)
	}
	t.Log(before, "→", after)
	info, err := os.Stat(s.Path())
	if err != nil || info.Size() != after || runtime.GOOS != "windows" && info.Mode() != 0o640 {
		t.Error(info, err)
	}
	is := contents(t, s.Path())
	maps.DeleteFunc(was, derived)
	maps.DeleteFunc(is, derived)
	want(t, "the same values", maps.Equal(is, was), true)
	sound(t, s.Path())
	if b, _ := os.ReadFile(s.Path()); strings.Contains(string(b), "wortschatz") {
		t.Error("what was deleted is still in the file")
	}
	if names, _ := filepath.Glob(s.Path() + ".*.new"); len(names) > 0 {
		t.Error("left beside it: ", names)
	}
	// It is worked on as before, also by whoever had it open.
	_, batches = asked(time.Now(), 3)
	saved(t, s, batches...)
	sound(t, s.Path())
}

func TestADamagedStoreIsNotCompacted(t *testing.T) {
	s := lived(t)
	f, err := os.OpenFile(s.Path(), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	page := int64(os.Getpagesize())
	for id := int64(2); ; id++ { // the first page with somebody's text
		b := make([]byte, page)
		if _, err := f.ReadAt(b, id*page); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "question 1") {
			_, _ = f.WriteAt(make([]byte, 64), id*page)
			if hangsTogether(s.Path()) != nil {
				break
			}
		}
	}
	_ = f.Close()
	was, _ := os.ReadFile(s.Path())
	_, _, err = s.Compact(t.Context())
	var se *StoreError
	if !errors.As(err, &se) || !errors.Is(err, errDamaged) || !strings.Contains(se.Hint, "doctor --repair") {
		t.Errorf("got %v", err)
	}
	now, _ := os.ReadFile(s.Path())
	want(t, "the file is as it was", string(now) == string(was), true)
	if names, _ := filepath.Glob(s.Path() + ".*.new"); len(names) > 0 {
		t.Error("left beside it: ", names)
	}
}

// Somebody saves and reads all the time while the file is replaced under him and
// copied, again and again.
func TestCompactingAndCopyingTakeNothingFromThoseWhoWork(t *testing.T) {
	s := opened(t)
	_, out := child(t, "stream", s.Path())
	id := ID(said(t, out))
	for i := range 10 {
		if _, _, err := s.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
		c, err := s.Backup(t.Context(), filepath.Join(t.TempDir(), "copy.db"))
		if err != nil {
			t.Fatal(err)
		}
		sound(t, c.Path)
		n := 0
		for range 3 {
			if _, err := fmt.Sscan(said(t, out), &n); err != nil {
				t.Fatal(err)
			}
		}
		_, turns := keptSession(t, s, id)
		if kept := len(turns[0].Answers[0].Text) / len("word "); kept < n {
			t.Errorf("after %d: %d words are kept, and %d were saved", i, kept, n)
		}
	}
	sound(t, s.Path())
}

// childCompacts waits to be killed while it compacts.
func childCompacts(t *testing.T, path string) {
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("compacting")
	for {
		if _, _, err := s.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAKillWhileCompactingLosesNothing(t *testing.T) {
	s := lived(t)
	was := contents(t, s.Path())
	for i := range 10 {
		cmd, out := child(t, "compact", s.Path())
		said(t, out)
		time.Sleep(time.Duration(i) * 3 * time.Millisecond) // any moment will do
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		is := contents(t, s.Path())
		maps.DeleteFunc(was, derived)
		maps.DeleteFunc(is, derived)
		want(t, "the same values", maps.Equal(is, was), true)
	}
	if _, _, err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	if names, _ := filepath.Glob(s.Path() + ".*.new"); len(names) > 0 {
		t.Error("what was left is not cleared away: ", names)
	}
	sound(t, s.Path())
}
