package sessions

import (
	"bytes"
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
	return s.search(ctx, newSearch(q), p)
}

func (s *Store) search(ctx context.Context, find *search, p Page) (Results, error) {
	const op = "searching"
	var r Results
	if p.After != "" && len(p.After) != 8+idLen {
		return r, storeError(op, s.path, errCursor)
	}
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
			after, more, err = find.slice(ctx, tx, where, after, p.Limit, &r)
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

// A candidate is a session that may be found.
type candidate struct {
	key    []byte // in the list
	number uint32
}

// slice looks through the sessions behind a place until the page is full, the
// list or the slice is over. It returns where it is then, and whether there is
// more to look through.
func (s *search) slice(ctx context.Context, tx *bolt.Tx, where *places, after Cursor, limit int, r *Results) (Cursor, bool, error) {
	until := time.Now().Add(searchSlice)
	if where.few {
		return s.lookAt(ctx, tx, where, where.behind(after), after, limit, r, until)
	}
	c := tx.Bucket([]byte(inRecent)).Cursor()
	k, v := s.query.from(c, after)
	for n := atOnce; k != nil; n = min(2*n, 1024) {
		var group []candidate
		for passed := 0; k != nil && len(group) < n; k, v = c.Prev() {
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
				group = append(group, candidate{bytes.Clone(k), number})
			} else if passed++; passed%1024 == 0 && len(group) == 0 && time.Now().After(until) {
				return Cursor(k), true, nil
			}
		}
		var more bool
		var err error
		if after, more, err = s.lookAt(ctx, tx, where, group, after, limit, r, until); err != nil || more || after == "" {
			return after, more, err
		}
	}
	return "", false, nil
}

// lookAt looks at sessions until the page is full or the slice is over, and then
// returns as slice does; else it returns where the last one is.
func (s *search) lookAt(ctx context.Context, tx *bolt.Tx, where *places, group []candidate, after Cursor, limit int, r *Results, until time.Time) (Cursor, bool, error) {
	turns := where.turns(group)
	for some := range slices.Chunk(group, atOnce/2) {
		found, is := make([]Found, len(some)), make([]bool, len(some))
		err := s.apart(ctx, tx, len(some), func(s *search, tx *bolt.Tx, i int) (err error) {
			var ses Session
			row := tx.Bucket([]byte(inSessions)).Get(some[i].key[8:])
			if row == nil && where.few {
				return nil // it was deleted since
			}
			if err := json.Unmarshal(row, &ses); err != nil {
				return damaged(err)
			}
			found[i], is[i], err = s.look(tx, ses, turns[some[i].number])
			return err
		})
		if err != nil {
			return "", false, err
		}
		for i, is := range is {
			if is && limit > 0 && len(r.Found) == limit {
				r.Next = after
				return "", false, nil
			}
			if after = Cursor(some[i].key); is {
				r.Found = append(r.Found, found[i])
			}
		}
		if time.Now().After(until) {
			return after, true, nil
		}
	}
	return after, false, nil
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
	terms  []wanted
	pairs  []uint32 // of words that are in a row
	before uint64   // hash of the word in a row before the last one, which is a prefix; or 0
	turn   bool     // in a turn: else in the session's own doc
	any    bool     // in either
	own    bitset   // numbers of the sessions whose own doc has it
}

// wishes are what the index can be asked.
func (q *Query) wishes() (all []*wish) {
	for _, p := range q.words {
		w := &wish{terms: p.terms(), any: true}
		w.pairs, w.before = p.pairs()
		all = append(all, w)
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

// pairs are what the index has of a phrase's words in a row, except for the last
// one if that is a prefix: then before is the hash of the one before, else 0.
func (p phrase) pairs() (all []uint32, before uint64) {
	for i := 1; i < len(p); i++ {
		one, two := p[i-1], p[i]
		hash := wordHash([]byte(one.word))
		switch {
		case one.lone && two.lone: // it is a term
		case two.prefix:
			before = hash
		default:
			all = append(all, pairOf(hash, wordHash([]byte(two.word))))
		}
	}
	return all, before
}
