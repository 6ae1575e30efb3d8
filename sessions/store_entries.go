package sessions

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"
)

// What an examiner asks of one entry of each bucket: whether it can be read, is
// what its key says, and is known to what it belongs to.

// get is a value, and nil where there is none or no such bucket.
func (e *examiner) get(bucket string, key []byte) []byte {
	if b := e.tx.Bucket([]byte(bucket)); b != nil {
		return b.Get(key)
	}
	return nil
}

// has reports whether a bucket has a value; files are buckets themselves.
func (e *examiner) has(bucket string, key []byte) bool {
	if bucket != inFiles {
		return e.get(bucket, key) != nil
	}
	b := e.tx.Bucket([]byte(inFiles))
	return b != nil && b.Bucket(key) != nil
}

// wellKeyed reports whether a key is that of a session with n numbers behind it.
func wellKeyed(k []byte, n int) bool {
	if len(k) != idLen+4*n {
		return false
	}
	if _, err := keyOf(ID(k[:idLen])); err != nil {
		return false
	}
	for i := range n {
		if at := number(k, i); at < 1 || at >= math.MaxUint32 {
			return false
		}
	}
	return true
}

// keyWords is a key for people.
func keyWords(k []byte) string {
	switch n := (len(k) - idLen) / 4; {
	case n >= 0 && n < 4 && wellKeyed(k, n):
		name := "session " + string(k[:idLen])
		for i, what := range []string{"turn", "column", "take"}[:n] {
			name += fmt.Sprintf(", %s %d", what, number(k, i))
		}
		return name
	}
	return fmt.Sprintf("%.60q", k)
}

func (e *examiner) session(k, v []byte) {
	e.Sessions++
	var ses Session
	if err := json.Unmarshal(v, &ses); err != nil || ses.ID != ID(k) {
		e.find(ValueFinding, "%s can't be read", keyWords(k))
		return
	}
	if last := e.last(ses.ID); last != ses.Turns {
		e.find(ListFinding, "%s says that its last turn is %d, and it is %d", keyWords(k), ses.Turns, last)
	}
	if e.tx.Bucket([]byte(inRecent)) != nil {
		if v := e.get(inRecent, recentKey(ses.Updated, ses.ID)); v == nil || marksOf(v) != marksOf(ses.shelfmarks()) {
			e.find(ListFinding, "%s is not in the list as it should be", keyWords(k))
		} else if e.tx.Bucket([]byte(inNumbers)) != nil {
			e.listed(&ses, v)
		}
	}
	e.search(k, 0)
	if slices.Contains(pinnedIDs(e.tx), ses.ID) != ses.Pinned {
		e.find(ListFinding, "%s is pinned or not, and the list of those says otherwise", keyWords(k))
	}
}

// last is the number of a session's last turn.
func (e *examiner) last(id ID) int {
	if e.tx.Bucket([]byte(inTurns)) == nil {
		return 0
	}
	return firstOfLast(e.tx, id, 1)
}

func (e *examiner) recent(k, _ []byte) {
	var ses Session
	if len(k) != 8+idLen || json.Unmarshal(e.get(inSessions, k[8:]), &ses) != nil || !bytes.Equal(k, recentKey(ses.Updated, ses.ID)) {
		e.find(ListFinding, "the list of sessions has an entry of a session that is not there (key %.60q)", k)
	}
}

func (e *examiner) turn(k, v []byte) {
	e.Turns++
	if number(k, 0) == 1 || !e.has(inTurns, before(k)) {
		if !e.has(inSessions, k[:idLen]) {
			e.find(DanglingFinding, "%s: there is no such session", keyWords(k))
		} else if number(k, 0) > 1 {
			e.find(DanglingFinding, "%s: the turn before it is not there", keyWords(k))
		}
	}
	var t Turn
	if err := unpackTurn(v, &t); err != nil || t.ID != number(k, 0) {
		e.find(ValueFinding, "%s can't be read", keyWords(k))
		return
	}
	e.search(k, t.ID)
	for _, f := range t.Files {
		key, ok := fileKey(f.SHA256)
		switch {
		case !ok || !e.has(inFiles, key):
			e.find(MissingFinding, "%s: its file %q is not there", keyWords(k), f.Name)
		case !e.has(inHeld, append(bytes.Clone(k[:idLen]), key...)):
			e.find(ListFinding, "%s: its file %q is not noted as its session's", keyWords(k), f.Name)
		}
	}
}

// before is the key of the turn numbered before.
func before(k []byte) []byte {
	return binary.BigEndian.AppendUint32(bytes.Clone(k[:idLen]), uint32(number(k, 0)-1))
}

func (e *examiner) answer(k, v []byte) {
	e.Answers++
	if !e.has(inTurns, k[:turnKey]) {
		e.find(DanglingFinding, "%s: an answer to a turn that is not there", keyWords(k))
	}
	var a Answer
	if err := unpackAnswer(v, &a); err != nil || a.Column != number(k, 1) || a.Take != number(k, 2) {
		e.find(ValueFinding, "%s: the answer can't be read", keyWords(k))
	}
}

func (e *examiner) chunks(k, v []byte) {
	if !e.has(inAnswers, k) {
		e.find(DanglingFinding, "%s: the times of an answer that is not there", keyWords(k))
	}
	if _, err := unpackChunks(v); err != nil {
		e.find(ValueFinding, "%s: its times can't be read", keyWords(k))
	}
}

func (e *examiner) vote(k, v []byte) {
	e.Votes++
	if !e.has(inTurns, k[:turnKey]) {
		e.find(DanglingFinding, "%s: a vote on a turn that is not there", keyWords(k[:turnKey]))
	}
	var vote Vote
	if err := json.Unmarshal(v, &vote); err != nil || vote.ID != number(k, 1) {
		e.find(ValueFinding, "%s: vote %d can't be read", keyWords(k[:turnKey]), number(k, 1))
	}
}

func (e *examiner) file(k, v []byte) {
	pieces := e.tx.Bucket([]byte(inFiles)).Bucket(k)
	if v != nil || pieces == nil || len(k) != sha256.Size {
		e.find(ValueFinding, "a file stands where none can be found (key %.60q)", k)
		return
	}
	e.Files++
	sum, n := sha256.New(), uint32(0)
	ps := pieces.Cursor()
	for pk, pv := ps.First(); pk != nil; pk, pv = ps.Next() {
		if n++; len(pk) == 4 && binary.BigEndian.Uint32(pk) == n {
			_, _ = sum.Write(pv)
		}
	}
	if !bytes.Equal(sum.Sum(nil), k) {
		e.find(HashFinding, "file %s is not what was saved", hex.EncodeToString(k))
	}
	if at := e.seek(inHolders, k); !bytes.HasPrefix(at, k) && !e.has(inLoose, k) {
		e.find(UnusedFinding, "file %s belongs to no session", hex.EncodeToString(k))
	}
}

// seek is the first key of a bucket from the given one.
func (e *examiner) seek(bucket string, key []byte) []byte {
	b := e.tx.Bucket([]byte(bucket))
	if b == nil {
		return nil
	}
	k, _ := b.Cursor().Seek(key)
	return k
}

func (e *examiner) held(k, _ []byte) {
	if len(k) != idLen+sha256.Size || !e.has(inSessions, k[:idLen]) || !e.has(inFiles, k[idLen:]) ||
		!e.has(inHolders, append(bytes.Clone(k[idLen:]), k[:idLen]...)) {
		e.find(ListFinding, "a note of a session's files leads nowhere (key %.80q)", k)
	}
}

func (e *examiner) holder(k, _ []byte) {
	if len(k) != idLen+sha256.Size || !e.has(inHeld, append(bytes.Clone(k[sha256.Size:]), k[:sha256.Size]...)) {
		e.find(ListFinding, "a note of a file's sessions leads nowhere (key %.80q)", k)
	}
}

// loose files wait for their question; those that nobody will fetch are freed by
// the next who saves a file, and are not wrong.
func (e *examiner) loose(k, v []byte) {
	if len(v) != 8 || !e.has(inFiles, k) || time.UnixMilli(int64(binary.BigEndian.Uint64(v))).After(time.Now().Add(looseFor)) {
		e.find(ListFinding, "a note of a file that waits for its question leads nowhere (key %.80q)", k)
	}
}
