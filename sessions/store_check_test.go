package sessions

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"juxta/providers"
)

// sound fails unless nothing is wrong with a store.
func sound(t testing.TB, path string) Health {
	t.Helper()
	h, err := Examine(context.Background(), path)
	if err != nil || h.Wrong > 0 {
		t.Errorf("%s: %+v, %v", path, h.Findings, err)
	}
	return h
}

// lived is a store with branches, takes, votes, pictures, a fork and something
// deleted, as the program makes it, large enough that its trees have branches.
func lived(t testing.TB) *Store {
	t.Helper()
	path, _ := oldStore(t, 3)
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var first ID
	for i := range 30 {
		ses, batches := asked(time.Now().Add(time.Duration(i)*time.Second), 20)
		for j := range batches[1:] {
			batches[j+1].Answers[0].Answer.Text = strings.Repeat(fmt.Sprint("answer ", i, " "), 20+j)
			batches[j+1].Answers[0].Answer.Timing.Chunks = []providers.Chunk{{At: 1, Bytes: 7}}
		}
		saved(t, s, batches...)
		if i == 3 {
			first = ses.ID
		}
	}
	_, pictured := filed(time.Now(), blob("large.png", 1, 900_000), blob("small.png", 2, 500))
	saved(t, s, pictured)
	if err := s.Delete(first); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNothingIsWrongWithAStoreThatWasLivedIn(t *testing.T) {
	s := lived(t)
	h := sound(t, s.Path())
	if h.Sessions != 34 || h.Turns < 29*20 || h.Answers < 2*29*20 || h.Votes < 4 || h.Files != 5 || h.Layout != len(layout()) || h.Bytes == 0 || h.Unused == 0 {
		t.Errorf("%+v", h)
	}
	for v := 1; v <= fixtures; v++ {
		path, f := oldStore(t, v)
		was, _ := os.ReadFile(path)
		h := sound(t, path)
		want(t, "layout", h.Layout, v)
		want(t, "sessions", h.Sessions, len(f.Sessions))
		now, _ := os.ReadFile(path)
		want(t, "it was only looked at", bytes.Equal(was, now), true)
	}
}

// Each kind of harm that a store can have is found, and said in words.
func TestWhatIsWrongWithAStoreIsFound(t *testing.T) {
	t.Parallel()
	s := lived(t)
	var ses Session
	var turn Turn
	list, err := s.Sessions(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, ses = range list {
		turns, _ := s.Turns(ses.ID, 0, 0)
		if turn = turns[len(turns)-1]; len(turn.Files) > 0 && len(turn.Votes) > 0 {
			break
		}
	}
	whole, err := os.ReadFile(s.Path())
	if err != nil || len(turn.Files) == 0 {
		t.Fatal(err, turn)
	}
	id, key := []byte(ses.ID), func(n ...int) []byte { k, _ := keyOf(ses.ID, n...); return k }
	file, _ := fileKey(turn.Files[0].SHA256)
	del := func(bucket string, key []byte) func(*bolt.Tx) error {
		return func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucket)).Delete(key) }
	}
	set := func(bucket string, key []byte, value string) func(*bolt.Tx) error {
		return func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucket)).Put(key, []byte(value)) }
	}
	row := func(edit func(*Session)) func(*bolt.Tx) error {
		return func(tx *bolt.Tx) error {
			changed := ses.clone()
			edit(&changed)
			value, _ := json.Marshal(changed)
			return tx.Bucket([]byte(inSessions)).Put(id, value)
		}
	}
	for _, tt := range []struct {
		name string
		harm func(*bolt.Tx) error
		kind FindingKind
		what string
	}{
		{"a session's row", del(inSessions, id), DanglingFinding, "there is no such session"},
		{"a row that is no JSON", set(inSessions, id, "{"), ValueFinding, "session " + string(ses.ID) + " can't be read"},
		{"a row that counts wrongly", row(func(s *Session) { s.Turns++ }), ListFinding, "says that its last turn is"},
		{"a row that is not where the list has it", row(func(s *Session) { s.Updated = s.Updated.Add(time.Hour) }), ListFinding, "is not in the list"},
		{"a row with other labels", row(func(s *Session) { s.Archived = true }), ListFinding, "is not in the list"},
		{"a pinned one that is in no list", row(func(s *Session) { s.Pinned = true }), ListFinding, "the list of those says otherwise"},
		{"an entry of the list", set(inRecent, recentKey(time.Now(), NewID(time.Now())), ""), ListFinding, "an entry of a session that is not there"},
		{"a turn", del(inTurns, key(turn.ID)), DanglingFinding, "an answer to a turn that is not there"},
		{"a turn that can't be read", set(inTurns, key(turn.ID), "{}\x00\x09abc"), ValueFinding, "can't be read"},
		{"an answer that can't be read", set(inAnswers, key(turn.ID, 1, 1), "{\"column\":1"), ValueFinding, "the answer can't be read"},
		{"an answer of another column", set(inAnswers, key(turn.ID, 1, 1), "{\"column\":2,\"take\":1}\x00\x00\x00\x00\x00"), ValueFinding, "the answer can't be read"},
		{"an answer", del(inAnswers, key(turn.ID, turn.Answers[0].Column, turn.Answers[0].Take)), DanglingFinding, "the times of an answer that is not there"},
		{"times that are cut off", set(inChunks, key(turn.ID, 1, 1), "\xff"), ValueFinding, "its times can't be read"},
		{"a vote that can't be read", set(inVotes, key(turn.ID, 1), "[]"), ValueFinding, "vote 1 can't be read"},
		{"a vote on nothing", set(inVotes, key(999, 1), `{"id":1}`), DanglingFinding, "a vote on a turn that is not there"},
		{"a picture", func(tx *bolt.Tx) error { return tx.Bucket([]byte(inFiles)).DeleteBucket(file) }, MissingFinding, "is not there"},
		{"a picture's bytes", func(tx *bolt.Tx) error {
			return tx.Bucket([]byte(inFiles)).Bucket(file).Put([]byte{0, 0, 0, 1}, []byte("another"))
		}, HashFinding, "is not what was saved"},
		{"a picture of nobody", func(tx *bolt.Tx) error { return putFile(tx, strings.Repeat("ab", 32), []byte("x"), false) }, UnusedFinding, "belongs to no session"},
		{"who has a picture", del(inHeld, append(key(), file...)), ListFinding, "is not noted as its session's"},
		{"whose a picture is", del(inHolders, append(bytes.Clone(file), id...)), ListFinding, "leads nowhere"},
		{"a key that can't be", set(inTurns, []byte("x"), "{}"), ValueFinding, "stands where none can be found"},
		{"its number in the index", set(inNumbers, id, "\x00\x00\xff\xff"), IndexFinding, "takes it for another"},
		{"a session that has none", del(inNumbers, id), IndexFinding, "is not in the index"},
		{"a number of nobody", set(inNumbered, []byte("\x00\x00\xff\xff"), string(NewID(time.Now()))), IndexFinding, "has a session that is not there"},
		{"what nobody needs to index", set(inFresh, []byte("\x00\x00\xff\xff\x00\x00\x00\x01"), "\x01"), IndexFinding, "waits for a session that is not there"},
		{"a segment that is cut off", set(inDocs, []byte("\x00\x00\x00\x01"), "\x09"), IndexFinding, "can't be read"},
		{"words of no segment", set(inWords, []byte("\xff\xff\xff\xffword"), "\x00\x04word"), IndexFinding, "belongs to nothing"},
		{"pairs of no segment", set(inPairs, []byte("\xff\xff\xff\xff\x00\x00\x00\x00"), "\x00\x04"), IndexFinding, "belongs to nothing"},
		{"the list's number", set(inRecent, recentKey(ses.Updated, ses.ID), "\x00\x7f\x00"), ListFinding, "says something else"},
		{"what is indexed", func(tx *bolt.Tx) error {
			for _, name := range []string{inDocs, inFresh} {
				if err := tx.DeleteBucket([]byte(name)); err != nil {
					return err
				}
				if _, err := tx.CreateBucket([]byte(name)); err != nil {
					return err
				}
			}
			return nil
		}, IndexFinding, "is not in the index"},
		{"a bucket", func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte(inVotes)) }, ValueFinding, `a part of the store is missing (bucket "votes")`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.WriteFile(s.Path(), whole, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := transact(s.Path(), true, tt.harm); err != nil {
				t.Fatal(err)
			}
			h, err := Examine(context.Background(), s.Path())
			found := false
			for _, f := range h.Findings {
				found = found || f.Kind == tt.kind && strings.Contains(f.What, tt.what)
			}
			if err != nil || !found || min(h.Wrong, mostFindings) != len(h.Findings) {
				t.Errorf("%+v, %v", h.Findings, err)
			}
		})
	}
}
