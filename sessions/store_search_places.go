package sessions

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// places are where a query may be found. nil ones are everywhere.
type places struct {
	segments []foundDocs
	sessions bitset // by number
}

// foundDocs are the docs of a segment that may be what is looked for.
type foundDocs struct {
	docs []uint64
	may  bitset
}

func (p *places) may(number uint32) bool {
	return p.segments == nil && p.sessions == nil || p.sessions.has(int(number))
}

func (p *places) number(tx *bolt.Tx, id []byte) uint32 {
	if v := tx.Bucket([]byte(inNumbers)).Get(id); len(v) == 4 {
		return binary.BigEndian.Uint32(v)
	}
	return 0
}

// turns fills in the turns of sessions that may be found.
func (p *places) turns(of map[uint32][]uint32) {
	if len(of) == 0 {
		return
	}
	var in bitset
	for n := range of {
		in.set(int(n))
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
}

// places asks the index.
func (s *search) places(ctx context.Context, tx *bolt.Tx) (*places, error) {
	wishes := s.query.wishes()
	p := &places{}
	ofTurn := slices.ContainsFunc(s.query.filters, func(f filter) bool { return f.ofTurn() })
	if len(wishes) == 0 && !ofTurn {
		return p, nil
	}
	var has [][]bitset // by segment and wish
	c := tx.Bucket([]byte(inDocs)).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		docs, err := unpackDocs(v)
		if err != nil {
			return nil, err
		}
		row := make([]bitset, len(wishes))
		for i, w := range wishes {
			if row[i], err = w.in(tx, k, docs); err != nil {
				return nil, err
			}
		}
		p.segments, has = append(p.segments, foundDocs{docs: docs}), append(has, row)
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
		return p, nil
	}
	for i := range p.segments {
		p.segments[i].may = match(p.segments[i].docs, has[i], wishes)
	}
	p.segments = append(p.segments, fresh)
	for _, f := range p.segments {
		f.may.each(func(i int) { p.sessions.set(int(f.docs[i] >> 32)) })
	}
	return p, nil
}

// in is where in a segment the wish is, and notes the sessions that have it.
func (w *wish) in(tx *bolt.Tx, segment []byte, docs []uint64) (all bitset, err error) {
	for i, term := range w.terms {
		here := make(bitset, len(docs)>>6+1)
		c := wordsFrom(tx, segment, []byte(term.word))
		for c.next() {
			if n := bytes.Compare(c.word, []byte(term.word)); n < 0 {
				continue
			} else if n > 0 && (!term.prefix || !bytes.HasPrefix(c.word, []byte(term.word))) {
				break
			}
			c.places(func(p int) {
				if p < len(docs) {
					here[p>>6] |= 1 << (p & 63)
				}
			})
		}
		if c.err != nil {
			return nil, c.err
		}
		if i == 0 {
			all = here
			continue
		}
		for j := range all {
			all[j] &= here[j]
		}
	}
	all.each(func(i int) {
		if uint32(docs[i]) == 0 {
			w.own.set(int(docs[i] >> 32))
		}
	})
	return all, nil
}

// together is the sessions whose own docs have all wishes.
func together(wishes []*wish) bitset {
	all := slices.Clone(wishes[0].own)
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
		if err := textsOf(tx, ID(id), 0, one.text, func(t string) { one.add([]byte(t)) }); err != nil {
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
