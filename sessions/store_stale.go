package sessions

import (
	"encoding/binary"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// A stale is those segments of an index that know what is gone, or what has
// changed since: the words of it would lead to nothing, and tell who looks into the
// file what was deleted.
type stale struct {
	tx       *bolt.Tx
	segments []oldSegment
	all      []uint64 // docs of the whole index that are there, in order
	last     []uint32 // the segment that has each as it is; 0 for none
	numbers  map[uint32]bool
}

// staleIndex finds them.
func staleIndex(tx *bolt.Tx) (*stale, error) {
	s := &stale{tx: tx, numbers: map[uint32]bool{}}
	var old []oldSegment
	c := tx.Bucket([]byte(inDocs)).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		o, err := readSegment(k, v)
		if err != nil {
			return nil, err
		}
		old = append(old, o)
	}
	s.all = survivors(tx, old)
	var err error
	if s.last, err = lastSegments(tx, s.all); err != nil {
		return nil, err
	}
	fresh := tx.Bucket([]byte(inFresh)).Cursor()
	for k, _ := fresh.First(); k != nil; k, _ = fresh.Next() {
		if len(k) != 8 {
			return nil, damaged(errIndex)
		}
		if at, ok := slices.BinarySearch(s.all, binary.BigEndian.Uint64(k)); ok {
			s.last[at] = 0
		}
	}
	for _, o := range old {
		gone := func(d uint64) bool {
			at, ok := slices.BinarySearch(s.all, d)
			return !ok || s.last[at] != o.number()
		}
		if slices.ContainsFunc(o.docs, gone) {
			s.segments = append(s.segments, o)
			s.numbers[o.number()] = true
		}
	}
	return s, nil
}

// has reports whether a key in a bucket is of one of them, or in another store, of
// one that was made of them.
func (s *stale) has(in, key []byte) bool {
	switch string(in) {
	case inDocs, inWords, inPairs:
		return len(key) >= 4 && s.numbers[binary.BigEndian.Uint32(key)]
	}
	return false
}

// mergeInto puts what they have of what is there into another store.
func (s *stale) mergeInto(to *bolt.DB) error {
	for len(s.segments) > 0 {
		n, docs := 0, 0
		for n < len(s.segments) && (n == 0 || docs+len(s.segments[n].docs) <= mostSegment) {
			docs += len(s.segments[n].docs)
			n++
		}
		err := to.Update(func(tx *bolt.Tx) error {
			before := tx.Bucket([]byte(inDocs)).Sequence()
			err := mergeSegments(s.tx, tx, s.segments[:n], s.all, s.last)
			if after := tx.Bucket([]byte(inDocs)).Sequence(); after > before {
				s.numbers[uint32(after)] = true
			}
			return err
		})
		if err != nil {
			return err
		}
		s.segments = s.segments[n:]
	}
	return nil
}
