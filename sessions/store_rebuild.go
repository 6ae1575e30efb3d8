package sessions

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"

	"juxta/providers"
)

// lostText stands where a question is lost whose answers, or whose followers, are
// not.
const lostText = "(this question is lost)"

// rebuild makes a store of what the heap has, as if everything were saved for
// the first time: so all lists and counts agree with it.
func (s *Salvage) rebuild(ctx context.Context, heap, to *bolt.DB) error {
	return heap.View(func(from *bolt.Tx) error {
		b := builder{Salvage: s, from: from, to: to, files: map[string]bool{}}
		for id := range idsIn(from) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := b.session(id); err != nil {
				return fmt.Errorf("session %s: %w", id, err)
			}
		}
		if err := b.flush(); err != nil {
			return err
		}
		return from.Bucket([]byte(inFiles)).ForEach(func(key, _ []byte) error {
			if !b.files[string(key)] && !b.nameless[string(key)] {
				b.mend("file %s, which no question has, is left out", hex.EncodeToString(key))
			}
			return nil
		})
	})
}

// idsIn goes through all sessions of which a heap has anything.
func idsIn(tx *bolt.Tx) func(yield func(ID) bool) {
	return func(yield func(ID) bool) {
		for next := []byte{}; ; {
			var id []byte
			for _, name := range []string{inSessions, inTurns, inAnswers, inVotes} {
				if k, _ := tx.Bucket([]byte(name)).Cursor().Seek(next); k != nil && (id == nil || bytes.Compare(k[:idLen], id) < 0) {
					id = bytes.Clone(k[:idLen])
				}
			}
			if id == nil || !yield(ID(id)) {
				return
			}
			next = append(id, bytes.Repeat([]byte{0xff}, 13)...) // behind everything of this session
		}
	}
}

// A builder fills the new store from the heap.
type builder struct {
	*Salvage
	from  *bolt.Tx
	to    *bolt.DB
	batch []func(*bolt.Tx) error
	size  int             // bytes that the batch writes
	files map[string]bool // keys of those that a turn has
}

func (b *builder) put(size int, do func(*bolt.Tx) error) error {
	b.batch = append(b.batch, do)
	if b.size += size; b.size > mostGathered {
		return b.flush()
	}
	return nil
}

func (b *builder) flush() error {
	batch := b.batch
	b.batch, b.size = nil, 0
	return b.to.Update(func(tx *bolt.Tx) error {
		for _, do := range batch {
			if err := do(tx); err != nil {
				return err
			}
		}
		return index(tx, false)
	})
}

// session puts one session into the new store.
func (b *builder) session(id ID) error {
	ses, err := b.row(id)
	if err != nil {
		return err
	}
	if err := b.put(1000, func(tx *bolt.Tx) error { return putRow(tx, []byte(id), ses) }); err != nil {
		return err
	}
	for n := 1; n <= ses.Turns; n++ {
		t, size, err := b.turn(&ses, n)
		if err != nil {
			return err
		}
		if err := b.attach(id, t.Files); err != nil {
			return err
		}
		batch := Batch{counted: true, Answers: make([]Kept, len(t.Answers)), Votes: make([]KeptVote, len(t.Votes))}
		for i, a := range t.Answers {
			batch.Answers[i] = Kept{id, n, a}
		}
		for i, v := range t.Votes {
			batch.Votes[i] = KeptVote{id, n, v}
		}
		err = b.put(size, func(tx *bolt.Tx) error {
			if err := putTurn(tx, id, t); err != nil {
				return err
			}
			return putBatch(tx, batch)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// row is what is known of a session, made from its turns where that is lost, and
// with nothing in it that leads to a turn that is not there.
func (b *builder) row(id ID) (Session, error) {
	last := b.last(id)
	var ses Session
	if value := b.from.Bucket([]byte(inSessions)).Get([]byte(id)); value != nil {
		if err := json.Unmarshal(value, &ses); err != nil {
			return ses, damaged(err)
		}
	} else {
		if err := b.remake(&ses, id, last); err != nil {
			return ses, err
		}
		b.mend("session %s: its title, columns and costs are made anew from its turns", id)
	}
	if last < ses.Turns {
		b.lose("session %s: the turns from %d to %d", id, last+1, ses.Turns)
	}
	ses.Turns = last
	if ses.Tip > last {
		ses.Tip = 0
	}
	return ses, b.branches(&ses)
}

// widestGap is how many turns are made anew between two that are there: a number
// that is damaged could ask for millions.
const widestGap = 1000

// last is the number of the last turn of which a heap has anything.
func (b *builder) last(id ID) (last int) {
	for _, name := range []string{inTurns, inAnswers, inVotes} {
		c := b.from.Bucket([]byte(name)).Cursor()
		for k, _ := c.Seek([]byte(id)); bytes.HasPrefix(k, []byte(id)); k, _ = c.Next() {
			n := number(k, 0)
			if n > last+widestGap {
				b.lose("session %s: what is at turn %d, which can't be", id, n)
				break
			}
			last = max(last, n)
		}
	}
	return last
}

// branches makes a session's lists of turns agree with its turns. Where a
// question is lost, the list says what it followed.
func (b *builder) branches(ses *Session) error {
	var forks []Fork
	var hidden []int
	for n := 1; n <= ses.Turns; n++ {
		key, err := keyOf(ses.ID, n)
		if err != nil {
			return err
		}
		t := Turn{Parent: ses.Parent(n)}
		if value := b.from.Bucket([]byte(inTurns)).Get(key); value != nil {
			if err := unpackTurn(value, &t); err != nil {
				return err
			}
		}
		if t.Parent != n-1 && t.Parent >= 0 && t.Parent < n {
			forks = append(forks, Fork{n, t.Parent})
		}
		if t.Hidden() {
			hidden = append(hidden, n)
		}
	}
	ses.Forks, ses.Hidden = forks, hidden
	return nil
}

// remake makes what is known of a session from its turns.
func (b *builder) remake(ses *Session, id ID, last int) error {
	*ses = Session{ID: id, Kind: Chat, Created: id.time(), Seed: newSeed(), Turns: last}
	ses.Updated = ses.Created
	for n := 1; n <= last; n++ {
		t, there, err := b.kept(id, n)
		if err != nil {
			return err
		}
		if there {
			ses.Title = cmp.Or(ses.Title, titleOf(t.Text), titleOfFiles(t.Files))
			if t.Asked.After(ses.Updated) {
				ses.Updated = t.Asked
			}
		}
		for i := range t.Answers {
			a := &t.Answers[i]
			if a.Finish != "" {
				ses.count(a)
			}
			if _, known := ses.Column(a.Column); !known {
				ses.Columns = append(ses.Columns, Column{ID: a.Column, Model: a.Model, System: a.System, Params: a.Params, Schema: a.Schema})
				ses.Places = append(ses.Places, a.Column)
			}
		}
	}
	slices.SortFunc(ses.Columns, func(x, y Column) int { return x.ID - y.ID })
	slices.Sort(ses.Places)
	ses.Title = cmp.Or(ses.Title, "(its title is lost)")
	return nil
}

// time is when a session began, by its ID.
func (id ID) time() time.Time {
	var ms uint64
	for _, c := range []byte(id[:10]) {
		ms = ms<<5 | uint64(strings.IndexByte("0123456789ABCDEFGHJKMNPQRSTVWXYZ", c))
	}
	return time.UnixMilli(int64(ms)).UTC()
}

// kept is what the heap has of a turn; there is false if its question is lost.
func (b *builder) kept(id ID, n int) (t Turn, there bool, err error) {
	key, err := keyOf(id, n)
	if err != nil {
		return t, false, err
	}
	if value := b.from.Bucket([]byte(inTurns)).Get(key); value != nil {
		if err := unpackTurn(value, &t); err != nil {
			return t, false, err
		}
		there = true
	}
	t.ID = n
	for _, kv := range under(b.from, inAnswers, key) {
		var a Answer
		if err := unpackAnswer(kv[1], &a); err != nil {
			return t, there, err
		}
		if a.Timing.Chunks, err = unpackChunks(b.from.Bucket([]byte(inChunks)).Get(kv[0])); err != nil {
			return t, there, err
		}
		t.Answers = append(t.Answers, a)
	}
	for _, kv := range under(b.from, inVotes, key) {
		var v Vote
		if err := json.Unmarshal(kv[1], &v); err != nil {
			return t, there, damaged(err)
		}
		t.Votes = append(t.Votes, v)
	}
	return t, there, nil
}

// turn is a turn as it goes into the new store, and about how many bytes it is.
func (b *builder) turn(ses *Session, n int) (Turn, int, error) {
	t, there, err := b.kept(ses.ID, n)
	if err != nil {
		return t, 0, err
	}
	if !there {
		b.lose("session %s: the question of turn %d", ses.ID, n)
		t.Text, t.Parent, t.Asked = lostText, ses.Parent(n), ses.Created
		for _, a := range t.Answers {
			if !slices.Contains(t.Columns, a.Column) {
				t.Columns = append(t.Columns, a.Column)
			}
			if sent := a.Timing.Sent; !sent.IsZero() {
				t.Asked = sent
			}
		}
	}
	size := 1000 + len(t.Text)
	for i := range t.Answers {
		a := &t.Answers[i]
		size += 1000 + len(a.Text) + len(a.Thoughts) + len(a.Raw) + 8*len(a.Timing.Chunks)
	}
	for _, c := range t.Columns {
		if _, ok := t.Newest(c); !ok && there && b.Losses > 0 { // else it never was
			b.lose("session %s: the answer of column %d to turn %d", ses.ID, c, n)
			lost := Answer{Column: c, Take: 1, Finish: providers.Failed, Error: &Failure{Kind: providers.Truncated, Message: "this answer is lost"}}
			if of, ok := ses.Column(c); ok {
				lost.Model = of.Model
			}
			t.Answers = append(t.Answers, lost)
		}
	}
	return t, size, nil
}

// attach puts the files of a turn into the new store.
func (b *builder) attach(id ID, files []Attachment) error {
	for _, f := range files {
		key, ok := fileKey(f.SHA256)
		if !ok || b.files[string(key)] {
			continue
		}
		pieces := b.from.Bucket([]byte(inFiles)).Bucket(key)
		if pieces == nil {
			b.lose("session %s: its file %q", id, f.Name)
			continue
		}
		b.files[string(key)] = true
		var data []byte
		for n := uint32(1); ; n++ {
			p := pieces.Get(binary.BigEndian.AppendUint32(nil, n))
			if p == nil {
				break
			}
			data = append(data, p...)
		}
		if err := b.put(len(data), func(tx *bolt.Tx) error { return putFile(tx, f.SHA256, data, false) }); err != nil {
			return err
		}
	}
	return nil
}
