package sessions

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
)

// What each column is told is exactly what it showed, whatever was done to the
// session before: random sessions are lived through on a bench, and beside it
// on a model so plain that it can be seen to be right. The model keeps a tree of
// turns with the words that were said, and writes out what a column shows anew
// for every request. It shares no code with the bench.
func TestWhatAColumnIsToldIsWhatItShowed(t *testing.T) {
	t.Parallel()
	for _, kind := range []struct {
		what       string
		lives, all int // the second where there is time
		steps      int
		kept, calm bool
	}{
		{"in memory", 40, 800, 60, false, false},
		{"in a store", 8, 80, 60, true, false},
		{"so long that memory lets turns go", 1, 5, 11 * remembered, true, true},
	} {
		t.Run(kind.what, func(t *testing.T) {
			from, n := seeds(t, kind.lives, kind.all)
			for seed := from; seed < from+n; seed++ {
				r := rand.New(rand.NewPCG(seed, 5))
				synctest.Test(t, func(t *testing.T) {
					var s *Store
					if kind.kept {
						s = opened(t)
					}
					l := newLife(t, s, r.IntN)
					l.calm = kind.calm
					for range kind.steps {
						l.step()
					}
					if n := len(l.ses.turns); kind.calm && n < 2*remembered {
						t.Errorf("only %d turns", n)
					}
				})
				if t.Failed() {
					t.Fatalf("again with JUXTA_FAULT_SEED=%d", seed)
				}
			}
		})
	}
}

// FuzzWhatAColumnIsTold has the fuzzer throw the dice.
func FuzzWhatAColumnIsTold(f *testing.F) {
	f.Add([]byte("a question, an edit, another take"))
	f.Fuzz(func(t *testing.T, throws []byte) {
		synctest.Test(t, func(t *testing.T) {
			l := newLife(t, nil, func(n int) int {
				if len(throws) == 0 || n == 0 {
					return 0
				}
				v := int(throws[0]) % n
				throws = throws[1:]
				return v
			})
			for len(throws) > 0 {
				l.step()
			}
		})
	})
}
