package sessions

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"

	"juxta/providers"
)

// A Store keeps sessions in one bbolt file that several processes share. Its
// methods may be called at once; none holds the file longer than it works, and
// everything they return is the caller's own.
//
//	meta      "schema"                            version, decimal
//	meta      "pinned"                            the IDs of the sessions that are pinned
//	sessions  <session>                           Session, without its turns
//	recent    <updated><session>                  a byte of shelfmarks, or nothing: the order of Sessions
//	turns     <session><turn>                     Turn, without its answers
//	answers   <session><turn><column><take>       Answer
//	chunks    <session><turn><column><take>       when what arrived, see packChunks
//	votes     <session><turn><vote>               Vote
//	files     <sha256>                            a bucket: the file's pieces, by their number
//	held      <session><sha256>                   MIME type: the files that a session's turns have
//	holders   <sha256><session>                   nothing: the same, by file
//	loose     <sha256>                            since when the file waits for its question
//
// and the index for searching, see store_index.go.
//
// A session is its 26 characters, a hash 32 bytes, a time 8 bytes of
// milliseconds, every other part of a key 4 bytes, all big-endian: keys sort as
// people count. Values are JSON, and behind it the long texts as they are, see
// pack.
//
// Every moment with the file open lies inside the lock, reads too: readers that
// shared it could starve the writers, and they hold it only while they copy what
// they want. The file is opened anew each time because bbolt locks it for as
// long as it is open; that costs 50 µs.
type Store struct {
	path     string
	lock     lock
	upgrades []upgrade
	patience atomic.Int64 // a time.Duration
	observer func(op string, took time.Duration, err error)
}

// Observe has f told of every call that used the file, what it was for and how
// long it took; nobody may use the store yet.
func (s *Store) Observe(f func(op string, took time.Duration, err error)) { s.observer = f }

// How long a call waits for another process that has the store.
const (
	patienceAtOpen = 5 * time.Second
	patienceLater  = 2 * time.Second
)

// The buckets.
const (
	inMeta     = "meta"
	inSessions = "sessions"
	inRecent   = "recent"
	inTurns    = "turns"
	inAnswers  = "answers"
	inChunks   = "chunks"
	inFiles    = "files"
	inHeld     = "held"
	inHolders  = "holders"
	inLoose    = "loose"
	inVotes    = "votes"
)

// Batch is something to save. Any part may be missing, but a turn comes with
// its session, and an answer's turn is in the store or saved by the same call.
type Batch struct {
	Session *Session
	Turn    *Turn // its Answers are not looked at
	Answers []Kept
	Votes   []KeptVote
	Files   map[string][]byte // bytes of the turn's files by SHA-256; those that the store has may be missing

	counted bool            // Session has what the answers cost already, and is right about it
	spent   providers.Money // beside the answers, and not in the store yet

	begins string // the bench that begins the answers that have not ended; "" for none
	again  bool   // nothing but a session that was saved before: one that is gone has been deleted
}

// Kept is an answer and where it belongs. Its Timing.Chunks replace those in
// the store unless they are nil.
type Kept struct {
	Session ID
	Turn    int
	Answer  Answer
}

// KeptVote is a vote and where it belongs.
type KeptVote struct {
	Session ID
	Turn    int
	Vote    Vote
}

// Path is the store's file.
func (s *Store) Path() string { return s.path }

// SetPatience says how long later calls wait for another process that has the
// store; it is 2 s at first. One that is held longer is a [*HeldError].
func (s *Store) SetPatience(d time.Duration) { s.patience.Store(int64(d)) }

// Close waits for running calls. The store can't be used afterwards.
func (s *Store) Close() error { return s.lock.close() }

// Save writes everything in one transaction: all of it or, with an error,
// nothing, except for large files, which go ahead, see saveAhead. It is on the
// disk when Save returns.
func (s *Store) Save(batches ...Batch) error {
	if !slices.ContainsFunc(batches, func(b Batch) bool { return b.Session != nil || b.Turn != nil || len(b.Answers)+len(b.Votes) > 0 }) {
		return nil
	}
	if err := s.saveAhead(batches); err != nil {
		return err
	}
	return s.update("saving", func(tx *bolt.Tx) error {
		for _, b := range batches {
			if err := putBatch(tx, b); err != nil {
				return err
			}
		}
		return nil
	})
}

func putBatch(tx *bolt.Tx, b Batch) error {
	if b.Session != nil {
		if b.again && tx.Bucket([]byte(inSessions)).Get([]byte(b.Session.ID)) == nil {
			return nil // the next question tells
		}
		if err := saveSession(tx, *b.Session, b.Turn != nil, &b); err != nil {
			return fmt.Errorf("session %.40q: %w", b.Session.ID, err)
		}
	} else if err := b.charge(tx); err != nil {
		return err
	}
	if b.Turn != nil {
		if b.Session == nil {
			return fmt.Errorf("turn %d comes without its session", b.Turn.ID)
		}
		for sum, data := range b.Files {
			if err := putFile(tx, sum, data, false); err != nil {
				return fmt.Errorf("a file of turn %d of session %s: %w", b.Turn.ID, b.Session.ID, err)
			}
		}
		if err := putTurn(tx, b.Session.ID, *b.Turn); err != nil {
			return fmt.Errorf("turn %d of session %s: %w", b.Turn.ID, b.Session.ID, err)
		}
	}
	for _, k := range b.Answers {
		if err := putAnswer(tx, k); err != nil {
			return fmt.Errorf("answer of column %d to turn %d of session %.40q: %w", k.Answer.Column, k.Turn, k.Session, err)
		}
	}
	for _, k := range b.Votes {
		if err := putVote(tx, k); err != nil {
			return fmt.Errorf("vote %d on turn %d of session %.40q: %w", k.Vote.ID, k.Turn, k.Session, err)
		}
	}
	return nil
}

func putSession(tx *bolt.Tx, ses Session) error { return saveSession(tx, ses, false, &Batch{}) }

// changes reports whether there is more in the batch than the session's row.
func (b *Batch) changes() bool { return b.Turn != nil || len(b.Answers)+len(b.Votes) > 0 }

// saveSession puts what a session has become beside what another process has
// made of it. Who asks something in a session that waits to be deleted wants to
// keep it. with is what else is saved of it.
func saveSession(tx *bolt.Tx, ses Session, asks bool, with *Batch) error {
	key, err := keyOf(ses.ID)
	if err != nil {
		return err
	}
	sessions, recent := tx.Bucket([]byte(inSessions)), tx.Bucket([]byte(inRecent))
	kept, err := forget(recent, ses.ID, sessions.Get(key))
	if err != nil {
		return err
	}
	if kept.ID != "" { // labels are changed by relabel alone
		if ses.label(&kept); asks {
			ses.Binned = time.Time{}
		}
		if ses.Changes = kept.Changes; with.changes() {
			ses.Changes++
		}
	}
	if kept.ID != "" && !with.counted { // another process may have spent something, too
		cost, err := with.costs(tx)
		if err != nil {
			return err
		}
		ses.Spent, ses.Guessed, ses.Unpriced = kept.Spent, kept.Guessed, kept.Unpriced
		ses.spend(cost)
	}
	ses.Underway = with.opens(kept.Underway)
	if kept.Turns > ses.Turns { // another process has asked more
		if at := ses.Last(); kept.Path().Has(at) {
			ses.Tip = kept.Tip
		} else {
			ses.Tip = at
		}
		for _, id := range kept.Hidden {
			if id > ses.Turns {
				ses.Hidden = append(slices.Clip(ses.Hidden), id)
			}
		}
		ses.Turns = kept.Turns
	}
	ses.Hidden = slices.DeleteFunc(slices.Clone(ses.Hidden), func(id int) bool { // which another process has revealed
		return id <= kept.Turns && !slices.Contains(kept.Hidden, id)
	})
	for _, f := range kept.Forks {
		if !slices.Contains(ses.Forks, f) {
			ses.Forks = append(slices.Clip(ses.Forks), f)
		}
	}
	columns, moved := merge(kept.Columns, ses.Columns)
	ses.Columns = slices.DeleteFunc(columns, func(c Column) bool { // whose process does not know of their new IDs yet
		return slices.Contains(slices.Collect(maps.Values(moved)), c.ID)
	})
	return putRow(tx, key, ses)
}

// putRow keeps a session as it is, and puts it into the list.
func putRow(tx *bolt.Tx, key []byte, ses Session) error {
	value, err := json.Marshal(ses)
	if err != nil {
		return err
	}
	if err := freshenRow(tx, &ses, tx.Bucket([]byte(inSessions)).Get(key)); err != nil {
		return err
	}
	if err := tx.Bucket([]byte(inSessions)).Put(key, value); err != nil {
		return err
	}
	if err := pin(tx, ses.ID, ses.Pinned); err != nil {
		return err
	}
	entry, err := listEntry(tx, &ses)
	if err != nil {
		return err
	}
	return tx.Bucket([]byte(inRecent)).Put(recentKey(ses.Updated, ses.ID), entry)
}

// forget takes the session, as it was kept, out of the list, and returns it. A
// nil value was not there.
func forget(recent *bolt.Bucket, id ID, value []byte) (old Session, err error) {
	if value == nil {
		return old, nil
	}
	if err := json.Unmarshal(value, &old); err != nil {
		return old, damaged(err)
	}
	return old, recent.Delete(recentKey(old.Updated, id))
}

func putTurn(tx *bolt.Tx, id ID, t Turn) error {
	key, err := keyOf(id, t.ID)
	if err != nil {
		return err
	}
	turns := tx.Bucket([]byte(inTurns))
	if value := turns.Get(key); value != nil {
		var old Turn
		if err := unpackTurn(value, &old); err != nil {
			return err
		}
		if !old.Asked.Equal(t.Asked) {
			return ErrTaken
		}
	}
	value, err := packTurn(t)
	if err != nil {
		return err
	}
	if err := turns.Put(key, value); err != nil {
		return err
	}
	if err := freshen(tx, id, t.ID, len(t.Text)); err != nil {
		return err
	}
	return hold(tx, id, t.Files)
}

func putAnswer(tx *bolt.Tx, k Kept) error {
	key, err := keyOf(k.Session, k.Turn, k.Answer.Column, k.Answer.Take)
	if err != nil {
		return err
	}
	if tx.Bucket([]byte(inTurns)).Get(key[:turnKey]) == nil {
		return ErrNotFound
	}
	value, err := packAnswer(k.Answer)
	if err != nil {
		return err
	}
	if err := tx.Bucket([]byte(inAnswers)).Put(key, value); err != nil {
		return err
	}
	size := 0
	if k.Answer.Finish != "" {
		size = len(k.Answer.Text)
	}
	if err := freshen(tx, k.Session, k.Turn, size); err != nil {
		return err
	}
	if k.Answer.Timing.Chunks == nil {
		return nil
	}
	return tx.Bucket([]byte(inChunks)).Put(key, packChunks(k.Answer.Timing.Chunks))
}

// putVote keeps a vote. One that another process has taken the place of meanwhile
// comes behind all that are there.
func putVote(tx *bolt.Tx, k KeptVote) error {
	key, err := keyOf(k.Session, k.Turn, k.Vote.ID)
	if err != nil {
		return err
	}
	if tx.Bucket([]byte(inTurns)).Get(key[:turnKey]) == nil {
		return ErrNotFound
	}
	votes := tx.Bucket([]byte(inVotes))
	for there := votes.Get(key); there != nil; there = votes.Get(key) {
		var other Vote
		if err := json.Unmarshal(there, &other); err != nil {
			return damaged(err)
		}
		if other.At.Equal(k.Vote.At) && other.Voter == k.Vote.Voter {
			break
		}
		k.Vote.ID++
		if key, err = keyOf(k.Session, k.Turn, k.Vote.ID); err != nil {
			return err
		}
	}
	value, err := json.Marshal(k.Vote)
	if err != nil {
		return err
	}
	if err := freshen(tx, k.Session, k.Turn, 0); err != nil {
		return err
	}
	return votes.Put(key, value)
}
