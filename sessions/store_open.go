package sessions

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// An upgrade changes the layout from one version to the next, in one
// transaction.
type upgrade func(tx *bolt.Tx) error

// layout lists the upgrades since version 0, which is an empty file: the first
// one makes version 1, and their number is the version that this program
// speaks. An upgrade that has been released is never changed.
func layout() []upgrade {
	return []upgrade{
		func(tx *bolt.Tx) error {
			for _, name := range []string{inMeta, inSessions, inRecent, inTurns, inAnswers, inChunks} {
				if _, err := tx.CreateBucket([]byte(name)); err != nil {
					return err
				}
			}
			return nil
		},
		func(tx *bolt.Tx) error {
			for _, name := range []string{inFiles, inHeld, inHolders, inLoose} {
				if _, err := tx.CreateBucket([]byte(name)); err != nil {
					return err
				}
			}
			return nil
		},
		func(tx *bolt.Tx) error {
			_, err := tx.CreateBucket([]byte(inVotes))
			return err
		},
		func(tx *bolt.Tx) error { return makeBuckets(tx, indexBuckets()[:5]) },
		makeIndex, // which fillIndex has filled where there is something to search
	}
}

// Open opens the store in the file path, and makes it and its folders if there
// is none. It waits at most 5 s for another process that has it, and ends with
// a [*HeldError] then. Anything else that keeps the store from being used is a
// [*StoreError].
func Open(path string) (*Store, error) { return openStore(path, layout()) }

func openStore(path string, upgrades []upgrade) (*Store, error) {
	path, err := filepath.Abs(path)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err != nil {
		return nil, storeError("opening", path, err)
	}
	path = realPath(path)                    // so that everybody who comes by another name takes the same lock
	if err := canBeStore(path); err != nil { // no lock is left beside what is none
		return nil, storeError("opening", path, err)
	}
	s := &Store{path: path, upgrades: upgrades, lock: lock{path: path + ".lock"}}
	s.SetPatience(patienceLater)
	if err := s.lock.hold(patienceAtOpen, s.prepare); err != nil {
		_ = s.Close()
		return nil, storeError("opening", path, err)
	}
	return s, nil
}

// canBeStore is an error for what is there and can't be a store: a folder, a
// device, another program's file, a link that leads nowhere. It waits for
// nothing, as a pipe would have who opened it.
func canBeStore(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(path); err == nil {
			return errNowhere
		}
		return nil
	}
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return errFolder
	case !info.Mode().IsRegular():
		return errForeign
	case info.Size() == 0:
		return nil
	}
	err = withPages(path, func(f *pageFile) error {
		if f.meta.root == 0 {
			return errForeign
		}
		return nil
	})
	return err
}

// prepare sees to it that the file is there, is a store, can be written and has
// the layout of this program. A file that is anything else stays as it is.
func (s *Store) prepare() error {
	info, err := os.Stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.create()
	case err != nil:
		return err
	case info.Size() == 0:
		return s.create()
	}
	f, err := os.OpenFile(s.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	var version int
	err = transact(s.path, false, func(tx *bolt.Tx) (err error) {
		version, err = versionOf(tx)
		return err
	})
	switch {
	case err != nil:
		return err
	case version > len(s.upgrades):
		return fmt.Errorf("%w (layout %d, this one knows %d)", errNewer, version, len(s.upgrades))
	case version < len(s.upgrades):
		return s.upgrade(version)
	}
	return nil
}

// create makes the store beside its place and moves it there whole: whoever
// kills juxta meanwhile leaves no half of a store.
func (s *Store) create() error {
	draft := s.path + ".new"
	if err := os.Remove(draft); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(draft, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err = f.Close(); err == nil {
		err = drafting(draft, func(db *bolt.DB) error {
			for v := range s.upgrades {
				if err := db.Update(s.step(v)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		_ = os.Remove(draft)
		return err
	}
	return settleInto(draft, s.path)
}

// upgrade brings the file from version to the newest, each step in one
// transaction, after a copy of it as it was, which stays beside it.
func (s *Store) upgrade(version int) error {
	if err := s.copyBefore(version); err != nil {
		return fmt.Errorf("copying it before the upgrade: %w", err)
	}
	filled := false
	for v := version; v < len(s.upgrades); v++ {
		if (v+1 == firstIndex || v+1 == indexLayout) && !filled {
			if err := fillIndex(s.path); err != nil {
				return fmt.Errorf("indexing its texts: %w", err)
			}
			filled = true
		}
		if err := transact(s.path, true, s.step(v)); err != nil {
			return fmt.Errorf("upgrading to layout %d: %w", v+1, err)
		}
	}
	return nil
}

// step is the upgrade from version v, which it checks and counts up.
func (s *Store) step(v int) func(*bolt.Tx) error {
	return func(tx *bolt.Tx) error {
		if v > 0 {
			if now, err := versionOf(tx); err != nil || now != v {
				return errors.Join(fmt.Errorf("the layout is %d", now), err)
			}
		}
		if err := s.upgrades[v](tx); err != nil {
			return err
		}
		return tx.Bucket([]byte(inMeta)).Put([]byte("schema"), []byte(strconv.Itoa(v+1)))
	}
}

// Layout is the version of the file's layout, which is the newest once the store
// is open.
func (s *Store) Layout() int { return len(s.upgrades) }

func versionOf(tx *bolt.Tx) (int, error) {
	meta := tx.Bucket([]byte(inMeta))
	if meta == nil {
		return 0, errForeign
	}
	v, err := strconv.Atoi(string(meta.Get([]byte("schema"))))
	if err != nil || v < 1 {
		return 0, errForeign
	}
	return v, nil
}

func (s *Store) view(op string, do func(*bolt.Tx) error) error {
	return s.within(op, false, 0, do)
}

func (s *Store) update(op string, do func(*bolt.Tx) error) error {
	return s.within(op, true, 0, func(tx *bolt.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		return index(tx, false)
	})
}

// within runs one transaction inside the lock, which writes about as many bytes
// as room says, if that is many. The layout is looked at every time: a newer
// juxta may have upgraded the file since it was opened here.
func (s *Store) within(op string, write bool, room int, do func(*bolt.Tx) error) (err error) {
	if s.observer != nil {
		began := time.Now()
		defer func() { s.observer(op, time.Since(began), err) }()
	}
	err = s.lock.hold(time.Duration(s.patience.Load()), func() error {
		return transactIn(s.path, write, room, func(tx *bolt.Tx) error {
			if err := s.speaks(tx); err != nil {
				return err
			}
			return do(tx)
		})
	})
	return storeError(op, s.path, err)
}

// speaks is an error unless the file has the layout of this program.
func (s *Store) speaks(tx *bolt.Tx) error {
	switch version, err := versionOf(tx); {
	case err != nil:
		return err
	case version > len(s.upgrades):
		return errNewer
	case version < len(s.upgrades):
		return errForeign
	}
	return nil
}

// transact opens the file, runs one transaction and closes it.
//
// The list of free pages is written with every commit, because without it every
// opening to write would read the whole file to find them.
func transact(path string, write bool, do func(*bolt.Tx) error) error {
	return transactIn(path, write, 0, do)
}

// transactIn maps as much of the file as room more bytes need. Whenever the file
// outgrows what is mapped, bbolt copies all that the transaction has written so
// far.
func transactIn(path string, write bool, room int, do func(*bolt.Tx) error) error {
	if write {
		if err := freeable(path); err != nil {
			return err
		}
	}
	options := bolt.Options{ReadOnly: !write}
	if info, err := os.Stat(path); err == nil && room > 0 {
		options.InitialMmapSize = int(info.Size()) + room + room/8
	}
	return withDB(path, options, func(db *bolt.DB, file *os.File) error {
		run := db.View
		if write {
			run = db.Update
		}
		return run(func(tx *bolt.Tx) error {
			if info, err := file.Stat(); err != nil || info.Size() < tx.Size() {
				return errors.Join(damaged("its end is missing"), err)
			}
			return do(tx)
		})
	})
}

// freeable is an error if the list of free pages can't be right: whoever wrote by
// it could write over what is in use.
func freeable(path string) error {
	return withPages(path, func(f *pageFile) error {
		if f.meta.root == 0 {
			return errForeign
		}
		if _, _, err := f.free(); err != nil && f.meta.free != noFree {
			return damaged(err)
		}
		return nil
	})
}

// withDB opens the file, which must be there, and closes it. A file that is
// damaged makes bbolt panic, or read behind its end: both end as an error here.
// One fault does not: a branch page that leads back to a page above it is
// followed until the stack is full, which ends the process. To know of it
// beforehand, every branch page has to be read, of a store of 1 GB some 1,500 in
// random places, each time that juxta starts. `juxta doctor`, a copy, compact and
// repair read by our own walk, which sees it.
func withDB(path string, options bolt.Options, do func(*bolt.DB, *os.File) error) (err error) {
	var file *os.File
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			// Close of the DB may wait for ever now. What it has mapped keeps
			// bbolt's lock alive on some systems, so closing is not enough.
			if file != nil {
				_ = unlockFile(file)
				_ = file.Close()
			}
			err = damaged(p)
		}
	}()
	options.FreelistType = bolt.FreelistMapType
	options.NoStatistics = true
	options.Timeout = time.Second // for a program that does not know our lock
	options.OpenFile = func(name string, flag int, mode os.FileMode) (*os.File, error) {
		f, err := os.OpenFile(name, flag&^os.O_CREATE, mode)
		file = f
		return f, err
	}
	db, err := bolt.Open(path, 0o600, &options)
	if errors.Is(err, bolterrors.ErrTimeout) {
		return &HeldError{Waited: time.Second}
	}
	if err != nil {
		return err
	}
	return errors.Join(do(db, file), db.Close())
}

// drafting opens a file that nobody else knows yet, to write much into it: it is
// on the disk when whoever gives it its name says so, see settleInto.
func drafting(path string, do func(*bolt.DB) error) error {
	return withDB(path, bolt.Options{NoSync: true, NoGrowSync: true}, func(db *bolt.DB, _ *os.File) error { return do(db) })
}

// LooksLikeStore reports whether a file that begins with first is a store's, for
// somebody who took it for something else.
func LooksLikeStore(first []byte) bool {
	return len(first) >= pageHead+4 && native.Uint32(first[pageHead:]) == boltMagic
}
