package sessions

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"juxta/providers"
)

// A library is a store in which anything happens.
type library struct {
	t   *testing.T
	s   *Store
	rng *rand.Rand
	at  time.Time
	ids []ID
}

func (l *library) pick(of string) string {
	words := strings.Fields(of)
	return words[l.rng.IntN(len(words))]
}

const libraryWords = "walnut oak Walnuts crème creme 模型 模 型模 的 teak lamp don't gpt-5.1 x1 x2 straße ÉTÉ été a 東京タワー"

func (l *library) text() string {
	var words []string
	for range 1 + l.rng.IntN(5) {
		words = append(words, l.pick(libraryWords))
	}
	return strings.Join(words, l.pick(", _ .")+" ")
}

func (l *library) answer(column, take int, ended bool) Answer {
	a := Answer{Column: column, Take: take, Model: providers.Ref{Provider: "demo", Model: l.pick("alpha beta-2 gamma")}, Text: l.text()}
	if ended {
		a.Finish = providers.Finished
	}
	return a
}

// step does one thing to the store.
func (l *library) step() error {
	l.at = l.at.Add(time.Hour)
	if len(l.ids) == 0 || l.rng.IntN(6) == 0 {
		ses, _ := asked(l.at, 0)
		for i := range ses.Columns {
			ses.Columns[i].Model.Model = l.pick("alpha beta-2 gamma")
		}
		l.ids = append(l.ids, ses.ID)
		return l.ask(ses)
	}
	id := l.ids[l.rng.IntN(len(l.ids))]
	ses, err := l.s.Session(id)
	if err != nil {
		return err
	}
	switch l.rng.IntN(14) {
	case 0, 1, 2:
		return l.ask(ses)
	case 3:
		return l.s.Save(Batch{Answers: []Kept{{id, 1 + l.rng.IntN(ses.Turns), l.answer(1+l.rng.IntN(2), 1+l.rng.IntN(3), l.rng.IntN(2) > 0)}}})
	case 4:
		turns, err := l.s.Turns(id, ses.Turns-1, 1)
		if err != nil {
			return err
		}
		t := &turns[0]
		if t.Note = l.text(); t.Hidden() && l.rng.IntN(2) > 0 {
			t.Revealed, ses.Hidden = l.at, slices.DeleteFunc(ses.Hidden, func(n int) bool { return n == t.ID })
		}
		vote := Vote{ID: len(t.Votes) + 1, At: l.at, Blind: t.Hidden(), Seats: []int{1, 2}, Best: [][]int{{1}, {2}, {1, 2}, nil}[l.rng.IntN(4)]}
		for _, c := range vote.Seats {
			if a, ok := t.Answer(c); ok {
				vote.Takes = append(vote.Takes, Pick{c, a.Take})
			}
		}
		ses.Updated = l.at
		return l.s.Save(Batch{Session: &ses, Turn: t, Votes: []KeptVote{{id, t.ID, vote}}})
	case 5:
		return l.s.Rename(id, l.text())
	case 6:
		return l.s.Tag([]ID{id}, []string{l.pick("pins oak été")}, []string{l.pick("lamp oak")})
	case 7:
		return l.s.Archive([]ID{id}, l.rng.IntN(2) > 0)
	case 8:
		return l.s.Pin([]ID{id}, l.rng.IntN(2) > 0)
	case 9:
		if l.rng.IntN(3) > 0 {
			return nil
		}
		l.ids = slices.DeleteFunc(l.ids, func(i ID) bool { return i == id })
		return l.s.Delete(id)
	case 10:
		fork, err := l.s.Fork(id, 1+l.rng.IntN(ses.Turns))
		l.ids = append(l.ids, fork.ID)
		return err
	case 11:
		other := l.ids[l.rng.IntN(len(l.ids))]
		if other == id {
			return nil
		}
		_, err := l.s.Merge(id, []ID{other}, false)
		if err != nil && strings.Contains(err.Error(), "was appended to that session before") {
			return nil // and is not appended twice
		}
		return err
	}
	// Much is fresh.
	return l.s.update("indexing", func(tx *bolt.Tx) error { return index(tx, true) })
}

func (l *library) ask(ses Session) error {
	ses.Turns++
	ses.Updated = l.at
	t := &Turn{ID: ses.Turns, Parent: ses.Turns - 1, Text: l.text(), Asked: l.at, Columns: []int{1, 2}, Blind: l.rng.IntN(4) == 0, Seed: l.rng.Uint32()}
	if t.Hidden() {
		ses.Hidden = append(ses.Hidden, t.ID)
	}
	if l.rng.IntN(3) == 0 {
		t.Files = []Attachment{{Name: "pin.png", MIME: "image/png"}}
	}
	if ses.Title == "" || ses.Turns == 1 {
		ses.Title = t.Text
	}
	ses.Spent += providers.Dollar / 100
	b := Batch{Session: &ses, Turn: t}
	for c := 1; c <= 2; c++ {
		b.Answers = append(b.Answers, Kept{ses.ID, t.ID, l.answer(c, 1, l.rng.IntN(4) > 0)})
	}
	return l.s.Save(b)
}

func (l *library) query() string {
	filters := `model:alpha model:beta model:demo tag:oak tag:été has:image has:vote has:note vote:blind vote:open vote:tie vote:bad vote:beta
		cost>0.02 cost<0.03 is:pinned is:archived`
	var parts []string
	for range l.rng.IntN(3) {
		parts = append(parts, l.pick(libraryWords+" wal* cre* 模* 東京 "))
	}
	if l.rng.IntN(4) == 0 {
		parts = append(parts, `"`+l.pick(libraryWords)+" "+l.pick(libraryWords)+`"`)
	}
	for range l.rng.IntN(2) + 1 {
		f := l.pick(filters)
		if l.rng.IntN(5) == 0 {
			f = l.pick("after: before:") + l.at.Add(-time.Duration(l.rng.IntN(200))*time.Hour).Format(time.DateOnly)
		}
		if l.rng.IntN(4) == 0 {
			f = "-" + f
		}
		parts = append(parts, f)
	}
	if len(parts) > 1 && !strings.Contains(parts[0], ":") && !strings.Contains(parts[0], "cost") && l.rng.IntN(4) == 0 {
		parts = append(parts, "-"+l.pick(libraryWords))
	}
	return strings.Join(parts, " ")
}

// naively is what a query finds by reading everything.
func naively(t *testing.T, s *Store, q Query) (all []Found) {
	t.Helper()
	find := newSearch(q)
	err := s.view("reading", func(tx *bolt.Tx) error {
		all = nil
		c := tx.Bucket([]byte(inRecent)).Cursor()
		for k, _ := c.Last(); k != nil; k, _ = c.Prev() {
			var ses Session
			if err := json.Unmarshal(tx.Bucket([]byte(inSessions)).Get(k[8:]), &ses); err != nil {
				return err
			}
			var turns []uint32
			for n := ses.Turns; n > 0; n-- {
				turns = append(turns, uint32(n))
			}
			f, ok, err := find.look(tx, ses, turns)
			if err != nil {
				return err
			}
			if ok {
				all = append(all, f)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheIndexFindsAllThatReadingEverythingFinds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		l := &library{t: t, s: opened(t), rng: rand.New(rand.NewPCG(seed, 1)), at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
		found := 0
		for n := range 250 {
			if err := l.step(); err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, n, err)
			}
			if n%5 > 0 {
				continue
			}
			query := l.query()
			q, err := ParseQuery(query)
			if err != nil {
				continue // words left out alone
			}
			want := naively(t, l.s, q)
			var got []Found
			for p := (Page{Limit: 1 + l.rng.IntN(4)}); ; {
				find := newSearch(q)
				if n%2 > 0 { // as in a store where more are found
					find.known = 0
				}
				r, err := l.s.search(t.Context(), find, p)
				if err != nil {
					t.Fatal(err)
				}
				if got = append(got, r.Found...); r.Next == "" {
					break
				}
				p.After = r.Next
			}
			found += len(want)
			if fmt.Sprint(foundWords(got)) != fmt.Sprint(foundWords(want)) {
				t.Fatalf("seed %d, step %d: %s\nfinds %s\nnot   %s", seed, n, query, foundWords(got), foundWords(want))
			}
		}
		if found < 30 {
			t.Errorf("seed %d: only %d were found at all", seed, found)
		}
	}
}

func foundWords(all []Found) (list []string) {
	for _, f := range all {
		list = append(list, string(f.Session.ID[20:])+": "+hitWords(f))
	}
	return list
}

func TestAnUpgradedStoreIsSearched(t *testing.T) {
	for v := 1; v <= fixtures; v++ {
		path, f := oldStore(t, v)
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		fresh := 1
		err = s.view("reading", func(tx *bolt.Tx) error {
			fresh = tx.Bucket([]byte(inFresh)).Inspect().KeyN
			return nil
		})
		if err != nil || fresh != 0 && v < indexLayout {
			t.Errorf("layout %d: %d turns are not indexed, %v", v, fresh, err)
		}
		words := 0
		for _, ses := range f.Sessions {
			for _, turn := range ses.Turns {
				text, _ := turn.Turn["text"].(string)
				eachWord(text, func(w string) {
					if words++; words > 20 {
						return
					}
					q := Query{words: []phrase{phraseOf(w)}}
					r, err := s.Search(t.Context(), q, Page{})
					if want := naively(t, s, q); err != nil || fmt.Sprint(foundWords(r.Found)) != fmt.Sprint(foundWords(want)) {
						t.Errorf("layout %d: %s finds %s, not %s, %v", v, w, foundWords(r.Found), foundWords(want), err)
					}
				})
			}
		}
		want(t, "closing", s.Close(), nil)
		if words == 0 {
			t.Errorf("layout %d: there was no word to look for", v)
		}
	}
}

// indexSays is all that the segments of a store's index say, by doc.
func indexSays(t *testing.T, tx *bolt.Tx) map[uint64][]string {
	t.Helper()
	all := map[uint64][]string{}
	c := tx.Bucket([]byte(inDocs)).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		o, err := readSegment(k, v)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range o.docs {
			if all[d] != nil {
				t.Errorf("%x is in two segments", d)
			}
			all[d] = []string{}
		}
		for _, p := range o.hidden {
			all[o.docs[p]] = append(all[o.docs[p]], "hidden")
		}
		words := wordsFrom(tx, k, nil)
		for words.next() {
			words.places(func(p int) { all[o.docs[p]] = append(all[o.docs[p]], string(words.word)) })
		}
		pairs := pairsFrom(tx, k, len(o.docs), 0)
		for pairs.next() {
			d := o.docs[pairs.place()]
			all[d] = append(all[d], fmt.Sprint("pair ", pairs.number()))
		}
		if words.err != nil || pairs.err != nil {
			t.Fatal(words.err, pairs.err)
		}
	}
	return all
}

func TestTheIndexOfACompactedStoreKnowsWhatIsThereAndNothingElse(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		l := &library{t: t, s: opened(t), rng: rand.New(rand.NewPCG(seed, 3)), at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
		for n := range 250 {
			if err := l.step(); err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, n, err)
			}
		}
		if _, _, err := l.s.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
		if h, err := Examine(t.Context(), l.s.Path()); err != nil || slices.ContainsFunc(h.Findings, func(f Finding) bool { return f.Kind == IndexFinding }) {
			t.Errorf("seed %d: %+v, %v", seed, h.Findings, err)
		}
		err := l.s.view("reading", func(tx *bolt.Tx) error {
			is := indexSays(t, tx)
			if len(is) < 10 {
				t.Errorf("seed %d: only %d turns are indexed", seed, len(is))
			}
			for d, has := range is {
				one, key := newSegment(), docKey(uint32(d>>32), uint32(d))
				if tx.Bucket([]byte(inFresh)).Get(key) != nil {
					t.Errorf("seed %d: %x is fresh, and what it was is still indexed", seed, d)
				}
				if err := one.read(tx, key); err != nil {
					return err
				}
				one.begin()
				want := slices.Clone(one.words)
				for range one.hidden {
					want = append(want, "hidden")
				}
				for _, p := range one.pairs {
					want = append(want, fmt.Sprint("pair ", p>>16))
				}
				slices.Sort(want)
				slices.Sort(has)
				if want = slices.Compact(want); !slices.Equal(has, want) {
					t.Fatalf("seed %d: of %x the index has\n%q, not\n%q", seed, d, has, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
