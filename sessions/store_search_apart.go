package sessions

import (
	"context"
	"runtime/debug"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"
)

// mostReaders is how many goroutines of one search read at once. They wait for
// the disk more than they work.
const mostReaders = 8

// apart calls do for every number below n, in several goroutines, each with a
// transaction and a search of its own. It ends when all of them have, with the
// error of one. A page that is not in memory is waited for by whoever touches it:
// one after the other, hundreds of pages would take hundreds of milliseconds.
//
// All transactions see the same store, because nobody writes while the lock of it
// is held.
func (s *search) apart(ctx context.Context, tx *bolt.Tx, n int, do func(s *search, tx *bolt.Tx, i int) error) error {
	readers := min(n, mostReaders)
	for len(s.others) < readers {
		s.others = append(s.others, newSearch(s.query))
	}
	var next atomic.Int64
	var all sync.WaitGroup
	errs := make([]error, readers)
	for r := range readers {
		all.Go(func() {
			errs[r] = viewing(tx.DB(), func(tx *bolt.Tx) error {
				for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
					if err := ctx.Err(); err != nil {
						return err
					}
					if err := do(s.others[r], tx, i); err != nil {
						next.Store(int64(n))
						return err
					}
				}
				return nil
			})
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// viewing runs a transaction of an open store, in a goroutine whose panics withDB
// would not see.
func viewing(db *bolt.DB, do func(*bolt.Tx) error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = damaged(p)
		}
	}()
	return db.View(do)
}
