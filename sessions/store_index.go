package sessions

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// The index says which turns may have a word. It never lacks one that has it;
// that a turn really has it, its text tells, so that what has changed or is gone
// may stand in the index for a while.
//
//	numbers   <session>               the session's number, 4 bytes: never used again
//	numbered  <number>                the session
//	fresh     <number><turn>          bytes of text: what has changed since it was indexed; turn 0 is what stands for the whole session
//	docs      <segment>               what a segment knows: numbers and turns in order, packed
//	words     <segment><first word>   a block of words in order, each with the places in docs that have it, packed
//	pairs     <segment><first number> a block of what tells two words in a row, see pairOf
//
// Saving something only notes the turn as fresh, which costs the same in every
// store, and a search reads what is fresh as it stands; so an answer that is
// saved every second while it is written costs the index nothing. When much is
// fresh, the same transaction makes a segment of it; a segment is never changed,
// but many small ones become a large one.

const (
	inNumbers  = "numbers"
	inNumbered = "numbered"
	inFresh    = "fresh"
	inDocs     = "docs"
	inWords    = "words"
)

const (
	mostFresh      = 256     // turns, and
	mostFreshBytes = 1 << 20 // bytes of them, that a search reads at the most

	smallSegment = 2048 // turns, below which segments are made into one
	mostSmall    = 16   // of which there are at the most
	mostSegment  = 4096 // turns of one segment that is made of text
	longestWord  = 64   // bytes of a word that are indexed
)

// numberOf is a session's number, a new one if it has none; 0 where the store's
// layout has no index yet.
func numberOf(tx *bolt.Tx, id ID) (uint32, error) {
	numbers := tx.Bucket([]byte(inNumbers))
	if numbers == nil {
		return 0, nil
	}
	if v := numbers.Get([]byte(id)); len(v) == 4 {
		return binary.BigEndian.Uint32(v), nil
	}
	n, err := numbers.NextSequence()
	if err != nil {
		return 0, err
	}
	key := binary.BigEndian.AppendUint32(nil, uint32(n))
	if err := numbers.Put([]byte(id), key); err != nil {
		return 0, err
	}
	return uint32(n), tx.Bucket([]byte(inNumbered)).Put(key, []byte(id))
}

// freshen notes that a turn has changed, by about so many bytes of text; turn 0
// is the session itself.
func freshen(tx *bolt.Tx, id ID, turn, size int) error {
	n, err := numberOf(tx, id)
	if err != nil || n == 0 {
		return err
	}
	fresh, key := tx.Bucket([]byte(inFresh)), docKey(n, uint32(turn))
	before := fresh.Get(key)
	if before != nil && size == 0 {
		return nil
	}
	all, _ := binary.Uvarint(before)
	return fresh.Put(key, binary.AppendUvarint(nil, all+uint64(size)))
}

func docKey(number, turn uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, number), turn)
}

// freshenRow notes a session whose title, tags or models are not what they were.
func freshenRow(tx *bolt.Tx, ses *Session, before []byte) error {
	if before != nil {
		var was Session
		if err := json.Unmarshal(before, &was); err != nil {
			return damaged(err)
		}
		if was.Title == ses.Title && slices.Equal(was.Tags, ses.Tags) &&
			slices.EqualFunc(was.Columns, ses.Columns, func(x, y Column) bool { return x.Model == y.Model }) {
			return nil
		}
	}
	return freshen(tx, ses.ID, 0, len(ses.Title))
}

// unindex forgets a session. Segments go on naming its number, which leads
// nowhere any more.
func unindex(tx *bolt.Tx, id ID) error {
	numbers := tx.Bucket([]byte(inNumbers))
	if numbers == nil {
		return nil
	}
	number := bytes.Clone(numbers.Get([]byte(id)))
	if number == nil {
		return nil
	}
	if err := numbers.Delete([]byte(id)); err != nil {
		return err
	}
	if err := tx.Bucket([]byte(inNumbered)).Delete(number); err != nil {
		return err
	}
	c := tx.Bucket([]byte(inFresh)).Cursor()
	for k, _ := c.Seek(number); bytes.HasPrefix(k, number); k, _ = c.Seek(number) {
		if err := c.Delete(); err != nil {
			return err
		}
	}
	return nil
}

// index makes segments of what is fresh, if that is much; with all, of
// everything that is. Every transaction that writes ends with it.
func index(tx *bolt.Tx, all bool) error {
	fresh := tx.Bucket([]byte(inFresh))
	if fresh == nil {
		return nil
	}
	for wrote := false; ; wrote = true {
		keys, size := [][]byte(nil), uint64(0)
		c := fresh.Cursor()
		for k, v := c.First(); k != nil && len(keys) < mostSegment && size < 8*mostFreshBytes; k, v = c.Next() {
			n, _ := binary.Uvarint(v)
			keys, size = append(keys, bytes.Clone(k)), size+n
		}
		if len(keys) == 0 || !all && len(keys) < mostFresh && size < mostFreshBytes {
			if !wrote { // there is no segment that was not there before
				return nil
			}
			return unite(tx)
		}
		s := newSegment()
		for _, k := range keys {
			if err := s.read(tx, k); err != nil {
				return err
			}
			if err := fresh.Delete(k); err != nil {
				return err
			}
		}
		if err := s.write(tx); err != nil {
			return err
		}
	}
}

// textsOf calls text with all of a turn that is searched, and term with what
// filters look for, and reports whether it is hidden, so that what is shown of it
// is another text. Turn 0 is the session itself.
func textsOf(tx *bolt.Tx, id ID, turn uint32, text, term func(string)) (hidden bool, err error) {
	if turn == 0 {
		var ses Session
		if value := tx.Bucket([]byte(inSessions)).Get([]byte(id)); value == nil {
			return false, nil
		} else if err := json.Unmarshal(value, &ses); err != nil {
			return false, damaged(err)
		}
		for _, c := range ses.Columns {
			eachWord(c.Model.String(), func(w string) { term(termModel + w) })
		}
		text(ses.Title)
		for _, t := range ses.Tags {
			text(t)
			term(termTag + folded(t))
		}
		return false, nil
	}
	start, err := keyOf(id, int(turn))
	if err != nil {
		return false, damaged(err)
	}
	kept := turnsFrom(tx, id, start, 1)
	if len(kept) == 0 || kept[0].number != int(turn) {
		return false, nil
	}
	t, err := kept[0].decode()
	if err != nil {
		return false, err
	}
	for _, s := range []string{t.Text, t.Note} {
		text(s)
	}
	for i := range t.Answers {
		text(t.Answers[i].Text)
		text(t.Answers[i].Refusal)
	}
	t.terms(term)
	return t.Hidden(), nil
}

// Terms of the index that are no words, because no word begins so.
const (
	endsTerm = '\x01'

	termBegins = "\x01b" // a word begins with a character
	termModel  = "\x01m" // a word of the name of a column's model
	termTag    = "\x01t" // a tag
	termHas    = "\x01h" // image, vote or note
	termVote   = "\x01v" // blind, open, tie or bad
	termBest   = "\x01w" // a word of the name of a model that was voted for
)

// terms are what a turn's filters look for.
func (t *Turn) terms(term func(string)) {
	for _, has := range []string{"image", "vote", "note"} {
		if f := (filter{key: "has", value: has}); f.turn(t) {
			term(termHas + has)
		}
	}
	for i := range t.Votes {
		v := &t.Votes[i]
		if !v.Counts() {
			continue
		}
		switch {
		case v.Blind:
			term(termVote + "blind")
		default:
			term(termVote + "open")
		}
		switch len(v.Best) {
		case 0:
			term(termVote + "bad")
		case 1:
		default:
			term(termVote + "tie")
		}
		for _, p := range v.Takes {
			if a, ok := t.Take(p); ok && slices.Contains(v.Best, p.Column) {
				eachWord(a.Model.String(), func(w string) { term(termBest + w) })
			}
		}
	}
}

func eachWord(text string, do func(string)) {
	for s := (scan{text: text}); s.next(); {
		do(string(s.word))
	}
}
