package sessions

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
)

// searchSlice is how long a search has the store at the most before it lets
// others to it: nobody's saving waits for somebody's looking.
const searchSlice = 20 * time.Millisecond

// errCursor is a cursor that no search has given.
var errCursor = errors.New("this is no place in a list of sessions")

// Search finds the sessions of a query, the one that was updated last first, a
// page at a time. The index says where to look. It reads no more than it needs
// for the page, and ends with the error of ctx when that ends.
func (s *Store) Search(ctx context.Context, q Query, p Page) (Results, error) {
	const op = "searching"
	var r Results
	if p.After != "" && len(p.After) != 8+idLen {
		return r, storeError(op, s.path, errCursor)
	}
	find := newSearch(q)
	var where *places
	for after, more := p.After, true; more; {
		if err := ctx.Err(); err != nil {
			return Results{}, err
		}
		err := s.view(op, func(tx *bolt.Tx) (err error) {
			if where == nil {
				if where, err = find.places(ctx, tx); err != nil {
					return err
				}
			}
			after, more, err = find.slice(tx, where, after, p.Limit, &r)
			return err
		})
		if err != nil {
			return Results{}, err
		}
	}
	return r, nil
}

// atOnce is how many sessions a search looks up the turns of at once, at first;
// it doubles, so that many which do not hold what the index promises cost little.
const atOnce = 32

// slice looks through the sessions behind a place until the page is full, the
// list or the slice is over. It returns where it is then, and whether there is
// more to look through.
func (s *search) slice(tx *bolt.Tx, where *places, after Cursor, limit int, r *Results) (Cursor, bool, error) {
	until := time.Now().Add(searchSlice)
	c := tx.Bucket([]byte(inRecent)).Cursor()
	k, v := s.query.from(c, after)
	for n := atOnce; k != nil; n = min(2*n, 1024) {
		var group [][]byte
		passed := 0
		numbers := map[uint32][]uint32{} // turns, the newest first
		for ; k != nil && len(group) < n; k, v = c.Prev() {
			if len(k) != 8+idLen {
				return "", false, damaged("a key of the list is malformed")
			}
			if s.query.past(k) {
				k = nil
				break
			}
			number, pass := s.query.lists(v)
			if number == 0 {
				number = where.number(tx, k[8:])
			}
			if pass && where.may(number) {
				numbers[number] = nil
				group = append(group, bytes.Clone(k))
			} else if passed++; passed%1024 == 0 && len(group) == 0 && time.Now().After(until) {
				return Cursor(k), true, nil
			}
		}
		where.turns(numbers)
		for _, key := range group {
			var ses Session
			if err := json.Unmarshal(tx.Bucket([]byte(inSessions)).Get(key[8:]), &ses); err != nil {
				return "", false, damaged(err)
			}
			f, ok, err := s.look(tx, ses, numbers[where.number(tx, key[8:])])
			if err != nil {
				return "", false, err
			}
			if ok && limit > 0 && len(r.Found) == limit {
				r.Next = after
				return "", false, nil
			}
			if after = Cursor(key); ok {
				r.Found = append(r.Found, f)
			}
			if time.Now().After(until) {
				return after, true, nil
			}
		}
	}
	return "", false, nil
}

// from moves to the first session of the list behind a place that the query may
// find.
func (q *Query) from(c *bolt.Cursor, after Cursor) (k, v []byte) {
	to := []byte(after)
	for i := range q.filters {
		if f := &q.filters[i]; f.key == "before" && !f.not {
			if at := recentKey(f.when, ""); len(to) == 0 || bytes.Compare(at, to) < 0 {
				to = at
			}
		}
	}
	if len(to) == 0 {
		return c.Last()
	}
	if k, v = c.Seek(to); k == nil {
		k, v = c.Last()
	}
	for k != nil && bytes.Compare(k, to) >= 0 {
		k, v = c.Prev()
	}
	return k, v
}

// past reports whether a session, and all behind it, are older than the query
// wants.
func (q *Query) past(k []byte) bool {
	return slices.ContainsFunc(q.filters, func(f filter) bool {
		return f.key == "after" && !f.not && bytes.Compare(k, recentKey(f.when, "")) < 0
	})
}

// lists is a session's number, 0 if the list does not have it, and false if its
// entry there says that the query does not find it.
func (q *Query) lists(v []byte) (uint32, bool) {
	m := marksOf(v)
	if m&markBinned != 0 {
		return 0, false
	}
	number, spent := listed(v)
	for i := range q.filters {
		f := &q.filters[i]
		is := false
		switch f.key {
		case "cost>":
			is = spent != nil && *spent > f.money
		case "cost<":
			is = spent != nil && *spent < f.money
		case "is":
			is = f.value == "pinned" && m&markPinned != 0 || f.value == "archived" && m&markArchived != 0
		default:
			continue
		}
		if number != 0 && is == f.not {
			return number, false
		}
	}
	return number, true
}

// look looks at one session, of whose turns only those given may be found.
func (s *search) look(tx *bolt.Tx, ses Session, turns []uint32) (Found, bool, error) {
	l, ok := s.begin(ses)
	if !ok || l.done() {
		return l.found, ok && l.is, nil
	}
	for _, n := range turns {
		start, err := keyOf(ses.ID, int(n))
		if err != nil {
			return Found{}, false, damaged(err)
		}
		kept := turnsFrom(tx, ses.ID, start, 1)
		if len(kept) == 0 || kept[0].number != int(n) {
			continue
		}
		if l.surelyNot(kept[0]) {
			continue
		}
		t, err := kept[0].decode()
		if err != nil {
			return Found{}, false, err
		}
		if l.turn(&t); l.done() {
			break
		}
	}
	return l.found, l.is, nil
}

// surelyNot reports whether the texts of a turn, which are read without decoding
// the rest, lack something. Of words in a row the index only knows that they are
// somewhere.
func (l *look) surelyNot(k keptTurn) bool {
	if !slices.ContainsFunc(l.words.phrases, func(p phrase) bool { return len(p) > 1 }) {
		return false
	}
	head, _, _ := bytes.Cut(k.value, []byte{0})
	if bytes.Contains(head, []byte(`"note":`)) || bytes.Contains(head, []byte(`"blind":true`)) { // what is shown is another text
		return false
	}
	has := l.own | l.inTexts(k.value, 1)
	for _, value := range k.answers {
		has |= l.inTexts(value, 3)
	}
	return has != l.words.all()
}

// inTexts is what the first n texts of a packed value have.
func (l *look) inTexts(value []byte, n int) (has uint64) {
	_, tail, _ := bytes.Cut(value, []byte{0})
	for range n {
		size, width := binary.Uvarint(tail)
		if width <= 0 || size > uint64(len(tail)-width) {
			return l.words.all() // decoding it will tell
		}
		has |= l.words.find(string(tail[width:width+int(size)]), nil)
		tail = tail[width+int(size):]
	}
	return has
}

// A wish is what must stand together in one doc of the index.
type wish struct {
	terms []wanted
	turn  bool   // in a turn: else in the session's own doc
	any   bool   // in either
	own   bitset // numbers of the sessions whose own doc has it
}

// wishes are what the index can be asked.
func (q *Query) wishes() (all []*wish) {
	for _, p := range q.words {
		all = append(all, &wish{terms: p.terms(), any: true})
	}
	for i := range q.filters {
		f := &q.filters[i]
		if f.not {
			continue
		}
		words := func(term string) (list []wanted) {
			eachWord(f.value, func(w string) { list = append(list, wanted{word: term + w}) })
			if len(list) > 0 {
				list[len(list)-1].prefix = true
			}
			return list
		}
		w := &wish{turn: f.ofTurn()}
		switch f.key {
		case "model":
			w.terms = words(termModel)
		case "tag":
			w.terms = []wanted{{word: termTag + f.value}}
		case "has":
			w.terms = []wanted{{word: termHas + f.value}}
		case "vote":
			if w.terms = words(termBest); slices.Contains([]string{"blind", "open", "tie", "bad"}, f.value) {
				w.terms = []wanted{{word: termVote + f.value}}
			}
		}
		if len(w.terms) > 0 {
			all = append(all, w)
		}
	}
	return all
}

// terms are what the index has of a phrase: its words, and of scripts without
// spaces two characters together.
func (p phrase) terms() (all []wanted) {
	for i, w := range p {
		switch {
		case !w.lone:
		case i+1 < len(p) && p[i+1].lone:
			w.word += p[i+1].word
		case i > 0 && p[i-1].lone: // it stands behind the one before
			continue
		default:
			w.prefix = true
		}
		w.word = w.word[:min(len(w.word), longestWord)]
		all = append(all, w)
	}
	return all
}

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
