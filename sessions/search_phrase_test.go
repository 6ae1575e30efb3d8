package sessions

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

// A bookcase is a store of few words in many orders, and all texts of it.
type bookcase struct {
	*library
	texts map[ID][]string // of which each is one for itself
}

const bookWords = "oak teak Oak walnut wal ÉTÉ été 模 型 東京 x1 don't straße gpt-5.1 alpha beta-2"

func (b *bookcase) text() string {
	var t strings.Builder
	for range b.rng.IntN(12) {
		t.WriteString(b.pick(bookWords))
		t.WriteString([]string{" ", " ", ", ", ".\n\n", " — ", "/", "**", " ▒▒▒ ", "\u00a0", "\u200b"}[b.rng.IntN(10)])
	}
	return t.String()
}

// add saves sessions with their texts, and has them indexed.
func (b *bookcase) add(blind bool) {
	b.t.Helper()
	var batches []Batch
	for range 1 + b.rng.IntN(2) {
		b.at = b.at.Add(time.Hour)
		ses, _ := asked(b.at, 0)
		ses.Title, ses.Tags = b.text(), []string{b.text()}
		b.texts[ses.ID] = []string{ses.Title, ses.Tags[0]}
		for range 1 + b.rng.IntN(3) {
			ses.Turns++
			t := &Turn{ID: ses.Turns, Parent: ses.Turns - 1, Text: b.text(), Note: b.text(), Asked: b.at, Columns: []int{1, 2}}
			if t.Blind = blind && b.rng.IntN(2) > 0; t.Blind {
				ses.Hidden = append(slices.Clone(ses.Hidden), t.ID)
			}
			b.texts[ses.ID] = append(b.texts[ses.ID], t.Text, t.Note)
			now := ses
			batch := Batch{Session: &now, Turn: t}
			for c := 1; c <= 2; c++ {
				a := b.answer(c, 1, true)
				a.Text, a.Refusal = b.text(), b.text()
				b.texts[ses.ID] = append(b.texts[ses.ID], a.Text, a.Refusal)
				batch.Answers = append(batch.Answers, Kept{ses.ID, t.ID, a})
			}
			batches = append(batches, batch)
		}
	}
	saved(b.t, b.s, batches...)
	if err := b.s.update("indexing", func(tx *bolt.Tx) error { return index(tx, true) }); err != nil {
		b.t.Fatal(err)
	}
}

// phrase is some words that stand in a row somewhere, or, as likely, do not.
func (b *bookcase) phrase() string {
	var words []string
	if b.rng.IntN(2) == 0 {
		for range 2 + b.rng.IntN(3) {
			words = append(words, b.pick(bookWords))
		}
	} else {
		ids := slices.Collect(func(yield func(ID) bool) { // in order, so that a seed tells all
			for k := range b.texts {
				if !yield(k) {
					return
				}
			}
		})
		slices.Sort(ids)
		texts := b.texts[ids[b.rng.IntN(len(ids))]]
		i := b.rng.IntN(len(texts) - 1)
		eachWord(texts[i]+" "+texts[i+1], func(w string) { words = append(words, w) }) // also across their border
		if len(words) < 3 {
			return b.phrase()
		}
		from := b.rng.IntN(len(words) - 2)
		words = words[from:min(from+2+b.rng.IntN(3), len(words))]
	}
	p := strings.Join(words, " ")
	if last := []rune(p); b.rng.IntN(3) == 0 && kindOfRune(last[len(last)-1]) == wordRune {
		p = string(last[:len(last)-b.rng.IntN(2)]) + "*"
	}
	return `"` + p + `"`
}

// inARow reports whether a text has words in a row, by comparing them one by one.
func inARow(text string, p phrase) bool {
	var words []string
	eachWord(text, func(w string) { words = append(words, w) })
	for i := range words {
		same := 0
		for same < len(p) && i+same < len(words) {
			w := p[same]
			if words[i+same] != w.word && !(w.prefix && strings.HasPrefix(words[i+same], w.word)) {
				break
			}
			same++
		}
		if same == len(p) {
			return true
		}
	}
	return false
}

func TestAPhraseIsFoundWhereItsWordsStandInARow(t *testing.T) {
	t.Parallel()
	for seed, blind := range []bool{false, true} {
		b := &bookcase{&library{t: t, s: opened(t), rng: rand.New(rand.NewPCG(uint64(seed), 5)), at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}, map[ID][]string{}}
		for range mostSmall + mostSmall/2 { // so that some segments are made one
			b.add(blind)
		}
		some, none := 0, 0
		for n := range 50 {
			query := b.phrase()
			q, err := ParseQuery(query)
			if err != nil {
				t.Fatal(query, err)
			}
			find := newSearch(q)
			if n%2 > 0 { // as in a store where more are found
				find.known = 0
			}
			r, err := b.s.search(t.Context(), find, Page{})
			if err != nil {
				t.Fatal(err)
			}
			if want := foundWords(naively(t, b.s, q)); fmt.Sprint(foundWords(r.Found)) != fmt.Sprint(want) {
				t.Fatalf("seed %d: %s\nfinds %s\nnot   %s", seed, query, foundWords(r.Found), want)
			}
			if len(r.Found) > 0 {
				some++
			} else {
				none++
			}
			for id, texts := range b.texts {
				is := slices.ContainsFunc(r.Found, func(f Found) bool { return f.Session.ID == id })
				has := slices.ContainsFunc(texts, func(text string) bool { return inARow(text, q.words[0]) })
				if is != has && !blind { // of what is hidden, names are masked
					t.Fatalf("seed %d: %s: %q: found %t", seed, query, texts, is)
				}
			}
		}
		if some < 8 || none < 8 {
			t.Errorf("seed %d: %d phrases are somewhere, %d nowhere", seed, some, none)
		}
	}
}

// What the pairs say must be enough to leave a turn out unread, and must not say
// too much.
func TestPairsLeadToFewTurnsThatLackThePhrase(t *testing.T) {
	t.Parallel()
	s := opened(t)
	ses, batches := asked(time.Now(), 300)
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range batches[1:] {
		words := strings.Fields(strings.Repeat("walnut oak teak lamp chair desk ", 10))
		rng.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		if i != 77 {
			words = slices.DeleteFunc(words, func(w string) bool { return w == "oak" })
			words = append(append(words, "oak"), words...)
		} else {
			words = append(words, "oak", "walnut", "teak")
		}
		batches[i+1].Answers[0].Answer.Text = strings.Join(words, " ")
	}
	saved(t, s, batches...)
	q, err := ParseQuery(`"oak walnut teak lamp oak desk oak"`)
	if err != nil {
		t.Fatal(err)
	}
	err = s.update("looking", func(tx *bolt.Tx) error {
		if err := index(tx, true); err != nil {
			return err
		}
		where, err := newSearch(q).places(t.Context(), tx)
		turns := where.turns([]candidate{{number: 1}})
		if n := len(turns[1]); n > 3 {
			t.Errorf("%d turns of session %s would be read", n, ses.ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
