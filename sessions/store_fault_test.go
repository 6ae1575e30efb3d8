package sessions

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	bolt "go.etcd.io/bbolt"
)

// storeFault fails unless err is one of the store that names a next step.
func storeFault(t testing.TB, what string, err error) {
	t.Helper()
	var se *StoreError
	if !errors.As(err, &se) || se.Hint == "" {
		t.Errorf("%s: %v", what, err)
	}
}

// What was cut off anywhere is an error or, where nothing of it was needed, none;
// and it is left as it is.
func TestAStoreCutOffAnywhereIsLeftAsItIs(t *testing.T) {
	s := lived(t)
	if _, _, err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	used := int64(0)
	err = withPages(s.Path(), func(f *pageFile) error { used = int64(f.meta.end) * f.page; return nil })
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "juxta.db")
	page := int64(os.Getpagesize())
	for at := int64(1); at < used; at = min(at*5/4+97, used-1) + at/(used-1) {
		for _, length := range []int64{at, at / page * page} {
			if length == 0 {
				continue
			}
			if err := os.WriteFile(path, whole[:length], 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(path)
			storeFault(t, fmt.Sprint("opening ", length, " bytes"), err)
			if h, err := Examine(context.Background(), path); err == nil && h.Wrong == 0 {
				t.Errorf("%d bytes: nothing is found", length)
			} else if err != nil {
				storeFault(t, fmt.Sprint("examining ", length, " bytes"), err)
			}
			if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, whole[:length]) {
				t.Errorf("%d bytes: it was changed", length)
			}
		}
	}
}

// The end of the file is taken away while it is read: reading what is mapped of
// it is a fault of the machine then.
func TestAFileThatShrinksWhileItIsReadIsAnError(t *testing.T) {
	s := lived(t)
	for i, length := range []int64{0, int64(os.Getpagesize()), 4 * int64(os.Getpagesize()), 0, 5 * int64(os.Getpagesize())} {
		run := s.view
		if i > 2 {
			run = s.update
		}
		whole, err := os.ReadFile(s.Path())
		if err != nil {
			t.Fatal(err)
		}
		err = run("reading", func(tx *bolt.Tx) error {
			if err := os.Truncate(s.Path(), length); err != nil {
				t.Skip(err) // what is mapped can't be cut off here
			}
			return tx.ForEach(func(_ []byte, b *bolt.Bucket) error { return b.ForEach(func(_, _ []byte) error { return nil }) })
		})
		storeFault(t, fmt.Sprint("cut to ", length), err)
		if err := os.WriteFile(s.Path(), whole, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Sessions(0); err != nil {
			t.Error("with the file back in its place: ", err)
		}
	}
}

// Whoever wrote by a wrong list of free pages would write over what is in use.
func TestNobodyWritesByAWrongListOfFreePages(t *testing.T) {
	s := lived(t)
	err := withPages(s.Path(), func(f *pageFile) error {
		file, err := os.OpenFile(s.Path(), os.O_RDWR, 0)
		if err != nil {
			return err
		}
		defer file.Close()
		b := make([]byte, 16)
		at := int64(f.meta.free)*f.page + pageHead
		if _, err := file.ReadAt(b, at); err != nil {
			return err
		}
		_, err = file.WriteAt(append(bytes.Clone(b[8:]), b[:8]...), at) // two change places
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	was, _ := os.ReadFile(s.Path())
	_, batches := asked(time.Now(), 1)
	err = s.Save(batches...)
	storeFault(t, "saving", err)
	if !errors.Is(err, errDamaged) {
		t.Error(err)
	}
	now, _ := os.ReadFile(s.Path())
	want(t, "the file is as it was", bytes.Equal(was, now), true)
	if _, err := s.Sessions(0); err != nil {
		t.Error("reading it: ", err)
	}
}

// The file is damaged while juxta runs: that is told, the text stays, and it is
// saved once the file is whole again.
func TestADamagedFileUnderARunningBenchIsToldAndSavedLater(t *testing.T) {
	for name, damage := range map[string]func(path string, whole []byte) error{
		"zeros":    func(path string, whole []byte) error { return os.WriteFile(path, make([]byte, len(whole)), 0o600) },
		"no pages": func(path string, whole []byte) error { return os.WriteFile(path, whole[:2*os.Getpagesize()], 0o600) },
		"text": func(path string, _ []byte) error {
			return os.WriteFile(path, []byte(strings.Repeat("no store\n", 999)), 0o600)
		},
		"nothing":  func(path string, _ []byte) error { return os.Remove(path) },
		"a folder": func(path string, _ []byte) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
	} {
		synctest.Test(t, func(t *testing.T) {
			s := opened(t)
			b := bench(t, s, []string{"demo/script:tps=10,n=45,ttft=55", "demo/" + saying("short")})
			told := troubles(b)
			ask(t, b, "before")
			r, err := b.Put(t.Context(), Question{Text: "while it happens"})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(1100 * ms)
			whole, err := os.ReadFile(s.Path())
			if err == nil {
				err = damage(s.Path(), whole)
			}
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second)
			synctest.Wait()
			want(t, name+": told", told.list(), "trouble ")
			told.mu.Lock()
			storeFault(t, name, told.told[0])
			told.mu.Unlock()
			if err := errors.Join(os.RemoveAll(s.Path()), os.WriteFile(s.Path(), whole, 0o600)); err != nil {
				t.Fatal(err)
			}
			h := hear(r, 0)
			time.Sleep(2 * time.Second)
			synctest.Wait()
			want(t, name+": told", told.list(), "trouble fine ")
			want(t, name+": unsaved", h.unsaved[1], nil)
			_, turns := keptSession(t, s, b.Session().ID)
			want(t, name+": kept", turns[1].Answers[0].Text, h.final[1].Text)
			sound(t, s.Path())
		})
	}
}
