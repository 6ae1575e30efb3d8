package sessions

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// harm is one way in which a file comes to harm.
func harm(r *rand.Rand, whole []byte) (b []byte, what string) {
	b = bytes.Clone(whole)
	page := os.Getpagesize()
	switch r.IntN(6) {
	case 0:
		n := 1 + r.IntN(8)
		for range n {
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		}
		return b, fmt.Sprint(n, " bits")
	case 1:
		n := 1 + r.IntN(64)
		for range n {
			b[r.IntN(len(b))] = byte(r.Uint32())
		}
		return b, fmt.Sprint(n, " bytes")
	case 2: // in the heads of pages, where it does most
		n := 1 + r.IntN(8)
		for range n {
			b[r.IntN(len(b)/page)*page+r.IntN(64)] = byte(r.Uint32())
		}
		return b, fmt.Sprint(n, " bytes in heads")
	case 3:
		n := r.IntN(len(b))
		return b[:n], fmt.Sprint("cut to ", n)
	case 4:
		for i := range page * 2 {
			if r.IntN(16) == 0 {
				b[i] = byte(r.Uint32())
			}
		}
		return b, "both metas"
	}
	at, n := r.IntN(len(b)/512)*512, 512*(1+r.IntN(8))
	clear(b[at:min(at+n, len(b))])
	return b, fmt.Sprint(n, " zeros at ", at)
}

// thorough reports whether there is time for every case: JUXTA_FAULTS is set.
func thorough() bool { return os.Getenv("JUXTA_FAULTS") != "" }

// seeds is how many cases a test tries, by their seeds from the given one on: some,
// all if it is to be thorough, and the one of JUXTA_FAULT_SEED alone if that is
// set.
func seeds(t testing.TB, some, all int) (from, n uint64) {
	if text := os.Getenv("JUXTA_FAULT_SEED"); text != "" {
		if _, err := fmt.Sscan(text, &from); err != nil {
			t.Fatal("JUXTA_FAULT_SEED: ", err)
		}
		return from, 1
	}
	if thorough() {
		some = all
	}
	return 0, uint64(some)
}

// Whatever happened to a file, what is done with it ends, with an error that is
// one of the store or none, and leaves it as it is.
func TestNoHarmToAFileMakesItsReadersPanicOrChangeIt(t *testing.T) {
	t.Parallel()
	s := lived(t)
	whole, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Sessions(0)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "juxta.db")
	from, n := seeds(t, 8, 400)
	opens, finds, saves := 0, 0, 0
	for seed := from; seed < from+n; seed++ {
		b, what := harm(rand.New(rand.NewPCG(seed, 0)), whole)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		fine := func(op string, err error) bool {
			var se *StoreError
			if err != nil && !errors.As(err, &se) && !errors.Is(err, ErrNotFound) {
				t.Errorf("seed %d (%s): %s: %v", seed, what, op, err)
			}
			if err != nil && se != nil && se.Hint == "" {
				t.Errorf("seed %d (%s): %s: %v has no next step", seed, what, op, err)
			}
			return err == nil
		}
		if s, err := Open(path); fine("opening", err) {
			opens++
			_, err := s.Sessions(0)
			fine("listing", err)
			for _, ses := range list[:5] {
				_, err := s.Turns(ses.ID, 0, 0)
				fine("reading", err)
			}
			_ = s.Close()
		}
		h, err := Examine(context.Background(), path)
		if fine("examining", err); h.Wrong > 0 {
			finds++
		}
		to := filepath.Join(t.TempDir(), "new.db")
		if s, err := Repair(context.Background(), path, to); fine("repairing", err) {
			saves++
			if s.Store.Wrong > 0 && s.Losses == 0 {
				t.Errorf("seed %d (%s): the new one is wrong: %+v", seed, what, s.Store.Findings)
			}
		}
		if now, err := os.ReadFile(path); err != nil || len(b) > 0 && !bytes.Equal(now, b) {
			t.Errorf("seed %d (%s): the file was changed", seed, what)
		}
	}
	t.Logf("of %d: %d open, in %d something was found, %d were repaired", n, opens, finds, saves)
}
