package sessions

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// tiring is a context that ends when it has been asked so many times.
type tiring struct {
	context.Context
	left *int
}

func (c tiring) Err() error {
	if *c.left--; *c.left < 0 {
		return context.Canceled
	}
	return nil
}

// Whoever stops a copy or a compaction, at whichever moment, has the store as it was
// and nothing beside it.
func TestCopyingAndCompactingStopWhereTheyAreAndLeaveNoHalfFile(t *testing.T) {
	for name, do := range map[string]func(context.Context, *Store) error{
		"copying":    func(ctx context.Context, s *Store) error { _, err := s.Backup(ctx, ""); return err },
		"compacting": func(ctx context.Context, s *Store) error { _, _, err := s.Compact(ctx); return err },
	} {
		t.Run(name, func(t *testing.T) {
			s := lived(t)
			was, err := os.ReadFile(s.Path())
			if err != nil {
				t.Fatal(err)
			}
			beside := folderOf(t, s)
			stopped := 0
			for asked := 0; ; asked = stopped * stopped * stopped {
				left := asked
				err := do(tiring{t.Context(), &left}, s)
				if err == nil {
					break
				}
				if stopped++; !errors.Is(err, context.Canceled) {
					t.Fatalf("asked %d times: %v", asked, err)
				}
				now, _ := os.ReadFile(s.Path())
				want(t, "the store is as it was", string(now) == string(was), true)
				want(t, "files beside it", folderOf(t, s), beside)
			}
			if stopped == 0 {
				t.Error("it was never stopped")
			}
		})
	}
}

// Nobody who has stopped waits for whoever has the store.
func TestWhoHasStoppedDoesNotWaitForTheStore(t *testing.T) {
	s := opened(t)
	other, err := Open(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	s.SetPatience(time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = other.lock.hold(0, func() error { _, _, err := s.Compact(ctx); return err })
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// folderOf is what is in the folder of a store.
func folderOf(t *testing.T, s *Store) string {
	t.Helper()
	all, err := os.ReadDir(filepath.Dir(s.Path()))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(all)
}
