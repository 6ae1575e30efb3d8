package sessions

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

func TestAStoreThatCanNotBeUsedSaysWhyAndStaysAsItIs(t *testing.T) {
	made := func(path string) { // a store with something in it
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		_, batches := asked(time.Now(), 50)
		saved(t, s, batches...)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	write := func(path string, b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name    string
		prepare func(path string)
		err     error
		hint    string
	}{
		{"a folder", func(path string) { _ = os.Mkdir(path, 0o700) }, errFolder, "name a file"},
		{"another file", func(path string) { write(path, []byte(strings.Repeat("dear diary\n", 5000))) }, errForeign, "left as it is"},
		{"a short file", func(path string) { write(path, []byte("dear diary\n")) }, errForeign, "left as it is"},
		{"another program's bbolt file", func(path string) {
			db, err := bolt.Open(path, 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}, errForeign, "left as it is"},
		{"a store without its end", func(path string) {
			made(path)
			if err := os.Truncate(path, 5*int64(os.Getpagesize())); err != nil {
				t.Fatal(err)
			}
		}, errDamaged, "left as it is"},
		{"a store without its pages", func(path string) {
			made(path)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := 2 * os.Getpagesize(); i < len(b); i++ {
				b[i] = 0xA5
			}
			write(path, b)
		}, errDamaged, "left as it is"},
		{"a newer juxta's", func(path string) {
			made(path)
			err := transact(path, true, func(tx *bolt.Tx) error {
				return tx.Bucket([]byte(inMeta)).Put([]byte("schema"), []byte("99"))
			})
			if err != nil {
				t.Fatal(err)
			}
		}, errNewer, "update juxta"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "juxta.db")
			tt.prepare(path)
			before, _ := os.ReadFile(path)
			s, err := Open(path)
			if err == nil {
				// Damage to pages that Open has no need of is found later.
				_, err = s.Sessions(0)
				_ = s.Close()
			}
			var se *StoreError
			if !errors.As(err, &se) || !errors.Is(err, tt.err) || se.Path != path || !strings.Contains(se.Advice(), tt.hint) {
				t.Errorf("got %v (%q)", err, se.Advice())
			}
			if after, _ := os.ReadFile(path); !reflect.DeepEqual(after, before) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestAParentThatIsAFileIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(filepath.Join(file, "juxta.db"))
	var se *StoreError
	if !errors.As(err, &se) || !strings.Contains(se.Hint, "--db") {
		t.Errorf("got %v", err)
	}
}

func TestAnyDamagedPageIsAnErrorAndNeverAPanic(t *testing.T) {
	s := opened(t)
	ses, batches := asked(time.Now(), 20)
	saved(t, s, batches...)
	whole, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	for at := 0; at < len(whole); at += page {
		for _, pattern := range []byte{0x00, 0xA5, 0xFF} {
			b := append([]byte(nil), whole...)
			for i := at; i < at+page; i++ {
				b[i] = pattern
			}
			if err := os.WriteFile(s.Path(), b, 0o600); err != nil {
				t.Fatal(err)
			}
			// Whether an operation needs the page is its own affair.
			_, err1 := s.Sessions(0)
			_, err2 := s.Turns(ses.ID, 0, 0)
			for i, err := range []error{err1, err2, s.Save(batches[3]), s.Delete(ses.ID)} {
				var se *StoreError
				if err != nil && !errors.As(err, &se) && !errors.Is(err, ErrNotFound) {
					t.Errorf("page %d of %#x, call %d: %v", at/page, pattern, i, err)
				}
			}
		}
	}
	if err := os.WriteFile(s.Path(), whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if turns, err := s.Turns(ses.ID, 0, 0); err != nil || len(turns) != 20 {
		t.Errorf("with the file back in its place: %d turns, %v", len(turns), err)
	}
}

func TestAStoreThatWasRemovedIsNotMadeAnewBehindTheUsersBack(t *testing.T) {
	s := opened(t)
	if err := os.Remove(s.Path()); err != nil {
		t.Fatal(err)
	}
	ses, _ := asked(time.Now(), 0)
	err := s.Save(Batch{Session: &ses})
	var se *StoreError
	if !errors.As(err, &se) || !strings.Contains(se.Hint, "moved or removed") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(s.Path()); err == nil {
		t.Error("there is a new file")
	}
}

func TestAFolderThatHoldsNoFilesIsNoMissingStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	refused := &os.PathError{Op: "open", Path: path + ".lock", Err: os.ErrNotExist}
	var se *StoreError
	for _, op := range []string{"opening", "copying", "repairing"} {
		if errors.As(storeError(op, path, refused), &se); !strings.Contains(se.Hint, "in a folder of yours") {
			t.Errorf("%s: → %s", op, se.Hint)
		}
	}
	if errors.As(storeError("saving", path, refused), &se); !strings.Contains(se.Hint, "moved or removed") {
		t.Errorf("its folder went while it was open: → %s", se.Hint)
	}
}

func TestDamageIsToldInWordsOfOurs(t *testing.T) {
	for text, want := range map[string]string{
		`{"id"`:            "the store is damaged: what is kept is no JSON: it ends too early: something is not closed",
		`{"id":x}`:         "the store is damaged: what is kept is no JSON: 'x' can't stand there: a value belongs there",
		`{"Turns":"many"}`: "the store is damaged: what is kept has a string where something else belongs",
	} {
		var ses Session
		err := json.Unmarshal([]byte(text), &ses)
		if err == nil || damaged(err).Error() != want {
			t.Errorf("%s: %v, %q", text, err, damaged(err))
		}
	}
}

func TestAnUnfinishedNewStoreIsNoObstacle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "juxta.db")
	for _, name := range []string{path, path + ".new"} { // killed while making it
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := os.Stat(path + ".new"); err == nil {
		t.Error("the draft is still there")
	}
	ses, _ := asked(time.Now(), 0)
	saved(t, s, Batch{Session: &ses})
}

func TestUpgradesRunOnceInOrderAfterACopy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "juxta.db")
	old, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	ses, batches := asked(time.Now(), 3)
	saved(t, old, batches...)

	var ran []int
	mark := func(n int) upgrade {
		return func(tx *bolt.Tx) error {
			ran = append(ran, n)
			return tx.Bucket([]byte(inMeta)).Put(fmt.Append(nil, "mark", n), nil)
		}
	}
	newest := len(layout())
	next := append(layout(), mark(newest+1), mark(newest+2))
	for range 2 {
		s, err := openStore(path, next)
		if err != nil {
			t.Fatal(err)
		}
		if turns, err := s.Turns(ses.ID, 0, 0); err != nil || len(turns) != 3 {
			t.Errorf("after the upgrade: %d turns, %v", len(turns), err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(ran) != fmt.Sprint([]int{newest + 1, newest + 2}) {
		t.Errorf("ran %v", ran)
	}
	if err := old.Save(batches[0]); !errors.Is(err, errNewer) {
		t.Errorf("the old program, still running: %v", err)
	}

	copied, err := Open(copyBeforeUpgrade(t, path, newest))
	if err != nil {
		t.Fatal("opening the copy:", err)
	}
	defer copied.Close()
	if turns, err := copied.Turns(ses.ID, 0, 0); err != nil || len(turns) != 3 {
		t.Errorf("the copy has %d turns, %v", len(turns), err)
	}
}

func TestAnUpgradeThatFailsLeavesTheStoreUsable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "juxta.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ses, batches := asked(time.Now(), 1)
	saved(t, s, batches...)
	wrong := errors.New("no")
	_, err = openStore(path, append(layout(), func(tx *bolt.Tx) error {
		if err := tx.DeleteBucket([]byte(inTurns)); err != nil {
			t.Error(err)
		}
		return wrong
	}))
	var se *StoreError
	if !errors.As(err, &se) || !errors.Is(err, wrong) {
		t.Errorf("got %v", err)
	}
	if turns, err := s.Turns(ses.ID, 0, 0); err != nil || len(turns) != 1 {
		t.Errorf("afterwards: %v, %v", turns, err)
	}
}

// Whoever wants what can't be is told so, and not to see to the disk: nothing is
// wrong with the store, and nothing in it has changed.
func TestWhatCannotBeIsNoFaultOfTheStore(t *testing.T) {
	s, id := pollable(t, 2, 2)
	var tags []string
	for i := range mostTags + 1 {
		tags = append(tags, fmt.Sprint("t", i))
	}
	one, other := poll(t, s, id, PollOptions{Voter: "ann"}), poll(t, s, id, PollOptions{Voter: "ann"})
	want(t, "voting", one.Cast(0, Alike), nil)
	before := contents(t, s.Path())
	for what, err := range map[string]error{
		"too many tags":             s.Tag([]ID{id}, tags, nil),
		"a plan that tests nothing": s.Plan(id, TestPlan{Metric: "beauty"}),
		"a vote in another window":  other.Cast(0, LeftBetter),
	} {
		var fault *StoreError
		var refused *Refusal
		if errors.As(err, &fault) || !errors.As(err, &refused) || strings.Contains(err.Error(), s.Path()) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if after := contents(t, s.Path()); !maps.Equal(before, after) {
		t.Error("something has changed")
	}
}
