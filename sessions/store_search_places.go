package sessions

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"slices"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"
)

// places are where a query may be found. nil ones are everywhere.
type places struct {
	segments []foundDocs
	sessions bitset // by number

	few   bool        // so that they were looked up:
	known []candidate // as the list has them, the newest first
}

// mostKnown is how many sessions are looked up one by one: that costs the reading
// of so many rows, and walking through the list to find them that of a large part
// of it.
const mostKnown = 512

// foundDocs are the docs of a segment that may be what is looked for.
type foundDocs struct {
	docs []uint64
	may  bitset
}

func (p *places) may(number uint32) bool {
	return p.segments == nil && p.sessions == nil || p.sessions.has(int(number))
}

// behind are the known ones behind a place.
func (p *places) behind(after Cursor) []candidate {
	for i, c := range p.known {
		if after == "" || Cursor(c.key) < after {
			return p.known[i:]
		}
	}
	return nil
}

// know looks the sessions up, if they are few.
func (s *search) know(ctx context.Context, tx *bolt.Tx, p *places) error {
	n := 0
	for _, w := range p.sessions {
		n += bits.OnesCount64(w)
	}
	if p.few = n <= s.known; !p.few {
		return nil
	}
	p.known = make([]candidate, 0, n)
	p.sessions.each(func(number int) { p.known = append(p.known, candidate{number: uint32(number)}) })
	err := s.apart(ctx, tx, n, func(s *search, tx *bolt.Tx, i int) error {
		c := &p.known[i]
		id := tx.Bucket([]byte(inNumbered)).Get(binary.BigEndian.AppendUint32(nil, c.number))
		if id == nil {
			return nil
		}
		var ses Session
		if err := json.Unmarshal(tx.Bucket([]byte(inSessions)).Get(id), &ses); err != nil {
			return damaged(err)
		}
		if s.query.admits(&ses) {
			c.key = recentKey(ses.Updated, ses.ID)
		}
		return nil
	})
	p.known = slices.DeleteFunc(p.known, func(c candidate) bool { return c.key == nil })
	slices.SortFunc(p.known, func(a, b candidate) int { return bytes.Compare(b.key, a.key) })
	return err
}

func (p *places) number(tx *bolt.Tx, id []byte) uint32 {
	if v := tx.Bucket([]byte(inNumbers)).Get(id); len(v) == 4 {
		return binary.BigEndian.Uint32(v)
	}
	return 0
}

// turns are those turns of sessions that may be found, the newest first, by the
// sessions' numbers.
func (p *places) turns(group []candidate) map[uint32][]uint32 {
	of := make(map[uint32][]uint32, len(group))
	if len(group) == 0 {
		return of
	}
	var in bitset
	for _, c := range group {
		in.set(int(c.number))
	}
	for _, f := range p.segments {
		f.may.each(func(i int) {
			if n := uint32(f.docs[i] >> 32); in.has(int(n)) && uint32(f.docs[i]) > 0 {
				of[n] = append(of[n], uint32(f.docs[i]))
			}
		})
	}
	for n, turns := range of {
		slices.SortFunc(turns, func(a, b uint32) int { return cmp.Compare(b, a) })
		of[n] = slices.Compact(turns)
	}
	return of
}

// A foundSegment is what a segment has of the wishes.
type foundSegment struct {
	docs []uint64
	some bool       // it has anything
	has  []bitset   // by wish
	own  [][]uint32 // by wish, numbers of the sessions whose own doc has it
}

// segments asks the segments of the index. Those that have nothing are left out,
// unless all are wanted.
func (s *search) segments(ctx context.Context, tx *bolt.Tx, wishes []*wish, all bool) ([]foundSegment, error) {
	c := tx.Bucket([]byte(inDocs)).Cursor()
	first, _ := c.First()
	last, _ := c.Last()
	if len(first) != 4 || len(last) != 4 {
		return nil, nil
	}
	from, to := binary.BigEndian.Uint32(first), binary.BigEndian.Uint32(last)
	each := (to-from)/64 + 1 // by their numbers, because reading which there are is half of the work
	parts := make([][]foundSegment, (to-from)/each+1)
	err := s.apart(ctx, tx, len(parts), func(_ *search, tx *bolt.Tx, part int) error {
		begin := uint64(from) + uint64(part)*uint64(each)
		c := tx.Bucket([]byte(inDocs)).Cursor()
		k, v := c.Seek(binary.BigEndian.AppendUint32(nil, uint32(begin)))
		for ; len(k) == 4 && uint64(binary.BigEndian.Uint32(k)) < begin+uint64(each); k, v = c.Next() {
			f, err := askSegment(tx, k, v, wishes)
			if err != nil {
				return err
			}
			if all || f.some {
				parts[part] = append(parts[part], f)
			}
		}
		return nil
	})
	return slices.Concat(parts...), err
}

func askSegment(tx *bolt.Tx, key, value []byte, wishes []*wish) (f foundSegment, err error) {
	docs, hidden, err := unpackDocs(value)
	if err != nil {
		return f, err
	}
	masked := make(bitset, len(docs)>>6+1)
	for _, p := range hidden {
		masked.set(p)
	}
	f = foundSegment{docs: docs, has: make([]bitset, len(wishes)), own: make([][]uint32, len(wishes))}
	for i, w := range wishes {
		if f.has[i], err = w.in(tx, key, len(docs), masked); err != nil {
			return f, err
		}
		f.has[i].each(func(p int) {
			if uint32(docs[p]) == 0 {
				f.own[i] = append(f.own[i], uint32(docs[p]>>32))
			}
			f.some = true
		})
	}
	return f, nil
}

// places asks the index.
func (s *search) places(ctx context.Context, tx *bolt.Tx) (*places, error) {
	wishes := s.query.wishes()
	p := &places{}
	ofTurn := slices.ContainsFunc(s.query.filters, func(f filter) bool { return f.ofTurn() })
	if len(wishes) == 0 && !ofTurn {
		return p, nil
	}
	found, err := s.segments(ctx, tx, wishes, ofTurn)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		for i, w := range wishes {
			for _, n := range f.own[i] {
				w.own.set(int(n))
			}
		}
	}
	fresh, err := s.fresh(tx, wishes)
	if err != nil {
		return nil, err
	}
	p.sessions = bitset{}
	if len(wishes) > 0 && !ofTurn { // title, tags and models may be enough
		p.sessions = together(wishes)
	}
	if len(s.query.words) == 0 && !ofTurn { // and are
		p.segments = nil
		return p, s.know(ctx, tx, p)
	}
	for _, f := range found {
		p.segments = append(p.segments, foundDocs{f.docs, match(f.docs, f.has, wishes)})
	}
	p.segments = append(p.segments, fresh)
	for _, f := range p.segments {
		f.may.each(func(i int) { p.sessions.set(int(f.docs[i] >> 32)) })
	}
	return p, s.know(ctx, tx, p)
}

// mostFollowers is how many words that begin as the last one of a phrase are
// looked up behind the one before. With more of them the phrase is hardly rare.
const mostFollowers = 8

// in is where in a segment of so many docs the wish is. What is hidden is shown
// otherwise than it was indexed: other words may stand in a row.
func (w *wish) in(tx *bolt.Tx, segment []byte, docs int, hidden bitset) (all bitset, err error) {
	all = make(bitset, docs>>6+1)
	for i := range all {
		all[i] = ^uint64(0)
	}
	all[len(all)-1] = 1<<(docs&63) - 1
	var here bitset
	for _, number := range w.pairs {
		here = append(here[:0], hidden...)
		if _, err := addPair(tx, segment, docs, number, here); err != nil {
			return nil, err
		}
		if !all.keep(here) {
			return all, nil
		}
	}
	var followers []uint32 // of the word before the last
	for _, term := range w.terms {
		if here = append(here[:0], hidden...); !term.lone || term.prefix {
			clear(here)
		}
		if r, size := utf8.DecodeRuneInString(term.word); term.prefix && size == len(term.word) {
			term = wanted{word: termBegins + string(r)}
			followers = nil
		}
		if followers, err = term.in(tx, segment, here, w.before); err != nil {
			return nil, err
		}
		if !all.keep(here) {
			return all, nil
		}
	}
	if n := len(followers); n > 0 && n <= mostFollowers {
		here = append(here[:0], hidden...)
		for _, number := range followers {
			if _, err := addPair(tx, segment, docs, number, here); err != nil {
				return nil, err
			}
		}
		all.keep(here)
	}
	return all, nil
}

// in adds where in a segment a term is. Of one that is a prefix it returns the
// pairs that the words have with the one before, unless that is 0 or they are
// too many.
func (w wanted) in(tx *bolt.Tx, segment []byte, to bitset, before uint64) (followers []uint32, err error) {
	c := wordsFrom(tx, segment, []byte(w.word))
	for c.next() {
		if n := bytes.Compare(c.word, []byte(w.word)); n < 0 {
			continue
		} else if n > 0 && (!w.prefix || !bytes.HasPrefix(c.word, []byte(w.word))) {
			break
		}
		c.places(func(p int) {
			if p>>6 < len(to) {
				to[p>>6] |= 1 << (p & 63)
			}
		})
		switch {
		case !w.prefix || before == 0:
		case len(c.word) >= longestWord: // nobody knows how it goes on
			followers, before = nil, 0
		case len(followers) <= mostFollowers:
			followers = append(followers, pairOf(before, wordHash(c.word)))
		}
	}
	return followers, c.err
}

// together is the sessions whose own docs have all wishes.
func together(wishes []*wish) bitset {
	all := append(bitset{}, wishes[0].own...)
	for _, w := range wishes[1:] {
		for i := range all {
			if i < len(w.own) {
				all[i] &= w.own[i]
			} else {
				all[i] = 0
			}
		}
	}
	return all
}

// match is the turns of a segment that have what a turn must have, and whose
// session has the rest.
func match(docs []uint64, has []bitset, wishes []*wish) bitset {
	all := make(bitset, len(docs)>>6+1)
	for i := range all {
		all[i] = ^uint64(0)
	}
	var own []int
	for i, w := range wishes {
		switch {
		case w.turn || w.any && len(w.own) == 0:
			for j := range all {
				all[j] &= has[i][j]
			}
		default:
			own = append(own, i)
		}
	}
	some := make(bitset, len(all))
	all.each(func(d int) {
		if d >= len(docs) || uint32(docs[d]) == 0 {
			return
		}
		for _, i := range own {
			if w := wishes[i]; (!w.any || !has[i].has(d)) && !w.own.has(int(docs[d]>>32)) {
				return
			}
		}
		some[d>>6] |= 1 << (d & 63)
	})
	return some
}

// fresh is all turns that the index does not have as they are, and notes which
// sessions have a wish of their own.
func (s *search) fresh(tx *bolt.Tx, wishes []*wish) (f foundDocs, err error) {
	c := tx.Bucket([]byte(inFresh)).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		if len(k) != 8 {
			return f, damaged(errIndex)
		}
		doc := binary.BigEndian.Uint64(k)
		if uint32(doc) != 0 {
			f.may.set(len(f.docs))
			f.docs = append(f.docs, doc)
			continue
		}
		id := tx.Bucket([]byte(inNumbered)).Get(k[:4])
		one := newSegment()
		one.docs = []uint64{doc}
		if _, err := textsOf(tx, ID(id), 0, one.text, func(t string) { one.add([]byte(t)) }); err != nil {
			return f, err
		}
		for _, w := range wishes {
			if !w.turn && one.hasAll(w.terms) {
				w.own.set(int(doc >> 32))
			}
		}
	}
	return f, nil
}

func (s *segment) hasAll(terms []wanted) bool {
	for _, t := range terms {
		if !slices.ContainsFunc(s.words, func(w string) bool {
			return w == t.word || t.prefix && len(w) > len(t.word) && w[:len(t.word)] == t.word
		}) {
			return false
		}
	}
	return true
}
