package sessions

import (
	"bytes"
	"encoding/binary"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// A pair is two words in a row of one text. The index knows it by a number, so
// that a phrase of words that are everywhere leads to the few places that have
// it. Different pairs may have the same number: of the turns that have both
// words, one in 16,000 for each 250 words is looked at in vain. Two characters of
// a script without spaces are one word of the index anyway, and no pair.
//
//	pairs   <segment><first number>   numbers and places in order, as one row of rising codes
//
// A code is a number times the segment's docs, plus the place; what is written is
// how much it is larger than the one before, the first of a block than the code of
// the block's number at place 0. With 22 bits that is two bytes for nearly all
// pairs of texts as people write them, and hardly more than a row of codes can be
// told in.
const (
	inPairs  = "pairs"
	pairBits = 22
	farGap   = 0xffff // stands before a gap that is too large for two bytes
)

// wordHash tells words apart, the same on every machine.
func wordHash(word []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range word {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// pairOf is the number of the pair of two words.
func pairOf(one, two uint64) uint32 {
	h := (one<<1 | one>>63) ^ two
	h = (h ^ h>>32) * 0x9e3779b97f4a7c15
	return uint32(h >> (64 - pairBits))
}

// A pairWriter writes the pairs of a segment, which come in order.
type pairWriter struct {
	pairs *bolt.Bucket
	key   []byte // of the segment
	docs  uint64
	first uint32 // number of the block
	last  uint64 // code
	block []byte
}

func newPairWriter(tx *bolt.Tx, segment []byte, docs int) *pairWriter {
	w := &pairWriter{pairs: tx.Bucket([]byte(inPairs)), key: segment, docs: uint64(docs)}
	w.pairs.FillPercent = 0.95 // it grows at its end alone
	return w
}

// add takes a number<<16 | place.
func (w *pairWriter) add(pair uint64) error {
	number, code := pair>>16, pair>>16*w.docs+pair&0xffff
	if len(w.block) > blockSize && number > w.last/w.docs {
		if err := w.flush(); err != nil {
			return err
		}
	}
	if len(w.block) == 0 {
		w.first, w.last = uint32(number), number*w.docs
	}
	if gap := code - w.last; gap < farGap {
		w.block = binary.LittleEndian.AppendUint16(w.block, uint16(gap))
	} else {
		w.block = binary.LittleEndian.AppendUint16(w.block, farGap)
		w.block = binary.LittleEndian.AppendUint64(w.block, gap)
	}
	w.last = code
	return nil
}

func (w *pairWriter) flush() error {
	if len(w.block) == 0 {
		return nil
	}
	err := w.pairs.Put(binary.BigEndian.AppendUint32(bytes.Clone(w.key), w.first), bytes.Clone(w.block))
	w.block = w.block[:0]
	return err
}

// A pairCursor goes through the pairs of a segment, in order.
type pairCursor struct {
	c     *bolt.Cursor
	key   []byte // of the segment
	docs  uint64
	block []byte
	code  uint64
	err   error
}

func (p *pairCursor) number() uint32 { return uint32(p.code / p.docs) }

func (p *pairCursor) place() int { return int(p.code % p.docs) }

// pairsFrom begins with the block that has a number, if any has.
func pairsFrom(tx *bolt.Tx, segment []byte, docs int, number uint32) *pairCursor {
	p := &pairCursor{c: tx.Bucket([]byte(inPairs)).Cursor(), key: segment, docs: uint64(docs)}
	at := binary.BigEndian.AppendUint32(bytes.Clone(segment), number)
	p.open(seekBlock(p.c, segment, at))
	return p
}

func (p *pairCursor) open(k, v []byte) {
	if p.block = nil; len(k) == len(p.key)+4 && bytes.HasPrefix(k, p.key) {
		p.block, p.code = v, uint64(binary.BigEndian.Uint32(k[len(p.key):]))*p.docs
	}
}

func (p *pairCursor) next() bool {
	if len(p.block) == 0 {
		if p.block == nil {
			return false
		}
		if p.open(p.c.Next()); len(p.block) == 0 {
			return false
		}
	}
	size, gap := 2, uint64(0)
	if len(p.block) >= 2 {
		if gap = uint64(binary.LittleEndian.Uint16(p.block)); gap == farGap {
			size = 10
		}
	}
	if len(p.block) < size || p.docs == 0 {
		p.err, p.block = damaged(errIndex), nil
		return false
	}
	if size == 10 {
		gap = binary.LittleEndian.Uint64(p.block[2:])
	}
	p.block = p.block[size:]
	p.code += gap
	return true
}

// addPair puts the places of a pair into a set, and reports whether there are
// any.
func addPair(tx *bolt.Tx, segment []byte, docs int, number uint32, to bitset) (some bool, err error) {
	p := pairsFrom(tx, segment, docs, number)
	from := uint64(number) * uint64(docs)
	for p.next() && p.code < from+uint64(docs) {
		if p.code >= from {
			to.set(int(p.code - from))
			some = true
		}
	}
	return some, p.err
}

// mergePairs writes the pairs of several segments into one. It goes through them
// in so many steps that what it has in memory stays small.
func mergePairs(tx *bolt.Tx, old []oldSegment, into *pairWriter) error {
	const steps = 64
	cursors := make([]*pairCursor, len(old))
	more := make([]bool, len(old))
	for i, o := range old {
		cursors[i] = pairsFrom(tx, o.key, len(o.docs), 0)
		more[i] = cursors[i].next()
	}
	var pairs []uint64
	for step := uint32(1); step <= steps; step++ {
		pairs = pairs[:0]
		for i, c := range cursors {
			for more[i] && c.number() < step<<pairBits/steps {
				if at := old[i].to[c.place()]; at >= 0 {
					pairs = append(pairs, uint64(c.number())<<16|uint64(at))
				}
				more[i] = c.next()
			}
			if c.err != nil {
				return c.err
			}
		}
		if err := into.all(pairs); err != nil {
			return err
		}
	}
	return into.flush()
}

// all adds pairs that are in no order and may be there twice.
func (w *pairWriter) all(pairs []uint64) error {
	slices.Sort(pairs)
	for _, p := range slices.Compact(pairs) {
		if err := w.add(p); err != nil {
			return err
		}
	}
	return nil
}
