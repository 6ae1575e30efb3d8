package sessions

import (
	"bytes"
	"context"
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
// error, the old one stays as it is; that of ctx is one, when that ends. Others wait
// meanwhile. What was deleted is in no file of juxta's then, except in copies, nor
// are its words in the index.
func (s *Store) Compact(ctx context.Context) (before, after int64, err error) {
	const op = "compacting"
	err = s.lock.holdUnless(ctx, time.Duration(s.patience.Load()), func() error {
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
		draft, err := s.draft(info)
		if err != nil {
			return err
		}
		if after, err = compactBy(ctx, s.path, draft); err != nil {
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

// compactBy copies everything from one file into another, and returns how many
// bytes that has.
func compactBy(ctx context.Context, from, to string) (size int64, err error) {
	if err := compactInto(ctx, from, to); err != nil {
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

// compactInto copies everything from one file into a new one, except for what the
// index has of what is gone, and compares them.
func compactInto(ctx context.Context, from, to string) error {
	return withDB(from, bolt.Options{ReadOnly: true}, func(src *bolt.DB, _ *os.File) error {
		return drafting(to, func(dst *bolt.DB) error {
			return src.View(func(a *bolt.Tx) error {
				stale, err := staleIndex(a)
				if err != nil {
					return err
				}
				if err := copyTree(ctx, a, dst, stale.has); err != nil {
					return err
				}
				if err := stale.mergeInto(dst); err != nil {
					return err
				}
				return dst.View(func(b *bolt.Tx) error {
					x, y := boltTree{a.Cursor(), a.Bucket, nil, stale.has}, boltTree{b.Cursor(), b.Bucket, nil, stale.has}
					return x.sameAs(ctx, y)
				})
			})
		})
	})
}

// A copier copies buckets into a new store, in many transactions.
type copier struct {
	ctx  context.Context // of the one call that a copier is for
	dst  *bolt.DB
	tx   *bolt.Tx
	size int // bytes that it has written in this transaction
	skip func(in, key []byte) bool
}

// copyTree copies everything but what skip says of keys in the outermost buckets,
// until ctx ends.
func copyTree(ctx context.Context, from *bolt.Tx, to *bolt.DB, skip func(in, key []byte) bool) (err error) {
	c := copier{ctx: ctx, dst: to, skip: skip}
	if c.tx, err = to.Begin(true); err != nil {
		return err
	}
	defer func() {
		if err != nil && c.tx != nil {
			_ = c.tx.Rollback()
		}
	}()
	err = from.ForEach(func(name []byte, b *bolt.Bucket) error { return c.bucket([][]byte{name}, b) })
	if err != nil {
		return err
	}
	return c.tx.Commit()
}

func (c *copier) bucket(path [][]byte, from *bolt.Bucket) error {
	to, err := c.open(path)
	if err == nil {
		err = to.SetSequence(from.Sequence())
	}
	if err != nil {
		return err
	}
	cursor := from.Cursor()
	for k, v := cursor.First(); k != nil; k, v = cursor.Next() {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		switch {
		case len(path) == 1 && c.skip(path[0], k):
			continue
		case v == nil:
			if err := c.bucket(append(path[:len(path):len(path)], k), from.Bucket(k)); err != nil {
				return err
			}
		case c.size > mostGathered:
			err := c.tx.Commit()
			if c.tx = nil; err == nil {
				c.tx, err = c.dst.Begin(true)
			}
			if err != nil {
				return err
			}
			c.size = 0
		}
		if to == nil || v == nil || c.size == 0 { // those of a transaction that is over can't be used
			if to, err = c.open(path); err != nil {
				return err
			}
		}
		if v == nil {
			continue
		}
		if err := to.Put(k, v); err != nil {
			return err
		}
		c.size += len(k) + len(v)
	}
	return nil
}

// open is the bucket in the copy, made if there is none.
func (c *copier) open(path [][]byte) (*bolt.Bucket, error) {
	b, err := c.tx.CreateBucketIfNotExists(path[0])
	for _, name := range path[1:] {
		if err == nil {
			b, err = b.CreateBucketIfNotExists(name)
		}
	}
	if err == nil {
		b.FillPercent = 1 // nothing is put between
	}
	return b, err
}

// A boltTree is a bucket, or all of a store, that is compared with another.
type boltTree struct {
	*bolt.Cursor
	in   func([]byte) *bolt.Bucket
	name []byte // of the bucket; nil for a store
	skip func(in, key []byte) bool
}

// first and next leave out what is skipped.
func (t boltTree) first() (k, v []byte) { return t.skipped(t.First()) }

func (t boltTree) next() (k, v []byte) { return t.skipped(t.Next()) }

func (t boltTree) skipped(k, v []byte) (key, value []byte) {
	for k != nil && t.skip(t.name, k) {
		k, v = t.Next()
	}
	return k, v
}

// inside is a bucket of the tree.
func (t boltTree) inside(key []byte) boltTree {
	b := t.in(key)
	return boltTree{b.Cursor(), b.Bucket, key, t.skip}
}

// sameAs compares two trees, and the buckets in them, until ctx ends.
func (t boltTree) sameAs(ctx context.Context, o boltTree) error {
	ak, av := t.first()
	bk, bv := o.first()
	for ak != nil || bk != nil {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !bytes.Equal(ak, bk) || !bytes.Equal(av, bv) || (av == nil) != (bv == nil) {
			return fmt.Errorf("the copy differs at %.40q", ak)
		}
		if av == nil {
			if err := t.inside(ak).sameAs(ctx, o.inside(bk)); err != nil {
				return err
			}
		}
		ak, av = t.next()
		bk, bv = o.next()
	}
	return nil
}
