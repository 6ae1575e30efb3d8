package sessions

import (
	"bytes"
	"encoding/binary"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// An oldSegment is one of several that are made one.
type oldSegment struct {
	key    []byte
	docs   []uint64
	hidden []int
	to     []int // by place, where that is in the new segment; -1 for what is left out
}

// number tells how old a segment is. Of the segments that have a doc, the one with
// the highest number has it as it is: unite keeps it so.
func (o *oldSegment) number() uint32 { return binary.BigEndian.Uint32(o.key) }

func readSegment(key, value []byte) (o oldSegment, err error) {
	if len(key) != 4 {
		return o, damaged(errIndex)
	}
	o.key = bytes.Clone(key)
	o.docs, o.hidden, err = unpackDocs(value)
	return o, err
}

// unite makes the small segments one, if there are many, and leaves out what has
// been deleted or is in a later segment.
func unite(tx *bolt.Tx) error {
	var small []oldSegment
	c := tx.Bucket([]byte(inDocs)).Cursor()
	for k, v := c.First(); k != nil && len(small) < 2*mostSmall-1; k, v = c.Next() { // so that places fit into 16 bits
		if n, _ := binary.Uvarint(v); n < smallSegment {
			o, err := readSegment(k, v)
			if err != nil {
				return err
			}
			small = append(small, o)
		}
	}
	if len(small) < mostSmall {
		return nil
	}
	all := survivors(tx, small)
	last, err := lastSegments(tx, all)
	if err != nil {
		return err
	}
	if err := mergeSegments(tx, tx, small, all, last); err != nil {
		return err
	}
	for _, o := range small {
		if err := dropSegment(tx, o.key); err != nil {
			return err
		}
	}
	return nil
}

func dropSegment(tx *bolt.Tx, key []byte) error {
	for _, name := range []string{inDocs, inWords, inPairs} {
		c := tx.Bucket([]byte(name)).Cursor()
		for k, _ := c.Seek(key); bytes.HasPrefix(k, key); k, _ = c.Seek(key) {
			if err := c.Delete(); err != nil {
				return err
			}
		}
	}
	return nil
}

// survivors are those docs whose sessions are in the store, in order.
func survivors(tx *bolt.Tx, old []oldSegment) []uint64 {
	var all []uint64
	numbered, last, there := tx.Bucket([]byte(inNumbered)), uint64(0), false
	for _, o := range old {
		for _, d := range o.docs {
			if n := d >> 32; n != last {
				last, there = n, numbered.Get(binary.BigEndian.AppendUint32(nil, uint32(n))) != nil
			}
			if there {
				all = append(all, d)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// lastSegments are the numbers of the last segments that have docs.
func lastSegments(tx *bolt.Tx, docs []uint64) ([]uint32, error) {
	last := make([]uint32, len(docs))
	c := tx.Bucket([]byte(inDocs)).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		o, err := readSegment(k, v)
		if err != nil {
			return nil, err
		}
		for _, d := range o.docs {
			if at, ok := slices.BinarySearch(docs, d); ok {
				last[at] = o.number()
			}
		}
	}
	return last, nil
}

// mergeSegments makes one segment in to of several in from. Of the docs all, which
// are in order, it takes those whose last segment is among them, from there.
func mergeSegments(from, to *bolt.Tx, old []oldSegment, all []uint64, last []uint32) error {
	var docs []uint64
	for _, o := range old {
		for _, d := range o.docs {
			if at, ok := slices.BinarySearch(all, d); ok && last[at] == o.number() {
				docs = append(docs, d)
			}
		}
	}
	if len(docs) == 0 {
		return nil
	}
	slices.Sort(docs)
	var hidden []int
	for i := range old {
		o := &old[i]
		o.to = make([]int, len(o.docs))
		for j, d := range o.docs {
			o.to[j] = -1
			if at, ok := slices.BinarySearch(all, d); ok && last[at] == o.number() {
				o.to[j], _ = slices.BinarySearch(docs, d)
			}
		}
		for _, p := range o.hidden {
			if o.to[p] >= 0 {
				hidden = append(hidden, o.to[p])
			}
		}
	}
	slices.Sort(hidden)
	w, err := newSegmentWriter(to, docs, hidden)
	if err != nil {
		return err
	}
	if err := mergeWords(from, old, w); err != nil {
		return err
	}
	return mergePairs(from, old, newPairWriter(to, w.key, len(docs)))
}

// mergeWords writes the words of several segments into one.
func mergeWords(tx *bolt.Tx, old []oldSegment, into *segmentWriter) error {
	cursors := make([]*wordCursor, 0, len(old))
	for _, o := range old {
		c := wordsFrom(tx, o.key, nil)
		c.to = o.to
		if c.next() {
			cursors = append(cursors, c)
		} else if c.err != nil {
			return c.err
		}
	}
	var word []byte
	var places []uint16
	for len(cursors) > 0 {
		least := cursors[0]
		for _, c := range cursors[1:] {
			if bytes.Compare(c.word, least.word) < 0 {
				least = c
			}
		}
		word, places = append(word[:0], least.word...), places[:0]
		for i := 0; i < len(cursors); i++ {
			c := cursors[i]
			if !bytes.Equal(c.word, word) {
				continue
			}
			c.places(func(p int) {
				if p < len(c.to) && c.to[p] >= 0 {
					places = append(places, uint16(c.to[p]))
				}
			})
			if !c.next() {
				if c.err != nil {
					return c.err
				}
				cursors = slices.Delete(cursors, i, i+1)
				i--
			}
		}
		slices.Sort(places)
		if places = slices.Compact(places); len(places) > 0 {
			if err := into.add(word, places); err != nil {
				return err
			}
		}
	}
	return into.flush()
}
