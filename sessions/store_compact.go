package sessions

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Compact writes the store anew without the room that nothing uses, and returns
// how many bytes it had and has. The new file takes the place of the old one at
// once, after it was compared with it, value by value; until then, and with an
// error, the old one stays as it is. Others wait meanwhile. What was deleted is
// in no file of juxta's then, except in copies; so the index, which keeps the words
// of what is gone, is made anew.
func (s *Store) Compact() (before, after int64, err error) {
	const op = "compacting"
	err = s.lock.hold(time.Duration(s.patience.Load()), func() error {
		info, err := os.Stat(s.path)
		if err != nil {
			return err
		}
		before = info.Size()
		if err := hangsTogether(s.path); err != nil {
			return err
		}
		if err := transact(s.path, false, s.speaks); err != nil {
			return err
		}
		if err := s.clearDrafts(); err != nil {
			return err
		}
		whole, err := s.draft(info)
		if err != nil {
			return err
		}
		defer func() { _ = os.Remove(whole) }()
		draft, err := s.draft(info)
		if err != nil {
			return err
		}
		if after, err = compactBy(s.path, whole, draft); err != nil {
			_ = os.Remove(draft)
			return err
		}
		return settleInto(draft, s.path)
	})
	return before, after, storeError(op, s.path, err)
}

// draft makes an empty file beside the store.
func (s *Store) draft(like os.FileInfo) (path string, err error) {
	file, err := os.CreateTemp(filepath.Dir(s.path), filepath.Base(s.path)+".*.new")
	if err != nil {
		return "", err
	}
	return file.Name(), errors.Join(file.Chmod(like.Mode().Perm()), file.Close())
}

// compactBy copies everything from one file into another, makes its index anew,
// and copies that: what the index had said would stay in the room that it leaves.
// It returns how many bytes the last one has.
func compactBy(from, whole, to string) (size int64, err error) {
	if err := compactInto(from, whole); err != nil {
		return 0, err
	}
	if err := fillIndex(whole); err != nil {
		return 0, err
	}
	if err := compactInto(whole, to); err != nil {
		return 0, err
	}
	if err := hangsTogether(to); err != nil {
		return 0, err
	}
	info, err := os.Stat(to)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// clearDrafts removes what a compacting that was killed has left.
func (s *Store) clearDrafts() error {
	dir, base := filepath.Split(s.path)
	entries, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), base+".")
		number, draft := strings.CutSuffix(rest, ".new")
		if ours && draft && number != "" && strings.Trim(number, "0123456789") == "" {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// hangsTogether is an error unless bbolt can be trusted with a file.
func hangsTogether(path string) error {
	return withPages(path, func(f *pageFile) error {
		var first error
		if sound := f.structure(func(err error) {
			if first == nil {
				first = err
			}
		}); !sound {
			return damaged(first)
		}
		return nil
	})
}

// compactInto copies everything from one file into a new one, and compares them.
func compactInto(from, to string) error {
	return withDB(from, bolt.Options{ReadOnly: true}, func(src *bolt.DB, _ *os.File) error {
		return drafting(to, func(dst *bolt.DB) error {
			if err := bolt.Compact(dst, src, mostGathered); err != nil {
				return err
			}
			return src.View(func(a *bolt.Tx) error {
				return dst.View(func(b *bolt.Tx) error { return sameTrees(a.Cursor(), b.Cursor(), a.Bucket, b.Bucket) })
			})
		})
	})
}

// sameTrees compares two trees, and the buckets in them.
func sameTrees(a, b *bolt.Cursor, inA, inB func([]byte) *bolt.Bucket) error {
	ak, av := a.First()
	bk, bv := b.First()
	for ak != nil || bk != nil {
		if !bytes.Equal(ak, bk) || !bytes.Equal(av, bv) || (av == nil) != (bv == nil) {
			return fmt.Errorf("the copy differs at %.40q", ak)
		}
		if av == nil {
			x, y := inA(ak), inB(bk)
			if err := sameTrees(x.Cursor(), y.Cursor(), x.Bucket, y.Bucket); err != nil {
				return err
			}
		}
		ak, av = a.Next()
		bk, bv = b.Next()
	}
	return nil
}
