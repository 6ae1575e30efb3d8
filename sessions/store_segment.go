package sessions

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
	"slices"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"
)

// blockSize is about how many bytes a block of words has: several fit on a page,
// and one is read to find a word.
const blockSize = 1200

// A segment is a part of the index while it is made.
type segment struct {
	docs   []uint64 // number<<32 | turn, rising
	hidden []int    // places of turns that are shown otherwise than they are kept
	at     map[string]int
	has    [][]uint16 // places in docs, rising, by word
	scan   scan
	lone   []byte // the lone character before
	words  []string
	pairs  []uint64 // number<<16 | place
}

func newSegment() *segment { return &segment{at: map[string]int{}} }

// read adds what a key of fresh names. Keys come in order.
func (s *segment) read(tx *bolt.Tx, key []byte) error {
	id := tx.Bucket([]byte(inNumbered)).Get(key[:4])
	if len(key) != 8 || id == nil {
		return nil
	}
	s.docs = append(s.docs, binary.BigEndian.Uint64(key))
	hidden, err := textsOf(tx, ID(id), binary.BigEndian.Uint32(key[4:]), s.text, func(t string) { s.add([]byte(t)) })
	if hidden {
		s.hidden = append(s.hidden, len(s.docs)-1)
	}
	return err
}

func (s *segment) text(text string) {
	s.scan.text, s.scan.at, s.lone = text, 0, s.lone[:0]
	before, lone := uint64(0), false
	for n := 0; s.scan.next(); n++ {
		hash := wordHash(s.scan.word)
		if n > 0 && (!lone || !s.scan.lone) {
			s.pairs = append(s.pairs, uint64(pairOf(before, hash))<<16|uint64(len(s.docs)-1))
		}
		before, lone = hash, s.scan.lone
		if len(s.lone) > 0 {
			if s.scan.lone {
				s.lone = append(s.lone, s.scan.word...)
			}
			s.add(s.lone)
		}
		if s.lone = s.lone[:0]; s.scan.lone {
			s.lone = append(s.lone, s.scan.word...)
			continue
		}
		s.add(s.scan.word)
	}
	if len(s.lone) > 0 {
		s.add(s.lone)
	}
}

// add notes that the last doc has a word.
func (s *segment) add(word []byte) {
	word = word[:min(len(word), longestWord)]
	i, ok := s.at[string(word)]
	if !ok {
		i = len(s.has)
		s.at[string(word)] = i
		s.has = append(s.has, nil)
		s.words = append(s.words, string(word))
	}
	place := uint16(len(s.docs) - 1)
	if n := len(s.has[i]); n == 0 || s.has[i][n-1] != place {
		s.has[i] = append(s.has[i], place)
	}
}

// write puts the segment into the store.
func (s *segment) write(tx *bolt.Tx) error {
	if len(s.docs) == 0 {
		return nil
	}
	w, err := newSegmentWriter(tx, s.docs, s.hidden)
	if err != nil {
		return err
	}
	s.begin()
	slices.Sort(s.words)
	for _, word := range s.words {
		if err := w.add([]byte(word), s.has[s.at[word]]); err != nil {
			return err
		}
	}
	if err := w.flush(); err != nil {
		return err
	}
	pairs := newPairWriter(tx, w.key, len(s.docs))
	if err := pairs.all(s.pairs); err != nil {
		return err
	}
	return pairs.flush()
}

// begin adds where there are words that begin with a character: that many words
// do, and would all have to be read.
func (s *segment) begin() {
	begins := map[rune]bitset{}
	for _, word := range s.words {
		r, _ := utf8.DecodeRuneInString(word)
		if r == endsTerm {
			continue
		}
		set := begins[r]
		if set == nil {
			set = make(bitset, len(s.docs)>>6+1)
			begins[r] = set
		}
		for _, p := range s.has[s.at[word]] {
			set.set(int(p))
		}
	}
	for r, set := range begins {
		word := termBegins + string(r)
		s.at[word] = len(s.has)
		s.words = append(s.words, word)
		var places []uint16
		set.each(func(p int) { places = append(places, uint16(p)) })
		s.has = append(s.has, places)
	}
}

// A segmentWriter writes words that come in order, block after block.
type segmentWriter struct {
	words *bolt.Bucket
	key   []byte // of the segment
	first []byte // word of the block
	last  []byte
	block []byte
	list  []byte
}

func newSegmentWriter(tx *bolt.Tx, docs []uint64, hidden []int) (*segmentWriter, error) {
	b := tx.Bucket([]byte(inDocs))
	n, err := b.NextSequence()
	if err != nil {
		return nil, err
	}
	w := &segmentWriter{words: tx.Bucket([]byte(inWords)), key: binary.BigEndian.AppendUint32(nil, uint32(n))}
	w.words.FillPercent = 0.95 // it grows at its end alone
	return w, b.Put(w.key, packDocs(docs, hidden))
}

func (w *segmentWriter) add(word []byte, places []uint16) error {
	if len(w.block) > blockSize {
		if err := w.flush(); err != nil {
			return err
		}
	}
	if len(w.block) == 0 {
		w.first, w.last = append(w.first[:0], word...), w.last[:0]
	}
	same := 0
	for same < min(len(word), len(w.last)) && word[same] == w.last[same] {
		same++
	}
	w.last = append(w.last[:0], word...)
	w.list = w.list[:0]
	before := uint16(0)
	for _, p := range places {
		w.list = binary.AppendUvarint(w.list, uint64(p-before))
		before = p
	}
	w.block = append(w.block, byte(same), byte(len(word)-same))
	w.block = append(w.block, word[same:]...)
	w.block = binary.AppendUvarint(w.block, uint64(len(w.list)))
	w.block = append(w.block, w.list...)
	return nil
}

func (w *segmentWriter) flush() error {
	if len(w.block) == 0 {
		return nil
	}
	err := w.words.Put(append(bytes.Clone(w.key), w.first...), bytes.Clone(w.block))
	w.block = w.block[:0]
	return err
}

// packDocs writes two varints a doc: how much its number is larger than that
// before, and its turn. Behind them it writes how much each place of hidden is
// larger than the one before.
func packDocs(docs []uint64, hidden []int) []byte {
	b := binary.AppendUvarint(nil, uint64(len(docs)))
	before := uint64(0)
	for _, d := range docs {
		b = binary.AppendUvarint(b, d>>32-before)
		b = binary.AppendUvarint(b, d&0xffffffff)
		before = d >> 32
	}
	at := 0
	for _, p := range hidden {
		b = binary.AppendUvarint(b, uint64(p-at))
		at = p
	}
	return b
}

var errIndex = errors.New("the index is cut off")

func unpackDocs(b []byte) (docs []uint64, hidden []int, err error) {
	n, width := binary.Uvarint(b)
	if width <= 0 || n > uint64(len(b)) {
		return nil, nil, damaged(errIndex)
	}
	b = b[width:]
	docs = make([]uint64, n)
	number := uint64(0)
	for i := range docs {
		up, w1 := binary.Uvarint(b)
		if w1 <= 0 {
			return nil, nil, damaged(errIndex)
		}
		turn, w2 := binary.Uvarint(b[w1:])
		if w2 <= 0 {
			return nil, nil, damaged(errIndex)
		}
		b = b[w1+w2:]
		number += up
		docs[i] = number<<32 | turn
	}
	for at := uint64(0); len(b) > 0; {
		up, width := binary.Uvarint(b)
		if at += up; width <= 0 || at >= n {
			return nil, nil, damaged(errIndex)
		}
		hidden = append(hidden, int(at))
		b = b[width:]
	}
	return docs, hidden, nil
}

// A wordCursor goes through the words of a segment, in order.
type wordCursor struct {
	c     *bolt.Cursor
	key   []byte // of the segment
	block []byte
	word  []byte
	list  []byte // packed places
	to    []int  // where those go, for mergeWords
	err   error
}

// seekBlock is the block of a segment in which what is at a key stands, or would:
// the one that begins there, else the one before, else the next.
func seekBlock(c *bolt.Cursor, segment, at []byte) (k, v []byte) {
	if k, v = c.Seek(at); bytes.Equal(k, at) {
		return k, v
	}
	if k == nil {
		k, v = c.Last()
	} else {
		k, v = c.Prev()
	}
	if !bytes.HasPrefix(k, segment) {
		k, v = c.Seek(at)
	}
	return k, v
}

func wordsFrom(tx *bolt.Tx, segment, word []byte) *wordCursor {
	w := &wordCursor{c: tx.Bucket([]byte(inWords)).Cursor(), key: segment}
	at := append(bytes.Clone(segment), word...)
	w.open(seekBlock(w.c, segment, at))
	return w
}

func (w *wordCursor) open(k, v []byte) {
	if w.block = nil; bytes.HasPrefix(k, w.key) {
		w.block, w.word = v, w.word[:0]
	}
}

func (w *wordCursor) next() bool {
	if len(w.block) == 0 {
		if w.block == nil {
			return false
		}
		if w.open(w.c.Next()); len(w.block) == 0 {
			return false
		}
	}
	b := w.block
	if len(b) < 2 || len(b) < 2+int(b[1]) || int(b[0]) > len(w.word) {
		w.err, w.block = damaged(errIndex), nil
		return false
	}
	w.word = append(w.word[:b[0]], b[2:2+int(b[1])]...)
	b = b[2+int(b[1]):]
	n, width := binary.Uvarint(b)
	if width <= 0 || n > uint64(len(b)-width) {
		w.err, w.block = damaged(errIndex), nil
		return false
	}
	w.list, w.block = b[width:width+int(n)], b[width+int(n):]
	return true
}

// places calls do with each place of the word.
func (w *wordCursor) places(do func(int)) {
	at := 0
	for b := w.list; len(b) > 0; {
		n, width := binary.Uvarint(b)
		if width <= 0 {
			w.err = damaged(errIndex)
			return
		}
		at += int(n)
		do(at)
		b = b[width:]
	}
}

// A bitset is a set of small numbers.
type bitset []uint64

func (b bitset) has(i int) bool { return i>>6 < len(b) && b[i>>6]>>(i&63)&1 != 0 }

func (b *bitset) set(i int) {
	if n := i>>6 + 1; n > len(*b) {
		*b = append(*b, make(bitset, n-len(*b))...)
	}
	(*b)[i>>6] |= 1 << (i & 63)
}

// keep takes out what is not in another set of the same length, and reports
// whether anything is left.
func (b bitset) keep(other bitset) (some bool) {
	for i := range b {
		b[i] &= other[i]
		some = some || b[i] != 0
	}
	return some
}

func (b bitset) each(do func(int)) {
	for i, w := range b {
		for ; w != 0; w &= w - 1 {
			do(i<<6 + bits.TrailingZeros64(w))
		}
	}
}
